"""Sites of our own for the bench: an empty one to copy, and one that is served."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.driver import Driver

ROOT = Path(__file__).resolve().parents[1]
START_S = 600
LEAVE_S = 60
STRANGER = "192.0.2.7"  # asked through a proxy: who asks from this machine is its operator, who is shown more


def environment(data: Path, allow: str = "", **more: str) -> dict[str, str]:
    """What a site of the bench's runs with: SQLite in `data`, no pictures, no starting feeds."""
    unset = ("DATABASE_URL", "BACKSTORY_DATA", "BACKSTORY_SECRET_KEY", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    own = {"BACKSTORY_DATA": str(data), "FETCH_ALLOW_PRIVATE": allow, "STARTING_PUBLISHERS": "no", "PICTURES": "no"}
    django = {"DJANGO_SETTINGS_MODULE": "newsroom.settings", "PYTHONPATH": str(ROOT)}
    return {**kept, **own, **django, **more}


def empty(kept: Path) -> Path:
    """An empty site's data folder under `kept`, of this code's tables: made once, for it takes long."""
    stamp = "-".join(sorted(str(file.relative_to(ROOT)) for file in ROOT.glob("newsroom/*/migrations/0*.py")))
    place = kept / "empty-site"
    if not (place / "stamp").exists() or (place / "stamp").read_text() != stamp:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        python(place, "from pathlib import Path; import os; from newsroom.commands import site; site.open_site(None)")
        (place / "stamp").write_text(stamp)
    return place


def copied(site: Path, place: Path) -> Path:
    """The site once more, in a folder that is not there yet."""
    return Path(shutil.copytree(site, place))


def python(data: Path, code: str, *arguments: str) -> str:
    """What a piece of code says on this data folder's site. Raises RuntimeError with its errors."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, env=environment(data), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{code[:200]}: {done.stderr[-2000:]}")
    return done.stdout


def follow(data: Path, urls: list[str], *, allow: str, log: Path) -> None:
    """Make the site follow these feeds, and read what they have, so that no sample edition stands in when it starts."""
    command = sys.executable, "-m", "bench.desk_driver", str(data)
    with Driver(*command, environment=environment(data, allow), log=log) as desk:
        desk.ask("add", urls=urls)
        desk.ask("pass")


@dataclass(frozen=True, slots=True)
class Site:
    """A site that is served: its port, and its process, which started the others."""

    port: int
    process: subprocess.Popen[bytes]

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"X-Forwarded-For": STRANGER})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def serving(
    command: list[str], port: int, there: dict[str, str], *, log: Path, ready: str = "/healthz"
) -> Iterator[Site]:
    """A server at that port, while it is open. Raises RuntimeError with the end of its log if it does not start."""
    with log.open("ab") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=there, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
    found = Site(port, process)
    try:
        until = time.monotonic() + START_S
        while not _answers(found, ready):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command}: does not answer. {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.2)
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(LEAVE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(site: Site, path: str) -> bool:
    try:
        return site.get(path)[0] < 500
    except OSError:
        return False


@contextmanager
def whole_site(data: Path, *, log: Path, allow: str = "", **more: str) -> Iterator[Site]:
    """`./run` on this data folder: the web server and the desk."""
    port = free_port()
    command = [sys.executable, "-m", "newsroom", "serve", "--data", str(data), "--port", str(port)]
    with serving(command, port, environment(data, allow, **more), log=log) as site:
        yield site


@contextmanager
def web_alone(data: Path, *, log: Path, is_bare: bool = False) -> Iterator[Site]:
    """The web server as `./run` starts it, without the desk; is_bare: a bare Django in the site's place."""
    port = free_port()
    there = environment(data, BACKSTORY_SUPERVISOR=str(os.getpid()))
    command = [sys.executable, "-m", "bench.bare_web" if is_bare else "newsroom.desk.web", f"127.0.0.1:{port}"]
    with serving(command, port, there, log=log, ready="/list" if is_bare else "/healthz") as site:
        yield site


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
