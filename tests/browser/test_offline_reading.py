"""Reading without a network, on a host that is not this machine: what was opened is there, the rest says so."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import NAMED_HOST
from tests.browser.test_reading import open_long_story

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KEPT = "async () => (await (await caches.open('backstory-pages')).keys()).map((one) => new URL(one.url).pathname)"


@pytest.fixture
def named_site(live_site) -> str:
    """The address of the site under a name that is not the machine's own."""
    return live_site.replace("127.0.0.1", NAMED_HOST)


@pytest.fixture
def away(browser, named_site):
    """A page of a browser that keeps pages."""
    context = browser.new_context(base_url=named_site, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/about")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=20_000)
    yield page
    context.close()


def kept(page, address: str) -> None:
    """Wait until that page is kept."""
    path = urlsplit(address).path
    page.wait_for_function(f"async (path) => (await ({KEPT})()).includes(path)", arg=path)


def test_a_story_that_was_opened_is_read_without_a_network(away):
    open_long_story(away)
    story, title = away.url, away.get_by_role("heading", level=1).inner_text()
    kept(away, story)
    away.goto("/publishers")
    kept(away, "/publishers")
    away.context.set_offline(True)
    away.goto(story)
    assert away.get_by_role("heading", level=1).inner_text() == title
    assert away.locator("body").evaluate("node => getComputedStyle(node).marginTop") == "0px"  # it has its style
    away.locator("#notes a.mark:visible").first.click()
    away.get_by_role("dialog").get_by_text("could not be opened").wait_for()
    away.keyboard.press("Escape")
    away.wait_for_function("() => !history.state")  # closing the sheet is a step back
    away.goto("/hashtags")
    away.get_by_role("heading", name="Reading offline").wait_for()
    away.get_by_role("link", name=re.compile(re.escape(title))).first.click()
    away.wait_for_url(story)
    assert away.get_by_role("heading", level=1).inner_text() == title


def test_what_is_for_one_alone_is_not_kept(away):
    for address in ("/explain", "/health", "/ask?q=Who", "/admin/login/"):
        away.goto(address)
    away.goto("/publishers")
    kept(away, "/publishers")
    assert {"/explain", "/health", "/ask", "/admin/login/"}.isdisjoint(away.evaluate(KEPT))
    assert away.evaluate("async () => (await caches.keys()).length") == 2


def test_a_text_that_a_reader_brought_is_not_kept(away):
    away.goto("/explain")
    away.get_by_label("Paste an article").fill(
        "A ferry turns back\n\nThe ferry Halda turned back to Port Meren on Monday."
    )
    away.get_by_role("button", name="Explain").click()
    away.wait_for_url(re.compile("/text/"))
    away.goto("/publishers")
    kept(away, "/publishers")
    assert not [path for path in away.evaluate(KEPT) if path.startswith(("/text", "/explain"))]


def test_no_more_than_fifty_pages_are_kept_the_newest_of_them(away):
    away.evaluate("""async () => {
      const pages = await caches.open("backstory-pages");
      for (let n = 0; n < 60; n += 1) {
        await pages.put(`/story/${9000 + n}`, new Response("<title>x</title>", { headers: { "Content-Type": "text/html" } }));
      }
    }""")
    away.goto("/countries")
    kept(away, "/countries")
    paths = away.evaluate(KEPT)
    assert len(paths) == 50
    assert paths[-1] == "/countries"
    assert paths[-2] == "/story/9059"


def test_a_reader_who_wants_nothing_kept_has_nothing_kept(away):
    away.goto("/offline")
    away.get_by_role("link").first.wait_for()
    away.get_by_role("button", name="Keep no pages").click()
    away.get_by_text("No page is kept").wait_for()
    assert away.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    away.goto("/publishers")
    away.goto("/offline")
    away.get_by_role("button", name="Keep the pages I open").wait_for()
    assert away.evaluate("async () => (await caches.keys()).length") == 0
    away.get_by_role("button", name="Keep the pages I open").click()
    away.wait_for_function("async () => (await navigator.serviceWorker.getRegistrations()).length === 1")


def test_a_new_version_takes_over_and_the_pages_stay(away):
    away.goto("/publishers")
    kept(away, "/publishers")
    away.evaluate(
        "async () => { await (await caches.open('backstory-0ld')).put('/static/site.css', new Response('')); }"
    )
    away.evaluate(
        "async () => { await navigator.serviceWorker.register('/sw.js?next'); }"
    )  # other bytes, another worker
    away.wait_for_function("async () => !(await caches.keys()).includes('backstory-0ld')")
    assert "/publishers" in away.evaluate(KEPT)


def test_nothing_is_asked_of_others_and_no_cookie_is_set(away, named_site):
    asked = []
    away.context.on("request", lambda request: asked.append(request.url))
    away.goto("/")
    open_long_story(away)
    assert [url for url in asked if not url.startswith(named_site)] == []
    assert away.context.cookies() == []


def test_on_the_machine_itself_no_worker_is_started(page):
    page.goto("/offline")
    page.wait_for_load_state("load")
    assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    assert page.get_by_role("button", name=re.compile("Keep")).count() == 0
