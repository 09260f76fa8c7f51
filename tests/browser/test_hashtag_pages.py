"""Hashtag pages in a real browser: on a phone and a desk, in both schemes, in Arabic."""

from __future__ import annotations

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def open_first(page, letters: str) -> None:
    """The page of the most written hashtag that has these letters."""
    page.goto("/hashtags")
    page.get_by_role("link", name=re.compile(letters)).first.click()
    page.wait_for_url(re.compile("/hashtag/"))


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("letters", ["#[A-Z]", "#[\u0600-\u06ff]"])
def test_hashtag_page_fits(page, width, letters):
    page.set_viewport_size({"width": width, "height": 800})
    open_first(page, letters)
    assert page.locator("h1 bdi").inner_text().startswith("#")
    assert page.locator("article.story-item").count() >= 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("letters", ["#[A-Z]", "#[\u0600-\u06ff]"])
def test_axe_finds_no_fault_in_a_hashtag_page(browser, live_site, scheme, letters):
    from axe_playwright_python.sync_playwright import Axe

    # axe is put in by the test; the site's own policy would refuse it
    context = browser.new_context(base_url=live_site, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    open_first(page, letters)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.goto("/hashtags")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    context.close()
