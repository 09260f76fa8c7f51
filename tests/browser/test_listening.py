"""Listening, and what a browser remembers of a story."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_reading import open_long_story

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VOICE = """
Object.defineProperty(window, "SpeechSynthesisUtterance", {value: class { constructor(text) { this.text = text; } }});
window.said = [];
const voices = %s;
Object.defineProperty(window, "speechSynthesis", {value: {
  getVoices: () => voices, addEventListener() {}, paused: false,
  speak(one) { window.said.push(one); }, cancel() {}, pause() { this.paused = true; }, resume() { this.paused = false; },
}});
"""


def test_listening_marks_each_sentence_and_ends(page):
    page.add_init_script(VOICE % '[{lang: "en-GB"}, {lang: "ar"}]')
    open_long_story(page)
    button = page.get_by_role("button", name="Listen").first
    button.click()
    first = page.locator(".read-aloud").text_content()
    assert page.evaluate("said.length") == 1
    page.evaluate("said.at(-1).onend()")
    assert page.locator(".read-aloud").text_content() != first
    assert page.locator(".read-aloud").count() == 1
    page.get_by_role("button", name="Pause").click()
    assert page.evaluate("speechSynthesis.paused")
    page.get_by_role("button", name="Stop").click()
    assert page.locator(".read-aloud").count() == 0


def test_listening_is_hidden_where_there_is_no_voice(page):
    page.add_init_script(VOICE % "[]")
    open_long_story(page)
    assert page.get_by_role("button", name="Listen").count() == 0


def test_second_visit_after_news_offers_what_changed_and_keeps_it_in_the_browser(page):
    open_long_story(page)
    number = page.locator("form[data-story]").get_attribute("data-story")
    page.evaluate(f"localStorage.setItem('read {number}', '2020-01-01T00:00:00.000Z')")
    page.reload()
    page.locator("form[data-story] button").click()
    assert "since=2020-01-01" in page.url
    expect(page.locator(".since h3").first).to_be_visible()
    assert page.context.cookies() == []
