"""The pages in Arabic in a real browser: mirrored, nothing too wide, no fault that axe finds, chosen without a script."""

from __future__ import annotations

import pytest

from tests.browser.test_every_page import addresses, open_folds  # noqa: F401  the fixture

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def arabic(browser, live_site):
    """A window whose browser asks for Arabic, at phone width."""
    context = browser.new_context(
        base_url=live_site, locale="ar", bypass_csp=True, viewport={"width": 390, "height": 844}
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_no_arabic_page_scrolls_sideways(arabic, addresses, width):  # noqa: F811
    arabic.set_viewport_size({"width": width, "height": 800})
    for kind, address in {**addresses, "choices": "/choices"}.items():
        arabic.goto(address)
        assert arabic.evaluate("document.documentElement.dir") == "rtl"
        open_folds(arabic)
        assert arabic.evaluate("document.documentElement.scrollWidth") <= width, kind


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_any_arabic_page(arabic, addresses, scheme):  # noqa: F811
    from axe_playwright_python.sync_playwright import Axe

    arabic.emulate_media(color_scheme=scheme)
    for kind, address in {**addresses, "choices": "/choices"}.items():
        arabic.goto(address)
        open_folds(arabic)
        found = Axe().run(arabic, options={"rules": {"target-size": {"enabled": True}}})
        assert found.violations_count == 0, f"{kind}: {found.generate_report()}"


def test_the_page_is_mirrored(arabic):
    arabic.set_viewport_size({"width": 1280, "height": 800})
    arabic.goto("/")
    name = arabic.locator(".masthead .name a").bounding_box()
    search = arabic.locator(".masthead .search").bounding_box()
    first, second = (arabic.locator("nav.sections a").nth(place).bounding_box() for place in (0, 1))
    assert name["x"] > search["x"]
    assert first["x"] > second["x"]


def test_an_arabic_day_under_an_english_quote_reads_from_the_right(arabic, live_site):
    arabic.goto("/search?q=gantry")
    arabic.locator("a[href^='/story/']").first.click()
    open_folds(arabic)
    day = arabic.locator("#quotes ~ .quoted time").first
    assert (
        arabic.evaluate("node => getComputedStyle(node.closest('figcaption')).direction", day.element_handle()) == "ltr"
    )
    ends = """node => { const range = document.createRange(); const text = node.firstChild; const at = place => {
      range.setStart(text, place); range.setEnd(text, place + 1); return range.getBoundingClientRect().x };
      return [at(0), at(text.length - 1)] }"""
    first, last = day.evaluate(ends)
    assert first > last  # the day of the month stands to the right of the year


def test_language_theme_and_digits_are_chosen_without_a_script(browser, live_site):
    context = browser.new_context(base_url=live_site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/about")
    assert context.cookies() == []
    page.get_by_role("button", name="العربية").click()
    assert page.url.endswith("/about")
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.get_by_role("link", name="كل الخيارات").click()
    page.get_by_label("٠١٢٣").check()
    page.get_by_label("داكن").check()
    page.get_by_role("button", name="حفظ").click()
    assert page.url.endswith("/about")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert [(one["name"], one["httpOnly"], one["sameSite"]) for one in context.cookies()] == [("choices", True, "Lax")]
    page.goto("/choices")
    page.get_by_role("button", name="نسيان خياراتي").click()
    assert context.cookies() == []
    assert page.locator("html").get_attribute("dir") == "ltr"
    context.close()
