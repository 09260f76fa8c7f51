"""The page of a change in a real browser: reached from its article, on a phone, in both schemes."""

from __future__ import annotations

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def open_change(page) -> None:
    page.goto("/search?q=Marsh fever found in 86")
    page.get_by_role("link", name=re.compile("Marsh fever found in 86")).first.click()
    page.wait_for_url(re.compile(r"/article/\d+"))
    page.get_by_role("link", name=re.compile("What changed")).first.click()
    page.wait_for_url(re.compile(r"/changes/\d+"))


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_change_is_one_click_from_its_article_and_fits(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    open_change(page)
    removed, added = page.locator(".diff.body del").first, page.locator(".diff.body ins").first
    assert "68" in removed.inner_text()
    assert "86" in added.inner_text()
    for mark, line in ((removed, "line-through"), (added, "underline")):
        assert line in mark.evaluate("node => getComputedStyle(node).textDecorationLine")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_a_change(browser, live_site, scheme):
    from axe_playwright_python.sync_playwright import Axe

    # axe is put in by the test; the site's own policy would refuse it
    context = browser.new_context(base_url=live_site, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    open_change(page)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("link", name="All earlier versions").click()
    page.wait_for_url(re.compile("#versions"))
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    context.close()
