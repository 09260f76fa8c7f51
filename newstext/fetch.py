"""The one way out: polite, guarded, bounded GET and POST.

Every address is resolved, refused unless all its addresses are public, and
connected to as resolved; redirects are followed by hand and judged anew; bodies
are counted after each decoder. Design: reliability report, section 6.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import threading
import time
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
from newstext.public_addresses import Address, Resolver, is_public, look_up
from newstext.unpacking import CannotUnpack, Unpacking

try:
    VERSION = version("backstory")
except PackageNotFoundError:
    VERSION = "0"
PORTS = frozenset({80, 443, 8080, 8443})
URL_MAX_CHARS = 2048
LABEL_MAX_CHARS = 63  # of a host name, between two dots
HEADERS_MAX_BYTES = 64 * 1024
BEFORE_ANSWER_MAX_BYTES = 4 * HEADERS_MAX_BYTES  # interim answers and headers together
VALIDATOR_MAX_CHARS = 1024  # a longer ETag would be refused when it is sent back
DNS_TIMEOUT_S = 10.0  # the system's own limit may be minutes
ADDRESSES_TRIED = 3
TOO_LONG = "Receive buffer too long"  # h11's words for it
# The size line of a chunk of a terabyte and more: no server has that to send.
IMPOSSIBLE_CHUNK = re.compile(rb"\r\n0*[1-9a-fA-F][0-9a-fA-F]{10,}[;\r]")
DNS_MAY_PASS = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL})  # the name may be right
HOST_IS_AWAY = frozenset({"dns", "dns-failed", "connect", "connect-timeout", "timeout"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
ErrorKind = Literal[
    "bad-address",
    "refused-address",
    "dns",
    "dns-failed",
    "connect",
    "connect-timeout",
    "tls",
    "timeout",
    "too-large",
    "headers-too-large",
    "too-many-redirects",
    "redirect-loop",
    "redirect-nowhere",
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

    may_be_cut: an answer over max_bytes is read as far as that, and not refused.
    allow_private: "host:port" of private hosts that may be reached, exactly.
    resolver: host -> IP addresses, in place of the system's.
    turn: what each request waits for and is made in, as HostSpacing.turn; redirects too.
    """

    user_agent: str = f"Backstory/{VERSION} (news reader; self-hosted; robots token: Backstory)"
    max_bytes: int = 10 * 1024 * 1024
    may_be_cut: bool = False
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
        """To be sent back as it came; "" also for one that is too long to be."""
        return _validator(self.headers.get("etag", ""))

    @property
    def last_modified(self) -> str:
        """To be sent back as it came; "" also for one that is too long to be."""
        return _validator(self.headers.get("last-modified", ""))

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


def _validator(said: str) -> str:
    return said if len(said) <= VALIDATOR_MAX_CHARS else ""


def _fetch(method: str, url: str, headers: dict[str, str], content: bytes, options: FetchOptions) -> Answer:
    began = time.monotonic()
    deadline = began + options.total_timeout_s
    here, is_permanent = check_address(url, options), True
    been = {here}
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
        if status not in REDIRECTS:
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
        target = answered.get("location", "")
        if method != "GET":
            raise FetchError(
                "redirect-refused", f"{url}: answers a POST with a redirect to {target}. Give that address."
            )
        is_permanent = is_permanent and status in (301, 308)
        here = _redirect(here, target, options)
        if here in been:
            raise FetchError("redirect-loop", f"{url}: redirects in a circle, back to {here}. It is tried again later.")
        been.add(here)
    raise FetchError(
        "too-many-redirects", f"{url}: more than {options.max_redirects} redirects. Give the address it leads to."
    )


def _redirect(here: str, target: str, options: FetchOptions) -> str:
    if not target.strip():
        raise FetchError("redirect-nowhere", f"{here}: redirects without saying where to. It is tried again later.")
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
    if not _can_be_looked_up(parsed.hostname):
        raise FetchError(
            "bad-address",
            f"{url}: {parsed.hostname[:80]!r} is no host. Its parts between dots have 1 to {LABEL_MAX_CHARS} letters.",
        )
    if parsed.username or parsed.password:
        raise FetchError("bad-address", f"{url}: holds a user name or password. Leave it out.")
    port = int(parsed.port or (443 if parsed.protocol == "https:" else 80))
    if port not in PORTS and f"{parsed.hostname}:{port}" not in options.allow_private:
        raise FetchError("refused-address", f"{url}: port {port} is not fetched from; allowed: {sorted(PORTS)}.")
    parsed.hash = ""
    return str(parsed.href)


