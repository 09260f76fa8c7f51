"""The one way out: polite, guarded, bounded GET and POST.

Every address is resolved, refused unless all its addresses are public, and
connected to as resolved; redirects are followed by hand and judged anew; bodies
are counted after each decoder. Design: reliability report, section 6.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

import ada_url
import httpcore2
import httpx2  # noqa: TID251

from newstext import coming_back
from newstext.addresses import host_of

try:
    VERSION = version("backstory")
except PackageNotFoundError:
    VERSION = "0"
PORTS = frozenset({80, 443, 8080, 8443})
URL_MAX_CHARS = 2048
RATIO_MAX = 100  # a body may unpack to this many times its size
RATIO_FREE_BYTES = 1024 * 1024  # below this much the ratio does not matter
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str], list[str]]
ErrorKind = Literal[
    "bad-address",
    "refused-address",
    "dns",
    "connect",
    "tls",
    "timeout",
    "too-large",
    "too-many-redirects",
    "redirect-refused",
    "bad-encoding",
    "protocol",
    "interrupted",
    "asked-to-wait",
]


class FetchError(Exception):
    """Nothing usable came. `kind` is one of ErrorKind; the message names thing, limit and way out."""

    def __init__(self, kind: ErrorKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class AskedToWait(FetchError):
    """Its host asked us to come back later, and was not asked now. wait_s: for how much longer."""

    def __init__(self, url: str, wait_s: float) -> None:
        super().__init__("asked-to-wait", f"{url}: its host asked us to come back later. It is asked then.")
        self.wait_s = wait_s


def _at_once(_url: str) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOptions:
    """Limits and identity of a request.

    allow_private: "host:port" of private hosts that may be reached, exactly.
    resolver: host -> IP addresses, in place of the system's.
    turn: what each request waits for and is made in, as HostSpacing.turn; redirects too.
    """

    user_agent: str = f"Backstory/{VERSION} (news reader; self-hosted; robots token: Backstory)"
    max_bytes: int = 10 * 1024 * 1024
    connect_timeout_s: float = 5.0
    first_byte_timeout_s: float = 15.0
    total_timeout_s: float = 30.0
    max_redirects: int = 5
    allow_private: frozenset[str] = frozenset()
    resolver: Resolver | None = None
    turn: Callable[[str], AbstractContextManager[None]] = _at_once


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said. Bodies of statuses from 300 on are not read."""

    url: str
    final_url: str
    status: int
    headers: dict[str, str]
    body: bytes = b""
    permanent_url: str = ""  # where the address moved for good, if all its redirects say so
    elapsed_s: float = 0.0

    @property
    def etag(self) -> str:
        return self.headers.get("etag", "")

    @property
    def last_modified(self) -> str:
        return self.headers.get("last-modified", "")

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip("\"'")
        return ""

    @property
    def retry_after_s(self) -> float:
        """Seconds to wait as Retry-After says, at most a week; 0 if it does not say."""
        return coming_back.retry_after_s(self.headers, time.time())

    @property
    def fresh_for_s(self) -> float:
        """Seconds for which it says it stays as it is; 0 if it does not say."""
        return coming_back.fresh_for_s(self.headers, time.time())


def get(
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    accept: str = "*/*",
    options: FetchOptions | None = None,
) -> Answer:
    """Fetch an address, conditionally if validators are given. Raises FetchError."""
    headers = {"Accept": accept}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    return _fetch("GET", url, headers, b"", options or FetchOptions())


def post(
    url: str,
    body: bytes,
    *,
    content_type: str,
    headers: Mapping[str, str] | None = None,
    options: FetchOptions | None = None,
) -> Answer:
    """Send a body to an address, with further headers. Redirects are refused. Raises FetchError."""
    options = options or FetchOptions()
    return _fetch("POST", url, {"Content-Type": content_type, **(headers or {})}, body, options)


