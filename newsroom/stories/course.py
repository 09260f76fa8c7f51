"""A story's course as the page draws it: how much was published each day, and what happened when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language_bidi

from newsroom.articles.models import Article
from newsroom.stories.noted import Sections, Shown
from newsroom.stories.showing import Telling

MOST_BARS = 90  # at 320 px a bar is then 3 px wide; a longer course has bars of several days
BEFORE_DAYS = 60  # an event further before the first article would press the bars together: it is in the list alone
BAR_RATIO = 0.8  # of a day's width
WIDEST_BAR = 5.0  # of the width, in %: three days are no three blocks
LOWEST_BAR = 4.0  # of the height, in %: one article among hundreds is still seen
TOP = 22.0  # above the bars, in %: where the events' marks are
BASE = 100.0
MARK_Y = 10.0


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of the timeline. line: its sentence, after what that needs to stand alone; also: those of others."""

    date: str
    precision: str
    line: tuple[Shown, ...]
    also: tuple[Shown, ...]
    also_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A day of the course, or some days where it is long: its bar and its events. Places and sizes are in %."""

    first_on: date
    last_on: date
    articles: int
    events: tuple[str, ...]
    x: str
    y: str
    width: str
    height: str
    middle: str


@dataclass(frozen=True, slots=True)
class Course:
    """What happened when. stretches: none where all of it is of one day. undrawn: events that have no place in them."""

    events: tuple[Event, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    most: int = 0
    days: int = 1  # of each stretch
    undrawn: int = 0
    mark_y: str = f"{MARK_Y:.0f}%"


def course_of(tellings: Iterable[Telling], sections: Sections) -> Course:
    """The course of a story from what its page has read already: no further query."""
    events = tuple(map(_event, sections.body.get("timeline", ())))
    articles = [article for telling in tellings for article in (telling.article, *telling.copies)]
    published = Counter(_day(article) for article in articles)
    if not published:
        return Course(events)
    earliest = min(published) - timedelta(days=BEFORE_DAYS)
    told = Counter(day for event in events if (day := _whole_day(event.date)) and earliest <= day <= max(published))
    first, last = min([*published, *told]), max(published)
    undrawn = len(events) - sum(told.values())
    if first == last:
        return Course(events, undrawn=undrawn)
    stretches, days = _stretches(first, last, published, told)
    return Course(events, stretches, max(one.articles for one in stretches), days, undrawn)


def _event(entry: dict[str, Any]) -> Event:
    """The line is the first sentence and what follows from the same article; the others are further sources."""
    sentences: list[Shown] = entry["sentences"]
    line = tuple(one for one in sentences if one.article == sentences[0].article)
    also = tuple(one for one in sentences if one.article != sentences[0].article)
    return Event(entry["date"], entry["precision"], line, also, tuple(entry.get("also_on", ())))


def _day(article: Article) -> date:
    return article.at.astimezone(timezone.get_current_timezone()).date()


def _whole_day(value: str) -> date | None:
    """The day of an event; None for one of which the texts give only month or year."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _stretches(
    first: date, last: date, published: Counter[date], told: Counter[date]
) -> tuple[tuple[Stretch, ...], int]:
    """The bars from the first day to the last, mirrored where the page reads from the right; days a bar."""
    days = -(-((last - first).days + 1) // MOST_BARS)
    count = -(-((last - first).days + 1) // days)
    articles, events = Counter[int](), dict[int, list[str]]()
    for day, number in published.items():
        articles[(day - first).days // days] += number
    for day, number in sorted(told.items()):
        events.setdefault((day - first).days // days, []).extend([day.isoformat()] * number)
    most, step = max(articles.values()), 100 / count
    found = []
    for place in range(count):
        height = (BASE - TOP) * articles[place] / most
        height = max(height, LOWEST_BAR) if articles[place] else 0.0
        shown_at = count - 1 - place if get_language_bidi() else place
        middle, width = (shown_at + 0.5) * step, min(step * BAR_RATIO, WIDEST_BAR)
        begins = first + timedelta(days=place * days)
        ends = min(last, begins + timedelta(days=days - 1))
        percent = [f"{value:.2f}%" for value in (middle - width / 2, BASE - height, width, height, middle)]
        found.append(Stretch(begins, ends, articles[place], tuple(events.get(place, ())), *percent))
    return tuple(found), days
