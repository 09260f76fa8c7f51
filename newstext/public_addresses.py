"""Which addresses of the net are public, and those that a name has: what newstext.fetch may connect to."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str], list[str]]
NAT64 = ipaddress.ip_network("64:ff9b::/96")
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# What is no part of the public net, though some Pythons' tables do not have it yet.
NOT_PUBLIC = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")))


def is_public(address: Address) -> bool:
    """True if an address is global unicast, and so is every one that is wrapped in it."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
        if address.teredo:  # the server that it is sent through, and who it is for
            return all(is_public(one) for one in address.teredo)
        if address not in GLOBAL_UNICAST:
            return False
    if any(address in network for network in NOT_PUBLIC if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def look_up(name: str, resolver: Resolver | None, timeout_s: float) -> list[Address]:
    """The addresses of a name, as the system or `resolver` gives them.

    Raises what that raises, ValueError for an answer that is no address, and TimeoutError.
    """
    found = _in_time(lambda: (resolver or _ask_system)(name), timeout_s)
    return [ipaddress.ip_address(item.partition("%")[0]) for item in dict.fromkeys(found)]


def _ask_system(host: str) -> list[str]:
    return [str(row[4][0]) for row in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def _in_time(ask: Callable[[], list[str]], timeout_s: float) -> list[str]:
    """What a look-up gives. Raises what it raises, and TimeoutError: the system's own cannot be told a limit."""
    told: Future[list[str]] = Future()

    def run() -> None:
        try:
            told.set_result(ask())
        except BaseException as error:
            told.set_exception(error)

    threading.Thread(target=run, name="look-up", daemon=True).start()
    try:
        return told.result(timeout_s)
    except FutureTimeoutError as error:
        if told.done():
            raise
        raise TimeoutError(f"no answer in {timeout_s:.0f} s") from error