def _fetch(method: str, url: str, headers: dict[str, str], content: bytes, options: FetchOptions) -> Answer:
    began = time.monotonic()
    deadline = began + options.total_timeout_s
    here, is_permanent = check_address(url, options), True
    for hop in range(options.max_redirects + 1):
        try:
            came_at = time.monotonic()
            with options.turn(here):
                waited_s = time.monotonic() - came_at
                began, deadline = began + waited_s, deadline + waited_s
                status, answered, body = _once(method, here, headers, content, options, deadline)
        except FetchError as error:
            if error.kind != "refused-address" or hop == 0:
                raise
            raise FetchError("redirect-refused", f"{url}: redirects to what may not be fetched. {error}") from error
        target = answered.get("location", "")
        if status not in REDIRECTS or not target:
            moved = here if here != url and is_permanent else ""
            elapsed_s = time.monotonic() - began
            return Answer(
                url=url,
                final_url=here,
                status=status,
                headers=answered,
                body=body,
                permanent_url=moved,
                elapsed_s=elapsed_s,
            )
        if method != "GET":
            raise FetchError(
                "redirect-refused", f"{url}: answers a POST with a redirect to {target}. Give that address."
            )
        is_permanent = is_permanent and status in (301, 308)
        here = _redirect(here, target, options)
    raise FetchError(
        "too-many-redirects", f"{url}: more than {options.max_redirects} redirects. Give the address it leads to."
    )


def _redirect(here: str, target: str, options: FetchOptions) -> str:
    try:
        joined = ada_url.URL(target, base=here).href
    except ValueError as error:
        raise FetchError("redirect-refused", f"{here}: redirects to {target[:200]!r}, which is no address.") from error
    try:
        return check_address(joined, options)
    except FetchError as error:
        raise FetchError("redirect-refused", f"{here}: redirects to what may not be fetched. {error}") from error


def check_address(url: str, options: FetchOptions) -> str:
    """The address as it will be asked for. Raises FetchError if its form alone forbids it."""
    if len(url) > URL_MAX_CHARS:
        raise FetchError("bad-address", f"{url[:80]}…: {len(url)} characters, limit {URL_MAX_CHARS}.")
    try:
        parsed = ada_url.URL(url)
    except ValueError as error:
        raise FetchError(
            "bad-address", f"{url!r}: is no address. Give one that begins with http:// or https://."
        ) from error
    if parsed.protocol not in ("http:", "https:") or not parsed.hostname:
        raise FetchError("bad-address", f"{url}: only http and https addresses are fetched.")
    if parsed.username or parsed.password:
        raise FetchError("bad-address", f"{url}: holds a user name or password. Leave it out.")
    port = int(parsed.port or (443 if parsed.protocol == "https:" else 80))
    if port not in PORTS and f"{parsed.hostname}:{port}" not in options.allow_private:
        raise FetchError("refused-address", f"{url}: port {port} is not fetched from; allowed: {sorted(PORTS)}.")
    parsed.hash = ""
    return str(parsed.href)


