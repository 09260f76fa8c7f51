"""A stand-in for a language model's endpoint on loopback: answers as a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Say = Callable[[dict[str, Any]], bytes]


class Stub:
    """say: the request's JSON in, the answer's bytes out. asked: every request, as it came."""

    def __init__(self) -> None:
        self.say: Say = lambda asked: chat([])
        self.status = 200
        self.headers: dict[str, str] = {}
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.go_on = threading.Event()  # an answer waits for it while `hangs`
        self.hangs = False
        self.url = ""


def chat(items: Any, *, tokens: int = 7) -> bytes:
    """A chat completion whose content is these items."""
    content = items if isinstance(items, str) else json.dumps({"sentences": items})
    return json.dumps({"choices": [{"message": {"content": content}}], "usage": {"total_tokens": tokens}}).encode()


def sources(asked: dict[str, Any]) -> list[tuple[str, int, str]]:
    """(article, number, sentence) that the model was given."""
    given = json.loads(asked["messages"][1]["content"])
    return [
        (one["article"], int(number), sentence)
        for one in given["articles"]
        for number, sentence in one["sentences"].items()
    ]


@contextmanager
def serving() -> Iterator[Stub]:
    """A running stand-in; its url is what MODEL_URL takes."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            stub.asked.append(body)
            stub.keys.append(self.headers.get("Authorization"))
            if stub.hangs:
                stub.go_on.wait(20)
            answer = stub.say(body)
            self.send_response(stub.status)
            for name, value in stub.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            try:
                self.wfile.write(answer)
            except OSError:
                pass  # who asked has heard enough

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield stub
    finally:
        stub.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()
