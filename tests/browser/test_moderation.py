"""Moderation by keyboard, the forms of corrections, and the proof of work, in a real browser."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.site import running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEED = """
import json
import django
django.setup()
from datetime import timedelta
from importlib import import_module
from django.conf import settings
from django.utils import timezone
from newsroom.comments import proof
from newsroom.comments.models import Comment
from newsroom.comments.moderation import Correction, ModerationAct
from newsroom.readers.models import Reader
from newsroom.stories.models import Story
now = timezone.now()
ModerationAct.objects.all().delete()
Comment.objects.filter(name="Seeded").delete()
Correction.objects.all().delete()
story = Story.objects.public().order_by("-article_count").first()
for number in range(200):
    Comment.objects.create(
        story=story, name="Seeded", text=f"Seeded comment {number} of the night at the dam", held_because=["first"],
        created_at=now - timedelta(minutes=200 - number), address_hash="seeded")
Correction.objects.create(
    story=story, sentence="A sentence", text="Another", source="https://a.example/x", digest="seeded", at=now)
keys = {}
for role in ("moderator", "editor"):
    reader, _ = Reader.objects.get_or_create(username=f"{role}@keys.example", defaults={"role": role})
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["_auth_user_id"] = str(reader.pk)
    session["_auth_user_backend"] = "newsroom.readers.signing_in.SignIn"
    session["_auth_user_hash"] = reader.get_session_auth_hash()
    session.save()
    keys[role] = session.session_key
print(json.dumps({**keys, "start": proof.start_of(story, now), "story": story.pk, "article": story.lead_id}))
"""
COUNT = """
import django
django.setup()
from collections import Counter
from newsroom.comments.models import Comment
print(dict(Counter(Comment.objects.filter(name="Seeded").values_list("state", flat=True))))
"""
FORM = """(start) => {
  const form = document.createElement("form");
  form.innerHTML = '<input type="hidden" name="started"><input type="hidden" name="proof" data-bits="16"><input name="text">';
  form.elements.started.value = start;
  document.querySelector("main").prepend(form);
}"""


def told(data, code: str) -> str:
    place = {"BACKSTORY_DATA": str(data), "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=running.ROOT, env=running.environment(**place), capture_output=True, check=True, timeout=120
    )
    return done.stdout.decode()


@pytest.fixture
def seeded(live_data):
    return json.loads(told(live_data, SEED))


def open_as(browser, live_site, key: str, **more):
    context = browser.new_context(base_url=live_site, **more)
    context.add_cookies([{"name": "sessionid", "value": key, "url": live_site}])
    return context.new_page()


def test_two_hundred_held_comments_are_worked_through_by_keys_alone(browser, live_site, live_data, seeded):
    page = open_as(browser, live_site, seeded["moderator"])
    page.goto("/moderation?queue=pending")
    page.keyboard.press("j")
    for number in range(200):
        if number % 4 == 3:
            page.keyboard.press("r")
        with page.expect_navigation():
            page.keyboard.press("2" if number % 4 == 3 else "a")
    expect(page.get_by_text("Nothing waits here.")).to_be_visible()
    assert told(live_data, COUNT).strip() in ("{'shown': 150, 'refused': 50}", "{'refused': 50, 'shown': 150}")
    with page.expect_navigation():
        page.keyboard.press("u")
    expect(page.get_by_text("Undone")).to_be_visible()
    expect(page.get_by_text("Seeded comment 199")).to_be_visible()


def test_no_key_decides_while_somebody_writes(browser, live_site, live_data, seeded):
    page = open_as(browser, live_site, seeded["moderator"])
    page.goto("/moderation?queue=pending")
    page.get_by_text("Say more to its writer").first.click()
    field = page.get_by_label("To its writer, if more is to be said").first
    field.press_sequentially("a jar of u")
    field.press("Enter")
    assert field.input_value() == "a jar of u"
    assert told(live_data, COUNT).strip() == "{'held': 200}"


def test_a_moderator_without_scripts_approves_by_the_form(browser, live_site, live_data, seeded):
    page = open_as(browser, live_site, seeded["moderator"], java_script_enabled=False)
    page.goto("/moderation?queue=pending")
    page.get_by_role("button", name="Approve").first.click()
    expect(page.get_by_text("Approved: it is shown now.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_be_visible()
    assert told(live_data, COUNT).strip() == "{'held': 200}"


def test_the_script_does_the_work_that_the_site_asks_for(browser, live_site, live_data, seeded):
    context = browser.new_context(base_url=live_site, bypass_csp=True)
    page = context.new_page()
    page.goto("/about")
    page.evaluate(FORM, seeded["start"])
    page.add_script_tag(url="/static/proof.js")
    assert page.locator("[name=proof]").input_value() == ""  # no work before somebody writes
    page.locator("[name=text]").nth(0).focus()
    page.wait_for_function("document.querySelector('[name=proof]').value !== ''", timeout=60_000)
    done = page.locator("[name=proof]").input_value()
    check = f"import django; django.setup(); from newsroom.comments import proof; print(proof.is_worked({done!r}))"
    assert told(live_data, check).strip() == "True"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_no_fault_and_nothing_is_too_wide(browser, live_site, seeded, scheme, language):
    from axe_playwright_python.sync_playwright import Axe

    addresses = {
        "moderator": ["/moderation?queue=pending", "/moderation/counts"],
        "editor": [
            "/corrections", "/corrections/mine", f"/story/{seeded['story']}/correct",
            f"/article/{seeded['article']}/correct?sentence=1",
        ],
    }  # fmt: skip
    for who, pages in addresses.items():
        # axe is put in by the test; the site's own policy would refuse it
        page = open_as(
            browser, live_site, seeded[who], bypass_csp=True, color_scheme=scheme, locale=language,
            viewport={"width": 320, "height": 700},
        )  # fmt: skip
        for address in pages:
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
            found = Axe().run(page)
            assert found.violations_count == 0, f"{address}: {found.generate_report()}"
        page.context.close()
