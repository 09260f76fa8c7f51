"""Reading with the keys alone, and with what a key marks; never while typing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_reading import open_long_story

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ARABIC_J = {"key": "ت", "code": "KeyJ"}  # as an Arabic keyboard sends what j is on a Latin one


@pytest.fixture
def wide(page):
    page.set_viewport_size({"width": 1280, "height": 900})
    return page


def focused(page) -> str:
    return page.evaluate("document.activeElement.textContent.trim()")


def headlines(page):
    return page.locator(".story-item h2 a")


def test_a_reader_walks_from_the_front_to_a_source_and_back_by_keys_alone(wide):
    wide.goto("/")
    for key in "jjk":
        wide.keyboard.press(key)
    assert focused(wide) == headlines(wide).first.inner_text()
    wide.keyboard.press("j")
    title = headlines(wide).nth(1).inner_text()
    wide.keyboard.press("o")
    wide.wait_for_url(re.compile(r"/story/\d+"))
    assert wide.get_by_role("heading", level=1).inner_text() == title
    wide.keyboard.press("n")
    mark = wide.evaluate("document.activeElement.getAttribute('href')")
    assert "#s" in mark
    wide.keyboard.press("Enter")
    wide.get_by_role("dialog").locator("mark").wait_for()
    assert focused(wide).startswith("Source:")
    wide.keyboard.press("Escape")
    wide.get_by_role("dialog").wait_for(state="hidden")
    assert wide.evaluate("document.activeElement.getAttribute('href')") == mark
    wide.keyboard.press("g")
    wide.keyboard.press("f")
    wide.wait_for_url(re.compile(r"/$"))


def test_j_and_k_go_by_sections_in_a_story_and_n_and_p_by_sources(wide):
    open_long_story(wide)
    seen = []
    for _ in range(3):
        wide.keyboard.press("j")
        seen.append(focused(wide))
    assert seen[1:] == ["Brief", "Why now?"]
    wide.keyboard.press("k")
    assert focused(wide) == "Brief"
    wide.keyboard.press("n")
    first = wide.evaluate("document.activeElement.getAttribute('href')")
    wide.keyboard.press("n")
    wide.keyboard.press("p")
    assert wide.evaluate("document.activeElement.getAttribute('href')") == first


def test_h_and_l_go_along_the_list_that_a_story_was_opened_from(wide):
    wide.goto("/")
    addresses = [one.get_attribute("href") for one in headlines(wide).all()[:3]]
    headlines(wide).nth(1).click()
    wide.wait_for_url(re.compile(f"{addresses[1]}$"))
    wide.keyboard.press("l")
    wide.wait_for_url(re.compile(f"{addresses[2]}$"))
    wide.keyboard.press("h")
    wide.wait_for_url(re.compile(f"{addresses[1]}$"))


@pytest.mark.parametrize(
    ("letter", "path"), [("e", "/edition"), ("h", "/hashtags"), ("p", "/publishers"), ("a", "/about"), ("f", "/")]
)
def test_g_and_a_letter_go_to_a_page(wide, letter, path):
    wide.goto("/keys")
    wide.keyboard.press("g")
    wide.keyboard.press(letter)
    wide.wait_for_url(re.compile(f"{path}$"))


def test_g_s_puts_one_at_the_sections_and_the_slash_into_the_search(wide):
    wide.goto("/about")
    wide.keyboard.press("g")
    wide.keyboard.press("s")
    assert wide.evaluate("document.activeElement.matches('nav.sections a')")
    wide.keyboard.press("/")
    assert wide.evaluate("document.activeElement.type") == "search"
    assert wide.locator("input[type=search]").first.input_value() == ""


def test_v_opens_an_article_at_its_publisher(wide):
    wide.route("**/*.example/**", lambda route: route.fulfill(body="the publisher's own page"))
    open_long_story(wide)
    wide.locator("section[aria-labelledby=tellings] li a").first.click()
    wide.wait_for_url(re.compile("/article/"))
    original = wide.locator("a.original").first.get_attribute("href")
    wide.keyboard.press("v")
    wide.wait_for_url(original)


def test_letters_that_one_types_are_no_keys(wide):
    wide.goto("/")
    wide.locator("input[type=search]").first.focus()
    wide.keyboard.type("gfjm?/")
    assert wide.locator("input[type=search]").first.input_value() == "gfjm?/"
    assert wide.get_by_role("dialog").count() == 0
    assert wide.evaluate("localStorage.getItem('read')") is None
    assert wide.url.endswith("/")


@pytest.mark.parametrize("held", ["Control", "Alt", "Meta", "Shift"])
def test_with_a_key_held_the_letters_belong_to_the_browser(wide, held):
    wide.goto("/")
    for letter in ("j", "m", "s"):
        wide.evaluate(
            """([letter, held]) => document.body.dispatchEvent(new KeyboardEvent("keydown", {
              key: held === "Shift" ? letter.toUpperCase() : letter, code: "Key" + letter.toUpperCase(), bubbles: true,
              ctrlKey: held === "Control", altKey: held === "Alt", metaKey: held === "Meta", shiftKey: held === "Shift" }))""",
            [letter, held],
        )
    assert wide.evaluate("document.activeElement === document.body")
    assert wide.evaluate("localStorage.getItem('read') || localStorage.getItem('saved')") is None


def test_a_reader_may_have_no_keys(wide):
    wide.goto("/")
    wide.evaluate("document.documentElement.dataset.keys = 'off'")
    for key in ("j", "m", "?"):
        wide.keyboard.press(key)
    assert wide.evaluate("document.activeElement === document.body")
    assert wide.get_by_role("dialog").count() == 0


def test_a_keyboard_of_another_script_has_the_same_keys(wide):
    wide.goto("/")
    wide.evaluate(
        "sent => document.body.dispatchEvent(new KeyboardEvent('keydown', { ...sent, bubbles: true }))", ARABIC_J
    )
    assert focused(wide) == headlines(wide).first.inner_text()
    sent = {"key": "؟", "code": "Slash", "shiftKey": True}
    wide.evaluate("sent => document.body.dispatchEvent(new KeyboardEvent('keydown', { ...sent, bubbles: true }))", sent)
    wide.get_by_role("dialog").get_by_role("heading", name="Keys").wait_for()


def test_the_keys_are_listed_over_the_page_and_close_again(wide):
    wide.goto("/publishers")
    wide.keyboard.press("?")
    sheet = wide.get_by_role("dialog", name="Keys")
    sheet.wait_for()
    for key in ("j", "k", "n", "p", "o", "v", "m", "s", "/", "g", "h", "l", "?", "Esc"):
        assert sheet.locator("kbd").get_by_text(key, exact=True).count() >= 1, key
    wide.keyboard.press("j")
    assert wide.evaluate("document.querySelector('dialog').contains(document.activeElement)")
    wide.keyboard.press("Escape")
    sheet.wait_for(state="hidden")
    assert wide.url.endswith("/publishers")


def test_a_story_marked_as_read_is_said_so_to_the_eye_and_to_the_ear_until_it_is_unmarked(wide):
    wide.goto("/")
    assert wide.locator(".is-read").count() == 0
    wide.keyboard.press("j")
    colour = "node => getComputedStyle(node).color"
    first = wide.locator(".story-item h2 a").first
    before = first.evaluate(colour)
    wide.keyboard.press("m")
    wide.get_by_role("status").filter(has_text="Marked as read").wait_for()
    wide.reload()
    assert first.evaluate(colour) != before
    assert re.search(r"\(read\)$", first.inner_text())
    wide.keyboard.press("j")
    wide.keyboard.press("m")
    wide.get_by_role("status").filter(has_text="Marked as unread").wait_for()
    assert first.evaluate(colour) == before
    assert "(read)" not in first.inner_text()


def test_opening_a_story_alone_marks_nothing(wide):
    wide.goto("/")
    headlines(wide).first.click()
    wide.wait_for_url(re.compile("/story/"))
    wide.goto("/")
    assert wide.locator(".is-read").count() == 0
    assert wide.evaluate("localStorage.getItem('read')") is None
    assert wide.context.cookies() == []


def test_what_is_saved_stands_at_saved_until_it_is_removed(wide):
    wide.goto("/saved")
    expect(wide.get_by_text("Nothing is saved yet")).to_be_visible()
    open_long_story(wide)
    title = wide.get_by_role("heading", level=1).inner_text()
    wide.keyboard.press("s")
    wide.get_by_role("status").get_by_role("link", name="Saved on this device").click()
    wide.wait_for_url(re.compile("/saved"))
    assert wide.get_by_role("link", name=title).get_attribute("href").startswith("/story/")
    wide.get_by_role("button", name=f"Remove “{title}”").click()
    expect(wide.get_by_text("Nothing is saved yet")).to_be_visible()
    wide.reload()
    expect(wide.get_by_text("Nothing is saved yet")).to_be_visible()


def test_keys_do_no_harm_where_the_browser_keeps_nothing(browser, live_site):
    context = browser.new_context(base_url=live_site)
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto("/")
    for key in "jms":
        page.keyboard.press(key)
    page.get_by_role("status").filter(has_text="keeps nothing").wait_for()
    page.goto("/saved")
    expect(page.get_by_text("Nothing is saved yet")).to_be_visible()
    assert problems == []
    context.close()
