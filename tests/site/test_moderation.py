"""Moderators: queues with reasons, acts that are rows, two at once, appeals, bans told, counts for all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from newsroom.comments import moderating, queues
from newsroom.comments.models import Comment, Report
from newsroom.comments.moderation import ModerationAct, Sanction, SpamWord
from newsroom.readers.models import Reader
from tests.site.accounts import signed_in
from tests.site.stories import NOW, TEXT, make_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    return make_story("The dam above Ostra held", TEXT)


@pytest.fixture
def mo() -> Reader:
    return Reader.objects.create_user("mo@meren.example", role="moderator", name="Mo")


@pytest.fixture
def nur() -> Reader:
    return Reader.objects.create_user("nur@meren.example", role="moderator", name="Nur")


@pytest.fixture
def ben() -> Reader:
    return Reader.objects.create_user("ben@meren.example", name="Ben")


def comment_of(story, reader=None, *, state="held", because=("first",), text="The gates were opened late.", **more):
    from django.utils import timezone

    said = {"name": "Ben", "address_hash": "a" * 64, "created_at": timezone.now(), **more}
    return Comment.objects.create(
        story=story, reader=reader, text=text, state=state, held_because=list(because), **said
    )


def seen(comment: Comment) -> str:
    return moderating.version_of(Comment.objects.get(pk=comment.pk), moderating.last_act_of(comment))


def decide(client: Client, comment: Comment, **sent):
    return client.post(f"/moderation/comment/{comment.pk}", {"seen": seen(comment), "queue": "pending", **sent})


def test_pending_shows_why_each_is_held_and_what_its_writer_did_before(story, mo, ben):
    comment_of(story, ben, because=("first", "links"))
    comment_of(story, ben, state="refused", text="Before")
    html = signed_in(mo).get("/moderation").content.decode()
    assert "among the first comments of its writer" in html
    assert "has more than two links" in html
    assert "0 are shown, 1 refused, 1 wait" in " ".join(html.split())
    assert "The gates were opened late." in html


def test_approved_it_is_shown_and_the_act_is_a_row_that_teaches_the_filter(story, mo, ben):
    comment = comment_of(story, ben)
    answer = decide(signed_in(mo), comment, approve="1")
    assert answer.status_code == 303
    comment.refresh_from_db()
    assert comment.state == "shown"
    act = ModerationAct.objects.get()
    assert (act.by, act.kind, act.before, act.after) == (mo, "approved", "held", "shown")
    assert SpamWord.objects.get(word="").good == 1
    page = signed_in(mo).get(answer["Location"]).content.decode()
    assert "Approved: it is shown now." in page
    assert f"/moderation/undo/{act.pk}" in page


def test_a_refusal_needs_a_reason(story, mo):
    comment = comment_of(story)
    assert decide(signed_in(mo), comment, refuse="").status_code == 422
    assert decide(signed_in(mo), comment, refuse="because").status_code == 422
    comment.refresh_from_db()
    assert comment.state == "held"
    assert not ModerationAct.objects.exists()


def test_undo_puts_back_what_was_before_and_what_the_filter_had_learnt(story, mo, ben):
    comment = comment_of(story, ben)
    client = signed_in(mo)
    decide(client, comment, refuse="spam", ban="7")
    act = ModerationAct.objects.get()
    assert SpamWord.objects.get(word="").spam == 1
    assert Sanction.objects.in_force(NOW).filter(reader=ben).exists()
    assert client.post(f"/moderation/undo/{act.pk}", {"queue": "pending"}).status_code == 303
    comment.refresh_from_db()
    assert comment.state == "held"
    assert SpamWord.objects.get(word="").spam == 0
    assert not Sanction.objects.in_force(NOW).filter(reader=ben).exists()
    act.refresh_from_db()
    assert act.undone_by.kind == "undone"
    assert client.post(f"/moderation/undo/{act.pk}").status_code == 409  # once


def test_two_moderators_on_one_comment_and_the_second_is_told(story, mo, nur):
    comment = comment_of(story)
    looked_at = seen(comment)
    first = signed_in(mo).post(f"/moderation/comment/{comment.pk}", {"seen": looked_at, "approve": "1"})
    second = signed_in(nur).post(f"/moderation/comment/{comment.pk}", {"seen": looked_at, "refuse": "abuse"})
    assert first.status_code == 303
    assert second.status_code == 409
    assert "Mo was quicker" in second.content.decode()
    comment.refresh_from_db()
    assert comment.state == "shown"
    assert ModerationAct.objects.count() == 1


def test_two_who_both_leave_a_reported_comment_are_one_act(story, mo, nur):
    comment = comment_of(story, state="shown")
    looked_at = seen(comment)
    codes = [
        signed_in(by).post(f"/moderation/comment/{comment.pk}", {"seen": looked_at, "approve": "1"}).status_code
        for by in (mo, nur)
    ]
    assert codes == [303, 409]


def test_what_its_writer_changed_meanwhile_is_not_refused_unread(story, mo, ben):
    comment = comment_of(story, ben)
    looked_at = seen(comment)
    Comment.objects.filter(pk=comment.pk).update(text="Sorry, I meant the lower gates.", edited_at=NOW)
    answer = signed_in(mo).post(f"/moderation/comment/{comment.pk}", {"seen": looked_at, "refuse": "abuse"})
    assert answer.status_code == 409
    assert "changed the comment" in answer.content.decode()
    comment.refresh_from_db()
    assert (comment.state, comment.text) == ("held", "Sorry, I meant the lower gates.")


def test_what_its_writer_deleted_meanwhile_stays_deleted(story, mo):
    comment = comment_of(story)
    looked_at = seen(comment)
    Comment.objects.filter(pk=comment.pk).update(state="deleted")
    answer = signed_in(mo).post(f"/moderation/comment/{comment.pk}", {"seen": looked_at, "approve": "1"})
    assert answer.status_code == 409
    comment.refresh_from_db()
    assert comment.state == "deleted"


def test_reported_comes_first_and_leaves_when_answered_until_somebody_reports_again(story, mo, ben, nur):
    comment = comment_of(story, state="shown", because=())
    Report.objects.create(comment=comment, reader=ben, reason="abuse", text="He calls me names", at=NOW)
    client = signed_in(mo)
    html = client.get("/moderation").content.decode()
    assert "abuse × 1" in html
    assert "He calls me names" in html
    decide(client, comment, approve="1", queue="reported")
    assert "Nothing waits here" in client.get("/moderation?queue=reported").content.decode()
    later = ModerationAct.objects.get().at + timedelta(minutes=1)
    Report.objects.create(comment=comment, reader=nur, reason="spam", at=later)
    assert "spam × 1" in client.get("/moderation?queue=reported").content.decode()


def test_new_holds_what_was_shown_and_nobody_looked_at(story, mo):
    comment = comment_of(story, state="shown", because=())
    client = signed_in(mo)
    assert "The gates were opened" in client.get("/moderation?queue=new").content.decode()
    decide(client, comment, approve="1", queue="new")
    assert "Nothing waits here" in client.get("/moderation?queue=new").content.decode()


def test_the_writer_sees_the_reason_and_may_appeal_once(story, mo, nur, ben):
    comment = comment_of(story, ben)
    decide(signed_in(mo), comment, refuse="off topic", words="This is about the dam.")
    told = shown_to_writer(comment)
    assert "off topic" in told
    assert "This is about the dam." in told
    assert f"/comments/{comment.pk}/appeal" in told
    reader = signed_in(ben)
    assert reader.post(f"/comments/{comment.pk}/appeal", {"words": "The dam is what I wrote of."}).status_code == 303
    assert reader.post(f"/comments/{comment.pk}/appeal", {"words": "Again"}).status_code == 422
    assert "/appeal" not in shown_to_writer(comment)
    assert ModerationAct.objects.filter(kind="appealed").count() == 1


def shown_to_writer(comment: Comment) -> str:
    from django.template.loader import render_to_string

    return render_to_string("parts/moderated.html", {"comment": Comment.objects.get(pk=comment.pk)})


def test_nobody_appeals_for_another(story, mo, ben, nur):
    comment = comment_of(story, ben)
    decide(signed_in(mo), comment, refuse="spam")
    assert signed_in(nur).post(f"/comments/{comment.pk}/appeal", {"words": "x"}).status_code == 404
    assert Client().post(f"/comments/{comment.pk}/appeal", {"words": "x"})["Location"].startswith("/accounts/login/")


def test_another_moderator_answers_an_appeal_where_there_is_one(story, mo, nur, ben):
    comment = comment_of(story, ben)
    decide(signed_in(mo), comment, refuse="abuse", ban="0")
    moderating.appeal(comment.pk, ben, "I named nobody.", NOW)
    assert "I named nobody." not in signed_in(mo).get("/moderation?queue=appeals").content.decode()
    assert decide(signed_in(mo), comment, uphold="1").status_code == 422
    assert "I named nobody." in signed_in(nur).get("/moderation?queue=appeals").content.decode()
    assert decide(signed_in(nur), comment, reverse="1", words="Mo misread it.").status_code == 303
    comment.refresh_from_db()
    assert comment.state == "shown"
    assert not Sanction.objects.in_force(NOW).exists()
    assert "Mo misread it." in shown_to_writer(comment)


def test_a_single_moderator_answers_their_own(story, mo, ben):
    comment = comment_of(story, ben)
    decide(signed_in(mo), comment, refuse="abuse")
    moderating.appeal(comment.pk, ben, "I named nobody.", NOW)
    assert decide(signed_in(mo), comment, uphold="1").status_code == 303
    assert decide(signed_in(mo), comment, reverse="1").status_code == 409  # answered


def test_who_moderates_is_not_banned_by_another(story, mo, nur):
    comment = comment_of(story, nur)
    assert decide(signed_in(mo), comment, refuse="abuse", ban="7").status_code == 422
    comment.refresh_from_db()
    assert comment.state == "held"


def test_counts_are_open_to_all_and_name_nobody(story, mo, nur, ben):
    comment = comment_of(story, ben)
    decide(signed_in(mo), comment, refuse="false")
    moderating.appeal(comment.pk, ben, "It is true.", NOW)
    decide(signed_in(nur), comment, reverse="1")
    comment_of(story, because=("links",))
    html = Client().get("/moderation/counts").content.decode()
    assert "has more than two links" in html
    rows = " ".join(html.split())
    assert '<th scope="row">refusals reversed after an appeal</th><td>1</td>' in rows
    assert '<th scope="row">taken</th><td>2</td>' in rows
    assert "Ben" not in html
    assert "Mo" not in html.partition('<main id="main">')[2].replace("Moderat", "").partition("</main>")[0]


def test_queues_cost_the_same_whatever_their_length(story, mo, django_assert_max_num_queries):
    readers = [Reader.objects.create_user(f"r{n}@meren.example") for n in range(40)]
    for reader in readers:
        comment = comment_of(story, reader, text=f"Of {reader.username}")
        Report.objects.create(comment=comment, reader=mo, reason="spam", at=NOW)
    client = signed_in(mo)
    client.get("/moderation?queue=pending")
    with django_assert_max_num_queries(19):
        html = client.get("/moderation?queue=pending").content.decode()
    assert html.count("Of r") == 40
    assert queues.PAGE >= 40


def test_readers_and_strangers_see_no_queue(story, ben):
    comment = comment_of(story, ben)
    assert Client().get("/moderation")["Location"].startswith("/accounts/login/?next=/moderation")
    assert signed_in(ben).get("/moderation").status_code == 403
    assert decide(signed_in(ben), comment, approve="1").status_code == 403
    comment.refresh_from_db()
    assert comment.state == "held"
