"""What a screen reader would say, by the browser's own accessibility tree: roles, names, and in what order."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.browser.test_reading import open_long_story

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def assert_heard(said: str, *parts: str) -> None:
    """Each part is said, after the one before it. said: Playwright's tree, a line an element."""
    place = 0
    for part in parts:
        found = re.search(part, said[place:])
        assert found, (
            f"{part} is not said after {said[max(0, place - 200) : place]!r} in:\n{said[place : place + 3000]}"
        )
        place += found.end()


def levels(page) -> list[int]:
    return [int(one) for one in re.findall(r"heading .*\[level=(\d)\]", page.locator("body").aria_snapshot())]


def test_the_front_says_its_parts_and_each_story_with_its_source_and_publishers(page):
    page.goto("/")
    assert_heard(
        page.locator("body").aria_snapshot(),
        'link "Skip to the content"',
        r"- banner",
        r"- search",
        'combobox "Search"',
        'button "Search"',
        'navigation "Sections"',
        r"- main",
        r"- status",
        r'heading ".+" \[level=1\]',
        r"- article",
        r'heading ".+" \[level=2\]',
        r"- link",
        r"publishers? ",
        'link "Source: .+"',
        r"- list",
        r"- contentinfo",
        'navigation "All pages"',
    )


def test_a_story_says_its_sections_in_order_and_the_source_of_each_sentence(page):
    open_long_story(page)
    said = page.locator("main").aria_snapshot()
    assert_heard(
        said,
        r"- status",
        r"- article",
        r'heading ".+" \[level=1\]',
        'region "Brief"',
        'heading "Brief" \\[level=2\\]',
        r"- listitem",
        'link "Source: .+"',
        'button "Report “Brief”"',
        'region "Why now\\?"',
        'region "Timeline"',
        "time",
        'region "Who tells it"',
        r"- listitem",
        'region "Related articles"',
    )
    assert "dialog" not in said


@pytest.mark.parametrize("opened", ["front", "story", "article"])
def test_headings_go_down_by_one_level_at_a_time(page, opened):
    page.goto("/")
    if opened != "front":
        open_long_story(page)
    if opened == "article":
        page.locator("section[aria-labelledby=tellings] li a").first.click()
        page.wait_for_url(re.compile("/article/"))
    found = levels(page)
    assert found[0] == 1
    assert found.count(1) == 1
    assert all(later - one <= 1 for one, later in pairwise(found))


@pytest.mark.parametrize("width", [1280, 390], ids=["beside", "sheet"])
def test_a_source_note_is_a_dialog_named_by_its_source(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    open_long_story(page)
    mark = page.locator("#notes a.mark:visible").first
    assert mark.get_attribute("aria-haspopup") == "dialog"
    mark.click()
    page.get_by_role("dialog").locator("mark").wait_for()
    assert_heard(
        page.get_by_role("dialog").aria_snapshot(),
        'dialog "Source: .+"',
        'heading "Source: .+" \\[level=2\\]',
        r"- link",
        "time",
        "blockquote",
        "mark",
        'link "Its place in the article"',
        'link "Read it at the publisher"',
        'button "Close"',
    )
    # Under a sheet the page is silent; beside the text both are read.
    assert page.get_by_role("dialog").evaluate("note => note.matches(':modal')") is (width == 390)


def test_comments_say_that_there_are_none_and_what_each_field_is_for(page):
    open_long_story(page)
    page.locator("section[aria-labelledby=tellings] li a").first.click()
    page.wait_for_url(re.compile("/article/"))
    said = page.locator("#comments").aria_snapshot()
    assert_heard(
        said,
        'region "Comments"',
        'heading "Comments" \\[level=2\\]',
        'textbox "Your name"',
        'textbox "Your comment"',
        'button "Post"',
        "approved it",
    )
    assert "Leave this empty" not in said


def test_what_a_key_did_is_said_politely(page):
    open_long_story(page)
    page.keyboard.press("m")
    status = page.get_by_role("status").filter(has_text="Marked as read")
    status.wait_for()
    assert status.evaluate("node => node.closest('[aria-live=assertive], [role=alert]')") is None


def test_an_arabic_passage_is_said_in_arabic(page):
    page.goto("/section/world")
    headline = page.locator("h2[lang=ar]").first
    assert headline.get_attribute("dir") == "rtl"
    headline.locator("a").click()
    page.locator("#notes a.mark:visible").first.click()
    quote = page.get_by_role("dialog").locator("blockquote")
    quote.wait_for()
    assert (quote.get_attribute("lang"), quote.get_attribute("dir")) == ("ar", "rtl")
