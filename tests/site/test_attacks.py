"""What somebody who means ill tries with comments, names and the administration, and what becomes of it."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from allauth.core import context
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsroom.comments import moderating, save
from newsroom.comments.models import Comment, Told
from newsroom.comments.places import Rule
from newsroom.readers.models import Reader
from newsroom.readers.public_names import look_of
from newsroom.readers.signing_in import _mail_failed
from tests.site.accounts import signed_in
from tests.site.talking import attempt, make_reader, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(article_of):
    return article_of("The morning the Kestrel")


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def editor(now):
    return make_reader("Sila Kern", role="editor", now=now)


# --- who took back their words, or waits, is not named ----------------------------
@pytest.mark.parametrize("state", ["held", "refused", "deleted"])
def test_whose_comment_is_not_shown_is_not_named(article, now, state, settings):
    settings.COMMENTS_PER_HOUR = 100
    root = say(article, "The root", reader=make_reader("Orla Venn", now=now), now=now)
    first = say(article, "I think so too", reader=make_reader("Pim Dorr", now=now), parent=root, now=now)
    for number in range(6):  # deeper than a page nests, so that each says whom it answers
        first = say(article, f"And {number}", reader=make_reader(f"Writer {number}", now=now), parent=first, now=now)
    assert "Writer 4" in Client().get(f"/article/{article.pk}/comments").content.decode()
    Comment.objects.filter(reader__name__in=("Orla Venn", "Writer 4")).update(state=state)
    for page in (f"/article/{article.pk}/comments", f"/comment/{root.pk}/answers", f"/article/{article.pk}"):
        html = Client().get(page).content.decode()
        assert "Pim Dorr" in html
        assert "Orla Venn" not in html
        assert "Writer 4" not in html


@pytest.mark.parametrize("state", ["held", "refused", "deleted"])
def test_answering_what_is_not_shown_tells_nothing_of_it(article, now, state):
    hidden = say(article, "Words that wait", reader=make_reader("Orla Venn", now=now), now=now)
    Comment.objects.update(state=state)
    said = {"name": "Eve", "text": "Who are you?", "parent": hidden.pk}
    answer = Client().post(f"/article/{article.pk}/comments", said)
    assert answer.status_code == 403
    html = answer.content.decode()
    assert "Orla Venn" not in html
    assert "Words that wait" not in html
    assert f"/comment/{hidden.pk}" not in html


def test_a_moderator_who_was_slower_reads_nobodys_mail_address(article, now):
    first = make_reader("", role="moderator", now=now)
    held = say(article, "One to decide", now=now)
    seen = moderating.version_of(held, None)
    moderating.refuse(held.pk, first, now, seen=seen, reason="spam")
    second = make_reader("Mo", role="moderator", now=now)
    with pytest.raises(moderating.Overtaken) as told:
        moderating.approve(held.pk, second, now, seen=seen)
    assert first.username not in str(told.value)


# --- one comment, changed again and again ----------------------------------------
def test_a_comment_that_is_changed_again_and_again_tells_no_more_readers_than_one(article, now, settings):
    ada = make_reader("Ada", role="trusted", now=now)
    for number in range(3 * save.MENTIONS_MOST):
        make_reader(f"R{number}", now=now)
    comment = say(article, "Hello", reader=ada, now=now)
    for part in range(3):
        names = range(part * save.MENTIONS_MOST, (part + 1) * save.MENTIONS_MOST)
        said = attempt(article, ", ".join(f"@R{number}" for number in names), reader=ada, now=now)
        comment = save.edit_comment(comment, said)
    assert Told.objects.filter(comment=comment).count() == save.MENTIONS_MOST


def test_a_comment_is_changed_so_often_and_then_no_more(article, now):
    ada = make_reader("Ada", role="trusted", now=now)
    comment = say(article, "Hello", reader=ada, now=now)
    for number in range(save.EDITS_MOST):
        comment = save.edit_comment(comment, attempt(article, f"Hello {number}", reader=ada, now=now))
    answer = signed_in(ada).post(
        f"/comment/{comment.pk}/edit", {"text": "Once more", "as_of": comment.edited_at.isoformat()}
    )
    assert answer.status_code == 429
    assert "Delete it and write it anew" in answer.content.decode()
    comment.refresh_from_db()
    assert comment.text == f"Hello {save.EDITS_MOST - 1}"


# --- names ------------------------------------------------------------------------
ALIKE = [
    "Sila Kern", "sila kern", "Ѕіlа Кеrn", "Sila  Kem", "SiIa Kern", "Sila-Kern", "Síla Kern", "Ｓila Kern", "S1la Kern",
]  # fmt: skip
HIDDEN = ["Sila\u200b Kern", "Sila\u3164Kern", "Sila Kern\ufe0f", "Sila\u2800Kern", "\u202eSila Kern", "Sila\u00adKern"]
OTHERS = ["Silas Kern", "Ada", "صلاح كرم", "李", "Сила Воля", "🙂"]


@pytest.mark.parametrize("name", [*ALIKE, *HIDDEN])
def test_nobody_writes_under_a_name_that_looks_like_an_editors(article, editor, now, name):
    answer = Client().post(f"/article/{article.pk}/comments", {"name": name, "text": "I speak for this site."})
    assert answer.status_code == 422
    assert not Comment.objects.exists()
    ben = make_reader("Ben", now=now)
    assert signed_in(ben).post("/account", {"name": name}).status_code == 422
    ben.refresh_from_db()
    assert ben.name == "Ben"


@pytest.mark.parametrize("name", OTHERS)
def test_names_that_only_share_letters_are_taken(article, editor, now, name):
    answer = Client().post(f"/article/{article.pk}/comments", {"name": name, "text": "I speak for myself."})
    assert answer.status_code == 302
    ben = make_reader("Ben", now=now)
    assert signed_in(ben).post("/account", {"name": name}).status_code == 303
    assert Reader.objects.get(pk=ben.pk).name == name


def test_an_editor_keeps_their_own_name(editor):
    assert signed_in(editor).post("/account", {"name": "Sila Kern", "time_zone": "UTC"}).status_code == 303


@pytest.mark.parametrize("name", ["Ada\u3164", "Ada\ufe0f", "A\u034fda", "Ada\u2800"])
def test_a_name_with_signs_that_cannot_be_seen_is_refused(now, name):
    ben = make_reader("Ben", now=now)
    answer = signed_in(ben).post("/account", {"name": name})
    assert answer.status_code == 422
    assert "cannot be seen" in answer.content.decode()


def test_a_look_leaves_names_of_other_scripts_apart():
    assert look_of("राम") != look_of("रमा")
    assert look_of("كرم") != look_of("كريم")
    assert look_of("🙂") == ""


# --- another address of the same network ------------------------------------------
def test_a_ban_holds_for_the_whole_network_of_an_ipv6_address(article, now):
    mo = make_reader("Mo", role="moderator", now=now)
    banned = say(article, "Buy this", address="2001:db8:1:2::5", now=now)
    moderating.refuse(banned.pk, mo, now, seen=moderating.version_of(banned, None), reason="spam", ban_days=7)
    for address in ("2001:db8:1:2::5", "2001:db8:1:2:ffff:1:2:3"):
        with pytest.raises(save.MayNot):
            save.take_comment(attempt(article, "Buy this too", address=address, now=now))
    assert save.take_comment(attempt(article, "Not my neighbour", address="2001:db8:1:3::5", now=now)).pk


def test_a_slow_thread_is_slow_for_the_whole_network_of_an_ipv6_address(article, now):
    save.set_rule(article, Rule(slow_s=600), now, by=make_reader("Mo", role="editor", now=now))
    save.take_comment(attempt(article, "One", address="2001:db8:1:2::5", now=now))
    with pytest.raises(save.TooMany):
        save.take_comment(attempt(article, "Two", address="2001:db8:1:2::6", now=now))


def test_the_counts_for_all_cost_the_same_whatever_was_said(article, now, django_assert_max_num_queries):
    rows = [
        Comment(
            name="N", text=str(number), state="held", held_because=["first", "links"], created_at=now, article=article
        )
        for number in range(300)
    ]
    Comment.objects.bulk_create(rows)
    with django_assert_max_num_queries(6), CaptureQueriesContext(connection) as asked:
        html = Client().get("/moderation/counts").content.decode()
    assert "300" in html
    assert all("GROUP BY" in one["sql"] for one in asked if "comments_" in one["sql"])


# --- logs -------------------------------------------------------------------------
def test_a_refused_mail_address_stands_in_no_log(rf, caplog):
    error = smtplib.SMTPRecipientsRefused({"ada@meren.example": (550, b"no ada@meren.example here")})
    with context.request_context(rf.post("/accounts/password/reset/")):
        context.request.user = AnonymousUser()
        assert _mail_failed(error).status_code == 503
    assert "SMTPRecipientsRefused" in caplog.text
    assert "ada@" not in caplog.text


# --- the administration -----------------------------------------------------------
def test_nobody_puts_words_into_anothers_mouth_in_the_administration(article, editor, now):
    comment = say(article, "My own words", reader=editor, now=now)
    page = f"/admin/comments/comment/{comment.pk}/change/"
    mo = signed_in(make_reader("Mo", role="moderator", now=now))
    assert mo.get(page).status_code == 200
    changed = {"text": "Not mine", "name": "Sila Kern", "reader": editor.pk, "article": article.pk}
    for client in (mo, signed_in(make_reader("Boss", role="admin", now=now))):
        assert client.post(page, changed).status_code == 403
        assert client.post("/admin/comments/comment/add/", changed).status_code == 403
    assert mo.post(f"/admin/comments/comment/{comment.pk}/delete/", {"post": "yes"}).status_code == 403
    comment.refresh_from_db()
    assert comment.text == "My own words"
    assert Comment.objects.count() == 1
    assert comment.created_at > now - timedelta(days=1)
