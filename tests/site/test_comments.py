"""Comments: read and posted without an account, held first, safe, limited."""

from __future__ import annotations

import pytest
from django.test import Client

from newsroom.comments import moderating
from newsroom.comments.models import Comment
from newsroom.readers.save import make_admin

pytestmark = pytest.mark.django_db
WORDS = {"name": "Ada", "text": "The siren in our town is painted shut too."}


@pytest.fixture
def reader() -> Client:
    return Client()


@pytest.fixture
def address(article_of) -> str:
    return f"/article/{article_of('The morning the Kestrel').pk}"


def test_a_first_comment_waits_and_says_so(reader, address):
    answer = reader.post(f"{address}/comments", WORDS, follow=True)
    assert b"waits for an editor" in answer.content
    assert b"painted shut" not in answer.content
    assert not answer.cookies
    assert Comment.objects.get().state == "held"


def test_approved_by_a_moderator_it_is_shown(reader, address):
    reader.post(f"{address}/comments", WORDS)
    boss = Client()
    boss.force_login(make_admin("boss@paper.example", "a long enough password"))
    comment = Comment.objects.get()
    sent = {"seen": moderating.version_of(comment, moderating.last_act_of(comment)), "approve": "1"}
    assert boss.post(f"/moderation/comment/{comment.pk}", sent).status_code == 303
    assert b"painted shut" in reader.get(address).content


def test_foreign_markup_is_shown_as_written(reader, address):
    reader.post(
        f"{address}/comments", {"name": "<b>Eve</b>", "text": "<script>alert(1)</script> see https://a.example/x"}
    )
    Comment.objects.update(state="shown")
    html = reader.get(address).content.decode().partition('id="comments"')[2]
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert '<a href="https://a.example/x" rel="noopener noreferrer nofollow ugc">' in html
    assert "<b>Eve" not in html


def test_what_another_site_sends_is_refused(reader, address):
    assert reader.post(f"{address}/comments", WORDS, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert reader.post(f"{address}/comments", WORDS, headers={"Origin": "https://evil.example"}).status_code == 403
    assert not Comment.objects.exists()
    assert reader.post(f"{address}/comments", WORDS, headers={"Origin": "http://testserver"}).status_code == 302


def test_an_address_may_send_so_many_an_hour(reader, address, settings):
    settings.COMMENTS_PER_HOUR = 2
    codes = [
        reader.post(f"{address}/comments", {**WORDS, "text": f"Thought {number}"}).status_code for number in range(3)
    ]
    assert codes == [302, 302, 429]


def test_the_same_words_twice_are_one_comment(reader, address):
    for _ in range(3):
        reader.post(f"{address}/comments", WORDS)
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("change", [{"text": ""}, {"name": ""}, {"text": "x" * 5000}, {"name": "n" * 70}])
def test_what_is_too_short_or_too_long_is_refused_in_words(reader, address, change):
    answer = reader.post(f"{address}/comments", {**WORDS, **change})
    assert answer.status_code == 422
    assert b"was not taken" in answer.content


def test_the_trap_catches_machines(reader, address):
    assert reader.post(f"{address}/comments", {**WORDS, "website": "https://spam.example"}).status_code == 302
    assert "trap" in Comment.objects.get().held_because
