"""A site with a canary in every secret field, driven as its people would, with all that it said written down."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import re
import socket
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import httpx2  # noqa: TID251  a browser with cookies, on loopback alone

from tests.hostile.secrets_known import Heard, Secrets
from tests.site import running, serving

SETTLED_S = 300  # on a loaded machine; nobody waits for it otherwise
INPUT = re.compile(r"<input[^>]*>")
ATTRIBUTE = re.compile(r'\b(name|value|type)="([^"]*)"')
LINK = re.compile(r'href="(/[^"#]*)')
LEAVES = re.compile(r"/logout|/delete|/remove|/withdraw|/end$|\.(css|js|png|svg|webp|ico)(\?|$)")


class Person:
    """Somebody with a browser. Every answer that they get is written down under their name."""

    def __init__(self, site: SecretSite, name: str) -> None:
        self.site, self.name = site, name
        self.web = httpx2.Client(base_url=site.url, timeout=180, follow_redirects=False)

    def get(self, path: str, **more: Any) -> httpx2.Response:
        return self._heard(path, self.web.get(path, **more))

    def send(self, path: str, **fields: str) -> httpx2.Response:
        """Open the page of a form and send it, as a browser would."""
        return self.fill(self.get(path), path, **fields)

    def fill(self, page: httpx2.Response, path: str, **fields: str) -> httpx2.Response:
        """Send the form of a page that is open."""
        hidden = {one["name"]: one.get("value", "") for one in map(_attributes, INPUT.findall(page.text))
                  if one.get("type") == "hidden" and one.get("name")}  # fmt: skip
        return self.post(path.partition("?")[0], **{**hidden, **fields})

    def post(self, path: str, *, headers: dict[str, str] | None = None, **fields: str) -> httpx2.Response:
        said = {"Origin": self.site.url, "Referer": f"{self.site.url}{path}", **(headers or {})}
        return self._heard(path, self.web.post(path, data=fields, headers=said), "answer to a post at")

    def follow(self, answer: httpx2.Response, most: int = 5) -> httpx2.Response:
        while answer.is_redirect and most:
            where = urlsplit(answer.headers["Location"])
            answer, most = self.get(where.path + (f"?{where.query}" if where.query else "")), most - 1
        return answer

    def crawl(self, begin: list[str], most: int) -> int:
        """Open pages, following links in breadth; how many were opened."""
        waiting, seen = list(begin), set(begin)
        opened = 0
        while waiting and opened < most:
            path = waiting.pop(0)
            answer = self.get(path)
            opened += 1
            for link in map(html.unescape, LINK.findall(answer.text)):
                if link not in seen and not link.startswith("//") and not LEAVES.search(link):
                    seen.add(link)
                    waiting.append(link)
        return opened

    def _heard(self, path: str, answer: httpx2.Response, kind: str = "page") -> httpx2.Response:
        place = f"{kind} {path.split('?')[0]} as {self.name}"
        # Cookies are how a session is handed to its owner: their own header is not a place.
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "set-cookie")
        said = f"{answer.status_code}\n{headers}\n\n".encode() + answer.content
        # What cookies carry is not counted as sent: a page that says them aloud is a leak.
        fields = "\n".join(value for name, value in answer.request.headers.items() if name != "cookie")
        asked = f"{answer.request.url}\n{fields}\n".encode() + answer.request.read()
        self.site.heard.append(Heard(place, said, asked))
        return answer


class SecretSite:
    """A running site on a data folder of its own."""

    def __init__(self, folder: Path, secrets: Secrets, settings: dict[str, str], *, allow: str) -> None:
        self.data, self.secrets, self.settings, self.allow = folder, secrets, settings, allow
        self.heard: list[Heard] = []
        self.port = serving.free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def run(self, *arguments: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[bytes]:
        """A command of the site; what it prints is written down."""
        done = subprocess.run(
            [sys.executable, "-m", "newsroom", *arguments],
            cwd=running.ROOT, env=running.environment(self.allow, **{**self.settings, **settings}),
            input=typed.encode(), capture_output=True, timeout=300, check=False,
        )  # fmt: skip
        self.heard.append(Heard(f"terminal of {arguments[0]}", done.stdout + done.stderr))
        return done

    @contextmanager
    def served(self) -> Iterator[None]:
        """The site while ./run serves it; its terminal is written down at the end."""
        terminal = self.data.with_name("terminal")
        with open(terminal, "wb") as written:  # a pipe would fill up, and hold the site
            process = subprocess.Popen(
                [sys.executable, "-m", "newsroom", "serve", "--data", str(self.data), "--port", str(self.port)],
                cwd=running.ROOT, env=running.environment(self.allow, **self.settings),
                stdin=subprocess.DEVNULL, stdout=written, stderr=written, start_new_session=True,
            )  # fmt: skip
        try:
            until = time.monotonic() + SETTLED_S
            while not serving.get(self.port, "/healthz"):
                assert process.poll() is None, terminal.read_bytes()[-2000:]
                assert time.monotonic() < until, "the site did not start"
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)
            self.heard.append(Heard("terminal of serve", terminal.read_bytes()))

    def hear_files(self) -> None:
        """Write down the log, and the rows as they lie."""
        self.heard.append(Heard("site.log", (self.data / "site.log").read_bytes()))
        for path in sorted(self.data.glob("site.sqlite3*")):
            self.heard.append(Heard(f"rows: {path.name}", path.read_bytes()))

    def hear_backup(self, to: Path) -> None:
        """Make a backup while the site goes on; write down what is in it."""
        done = self.run("backup", str(to), "--data", str(self.data))
        assert done.returncode == 0, done.stderr
        with tarfile.open(to) as tar:
            for member in tar:
                source = tar.extractfile(member)
                self.heard.append(Heard(f"backup: {member.name}", source.read() if source else b""))

    def wait_for(self, query: str, what: str) -> None:
        """Until a query of the rows gives something."""
        until = time.monotonic() + SETTLED_S
        while time.monotonic() < until:
            with closing(sqlite3.connect(self.data / "site.sqlite3", timeout=30)) as rows:
                if rows.execute(query).fetchone()[0]:
                    return
            time.sleep(0.2)
        raise AssertionError(f"{what} did not come about within {SETTLED_S} s")

    @contextmanager
    def without_table(self, name: str) -> Iterator[None]:
        """While a table is missing: what needs it ends in a traceback."""
        with closing(sqlite3.connect(self.data / "site.sqlite3", timeout=60, isolation_level=None)) as rows:
            rows.execute(f"ALTER TABLE {name} RENAME TO {name}_away")
            try:
                yield
            finally:
                rows.execute(f"ALTER TABLE {name}_away RENAME TO {name}")


def _attributes(tag: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in ATTRIBUTE.findall(tag)}


def value_of(page: str, mark: str) -> str:
    """The value of the input of that id."""
    [tag] = [tag for tag in INPUT.findall(page) if f'id="{mark}"' in tag]
    return _attributes(tag)["value"]


def one_time_code(key: str, at: float) -> str:
    """The six digits that an authenticator app shows (RFC 6238)."""
    counter = int(at // 30).to_bytes(8, "big")
    digest = hmac.new(base64.b32decode(key), counter, hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


@contextmanager
def echoing_server() -> Iterator[str]:
    """A model's endpoint and an organisation's sign-in in one that fail and say back all that they were sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here = f"http://{self.headers['Host']}"
            said = {"issuer": here, "authorization_endpoint": f"{here}/authorize", "token_endpoint": f"{here}/token",
                    "userinfo_endpoint": f"{here}/person"}  # fmt: skip
            self.answer(200, json.dumps(said).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.answer(401, json.dumps({"error": f"{dict(self.headers)} {body.decode('utf-8', 'replace')}"}).encode())

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def closed_port() -> int:
    """A port of loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
