"""Three people at one site, in real browsers: Ada edits, Ben reads and writes, Cem advertises and is banned."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page import open_folds
from tests.site import running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "a long and quiet password"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
MS_A_KEY = 90  # as people type: what is written in less than three seconds is held
SEED = """
import json, sys
import django
django.setup()
from datetime import timedelta
from django.test import Client
from django.utils import timezone
from newsroom.comments import moderating, save
from newsroom.comments.models import Comment
from newsroom.comments.moderation import Correction, SendingLimit, TextPrint
from newsroom.stories.models import Story
from tests.site.talking import attempt, make_reader, say
walk, now = sys.argv[1], timezone.now()
for rows in (Comment, Correction, SendingLimit, TextPrint):  # all windows come from one address
    rows.objects.all().delete()
told, readers = {}, {}
for name, role in (("Ada", "editor"), ("Dan", "moderator"), ("Ben", "reader"), ("Cem", "reader")):
    reader = readers[name] = make_reader(f"{name} {walk}", role=role, now=now)
    reader.set_password("a long and quiet password")
    reader.save()
    client = Client()
    client.force_login(reader)
    told[name] = {"mail": reader.email, "name": reader.name, "session": client.cookies["sessionid"].value}
stories = Story.objects.public().filter(language="en").order_by("-article_count", "pk")
told["story"], told["other"], told["article"] = stories[0].pk, stories[1].pk, stories[0].lead_id
if "talk" in sys.argv:
    ben, ada, cem = readers["Ben"], readers["Ada"], readers["Cem"]
    asked = say(stories[0], "Who has the **key** of the lower mill?", reader=ben, now=now - timedelta(minutes=9))
    said = say(stories[0], "> Who has the key?\\n\\n- the miller\\n- his son", reader=ada, parent=asked, now=now)
    own = say(stories[0], "To be changed", reader=ben, parent=said, now=now)
    save.edit_comment(own, attempt(stories[0], "Changed", reader=ben, now=now))
    save.take_comment(attempt(stories[0], "A remark that waits for somebody", reader=ben, now=now))
    sold = save.take_comment(attempt(stories[0], "Umbrellas at half the price", reader=cem, now=now))
    moderating.refuse(
        sold.pk, ada, now, seen=moderating.version_of(sold, None), reason="spam", words="Umbrellas", ban_days=7)
    save.take_comment(attempt(stories[1], "See http://a.example http://b.example http://c.example", now=now))
