"""A mark opens its sentence without leaving the page: beside the text, or as a sheet on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_reading import open_long_story

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHIFTS = """() => new Promise((done) => {
  let all = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) all += one.value; })
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => done(all), 200));
})"""
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def marks(page):
    return page.locator("#notes a.mark:visible")


def note(page):
    return page.get_by_role("dialog")


def focused(page) -> str:
    return page.evaluate("document.activeElement.textContent.trim()")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["beside", "sheet"])
def test_a_mark_opens_its_sentence_and_the_focus_comes_back(page, size):
    page.set_viewport_size(size)
    open_long_story(page)
    address = page.url
    first = page.locator("section[aria-labelledby=brief] li").first
    words = re.sub(r" \[[^\]]+\]", "", first.locator(".said").inner_text())
    first.locator("a.mark").click()
    note(page).get_by_role("heading", name="Source:").wait_for()
    assert note(page).locator("mark").inner_text() == words
    assert focused(page).startswith("Source:")
    assert page.url == address
    page.keyboard.press("Escape")
    note(page).wait_for(state="hidden")
    assert page.evaluate("document.activeElement.matches('section[aria-labelledby=brief] a.mark')")
    assert page.url == address


def test_beside_the_text_one_mark_after_another_is_opened_and_covers_no_text(page):
    page.set_viewport_size(WIDE)
    open_long_story(page)
    for place in (0, 3):
        marks(page).nth(place).click()
        page.wait_for_function(
            "place => [...document.querySelectorAll('#notes a.mark')].filter(one => one.checkVisibility())[place].ariaExpanded === 'true'",
            arg=place,
        )
        assert page.locator("a.mark[aria-expanded]").count() == 1
        assert marks(page).nth(place).get_attribute("aria-expanded") == "true"
        box, text = note(page).bounding_box(), page.locator(".columns .opening").bounding_box()
        assert box["x"] >= text["x"] + text["width"]
        mark = marks(page).nth(place).bounding_box()
        assert box["y"] - 10 <= mark["y"] <= box["y"] + box["height"]
    marks(page).nth(3).click()
    note(page).wait_for(state="hidden")


def test_beside_the_text_tab_goes_on_behind_the_mark(page):
    page.set_viewport_size(WIDE)
    open_long_story(page)
    marks(page).nth(1).press("Enter")
    note(page).wait_for()
    note(page).get_by_role("button", name="Close").focus()
    page.keyboard.press("Tab")
    assert marks(page).nth(1).evaluate("(mark) => mark.compareDocumentPosition(document.activeElement)") & 4
    assert not note(page).evaluate("(note) => note.contains(document.activeElement)")


def test_back_closes_the_sheet_and_leaves_the_page_as_it_was(page):
    page.set_viewport_size(PHONE)
    page.goto("/")
    open_long_story(page)
    address = page.url
    marks(page).nth(2).scroll_into_view_if_needed()
    marks(page).nth(2).click()
    note(page).wait_for()
    page.go_back()
    note(page).wait_for(state="hidden")
    assert page.url == address
    marks(page).nth(1).click()
    note(page).wait_for()
    note(page).get_by_role("button", name="Close").click()
    note(page).wait_for(state="hidden")
    page.wait_for_function("() => !(history.state && history.state.note)")
    page.go_back()
    page.wait_for_url(re.compile("search"))


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["beside", "sheet"])
def test_nothing_moves_when_a_page_loads_and_a_note_opens(page, size):
    page.set_viewport_size(size)
    page.goto("/")
    assert page.evaluate(SHIFTS) == 0
    open_long_story(page)
    marks(page).nth(2).scroll_into_view_if_needed()
    page.wait_for_timeout(0)
    before = marks(page).nth(2).evaluate("node => node.getBoundingClientRect().top + scrollY")
    marks(page).nth(2).click()
    note(page).locator("mark").wait_for()
    page.keyboard.press("Escape")
    note(page).wait_for(state="hidden")
    assert page.evaluate(SHIFTS) == 0
    assert marks(page).nth(2).evaluate("node => node.getBoundingClientRect().top + scrollY") == before


def test_a_note_that_cannot_be_fetched_leads_to_the_article(page):
    open_long_story(page)
    page.route("**/sentence/**", lambda route: route.abort())
    place = marks(page).first.get_attribute("href")
    marks(page).first.click()
    note(page).get_by_text("could not be opened").wait_for()
    assert note(page).get_by_role("link", name="Open its page").get_attribute("href").endswith(place)


def test_a_sentence_that_is_gone_is_said_so(page):
    open_long_story(page)
    marks(page).first.evaluate("mark => { mark.dataset.is = 'none'; }")
    marks(page).first.click()
    note(page).get_by_role("heading", name="This sentence is gone").wait_for()
    expect(note(page).get_by_role("link", name="The article as it stands now")).to_be_visible()


def test_a_click_with_a_key_held_or_without_a_script_opens_the_article(browser, live_site, page):
    open_long_story(page)
    with page.context.expect_page() as opened:
        marks(page).first.click(modifiers=["Control"])
    opened.value.wait_for_url(re.compile(r"/article/\d+#s\d+"))
    story = page.url
    context = browser.new_context(base_url=live_site, java_script_enabled=False)
    page = context.new_page()
    page.goto(story)
    assert page.locator(".fresh").first.is_hidden()
    marks(page).first.click()
    page.wait_for_url(re.compile(r"/article/\d+#s\d+"))
    context.close()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["beside", "sheet"])
def test_from_right_to_left_the_note_stands_at_the_other_side(page, size):
    page.set_viewport_size(size)
    open_long_story(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    marks(page).first.click()
    note(page).locator("mark").wait_for()
    box, text = note(page).bounding_box(), page.locator(".columns .opening").bounding_box()
    if size is WIDE:
        assert box["x"] + box["width"] <= text["x"]
    close = note(page).get_by_role("button", name="Close").bounding_box()
    assert close["x"] < box["x"] + box["width"] / 2
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["beside", "sheet"])
def test_axe_finds_no_fault_in_an_open_note_and_the_keys(browser, live_site, scheme, size):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(base_url=live_site, color_scheme=scheme, bypass_csp=True, viewport=size)
    page = context.new_page()
    open_long_story(page)
    for opens in (lambda: marks(page).first.click(), lambda: page.keyboard.press("?")):
        opens()
        note(page).wait_for()
        page.wait_for_function("() => document.activeElement.id === 'note-title'")
        found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
        assert found.violations_count == 0, found.generate_report()
        page.keyboard.press("Escape")
        note(page).wait_for(state="hidden")
    context.close()
