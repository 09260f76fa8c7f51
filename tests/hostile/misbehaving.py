"""Servers that misbehave: each kind scripted by what is said of it, in words, not by its name.

A server stands on loopback, under a public address of the harness's net. Its
waits are shortened by the same factor as the product's limits are.
"""

from __future__ import annotations

import contextlib
import gzip
import re
import socket
import ssl
import struct
import tarfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from tests.hostile.certificates import Authority
from tests.hostile.tripwire import connected_here

ITEMS = 3
DAY = timedelta(days=1)
BEGAN = datetime(2026, 11, 2, 7, tzinfo=UTC)


@dataclass(slots=True)
class Talk:
    """One request to a misbehaving server, and the way to answer it. count: of this path, from 0."""

    connection: socket.socket
    host: str
    path: str
    head: str
    count: int
    scale: float

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self.connection.sendall(part)

    def wait(self, seconds: float) -> None:
        time.sleep(seconds * self.scale)

    def answer(self, body: bytes, *lines: str, status: str = "200 OK", length: int | None = None) -> None:
        told = "".join(f"{line}\r\n" for line in lines)
        size = len(body) if length is None else length
        self.send(f"HTTP/1.1 {status}\r\n{told}Content-Length: {size}\r\n\r\n".encode("utf-8", "surrogateescape"), body)

    def feed(self, *lines: str, **change: object) -> None:
        self.answer(rss(self.host, **change), "Content-Type: application/rss+xml", *lines)  # type: ignore[arg-type]

    def dripped(self, body: bytes, every_s: float) -> None:
        for place in range(len(body)):
            self.send(body[place : place + 1])
            self.wait(every_s)


Script = Callable[[Talk], None]


@dataclass(slots=True)
class Server:
    """A misbehaving server. paths: of its feeds. is_there: False where nobody listens, None where nobody accepts."""

    script: Script
    paths: tuple[str, ...] = ("/feed.xml",)
    tls: ssl.SSLContext | None = None
    scheme: str = "http"
    is_there: bool | None = True
    stalls: bool = False
    asked: Counter[str] = field(default_factory=Counter)


def rss(
    host: str,
    *,
    count: int = ITEMS,
    guid: Callable[[int], str] = lambda number: f"item-{number}",
    title: Callable[[int], str] = lambda number: f"Mill number {number} burns in Orrin",
    is_dated: bool = True,
    declared: str = "utf-8",
) -> bytes:
    items = "".join(
        f"<item><title>{title(number)}</title><link>http://{host}/news/{number}</link><guid>{guid(number)}</guid>"
        + (f"<pubDate>{format_datetime(BEGAN + number * timedelta(minutes=7))}</pubDate>" if is_dated else "")
        + f"<description>Mill number {number} burned down on Monday, the mayor of Orrin said.</description></item>"
        for number in range(count)
    )
    return (
        f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel><title>Post of {host}</title>'
        f"<link>http://{host}/</link>{items}</channel></rss>"
    ).encode(declared, "xmlcharrefreplace")


PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>"
HTML = "Content-Type: text/html"


