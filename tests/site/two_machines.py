"""The walk of docs/how-to/many-machines.md between two network namespaces: `python -m tests.site.two_machines`.

Machine A has PostgreSQL, RabbitMQ, the publishers, a web server and a worker;
machine B a worker alone, and reaches A by a cable. Needs root, `ip`, RabbitMQ.
Prints each step with the seconds it took; ends with 1 where something is lost,
doubled, or not whole in time.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.hostile import databases
from tests.site import loopback, running
from tests.site.rabbit import Rabbit
from tests.site.workers import Site, until

OURS = os.environ.get("WALK", str(os.getpid()))  # in the names of what is made, which all machines have in common
A, B = f"backstory-a{OURS}", f"backstory-b{OURS}"
CABLE_A, CABLE_B = f"bsa{OURS}", f"bsb{OURS}"
ADDRESS_A, ADDRESS_B = "10.77.0.1", "10.77.0.2"
WITHIN_S = float(os.environ.get("WALK_WITHIN_S", "60"))
FOUND = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=30).read().decode())"


@contextmanager
def two_machines() -> Iterator[None]:
    """Two network namespaces and a cable between them, gone afterwards."""
    try:
        for name in (A, B):
            ip("netns", "add", name)
        ip("link", "add", CABLE_A, "netns", A, "type", "veth", "peer", "name", CABLE_B, "netns", B)
        for name, cable, address in ((A, CABLE_A, ADDRESS_A), (B, CABLE_B, ADDRESS_B)):
            ip("-n", name, "address", "add", f"{address}/24", "dev", cable)
            ip("-n", name, "link", "set", cable, "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield
    finally:
        for name in (A, B):
            subprocess.run(["ip", "netns", "del", name], check=False)


def may_walk() -> bool:
    """Whether namespaces can be made here."""
    if os.geteuid() or not shutil.which("ip"):
        return False
    made = subprocess.run(["ip", "netns", "add", A], capture_output=True, check=False).returncode == 0
    return made and subprocess.run(["ip", "netns", "del", A], check=False).returncode == 0


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


@contextmanager
def listening(server: str) -> Iterator[str]:
    """PostgreSQL's socket on an address of machine A; the DATABASE_URL of a new database there."""
    path = parse_qs(urlsplit(server).query)["host"][0] + "/.s.PGSQL.5432"
    listener = socket.create_server((ADDRESS_A, 0))

    def carry(one: socket.socket, other: socket.socket) -> None:
        try:
            while part := one.recv(65536):
                other.sendall(part)
        except OSError:
            pass
        finally:
            for end in (one, other):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)  # close() alone ends nothing while the other thread waits for more
                end.close()

    def accept() -> None:
        while True:
            try:
                came, _ = listener.accept()
            except OSError:
                return
            there = socket.socket(socket.AF_UNIX)
            there.connect(path)
            for pair in ((came, there), (there, came)):
                threading.Thread(target=carry, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    databases.new_database(server, "many")
    try:
        yield f"postgresql://postgres:@{ADDRESS_A}:{listener.getsockname()[1]}/many"
    finally:
        listener.close()


def walk(site: Site) -> None:
    """Kill a worker, the broker and the cable on the way; fails where something is lost or doubled."""
    web = running.start(
        "serve", "--data", str(site.folder / "web"), "--listen", ADDRESS_A, "--port", "8000",
        allow=site.served.host, told=site.folder / "web.log", **site.settings, SITE_HOSTS=ADDRESS_A,
    )  # fmt: skip
    try:
        site.start_worker("a")
        site.start_worker("b")
        say("both workers have said that they live", until(lambda: site.count("select count(*) from desk_worker") == 2))
        say("the first article is read", until(lambda: site.read() >= 1))
        site.kill_worker("b")
        site.broker.kill()
        site.broker.start()
        say("worker b and the broker were killed, the broker is back; whole", site.until_whole(WITHIN_S))
        site.require_nothing_doubled()
        page = subprocess.run(
            ["ip", "netns", "exec", B, sys.executable, "-c", FOUND, f"http://{ADDRESS_A}:8000/"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert "Halda runs aground" in page, f"{page}\n{site.stand()}"
        say("the front page of A, asked for from B, tells the news", 0.0)
        site.start_worker("b")
        until(lambda: site.count("select count(*) from desk_worker") == 2)
        site.kill_worker("a")
        say("worker a is killed; b sends the messages", until(lambda: is_sweeper_alive(site), WITHIN_S))
        site.start_worker("a")
        until(lambda: site.count("select count(*) from desk_worker") == 2)
        ip("-n", A, "link", "set", CABLE_A, "down")
        site.change("update articles_article set next_read_at = now(), etag = '', page_hash = ''")
        due = "select count(*) from articles_article where next_read_at <= now()"
        say("b's cable is out while all is due again; a has read it", until(lambda: site.count(due) == 0, WITHIN_S))
        until(lambda: site.count("select count(*) from desk_worker") == 1)
        ip("-n", A, "link", "set", CABLE_A, "up")
        say("the cable is in; b is back", until(lambda: site.count("select count(*) from desk_worker") == 2, WITHIN_S))
        site.until_whole(WITHIN_S)
        site.require_nothing_doubled()
    finally:
        web.terminate()
        web.communicate()


def is_sweeper_alive(site: Site) -> bool:
    """True once who sends the messages is a worker that lives, the only one."""
    return site.count("select count(*) from desk_lease l join desk_worker w on w.name = l.claimed_by"
                      " where l.name = 'sweep' and (select count(*) from desk_worker) = 1") == 1  # fmt: skip


def say(step: str, took_s: float) -> None:
    print(f"{step}: {took_s:.1f} s", flush=True)


def main(argv: list[str]) -> int:
    if argv == ["A"]:
        with ExitStack() as held:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
            server = held.enter_context(databases.postgres())
            served = held.enter_context(loopback.serve(ADDRESS_A))
            broker = Rabbit(folder / "rabbit", host=ADDRESS_A)
            held.callback(broker.end)
            broker.start()
            site = Site(folder, served, held.enter_context(listening(server)), broker, b=B)
            held.callback(site.close)
            site.follow()
            walk(site)
        return 0
    with two_machines():
        command = ["ip", "netns", "exec", A, sys.executable, "-m", "tests.site.two_machines", "A"]
        return subprocess.run(command, env={**os.environ, "WALK": OURS}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
