"""A net of the harness's own: names and public servers on loopback, and a wire that every connection trips.

While it is installed nothing of this process leaves the machine. A connection to
a public address is led to the harness's server; one to any other address is
noted, and refused. What would pass the patched socket is seen by an audit hook.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

# The registries of special addresses (IANA), kept apart from the tables that the product asks.
SPECIAL_4 = tuple(
    map(
        ipaddress.ip_network,
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
        "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4".split(),
    )
)
SPECIAL_6 = tuple(map(ipaddress.ip_network, "2001::/23 2001:db8::/32 3fff::/20 2002::/16".split()))
UNICAST_6 = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Look = Callable[[str], list[str]]
_plain_socket = socket.socket
_plain_getaddrinfo = socket.getaddrinfo
_ours = threading.local()  # .depth: within a connection that the wire itself has led


def is_global(address: str) -> bool:
    """True if an address is one of the public net; what is wrapped in it counts."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False  # a name: it was to be looked up behind our back
    if found.version == 4:
        return not any(found in network for network in SPECIAL_4)
    wrapped = found.ipv4_mapped or found.sixtofour
    if found in NAT64:
        wrapped = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    if wrapped is not None:
        return is_global(str(wrapped))
    if found.teredo:
        return all(is_global(str(one)) for one in found.teredo)
    return found in UNICAST_6 and not any(found in network for network in SPECIAL_6)


@dataclass
class Net:
    """What names mean, what is served, and what was asked for.

    names: the addresses of a name, or an OSError. lands_at: where a connection
    really ends, in place of where it was sent. tls: what the server shows.
    ports: where on loopback other servers than ours stand, by their public address.
    answers_after_s: how long ours takes. began: when each request came to ours, on the monotonic clock.
    """

    names: Look
    tls: ssl.SSLContext | None = None
    lands_at: str = ""
    served: dict[str, bytes] = field(default_factory=dict)  # "host/path" -> a whole HTTP answer
    looked_up: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    tripped: list[str] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)
    port: int = 0
    ports: dict[str, int] = field(default_factory=dict)
    answers_after_s: float = 0.0
    began: list[tuple[str, float]] = field(default_factory=list)

    def serve(self, address: str, head: str, body: bytes = b"") -> str:
        """Serve an answer at this address, or at all of its host that ends in /*; the address. head: status, headers."""
        host, _, path = address.partition("://")[2].partition("/")
        lines = "".join(f"{line}\r\n" for line in head.splitlines())
        length = f"Content-Length: {len(body)}\r\n"
        self.served[f"{host}/{path}"] = f"HTTP/1.1 {lines}{length}\r\n".encode("utf-8", "surrogatepass") + body
        return address

    def forget(self) -> None:
        for kept in (self.looked_up, self.connected, self.tripped, self.requests):
            kept.clear()

    def answer(self, request: bytes) -> bytes:
        """The answer for a request's head, as it goes over the line."""
        self.requests.append(request)
        lines = request.decode("latin-1").split("\r\n")
        path = lines[0].split(" ")[1] if lines[0].count(" ") >= 2 else "/"
        host = next((line[5:].strip() for line in lines if line.lower().startswith("host:")), "")
        self.began.append((host, time.monotonic()))
        if self.answers_after_s:
            time.sleep(self.answers_after_s)
        whole = self.served.get(f"{host}{path}") or self.served.get(f"{host}/*")
        return whole or b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


_net: Net | None = None


class WiredSocket(_plain_socket):
    """A socket whose connections are judged by where they go."""

    meant: tuple[Any, ...] | None = None

    def connect(self, address: Any) -> None:
        if _net is None or self.family not in (socket.AF_INET, socket.AF_INET6):
            super().connect(address)
            return
        self._led_to(_net, address)

    def connect_ex(self, address: Any) -> int:
        try:
            self.connect(address)
        except OSError as error:
            return error.errno or 1
        return 0

    def _led_to(self, net: Net, address: Any) -> None:
        lands = net.lands_at or str(address[0])
        if not is_global(str(address[0])):
            net.tripped.append(f"{address[0]}:{address[1]}")
            raise ConnectionRefusedError(111, "the wire was tripped")
        net.connected.append(str(address[0]))
        self.meant = (lands, *address[1:])
        home = "::ffff:127.0.0.1" if self.family == socket.AF_INET6 else "127.0.0.1"
        _led(super().connect, (home, net.ports.get(str(address[0]), net.port)))

    def getpeername(self) -> Any:
        return self.meant or super().getpeername()


def connected_here(port: int) -> socket.socket:
    """The harness's own connection to a port of loopback, begun and not waited for."""
    made = _plain_socket()
    made.setblocking(False)
    _led(made.connect_ex, ("127.0.0.1", port))
    return made


def _led(connect: Callable[[Any], object], address: Any) -> None:
    _ours.depth = getattr(_ours, "depth", 0) + 1
    try:
        connect(address)
    finally:
        _ours.depth -= 1


def _heard(event: str, args: tuple[Any, ...]) -> None:
    """What goes past the patched socket."""
    if _net is None or event not in ("socket.connect", "socket.sendto") or getattr(_ours, "depth", 0):
        return
    where = args[-1]
    if isinstance(where, tuple):
        _net.tripped.append(f"past the wire: {where}")


def _looked_up(host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0) -> list[Any]:
    if _net is None or host is None:
        return _plain_getaddrinfo(host, port, family, type, proto, flags)
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(name.partition("%")[0])
        return _plain_getaddrinfo(host, port, family, type, proto, flags | socket.AI_NUMERICHOST)
    addresses = _net.names(name)
    _net.looked_up.append((name, tuple(addresses)))
    if not addresses:
        raise socket.gaierror(socket.EAI_NODATA, "No address associated with hostname")
    found: list[Any] = []
    for address in addresses:
        found += _plain_getaddrinfo(address, port, family, type, proto, flags | socket.AI_NUMERICHOST)
    return found


@contextmanager
def installed(net: Net) -> Iterator[Net]:
    """This process has no other net than this one while the block runs."""
    global _net
    assert _net is None, "one net at a time"
    if not getattr(_heard, "is_added", False):
        sys.addaudithook(_heard)
        _heard.is_added = True  # type: ignore[attr-defined]
    listener = socket.create_server(("127.0.0.1", 0))
    net.port = listener.getsockname()[1]
    threading.Thread(target=_accept, args=(net, listener), daemon=True).start()
    kept = socket.socket, socket.getaddrinfo
    socket.socket, socket.getaddrinfo = WiredSocket, _looked_up  # type: ignore[misc,assignment]
    _net = net
    try:
        yield net
    finally:
        _net = None
        socket.socket, socket.getaddrinfo = kept  # type: ignore[misc]
        listener.close()


def _accept(net: Net, listener: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_talk, args=(net, connection), daemon=True).start()


def _talk(net: Net, connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        connection.settimeout(5)
        if connection.recv(1, socket.MSG_PEEK) == b"\x16":  # TLS begins so
            if net.tls is None:
                return
            connection = net.tls.wrap_socket(connection, server_side=True)
        head = b""
        while b"\r\n\r\n" not in head and len(head) < 65536:
            part = connection.recv(65536)
            if not part:
                return
            head += part
        connection.sendall(net.answer(head))
        connection.close()
