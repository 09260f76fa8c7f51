"""Attacks on markup through feeds, pages and forms: none runs in a browser, and a harness without guards finds them."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest

from tests.hostile import privacy, vectors, watched_pages, xss
from tests.hostile.figures import Run
from tests.hostile.own_markup import own_markup
from tests.hostile.vectors import Case, Slot, Vector
from tests.hostile.watched_pages import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
INVENTED = (
    "<img src=nowhere onerror=alert(1)>",
    "<script>alert(2)</script>",
    "\"'><svg onload=alert(3)>",
    '<img src="http://elsewhere.invalid/eye.png"><a href="javascript:alert(5)">The harbour</a>',
    "</title></script></textarea><b>bold words</b>",
)
ECHOED = (
    '"\'><svg onload=alert(7)><img src="http://elsewhere.invalid/eye.png"><a href="java&#10;script:alert(8)">Orrin</a>'
)
RSS = "<rss><channel><title>t</title><item>{}</item></channel></rss>"
PLACES = (
    Slot("a-title", "rss", RSS.format("<title><![CDATA[{cdata}]]></title>")),
    Slot("a-description", "rss", RSS.format("<description>{xml}</description>")),
    Slot("a-page-body", "html", "<html><head></head><body><article><h1>a</h1>{raw}</article></body></html>"),
    Slot("app-comment-body", "app", "{raw}"),
    Slot("app-username", "app", "{raw}"),
    Slot("app-search-query", "app", "{raw}"),
    Slot("app-HTTP-error-message-shown-to-operator", "app", "{raw}"),
)
SHARE, SEED, DATA_EACH = 0.001, 7, 8


@pytest.fixture(scope="module")
def tried(request) -> list[Case]:
    """Invented attacks in invented places and, where the data set is here, a few of it."""
    chosen = [(Vector(f"invented-{place}", said, True), slot) for place, said in enumerate(INVENTED) for slot in PLACES]
    try:
        hostile = request.getfixturevalue("hostile")
    except pytest.skip.Exception:
        hostile = None
    if hostile:
        some = vectors.cases(Run(SHARE, SEED, hostile, hostile))
        chosen += [(case.vector, case.slot) for case in some[:20]]
    return [Case(number, *pair) for number, pair in enumerate(chosen, 1)]


@pytest.fixture(scope="module")
def site(tried, chromium, tmp_path_factory) -> xss.Attacked:
    return xss.attack(tried, tmp_path_factory.mktemp("xss") / "site")


def test_no_attack_runs_or_asks_or_leaves_markup_with_the_policy_off(site, tried):
    html = [page for page in site.pages if not watched_pages.is_alone(page.path)]
    data = [page for page in site.pages if watched_pages.is_alone(page.path)]
    seen = xss.open_pages(site, has_policy=False, pages=[*html, *data[::DATA_EACH]])
    for figure in (xss.what_ran(seen, tried, "off"), xss.what_stands(seen, tried)):
        assert figure.is_reached, figure.got
    shown = set().union(*(one.shown for one in seen))
    for case in tried[: len(INVENTED) * len(PLACES)]:
        is_of_words = case.slot.id in ("app-comment-body", "a-title", "app-username")
        assert not is_of_words or case.number in shown, f"{case} was seen on no page: it was not tried"


def test_what_a_page_echoes_runs_when_cleaning_and_escaping_are_off_and_the_policy_stops_it(site, tried):
    bare = replace(site, guards_off=xss.BOTH_OFF)
    loud, quiet = Page(f"/search?q={quote(ECHOED)}"), Page("/countries")
    off = {one.page: one for one in xss.open_pages(bare, has_policy=False, wait_ms=xss.LATE_MS, pages=[quiet, loud])}
    assert not off[quiet].ran  # bound into one page, each is told by itself
    assert off[loud].ran
    assert not xss.what_ran([off[loud]], tried, "off").is_reached
    assert not xss.what_stands([off[loud]], tried).is_reached
    assert {"a href by javascript:", "svg onload", "img src of http://elsewhere.invalid"} <= set(off[loud].odd)
    assert not privacy.asked_and_set("anonymous", [off[loud]], 1, has_cookies=False).is_reached
    [on] = xss.open_pages(bare, has_policy=True, wait_ms=xss.LATE_MS, pages=[loud])
    assert on.blocked
    assert not on.ran


def test_the_list_of_markup_has_no_handler_no_style_and_no_frame():
    known = own_markup()
    assert {"a", "h1", "form", "time", "em"} <= set(known)  # the last by comments alone
    assert not watched_pages.is_alone("/stories")
    assert not {"iframe", "object", "base", "style"} & set(known)
    assert not [name for names in known.values() for name in names if name.startswith("on") or name == "style"]


@pytest.mark.long
def test_a_tenth_of_all_attacks(hostile, chromium, tmp_path):
    for figure in xss.measure(Run(0.1, SEED, hostile, tmp_path)):
        assert figure.is_reached, (figure.name, figure.got)
