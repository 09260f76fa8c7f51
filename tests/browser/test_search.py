"""Searching in a real browser: what is offered while typing, by keys alone, and the page without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def type_in(page, words: str):
    field = page.get_by_role("combobox", name=re.compile("Words"))
    field.press_sequentially(words)
    page.get_by_role("listbox").wait_for()
    return field


def test_keys_choose_what_is_offered_and_escape_closes_it(page):
    page.goto("/search")
    field = type_in(page, "kestre")
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    assert chosen.get_attribute("id") == field.get_attribute("aria-activedescendant")
    page.keyboard.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert field.get_attribute("aria-activedescendant") is None
    assert field.input_value() == "kestre"
    page.keyboard.press("l")
    page.get_by_role("listbox").wait_for()
    page.keyboard.press("ArrowDown")
    address = page.locator("[role=option][aria-selected=true]").get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"{re.escape(address)}$"))


def test_enter_without_a_choice_searches(page):
    page.goto("/search")
    type_in(page, "kestrel")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\?q=kestrel$"))


def test_without_a_script_a_day_and_a_publisher_narrow_and_a_search_is_kept(browser, live_site):
    context = browser.new_context(base_url=live_site, java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto("/search?q=dam")
    assert context.cookies() == []
    page.locator(".search-publishers a").first.click()
    page.get_by_text("The figures").click()
    page.locator(".search-counts th a").first.click()
    assert re.search(r"q=dam\+publisher%3A[^&]+\+after%3A[\d-]+\+before%3A", page.url)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Save this search").click()
    expect(page.get_by_role("heading", name="Your saved searches")).to_be_visible()
    assert [cookie["httpOnly"] for cookie in context.cookies()] == [True]
    page.get_by_role("button", name="Forget").click()
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_a_search(browser, live_site, scheme):
    from axe_playwright_python.sync_playwright import Axe

    # axe is put in by the test; the site's own policy would refuse it
    context = browser.new_context(base_url=live_site, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    for address in ("/search", "/search?q=dam+lang:en", "/search?q=dam+before:soon+publisher:nobody"):
        page.goto(address)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
    page.goto("/search")
    type_in(page, "kestrel")
    page.keyboard.press("ArrowDown")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    context.close()
