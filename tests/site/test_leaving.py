"""What stays of a reader who deletes their account, and what they are given before."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.utils import timezone

from newsroom.alerts.models import Alert, Mail, MailChoices, Notice
from newsroom.comments import votes
from newsroom.comments.models import Comment, CommentVersion, Report, ThreadRule, Told, Vote
from newsroom.comments.moderation import Correction, ModerationAct, Sanction
from newsroom.readers import export
from newsroom.readers.leaving import delete_account
from newsroom.readers.models import AccountChoices, AppPassword, Filed, Follow, Reader
from newsroom.stories.models import NotForMe
from tests.site.accounts import make_reader, signed_in

pytestmark = pytest.mark.django_db
MINE = "Lapis and thistle"
BEFORE = "Lapis and nettle"
PLEA = "Nettles are no insult"


@pytest.fixture
def ben():
    reader = make_reader("ben")
    reader.name = "Ben Orrel"
    reader.save()
    return reader


@pytest.fixture
def comment(ben, story_of):
    """A comment of Ben's that was changed, refused, appealed and shown again, and told somebody."""
    now = timezone.now()
    row = Comment.objects.create(
        story=story_of("Heron"), reader=ben, name="Ben Orrel", text=MINE, state="shown", created_at=now,
        edited_at=now, address_hash="x", held_because=["first"],
    )  # fmt: skip
    CommentVersion.objects.create(comment=row, text=BEFORE, written_at=now, replaced_at=now)
    ModerationAct.objects.create(comment=row, by=ben, kind="appealed", words=PLEA, before="held", after="held", at=now)
    Told.objects.create(comment=row, reader=make_reader("eda"), kind="mention")
    return row


def fill(ben, comment) -> None:
    """One row of every kind that only a site with comments and alerts has."""
    now, story = timezone.now(), comment.story
    other = Comment.objects.create(story=story, name="Passer-by", text="x", created_at=now, address_hash="x")
    about = {"comment": other, "reader": ben}
    Vote.objects.create(**about, value=1, at=now)
    Report.objects.create(**about, reason="other", text="report-words", at=now)
    Told.objects.create(**about, kind="answer")
    ThreadRule.objects.create(story=story, by=ben, at=now)
    Sanction.objects.create(reader=ben, by=make_reader("mod"), kind="ban", reason="sanction-words", at=now)
    Correction.objects.create(story=story, reader=ben, sentence="s", text="correction-words", digest="d", at=now)
    alert = Alert.objects.create(reader=ben, kind="search", key="alert-words", name="alert-words", created_at=now)
    mail = Mail.objects.create(reader=ben, kind="alerts", on=now, message_id="mail-words", created_at=now, due_at=now)
    Notice.objects.create(reader=ben, alert=alert, story=story, due_at=now, mail=mail)
    MailChoices.objects.create(reader=ben)
    NotForMe.objects.create(reader=ben, kind="hashtag", key="line-words", at=now)
    AccountChoices.objects.create(reader=ben, cookie="cookie-words")
    AppPassword.objects.create(reader=ben, name="app-words", digest="secret-digest", purpose="fever", created_at=now)
    follow = Follow.objects.create(reader=ben, kind="hashtag", key="karsa", name="Karsa", since=now)
    Filed.objects.create(follow=follow, title="title-words", folder="folder-words")


def exported(reader) -> dict:
    return json.loads(json.dumps(export.everything_of(reader, timezone.now()), default=str))


def test_the_export_has_what_they_wrote_chose_and_were_told(ben, comment):
    fill(ben, comment)
    held = exported(ben)
    for label in (*export.EXPORTED, *export.THROUGH):
        if label.startswith(("alerts.", "comments.")) or label in {
            "readers.AccountChoices", "readers.AppPassword", "readers.Filed", "stories.NotForMe"
        }:  # fmt: skip
            assert held[label], label
    text = json.dumps(held)
    for words in (MINE, BEFORE, PLEA, "report-words", "sanction-words", "correction-words", "alert-words", "mail-words",
                  "line-words", "cookie-words", "app-words", "title-words", "folder-words"):  # fmt: skip
        assert words in text, words
    assert "secret-digest" not in text


