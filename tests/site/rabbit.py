"""RabbitMQ for tests: a node of one's own on loopback, which may be killed and started again with what it held."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BIN = Path("/usr/lib/rabbitmq/bin")  # Debian's programs in /usr/sbin run it as a user of its own
START_S = 120.0
TRIED_EVERY_S = 0.2


class Rabbit:
    """A node in a folder of its own. host: the address it listens on."""

    def __init__(self, folder: Path, *, host: str = "127.0.0.1") -> None:
        self.folder, self.host = folder, host
        self.port, self._dist_port, self._epmd_port = free_ports(3)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@{self.host}:{self.port}/"

    def start(self) -> None:
        """Start the node, and come back once it takes messages."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "enabled_plugins").write_text("[].\n")
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = {self.host}:{self.port}\nloopback_users = none\n"
        )
        with open(self.folder / "output", "ab") as output:
            self.process = subprocess.Popen(
                [str(server())], env=self._environment(), stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        self._wait()

    def kill(self) -> None:
        """kill -9 of the node, with nothing put away first."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def end(self) -> None:
        if self.process is not None:
            self.kill()
        with contextlib.suppress(FileNotFoundError):  # what it started beside: the list of nodes, on a port of ours
            subprocess.run(["epmd", "-port", str(self._epmd_port), "-kill"], capture_output=True, check=False)

    def _environment(self) -> dict[str, str]:
        loopback = "{127,0,0,1}"
        return {
            **os.environ,
            "HOME": str(self.folder),
            "RABBITMQ_NODENAME": f"backstory{self.port}@localhost",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "rows"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-kernel inet_dist_use_interface {loopback}",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_RELAXED_COMMAND_CHECK": "1",  # it ends when told to, whatever was killed before
        }

    def _wait(self) -> None:
        from kombu import Connection

        until = time.monotonic() + START_S
        while True:
            try:
                with Connection(self.url, connect_timeout=5) as connection:
                    connection.connect()
                    return
            except OSError:
                if time.monotonic() > until or (self.process and self.process.poll() is not None):
                    raise AssertionError((self.folder / "output").read_text()[-2000:]) from None
            time.sleep(TRIED_EVERY_S)


def server() -> Path | None:
    """RabbitMQ's own start script, None where it is not installed."""
    named = shutil.which("rabbitmq-server", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return (BIN / "rabbitmq-server" if (BIN / "rabbitmq-server").exists() else Path(named)) if named else None


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def rabbit(folder: Path) -> Iterator[Rabbit]:
    """A node that runs, gone afterwards; skips the test by name where Celery or RabbitMQ is missing."""
    pytest.importorskip("celery", reason="Celery is not installed (requirements/celery.txt)")
    if server() is None:
        pytest.skip("no RabbitMQ here (Debian's package rabbitmq-server)")
    node = Rabbit(folder)
    try:
        node.start()
        yield node
    finally:
        node.end()
