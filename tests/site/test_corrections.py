"""A reader suggests a correction: with sentence and source; an editor answers, and the story's history tells it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from newsroom.comments.moderation import Correction
from newsroom.desk import telling
from newsroom.readers.models import Reader
from newsroom.stories.models import Notes, Story
from newsroom.stories.noted import sections_of, sentences_in
from tests.site.stories import TEXT, make_story

pytestmark = pytest.mark.django_db
SAID = {"text": "It were 400, not 4,000 people.", "source": "https://register.example/ostra"}


@pytest.fixture
def story():
    return make_story("The dam above Ostra held", TEXT)


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(Reader.objects.create_user("eda@meren.example", role="editor"))
    return client


def sentence_of(story):
    """A sentence that the story shows, and the number of its source sentence."""
    one = next(sentences_in(sections_of(story).body["brief"]))
    starts = [start for start, _ in story.lead.sentences]
    return one, starts.index(one.stored["start"]) + 1


def suggest(client: Client, story: Story, **more):
    one, number = sentence_of(story)
    sent = {"sentence": one.text, "number": number, **SAID, **more}
    return client.post(f"/article/{story.lead_id}/correct", sent)


def test_the_note_of_a_mark_leads_to_a_form_that_has_the_sentence_and_its_evidence(client, story):
    one, number = sentence_of(story)
    note = client.get(f"/article/{story.lead_id}/sentence/{number}?as=note").content.decode()
    address = f"/article/{story.lead_id}/correct?sentence={number}"
    assert address in note
    html = client.get(address).content.decode()
    assert one.text in html.partition("<textarea")[2]
    assert "<mark>" in html
    assert not client.cookies


def test_who_has_no_account_gets_a_page_that_nobody_guesses(client, story):
    answer = suggest(client, story)
    assert answer.status_code == 303
    kept = Correction.objects.get()
    assert answer["Location"] == f"/correction/{kept.key}"
    assert len(kept.key) >= 32
    assert kept.story == story
    assert kept.evidence["text"] in story.lead.text
    page = client.get(answer["Location"])
    assert "An editor will read it" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert client.get(f"/correction/{kept.pk}").status_code == 404


def test_sent_twice_it_is_one(client, story):
    assert suggest(client, story)["Location"] == suggest(client, story)["Location"]
    assert Correction.objects.count() == 1


def test_of_an_account_its_page_is_its_readers_alone(story, editor):
    ben, ada = (Reader.objects.create_user(f"{name}@meren.example") for name in ("ben", "ada"))
    mine, other = Client(), Client()
    mine.force_login(ben)
    other.force_login(ada)
    address = suggest(mine, story)["Location"]
    assert mine.get(address).status_code == 200
    assert other.get(address).status_code == 404
    assert Client().get(address).status_code == 404
    assert editor.get(address).status_code == 200
    assert SAID["text"] in mine.get("/corrections/mine").content.decode()
    assert SAID["text"] not in other.get("/corrections/mine").content.decode()


def test_an_accepted_one_withdraws_the_sentence_for_good_and_stands_in_the_history(client, story, editor):
    one, _number = sentence_of(story)
    address = suggest(client, story)["Location"]
    tasks = editor.get("/corrections").content.decode()
    assert SAID["text"] in tasks
    assert SAID["source"] in tasks
    kept = Correction.objects.get()
    answer = "You are right, the register has 400."
    sent = {"accept": "1", "answer": answer, "outcome": "withdrawn"}
    assert editor.post(f"/corrections/{kept.pk}", sent).status_code == 303
    assert one.text not in [said.text for said in sentences_in(sections_of(story).body)]
    page = client.get(f"/story/{story.pk}", follow=True).content.decode()
    assert "corrected, as a reader suggested" in page
    assert answer in page
    assert answer in client.get(address).content.decode()
    telling.write_notes([Story.objects.get(pk=story.pk)], timezone.now(), engine=map)
    assert one.text not in [said.text for said in sentences_in(sections_of(story).body)]
    assert Notes.objects.get(story=story).withdrawn


def test_notes_are_made_anew_where_the_editor_says_so(client, story, editor):
    suggest(client, story)
    kept = Correction.objects.get()
    editor.post(f"/corrections/{kept.pk}", {"accept": "1", "answer": "Done.", "outcome": "remade"})
    story.refresh_from_db()
    assert story.notes_due_at


def test_two_editors_at_once_and_the_second_is_told(client, story, editor):
    suggest(client, story)
    kept = Correction.objects.get()
    other = Client()
    other.force_login(Reader.objects.create_user("edo@meren.example", role="editor"))
    assert editor.post(f"/corrections/{kept.pk}", {"decline": "1", "answer": "The paper has 4,000."}).status_code == 303
    second = other.post(f"/corrections/{kept.pk}", {"accept": "1", "answer": "Yes", "outcome": "noted"})
    assert second.status_code == 409
    kept.refresh_from_db()
    assert (kept.state, kept.answer) == ("declined", "The paper has 4,000.")
    assert not story.changes.filter(kind="corrected").exists()


def test_an_answer_that_is_too_long_is_refused_whole(client, story, editor):
    suggest(client, story)
    kept = Correction.objects.get()
    refused = editor.post(f"/corrections/{kept.pk}", {"decline": "1", "answer": "x" * 1001})
    assert refused.status_code == 422
    assert "1001 characters, it may have 1000" in refused.content.decode()
    kept.refresh_from_db()
    assert kept.state == "open"


def test_what_cannot_be_withdrawn_stays_open(client, story, editor):
    client.post(f"/story/{story.pk}/correct", {"sentence": "Nobody wrote this.", **SAID})
    kept = Correction.objects.get()
    sent = {"accept": "1", "answer": "Yes", "outcome": "withdrawn"}
    assert editor.post(f"/corrections/{kept.pk}", sent).status_code == 422
    kept.refresh_from_db()
    assert kept.state == "open"


@pytest.mark.parametrize(
    "more",
    [{"text": ""}, {"text": "x" * 2001}, {"source": "javascript:alert(1)"}, {"source": "no address"},
     {"sentence": "\0"}, {"website": "https://spam.example"}],
)  # fmt: skip
def test_what_is_wrong_with_it_is_said(client, story, more):
    assert suggest(client, story, **more).status_code == 422
    assert not Correction.objects.exists()


def test_a_reader_sends_six_an_hour(client, story):
    codes = [suggest(client, story, text=f"Wrong for reason {number}").status_code for number in range(7)]
    assert codes == [303] * 6 + [429]


def test_a_sentence_that_readers_may_not_see_is_not_shown_by_the_form(client, story, settings):
    settings.PUBLIC_TEXT = "headline"
    Notes.objects.filter(story=story).delete()
    html = client.get(f"/article/{story.lead_id}/correct?sentence=2").content.decode()
    assert "Sten Aldous" not in html
    assert "<mark>" not in html


def test_markup_is_shown_as_written(client, story, editor):
    client.post(
        f"/story/{story.pk}/correct", {"sentence": "<b>x</b>", "text": "<script>alert(1)</script>", "source": ""}
    )
    html = editor.get("/corrections").content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
