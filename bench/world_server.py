"""`python -m bench.world_server`: the made-up world over HTTP on loopback, each publisher on an address of its own.

Says {"port": N} on its first line, then ends with its standard input, or after
MAX_S. Feeds answer with ETag, Last-Modified and 304, packed when asked.
/-/advance: one item more in each feed; /-/correct: the newest item of each
changes; /-/warm: all pages are made; /-/clear; all and /-/stats answer with what was asked so far.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import socket
import sys
import zlib
from dataclasses import dataclass, field
from email.utils import formatdate

from bench.world import ATOM_EVERY, World

MAX_S = 4 * 3600
ADDRESSES_MOST = 500
PAGES_KEPT = 12_000
WARMED_AHEAD = 80  # items that are not told yet, whose pages are made already
REASONS = {200: "OK", 304: "Not Modified", 404: "Not Found"}
PIXEL = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"  # noqa: E501


def host_of(feed: int) -> str:
    place = feed % ADDRESSES_MOST
    return f"127.0.{1 + place // 250}.{1 + place % 250}"


@dataclass(slots=True)
class Told:
    """What is served at an address."""

    body: bytes
    packed: bytes
    etag: str
    modified: str


@dataclass(slots=True)
class State:
    world: World
    port: int
    top: int
    corrected: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    feeds: dict[int, Told] = field(default_factory=dict)
    pages: dict[tuple[int, int, int], Told] = field(default_factory=dict)

    def base(self, feed: int) -> str:
        return f"http://{host_of(feed)}:{self.port}"

    def feed(self, number: int) -> Told:
        if number not in self.feeds:
            body, at = self.world.feed(self.base(number), number, self.top, self.corrected)
            self.feeds[number] = _told(body, at)
        return self.feeds[number]

    def page(self, feed: int, number: int) -> Told:
        key = feed, number, self.corrected if number == self.top - 1 else 0
        if key not in self.pages:
            if len(self.pages) >= PAGES_KEPT:
                self.pages.clear()
            at = self.world.item(*key).at
            self.pages[key] = _told(self.world.page(self.base(feed), *key), at)
        return self.pages[key]

    def move(self, how: str) -> None:
        if how == "advance":
            self.top, self.corrected = self.top + 1, 0
            self.feeds.clear()
        elif how == "correct":
            self.corrected += 1
            self.feeds.clear()
        elif how == "clear":
            self.counts.clear()
        elif how == "warm":
            for number in range(self.world.feeds):
                for item in range(self.top + WARMED_AHEAD):
                    self.page(number, item)
        for number in range(self.world.feeds):
            self.feed(number)  # what is made here is not on the reader's clock


def _told(body: bytes, at: float) -> Told:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    etag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
    return Told(body, packer.compress(body) + packer.flush(), etag, formatdate(at, usegmt=True))


class Connection(asyncio.Protocol):
    def __init__(self, state: State) -> None:
        self.state = state
        self.held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.held += data
        while b"\r\n\r\n" in self.held:
            head, _, self.held = self.held.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            self._answer(lines[0].split(" ")[1], headers)

    def _answer(self, path: str, headers: dict[str, str]) -> None:
        kind, *rest = path.partition("?")[0].strip("/").split("/")
        if kind == "-":
            if rest[0] != "stats":
                self.state.move(rest[0])
            self._send(200, json.dumps({**self.state.counts, "top": self.state.top}).encode(), "application/json")
        elif kind == "f":
            number = int(rest[0].removesuffix(".xml"))
            form = "atom" if number % ATOM_EVERY == 2 else "rss"
            self._count("feeds")
            self._conditional(self.state.feed(number), headers, f"application/{form}+xml; charset=utf-8")
        elif kind == "p" and int(rest[1]) < self.state.top:
            self._count("pages")
            self._conditional(self.state.page(int(rest[0]), int(rest[1])), headers, "text/html; charset=utf-8")
        elif kind == "i":
            self._send(200, PIXEL, "image/gif")
        else:
            self._count("others")
            self._send(404, b"nothing here", "text/plain")

    def _conditional(self, told: Told, headers: dict[str, str], media_type: str) -> None:
        more = f"ETag: {told.etag}\r\nLast-Modified: {told.modified}\r\n"
        asked = headers.get("if-none-match"), headers.get("if-modified-since")
        self.state.counts["conditional"] = self.state.counts.get("conditional", 0) + any(asked)
        if asked[0] == told.etag if asked[0] else asked[1] == told.modified:
            self._count("not modified")
            self._send(304, b"", media_type, more)
        elif "gzip" in headers.get("accept-encoding", ""):
            self._send(200, told.packed, media_type, more + "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n")
        else:
            self._send(200, told.body, media_type, more)

    def _count(self, name: str) -> None:
        self.state.counts[name] = self.state.counts.get(name, 0) + 1

    def _send(self, status: int, body: bytes, media_type: str, more: str = "") -> None:
        head = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n"
        self.transport.write(f"{head}Date: {formatdate(usegmt=True)}\r\n{more}\r\n".encode() + body)


def _listen(feeds: int) -> tuple[list[socket.socket], int]:
    """Sockets on the addresses of that many feeds, all at one port that is free on each, and on 127.0.0.1."""
    hosts = ["127.0.0.1", *dict.fromkeys(host_of(number) for number in range(feeds))]
    while True:
        opened: list[socket.socket] = []
        port = 0
        with contextlib.suppress(OSError):
            for host in hosts:
                opened.append(socket.create_server((host, port), backlog=1024))
                port = opened[0].getsockname()[1]
            return opened, port
        for one in opened:
            one.close()


async def serve(options: argparse.Namespace) -> None:
    sockets, port = _listen(options.feeds)
    world = World(options.seed, options.feeds, options.items, options.now, has_teasers=options.teasers)
    state = State(world, port, options.items)
    state.move("")
    loop = asyncio.get_running_loop()
    for one in sockets:
        await loop.create_server(lambda: Connection(state), sock=one)
    print(json.dumps({"port": port}), flush=True)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.to_thread(sys.stdin.read), MAX_S)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, kind in (("seed", int), ("feeds", int), ("items", int), ("now", float)):
        parser.add_argument(f"--{name}", type=kind, required=True)
    parser.add_argument("--teasers", action="store_true")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
