"""Numbers and coverage on a story's page: from all its tellings, copies and other languages too."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsroom.articles.models import Article
from newsroom.desk import telling
from newsroom.stories import coverage_page
from newsroom.stories.models import Notes, Story
from newsroom.stories.noted import sections_of
from newsroom.stories.showing import tellings_of
from newstext.engines import inline
from tests.site.test_copy_groups import AT, OWN, WIRE, held, one_story, page, words_of

pytestmark = pytest.mark.django_db


def section(html: str, name: str) -> str:
    """One section of a page; "" where the page has none."""
    return html.partition(f'<section aria-labelledby="{name}">')[2].partition("</section>")[0]


def noted(story: Story) -> Story:
    telling.write_notes([story], AT, engine=inline)
    return story


def count(place: str, dead: int) -> str:
    return f"Rescuers in {place} counted {dead} dead after the burst of the Kestrel dam, the fire service said."


def test_a_copy_and_another_language_are_in_the_coverage_though_not_in_the_notes():
    story = one_story(
        held("Reuters", WIRE, agency="Reuters"),
        held("Meren Courier", WIRE, hours=2, agency="Reuters"),
        held("Le Fanal", OWN, hours=30, language="fr"),
    )
    shown = section(page(f"/story/{noted(story).pk}"), "coverage")
    assert [name for name in ("Reuters", "Meren Courier", "Le Fanal") if f"<bdi>{name}</bdi></a>" in shown]
    text = words_of(shown)
    assert "Meren Courier English · text of Reuters" in text.replace(" · English", " English")
    assert "2 hours" in text
    assert "30 hours" in text
    assert "Reuters agency, carried by Meren Courier" in text
    assert "In 2 languages" in text


def test_the_drawing_is_hidden_from_screen_readers_and_mirrored_by_the_table():
    story = one_story(held("Reuters", WIRE), held("Le Fanal", OWN, hours=30))
    shown = section(page(f"/story/{noted(story).pk}"), "coverage")
    drawing = shown.partition("<svg")[2].partition("</svg>")[0]
    assert 'aria-hidden="true"' in drawing
    assert "style=" not in shown
    assert drawing.count("<rect") == shown.partition("<tbody>")[2].count("<tr") == 2


def test_a_story_of_one_publisher_has_no_coverage():
    story = one_story(held("Reuters", WIRE))
    assert not section(page(f"/story/{noted(story).pk}"), "coverage")


def test_coverage_asks_the_database_nothing_of_its_own():
    story = noted(one_story(*(held(f"Paper {n}", WIRE, hours=n) for n in range(4))))
    sections, tellings = sections_of(story), tellings_of(story)
    with CaptureQueriesContext(connection) as asked:
        coverage_page.complete(sections, tellings)
        assert len(sections.body["coverage"]["publishers"]) == 4
    assert not asked.captured_queries


def test_many_publishers_stand_behind_a_fold():
    story = noted(one_story(*(held(f"Paper {n}", WIRE, hours=n) for n in range(12))))
    shown = section(page(f"/story/{story.pk}"), "coverage")
    assert "7 more publishers" in words_of(shown)
    assert shown.count('<th scope="row">') == 12


def test_values_that_differ_stand_in_a_table_and_side_by_side_and_lead_to_their_sentences():
    first = held("Ledger", [count("the valley", 49), *OWN])
    second = held("Post", [count("the valley", 52), *WIRE], hours=0.5)
    story = noted(one_story(first, second))
    html = page(f"/story/{story.pk}")
    numbers, coverage = section(html, "numbers"), section(html, "coverage")
    assert numbers.count("sources differ") == 2
    assert f'href="/article/{first.pk}#s1"' in numbers
    assert "Where they disagree" in coverage
    assert coverage.count("<dd ") == 2
    assert 'class="figure"' in page(f"/article/{first.pk}")


def test_older_values_are_said_to_be_superseded():
    early = held("Ledger", [count("the valley", 13), *OWN])
    late = held("Post", [count("the valley", 52), *WIRE], hours=20)
    numbers = section(page(f"/story/{noted(one_story(early, late)).pk}"), "numbers")
    assert numbers.index("52") < numbers.index("13")
    assert numbers.count("superseded</span>") == 1


def test_a_disagreement_whose_sentence_is_gone_is_withdrawn():
    first = held("Ledger", [count("the valley", 49), *OWN])
    second = held("Post", [count("the valley", 52), *WIRE], hours=0.5)
    story = noted(one_story(first, second))
    Article.objects.filter(pk=second.pk).update(sentences=[])
    assert "Where they disagree" not in page(f"/story/{story.pk}")


def test_what_another_publisher_carries_too_is_not_only_here():
    wire, copy = held("Reuters", WIRE), held("Meren Courier", WIRE, hours=2)
    story = noted(one_story(wire, copy, held("Le Fanal", OWN, hours=3)))
    start, end = wire.sentences[0]
    told = {"text": wire.text[start:end], "article": str(wire.pk), "start": start, "end": end, "shown": ""}
    notes = Notes.objects.get(story=story)
    notes.body["coverage"]["only"] = [{"publisher": "Reuters", "sentences": [told]}]
    notes.save()
    assert "Only here" not in page(f"/story/{story.pk}")


def test_a_story_without_notes_still_says_who_tells_it():
    story = one_story(held("Reuters", WIRE), held("Le Fanal", OWN, hours=3))
    assert not Notes.objects.filter(story=story).exists()
    assert "Le Fanal" in section(Client().get(f"/story/{story.pk}").content.decode(), "coverage")


def test_coverage_goes_with_the_other_sections_where_ai_features_are_off(settings):
    story = noted(one_story(held("Reuters", WIRE), held("Le Fanal", OWN, hours=30)))
    assert section(page(f"/story/{story.pk}"), "coverage")
    settings.AI_FEATURES = False
    html = page(f"/story/{story.pk}")
    assert not section(html, "coverage")
    assert "Le Fanal" in html
