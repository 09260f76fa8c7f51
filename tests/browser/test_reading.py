"""Reading in a real browser: evidence one click away, on a phone, in both schemes, without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def open_long_story(page) -> None:
    page.goto("/search?q=gantry")  # of the story that most publishers tell
    page.locator(".results a[href^='/story/']").first.click()
    page.wait_for_url(re.compile(r"/story/\d+"))


def test_a_mark_opens_its_sentence_in_its_article(page):
    open_long_story(page)
    first = page.locator("section[aria-labelledby=brief] li").first
    words = re.sub(r" \[[^\]]+\]", "", first.locator("span[lang]").first.inner_text())
    first.locator("a.mark").click()
    page.get_by_role("link", name="Its place in the article").click()
    page.wait_for_url(re.compile(r"/article/\d+#s\d+"))
    target = page.locator(":target")
    assert target.inner_text() == words
    assert target.evaluate("node => getComputedStyle(node).backgroundColor") != "rgba(0, 0, 0, 0)"
    box = target.bounding_box()
    assert 0 <= box["y"] < 844


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_stored(page, live_site):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto("/")
    open_long_story(page)
    page.locator("section[aria-labelledby=tellings] li a").first.click()
    assert [url for url in asked if not url.startswith(live_site)] == []
    assert page.context.cookies() == []
    assert problems == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_scrolls_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    addresses = [
        "/",
        "/publishers",
        "/about",
        "/search?q=Ostra",
        "/publisher/sample-le-fanal",
        "/section/world",
        "/countries",
    ]
    open_long_story(page)
    addresses.append(page.url)
    page.locator("section[aria-labelledby=tellings] li a").first.click()
    page.wait_for_url(re.compile("/article/"))
    addresses.append(page.url)
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_every_page_is_whole_without_a_script(browser, live_site):
    context = browser.new_context(base_url=live_site, java_script_enabled=False)
    page = context.new_page()
    open_long_story(page)
    page.locator("section[aria-labelledby=tellings] li a").first.click()
    page.wait_for_url(re.compile("/article/"))
    for heading in ("Try the AI features", "Comments", "Related articles"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.get_by_label("Your name").fill("Ines of the quay")
    page.get_by_label("Your comment").fill("The siren in our town is painted shut too.")
    page.get_by_role("button", name="Post").click()
    page.get_by_text("waits for an editor").wait_for()
    context.close()


def test_a_pasted_text_is_explained(page):
    page.goto("/")
    paragraphs = [
        "Ferry keeps to its timetable in fog",
        "The ferry Halda left Port Meren on time on Monday in thick fog.",
        "Captain Anders Quill of the Torrin Shipping Line said that the new radar had shown him the reef.",
    ]
    page.get_by_label("The article").fill("\n\n".join(paragraphs))
    page.get_by_role("button", name="Explain").click()
    page.wait_for_url(re.compile("/text/"))
    expect(page.get_by_role("heading", name=paragraphs[0])).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault(browser, live_site, scheme):
    from axe_playwright_python.sync_playwright import Axe

    # axe is put in by the test; the site's own policy would refuse it
    context = browser.new_context(base_url=live_site, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    open_long_story(page)
    story = page.url
    page.locator("section[aria-labelledby=tellings] li a").first.click()
    page.wait_for_url(re.compile("/article/"))
    for address in (
        "/", story, page.url, "/publishers", "/search?q=Ostra", "/publisher/sample-le-fanal", "/about",
        "/section/world", "/section/health", "/countries",
    ):  # fmt: skip
        page.goto(address)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
    context.close()