def _reset_in_the_middle(talk: Talk) -> None:
    body = rss(talk.host)
    talk.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode(), body[: len(body) // 2])
    talk.wait(0.5)
    talk.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _chunked_for_ever(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        talk.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def _drips_headers(every_s: float) -> Script:
    return lambda talk: talk.dripped(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 5000, every_s)


def _drips_body(every_s: float) -> Script:
    def script(talk: Talk) -> None:
        body = rss(talk.host)
        talk.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        talk.dripped(body, every_s)

    return script


def _validated(*lines: str) -> Script:
    """A server that answers 304 to whoever sends its validator back as it was."""

    def script(talk: Talk) -> None:
        for line in lines:
            name, _, value = line.partition(": ")
            back = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}[name]
            if f"{back}: {value}" in talk.head.split("\r\n"):
                talk.send(b"HTTP/1.1 304 Not Modified\r\n\r\n")
                return
        talk.feed(*lines)

    return script


def _not_modified_with_body(talk: Talk) -> None:
    if talk.count:
        talk.answer(rss(talk.host), 'ETag: "one"', status="304 Not Modified")
    else:
        talk.feed('ETag: "one"')


def _moves(status: str) -> Script:
    def script(talk: Talk) -> None:
        if talk.path == "/feed.xml":
            talk.answer(b"", "Location: /moved.xml", status=f"{status} Moved")
        else:
            talk.feed()

    return script


def _flaps(status: str) -> Script:
    """A leads to B on even days, and B to A on odd ones; each is a feed on its other day."""

    def script(talk: Talk) -> None:
        there = {"/feed.xml": "/b.xml", "/b.xml": "/feed.xml"}[talk.path]
        leads = (talk.count + (talk.path == "/b.xml")) % 2 == 0
        if leads:
            talk.answer(b"", f"Location: {there}", status=f"{status} Moved")
        else:
            talk.feed()

    return script


def _to_a_login(status: str) -> Script:
    def script(talk: Talk) -> None:
        if talk.path == "/feed.xml":
            talk.answer(b"", "Location: /login", status=f"{status} Moved")
        else:
            talk.answer(PAGE, HTML)

    return script


def _status(status: str, *lines: str, body: bytes = PAGE) -> Script:
    return lambda talk: talk.answer(body, HTML, *lines, status=f"{status} As said")


def _waits_until(what: str) -> str:
    return f"Retry-After: {format_datetime(BEGAN + 40 * DAY)}" if "date" in what.lower() else f"Retry-After: {what}"


def _typed(names: list[str]) -> Script:
    def script(talk: Talk) -> None:
        talk.answer(rss(talk.host), f"Content-Type: {names[talk.count % len(names)]}")

    return script


def _cut_gzip(talk: Talk) -> None:
    packed = gzip.compress(rss(talk.host))
    talk.answer(packed[: len(packed) // 2], "Content-Encoding: gzip", 'ETag: "cut"')


def _hints_first(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
    talk.feed()


def _robots(body: Callable[[], bytes]) -> Script:
    def script(talk: Talk) -> None:
        if talk.path == "/robots.txt":
            talk.answer(body(), "Content-Type: text/plain")
        elif talk.path.startswith("/news/"):
            talk.answer(PAGE, HTML)
        else:
            talk.feed()

    return script


def _huge_robots(size: int) -> bytes:
    return b"User-agent: *\nDisallow: /news/\n" + b"# nothing is said here\n" * (size // 23)


def _slow_host(talk: Talk) -> None:
    talk.wait(10)
    talk.feed(guid=lambda number: f"{talk.path}-{number}")


def _more_than_said(talk: Talk) -> None:
    """What stands beyond the length looks like an answer to the next request."""
    body = rss(talk.host)
    evil = rss("evil.example")
    lies = f"HTTP/1.1 200 OK\r\nContent-Length: {len(evil)}\r\n\r\n".encode() + evil
    talk.answer(body + lies, "Connection: keep-alive", length=len(body))
    talk.wait(1)


# What is said of a server, and its script. Words of an own kind first: the last rules know a status alone.
RULES: tuple[tuple[str, Callable[[re.Match[str]], Script]], ...] = (
    (r"RST in the middle", lambda said: _reset_in_the_middle),
    (r"one header byte every (\d+) s", lambda said: _drips_headers(float(said[1]))),
    (r"one body byte every (\d+) s", lambda said: _drips_body(float(said[1]))),
    (r"chunked body that never ends", lambda said: _chunked_for_ever),
    (r"one header of (\d+) kB", lambda said: lambda talk: talk.feed("X-Long: " + "a" * (int(said[1]) * 1000))),
    (r"Content-Length larger", lambda said: lambda talk: talk.answer(b"<rss>", length=9999)),
    (r"Content-Length smaller", lambda said: _more_than_said),
    (r"two different Content-Length", lambda said: lambda talk: talk.feed("Content-Length: 12")),
    (r"invalid chunk size", lambda said: _chunk("xyz")),
    (r"chunk size ([0-9a-f]+)", lambda said: _chunk(said[1])),
    (r"HTTP/0\.9|without a status line", lambda said: lambda talk: talk.send(rss(talk.host))),
    (r"(\w+) banner", lambda said: lambda talk: talk.send(f"{said[1]}-2.0-Server_9\r\n\r\n".encode())),
    (r"status line (\d{3})$", lambda said: _status(said[1])),
    (r"HTTP/1\.1 200 with nothing after", lambda said: _bare_status),
    (r"LF line ends", lambda said: _line_feeds),
    (r"raw UTF-8 in header", lambda said: _validated('ETag: "Größe-über-alles"')),
    (r"ETag of (\d+) kB", lambda said: lambda talk: talk.feed(f'ETag: "{"e" * (int(said[1]) * 1000)}"')),
    (r'(W/"\w+") sent back', lambda said: _validated(f"ETag: {said[1]}")),
    (r"Last-Modified: (.+)", lambda said: _validated(f"Last-Modified: {said[1]}")),
    (r"304 with body", lambda said: _not_modified_with_body),
    (r"(301|308) A to B and B to A", lambda said: _flaps(said[1])),
    (r"(30[12378]) to a login", lambda said: _to_a_login(said[1])),
    (r"^(30[12378])\b(?: to a new feed URL)?$", lambda said: _moves(said[1])),
    (r"(\d{3}) Retry-After: (.+)", lambda said: _status(said[1], _waits_until(said[2]))),
    (r"200 with an HTML", lambda said: _status("200")),
    (r"200 with an empty body", lambda said: _after_a_feed(lambda talk: talk.answer(b""))),
    (r"feed as ([\w/+]+) or ([\w/+]+)", lambda said: _typed([said[1], said[2]])),
    (r"charset and XML declaration disagree", lambda said: _typed(["application/rss+xml; charset=iso-8859-7"])),
    (r"UTF-16 with BOM", lambda said: lambda talk: talk.answer(rss(talk.host, declared="utf-16"))),
    (r"Content-Encoding: (\w+) with plain", lambda said: lambda talk: talk.feed(f"Content-Encoding: {said[1]}")),
    (r"truncated gzip", lambda said: _cut_gzip),
    (r"all items share one guid", lambda said: lambda talk: talk.feed(guid=lambda number: "the-one")),
    (r"guids change", lambda said: lambda talk: talk.feed(guid=lambda number, day=talk.count: f"{day}-{number}")),
    (r"no dates", lambda said: lambda talk: talk.feed(is_dated=False)),
    (r"drops to 0 items", lambda said: _after_a_feed(lambda talk: talk.feed(count=0))),
    (r"([\d,]+) items", lambda said: lambda talk: talk.feed(count=int(said[1].replace(",", "")))),
    (r"title edited", lambda said: lambda talk: talk.feed(title=lambda number, day=talk.count: f"Edit {day} of {number}")),
    (r"cookie and redirects to itself",
     lambda said: lambda talk: talk.answer(b"", f"Location: {talk.path}", "Set-Cookie: a=1", status="302 Found")),
    (r"robots\.txt of (\d+) MB", lambda said: _robots(lambda: _huge_robots(int(said[1]) * 2**20))),
    (r"robots\.txt disallows", lambda said: _robots(lambda: b"User-agent: *\nDisallow: /news/\n")),
    (r"103 and 100 interim", lambda said: _hints_first),
    (r"closes after each response", lambda said: lambda talk: talk.feed("Connection: keep-alive")),
    (r"two Location", lambda said: _two_locations),
    (r"slow host with", lambda said: _slow_host),
    (r"identical bytes", lambda said: lambda talk: talk.feed()),
    (r"^(\d{3})\b", lambda said: _status(said[1])),
)  # fmt: skip


def _chunk(size: str) -> Script:
    return lambda talk: talk.send(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nabc\r\n".encode())


def _bare_status(talk: Talk) -> None:
    body = rss(talk.host)
    talk.send(f"HTTP/1.1 200\r\nContent-Length: {len(body)}\r\n\r\n".encode(), body)


def _line_feeds(talk: Talk) -> None:
    body = rss(talk.host)
    talk.send(f"HTTP/1.1 200 OK\nContent-Type: text/xml\nContent-Length: {len(body)}\n\n".encode(), body)


def _two_locations(talk: Talk) -> None:
    if talk.path == "/feed.xml":
        talk.answer(b"", "Location: /one.xml", "Location: /two.xml", status="302 Found")
    else:
        talk.feed()


def _after_a_feed(later: Script) -> Script:
    return lambda talk: later(talk) if talk.count else talk.feed()


def server_for(said: str, hostile: Path, trust: Authority, host: str) -> Server | None:
    """The server that does what is said; None where no script is known for it."""
    never: Script = lambda talk: None  # noqa: E731
    if "refused" in said:
        return Server(never, is_there=False)
    if "SYN never" in said:
        return Server(never, is_there=None)
    if "expired certificate" in said:
        return Server(never, tls=trust.server(host, ends_in=-DAY), scheme="https")
    if "self-signed" in said:
        return Server(never, tls=trust.server(host, is_trusted=False), scheme="https")
    if old := re.search(r"TLS 1\.([01]) only", said):
        return Server(never, tls=_old(trust.server(host), int(old[1])), scheme="https")
    if "handshake stalls" in said:
        return Server(never, scheme="https", stalls=True)
    if folder := re.search(r"bombs of (\w+)/|(\w+)/ bombs", said):
        return _of_files(hostile / (folder[1] or folder[2]))
    many = re.search(r"slow host with ([\d,]+) feeds", said)
    paths = tuple(f"/{n}.xml" for n in range(int(many[1].replace(",", "")))) if many else ("/feed.xml",)
    for pattern, script in RULES:
        if found := re.search(pattern, said):
            return Server(script(found), paths=paths)
    return None


def _old(context: ssl.SSLContext, minor: int) -> ssl.SSLContext:
    with contextlib.suppress(ValueError, ssl.SSLError):
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = ssl.TLSVersion.TLSv1_1 if minor else ssl.TLSVersion.TLSv1
    return context


def _of_files(folder: Path) -> Server:
    """Each file of the folder's archive as the answer of a feed of its own; what it is packed by is told."""
    [archive] = folder.glob("*bombs*")
    held: dict[str, bytes] = {}
    with tarfile.open(archive) as opened:
        for one in opened:
            if one.isfile() and (stream := opened.extractfile(one)) is not None:
                held[f"/{Path(one.name).name}"] = stream.read()

    def script(talk: Talk) -> None:
        body = held[talk.path]
        is_xml = ".xml" in talk.path
        coding = next((name for name in ("deflate", "xz") if name in talk.path), "" if is_xml else "gzip")
        coding = "gzip" if talk.path.endswith(".xml.gz") else coding
        lines = [f"Content-Encoding: {coding}"] if coding else []
        talk.answer(body, "Content-Type: application/rss+xml", *lines)

    return Server(script, paths=tuple(sorted(held)))


def start(server: Server, host: str, scale: float) -> int:
    """Let it stand on loopback; its port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0 if server.is_there is None else 128)
    port: int = listener.getsockname()[1]
    if server.is_there is False:
        listener.close()
    elif server.is_there is None:
        _fill(listener, port)
    else:
        threading.Thread(target=_accept, args=(server, listener, host, scale), daemon=True).start()
    return port


_waiting: list[socket.socket] = []


def _fill(listener: socket.socket, port: int) -> None:
    """Let so many wait for a listener that accepts nobody that the next one's SYN is not answered."""
    _waiting.append(listener)
    for _ in range(4):
        _waiting.append(connected_here(port))


def _accept(server: Server, listener: socket.socket, host: str, scale: float) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_talk, args=(server, connection, host, scale), daemon=True).start()


def _talk(server: Server, connection: socket.socket, host: str, scale: float) -> None:
    with connection, contextlib.suppress(OSError, IndexError):
        if server.stalls:
            time.sleep(60 * scale)
            return
        if server.tls is not None:
            connection = server.tls.wrap_socket(connection, server_side=True)
        while True:  # several requests of one connection are answered
            head = b""
            while b"\r\n\r\n" not in head:
                part = connection.recv(65536)
                if not part:
                    return
                head += part
            path = head.split(b" ")[1].decode("latin-1")
            count = server.asked[path]
            server.asked[path] += 1
            told = head.decode("utf-8", "surrogateescape")
            server.script(Talk(connection, host, path, told, count, scale))
            if b"Connection: close" in head:
                return
