"""What changed in a story since a moment that a reader names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from newsroom.articles.models import Article, Version
from newsroom.stories.models import Notes
from newsroom.stories.noted import sections_of
from newsroom.stories.showing import tellings_of
from newsroom.stories.since import changes_since
from tests.site.stories import NOW, TEXT, make_story

pytestmark = pytest.mark.django_db
LATER = "Engineers found on Wednesday that 52 houses of Ostra were damaged by the flood of the Brask."


@pytest.fixture
def story():
    """A story whose second telling came a day after the first."""
    first = make_story("Dam above Ostra holds", TEXT)
    other = make_story("Houses damaged in Ostra", LATER, number=2)
    row = Article.objects.get(placement__story=other)
    row.placement.story = first
    row.placement.save()
    Article.objects.filter(pk=row.pk).update(seen_at=NOW + timedelta(days=1))
    other.delete()
    return first


def page(story, since: str) -> str:
    return Client().get(f"/story/{story.pk}", {"since": since}).content.decode()


def test_new_telling_is_named(story):
    told = page(story, (NOW + timedelta(hours=1)).isoformat())
    part = told[told.index('class="since"') : told.index("</section>", told.index('class="since"'))]
    assert "Houses damaged in Ostra" in part
    assert "Dam above Ostra holds" not in part


def test_nothing_new_says_so(story):
    assert "Nothing new has come" in page(story, (NOW + timedelta(days=2)).isoformat())


def test_day_alone_is_its_beginning(story):
    assert "1 new article" in page(story, "2026-11-27")
    assert "2 new articles" in page(story, "2026-11-26")


@pytest.mark.parametrize("said", ["", "yesterday", "2026-02-31", "0000-00-00", "2026-11-26T09:00"])
def test_moment_that_is_none_shows_the_page_as_it_is(story, said):
    assert 'class="since"' not in page(story, said)


def test_edited_article_leads_to_its_change(story):
    row = Article.objects.get(title="Dam above Ostra holds")
    version = Version.objects.create(article=row, replaced_at=NOW + timedelta(hours=3), title=row.title, text="Before.")
    assert version.get_absolute_url() in page(story, (NOW + timedelta(hours=1)).isoformat())


def test_number_that_new_tellings_change_shows_both_values(story):
    old, new = Article.objects.order_by("seen_at").filter(placement__story=story)

    def at(article, words):
        start = article.text.index(words)
        spans = [span for span in article.sentences if span[0] <= start < span[1]]
        sentence = article.text[spans[0][0] : spans[0][1]]
        return {"text": sentence, "article": str(article.pk), "start": spans[0][0], "end": spans[0][1], "shown": ""}

    notes = Notes.objects.get(story=story)
    values = [
        {"value": "52", "as_of": "", "publisher": "", "evidence": at(new, "52 houses")},
        {"value": "30", "as_of": "", "publisher": "", "evidence": at(old, "4,000")},
    ]
    notes.body["numbers"] = [{"counts": "houses damaged", "unit": "", "differs": False, "values": values}]
    notes.save()
    found = changes_since(story, tellings_of(story), sections_of(story), NOW + timedelta(hours=1))
    assert [(one.was, one.now) for one in found.figures] == [("30", "52")]
    assert not changes_since(story, tellings_of(story), sections_of(story), NOW + timedelta(days=2)).figures


def test_form_works_without_a_script(story):
    shown = Client().get(f"/story/{story.pk}").content.decode()
    assert 'type="date"' in shown
