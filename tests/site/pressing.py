"""Many readers at once who ask for pages without a pause, and what became of each request."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from dataclasses import dataclass, field

TIMEOUT_S = 30
WARM = 80  # answers, until the pages are made as quickly as they will be


@dataclass
class Readers:
    """Threads that ask one port for these paths, half of them on a connection of its own for each request.

    said: how requests ended: "answered" whole with a status below 500; "refused" at the door, nothing was
    accepted; "idle" for a kept connection that was closed while nothing was under way; else what failed.
    """

    port: int
    paths: tuple[str, ...]
    count: int = 16
    said: Counter[str] = field(default_factory=Counter)
    leave: threading.Event = field(default_factory=threading.Event)
    began: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        self._threads = [
            threading.Thread(target=self._read, args=(number,), daemon=True) for number in range(self.count)
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self.leave.set()
        for thread in self._threads:
            thread.join(TIMEOUT_S)

    def _read(self, number: int) -> None:
        keeps, turn = bool(number % 2), number
        connection = None
        while not self.leave.is_set():
            turn += 1
            is_reused = connection is not None
            if connection is None:
                connection = self._connected()
                if connection is None:
                    return
            became = self._ask(connection, self.paths[turn % len(self.paths)], keeps=keeps, is_reused=is_reused)
            self._note(became)
            if (became == "answered" and not keeps) or became != "answered" or connection.sock is None:
                connection.close()
                connection = None

    def _connected(self) -> http.client.HTTPConnection | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        try:
            connection.connect()
        except ConnectionRefusedError:
            self._note("refused")
            return None
        return connection

    def _ask(self, connection: http.client.HTTPConnection, path: str, *, keeps: bool, is_reused: bool) -> str:
        try:
            connection.request("GET", path, headers={} if keeps else {"Connection": "close"})
            answer = connection.getresponse()
            answer.read()
        except http.client.RemoteDisconnected:
            return "idle" if is_reused else "closed before an answer"
        except ConnectionError as error:
            return "idle" if is_reused else type(error).__name__
        except (TimeoutError, http.client.HTTPException) as error:
            return type(error).__name__
        return "answered" if answer.status < 500 else f"status {answer.status}"

    def _note(self, became: str) -> None:
        with self._lock:
            self.said[became] += 1
        if self.said["answered"] >= WARM:
            self.began.set()

    @property
    def failed(self) -> int:
        """Requests that were accepted and not answered whole."""
        return sum(count for became, count in self.said.items() if became not in ("answered", "refused", "idle"))