def _can_be_looked_up(hostname: str) -> bool:
    """Whether a resolver takes that name: RFC 1035, 2.3.4; an address in brackets is looked up nowhere."""
    labels = hostname.removesuffix(".").split(".")
    return hostname.startswith("[") or all(1 <= len(label) <= LABEL_MAX_CHARS for label in labels)


class _Guard(httpcore2.NetworkBackend):
    """Connects one request, only to addresses that were judged, and to those very ones, until its deadline."""

    def __init__(self, options: FetchOptions, deadline: float) -> None:
        self.options = options
        self.deadline = deadline
        self.plain = httpcore2.SyncBackend()
        self.is_answered = False  # the status and headers are there
        self.is_chunked = False  # the answer's body comes in chunks, each with its size before it

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        error: Exception | None = None
        for address in self._judged(host, port)[:ADDRESSES_TRIED]:
            try:
                stream = self.plain.connect_tcp(
                    str(address), port, timeout=self.left_s(timeout), socket_options=socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failed:
                error = failed
                continue
            self._check_peer(stream, address, host)
            return _Bounded(stream, self)
        raise error or httpcore2.ConnectError(f"{host}: has no address")

    def left_s(self, timeout: float | None) -> float:
        """How long may still be waited, at most `timeout`. Raises httpcore2.ReadTimeout if no time is left."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("no time is left")
        return left if timeout is None else min(timeout, left)

    def _judged(self, host: str, port: int) -> list[Address]:
        addresses = _resolve(host, self.options.resolver, self.left_s(DNS_TIMEOUT_S))
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


class _Bounded(httpcore2.NetworkStream):
    """A connection that ends at its request's deadline, and brings so much before the answer begins and no more."""

    def __init__(self, stream: httpcore2.NetworkStream, guard: _Guard) -> None:
        self.stream, self.guard = stream, guard
        self.came, self.begin, self.last = 0, b"", b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        part = self.stream.read(max_bytes, self.guard.left_s(timeout))
        if not part and self.came and not self.guard.is_answered and not self.begin.startswith(b"HTTP/"):
            raise httpcore2.RemoteProtocolError("it does not begin with HTTP/")
        if not part and self.guard.is_chunked and IMPOSSIBLE_CHUNK.search(self.last):
            raise httpcore2.RemoteProtocolError("it announces a chunk of over a terabyte, and ends")
        self.begin, self.last = self.begin or part[:5], part
        self.came += len(part)
        if not self.guard.is_answered and self.came > BEFORE_ANSWER_MAX_BYTES:
            raise httpcore2.RemoteProtocolError(TOO_LONG)
        return part

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self.guard.left_s(timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Bounded(self.stream.start_tls(ssl_context, server_hostname, self.guard.left_s(timeout)), self.guard)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _resolve(host: str, resolver: Resolver | None, timeout_s: float) -> list[Address]:
    bare = host.strip("[]")
    try:
        return [ipaddress.ip_address(bare)]
    except ValueError:
        pass
    try:
        addresses = look_up(bare, resolver, timeout_s)
    except (OSError, UnicodeError, ValueError, LookupError) as error:
        if isinstance(error, TimeoutError) or getattr(error, "errno", None) in DNS_MAY_PASS:
            why = f"{host}: its name could not be looked up now ({error}). It is tried again later; check the network."
            raise FetchError("dns-failed", why) from error
        raise FetchError(
            "dns", f"{host}: this name has no address ({error}). Check its spelling and the network."
        ) from error
    if not addresses:
        raise FetchError("dns", f"{host}: this name has no address. Check its spelling and the network.")
    return addresses


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=True)


def _once(
    method: str, url: str, headers: dict[str, str], content: bytes, options: FetchOptions, deadline: float
) -> tuple[int, dict[str, str], bytes]:
    """One request on a connection of its own: what a server sends beyond its answer reaches no other request."""
    sent = {
        "Host": host_of(url),
        "User-Agent": options.user_agent,
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
        **headers,
    }
    timeouts = {
        "connect": options.connect_timeout_s,
        "read": options.first_byte_timeout_s,
        "write": options.first_byte_timeout_s,
    }
    guard = _Guard(options, deadline)
    # Bytes: a validator goes back as it came, whatever letters it has.
    lines = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in sent.items()]
    with (
        _named_errors(url, options, deadline),
        httpcore2.ConnectionPool(ssl_context=_tls(), max_keepalive_connections=0, network_backend=guard) as pool,
        pool.stream(method, url, headers=lines, content=content or None, extensions={"timeout": timeouts}) as response,
    ):
        guard.is_answered = True
        if sum(len(name) + len(value) for name, value in response.headers) > HEADERS_MAX_BYTES:
            raise httpcore2.RemoteProtocolError(TOO_LONG)
        answered = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in reversed(response.headers)
        }
        guard.is_chunked = "chunked" in answered.get("transfer-encoding", "").lower()
        is_read = 200 <= response.status < 300
        return response.status, answered, _body(response, answered, options) if is_read else b""


