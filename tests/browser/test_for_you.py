"""For you in a real browser: turned and emptied without a script, nothing too wide, no fault that axe finds."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.site import running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
A_READER = """
import django
django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from newsroom.readers.models import Follow, Mute, Reader, Seen
from newsroom.stories.models import Hashtag, Story
reader, now = Reader.objects.create_user("ben", password="a long and quiet password"), timezone.now()
for tag in Hashtag.objects.filter(is_blocked=False).order_by("-article_count")[:3]:
    Follow.objects.create(reader=reader, kind="hashtag", key=tag.key, name=tag.name, since=now)
Mute.objects.create(reader=reader, kind="word", key="zebra", name="zebra", since=now)
for story in Story.objects.public()[:5]:
    Seen.objects.create(reader=reader, kind="story", key=str(story.pk), at=now)
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(reader.pk), reader.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "newsroom.readers.signing_in.SignIn"
session.create()
print(session.session_key)
"""


@pytest.fixture(scope="module")
def signed_in(live_data) -> str:
    """The session of a reader who follows three hashtags, mutes a word and has read five stories."""
    place = {"BACKSTORY_DATA": str(live_data), "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
    command = [sys.executable, "-c", A_READER]
    env = running.environment(**place)
    done = subprocess.run(command, cwd=running.ROOT, env=env, check=True, timeout=60, capture_output=True, text=True)
    return done.stdout.split()[-1]


def reader_page(browser, live_site: str, signed_in: str, **options: object):
    context = browser.new_context(base_url=live_site, **{"viewport": {"width": 390, "height": 844}, **options})
    context.add_cookies([{"name": "sessionid", "value": signed_in, "url": live_site}])
    return context.new_page()


def test_a_reader_turns_the_dial_and_turns_a_line_off_without_a_script(browser, live_site, signed_in):
    page = reader_page(browser, live_site, signed_in, java_script_enabled=False)
    page.goto("/for-you")
    page.get_by_label("What I follow", exact=True).check()
    page.get_by_role("button", name="Set").click()
    assert page.get_by_label("What I follow", exact=True).is_checked()
    first = page.locator(".why-you").first
    assert "you follow #" in first.inner_text().lower()
    page.get_by_role("link", name=re.compile("All that the order uses")).click()
    lines = page.locator("section[aria-labelledby=followed] li")
    name = lines.first.get_by_role("link").inner_text()
    lines.first.get_by_role("button", name=re.compile("Do not use it here")).click()
    assert "Turned off" in page.get_by_role("status").inner_text()
    assert name in page.locator("section[aria-labelledby=off]").inner_text()
    page.goto("/for-you")
    assert f"follow {name}" not in page.locator(".for-you").inner_text()
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_axe_finds_no_fault_and_nothing_is_too_wide(browser, live_site, signed_in, scheme, locale):
    from axe_playwright_python.sync_playwright import Axe

    # axe is put in by the test; the site's own policy would refuse it
    page = reader_page(browser, live_site, signed_in, bypass_csp=True, color_scheme=scheme, locale=locale)
    for path in ("/for-you", "/for-you/profile"):
        page.goto(path)
        faults = Axe().run(page).response["violations"]
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in faults] == []
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()
