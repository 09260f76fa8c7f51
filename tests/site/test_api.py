"""The JSON API: stories, articles and notes as programs read them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.stories.models import Edition, EditionStory, Placement, Story
from tests.site.stories import TEXT, make_story

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


def ask(where: str, question: str, status: int = 200):
    answer = Client().get(f"/api/v1{where}", {"q": question})
    assert answer.status_code == status, answer.content
    return answer.json()


def test_question_is_answered_by_sentences_with_address_and_publisher():
    story = make_story("Dam above Ostra holds", TEXT)
    for where in ("/ask", f"/stories/{story.pk}/ask"):
        answer = ask(where, "How many people spent the night in schools in Ostra?")
        assert answer["held"]
        for part in answer["parts"]:
            for sentence in part["sentences"]:
                article = get(f"/articles/{sentence['article']}")
                assert article["text"][sentence["start"] : sentence["end"]] == sentence["text"]
                assert sentence["url"].startswith(f"/article/{sentence['article']}#s")
                assert sentence["publisher"] == part["publisher"] == article["publisher"]


def test_question_that_no_article_answers_is_not_held():
    story = make_story("Dam above Ostra holds", TEXT)
    answer = ask(f"/stories/{story.pk}/ask", "How many giraffes resigned in 1871?")
    assert answer == {"question": "How many giraffes resigned in 1871?", "held": False, "parts": []}


@pytest.mark.parametrize(("question", "says"), [("", "empty"), (" \x00 ", "empty"), ("who " * 200, "limit is 300")])
def test_empty_and_too_long_questions_name_the_limit(question, says):
    story = make_story("Dam above Ostra holds", TEXT)
    for where in ("/ask", f"/stories/{story.pk}/ask"):
        assert says in ask(where, question, 422)["detail"]


def test_private_and_missing_stories_are_not_asked():
    key = Client().post("/explain", {"text": TEXT})["Location"].rpartition("/")[2]
    private = Article.objects.get(private_key=key).placement.story_id
    for story in (private, 999999):
        ask(f"/stories/{story}/ask", "Who is Oda Brask?", 404)


def test_coverage_has_publishers_and_origins_that_the_notes_do_not_hold():
    story = make_story("Dam above Ostra holds", TEXT)
    original = Article.objects.get(placement__story=story)
    courier = original.publisher.shown_name
    lindhaven = Publisher.objects.create(slug="lindhaven", name="Lindhaven Echo", domain="lindhaven.example")
    copy = Article.objects.create(
        publisher=lindhaven, url="https://lindhaven.example/1", url_key="lindhaven.example/1", title="Dam holds",
        text=TEXT, language="en", published_at=original.published_at + timedelta(hours=2), seen_at=NOW,
    )  # fmt: skip
    Placement.objects.create(article=copy, story=story, placed_at=NOW, copy_of=original, origin={"from": courier})
    coverage = get(f"/stories/{story.pk}")["notes"]["coverage"]
    assert [(one["publisher"], one["lag_min"], one["agency"]) for one in coverage["publishers"]] == [
        (courier, 0, ""),
        ("Lindhaven Echo", 120, courier),
    ]
    assert [(one["name"], one["carried_by"]) for one in coverage["origins"]] == [(courier, ["Lindhaven Echo"])]
    assert coverage["only"] == []


def test_editions_are_listed_and_each_has_its_stories_with_a_brief():
    story = make_story("Dam above Ostra holds", TEXT)
    for day in (25, 26):
        edition = Edition.objects.create(on=date(2026, 11, day), made_at=NOW)
        EditionStory.objects.create(edition=edition, place=1, story=story, title="The dam holds")
    first = get("/editions?limit=1")
    assert [one["on"] for one in first["editions"]] == ["2026-11-26"]
    assert [one["on"] for one in get(f"/editions?before={first['before']}")["editions"]] == ["2026-11-25"]
    whole = get("/editions/2026-11-26")
    assert whole["titles"] == ["The dam holds"]
    assert whole["stories"][0]["story"]["id"] == story.pk
    assert all(one["url"] and one["publisher"] for one in whole["stories"][0]["brief"])
    assert whole["stories"][0]["brief"]
    for day in ("2026-11-24", "yesterday", "2026-99-99"):
        get(f"/editions/{day}", 404)


def test_ai_features_off_answers_no_question_and_says_why(settings):
    story = make_story("Dam above Ostra holds", TEXT)
    settings.AI_FEATURES = False
    for path in ("/ask?q=Who", f"/stories/{story.pk}/ask?q=Who", "/between/france/norway"):
        assert "AI_FEATURES=no" in get(path, 404)["detail"]
