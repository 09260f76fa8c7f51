"""A conversation in a real browser: quoted by selection, voted on without leaving, sound by axe, on a narrow phone."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.site import running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEED = """
import json
from datetime import timedelta
import django
django.setup()
from django.test import Client
from django.utils import timezone
from newsroom.articles.models import Article
from newsroom.comments import save
from newsroom.comments.models import Told
from tests.site.talking import attempt, make_reader, say
now = timezone.now()
ada, ben = make_reader("Ada", role="editor", now=now), make_reader("Ben", now=now)
article = Article.objects.filter(title__contains="The morning the Kestrel").first()
root = say(article, "Who has the **key**?", reader=ada, now=now)
parent = root
for depth in range(3):
    parent = say(article, f"> Who has the key?\\n\\nDepth {depth}, @Ben", reader=(ben, ada)[depth % 2], parent=parent, now=now)
own = say(article, "Mine, to be changed", reader=ben, now=now)
save.edit_comment(own, attempt(article, "Mine, changed", reader=ben, now=now))
client = Client()
client.force_login(ben)
print(json.dumps({"article": article.pk, "root": root.pk, "own": own.pk, "session": client.cookies["sessionid"].value}))
"""


@pytest.fixture(scope="module")
def thread(live_site, live_data) -> dict[str, str]:
    place = {"BACKSTORY_DATA": str(live_data), "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
    env = running.environment(**place)
    done = subprocess.run([sys.executable, "-c", SEED], cwd=running.ROOT, env=env, stdout=subprocess.PIPE, check=True)
    told: dict[str, str] = json.loads(done.stdout)
    return told


@pytest.fixture
def signed_in(browser, live_site, thread):
    """Ben's browser."""
    context = browser.new_context(base_url=live_site, viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": "sessionid", "value": thread["session"], "url": live_site}])
    yield context.new_page()
    context.close()


def test_selected_words_of_the_news_are_quoted_into_the_form(page, thread):
    page.goto(f"/article/{thread['article']}")
    words = page.evaluate(
        """() => {
            const sentence = document.querySelector("#body span[id]");
            getSelection().selectAllChildren(sentence);
            return sentence.textContent.trim();
        }"""
    )
    page.get_by_role("button", name="Quote").click()
    assert page.get_by_label("Your comment").input_value() == f"> {words}\n\n"
    assert page.evaluate("document.activeElement.id") == "comment-text"


def test_a_vote_is_counted_without_leaving_the_page(signed_in, thread):
    page = signed_in
    page.goto(f"/article/{thread['article']}/comments")
    up = page.locator(f"#comment-{thread['root']} > .acts button").first
    before = page.url
    for pressed, count in (("true", "1"), ("false", "0")):
        with page.expect_response("**/vote"):
            up.click()
        page.wait_for_function(
            "([one, pressed]) => one.getAttribute('aria-pressed') === pressed", arg=[up.element_handle(), pressed]
        )
        assert up.locator(".count").inner_text() == count
    assert page.url == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_no_fault_and_nothing_is_too_wide(browser, live_site, thread, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(
        base_url=live_site, viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=True
    )
    context.add_cookies([{"name": "sessionid", "value": thread["session"], "url": live_site}])
    page = context.new_page()
    root, own = thread["root"], thread["own"]
    for address in (
        f"/article/{thread['article']}/comments", f"/comment/{root}/answer", f"/comment/{root}/answers",
        f"/comment/{root}/report", f"/comment/{own}/edit", f"/comment/{own}/delete", f"/comment/{own}/versions",
        "/comments/mine",
    ):  # fmt: skip
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        found = Axe().run(page).response["violations"]
        assert [(address, one["id"], one["nodes"][0]["html"]) for one in found] == []
    context.close()
