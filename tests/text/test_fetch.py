from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from newstext import fetch
from newstext.fetch import FetchError, FetchOptions, HostSpacing
from newstext.robots import parse_robots, rules_for
from tests.site import loopback

PUBLIC = "93.184.215.14"


@contextmanager
def server(answer: Callable[[socket.socket], None], heads: list[bytes] | None = None) -> Iterator[str]:
    """A socket that does to each connection what `answer` does; its host and port. heads: what it is asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def run() -> None:
        try:
            while True:
                connection, _ = listener.accept()
                with connection:
                    asked = connection.recv(65536)
                    if heads is not None:
                        heads.append(asked)
                    answer(connection)
        except OSError:
            return

    threading.Thread(target=run, daemon=True).start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


def options(host: str, **change) -> FetchOptions:
    limits = {
        "connect_timeout_s": 1,
        "first_byte_timeout_s": 0.5,
        "total_timeout_s": 1.0,
        "max_bytes": 200_000,
        **change,
    }
    return FetchOptions(allow_private=frozenset({host}), **limits)


def problem(host: str, path: str = "/", **change) -> str:
    with pytest.raises(FetchError) as caught:
        fetch.get(f"http://{host}{path}", options=options(host, **change))
    assert host in str(caught.value) or "http" in str(caught.value)
    return caught.value.kind


def test_an_answer_with_its_validators():
    with loopback.serve() as site:
        site.page("/x", "T", ["Some words."])
        answer = fetch.get(site.url("/x"), options=options(site.host))
        assert (answer.status, answer.media_type, answer.charset) == (200, "text/html", "utf-8")
        assert fetch.get(site.url("/x"), etag=answer.etag, options=options(site.host)).status == 304
        assert fetch.get(site.url("/none"), options=options(site.host)).status == 404


def test_redirects_are_followed_judged_and_counted():
    with loopback.serve() as site:
        site.page("/new", "T", ["Moved."])
        site.answers["/old"] = loopback.Answer(status=301, headers={"Location": "/new"})
        site.answers["/for-now"] = loopback.Answer(status=302, headers={"Location": "/new"})
        site.answers["/loop"] = loopback.Answer(status=302, headers={"Location": "/loop"})
        site.answers["/in"] = loopback.Answer(status=302, headers={"Location": "http://169.254.169.254/latest"})
        site.answers["/file"] = loopback.Answer(status=302, headers={"Location": "file:///etc/passwd"})
        assert fetch.get(site.url("/old"), options=options(site.host)).permanent_url == site.url("/new")
        assert fetch.get(site.url("/for-now"), options=options(site.host)).permanent_url == ""
        assert problem(site.host, "/loop") == "redirect-loop"
        assert problem(site.host, "/file") == "redirect-refused"
        assert problem(site.host, "/in") == "redirect-refused"


BOMB = gzip.compress(b"0" * 5_000_000)
MISBEHAVIOURS = {
    "silent": (lambda c: time.sleep(1.5), "timeout"),
    "drips": (
        lambda c: (
            c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"),
            [c.sendall(b"x") or time.sleep(0.2) for _ in range(12)],
        ),
        "timeout",
    ),
    "cut off": (lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nabc"), "interrupted"),
    "closes": (lambda c: None, "interrupted"),
    "a chunk of all the world": (
        lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc"),
        "protocol",
    ),
    "a chunk cut off": (
        lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\nabc"),
        "interrupted",
    ),
    "no http": (lambda c: c.sendall(b"SSH-2.0-OpenSSH\r\n\r\n"), "protocol"),
    "too large": (
        lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000),
        "too-large",
    ),
    "gzip bomb": (
        lambda c: c.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB
        ),
        "too-large",
    ),
    "broken gzip": (
        lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"),
        "bad-encoding",
    ),
    "drips its headers": (
        lambda c: (c.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: "), [c.sendall(b"x") or time.sleep(0.2) for _ in range(25)]),
        "timeout",
    ),
    "a header without end": (lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 300_000), "headers-too-large"),
    "headers over the limit": (
        lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 70_000 + b"\r\nContent-Length: 0\r\n\r\n"),
        "headers-too-large",
    ),
    "bytes without end behind a gzip stream": (
        lambda c: c.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 900000\r\n\r\n"
            + gzip.compress(b"hello").ljust(900_000, b"x")
        ),
        "too-large",
    ),
    "a body alone": (lambda c: c.sendall(b"<rss version='2.0'>"), "protocol"),
    "redirect to nowhere": (
        lambda c: c.sendall(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"),
        "redirect-nowhere",
    ),
    "coded twice": (
        lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: 5\r\n\r\nhello"),
        "bad-encoding",
    ),
    "unasked coding": (
        lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nhello"),
        "bad-encoding",
    ),
}


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_each_misbehaviour_has_its_name(name):
    answer, kind = MISBEHAVIOURS[name]
    with server(answer) as host:
        began = time.monotonic()
        assert problem(host) == kind
        assert time.monotonic() - began < 3


def test_what_stands_beyond_an_answer_is_not_read_as_the_next():
    lie = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    with server(lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood" + lie)) as host:
        for _ in range(2):
            assert fetch.get(f"http://{host}/", options=options(host)).body == b"good"


def test_bodies_of_refusals_are_not_read():
    def script(connection):
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 99999999\r\n\r\n")
        with pytest.raises(OSError):  # noqa: PT011 broken pipe or reset, as the system likes
            while True:
                connection.sendall(b"x" * 65536)
        ended.append(True)

    ended: list[bool] = []
    with server(script) as host:
        answer = fetch.get(f"http://{host}/", options=options(host))
        assert (answer.status, answer.body) == (404, b"")


def test_a_validator_goes_back_as_it_came_unless_it_is_too_long_to():
    heads: list[bytes] = []
    said = "Größe".encode()

    def script(connection):
        connection.sendall(b'HTTP/1.1 200 OK\r\nETag: "' + said + b'"\r\nContent-Length: 0\r\n\r\n')

    with server(script, heads) as host:
        first = fetch.get(f"http://{host}/", options=options(host))
        fetch.get(f"http://{host}/", etag=first.etag, options=options(host))
        assert b'If-None-Match: "' + said + b'"\r\n' in heads[1]
        said = b"e" * 60_000
        assert fetch.get(f"http://{host}/", options=options(host)).etag == ""


def test_a_look_up_that_never_ends_is_given_up_by_name(monkeypatch):
    monkeypatch.setattr(fetch, "DNS_TIMEOUT_S", 0.1)
    release = threading.Event()
    with pytest.raises(FetchError) as caught:
        fetch.get("http://a.example/", options=FetchOptions(resolver=lambda host: [str(release.wait(30))]))
    release.set()
    assert caught.value.kind == "dns-failed"


def test_an_answer_over_the_limit_may_be_read_as_far_as_that():
    body = b"User-agent: *\n" + b"#" * 300_000
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    with server(lambda c: c.sendall(head + body)) as host:
        got = fetch.get(f"http://{host}/", options=options(host, may_be_cut=True))
        assert got.body == body[:200_000]


def test_gzip_and_deflate_are_unpacked():
    bare = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    codings = [("gzip", gzip.compress(b"hello")), ("deflate", zlib.compress(b"hello"))]
    for coding, body in [*codings, ("deflate", bare.compress(b"hello") + bare.flush())]:
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        with server(lambda c, sent=head + body: c.sendall(sent)) as host:
            assert fetch.get(f"http://{host}/", options=options(host)).body == b"hello"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("ftp://a.example/x", "bad-address"),
        ("http://user:pass@a.example/", "bad-address"),
        ("http://a.example:22/", "refused-address"),
        ("http://127.0.0.1/", "refused-address"),
        ("http://[::ffff:10.0.0.1]/", "refused-address"),
        ("http://0x7f.1/", "refused-address"),
        ("no address", "bad-address"),
        ("http://a.example/" + "x" * 3000, "bad-address"),
        ("http://.a.example/", "bad-address"),
        ("http://a..example/", "bad-address"),
        ("http://" + "a" * 64 + ".example/", "bad-address"),
    ],
)
def test_addresses_that_may_not_be_asked(url, kind):
    with pytest.raises(FetchError) as caught:
        fetch.get(url, options=FetchOptions(resolver=lambda host: [PUBLIC], connect_timeout_s=0.2))
    assert caught.value.kind == kind


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    with pytest.raises(FetchError) as caught:
        fetch.get("http://a.example/", options=FetchOptions(resolver=lambda host: [PUBLIC, "10.0.0.1"]))
    assert caught.value.kind == "refused-address"
    assert "FETCH_ALLOW_PRIVATE" in str(caught.value)


def test_a_name_without_address_is_dns():
    def nothing(host: str) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(FetchError) as caught:
        fetch.get("http://a.example/", options=FetchOptions(resolver=nothing))
    assert caught.value.kind == "dns"


def test_no_private_address_of_the_data_set_is_connected_to(newstext_data, monkeypatch):
    """Names go to a stub that answers as the data say; a connection to a private address fails the test."""
    connected: list[str] = []

    def connect(self, host, port, **_):
        connected.append(host)
        raise fetch.httpcore2.ConnectError("stub")

    monkeypatch.setattr(fetch.httpcore2.SyncBackend, "connect_tcp", connect)

    def stub(host: str) -> list[str]:
        public = host.endswith(("example.com", "example.org", "example.net")) and "nip.io" not in host
        return [PUBLIC] if public else ["10.0.0.5"]

    controls = 0
    for line in (newstext_data / "hostile" / "ssrf" / "urls.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        before = len(connected)
        with pytest.raises(FetchError):
            fetch.get(row["url"], options=FetchOptions(resolver=stub, max_redirects=0))
        controls += row["expect"] == "allow" and len(connected) > before
    assert controls >= 5
    assert [host for host in connected if not fetch.is_public(fetch.ipaddress.ip_address(host))] == []


def test_requests_to_one_host_are_spaced_and_others_are_not():
    now, waited = [0.0], []
    spacing = HostSpacing(spacing_s=2, unspaced=frozenset({"own.example"}), clock=lambda: now[0], sleep=waited.append)
    for url in (
        "http://a.example/1",
        "http://a.example/2",
        "http://b.example/1",
        "http://own.example/1",
        "http://own.example/2",
    ):
        with spacing.turn(url):
            pass
    assert waited == [2]


def test_a_dead_host_rests_longer_each_time():
    now = [0.0]
    spacing = HostSpacing(spacing_s=0, clock=lambda: now[0], sleep=lambda _: None)
    tries = 0
    for _ in range(200):
        with pytest.raises(FetchError), spacing.turn("http://dead.example/"):
            tries += 1
            raise FetchError("connect", "no answer")
        now[0] += 10
    assert 4 <= tries <= 9


def test_robots():
    rules = parse_robots(
        b"User-agent: *\nDisallow: /\n\nUser-agent: Backstory\nDisallow: /private/*.html$\nAllow: /private/open*.html$\nCrawl-delay: 3",
        agent="Backstory",
    )
    assert [
        rules.may_fetch(f"https://a.example{path}")
        for path in ("/news", "/private/x.html", "/private/x.html?p", "/private/open.html")
    ] == [True, False, True, True]
    assert rules.crawl_delay_s == 3
    assert rules_for(404, b"Disallow: /", agent="Backstory").may_fetch("https://a.example/x")
    assert rules_for(503, b"", agent="Backstory").unknown
    assert not rules_for(503, b"", agent="Backstory").may_fetch("https://a.example/x")
