"""Hostile words through every field of moderation and corrections: no error, told or kept, and never markup."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.http import urlencode

from newsroom.comments import holding, moderating
from newsroom.comments.models import Comment
from newsroom.comments.moderation import Correction, ModerationAct
from newsroom.readers.models import Reader
from newsroom.readers.origin import ADDRESS_MOST_CHARS
from tests.site.stories import NOW, TEXT, make_story
from tests.site.test_holding import attempt

pytestmark = pytest.mark.django_db
OWN = (
    "\0", "a\0b", "<script>alert(1)</script>", "'; DROP TABLE x; --", "\u202eabc\u202d", "\ufeff", "x" * 100_000, "{{ 7 }}",
    "%00", "%s%n", "../../etc/passwd", "👩‍👩‍👧", "\u0627\u0644", "a\r\nb", "-1", "9" * 40, "²", "٣", "NaN", "None",
    '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "\\evil.example", "//evil.example",
)  # fmt: skip


@pytest.fixture(scope="module")
def hostile(newstext_data) -> list[str]:
    found = list(OWN)
    for name, key, step in (
        ("strings/naughty.jsonl", "s", 300), ("xss/vectors.jsonl", "payload", 300), ("url/open_redirect.jsonl", "value", 24),
    ):  # fmt: skip
        lines = (newstext_data / "hostile" / name).read_text(encoding="utf-8").splitlines()
        found += [str(json.loads(line)[key]) for line in lines[::step]]
    return [one.encode("utf-8", "replace").decode() for one in found]


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(Reader.objects.create_user("eda@meren.example", role="editor"))
    return client


@pytest.fixture
def story():
    return make_story("The dam above Ostra held", TEXT)


def test_moderators_forms_take_any_words(editor, story, hostile):
    comment = Comment.objects.create(story=story, name="N", text="T", created_at=timezone.now(), address_hash="x")
    for said in hostile:
        answers = [
            editor.get("/moderation", {"queue": said, "done": said}),
            editor.post(
                f"/moderation/comment/{comment.pk}", {"seen": said, "refuse": said, "ban": said, "queue": said}
            ),
        ]
        seen = moderating.version_of(Comment.objects.get(pk=comment.pk), moderating.last_act_of(comment))
        refused = {"seen": seen, "refuse": "other", "words": said, "queue": said}
        answers.append(editor.post(f"/moderation/comment/{comment.pk}", refused))
        act = ModerationAct.objects.latest("pk")
        assert act.words == " ".join(said.replace("\0", " ").split())[:500]
        answers.append(editor.post(f"/moderation/undo/{act.pk}", {"queue": said}))
        assert all(answer.status_code < 500 for answer in answers), said
        assert not any("evil" in answer.headers.get("Location", "") for answer in answers), said


def test_corrections_take_any_words_and_show_them_as_written(editor, story, hostile, monkeypatch):
    from newsroom.comments import corrections

    monkeypatch.setattr(corrections, "AN_HOUR", 10**6)
    monkeypatch.setattr(corrections, "ANONYMOUS_AN_HOUR", 10**6)
    reader = Client()
    for said in hostile:
        for field in ("sentence", "text", "source"):
            sent = {"sentence": "A sentence", "text": f"of {said[:50]}", "source": "", field: said}
            answer = reader.post(f"/story/{story.pk}/correct", sent)
            assert answer.status_code in (303, 422), said
        for address, data, status in (
            (f"/article/{story.lead_id}/correct", {"sentence": said, "is": said}, 200),
            (f"/story/{story.pk}/correct", {"words": said}, 200),
            ("/correction/x", {"key": said}, 404),
        ):
            is_too_long = len(address) + len(urlencode(data)) > ADDRESS_MOST_CHARS
            assert reader.get(address, data).status_code == (414 if is_too_long else status), said
    page = editor.get("/corrections").content.decode().partition('<main id="main">')[2]
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript:' not in page
    assert not Correction.objects.exclude(source="").exclude(source__startswith="http").exists()


def test_any_words_of_a_comment_are_judged(story, hostile):
    for number, said in enumerate(hostile):
        found = holding.reasons(
            attempt(
                story, text=said.replace("\0", ""), name=said[:60].replace("\0", "") or "N", proof=said, trap=said,
                address=f"2001:db8:{number:x}::1", now=NOW,
            )
        )  # fmt: skip
        assert found, said


def test_numbers_that_no_row_has_are_no_error(editor, story):
    huge = "9" * 30
    for address in (
        f"/moderation/comment/{huge}",
        f"/moderation/undo/{huge}",
        f"/corrections/{huge}",
        f"/comments/{huge}/appeal",
    ):
        assert editor.post(address, {"accept": "1"}).status_code in (404, 409, 422), address
    assert editor.get(f"/story/{huge}/correct").status_code == 404
    assert editor.get(f"/article/{huge}/correct").status_code == 404