def is_public(address: Address) -> bool:
    """True if an address is global unicast, however it is wrapped."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if int(address) >> 32 == 0 or address.is_site_local:  # ::a.b.c.d and fec0::/10
            return False
        if address not in ipaddress.ip_network("2000::/3"):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class _Guard(httpcore2.NetworkBackend):
    """Connects only to addresses that were judged, and to those very ones."""

    def __init__(self, options: FetchOptions) -> None:
        self.options = options
        self.plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        error: Exception | None = None
        for address in self._judged(host, port)[:3]:
            try:
                stream = self.plain.connect_tcp(str(address), port, timeout=timeout, socket_options=socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failed:
                error = failed
                continue
            self._check_peer(stream, address, host)
            return stream
        raise error or httpcore2.ConnectError(f"{host}: has no address")

    def _judged(self, host: str, port: int) -> list[Address]:
        addresses = _resolve(host, self.options.resolver)
        bad = [address for address in addresses if not is_public(address)]
        shown = f"[{host}]" if ":" in host else host
        if bad and f"{shown}:{port}" not in self.options.allow_private:
            raise FetchError(
                "refused-address",
                f"{shown}:{port}: {bad[0]} is not a public address. "
                f"To allow this host, name it in FETCH_ALLOW_PRIVATE={shown}:{port}",
            )
        return addresses

    def _check_peer(self, stream: httpcore2.NetworkStream, wanted: Address, host: str) -> None:
        peer = stream.get_extra_info("server_addr")
        if peer and ipaddress.ip_address(str(peer[0]).partition("%")[0]) != wanted:
            stream.close()
            raise FetchError("refused-address", f"{host}: connected to {peer[0]}, not to {wanted}.")

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def _resolve(host: str, resolver: Resolver | None) -> list[Address]:
    bare = host.strip("[]")
    try:
        return [ipaddress.ip_address(bare)]
    except ValueError:
        pass
    try:
        found = (
            resolver(bare)
            if resolver
            else [str(row[4][0]) for row in socket.getaddrinfo(bare, None, type=socket.SOCK_STREAM)]
        )
        addresses = [ipaddress.ip_address(item.partition("%")[0]) for item in dict.fromkeys(found)]
    except (OSError, UnicodeError, ValueError, LookupError) as error:
        raise FetchError(
            "dns", f"{host}: this name has no address ({error}). Check its spelling and the network."
        ) from error
    if not addresses:
        raise FetchError("dns", f"{host}: this name has no address. Check its spelling and the network.")
    return addresses


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=True)


@lru_cache(maxsize=16)
def _pool(options: FetchOptions) -> httpcore2.ConnectionPool:
    return httpcore2.ConnectionPool(
        ssl_context=_tls(),
        max_connections=64,
        max_keepalive_connections=16,
        keepalive_expiry=10,
        network_backend=_Guard(options),
    )


def _once(
    method: str, url: str, headers: dict[str, str], content: bytes, options: FetchOptions, deadline: float
) -> tuple[int, dict[str, str], bytes]:
    sent = {"Host": host_of(url), "User-Agent": options.user_agent, "Accept-Encoding": "gzip, deflate", **headers}
    timeouts = {
        "connect": options.connect_timeout_s,
        "read": options.first_byte_timeout_s,
        "write": options.first_byte_timeout_s,
        "pool": options.total_timeout_s,
    }
    # Bytes: a validator goes back as it came, whatever letters it has.
    lines = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in sent.items()]
    with _named_errors(url, options):
        answer = _pool(options).stream(
            method, url, headers=lines, content=content or None, extensions={"timeout": timeouts}
        )
        with answer as response:
            answered = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in reversed(response.headers)
            }
            is_read = 200 <= response.status < 300
            return response.status, answered, _body(url, response, answered, options, deadline) if is_read else b""


def _body(url: str, response: Any, headers: dict[str, str], options: FetchOptions, deadline: float) -> bytes:
    decoder = _Decoder(url, headers.get("content-encoding", ""), options.max_bytes)
    for chunk in response.iter_stream():
        decoder.feed(chunk)
        if time.monotonic() > deadline:
            raise FetchError(
                "timeout", f"{url}: not whole after {options.total_timeout_s:.0f} s. It is tried again later."
            )
    return decoder.whole()


@dataclass
class _Decoder:
    """Unpacks a body while counting what comes out."""

    url: str
    encoding: str
    max_bytes: int
    came: int = 0
    parts: list[bytes] = field(default_factory=list)
    size: int = 0
    unpack: Any = None

    def __post_init__(self) -> None:
        coding = self.encoding.strip().lower()
        if coding in ("gzip", "x-gzip"):
            self.unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
        elif coding == "deflate":
            self.unpack = zlib.decompressobj()
        elif coding not in ("", "identity"):
            raise FetchError("bad-encoding", f"{self.url}: Content-Encoding {coding!r} was not asked for; gzip is.")

    def feed(self, chunk: bytes) -> None:
        self.came += len(chunk)
        if self.unpack is None:
            self._take(chunk)
            return
        try:
            while chunk:
                self._take(self.unpack.decompress(chunk, 65536))
                chunk = self.unpack.unconsumed_tail
        except zlib.error as error:
            if self.encoding.lower() == "deflate" and not self.parts:  # some servers send it bare
                self.unpack = zlib.decompressobj(-zlib.MAX_WBITS)
                self._take(self.unpack.decompress(chunk, self.max_bytes))
                return
            raise FetchError("bad-encoding", f"{self.url}: is no sound {self.encoding} ({error}).") from error

    def _take(self, part: bytes) -> None:
        self.parts.append(part)
        self.size += len(part)
        if self.size > self.max_bytes:
            mb = self.max_bytes / 1024 / 1024
            raise FetchError(
                "too-large", f"{self.url}: answer is over {mb:.0f} MB. Raise FETCH_MAX_BYTES or drop the feed."
            )
        if self.size > RATIO_FREE_BYTES and self.unpack and self.size > RATIO_MAX * self.came:
            raise FetchError("too-large", f"{self.url}: unpacks to over {RATIO_MAX} times its size.")

    def whole(self) -> bytes:
        if self.unpack is not None:
            self._take(self.unpack.flush())
            if self.came and not self.unpack.eof:
                raise FetchError("interrupted", f"{self.url}: ended in the middle. It is tried again later.")
        return b"".join(self.parts)


def unpack_gzip(url: str, body: bytes, *, max_bytes: int) -> bytes:
    """What a gzip file holds, within the limits of an answer's own coding; other bytes as they are.

    Raises FetchError for what unpacks to too much, or is cut off.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    decoder = _Decoder(url, "gzip", max_bytes)
    decoder.feed(body)
    return decoder.whole()


