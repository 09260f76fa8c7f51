"""A story's course: bars of articles a day and dots of events, in whatever direction the page reads."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils.translation import override

from newsroom.stories.course import MOST_BARS, course_of
from newsroom.stories.noted import Sections, Shown

FIRST = datetime(2026, 11, 11, 9, tzinfo=UTC)


def telling(days: int) -> SimpleNamespace:
    return SimpleNamespace(article=SimpleNamespace(at=FIRST + timedelta(days=days)), copies=[])


def event(date: str, *pages: str, also_on: tuple[str, ...] = ()) -> dict:
    sentences = [
        Shown(f"Of {page}.", f"/article/{page}", "Tidewire", "en", int(page.partition("#")[0]))
        for page in pages or ("1#s1",)
    ]
    return {"date": date, "precision": "day", "sentences": sentences, "also_on": list(also_on)}


def course(days: list[int], *events: dict):
    return course_of([telling(day) for day in days], Sections({"timeline": list(events)}))


def figures(found) -> list[tuple[int, int]]:
    return [row.cells for row in found.chart.rows]


def test_a_bar_for_each_day_and_a_dot_for_each_event():
    found = course([0, 0, 2], event("2026-11-11"), event("2026-11-12"), event("2026-11-12"))
    assert figures(found) == [(2, 1), (0, 2), (1, 0)]
    assert (len(found.chart.bars), len(found.chart.dots), found.undrawn) == (2, 2, 0)
    assert "at most 2" in found.chart.caption


def test_a_story_of_one_day_has_no_band():
    assert course([0, 0], event("2026-11-11")).chart is None
    assert course([], event("2026-11-11")).chart is None
    assert course([0]).events == ()


def test_what_lies_far_before_or_has_no_day_is_counted_and_not_drawn():
    found = course([0, 1], event("1884"), event("2026-05"), event("2024-12-25"), event("2026-11-10"))
    assert found.undrawn == 3
    assert "3 events are earlier" in found.chart.caption
    assert found.chart.begins.isoformat() == "2026-11-10"


def test_a_long_course_has_bars_of_several_days():
    found = course(list(range(0, 400, 7)))
    assert len(found.chart.bars) <= MOST_BARS
    assert "in each 5 days" in found.chart.caption
    assert sum(articles for articles, _ in figures(found)) == len(range(0, 400, 7))


def test_three_hundred_articles_keep_the_lone_one_visible():
    found = course([0] * 299 + [1])
    assert float(found.chart.bars[1].height.rstrip("%")) >= 4


def test_an_event_after_the_last_article_makes_no_empty_end():
    assert course([0, 1], event("2027-03-01")).chart.ends.isoformat() == "2026-11-12"


def test_it_is_mirrored_where_the_page_reads_from_the_right():
    straight = course([0, 0, 1])
    with override("ar"):
        mirrored = course([0, 0, 1])
    assert [one.x for one in straight.chart.bars] == [one.x for one in reversed(mirrored.chart.bars)]
    assert [articles for articles, _ in figures(mirrored)] == [2, 1]


def test_what_a_line_needs_stands_with_it_and_other_articles_are_marks():
    found = course([0], event("2026-11-11", "1#s1", "1#s2", "2#s4"))
    assert [one.url for one in found.events[0].line] == ["/article/1#s1", "/article/1#s2"]
    assert [one.url for one in found.events[0].also] == ["/article/2#s4"]


@pytest.mark.django_db
def test_the_band_is_on_the_page_by_attributes_with_a_table_that_says_the_same(story_of):
    html = Client().get(f"/story/{story_of('Kestrel dam fails').pk}").content.decode()
    figure = html[
        html.index('<figure class="chart course">') : html.index(
            "</figure>", html.index('<figure class="chart course">')
        )
    ]
    assert " style=" not in figure
    drawn = figure.count("<rect")
    assert drawn >= 2
    rows = re.findall(r"</th><td>(\d+)</td><td>(\d+)</td></tr>", figure)
    assert sum(int(articles) > 0 for articles, _ in rows) == drawn
    assert sum(int(events) > 0 for _, events in rows) == figure.count("<circle")


@pytest.mark.django_db
def test_the_band_asks_the_database_nothing(story_of, django_assert_num_queries):
    from newsroom.stories.noted import sections_of
    from newsroom.stories.showing import tellings_of

    story = story_of("Kestrel dam fails")
    sections, tellings = sections_of(story), tellings_of(story)
    with django_assert_num_queries(0):
        assert course_of(tellings, sections).chart
