"""Passwords for apps and lists of feeds in a real browser, without a script: made, brought, ended; no fault by axe."""

from __future__ import annotations

import pytest

from tests.browser.test_editing import PASSWORD, account, sign_in  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LIST = b'<opml><body><outline type="rss" text="Nobody" xmlUrl="https://nobody.example/feed"/></body></opml>'


def axe_is_content(page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(320, "dark", "en"), (390, "light", "ar"), (1280, "light", "en")]
)
def test_a_password_is_made_and_ended_and_a_list_is_brought(browser, live_site, account, width, scheme, language):  # noqa: F811
    # axe is put in by the test; the site's own policy would refuse it
    context = browser.new_context(
        base_url=live_site, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    sign_in(page)
    context.set_extra_http_headers({"Accept-Language": language})
    page.goto("/account/app-passwords")
    name = f"Phone {width}"
    page.fill("#name", name)
    page.locator("button[value=make]").click()
    page.fill("input[name=password]", PASSWORD)  # a password for an app is asked for by who knows the account's
    page.locator("main form button[type=submit]").first.click()
    secret = page.locator(".secret").inner_text()
    assert len(secret) > 30
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe_is_content(page)
    page.locator("li", has_text=name).get_by_role("button").click()
    assert page.locator("li", has_text=name).count() == 0
    page.goto("/following/import")
    page.set_input_files("#file", files=[{"name": "a.opml", "mimeType": "text/xml", "buffer": LIST}])
    page.locator("form.choices button").click()
    assert "https://nobody.example/feed" in (page.locator("textarea").input_value())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe_is_content(page)
    context.close()
