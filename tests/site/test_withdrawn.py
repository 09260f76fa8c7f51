"""When a sentence is gone from its article, what stood on it is shown nowhere, and is made anew."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from newsroom.articles import refusals
from newsroom.articles.models import Article
from newsroom.desk import keeping, telling
from newsroom.publishers.models import Publisher
from newsroom.readers.save import make_admin
from newsroom.stories import changing, save
from newsroom.stories.models import Edition, Notes, Story
from newstext import pipeline, records
from newstext.records import ArticleText

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
REST = save.NOTES_REST
TITLE = "Dam above Ostra holds through the flood"
OLD = "Some 4,000 people spent the night in schools in Ostra, mayor Sten Aldous said."
TEXT = (
    "The dam above Ostra held on Monday after engineers opened two gates, the Brask Water Board said.\n\n"
    f"{OLD}\n\n"
    "The Brask had risen by 3 metres since Saturday after heavy rain in the hills of Karsa.\n\n"
    "The Brask Water Board said that the dam had not been damaged by the flood."
)
OTHER = (
    "Engineers opened two gates of the dam above Ostra, and the water of the Brask fell by a metre.\n\n"
    "Sten Aldous, the mayor of Ostra, thanked the 200 soldiers who carried sand to the dam of Ostra.\n\n"
    "The dam above Ostra was built in 1961 and holds back the Brask over nine kilometres."
)


def make_article(text: str, number: int, *, title: str = TITLE) -> Article:
    paper, _ = Publisher.objects.get_or_create(
        slug=f"paper-{number}", defaults={"name": f"Paper {number}", "domain": f"paper{number}.example"}
    )
    url = f"https://paper{number}.example/{number}"
    row = Article.objects.create(publisher=paper, url=url, url_key=url, title=title, seen_at=NOW)
    Article.objects.filter(pk=row.pk).update(published_at=NOW - timedelta(hours=number))
    row.refresh_from_db()
    read(row, text, NOW)
    return Article.objects.get(pk=row.pk)


def as_read(row: Article, text: str, **more) -> ArticleText:
    told = ArticleText(
        url=row.url, id=str(row.pk), title=row.title, text=text, paragraphs=tuple(text.split("\n\n")),
        language="en", published_at=row.published_at, **more,
    )  # fmt: skip
    return pipeline.mark_article(told)


def read(row: Article, text: str, now: datetime, *, problem: str = "", **more) -> bool:
    return keeping.keep_read(row, as_read(row, text, **more), problem, now)


def a_round(now: datetime) -> None:
    """What the desk does next: group what says something new, make the notes that are due."""
    ours = Article.objects.filter(publisher__slug__startswith="paper-")
    telling.Grouping().place(list(ours.filter(grouped_at=None)), now)
    due = Story.objects.due_for_notes(now).filter(placements__article__in=ours).distinct()
    telling.write_notes(list(due), now, engine=map)


def placed(row: Article, beside: Article | None = None, storyline: str = "") -> Story:
    key = str((beside or row).pk)
    story = save.place(records.Placement(str(row.pk), key, storyline or key), row, NOW)
    Article.objects.filter(pk=row.pk).update(grouped_at=NOW)
    save.refresh([story], NOW)
    return story


@pytest.fixture
def story() -> Story:
    """Told by two papers; the notes are made, and its edition."""
    first, second = make_article(TEXT, 1), make_article(OTHER, 2)
    placed(first)
    made = placed(second, beside=first)
    telling.write_notes([Story.objects.get(pk=made.pk)], NOW, engine=map)
    edition = Edition.objects.create(on=NOW.date() + timedelta(days=400), made_at=NOW)
    edition.stories.create(place=1, story=made, title=made.title)
    assert OLD in everywhere(made)
    return made


def everywhere(story: Story) -> str:
    """All that the site says of a story: its page, what changed since, its questions, front page, edition, API."""
    said = ""
    for path in (
        f"/story/{story.pk}",
        f"/story/{story.pk}?since=2026-11-01",
        f"/story/{story.pk}/ask?q=How+many+people+spent+the+night+in+schools%3F",
        "/",
        "/edition",
        "/feed.xml",
        "/edition/feed.xml",
        f"/api/v1/stories/{story.pk}",
        "/api/v1/stories",
    ):
        answer = Client().get(path)
        assert answer.status_code == 200, path
        said += answer.content.decode()
    return said


def notes_of(row: Article) -> str:
    """What is kept as the notes of the story that an article stands in."""
    return json.dumps(Notes.objects.get(story__placements__article=row).body, ensure_ascii=False)


def test_sentence_that_was_edited_is_shown_nowhere_and_the_notes_are_made_anew(story):
    row = Article.objects.get(text__contains=OLD)
    read(row, TEXT.replace(OLD, OLD.replace("4,000", "5,200")), LATER)
    said = everywhere(story)
    assert OLD not in said
    assert "Some 4,000" not in said
    a_round(LATER + REST)
    assert "4,000" not in notes_of(row)
    assert "5,200" in notes_of(row)


def test_edit_that_is_no_news_makes_the_notes_anew_too(story):
    row = Article.objects.get(text__contains=OLD)
    read(row, TEXT.replace("The dam above Ostra held", "The  dam above Ostra held"), LATER)
    a_round(LATER + REST)
    assert Notes.objects.get(story=story).made_at > NOW
    assert OLD in everywhere(story)


def test_deleted_article_takes_its_sentences_along_and_the_story_is_counted_anew(story):
    row = Article.objects.get(text__contains=OLD)
    row.delete()
    assert OLD not in everywhere(story)
    assert Story.objects.get(pk=story.pk).article_count == 1
    a_round(timezone.now() + REST)
    assert "4,000" not in notes_of(Article.objects.get(text=OTHER))


def test_body_that_is_refused_is_withdrawn_and_the_notes_are_made_anew(story):
    row = Article.objects.get(text__contains=OLD)
    refusals.take_off(row, "its body is none of its own", row.marks, LATER)
    assert OLD not in everywhere(story)
    a_round(LATER + REST)
    here = Article.objects.get(pk=row.pk).placement.story
    for one in {here.pk, story.pk}:
        assert not [kept for kept in Notes.objects.filter(story=one) if "4,000" in json.dumps(kept.body)]


def test_wall_on_a_page_read_again_takes_no_text_away(story):
    row = Article.objects.get(text__contains=OLD)
    read(row, "", LATER, refused="it asks for money", kind="wall")
    assert OLD in everywhere(story)


def test_article_moved_to_another_story_leaves_no_sentence_behind(story):
    row = Article.objects.get(text__contains=OLD)
    editor = make_admin("ed@meren.example", "a long password of mine")
    changing.move(row, None, LATER, by=editor, why="another flood")
    a_round(LATER + REST)
    left, here = Story.objects.get(pk=story.pk), Story.objects.get(placements__article=row)
    assert left != here
    assert "4,000" not in notes_of(Article.objects.get(text=OTHER))
    assert "4,000" in notes_of(row)


def test_edit_of_what_lies_behind_a_later_story_makes_its_notes_due(story):
    row = Article.objects.get(text__contains=OLD)
    after = make_article(OTHER.replace("Ostra", "Velmark"), 3, title="Inquiry into the dam of Velmark")
    later = placed(after, storyline=Story.objects.get(pk=story.pk).storyline.key)
    telling.write_notes([Story.objects.get(pk=later.pk)], NOW, engine=map)
    Story.objects.filter(pk=later.pk).update(last_at=LATER)
    assert Story.objects.get(pk=later.pk).notes_due_at is None
    read(row, TEXT.replace("4,000", "5,200"), LATER)
    assert Story.objects.get(pk=later.pk).notes_due_at is not None


def test_sentence_goes_with_the_one_before_it_that_it_was_understood_by(story):
    row = Article.objects.get(text__contains=OLD)
    start, end = row.sentences[1]
    first = {"text": OLD, "article": str(row.pk), "start": start, "end": end, "shown": OLD}
    start, end = row.sentences[2]
    second = {"text": row.text[start:end], "article": str(row.pk), "start": start, "end": end, "shown": ""}
    Notes.objects.filter(story=story).update(body={"brief": [first, second]})
    assert "The Brask had risen" in everywhere(story)
    Article.objects.filter(pk=row.pk).update(text=row.text.replace("4,000", "5,200"))
    brief = Client().get(f"/api/v1/stories/{story.pk}").json()["notes"]["brief"]
    assert brief == []
