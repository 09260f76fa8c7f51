"""Keeps the site's processes going: the web server and the worker, or one of them.

`python -m newsroom.desk.supervise ROLE,ARGUMENT… …` is the supervisor itself. It
imports the standard library alone: it lives as long as the site and only waits.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import NoReturn

PATIENCE_S = 8.0  # for children to leave after SIGTERM, below the ten of Ctrl-C
PORT_PATIENCE_S = 3.0  # a killed site's server needs a moment to notice
RESTART_REST_S = 2.0
SUPERVISOR = "BACKSTORY_SUPERVISOR"  # tells a child whose it is


class PortInUse(Exception):
    """The address cannot be listened on; the message names it and the way out."""


def check_port(host: str, port: int) -> None:
    """Raise PortInUse if nobody can listen there within PORT_PATIENCE_S."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    until = time.monotonic() + PORT_PATIENCE_S
    while True:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return
            except OSError as error:
                if time.monotonic() > until:
                    raise PortInUse(
                        f"Port {port} on {host}: {error.strerror}. "
                        f"Stop what holds it, or give another: ./run --port {port + 1}"
                    ) from error
        time.sleep(0.2)


def leave_with_parent() -> None:
    """End this process when the supervisor that started it is gone, also if it is gone already."""
    supervisor = int(os.environ[SUPERVISOR])
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
    threading.Thread(target=_watch, args=(supervisor,), daemon=True).start()


def _watch(supervisor: int) -> None:
    while os.getppid() == supervisor:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def set_on_signal(stop: threading.Event, *numbers: int) -> None:
    """Set `stop` when one of these signals comes.

    From a thread: the handler may run while this very thread holds the event's lock.
    """
    for number in numbers:
        signal.signal(number, lambda *_: threading.Thread(target=stop.set, daemon=True).start())


def start(role: str, *args: str) -> subprocess.Popen[bytes]:
    """Start `role` (web or worker) as a child that ends with us."""
    environment = {**os.environ, SUPERVISOR: str(os.getpid())}
    return subprocess.Popen([sys.executable, "-m", f"newsroom.desk.{role}", *args], env=environment)


def become(roles: dict[str, tuple[str, ...]]) -> NoReturn:
    """Turn this process into the supervisor of these roles: what it imported until now, some 45 MB, is let go of."""
    sys.stdout.flush()
    sys.stderr.flush()
    told = [",".join((role, *args)) for role, args in roles.items()]
    os.execv(sys.executable, [sys.executable, "-m", "newsroom.desk.supervise", *told])  # noqa: S606  our own program


def supervise(roles: dict[str, tuple[str, ...]]) -> int:
    """Run the roles until Ctrl-C or SIGTERM; one that ends by itself is started anew."""
    stop = threading.Event()
    set_on_signal(stop, signal.SIGINT, signal.SIGTERM)
    children = {role: start(role, *args) for role, args in roles.items()}
    while not stop.wait(0.5):
        for role, child in children.items():
            if child.poll() is not None and not stop.is_set():
                print(f"{role}: ended with {child.returncode}; starting it again", file=sys.stderr)
                stop.wait(RESTART_REST_S)
                children[role] = start(role, *roles[role])
    return _end(children)


def _end(children: dict[str, subprocess.Popen[bytes]]) -> int:
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + PATIENCE_S
    for child in children.values():
        try:
            child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return 0


if __name__ == "__main__":
    sys.exit(supervise({role: tuple(args) for role, *args in (told.split(",") for told in sys.argv[1:])}))
