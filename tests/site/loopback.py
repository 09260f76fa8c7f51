"""A small web server on loopback for tests: paths to answers, with validators and a log."""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    body: bytes = b""
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """What is served, and what was asked for. `answers` may change while it runs."""

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        self.host = f"{address}:{port}"
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, int]] = []
        self.began_at: list[float] = []  # when each request came, on the monotonic clock
        self.at_once = self.at_once_most = 0
        self.counting = threading.Lock()

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def feed(self, path: str, items: list[dict[str, str]], *, title: str = "The Invented Post") -> str:
        """Serve an RSS feed of these items (path, title, description, at); its address."""
        self.answers[path] = Answer(rss(title, self.url("/"), items, self.url), "application/rss+xml")
        return self.url(path)

    def page(self, path: str, title: str, paragraphs: list[str]) -> str:
        """Serve an article page; its address."""
        body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        html = (
            f"<!doctype html><html lang=en><head><title>{title}</title></head>"
            f"<body><nav>Home | World</nav><article><h1>{title}</h1>{body}</article></body></html>"
        )
        self.answers[path] = Answer(html.encode())
        return self.url(path)


def rss(title: str, home: str, items: list[dict[str, str]], url) -> bytes:
    parts = [
        f"<item><title>{item['title']}</title><link>{url(item['path'])}</link><guid>{item['path']}</guid>"
        f"<pubDate>{item['at']}</pubDate><description>{item.get('description', '')}</description></item>"
        for item in items
    ]
    text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title><link>{home}</link>'
    return (text + "".join(parts) + "</channel></rss>").encode()


@contextmanager
def serve(address: str = "127.0.0.1") -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with site.counting:
                site.began_at.append(time.monotonic())
                site.at_once += 1
                site.at_once_most = max(site.at_once, site.at_once_most)
            self.answer()

        def answer(self) -> None:
            answer = site.answers.get(self.path) or Answer(b"no such page", status=404)
            etag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
            is_same = answer.status == 200 and self.headers.get("If-None-Match") == etag
            status = 304 if is_same else answer.status
            body = b"" if is_same else answer.body
            self.send_response(status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", etag)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            site.asked.append((self.path, status))
            with site.counting:
                site.at_once -= 1  # before the client can know that the answer is whole: an empty one by its head
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            if not isinstance(sys.exception(), ConnectionError):  # who asked was killed, or has hung up
                super().handle_error(request, client_address)  # type: ignore[arg-type]

    server = Server((address, 0), Handler)
    site = Site(server.server_address[1], address)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
