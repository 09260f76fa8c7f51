"""An editor at work in a real browser: signs in, moves a telling, finds it in the story's history."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.site import running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MAIL, PASSWORD = "editor@gazette.example", "a long and quiet password"


@pytest.fixture(scope="module")
def account(live_data) -> None:
    running.run("admin", MAIL, "--data", str(live_data), typed=f"{PASSWORD}\n")


def sign_in(page) -> None:
    page.goto("/admin/")
    page.fill("#id_login", MAIL)
    page.fill("#id_password", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile("/admin/$"))


def choose_first(page, action: str) -> None:
    page.goto("/admin/stories/placement/")
    page.locator("input.action-select").first.check()
    page.select_option("select[name=action]", action)
    page.locator("button[name=index]").click()


@pytest.mark.parametrize("width", [390, 1280])
def test_an_editor_signs_in_and_each_form_fits(page, account, width):
    problems = []
    page.on("console", lambda message: problems.append(message.text) if "Security Policy" in message.text else None)
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page)
    for action in ("move", "split", "pin"):
        choose_first(page, action)
        page.locator("#id_why").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert problems == []


def test_a_moved_telling_stands_in_the_history_of_both_stories(page, account):
    sign_in(page)
    page.goto("/admin/stories/story/")
    to = page.locator("td.field-number").first.inner_text()
    page.goto("/admin/stories/placement/")
    rows = page.locator("#result_list tbody tr")
    stands_in = Counter(page.locator("#result_list td.field-story_link").all_inner_texts())
    large = next(number for number, tellings in stands_in.items() if tellings > 1 and number != to)
    row = next(one for one in rows.all() if one.locator("td.field-story_link").inner_text() == large)
    headline, was = row.locator("th").inner_text(), row.locator("td.field-story_link").inner_text()
    row.locator("input.action-select").check()
    page.select_option("select[name=action]", "move")
    page.locator("button[name=index]").click()
    page.fill("#id_to", f"/story/{to}")
    page.fill("#id_why", "It tells of the same evening")
    page.get_by_role("button", name="Move").click()
    assert "1 moved to" in page.locator(".messagelist").inner_text()
    page.goto(f"/story/{to}")
    assert page.locator(".history li").first.is_hidden()
    page.locator(".history summary").click()
    assert headline in page.locator(".history").inner_text()
    assert "It tells of the same evening" in page.locator(".history").inner_text()
    page.goto(f"/story/{was}")
    page.locator(".history summary").click()
    assert page.locator(f'.history a[href="/story/{to}"]').count() >= 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_the_reasons_and_the_history(browser, live_site, scheme):
    from axe_playwright_python.sync_playwright import Axe

    # axe is put in by the test; the site's own policy would refuse it
    context = browser.new_context(base_url=live_site, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto("/search?q=Kestrel")
    page.locator(".results a[href^='/story/']").first.click()
    page.wait_for_url(re.compile(r"/story/\d+"))
    for summary in page.locator(".why-here summary, .history summary").all():
        summary.click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    context.close()
