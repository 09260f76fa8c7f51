"""Pages kept for readers who have saved nothing: what is kept, for whom, and until when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newsroom.page_cache import PageCache, mark_changed


class Site:
    """A stand-in for the site behind: it counts what it is asked, and answers as it is told."""

    def __init__(self) -> None:
        self.asked = 0
        self.status = "200 OK"
        self.headers: list[tuple[str, str]] = [("Content-Type", "text/html")]

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        self.asked += 1
        start(self.status, list(self.headers))
        return [f"page {self.asked}".encode()]


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def pages(site: Site, tmp_path: Path) -> PageCache:
    return PageCache(site, tmp_path / "pages-changed")


def ask(pages: PageCache, path: str = "/", method: str = "GET", **environ: str) -> bytes:
    asked = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_HOST": "news.example", "REMOTE_ADDR": "192.0.2.7"}
    return b"".join(pages({**asked, **environ}, lambda status, headers, *rest: None))


def test_a_page_is_made_once_for_many_readers(pages, site):
    assert {ask(pages, REMOTE_ADDR=f"192.0.2.{number}") for number in range(9)} == {b"page 1"}
    assert site.asked == 1


@pytest.mark.parametrize(
    "other",
    [
        {"QUERY_STRING": "before=2026-11-26T09:00:00Z"},
        {"HTTP_HOST": "other.example"},
        {"HTTP_COOKIE": "choices=theme:dark"},
        {"HTTP_ACCEPT_ENCODING": "gzip"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"wsgi.url_scheme": "https"},
    ],
)
def test_who_may_be_shown_another_page_is_not_given_this_one(pages, other):
    assert ask(pages) == b"page 1"
    assert ask(pages, **other) == b"page 2"
    assert ask(pages) == b"page 1"


HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8000", "SERVER_PROTOCOL": "HTTP/1.1"}


@pytest.mark.parametrize(
    "through",
    [
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_VIA": "1.1 proxy"},
        {"SERVER_PROTOCOL": "HTTP/1.0"},
        {"HTTP_REFERER": "https://news.example/"},
    ],
)
def test_what_the_operator_is_shown_is_given_to_nobody_behind_a_proxy_of_this_machine(pages, site, through):
    site.headers = [("Cache-Control", "private")]
    assert ask(pages, **HERE) == ask(pages, **HERE) == b"page 1"
    assert ask(pages, **{**HERE, **through}) == b"page 2"
    assert ask(pages, **{**HERE, **through}) == b"page 3"


@pytest.mark.parametrize("cookie", ["sessionid=abc", "choices=theme%3Ddark; sessionid=abc", "sessionid=abc; choices=x"])
def test_who_is_signed_in_is_never_given_a_kept_page(pages, cookie):
    ask(pages)
    assert ask(pages, HTTP_COOKIE=cookie) == b"page 2"
    assert ask(pages, HTTP_COOKIE=cookie) == b"page 3"
    assert ask(pages) == b"page 1"


@pytest.mark.parametrize("path", ["/admin/", "/text/abc", "/search", "/setup/x", "/api/v1/stories", "/health"])
def test_pages_of_one_reader_or_moment_are_never_kept(pages, path):
    assert ask(pages, path) != ask(pages, path)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("404 Not Found", []),
        ("301 Moved Permanently", []),
        ("451 Unavailable For Legal Reasons", []),
        ("200 OK", [("Set-Cookie", "a=b")]),
        ("200 OK", [("Cache-Control", "private")]),
        ("200 OK", [("Cache-Control", "max-age=0, no-cache, no-store, must-revalidate, private")]),
    ],
)
def test_what_is_not_a_page_for_everybody_is_not_kept(pages, site, status, headers):
    site.status, site.headers = status, headers
    assert ask(pages) != ask(pages)


def test_a_form_that_changed_something_makes_pages_anew_in_every_process(pages, site, tmp_path):
    other_process = PageCache(site, tmp_path / "pages-changed")
    assert ask(other_process) == b"page 1"
    site.status = "302 Found"
    ask(pages, "/article/1/comments", method="POST")
    site.status = "200 OK"
    assert ask(other_process) == b"page 3"


@pytest.mark.parametrize(
    ("status", "path"), [("429 Too Many Requests", "/article/1/comments"), ("302 Found", "/explain")]
)
def test_a_form_that_changed_nothing_for_others_leaves_pages_as_they_are(pages, site, status, path):
    ask(pages)
    site.status = status
    ask(pages, path, method="POST")
    assert ask(pages) == b"page 1"


def test_a_page_grows_old(site, tmp_path):
    pages = PageCache(site, tmp_path / "pages-changed", fresh_s=0.0)
    assert ask(pages) != ask(pages)


def test_head_is_answered_from_what_is_kept_without_a_body(pages, site):
    ask(pages)
    assert ask(pages, method="HEAD") == b""
    assert site.asked == 1


def test_languages_that_the_site_does_not_speak_share_a_page(pages, site):
    for accepted in ("xx", "xx-YY,xx;q=0.8", ""):
        ask(pages, HTTP_ACCEPT_LANGUAGE=accepted)
    assert site.asked == 1


def test_the_oldest_leave_where_there_is_no_room(site, tmp_path, monkeypatch):
    monkeypatch.setattr("newsroom.page_cache.MOST_BYTES", 20)
    pages = PageCache(site, tmp_path / "pages-changed")
    first = ask(pages, "/a")
    for path in ("/b", "/c", "/d"):
        ask(pages, path)
    assert ask(pages, "/a") != first
    assert pages._bytes <= 20


def test_a_folder_that_cannot_be_written_stops_no_form(tmp_path):
    mark_changed(tmp_path / "gone" / "pages-changed")


@pytest.mark.parametrize("odd", [{"SCRIPT_NAME": "//evil.example"}, {"HTTP_COOKIE": "choices=language:ar\xc2\xa0"}])
def test_what_django_may_read_otherwise_than_the_key_is_not_kept(pages, odd):
    assert ask(pages, **odd) == b"page 1"
    assert ask(pages) == b"page 2"


def test_a_referer_that_is_no_address_is_no_error(pages):
    assert ask(pages, **{**HERE, "HTTP_REFERER": "http://["}) == b"page 1"
