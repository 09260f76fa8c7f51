"""Copies under one entry, where a story began, and origins that are counted instead of outlets."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from newsroom.articles.models import Article
from newsroom.desk import telling
from newsroom.publishers.models import Publisher
from newsroom.stories import origins
from newsroom.stories import save as story_save
from newsroom.stories.models import Placement, Story
from newstext import marks, pipeline, records
from tests.site import news

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
WIRE = news.paragraphs_of(0, 0) + news.paragraphs_of(2, 0)
OWN = news.paragraphs_of(1, 0) + news.paragraphs_of(3, 0)
ADDED = (
    "The mayor of Sandwick told this paper that the town will pay for the night in the school hall, and for the bread."
)


def held(name: str, paragraphs: list[str], *, hours: float = 0, **more) -> Article:
    publisher = Publisher.objects.get_or_create(slug=name.lower().replace(" ", "-"), defaults={"name": name})[0]
    url = f"https://{publisher.slug}.example/{Article.objects.count()}"
    text = "\n\n".join(paragraphs)
    told = {"title": f"Ferry news of {name}", "published_at": AT + timedelta(hours=hours), "language": "en", **more}
    row = Article(publisher=publisher, url=url, url_key=url, text=text, seen_at=AT, read_at=AT, **told)
    row.save()
    read = pipeline.mark_article(records.ArticleText(url="", id=str(row.pk), title=row.title, text=text, language="en"))
    assert read.marks is not None
    row.sentences, row.marks = [list(span) for span in read.sentences], marks.to_json(read.marks)
    row.save()
    return row


def one_story(*articles: Article) -> Story:
    """The articles in one story, the first taken for the original of all as it arrived first."""
    first = str(articles[0].pk)
    for row in articles:
        copy_of = first if row is not articles[0] else None
        story = story_save.place(records.Placement(str(row.pk), first, first, copy_of), row, AT)
    story_save.refresh([story], AT)
    story.refresh_from_db()
    origins.trace([story])
    story.refresh_from_db()
    return story


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def test_reprints_are_one_entry_and_one_origin():
    story = one_story(*(held(f"Paper {n}", WIRE, hours=n, agency="AFP", dateline="PORT MEREN") for n in range(5)))
    html = page(f"/story/{story.pk}")
    assert (story.origin_count, story.publisher_count) == (1, 5)
    assert "5 outlets, 1 independent origin" in html
    assert html.count('<details class="copies">') == 1
    assert "also in 4 outlets" in html
    assert words_of(html).count("Ferry news of Paper 0") >= 1
    assert "Ferry news of Paper 3" not in html.partition('id="tellings"')[2].partition('class="copies"')[0]
    assert (
        "Where it began: AFP, whose own text we do not hold, PORT MEREN, first seen here 17 November 2026"
        in words_of(html)
    )


def test_an_original_that_came_after_its_copy_takes_its_place():
    copy, agency = held("Meren Courier", WIRE, agency="Reuters"), held("Reuters", WIRE, hours=3)
    story = one_story(copy, agency)
    assert Placement.objects.get(article=copy).copy_of_id == agency.pk
    assert Placement.objects.get(article=agency).copy_of_id is None
    assert (story.lead_id, story.title) == (agency.pk, agency.title)
    assert f'Where it began: <a href="/article/{agency.pk}"><bdi>Reuters</bdi></a>' in page(f"/story/{story.pk}")


def test_an_editors_headline_stays_when_the_lead_changes():
    copy, agency = held("Meren Courier", WIRE, agency="Reuters"), held("Reuters", WIRE, hours=3)
    story = one_story(copy)
    Story.objects.filter(pk=story.pk).update(title="An editor's words", given_title="An editor's words")
    story_save.place(records.Placement(str(agency.pk), story.key, story.key, str(copy.pk)), agency, AT)
    story.refresh_from_db()
    origins.trace([story])
    story.refresh_from_db()
    assert (story.lead_id, story.title) == (agency.pk, "An editor's words")


def test_a_copys_page_says_of_what_and_links_what_it_adds():
    wire = held("Reuters", WIRE)
    copy = held("Meren Courier", [*WIRE[:2], ADDED, *WIRE[2:]], hours=2)
    story = one_story(wire, copy)
    html = page(f"/article/{copy.pk}")
    assert "Copied from Reuters, 17 November 2026, 12:00 UTC: whole, adds paragraph 3." in words_of(html)
    assert '<a href="#p3">3</a>' in html
    assert '<p id="p3" class="added">' in html
    assert html.count('class="added"') == 1
    assert "tells the same event" not in html  # the original is no second telling
    assert f'<a href="{copy.get_absolute_url()}#p3">3</a>' in page(f"/story/{story.pk}")
    assert "also in 1 outlet" in page(f"/article/{wire.pk}")


def test_a_cut_copy_is_said_to_be_in_part():
    wire, cut = held("Reuters", WIRE), held("Orhan Herald", WIRE[:4], hours=2)
    one_story(wire, cut)
    assert "12:00 UTC: in part." in words_of(page(f"/article/{cut.pk}"))


def test_own_words_are_an_origin_and_name_their_source():
    wire = held("Reuters", WIRE)
    own = held("Meren Courier", [*OWN, "Two bridges stay closed, according to Reuters, which saw the order."], hours=1)
    story = one_story(wire, own)
    assert story.origin_count == 2
    assert Placement.objects.get(article=own).copy_of is None  # though grouping had taken it for a copy
    assert "In its own words; names as a source: Reuters" in words_of(page(f"/story/{story.pk}"))
    assert "In its own words; names as a source: Reuters" in words_of(page(f"/article/{own.pk}"))


def test_lists_and_the_outgoing_feed_count_origins_beside_outlets():
    story = one_story(*(held(f"Paper {n}", WIRE, hours=n, agency="AFP") for n in range(3)))
    assert "3 outlets, 1 independent origin" in words_of(page("/"))
    assert "3 outlets, 1 independent origin" in page("/feed.xml")
    Story.objects.filter(pk=story.pk).update(origin_count=None)
    assert "3 publishers" in words_of(page("/"))


def test_tracing_twice_changes_nothing():
    rows = [held(f"Paper {n}", WIRE, hours=n) for n in range(3)]
    story = one_story(*rows)
    before = list(Placement.objects.filter(story=story).values())
    origins.trace([story])
    assert list(Placement.objects.filter(story=story).values()) == before


def test_a_copy_of_a_copy_stands_under_the_original():
    rows = [held(f"Paper {n}", WIRE, hours=n) for n in range(3)]
    one_story(*rows[:2])
    placed = records.Placement(str(rows[2].pk), str(rows[0].pk), str(rows[0].pk), str(rows[1].pk))
    story_save.place(placed, rows[2], AT)
    assert Placement.objects.get(article=rows[2]).copy_of_id == rows[0].pk


def test_an_original_placed_anew_is_no_copy_of_itself():
    rows = [held(f"Paper {n}", WIRE, hours=n) for n in range(2)]
    one_story(*rows)
    story_save.place(records.Placement(str(rows[0].pk), str(rows[0].pk), str(rows[0].pk), str(rows[1].pk)), rows[0], AT)
    assert Placement.objects.get(article=rows[0]).copy_of_id is None


def test_the_sample_edition_shows_its_wire_copies_under_the_agency(story_of):
    story = story_of("Kestrel dam fails")
    html = page(f"/story/{story.pk}")
    assert story.origin_count is not None
    assert story.origin_count < story.publisher_count
    assert f"{story.publisher_count} outlets, {story.origin_count} independent origins" in html
    assert "Tidewire" in words_of(html.partition('class="began"')[2].partition("</p>")[0])


def test_copies_whose_original_was_placed_elsewhere_repeat_the_first_of_them():
    first, second, third = (held(f"Paper {n}", WIRE, hours=n) for n in range(3))
    story = one_story(first, second, third)
    Article.objects.filter(pk=first.pk).update(title="Another matter")
    elsewhere = story_save.place(records.Placement(str(first.pk), "elsewhere", "elsewhere"), first, AT)
    assert elsewhere != story
    assert {row.article_id: row.copy_of_id for row in story.placements.all()} == {second.pk: None, third.pk: second.pk}


def test_a_live_page_leads_no_story_though_an_article_copies_it():
    live = held("Live Desk", WIRE, kind="live")
    story = one_story(live, held("Reprint Post", WIRE, hours=1, kind="article"))
    assert story.lead is not None
    assert story.lead.publisher.name == "Reprint Post"


def test_a_desk_that_starts_again_takes_copies_for_copies():
    wire, copy = held("Wire", WIRE), held("Late Copy", WIRE, hours=30)
    story = one_story(wire, copy)
    [read] = telling.read_stories(Story.objects.filter(pk=story.pk))
    assert read.copies == {str(copy.pk): (str(wire.pk), 0.0)}
