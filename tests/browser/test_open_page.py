"""A page that stays open: it says what came, in a place of its own, and asks no more than it must."""

from __future__ import annotations

import pytest

from tests.browser.test_reading import open_long_story
from tests.browser.test_source_notes import SHIFTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def clocked(page):
    """A page whose time the test moves."""
    page.clock.install()
    return page


def answering(page, **answer):
    """Answers that page's questions; the questions asked so far."""
    asked = []

    def fulfil(route):
        asked.append(route.request.url)
        route.fulfill(json=answer)

    page.route("**/new?since=*", fulfil)
    return asked


def pass_minutes(page, minutes: int) -> None:
    for _ in range(minutes):
        page.clock.run_for(60_000)
        # A question of our own, all the way to the site and back: the page's has had its answer by then.
        page.evaluate("fetch('/healthz').then(() => 0, () => 0)")
        page.evaluate("0")


def test_new_publishers_are_said_at_the_top_and_nothing_moves(clocked):
    asked = answering(clocked, publishers=3, articles=4, words="3 new publishers: show")
    open_long_story(clocked)
    clocked.evaluate("scrollTo(0, 600)")
    before = clocked.locator("#brief").bounding_box()
    pass_minutes(clocked, 1)
    bar = clocked.get_by_role("status").filter(has_text="3 new publishers")
    bar.wait_for()
    assert len(asked) == 1
    assert clocked.locator("#brief").bounding_box() == before
    assert (
        clocked.evaluate(SHIFTS.replace("requestAnimationFrame(() => setTimeout(() => done(all), 200))", "done(all)"))
        == 0
    )
    assert clocked.title().startswith("(3) ")
    assert bar.get_by_role("link").get_attribute("href") in clocked.url


def test_the_front_says_new_stories(clocked):
    answering(clocked, stories=5, words="5 new stories: show")
    clocked.goto("/")
    pass_minutes(clocked, 1)
    clocked.get_by_role("status").filter(has_text="5 new stories").get_by_role("link").click()
    clocked.wait_for_url("**/")
    assert not clocked.title().startswith("(")


def test_the_site_itself_answers_that_nothing_came(page):
    open_long_story(page)
    address = page.locator("[data-news]").get_attribute("data-news")
    assert page.evaluate("async address => (await fetch(address)).json()", address)["words"] == ""


def test_a_hidden_or_offline_page_asks_nothing(clocked):
    asked = answering(clocked, words="")
    clocked.goto("/")
    clocked.evaluate("""() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    pass_minutes(clocked, 5)
    assert asked == []
    with clocked.expect_response("**/new?since=*"):
        clocked.evaluate("""() => {
          Object.defineProperty(document, "hidden", { value: false });
          document.dispatchEvent(new Event("visibilitychange"));
        }""")
        clocked.clock.run_for(2000)
    assert len(asked) == 1
    clocked.context.set_offline(True)
    clocked.wait_for_function("() => !navigator.onLine")
    pass_minutes(clocked, 5)
    assert len(asked) == 1


def test_a_page_whose_questions_fail_asks_ever_more_seldom(clocked):
    asked = []

    def fail(route):
        asked.append(1)
        route.fulfill(status=503)

    clocked.route("**/new?since=*", fail)
    clocked.goto("/")
    pass_minutes(clocked, 30)
    assert 3 <= len(asked) <= 5  # after 1, 3, 7, 15, 31 minutes


def test_a_story_that_is_gone_is_asked_for_once(clocked):
    asked = []

    def gone(route):
        asked.append(1)
        route.fulfill(status=404)

    clocked.route("**/new?since=*", gone)
    open_long_story(clocked)
    pass_minutes(clocked, 5)
    assert asked == [1]
