"""Following, saving and marking in a real browser: no reload, no script needed, and what the browser kept goes along."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.site import running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIGN_IN = """
import sys, django
django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
from newsroom.readers.models import Reader
reader, _ = Reader.objects.get_or_create(username=sys.argv[1])
for rows in (reader.follows, reader.mutes, reader.saved, reader.seen):
    rows.all().delete()
Reader.objects.filter(pk=reader.pk).update(keeps_history=False)
session = SessionStore()
session[SESSION_KEY] = str(reader.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = reader.get_session_auth_hash()
session.save()
print(session.session_key)
"""


@pytest.fixture
def signed_in(browser, live_site, live_data):
    """Open a window in which that reader is signed in."""
    contexts = []
    place = {"BACKSTORY_DATA": str(live_data), "DJANGO_SETTINGS_MODULE": "newsroom.settings"}

    def open_window(name: str = "ada@example.org", **options):
        command = [sys.executable, "-c", SIGN_IN, name]
        env = {**os.environ, **running.environment(**place)}
        done = subprocess.run(
            command, cwd=running.ROOT, env=env, check=True, timeout=60, capture_output=True, text=True
        )
        viewport = {"width": 390, "height": 844}
        context = browser.new_context(base_url=live_site, viewport=viewport, has_touch=True, **options)
        context.add_cookies([{"name": "sessionid", "value": done.stdout.split()[-1], "url": live_site}])
        contexts.append(context)
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()


def open_story(page) -> str:
    page.goto("/search?q=gantry")
    page.goto(page.locator(".results a[href^='/story/']").first.get_attribute("href"))
    return page.url


def test_a_button_works_without_a_reload_and_says_so(signed_in):
    page = signed_in()
    open_story(page)
    page.evaluate("window.isTheSame = true")
    button = page.locator("header [data-of=save]")
    button.tap()
    page.get_by_role("status").filter(has_text="Saved in your account.").wait_for()
    assert button.get_attribute("aria-pressed") == "true"
    page.locator("header [data-of=read]").tap()
    page.get_by_role("status").filter(has_text="Marked as read.").wait_for()
    button.tap()
    page.get_by_role("status").filter(has_text="No longer saved.").wait_for()
    assert page.evaluate("window.isTheSame")
    assert page.locator("header [data-of=read]").get_attribute("aria-pressed") == "true"


def test_the_same_buttons_work_without_a_script(signed_in):
    page = signed_in(java_script_enabled=False)
    address = open_story(page)
    with page.expect_navigation(url=address):
        page.locator("header [data-of=save]").tap()
    assert page.locator("header [data-of=save]").get_attribute("aria-pressed") == "true"
    page.goto("/section/world")
    with page.expect_navigation(url=re.compile("/section/world")):
        page.locator(".list-head [data-of=follow]").tap()
    page.goto("/following")
    assert page.locator("main .kept a").inner_text() == "World"


def test_keys_mark_and_save_in_the_account(signed_in):
    page = signed_in()
    page.goto("/stories")
    page.keyboard.press("j")
    page.keyboard.press("m")
    page.get_by_role("status").filter(has_text="Marked as read.").wait_for()
    page.keyboard.press("s")
    page.get_by_role("status").filter(has_text="Saved in your account.").wait_for()
    page.reload()
    assert page.locator(".story-item.is-read").count() == 1
    assert page.evaluate("localStorage.getItem('read')") is None
    page.goto("/saved")
    assert page.locator("main .kept li").count() == 1


def test_opening_is_told_by_the_script_to_who_asked_for_a_history(signed_in):
    page = signed_in()
    open_story(page)
    page.goto("/history")
    assert page.locator("main .kept li").count() == 0
    page.get_by_role("button", name="Keep a history for me").tap()
    page.wait_for_url(re.compile("done=on"))
    with page.expect_response("**/keep"):
        open_story(page)
    page.goto("/history")
    assert page.locator("main .kept li").count() == 1
    page.locator("main .kept button").tap()
    page.get_by_text("The line is deleted").wait_for()
    assert page.locator("main .kept li").count() == 0
    page.get_by_role("button", name="Turn it off and delete all lines").tap()
    page.get_by_role("button", name="Keep a history for me").wait_for()


def test_who_has_no_account_saves_by_touch_and_carries_it_into_one(signed_in):
    page = signed_in()
    session = page.context.cookies()
    page.context.clear_cookies()
    open_story(page)
    page.locator("[data-do=saved]").tap()
    page.get_by_role("status").filter(has_text="Saved on this device").wait_for()
    page.locator("[data-do=read]").tap()
    assert page.locator("[data-do=read]").get_attribute("aria-pressed") == "true"
    assert page.context.cookies() == []
    page.context.add_cookies(session)
    page.goto("/following")
    page.get_by_text("In this browser: 1 saved, 1 read.").wait_for()
    page.get_by_role("button", name="Carry it into my account").tap()
    page.get_by_role("heading", name="Carried into your account").wait_for()
    assert page.evaluate("[localStorage.getItem('saved'), localStorage.getItem('read')]") == [None, None]
    page.goto("/saved")
    assert page.locator("main .kept li").count() == 1


def test_what_is_for_one_reader_is_not_left_in_the_browser(signed_in):
    page = signed_in()
    told = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    for address in ("/following", "/saved", "/history"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert told == []


@pytest.mark.parametrize(("locale", "scheme"), [("en", "light"), ("ar", "dark")])
def test_axe_finds_no_fault_in_pages_with_buttons(signed_in, locale, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = signed_in(locale=locale, color_scheme=scheme)
    address = open_story(page)
    for selector in ("[data-of=save]", "[data-of=read]", "[data-of=follow]"):
        with page.expect_response(re.compile("/(keep|follow)$")):
            page.locator(f"header {selector}").tap()
    article = page.locator(".tellings a[href^='/article/']").first.get_attribute("href")
    page.goto(article)
    with page.expect_response("**/follow"):
        page.locator("header [data-of=mute]").tap()
    page.goto("/history")
    page.locator("main button[value=on]").tap()
    page.wait_for_url(re.compile("done=on"))
    with page.expect_response("**/keep"):
        page.goto(article)
    for one in (address, article, "/following", "/saved", "/history", "/stories", "/section/world", "/search?q=dam"):
        page.goto(one)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, one
        found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
        assert found.violations_count == 0, f"{one}: {found.generate_report()}"