print(json.dumps(told))
"""
numbers = itertools.count(1)


def seeded(live_data, *more: str):
    place = {"BACKSTORY_DATA": str(live_data), "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
    command = [sys.executable, "-c", SEED, f"Walk{next(numbers)}", *more]
    env = running.environment(**place)
    done = subprocess.run(command, cwd=running.ROOT, env=env, check=True, timeout=120, capture_output=True)
    return json.loads(done.stdout.decode().splitlines()[-1])


@pytest.fixture
def people(live_data):
    """Ada, Dan, Ben and Cem with their mail addresses, names and sessions, and the stories they read."""
    return seeded(live_data)


@pytest.fixture
def window(browser, live_site):
    """Opens a window of its own for each person; every one is closed in the end."""
    opened = []

    def open_one(person=None, **how):
        context = browser.new_context(base_url=live_site, **how)
        if person:
            context.add_cookies([{"name": "sessionid", "value": person["session"], "url": live_site}])
        opened.append(context)
        return context.new_page()

    yield open_one
    for context in opened:
        context.close()


def write(page, text: str) -> None:
    """Type into the form of the page as a person does, until the proof of work is done, and send it."""
    field = page.locator("#comment-form textarea")
    field.click()
    page.keyboard.press("Control+End")
    field.press_sequentially(text, delay=MS_A_KEY)
    page.wait_for_function("document.querySelector('#comment-form [name=proof]').value !== ''", timeout=60_000)
    page.locator("#comment-form").get_by_role("button", name="Post").click()


def press_button(page, name: str, told: str) -> None:
    """A button that the script sends without leaving the page."""
    button = page.locator("main header").get_by_role("button", name=name).first
    button.click()
    page.get_by_role("status").filter(has_text=told).wait_for()
    assert button.get_attribute("aria-pressed") == "true"


# --- Ben makes the site his own ---------------------------------------------------
@SIZES
def test_by_invitation_ben_follows_saves_reads_turns_the_dial_and_is_alerted(window, people, size):
    ada, ben = window(people["Ada"], viewport=size), window(viewport=size)
    ada.goto("/account/invitations")
    ada.get_by_label("For whom").fill("Ben")
    ada.get_by_role("button", name="Make a link").click()
    ben.goto(ada.get_by_label("Link").input_value())
    ben.get_by_label("Mail address").fill(f"new.{people['Ben']['mail']}")
    ben.get_by_label("Password").fill(PASSWORD)
    ben.get_by_role("button", name="Sign up").click()
    ben.wait_for_url(re.compile(r"//[^/]+/$"))

    ben.goto(f"/story/{people['story']}")
    press_button(ben, "Save", "Saved in your account.")
    press_button(ben, "Mark as read", "Marked as read.")
    ben.locator(".tags a").first.click()
    tag = ben.locator("h1").inner_text()
    press_button(ben, "Follow", "You follow")

    ben.goto("/following")
    expect(ben.locator("main .kept").get_by_role("link", name=tag)).to_be_visible()
    ben.goto("/saved")
    expect(ben.locator(f"main .kept a[href='/story/{people['story']}']")).to_be_visible()
    ben.goto("/for-you")
    ben.get_by_label("What I follow", exact=True).check()
    ben.get_by_role("button", name="Set").click()
    assert ben.get_by_label("What I follow", exact=True).is_checked()
    assert f"you follow {tag}".lower() in ben.locator(".why-you").first.inner_text().lower()

    ben.goto(f"/story/{people['story']}")
    ben.get_by_role("button", name="Alert me").click()
    expect(ben.get_by_text("This alert is set.")).to_be_visible()
    ben.goto(f"/story/{people['story']}")
    expect(ben.get_by_role("link", name="You have an alert on this")).to_be_visible()
    assert ben.get_by_role("button", name="Alert me").count() == 0


# --- a conversation ---------------------------------------------------------------
@SIZES
def test_a_first_comment_is_held_approved_by_key_answered_edited_and_the_news_quoted(window, people, size):
    ada, ben = window(people["Ada"], viewport=size), window(people["Ben"], viewport=size)
    ben.goto(f"/story/{people['story']}#comments")
    write(ben, "Was the spillway ever mended before the winter?")
    expect(ben.get_by_text("Your comment waits for an editor to approve it.")).to_be_visible()
    assert ben.locator("li.comment").count() == 0
    ben.goto("/comments/mine")
    own = ben.locator("section[aria-labelledby=own]")
    expect(own.get_by_text("Waits for a moderator", exact=True)).to_be_visible()
    assert "among the first comments of its writer" in own.inner_text()
    assert "proof of work" not in own.inner_text()

    ada.goto("/moderation?queue=pending")
    ada.keyboard.press("j")
    with ada.expect_navigation():
        ada.keyboard.press("a")
    expect(ada.get_by_text("Approved: it is shown now.")).to_be_visible()
    anybody = window(viewport=size)
    anybody.goto(f"/story/{people['story']}")
    expect(anybody.get_by_text("Was the spillway ever mended")).to_be_visible()

    ben.goto("/comments/mine")
    ben.locator("section[aria-labelledby=own] .meta a[href^='/comment/']").click()
    ben.locator("li.comment .acts").get_by_role("link", name="Answer").first.click()
    write(ben, "It was, I have read it in the letters by now.")
    answer = ben.locator("li.comment li.comment")
    assert "I have read it in the letters" in answer.inner_text()
    assert ben.url.endswith(f"#{answer.get_attribute('id')}")

    answer.get_by_role("link", name="Change").click()
    ben.get_by_label("Your comment").fill("It was not: the letters say that it was put off twice.")
    ben.get_by_role("button", name="Keep the change").click()
    assert "put off twice" in answer.inner_text()
    answer.get_by_role("link", name="edited").click()
    expect(ben.get_by_text("I have read it in the letters")).to_be_visible()

    ben.goto(f"/article/{people['article']}")
    words = ben.evaluate(
        """() => {
            const sentence = document.querySelector("#body span[id]");
            getSelection().selectAllChildren(sentence);
            return sentence.textContent.trim();
        }"""
    )
    ben.get_by_role("button", name="Quote").click()
    write(ben, "This is what I meant, more or less.")
    quoted = ben.locator("li.comment").filter(has_text="This is what I meant")
    assert quoted.locator("blockquote").inner_text().split() == words.split()


@SIZES
def test_an_advertiser_is_refused_banned_told_why_and_heard_once_by_somebody_else(window, people, size):
    ada, dan = window(people["Ada"], viewport=size), window(people["Dan"], viewport=size)
    cem = window(people["Cem"], viewport=size)
    cem.goto(f"/story/{people['story']}")
    write(cem, "Umbrellas at half the price, only this week at my shop!")
    ada.goto("/moderation?queue=pending")
    ada.get_by_text("Say more to its writer, or ban them").click()
    ada.get_by_label("To its writer, if more is to be said").fill("Umbrellas are no news.")
    ada.get_by_label("And its writer").select_option("7")
    ada.get_by_role("button", name="spam", exact=True).click()
    expect(ada.get_by_text("They are told why, and until when.")).to_be_visible()

    cem.goto("/comments/mine")
    own = cem.locator("section[aria-labelledby=own]")
    expect(own.get_by_text("Refused", exact=True)).to_be_visible()
    assert "refused by a moderator, and you banned" in own.inner_text()
    assert "Umbrellas are no news." in own.inner_text()
    cem.goto(f"/story/{people['story']}")
    write(cem, "Then boots, perhaps, at a quarter of the price?")
    assert "Umbrellas are no news." in cem.get_by_role("alert").inner_text()
    assert "You may not comment here until" in cem.get_by_role("alert").inner_text()
    assert "Then boots" in cem.locator("#comment-form textarea").input_value()

    cem.goto("/comments/mine")
    cem.get_by_label("Why it should be looked at again (once)").fill("It rains a lot here.")
    cem.get_by_role("button", name="Appeal").click()
    assert "you appealed: It rains a lot here." in re.sub('[“”"]', "", own.inner_text())
    assert cem.get_by_role("button", name="Appeal").count() == 0
    ada.goto("/moderation?queue=appeals")
    expect(ada.get_by_text("Nothing waits here.")).to_be_visible()

    dan.goto("/moderation?queue=appeals")
    expect(dan.get_by_text("It rains a lot here.")).to_be_visible()
    dan.keyboard.press("j")
    dan.keyboard.press("r")
    with dan.expect_navigation():
        dan.keyboard.press("Enter")
    expect(dan.get_by_text("The refusal stands. Its writer is told.")).to_be_visible()
    cem.reload()
    assert "after your appeal the refusal stands" in own.inner_text()
    assert cem.get_by_role("button", name="Appeal").count() == 0


# --- a correction -----------------------------------------------------------------
@SIZES
def test_a_correction_from_an_evidence_note_is_accepted_and_stands_in_the_history(window, people, size):
    ada, ben = window(people["Ada"], viewport=size), window(people["Ben"], viewport=size)
    ben.goto(f"/story/{people['other']}")
    ben.locator("#notes a.mark:visible").first.click()
    ben.get_by_role("dialog").get_by_role("link", name="Suggest a correction").click()
    sentence = ben.get_by_label("The sentence that is wrong").input_value()
    assert sentence
    ben.get_by_label("What is wrong with it, and what is right").fill("The gate was shut an hour earlier.")
    ben.get_by_label("The address of a source, if you have one").fill("https://gatehouse.example/log")
    ben.get_by_role("button", name="Send to the editors").click()
    assert re.search(r"/correction/\w+", ben.url)

    ada.goto("/corrections")
    expect(ada.get_by_text("The gate was shut an hour earlier.")).to_be_visible()
    ada.get_by_label("Your answer, for the reader").fill(f"The log says so, {people['Ben']['name']}.")
    ada.get_by_role("button", name="Accept").click()
    expect(ada.get_by_text("Nothing waits here.")).to_be_visible()

    anybody = window(viewport=size)
    anybody.goto(f"/story/{people['other']}")
    open_folds(anybody)
    history = anybody.locator("section[aria-labelledby=history]")
    assert "corrected, as a reader suggested." in history.inner_text()
    assert f"The log says so, {people['Ben']['name']}." in history.inner_text()
    briefs = anybody.locator("section[aria-labelledby=brief]").all_inner_texts()  # none, if it had this sentence alone
    assert sentence not in " ".join(briefs)
    ben.goto("/corrections/mine")
    expect(ben.get_by_role("link", name="Accepted")).to_be_visible()
    assert "The log says so" in ben.locator(".suggested .answer").inner_text()


# --- without scripts --------------------------------------------------------------
@SIZES
def test_signing_in_commenting_following_and_saving_need_no_script(window, people, size):
    page = window(viewport=size, java_script_enabled=False)
    story = f"/story/{people['story']}"
    page.goto(story)
    page.get_by_role("link", name="Sign in", exact=True).first.click()
    page.get_by_label("Mail address").fill(people["Ben"]["mail"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(re.escape(story)))

    page.locator("main header").get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(re.escape(story)))
    assert page.locator("header [data-of=save]").get_attribute("aria-pressed") == "true"
    page.get_by_label("Your comment").fill("Was the chain ever found again?")
    page.get_by_role("button", name="Post").click()
    expect(page.get_by_text("Your comment waits for an editor to approve it.")).to_be_visible()
    page.locator(".tags a").first.click()
    page.locator("main header").get_by_role("button", name="Follow").click()
    assert page.locator("main header [data-of=follow]").get_attribute("aria-pressed") == "true"
    page.goto("/comments/mine")
    assert "without the proof of work" in page.locator("section[aria-labelledby=own]").inner_text()


# --- what they see ----------------------------------------------------------------
@pytest.mark.parametrize(("locale", "scheme"), [("en", "light"), ("en", "dark"), ("ar", "dark")])
def test_axe_finds_no_fault_and_nothing_is_too_wide_for_who_is_signed_in(window, live_data, locale, scheme):
    from axe_playwright_python.sync_playwright import Axe

    people = seeded(live_data, "talk")
    story = f"/story/{people['story']}"
    visits = {
        "Ben": [
            "/", story, f"{story}/comments", f"/article/{people['article']}", "/account", "/alerts", "/alerts/mails",
            "/comments/mine", "/for-you", "/following", "/corrections/mine",
        ],
        "Cem": ["/comments/mine"],
        "Ada": ["/moderation?queue=pending", "/moderation?queue=new", "/corrections", "/moderation/counts", story],
    }  # fmt: skip
    # axe is put in by the test; the site's own policy would refuse it
    how = {"viewport": {"width": 320, "height": 844}, "bypass_csp": True, "locale": locale, "color_scheme": scheme}
    wrong = []
    for name, addresses in visits.items():
        page = window(people[name], **how)
        for address in addresses:
            page.goto(address)
            open_folds(page)
            found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}}).response["violations"]
            wrong += [(name, address, one["id"], one["nodes"][0]["html"][:200]) for one in found]
            wide = page.evaluate("document.documentElement.scrollWidth")
            wrong += [(name, address, f"{wide} px wide")] if wide > 320 else []
    assert wrong == []