def _body(response: Any, headers: dict[str, str], options: FetchOptions) -> bytes:
    unpacking = Unpacking(headers.get("content-encoding", ""), options.max_bytes, options.may_be_cut)
    for chunk in response.iter_stream():
        unpacking.feed(chunk)
        if unpacking.is_full:
            break
    return unpacking.whole()


def unpack_gzip(url: str, body: bytes, *, max_bytes: int) -> bytes:
    """What a gzip file holds, within the limits of an answer's own coding; other bytes as they are.

    Raises FetchError for what unpacks to too much, or is cut off.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        unpacking = Unpacking("gzip", max_bytes)
        unpacking.feed(body)
        return unpacking.whole()
    except CannotUnpack as error:
        raise FetchError(error.kind, f"{url}: {error}") from error


@contextmanager
def _named_errors(url: str, options: FetchOptions, deadline: float) -> Iterator[None]:
    """Turn the client's errors into FetchError with a name."""
    try:
        yield
    except CannotUnpack as error:
        raise FetchError(error.kind, f"{url}: {error}") from error
    except httpcore2.ConnectTimeout as error:
        raise FetchError(
            "connect-timeout",
            f"{url}: no connection within {options.connect_timeout_s:.0f} s. It is tried again later.",
        ) from error
    except httpcore2.TimeoutException as error:
        if time.monotonic() >= deadline:
            why = f"{url}: not whole after {options.total_timeout_s:.0f} s. It is tried again later."
            raise FetchError("timeout", why) from error
        raise FetchError("timeout", f"{url}: silent for {options.first_byte_timeout_s:.0f} s.") from error
    except httpcore2.ConnectError as error:
        kind: ErrorKind = "tls" if isinstance(error.__cause__, ssl.SSLError) or "SSL" in str(error) else "connect"
        raise FetchError(kind, f"{url}: cannot be connected to ({error}).") from error
    except (httpcore2.ReadError, httpcore2.WriteError) as error:
        raise FetchError("interrupted", f"{url}: the connection broke ({error or 'reset'}).") from error
    except httpcore2.RemoteProtocolError as error:
        if TOO_LONG in str(error):
            why = f"{url}: its headers are over {HEADERS_MAX_BYTES // 1024} KB. Nothing of it is read."
            raise FetchError("headers-too-large", why) from error
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

    def wake(self, url: str = "") -> None:
        """Let the host of this address, or every one, be asked again at once: it was not its fault."""
        with self._guard:
            named = self._hosts.get(host_of(url)) if url else None
            for host in [named] if named else ([] if url else list(self._hosts.values())):
                host.error, host.failures, host.rests_until = None, 0, 0.0

    def _note(self, host: _Host, error: FetchError) -> None:
        if error.kind not in HOST_IS_AWAY:
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
