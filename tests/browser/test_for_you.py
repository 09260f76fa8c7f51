"""For you in a real browser: turned and emptied without a script, nothing too wide, no fault that axe finds."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.site import running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MAIL, PASSWORD = "ben@gazette.example", "a long and quiet password"
FOLLOW_SOME = f"""
import django
django.setup()
from django.utils import timezone
from newsroom.readers.models import Follow, Mute, Reader, Seen
from newsroom.stories.models import Hashtag, Story
reader, now = Reader.objects.get(username={MAIL!r}), timezone.now()
for tag in Hashtag.objects.filter(is_blocked=False).order_by("-article_count")[:3]:
    Follow.objects.create(reader=reader, kind="hashtag", key=tag.key, name=tag.name, since=now)
Mute.objects.create(reader=reader, kind="word", key="zebra", name="zebra", since=now)
for story in Story.objects.public()[:5]:
    Seen.objects.create(reader=reader, kind="story", key=str(story.pk), at=now)
"""


@pytest.fixture(scope="module")
def account(live_data) -> None:
    running.run("admin", MAIL, "--data", str(live_data), typed=f"{PASSWORD}\n")
    place = {"BACKSTORY_DATA": str(live_data), "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
    command = [sys.executable, "-c", FOLLOW_SOME]
    subprocess.run(command, cwd=running.ROOT, env=running.environment(**place), check=True, timeout=60)


def reader_page(browser, live_site: str, **options: object):
    context = browser.new_context(base_url=live_site, **{"viewport": {"width": 390, "height": 844}, **options})
    page = context.new_page()
    page.goto("/admin/")
    page.fill("#id_username", MAIL)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(re.compile("/admin/$"))
    return page


def test_a_reader_turns_the_dial_and_turns_a_line_off_without_a_script(browser, live_site, account):
    page = reader_page(browser, live_site, java_script_enabled=False)
    page.goto("/for-you")
    page.get_by_label("What I follow", exact=True).check()
    page.get_by_role("button", name="Set").click()
    assert page.get_by_label("What I follow", exact=True).is_checked()
    first = page.locator(".why-you").first
    assert first.inner_text().startswith("You follow #") or "you follow #" in first.inner_text().lower()
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
def test_axe_finds_no_fault_and_nothing_is_too_wide(browser, live_site, account, scheme, locale):
    from axe_playwright_python.sync_playwright import Axe

    # axe is put in by the test; the site's own policy would refuse it
    page = reader_page(browser, live_site, bypass_csp=True, color_scheme=scheme, locale=locale)
    for path in ("/for-you", "/for-you/profile"):
        page.goto(path)
        faults = Axe().run(page).response["violations"]
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in faults] == []
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()
