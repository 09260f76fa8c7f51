"""What readers do with comments: write, change, delete, vote, report, name each other; and who may not."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from newsroom.comments import save
from newsroom.comments.markdown import as_html
from newsroom.comments.models import Comment, Report, Told, Vote
from newsroom.comments.moderation import Sanction
from newsroom.comments.votes import best_of
from tests.site import at_once, running
from tests.site.accounts import signed_in
from tests.site.talking import make_reader, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(article_of):
    return article_of("The morning the Kestrel")


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def ada(now):
    return make_reader("Ada", now=now)


@pytest.fixture
def ben(now):
    return make_reader("Ben", now=now)


# --- Markdown ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *b* **c** `d`", "<em>b</em> <strong>c</strong> <code>d</code>"),
        ("> said", "<blockquote"),
        ("- one\n- two", "<li"),
        ("3. three", '<ol start="3" dir="auto">'),
        ("```\n<b>\n```", "<pre><code>&lt;b&gt;"),
        ("one\ntwo", "one<br>\ntwo"),
        (
            "[here](https://a.example/x)",
            '<a href="https://a.example/x" rel="noopener noreferrer nofollow ugc">here</a>',
        ),
        ("see https://a.example/x.", '<a href="https://a.example/x" rel="noopener noreferrer nofollow ugc">'),
        ("# no heading", "# no heading"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](//other.example)", "[x](//other.example)"),
        ("قال المجلس", '<p dir="auto">'),
        ("- one\n- two", '<ul dir="auto">'),  # or its marks stand outside of a page in the other direction
        ("1. one\n2. two", '<ol dir="auto">'),
    ],
)
def test_a_small_markdown(text, html):
    assert html in as_html(text)


def test_no_picture_is_shown():
    assert "<img" not in as_html("![p](https://a.example/p.png)")


@pytest.mark.parametrize("text", ["> " * 300 + "deep", "- " * 300 + "deep", "1. " * 300 + "deep", "*" * 1900 + "deep"])
def test_words_three_hundred_levels_deep_are_shown(text):
    html = as_html(text)
    assert "deep" in html
    assert html.count("<blockquote") + html.count("<li") < 25


# --- taken ------------------------------------------------------------------------
def test_a_megabyte_is_refused_in_words_and_nothing_is_kept(article):
    answer = Client().post(f"/article/{article.pk}/comments", {"name": "Ada", "text": "x" * 1_000_000})
    assert answer.status_code == 422
    assert b"4000" in answer.content
    assert len(answer.content) < 100_000
    answer = Client().post(f"/article/{article.pk}/comments", {"name": "Ada", "text": "x" * 3_000_000})
    assert answer.status_code in (400, 413)
    assert not Comment.objects.exists()


def test_a_writer_with_an_account_needs_no_name_and_cannot_take_another(article, ada):
    client = signed_in(ada)
    client.post(f"/article/{article.pk}/comments", {"text": "My words", "name": "Ben"})
    assert Comment.objects.get().name == "Ada"
    ada.name = "Ada of Meren"
    ada.save()
    Comment.objects.update(state="shown")
    assert "Ada of Meren" in Client().get(f"/article/{article.pk}").content.decode()


def test_who_has_no_account_is_said_to_have_none(article, ada):
    say(article, "Mine", reader=ada)
    assert b"without an account" not in Client().get(f"/article/{article.pk}/comments").content
    say(article, "Also mine", name="Ada")
    assert b"without an account" in Client().get(f"/article/{article.pk}/comments").content


def test_an_answer_is_posted_without_script_or_account(article, ada):
    root = say(article, "The root", reader=ada)
    page = Client().get(f"/comment/{root.pk}/answer").content.decode()
    assert f'name="parent" value="{root.pk}"' in page
    sent = {"name": "Passer-by", "text": "An answer", "parent": root.pk}
    assert Client().post(f"/article/{article.pk}/comments", sent).status_code == 302
    answer = Comment.objects.exclude(pk=root.pk).get()
    assert (answer.parent, answer.root, answer.article) == (root, root, article)


@pytest.mark.parametrize("parent", ["refused", "elsewhere", "none", "x"])
def test_what_is_not_there_cannot_be_answered(article, story_of, parent):
    root = say(article, "The root")
    if parent == "refused":
        Comment.objects.update(state="refused")
    elif parent == "elsewhere":
        root = say(story_of("The morning the Kestrel"), "Under another")
    number = {"none": 10**12, "x": "x"}.get(parent, root.pk)
    sent = {"name": "Ben", "text": "An answer", "parent": number}
    answer = Client().post(f"/article/{article.pk}/comments", sent)
    assert answer.status_code in (403, 422)
    assert b"An answer" in answer.content, "the words are given back"
    assert not Comment.objects.filter(text="An answer").exists()


def test_a_form_of_who_is_signed_in_needs_its_token(article, ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    comment = say(article, "Said", reader=None)
    for address in (
        f"/article/{article.pk}/comments", f"/comment/{comment.pk}/vote", f"/comment/{comment.pk}/report",
        f"/comment/{comment.pk}/edit", f"/comment/{comment.pk}/delete", "/comments/mine/seen",
    ):  # fmt: skip
        assert client.post(address, {"text": "x", "value": "1", "reason": "spam"}).status_code == 403, address
    assert not Vote.objects.exists()


# --- changed ----------------------------------------------------------------------
def test_a_changed_comment_says_so_and_shows_what_it_said(article, ada, now):
    comment = say(article, "First words", reader=ada, now=now)
    client = signed_in(ada)
    assert "First words" in client.get(f"/comment/{comment.pk}/edit").content.decode()
    assert client.post(f"/comment/{comment.pk}/edit", {"text": "Better words"}).status_code == 302
    html = Client().get(f"/article/{article.pk}/comments").content.decode()
    assert "Better words" in html
    assert "First words" not in html
    assert f"/comment/{comment.pk}/versions" in html
    assert "First words" in Client().get(f"/comment/{comment.pk}/versions").content.decode()


def test_after_the_window_nothing_is_changed(article, ada, settings, now):
    settings.COMMENT_EDIT_MINUTES = 15
    comment = say(article, "First words", reader=ada, now=now - timedelta(minutes=16))
    client = signed_in(ada)
    assert client.get(f"/comment/{comment.pk}/edit").status_code == 403
    answer = client.post(f"/comment/{comment.pk}/edit", {"text": "Better words"})
    assert (answer.status_code, b"15 minutes" in answer.content) == (403, True)
    assert Comment.objects.get().text == "First words"


def test_a_change_is_judged_anew(article, ada, now, monkeypatch):
    comment = say(article, "First words", reader=ada, now=now)
    judged = []

    def judge(attempt, *, is_edit=False):
        judged.append((attempt.text, is_edit))
        return ["links"]

    monkeypatch.setattr("newsroom.comments.holding.reasons", judge)
    signed_in(ada).post(f"/comment/{comment.pk}/edit", {"text": "Buy at https://a.example"})
    comment.refresh_from_db()
    assert judged == [("Buy at https://a.example", True)]
    assert (comment.state, comment.held_because) == ("held", ["links"])
    assert "Buy at" not in Client().get(f"/article/{article.pk}/comments").content.decode()


def test_a_change_made_on_an_older_page_does_not_overwrite_a_newer(article, ada, now):
    comment = say(article, "First words", reader=ada, now=now)
    client = signed_in(ada)
    client.post(f"/comment/{comment.pk}/edit", {"text": "Second words", "as_of": ""})
    answer = client.post(f"/comment/{comment.pk}/edit", {"text": "Lost words", "as_of": ""})
    assert answer.status_code == 403
    assert b"Lost words" in answer.content
    assert Comment.objects.get().text == "Second words"


@pytest.mark.parametrize(
    "odd", ["never", "2026-01-01T00:00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]
)
def test_a_change_as_of_a_moment_that_is_none_is_taken(article, ada, now, odd):
    comment = say(article, "First words", reader=ada, now=now)
    client = signed_in(ada)
    client.post(f"/comment/{comment.pk}/edit", {"text": "Second words", "as_of": ""})
    answer = client.post(f"/comment/{comment.pk}/edit", {"text": "Third words", "as_of": odd})
    assert answer.status_code == 302
    assert Comment.objects.get().text == "Third words"


def test_what_a_moderator_refused_is_not_changed_back(article, ada, now):
    comment = say(article, "First words", reader=ada, now=now)
    Comment.objects.update(state="refused")
    assert signed_in(ada).post(f"/comment/{comment.pk}/edit", {"text": "Better"}).status_code == 403
    assert signed_in(ada).post(f"/comment/{comment.pk}/delete").status_code == 403
    assert Comment.objects.get().state == "refused"


def test_deleted_words_are_gone_everywhere(article, ada, ben, now):
    comment = say(article, "First words for @Ben", reader=ada, now=now)
    client = signed_in(ada)
    client.post(f"/comment/{comment.pk}/edit", {"text": "Second words for @Ben"})
    assert client.get(f"/comment/{comment.pk}/delete").status_code == 200
    assert Comment.objects.get().state == "shown", "asking deletes nothing"
    client.post(f"/comment/{comment.pk}/delete")
    comment.refresh_from_db()
    assert (comment.state, comment.text, comment.versions.count(), Told.objects.count()) == ("deleted", "", 0, 0)
    assert "words for" not in client.get("/comments/mine").content.decode()


@pytest.mark.parametrize("act", ["edit", "delete"])
def test_nobody_changes_another_s_comment(article, ada, ben, now, act):
    comment = say(article, "Ada's words", reader=ada, now=now)
    for client in (signed_in(ben), signed_in(make_reader("Edi", role="admin"))):
        assert client.get(f"/comment/{comment.pk}/{act}").status_code == 404
        assert client.post(f"/comment/{comment.pk}/{act}", {"text": "Mine"}).status_code == 404
    assert Client().post(f"/comment/{comment.pk}/{act}", {"text": "Mine"})["Location"].startswith("/accounts/login/")
    comment.refresh_from_db()
    assert (comment.text, comment.state) == ("Ada's words", "shown")


# --- votes and reports --------------------------------------------------------------
def test_a_vote_counts_once_and_can_be_turned_and_taken_back(article, ada, ben):
    comment = say(article, "Judge me", reader=ada)
    client, address = signed_in(ben), f"/comment/{comment.pk}/vote"
    for value, counts in (("1", (1, 0)), ("1", (1, 0)), ("-1", (0, 1)), ("0", (0, 0)), ("0", (0, 0))):
        assert client.post(address, {"value": value}).status_code == 302
        comment.refresh_from_db()
        assert (comment.ups, comment.downs) == counts
        assert comment.best == best_of(*counts)


def test_the_script_is_answered_with_the_counts(article, ada, ben):
    comment = say(article, "Judge me", reader=ada)
    answer = signed_in(ben).post(f"/comment/{comment.pk}/vote", {"value": "1"}, headers={"Accept": "application/json"})
    assert answer.json() == {"ups": 1, "downs": 0, "vote": 1}
    html = signed_in(ben).get(f"/article/{article.pk}/comments").content.decode()
    assert 'value="0" data-value="1" aria-pressed="true"' in html


def test_who_may_not_vote_or_report(article, ada, now, settings):
    settings.VOTE_MIN_DAYS = 2
    comment = say(article, "Judge me", reader=ada)
    young = make_reader("Young", days=1, now=now)
    for client in (signed_in(young), signed_in(ada)):
        assert client.post(f"/comment/{comment.pk}/vote", {"value": "1"}).status_code == 403
        assert client.post(f"/comment/{comment.pk}/report", {"reason": "spam"}).status_code == 403
        assert 'class="vote"' not in client.get(f"/article/{article.pk}/comments").content.decode()
    assert Client().post(f"/comment/{comment.pk}/vote", {"value": "1"})["Location"].startswith("/accounts/login/")
    assert not Vote.objects.exists()
    assert not Report.objects.exists()


@pytest.mark.parametrize("value", ["2", "-2", "", "x", "1.0", "١"])
def test_a_vote_that_is_none_is_refused(article, ada, ben, value):
    comment = say(article, "Judge me", reader=ada)
    assert signed_in(ben).post(f"/comment/{comment.pk}/vote", {"value": value}).status_code == 422
    assert not Vote.objects.exists()


def test_a_report_is_kept_once_with_its_reason(article, ada, ben):
    comment = say(article, "Report me", reader=ada)
    client, address = signed_in(ben), f"/comment/{comment.pk}/report"
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "nonsense"}).status_code == 422
    for _ in range(3):
        assert b"A moderator will look" in client.post(address, {"reason": "spam", "text": "An advert"}).content
    kept = Report.objects.get()
    assert (kept.comment, kept.reader, kept.reason, kept.text) == (comment, ben, "spam", "An advert")


@pytest.mark.parametrize(
    ("better", "worse"),
    [((1, 0), (0, 0)), ((10, 0), (1, 0)), ((100, 10), (3, 0)), ((0, 0), (0, 1)), ((0, 1), (0, 9)), ((5, 5), (0, 2))],
)
def test_the_best_is_what_is_surely_liked(better, worse):
    assert best_of(*better) > best_of(*worse)


def test_the_wilson_bound_is_the_published_one():
    assert best_of(8, 2) == pytest.approx(0.4902, abs=1e-4)
    assert best_of(1, 0) == pytest.approx(0.2065, abs=1e-4)


# --- told ---------------------------------------------------------------------------
def test_answers_and_mentions_are_told_once_shown_and_until_seen(article, ada, ben):
    root = say(article, "The root", reader=ada)
    signed_in(ben).post(f"/article/{article.pk}/comments", {"text": "I agree, @Ada", "parent": root.pk})
    client = signed_in(ada)
    assert "I agree" not in client.get("/comments/mine").content.decode(), "it is held"
    Comment.objects.update(state="shown")
    assert "I agree" in client.get("/comments/mine").content.decode()
    assert "I agree" in client.get("/comments/mine").content.decode(), "reading it changes nothing"
    assert Told.objects.get().kind == "answer", "an answer that names is told once"
    client.post("/comments/mine/seen")
    assert "I agree" not in client.get("/comments/mine").content.decode()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("as @Ben said", True), ("@Ben, look", True), ("(@Ben)", True), ("@Ben's table", True), ("@ben", False),
        ("mail ada@Ben.example", False), ("@Benedict", False), ("@@Ben", False), ("Ben", False),
    ],
)  # fmt: skip
def test_who_is_named(article, ada, ben, text, named):
    say(article, text, reader=ada)
    assert Told.objects.filter(reader=ben, kind="mention").exists() == named


def test_a_name_of_several_words_is_found(article, ada):
    other = make_reader("Cem Ural")
    say(article, "Thank you @Cem Ural for the map", reader=ada)
    assert Told.objects.get().reader == other


def test_own_comments_are_nobody_else_s(article, ada, ben):
    say(article, "Held words of Ada", reader=ada)
    Comment.objects.update(state="held", held_because=["first"])
    own = signed_in(ada).get("/comments/mine")
    assert "Held words of Ada" in own.content.decode()
    assert "among the first comments" in own.content.decode()
    assert own["Cache-Control"] == "private, no-store"
    assert "Held words" not in signed_in(ben).get("/comments/mine").content.decode()
    assert Client().get("/comments/mine")["Location"] == "/accounts/login/?next=/comments/mine"


# --- hostile ------------------------------------------------------------------------
@pytest.fixture
def hostile_words(newstext_data) -> list[str]:
    folder = newstext_data / "hostile"
    if not folder.is_dir():
        pytest.skip("the hostile strings are not here")
    said = [json.loads(line)["s"] for line in (folder / "strings" / "naughty.jsonl").open(encoding="utf-8")]
    said += [json.loads(line)["payload"] for line in (folder / "xss" / "vectors.jsonl").open(encoding="utf-8")]
    return list(dict.fromkeys(one.encode(errors="ignore").decode() for one in said))  # forms bring no half signs


HARMLESS = re.compile(r'</?(?:p|br|em|strong|code|pre|ul|ol|li|blockquote|a)(?: (?:dir|href|rel|start)="[^"<>]*")*>')


def test_hostile_words_are_drawn_as_words(hostile_words):
    for text in hostile_words:
        html = as_html(text[:4000])
        assert "<" not in HARMLESS.sub("", html), text
        assert not re.search(r'<a href="(?!https?:|mailto:)', html), text


def test_hostile_words_read_back_equal_or_are_refused(article, hostile_words, settings):
    settings.COMMENTS_PER_HOUR = 1_000_000
    client, taken = Client(), 0
    for text in hostile_words[::60]:
        answer = client.post(f"/article/{article.pk}/comments", {"name": text[:60] or "x", "text": text})
        assert answer.status_code in (302, 422), text
        kept = Comment.objects.filter(text=text.replace("\r\n", "\n").strip()).exists()
        assert kept == (answer.status_code == 302), text
        taken += kept
    assert taken > len(hostile_words) / 70
    Comment.objects.update(state="shown")
    html = client.get(f"/article/{article.pk}/comments", {"sort": "oldest"}).content.decode()
    said = html.partition('class="thread"')[2].partition('id="comment-form"')[0]
    assert not re.search(r"<(?:script|img|svg|iframe|style|math|object|input|meta|link)\b", said, re.I)


# --- at once ------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_what_many_do_at_once_is_neither_lost_nor_doubled(tmp_path):
    if connection.vendor == "postgresql":
        told = at_once.outcomes()
    else:
        command = [sys.executable, "-m", "tests.site.at_once", str(tmp_path)]
        done = subprocess.run(
            command, cwd=running.ROOT, env=running.environment(), capture_output=True, timeout=300, check=False
        )
        assert done.stdout, done.stderr.decode()
        told = json.loads(done.stdout)
    assert told["same vote"] == [1, 0, 1]
    assert told["many votes"] == [1, 20, 21]
    assert told["same words"] == 1
    assert {tuple(one) for one in told["edit against refusal"]} <= {("refused", True, True), ("held", True, False)}
    assert told["written while merged"] == [20, 0]
    assert told["lost"] == 0


def test_who_is_banned_neither_votes_nor_reports(article, ada, ben, now):
    comment = say(article, "Judge me", reader=ada)
    Sanction.objects.create(reader=ben, kind="ban", reason="spam", at=now, until=now + timedelta(days=1))
    for act in (lambda: save.vote(comment, ben, 1, now), lambda: save.report(comment, ben, "spam", "", now)):
        with pytest.raises(save.MayNot, match="banned"):
            act()
    assert not Vote.objects.exists()
    assert not Report.objects.exists()
    save.vote(comment, ben, 1, now + timedelta(days=2))
    assert Vote.objects.count() == 1


def test_sending_the_same_vote_again_makes_no_second_row(article, ada, ben, now):
    comment = say(article, "Judge me", reader=ada)
    for _ in range(100):
        save.vote(comment, ben, 1, now)
    assert Vote.objects.count() == 1
