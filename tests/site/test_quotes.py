"""In their words, as a reader sees it: quotes with their speakers, each linked to its sentence."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from newsroom.stories.models import Notes

pytestmark = pytest.mark.django_db


def shown(reader: Client, address: str) -> str:
    return reader.get(address).content.decode()


def a_story_with(key: str) -> Notes:
    return next(notes for notes in Notes.objects.all() if notes.body[key])


def test_a_storys_quotes_stand_with_speaker_publisher_and_time():
    notes = a_story_with("quotes")
    html = shown(Client(), f"/story/{notes.story_id}")
    section = html[html.index('id="quotes"') :]
    quote = notes.body["quotes"][0]
    assert "In their words" in html
    assert section.count("<blockquote") == len(notes.body["quotes"])
    assert f">{quote['speaker']}</bdi></cite>" in section
    assert re.search(r'<figcaption[^>]*>.*?href="/article/\d+#s\d+".*?<time datetime="20', section)


def test_the_articles_page_has_them_too():
    notes = a_story_with("quotes")
    article = notes.body["quotes"][0]["evidence"]["article"]
    assert "<blockquote" in shown(Client(), f"/article/{article}")


def test_claims_alone_have_the_section_too():
    notes = a_story_with("claims")
    notes.body["quotes"] = []
    notes.save()
    html = shown(Client(), f"/story/{notes.story_id}")
    assert "Reported, not quoted" in html
    assert notes.body["claims"][0]["who"] in html


def test_a_quote_whose_sentence_is_gone_is_gone():
    notes = a_story_with("quotes")
    for quote in notes.body["quotes"]:
        quote["evidence"]["start"] += 1  # as after an edit that moved the text
        quote["also"] = []
    notes.body["claims"] = []
    notes.save()
    assert "In their words" not in shown(Client(), f"/story/{notes.story_id}")


def test_marks_of_what_is_shortened_or_translated_are_told():
    notes = a_story_with("quotes")
    notes.body["quotes"][0] |= {"is_cut": True, "is_translated": True}
    notes.save()
    html = shown(Client(), f"/story/{notes.story_id}")
    assert ">shortened</span>" in html
    assert ">translated</span>" in html
