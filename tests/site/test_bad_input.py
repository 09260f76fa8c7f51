"""Stories of bad input on the site: the page always comes, and shows nothing that breaks it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from newsroom.articles.models import Article
from newsroom.desk import telling
from newsroom.publishers.models import Publisher
from newsroom.stories import save
from newsroom.stories.models import Notes, Story
from newstext import pipeline, records
from tests.text.test_bad_input import TEXTS, TRUE

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
WITHOUT_NULLS = {name: text.replace("\x00", "") for name, text in TEXTS.items() if "surrogate" not in name}


def make_story(texts: list[str], *, published_at: datetime | None = NOW - timedelta(days=1)) -> Story:
    """A story of these texts, each of its own paper, with its notes."""
    first = 0
    for number, text in enumerate(texts):
        paper, _ = Publisher.objects.get_or_create(
            slug=f"odd-{number}", defaults={"name": f"Odd {number}", "domain": f"odd{number}.example"}
        )
        url = f"https://odd{number}.example/{number}"
        sentences = pipeline.mark_article(records.ArticleText(url="", text=text, language="en")).sentences
        row = Article.objects.create(
            publisher=paper, url=url, url_key=url, title="Dam above Ostra holds", text=text, language="en",
            published_at=published_at, seen_at=NOW, read_at=NOW, grouped_at=NOW,
            sentences=[list(span) for span in sentences],
        )  # fmt: skip
        first = first or row.pk
        story = save.place(records.Placement(str(row.pk), str(first), str(first)), row, NOW)
    save.refresh([story], NOW)
    telling.write_notes([Story.objects.get(pk=story.pk)], NOW, engine=map)
    return Story.objects.get(pk=story.pk)


def check_pages(story: Story) -> str:
    """The story's pages, each of which must come."""
    pages = [f"/story/{story.pk}", f"/story/{story.pk}?since=2026-11-01", f"/api/v1/stories/{story.pk}"]
    pages += [f"/article/{row}" for row in story.placements.values_list("article", flat=True)[:3]]
    pages.append(f"/story/{story.pk}/ask?q=%E2%80%9C%00%22+13")
    said = ""
    for path in pages:
        answer = Client().get(path)
        assert answer.status_code == 200, path
        if answer["Content-Type"].startswith("text/html"):  # JSON may say what no page may hold
            said += answer.content.decode()
    assert Notes.objects.filter(story=story).exists()
    return said


@pytest.mark.parametrize("text", WITHOUT_NULLS.values(), ids=WITHOUT_NULLS.keys())
def test_story_with_an_odd_text_has_its_page(text):
    said = check_pages(make_story([text[:60_000], TRUE]))
    assert "<script>alert" not in said
    assert "Dam above Ostra holds" in said


def test_story_of_one_sentence_has_its_page_and_no_empty_headings():
    said = check_pages(make_story(["The dam held."]))
    assert 'id="timeline"' not in said
    assert 'id="quotes"' not in said


def test_story_without_any_date_has_its_page():
    check_pages(make_story([TRUE, TRUE.replace("4,000", "5,000")], published_at=None))


def test_article_dated_tomorrow_has_its_page():
    check_pages(make_story([TRUE], published_at=NOW + timedelta(days=1)))


@pytest.mark.slow
def test_story_of_three_hundred_articles_has_its_page():
    texts = [f"{TRUE} Paper {number} counted {number} houses under water in Ostra." for number in range(300)]
    assert "Brief" in check_pages(make_story(texts))
