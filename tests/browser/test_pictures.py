"""Lead pictures in a real browser: they come from here, and nothing on the page moves when they come."""

from __future__ import annotations

import re
import urllib.request  # noqa: TID251  of the site under test alone

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHIFT = """new Promise(done => { let sum = 0;
new PerformanceObserver(list => list.getEntries().forEach(one => sum += one.value)).observe({type: 'layout-shift', buffered: true});
setTimeout(() => done(sum), 300); })"""


@pytest.fixture(scope="module")
def with_picture(live_site: str) -> str:
    """The address of an article with a picture."""
    with urllib.request.urlopen(f"{live_site}/search?q=Kestrel+dam") as answer:  # noqa: TID251
        numbers = re.findall(r'href="/article/(\d+)', answer.read().decode())
    for number in dict.fromkeys(numbers):
        with urllib.request.urlopen(f"{live_site}/article/{number}") as answer:  # noqa: TID251
            if b"srcset" in answer.read():
                return f"{live_site}/article/{number}"
    pytest.fail("no article of the sample about the dam shows a picture")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_picture_comes_from_here_and_moves_nothing(browser, live_site, with_picture, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(with_picture, wait_until="networkidle")
    assert page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
    assert all(url.startswith(live_site) for url in asked)
    assert page.evaluate(SHIFT) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = page.evaluate("document.querySelector('.picture img').getBoundingClientRect().width")
    assert shown <= width
    page.close()


def test_a_narrow_screen_is_given_a_small_copy(browser, with_picture):
    page = browser.new_page(viewport={"width": 320, "height": 600})
    page.goto(with_picture, wait_until="networkidle")
    assert "/320/" in page.evaluate("document.querySelector('.picture img').currentSrc")
    page.close()
