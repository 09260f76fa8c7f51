"""The JSON API: stories, articles and notes as programs read them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.test import Client

from newsroom.articles.models import Article
from newsroom.stories.models import Story
from tests.site.test_model_writing import TEXT, make_story

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def get(path: str, status: int = 200):
    answer = Client().get(f"/api/v1{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_sentence_of_a_note_is_the_text_at_its_offsets_and_its_page_shows_it():
    story = get(f"/stories/{make_story('Dam above Ostra holds', TEXT).pk}")
    assert story["notes"]["brief"]
    for sentence in story["notes"]["brief"]:
        article = get(f"/articles/{sentence['article']}")
        assert article["text"][sentence["start"] : sentence["end"]] == sentence["text"]
        path, _, place = sentence["url"].partition("#")
        assert f'id="{place}"' in Client().get(path).content.decode()


def test_every_key_of_notes_is_there():
    notes = get(f"/stories/{make_story('Dam above Ostra holds', TEXT).pk}")["notes"]
    wanted = "hashtags brief why_now timeline people quotes numbers coverage questions"
    assert notes.keys() >= set(wanted.split())


def test_sentence_that_an_edit_took_away_is_withdrawn():
    story = make_story("Dam above Ostra holds", TEXT)
    Article.objects.filter(placement__story=story).update(text="Nothing is left.", sentences=[[0, 16]])
    body = json.dumps(get(f"/stories/{story.pk}")["notes"]["timeline"])
    assert "Water Board" not in body


def test_sentence_whose_words_changed_in_place_is_withdrawn():
    story = make_story("Dam above Ostra holds", TEXT)
    for row in Article.objects.filter(placement__story=story):
        Article.objects.filter(pk=row.pk).update(text=row.text.replace("4,000", "9,000"))
    assert "4,000" not in json.dumps(get(f"/stories/{story.pk}")["notes"])


def test_ai_features_off_gives_no_notes(settings):
    settings.AI_FEATURES = False
    assert get(f"/stories/{make_story('Dam above Ostra holds', TEXT).pk}")["notes"] is None


def test_list_goes_on_where_the_last_page_ended():
    made = [make_story(f"Dam {n} holds", f"{TEXT} Dam {n} is old.", number=n).pk for n in range(3)]
    for place, pk in enumerate(made):
        Story.objects.filter(pk=pk).update(last_at=NOW.replace(day=27, hour=place))
    first = get("/stories?limit=2")
    assert [one["id"] for one in first["stories"]] == [made[2], made[1]]
    more = get(f"/stories?limit=1&before={first['before'].replace('+', '%2B')}")
    assert more["stories"][0]["id"] == made[0]


def test_merged_story_is_answered_with_the_one_that_took_it_in():
    kept = make_story("Dam above Ostra holds", TEXT)
    gone = make_story("Dam holds at Ostra", f"{TEXT} Rain goes on.", number=2)
    Story.objects.filter(pk=gone.pk).update(merged_into=kept)
    assert get(f"/stories/{gone.pk}")["id"] == kept.pk


def test_brought_text_is_found_by_its_key_alone():
    answer = Client().post("/explain", {"text": TEXT})
    key = answer["Location"].rpartition("/")[2]
    assert get(f"/texts/{key}")["notes"]["brief"]
    article = Article.objects.get(private_key=key)
    get(f"/articles/{article.pk}", 404)
    get(f"/stories/{article.placement.story_id}", 404)


@pytest.mark.parametrize("path", ["/stories/999999", "/articles/999999", "/texts/x"])
def test_what_is_not_there_is_404(path):
    get(path, 404)


@pytest.mark.parametrize("query", ["limit=x", "before=yesterday", "limit=-5&before=2026-13-01"])
def test_bad_query_names_the_field(query):
    assert any(word in json.dumps(get(f"/stories?{query}", 422)) for word in ("limit", "before"))


def test_forms_of_the_api_are_described():
    assert "/api/v1/stories/{story_id}" in Client().get("/api/v1/openapi.json").json()["paths"]
