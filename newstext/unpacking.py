"""Bytes as they came into bytes as they were meant, counted before and after."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any, Literal

RATIO_MAX = 100  # a body may unpack to this many times its size
RATIO_FREE_BYTES = 1024 * 1024  # below this much the ratio does not matter
PIECE_BYTES = 65536


class CannotUnpack(Exception):
    """Why not, in words that go after the thing's name. kind: as newstext.fetch names it."""

    def __init__(self, kind: Literal["bad-encoding", "too-large", "interrupted"], message: str) -> None:
        super().__init__(message)
        self.kind: Literal["bad-encoding", "too-large", "interrupted"] = kind


@dataclass
class Unpacking:
    """A body by its Content-Encoding: one coding at most, and no more of it than `max_bytes`.

    may_be_cut: what is over the limit is left, and `is_full` says so, where it
    would else be refused. Raises CannotUnpack, also when it is made.
    """

    encoding: str
    max_bytes: int
    may_be_cut: bool = False
    came: int = 0
    body: bytearray = field(default_factory=bytearray)
    is_full: bool = False
    begin: bytes = b""  # what came while nothing has come out
    unpack: Any = None

    def __post_init__(self) -> None:
        self.coding = self.encoding.strip().lower()
        if self.coding in ("gzip", "x-gzip"):
            self.unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
        elif self.coding == "deflate":
            self.unpack = zlib.decompressobj()
        elif self.coding not in ("", "identity"):
            raise CannotUnpack("bad-encoding", f"Content-Encoding {self.coding!r} was not asked for; gzip is.")

    def feed(self, chunk: bytes) -> None:
        """Take what came next."""
        self.came += len(chunk)
        if self.unpack is None:
            self._take(chunk)
            return
        try:
            self._unpack(chunk)
        except zlib.error as error:
            if self.coding == "deflate" and not self.body:  # some servers send it bare
                self.coding, self.unpack = "bare deflate", zlib.decompressobj(-zlib.MAX_WBITS)
                self.came -= len(chunk)
                self.feed(self.begin + chunk)
                return
            raise CannotUnpack("bad-encoding", f"is no sound {self.coding} ({error}).") from error
        if not self.body:
            self.begin = (self.begin + chunk)[:PIECE_BYTES]
        if self.came > self.max_bytes:  # it unpacks to less: what stands behind its end would be kept for ever
            self._over()

    def _unpack(self, chunk: bytes) -> None:
        while chunk and not self.is_full:
            self._take(self.unpack.decompress(chunk, PIECE_BYTES))
            chunk = self.unpack.unconsumed_tail

    def _take(self, part: bytes) -> None:
        self.body += part
        if len(self.body) > self.max_bytes:
            self._over()
        if len(self.body) > RATIO_FREE_BYTES and self.unpack and len(self.body) > RATIO_MAX * self.came:
            raise CannotUnpack("too-large", f"unpacks to over {RATIO_MAX} times its size.")

    def _over(self) -> None:
        if not self.may_be_cut:
            mb = self.max_bytes / 1024 / 1024
            raise CannotUnpack("too-large", f"answer is over {mb:.0f} MB. Raise FETCH_MAX_BYTES or drop the feed.")
        del self.body[self.max_bytes :]
        self.is_full = True

    def whole(self) -> bytes:
        """What it was meant to be, once all has come."""
        if self.unpack is not None and not self.is_full:
            self._take(self.unpack.flush())
            if self.came and not self.unpack.eof and not self.is_full:
                raise CannotUnpack("interrupted", "ended in the middle. It is tried again later.")
        return bytes(self.body)
