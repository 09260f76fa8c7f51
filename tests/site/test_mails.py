"""Mails as a mail server gets them: whole, once, safe, and stopped with one click; and servers that fail."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from newsroom.alerts import answers, mail, planning
from newsroom.alerts.models import Alert, Mail, MailChoices, MailServer, Notice
from newsroom.alerts.stopping import stop_address
from newsroom.alerts.wording import plain
from newsroom.articles.models import Article
from newsroom.comments.models import Comment
from newsroom.readers.models import Reader
from newsroom.stories import save
from newsroom.stories.models import Edition, EditionStory, Story
from tests.site import mail_server
from tests.site.stories import TEXT, make_story
from tests.site.told import MINUTE, NOW, alert, look, reader, tell

pytestmark = pytest.mark.django_db
SOON = NOW + planning.GATHERED
SITE = "https://news.example"
HOSTILE = (
    "Ferry\r\nBcc: thief@x.example\r\n\r\nGone", "Ferry <script>alert(1)</script>", 'Ferry" onmouseover="x',
    "Ferry \u202egnp.exe", "Ferry &lt;b&gt; & <b>", "Ferry http://evil.example/login", "Ferry www.evil.example",
    "Ferry\x07\x1b[31m", "Ferry " + "x" * 5000, "Ferry =?utf-8?q?=0ABcc:_x?=", "Ferry {{ site_name }} {% now 'Y' %}",
    "Ferry\u2028Subject: other", "عبّارة متأخرة", "Ferry 🧿", "--", ".", "Ferry\n.\nMAIL FROM:<x>",
)  # fmt: skip


@pytest.fixture
def server(settings):
    with mail_server.serve() as running:
        settings.EMAIL_BACKEND = mail.SMTP_BACKEND
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.SITE_URL, settings.SITE_NAME = SITE, "The Tarn"
        settings.DEFAULT_FROM_EMAIL = "news@news.example"
        settings.EDITION_HOUR = 0
        yield running


@pytest.fixture(autouse=True)
def _no_late_rows(monkeypatch):
    """One connection writes here, at one moment: nothing is committed late."""
    monkeypatch.setattr("newsroom.alerts.finding.LATE_ROWS", 0)


@pytest.fixture
def ada():
    return reader("ada")


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(mail, "ANSWER_S", 0.3)


def send(now: datetime = SOON, owner: str = "one") -> int:
    return mail.send_due(owner, lambda: now)


def found(by: Reader, title: str = "The ferry is late", **more: object) -> Story:
    """A find that is to be mailed, of a paper that this reader alone watches; in its mail."""
    more = {"paper": f"Post of {by.username}", **more}
    if not Alert.objects.filter(reader=by).exists():
        alert(by, "publisher", tell("Earlier", **more).lead.publisher.slug, by_mail=True)
    story = tell(title, **more)
    look()
    planning.gather(NOW)
    return story


def parts_of(message) -> tuple[str, str]:
    """(plain text, HTML)."""
    return tuple(message.get_body((kind,)).get_content() for kind in ("plain", "html"))


# --- what stands in it ------------------------------------------------------------
def test_find_is_mailed_as_text_and_html_with_links_to_this_site_alone(server, ada):
    story = found(ada)
    assert send() == 1
    [message] = server.mails
    text, page = parts_of(message)
    assert message["Subject"] == "The ferry is late"
    assert (message["To"], message["From"]) == ("ada@readers.example", "news@news.example")
    for form in (text, page):
        assert f"{SITE}/story/{story.pk}" in form
        assert "1 publisher" in form
        assert "Post of ada" in form
        assert set(re.findall(r"https?://[^/\s\"<]+", form)) == {SITE}
    assert not re.search(r"<(img|script|style|link|iframe|form)|style=|src=|url\(", page)
    assert message["Auto-Submitted"] == "auto-generated"
    assert Mail.objects.get().sent_at == SOON


def test_mail_can_be_stopped_with_one_click_by_rfc_8058(server, ada):
    found(ada)
    send()
    [message] = server.mails
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message["List-Unsubscribe"].strip(" <>\r\n")
    assert address in parts_of(message)[0]
    path = address.removeprefix(SITE)
    strict = Client(enforce_csrf_checks=True)
    shown = strict.get(path)
    assert MailChoices.objects.filter(alerts=False).count() == 0  # a program that follows links stops nothing
    assert f'action="{path}"' in shown.content.decode()
    assert not shown.cookies
    body, kind = "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"
    for _ in range(2):
        answer = strict.post(path, body, content_type=kind, headers={"origin": "https://mail.example"})
        assert answer.status_code == 200
        assert not answer.cookies
    assert MailChoices.objects.get(reader=ada).alerts is False
    found(ada, "Another ferry")
    assert send() == 0
    assert Notice.objects.told().filter(reader=ada).count() == 2  # the page goes on


@pytest.mark.parametrize("signed", ["x", "x:y", "W10:abc", "a" * 4000, "%00", "é:x", "..", "eyJhIjoxfQ:abc"])
def test_address_that_nobody_signed_stops_nothing(signed, ada):
    for method in (Client().get, Client().post):
        assert method(f"/mails/stop/{signed}").status_code == 404
    assert not MailChoices.objects.exists()


def test_address_of_an_account_that_is_gone_does_no_harm(ada, settings):
    settings.SITE_URL = ""
    address = stop_address(ada, "edition")
    ada.delete()
    assert Client().post(address).status_code == 200


def test_each_address_stops_its_own_mails_and_no_other(ada, settings):
    settings.SITE_URL = ""
    for by in (ada, reader("ben")):
        MailChoices.objects.create(reader=by, answers=True, edition_hour=6, edition_at=NOW)
    Client().post(stop_address(ada, "edition"))
    row = MailChoices.objects.get(reader=ada)
    assert (row.alerts, row.answers, row.edition_hour, row.edition_at) == (True, True, None, None)
    Client().post(stop_address(ada, "answers"))
    row.refresh_from_db()
    assert (row.alerts, row.answers) == (True, False)
    theirs = MailChoices.objects.get(reader__username="ben")
    assert (theirs.alerts, theirs.answers, theirs.edition_hour) == (True, True, 6)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_headlines_and_names_stay_words(server, ada, words):
    found(ada, words)
    Alert.objects.update(name=words[:200])
    assert send() == 1
    raw = server.taken[0]
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii").replace("\r\n ", "").replace("\r\n\t", "")
    names = [line.partition(":")[0].lower() for line in head.split("\r\n")]
    assert sorted(names) == sorted(
        ["content-type", "mime-version", "subject", "from", "to", "message-id", "date", "auto-submitted",
         "list-unsubscribe", "list-unsubscribe-post", "list-id"]
    )  # fmt: skip
    assert server.to == ["RCPT TO:<ada@readers.example>"]
    [message] = server.mails
    text, page = parts_of(message)
    assert "<script" not in page
    assert 'onmouseover="' not in page
    for form in (text, page, str(message["Subject"])):
        assert not re.search("[\x00-\x08\x0b-\x1f\u202e\u2028]", form.replace("\r\n", "\n"))
        assert set(re.findall(r"(?:https?://|www\.)[^/\s\"<]+", form)) <= {SITE}
    assert "\nBcc" not in text
    assert plain(words) in html.unescape(page)


@pytest.mark.parametrize(
    "address", ["ada@readers.example\r\nBcc: x@y.example", "no address", "a@b@c", "é@ü.example", "", "x" * 250]
)
def test_hostile_mail_address_gets_no_mail_and_stops_no_other(server, ada, address):
    ben = reader("ben")
    found(ada)
    Reader.objects.filter(pk=ada.pk).update(email=address)
    found(ben)
    for again in range(12):
        send(SOON + again * timedelta(hours=3))
    assert "RCPT TO:<ben@readers.example>" in server.to
    assert not any("y.example" in one for one in server.to)
    assert not Mail.objects.open().exists()


def test_two_readers_private_strings_are_never_in_each_others_mails(server, ada):
    ben = reader("ben")
    for by, secret in ((ada, "adasquarry"), (ben, "bensharbour")):
        alert(by, "search", f"ferry -{secret}", by_mail=True)
    tell("The ferry is late")
    look()
    planning.gather(NOW)
    assert send() == 2
    for message in server.mails:
        mine, other = ("adasquarry", "bensharbour") if "ada" in message["To"] else ("bensharbour", "adasquarry")
        whole = "".join(parts_of(message)) + str(message)
        assert mine in whole
        assert other not in whole
        assert ("ben@" in whole) != ("ada@" in whole)


def test_story_of_several_alerts_stands_once_with_all_their_names(server, ada):
    alert(ada, "search", "ferry", by_mail=True)
    alert(ada, "search", "late", by_mail=True)
    tell("The ferry is late")
    look()
    planning.gather(NOW)
    send()
    text, _ = parts_of(server.mails[0])
    assert text.count("The ferry is late") == 1
    assert "Your alert: ferry · late" in text or "Your alert: late · ferry" in text


def test_mail_says_what_is_true_when_it_is_sent(server, ada):
    gone, merged = found(ada, "Removed ferry"), found(ada, "Merged ferry")
    kept = tell("Kept ferry", paper="Fell Herald")
    Article.objects.filter(pk=gone.lead_id).delete()
    merged.placements.update(story=kept)
    save.point_to(merged, kept)
    save.refresh([gone, kept], NOW)
    send()
    text, _ = parts_of(server.mails[0])
    assert "Removed" not in text
    assert f"{SITE}/story/{kept.pk}" in text
    assert f"/story/{merged.pk}" not in text


def test_mail_with_nothing_left_to_say_is_not_sent(server, ada):
    gone = found(ada)
    Article.objects.filter(pk=gone.lead_id).delete()
    save.refresh([gone], NOW)
    send()
    assert not server.taken
    assert not Mail.objects.exists()


def test_reader_who_is_barred_or_gone_meanwhile_gets_nothing(server, ada):
    ben = reader("ben")
    found(ada)
    found(ben)
    Reader.objects.filter(pk=ada.pk).update(is_active=False)
    ben.delete()
    send()
    assert not server.to


def test_mail_comes_in_the_readers_language(server, ada):
    MailChoices.objects.create(reader=ada, language="ar")
    found(ada)
    send()
    _, page = parts_of(server.mails[0])
    assert '<html lang="ar" dir="rtl">' in page


def test_answer_to_a_comment_is_mailed_without_its_words_to_who_asked(server, ada):
    MailChoices.objects.create(reader=ada, answers=True)
    story = tell("The ferry is late")
    told = {"story": story, "state": "shown", "created_at": NOW, "address_hash": "x"}
    mine = Comment.objects.create(reader=ada, name="Ada", text="I saw it.", **told)
    Comment.objects.create(parent=mine, name="Ben http://evil.example", text="Buy pills <img src=x>", **told)
    answers.look(NOW)
    planning.gather(NOW)
    send()
    text, page = parts_of(server.mails[0])
    assert "Ben evil.example answered your comment" in text
    assert f"{SITE}/story/{story.pk}#comment-" in text
    assert "pills" not in text + page
    assert "answers" in server.mails[0]["List-Id"]


def test_edition_has_each_sentence_with_its_publisher_and_place(server, ada):
    story = make_story("Dam above Ostra holds", TEXT)
    edition = Edition.objects.create(on=NOW.date(), made_at=NOW)
    EditionStory.objects.create(edition=edition, place=1, story=story, title=story.title)
    MailChoices.objects.create(reader=ada, edition_hour=9, edition_at=NOW)
    planning.make_editions(NOW)
    assert send() == 1
    [message] = server.mails
    text, page = parts_of(message)
    assert message["Subject"] == "The Tarn: The edition of 26 November 2026"
    assert "1. Dam above Ostra holds" in text
    place = re.search(r"\(Meren Courier \(meren.example\): (\S+#s\d+)\)", text)
    assert place is not None
    assert f'<a href="{place[1]}"><bdi>Meren Courier (meren.example)</bdi></a>' in page
    assert Client().get(place[1].removeprefix(SITE).partition("#")[0]).status_code == 200
    assert set(re.findall(r"https?://[^/\s\"<)]+", text + page)) == {SITE}
    assert message["List-Id"] == "<edition.news.example>"


def test_article_removed_since_the_edition_is_not_mailed(server, ada):
    story = make_story("Dam above Ostra holds", TEXT)
    edition = Edition.objects.create(on=NOW.date(), made_at=NOW)
    EditionStory.objects.create(edition=edition, place=1, story=story, title=story.title)
    MailChoices.objects.create(reader=ada, edition_hour=9, edition_at=NOW)
    planning.make_editions(NOW)
    Article.objects.filter(pk=story.lead_id).delete()
    save.refresh([story], NOW)
    send()
    assert not server.taken


# --- servers that fail --------------------------------------------------------------
def problems_shown(by: Reader) -> str:
    client = Client()
    client.force_login(by)
    return client.get("/alerts/mails").content.decode()


@pytest.mark.parametrize("manner", ["refuses", "hangs", "EHLO", "MAIL", "RCPT", "DATA"])
def test_server_that_fails_before_it_has_a_mail_gets_it_later_once(server, ada, quick, manner):
    found(ada)
    server.manner = manner
    first = Mail.objects.get().message_id
    send()
    assert not server.taken
    assert MailServer.objects.get().failures == 1
    assert send(SOON + timedelta(seconds=30)) == 0  # it rests
    assert "does not answer" in Client().get("/health").content.decode()
    server.manner = ""
    for minutes in (6, 12, 60):
        send(SOON + minutes * MINUTE)
    assert [one["Message-ID"] for one in server.mails] == [first]
    assert Mail.objects.get().sent_at
    assert "does not answer" not in Client().get("/health").content.decode()


@pytest.mark.parametrize("manner", ["content", "dot", "hangs after the dot"])
def test_mail_that_may_have_come_is_not_sent_twice(server, ada, quick, manner):
    found(ada)
    server.manner = manner
    send()
    server.manner = ""
    for hours in range(1, 50, 6):
        send(SOON + timedelta(hours=hours))
    assert server.tries == 1
    assert "whether it came is not known" in problems_shown(ada)


def test_no_server_at_all_is_asked_less_and_less_often(settings, server, ada):
    found(ada)
    settings.EMAIL_PORT = 1
    asked = []
    for minute in range(240):
        if send(SOON + minute * MINUTE):
            asked.append(minute)
    rests = [later - earlier for earlier, later in pairwise(asked)]
    assert rests == sorted(rests)
    assert 5 < len(asked) < 12
    settings.EMAIL_PORT = server.port
    send(SOON + 300 * MINUTE)
    assert len(server.taken) == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "dot"])
def test_refusal_for_good_is_given_up_with_its_reason_and_others_go_out(server, ada, step):
    found(ada)
    server.answers[step] = "550 5.1.1 ada@readers.example is unknown"
    send()
    row = Mail.objects.get()
    assert (row.problem, row.tries) == ("refused", 1)
    assert "is unknown" in problems_shown(ada)
    health = Client().get("/health").content.decode() + str(Client().get("/health.json").json())
    assert "ada@" not in health
    server.answers.clear()
    found(reader("ben"))
    send(SOON + MINUTE)
    assert [one["To"] for one in server.mails] == ["ben@readers.example"]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "dot"])
def test_refusal_for_now_is_tried_again_with_longer_rests_then_given_up(server, ada, step):
    found(ada)
    server.answers[step] = "451 Come again"
    tried = []
    for minute in range(0, 48 * 60, 5):
        before = Mail.objects.get().tries
        send(SOON + minute * MINUTE)
        tried += [minute] if Mail.objects.get().tries > before else []
    rests = [later - earlier for earlier, later in pairwise(tried)]
    assert rests == sorted(rests)
    assert (len(tried), Mail.objects.get().problem) == (mail.TRIES, "tries")
    assert "Come again" in problems_shown(ada)
    assert not server.taken


def test_mail_put_off_is_sent_with_what_it_had(server, ada):
    found(ada)
    server.answers["RCPT"] = "451 Come again"
    send()
    server.answers.clear()
    found(ada, "A later ferry")
    send(SOON + 10 * MINUTE)
    assert "later ferry" not in parts_of(server.mails[0])[0]
    planning.gather(NOW + 12 * MINUTE)
    send(NOW + 30 * MINUTE)
    assert [("later ferry" in parts_of(one)[0]) for one in server.mails] == [False, True]


def test_mail_that_could_not_be_sent_for_two_days_is_given_up(server, ada):
    found(ada)
    send(SOON + mail.TOO_OLD + MINUTE)
    assert Mail.objects.get().problem == "late"
    assert not server.taken


def test_quiet_hours_chosen_since_are_kept(server, ada):
    found(ada)
    MailChoices.objects.create(reader=ada, quiet_from=9, quiet_until=11)
    send()
    assert not server.taken
    assert Mail.objects.get().due_at == NOW.replace(hour=11)
    send(NOW.replace(hour=11))
    assert len(server.taken) == 1


# --- once ---------------------------------------------------------------------------
def test_sender_killed_before_the_words_went_leaves_the_mail_to_another(server, ada):
    found(ada)
    Mail.objects.due(SOON).claim("dead", SOON, most=10, lease=mail.LEASE)
    assert send() == 0
    assert send(SOON + mail.LEASE + MINUTE, "other") == 1
    assert len(server.taken) == 1


def test_sender_killed_after_the_words_went_leaves_a_mail_that_nobody_sends_again(server, ada):
    found(ada)
    [row] = Mail.objects.due(SOON).claim("dead", SOON, most=10, lease=mail.LEASE)
    mail._hand(row, "dead", lambda: SOON)
    send(SOON + mail.LEASE + MINUTE, "other")
    assert not server.taken
    assert Mail.objects.get().problem == "unknown"


def test_slow_sender_whose_claim_ran_out_does_not_send_what_another_sent(server, ada, monkeypatch):
    found(ada)
    late = SOON + mail.LEASE + MINUTE
    connect = mail._connect

    def wait_and_be_overtaken():
        monkeypatch.setattr(mail, "_connect", connect)
        send(late, "other")
        return connect()

    monkeypatch.setattr(mail, "_connect", wait_and_be_overtaken)
    moments = iter([SOON, SOON])
    mail.send_due("slow", lambda: next(moments, late))
    assert len(server.taken) == 1


def test_a_hundred_ticks_at_once_send_each_mail_once(tmp_path):
    with mail_server.serve() as running:
        command = [sys.executable, "-m", "tests.site.alerts_at_once", str(tmp_path), str(running.port)]
        root = Path(__file__).resolve().parents[2]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=240, check=False)
        assert done.stdout.split() == ["10", "20", "20"], done.stderr[-2000:]
        ids = [one["Message-ID"] for one in running.mails]
        assert len(ids) == len(set(ids)) == 20
        assert len(running.to) == 20


def test_one_edition_mail_a_reader_and_day_whatever_else_is_written(ada):
    told = {"reader": ada, "kind": "edition", "created_at": NOW, "due_at": NOW}
    first, second = (Edition.objects.create(on=date(2026, 11, day), made_at=NOW) for day in (25, 26))
    Mail.objects.create(on=NOW.date(), edition=first, message_id="a", **told)
    for day, edition, key in ((NOW.date(), second, "b"), (date(2026, 11, 27), first, "c")):
        with transaction.atomic():
            Mail.objects.bulk_create([Mail(on=day, edition=edition, message_id=key, **told)], ignore_conflicts=True)
    assert Mail.objects.count() == 1
