"""Every kind of page in a real browser: nothing too wide, no fault that axe finds, each section's evidence one click away."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_reading import open_long_story

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LANGUAGES = ("en", "ar")  # of the interface
SECTIONS = ("brief", "why_now", "timeline", "people", "quotes", "numbers", "coverage", "questions")
BROUGHT = (
    "Ferry Halda turned back on Monday",
    "The ferry Halda turned back to Port Meren on Monday with 212 passengers, the Torrin Shipping Line said.",
    '"The bow door would not close," Captain Anders Quill said. The line, founded in 1902, runs four ferries.',
    "The coast guard will look at the door on Thursday, said its spokeswoman, Leyla Orn.",
)


@pytest.fixture(scope="module")
def addresses(browser, live_site) -> dict[str, str]:
    """One page of each kind, by what it is."""
    context = browser.new_context(base_url=live_site)
    page = context.new_page()
    open_long_story(page)
    story = page.url
    found = {
        "front": "/",
        "long story": story,
        "what changed": f"{story}?since=2020-01-01",
        "article": page.locator("section[aria-labelledby=tellings] li a").first.get_attribute("href"),
        "ask of a story": f"{story}/ask?q=Who+is+Tomas+Rell%3F",
        "ask": "/ask",
        "answer": "/ask?q=How+many+people+died+in+Ostra%3F",
        "no answer": "/ask?q=Who+painted+the+moon%3F",
        "between": "/between/karsa/velmark",
        "too little between": "/between/ostra/karsa",
        "hashtag": "/hashtag/velmark",
        "edition": "/edition",
        "health": "/health",
        "about": "/about",
        "explain": "/explain",
    }
    found |= {"source note": f"{found['article']}/sentence/1", "sentence gone": f"{found['article']}/sentence/9999"}
    found |= {"keys": "/keys", "saved": "/saved", "offline": "/offline"}
    page.goto("/section/world")
    page.locator("h2[lang=ar] a").first.click()
    found["Arabic story"] = page.url
    found["Arabic article"] = page.locator("section[aria-labelledby=tellings] li a").first.get_attribute("href")
    page.goto("/explain")
    page.get_by_label("Paste an article").fill("\n\n".join(BROUGHT))
    page.get_by_role("button", name="Explain").click()
    page.wait_for_url(re.compile("/text/"))
    found["brought text"] = page.url
    context.close()
    return found


def open_folds(page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_kind_of_page_scrolls_sideways(page, addresses, width):
    page.set_viewport_size({"width": width, "height": 800})
    for kind, address in addresses.items():
        page.goto(address)
        open_folds(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, kind


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [390, 1280])
def test_at_twice_the_size_of_letters_nothing_scrolls_sideways(browser, live_site, addresses, width, language):
    context = browser.new_context(
        base_url=live_site, locale=language, bypass_csp=True, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    for kind, address in addresses.items():
        page.goto(address)
        page.add_style_tag(content="html { font-size: 200% !important }")
        open_folds(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
    context.close()


SMALL_TARGETS = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter((one) => one.checkVisibility() && one.tabIndex >= 0 && !one.closest(".skip"))
  .filter((one) => !one.closest("p, dd, li, td, blockquote, figcaption") || one.matches(".mark, button, summary"))
  .filter((one) => { const { width, height } = one.getBoundingClientRect(); return width < 24 || height < 24; })
  .map((one) => one.outerHTML.slice(0, 120))"""


def test_what_is_touched_measures_24_pixels_outside_of_running_text(page, addresses):
    for kind, address in addresses.items():
        page.goto(address)
        assert page.evaluate(SMALL_TARGETS) == [], kind


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_any_kind_of_page(browser, live_site, addresses, scheme, language):
    from axe_playwright_python.sync_playwright import Axe

    # axe is put in by the test; the site's own policy would refuse it
    context = browser.new_context(
        base_url=live_site,
        color_scheme=scheme,
        locale=language,
        bypass_csp=True,
        viewport={"width": 390, "height": 844},
    )
    page = context.new_page()
    for kind, address in addresses.items():
        page.goto(address)
        open_folds(page)
        found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
        assert found.violations_count == 0, f"{kind}: {found.generate_report()}"
    context.close()


