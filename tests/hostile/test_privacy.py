"""Real article pages ask nothing of others once the site shows them, and set no cookie."""

from __future__ import annotations

import pytest

from tests.hostile import privacy
from tests.hostile.figures import Run
from tests.hostile.watched_pages import Page, Seen


def test_a_request_or_a_cookie_turns_the_figure_red():
    quiet, asked, marked = (
        Seen(Page("/a")),
        Seen(Page("/b"), asked=["https://eye.invalid/1"]),
        Seen(Page("/c"), cookies=1),
    )
    assert privacy.asked_and_set("anonymous", [quiet], 1, has_cookies=False).is_reached
    for one in (asked, marked, Seen(Page("/d"), problem="answered 500")):
        assert not privacy.asked_and_set("anonymous", [quiet, one], 1, has_cookies=False).is_reached
    assert privacy.asked_and_set("a reader", [quiet, marked], 1, has_cookies=True).is_reached


@pytest.mark.long
@pytest.mark.browser
def test_a_tenth_of_the_real_pages(hostile, chromium, tmp_path):
    for figure in privacy.measure(Run(0.1, 7, hostile, tmp_path)):
        assert figure.is_reached, (figure.name, figure.got)