@contextmanager
def _named_errors(url: str, options: FetchOptions) -> Iterator[None]:
    """Turn the client's errors into FetchError with a name."""
    try:
        yield
    except httpcore2.ConnectTimeout as error:
        raise FetchError("connect", f"{url}: no connection within {options.connect_timeout_s:.0f} s.") from error
    except httpcore2.TimeoutException as error:
        raise FetchError("timeout", f"{url}: silent for {options.first_byte_timeout_s:.0f} s.") from error
    except httpcore2.ConnectError as error:
        kind: ErrorKind = "tls" if isinstance(error.__cause__, ssl.SSLError) or "SSL" in str(error) else "connect"
        raise FetchError(kind, f"{url}: cannot be connected to ({error}).") from error
    except (httpcore2.ReadError, httpcore2.WriteError) as error:
        raise FetchError("interrupted", f"{url}: the connection broke ({error or 'reset'}).") from error
    except httpcore2.RemoteProtocolError as error:
        is_cut = "incomplete" in str(error) or "without sending" in str(error) or "closed" in str(error)
        raise FetchError("interrupted" if is_cut else "protocol", f"{url}: is no sound HTTP ({error}).") from error
    except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as error:
        raise FetchError("protocol", f"{url}: is no sound HTTP ({error}).") from error
    except OSError as error:
        raise FetchError("connect", f"{url}: cannot be connected to ({error}).") from error


class HostSpacing:
    """One request at a time a host, `spacing_s` apart; a dead host rests, and one that asks for it.

    unspaced: "host:port" that need no spacing. Thread-safe.
    """

    def __init__(
        self,
        *,
        spacing_s: float = 1.0,
        unspaced: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.spacing_s = spacing_s
        self.unspaced = unspaced
        self._clock, self._sleep = clock, sleep
        self._guard = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    @contextmanager
    def turn(self, url: str) -> Iterator[None]:
        """Wait for this host's turn; raise its last error at once while it rests.

        A connect or DNS error inside makes the host rest, for longer each time.
        """
        name = host_of(url)
        if name in self.unspaced:
            yield
            return
        with self._guard:
            host = self._hosts.setdefault(name, _Host())
        with host.lock:
            if host.error and self._clock() < host.rests_until:
                raise FetchError(host.error.kind, f"{url}: its host rests after: {host.error}")
            wait_s = host.next_at - self._clock()
            if wait_s > 0:
                self._sleep(wait_s)
            asked_s = host.waits_until - self._clock()
            if asked_s > 0:
                raise AskedToWait(url, asked_s)
            try:
                yield
                host.error, host.failures = None, 0
            except FetchError as error:
                self._note(host, error)
                raise
            finally:
                host.next_at = self._clock() + self.spacing_s

    def rest(self, url: str, seconds: float) -> None:
        """Let nobody ask this host for so long, as it wishes."""
        with self._guard:
            host = self._hosts.setdefault(host_of(url), _Host())
        host.waits_until = max(host.waits_until, self._clock() + seconds)

    def _note(self, host: _Host, error: FetchError) -> None:
        if error.kind not in ("dns", "connect", "timeout"):
            return
        host.failures += 1
        host.error = error
        host.rests_until = self._clock() + min(30.0 * 2**host.failures, 3600.0)


@dataclass
class _Host:
    lock: threading.Lock = field(default_factory=threading.Lock)
    next_at: float = 0.0
    rests_until: float = 0.0
    waits_until: float = 0.0
    failures: int = 0
    error: FetchError | None = None