def test_no_kind_of_page_has_a_style_or_script_inside(page, addresses):
    for kind, address in addresses.items():
        page.goto(address)
        inside = page.locator("[style], style, script:not([src], [type='application/ld+json'])")
        assert inside.count() == 0, kind


def test_data_of_a_page_is_let_through_by_its_policy_and_can_be_read(page, addresses):
    refused = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    for kind in ("long story", "article", "Arabic story", "Arabic article"):
        page.goto(addresses[kind])
        said = page.evaluate(
            "JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)['@type']"
        )
        assert said == ("ItemList" if "story" in kind else "NewsArticle")
    page.goto("/")
    page.evaluate("const one = document.createElement('script'); one.text = 'var x = 1'; document.head.append(one)")
    assert len(refused) == 1, refused  # the policy is there, and refuses only what would run


@pytest.mark.parametrize("section", SECTIONS)
def test_a_mark_in_each_section_opens_its_sentence_in_its_article(page, section):
    open_long_story(page)
    open_folds(page)
    mark = page.locator(f"section[aria-labelledby={section}] a.mark").first
    said = mark.evaluate(
        "node => node.previousElementSibling?.matches('.said') ? node.previousElementSibling.textContent : ''"
    )
    mark.click()
    page.get_by_role("link", name="Its place in the article").click()
    page.wait_for_url(re.compile(r"/article/\d+#s\d+"))
    target = page.locator(":target")
    assert target.inner_text()
    if said:
        assert target.inner_text() == re.sub(r" \[[^\]]+\]", "", said)
    assert target.evaluate("node => getComputedStyle(node).backgroundColor") != "rgba(0, 0, 0, 0)"
    # The address changes before the browser has scrolled.
    page.wait_for_function(
        "() => { const y = document.querySelector(':target').getBoundingClientRect().y; return 0 <= y && y < 844 }",
        timeout=5000,
    )


def test_sections_are_whole_without_a_script(browser, live_site, addresses):
    context = browser.new_context(base_url=live_site, java_script_enabled=False)
    page = context.new_page()
    page.goto(addresses["long story"])
    for section in SECTIONS:
        assert page.locator(f"#{section}").is_visible(), section
    assert page.get_by_role("button", name="Listen").count() == 0
    page.locator("section[aria-labelledby=questions] summary").first.click()
    expect(page.locator("section[aria-labelledby=questions] a.mark").first).to_be_visible()
    page.goto(addresses["article"])
    expect(page.locator("#timeline ~ .timeline")).to_be_hidden()
    page.locator("#timeline").click()
    expect(page.locator("#timeline ~ .timeline")).to_be_visible()
    context.close()


def test_an_arabic_sentence_begins_at_the_right_and_its_mark_stands_at_its_left(page, addresses):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(addresses["Arabic story"])
    line = page.locator("section[aria-labelledby=brief] li").first
    assert line.evaluate("node => getComputedStyle(node).direction") == "rtl"
    ends = "node => { const range = document.createRange(); range.selectNodeContents(node); return range.getBoundingClientRect().right }"
    assert line.evaluate("node => node.getBoundingClientRect().right") - line.locator(".said").evaluate(ends) < 24
    assert not re.search(r"\[\d{4}-\d\d", page.locator("#notes").inner_text())


def test_a_report_of_a_section_is_thanked_for(page):
    open_long_story(page)
    page.get_by_role("button", name="Report “Timeline”").click()
    page.get_by_text("An editor will look at it").wait_for()


def test_on_paper_folds_are_open_and_no_control_is_printed(page, addresses):
    page.goto(addresses["edition"])
    page.emulate_media(media="print")
    assert page.locator(".edition-stories > li").count() >= 5
    for gone in (".masthead nav", "footer", ".search", ".edition nav"):
        assert not page.locator(gone).first.is_visible(), gone
    page.goto(addresses["long story"])
    expect(page.locator("#brief")).to_be_visible()
    expect(page.get_by_role("button", name="Report").first).to_be_hidden()
    expect(page.locator(".longer .said").first).to_be_visible()