def test_nothing_of_another_readers_is_in_the_export(ben, comment):
    fill(ben, comment)
    held = exported(make_reader("cem"))
    assert {label for label, rows in held.items() if rows} == {"exported_at", "account"}


def test_the_way_to_a_reader_goes_through_what_is_theirs():
    """A line of THROUGH leads over one row to a field that the export or its test knows."""
    for label, way, names in export.THROUGH.values():
        model = apps.get_model(label)
        first, last = way.split("__")
        owner = model._meta.get_field(first).related_model
        assert export.EXPORTED[owner._meta.label][0] == last
        assert {field.attname for field in model._meta.fields} >= set(names)


def test_words_go_with_the_account_where_the_reader_wishes_it(ben, comment):
    delete_account(ben, deletes_comments=True)
    comment.refresh_from_db()
    assert (comment.reader, comment.name, comment.text, comment.state) == (None, "", "", "deleted")
    assert (comment.address_hash, comment.held_because) == ("", [])
    assert not CommentVersion.objects.filter(comment=comment).exists()
    assert not Told.objects.filter(comment=comment).exists()
    assert not ModerationAct.objects.filter(words=PLEA).exists()


def test_words_stay_without_a_name_where_they_are_to_stay(ben, comment, client):
    delete_account(ben, deletes_comments=False)
    comment.refresh_from_db()
    assert (comment.reader, comment.name, comment.text, comment.state) == (None, "", MINE, "shown")
    assert comment.versions.get().text == BEFORE
    page = client.get(f"/story/{comment.story_id}/comments").content.decode()
    assert MINE in page
    assert "a deleted reader" in page
    assert "Ben Orrel" not in page


def test_votes_are_counted_without_who_left(ben, comment):
    now = timezone.now()
    cem = make_reader("cem")
    others = [
        Comment.objects.create(story=comment.story, name="P", text="x", created_at=now, address_hash="x")
        for _each in range(30)
    ]
    for one in others:
        for reader, value in ((ben, 1), (cem, -1)):
            Vote.objects.create(comment=one, reader=reader, value=value, at=now)
        Comment.objects.filter(pk=one.pk).update(ups=1, downs=1, best=votes.best_of(1, 1))
    delete_account(ben, deletes_comments=False)
    for one in Comment.objects.filter(pk__in=[one.pk for one in others]):
        assert (one.ups, one.downs, one.best) == (0, 1, votes.best_of(0, 1))
    assert Vote.objects.filter(reader=cem).count() == 30


@pytest.mark.parametrize("way", ["one", "several"])
def test_who_is_deleted_in_the_administration_leaves_as_who_deletes_themselves(admin, ben, comment, way):
    other = Comment.objects.create(
        story=comment.story, name="P", text="x", created_at=timezone.now(), address_hash="x", ups=1
    )
    Vote.objects.create(comment=other, reader=ben, value=1, at=timezone.now())
    admin.post(*delete_in_admin(way, ben))
    assert not Reader.objects.filter(pk=ben.pk).exists()
    comment.refresh_from_db()
    other.refresh_from_db()
    assert (comment.reader, comment.name, comment.address_hash, comment.text) == (None, "", "", MINE)
    assert other.ups == 0


@pytest.mark.parametrize("way", ["one", "several"])
def test_the_only_administrator_is_not_deleted_in_the_administration(admin, ben, way):
    only = Reader.objects.get(role="admin")
    answer = admin.post(*delete_in_admin(way, ben, only) if way == "several" else delete_in_admin(way, only))
    assert answer.status_code == 403
    assert "only administrator" in answer.content.decode()
    assert Reader.objects.filter(pk__in=[only.pk, ben.pk]).count() == 2


@pytest.fixture
def admin(db):
    return signed_in(make_reader("ada", role="admin"))


def delete_in_admin(way: str, *readers: Reader) -> tuple[str, dict]:
    """(address, form): of the page of one reader, or of the list's action."""
    if way == "one":
        return f"/admin/readers/reader/{readers[0].pk}/delete/", {"post": "yes"}
    chosen = [str(one.pk) for one in readers]
    return "/admin/readers/reader/", {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
