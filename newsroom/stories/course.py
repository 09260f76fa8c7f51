"""A story's course as the page draws it: how much was published each day, and what happened when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsroom.articles.models import Article
from newsroom.stories import charts
from newsroom.stories.charts import Chart, Span
from newsroom.stories.noted import Sections, Shown
from newsroom.stories.showing import Telling

MOST_BARS = 90  # at 320 px a bar is then 3 px wide; a longer course has bars of several days
BEFORE_DAYS = 60  # an event further before the first article would press the bars together: it is in the list alone


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of the timeline. line: its sentence, after what that needs to stand alone; also: those of others."""

    date: str
    precision: str
    line: tuple[Shown, ...]
    also: tuple[Shown, ...]
    also_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """What happened when. chart: None where all of it is of one day. undrawn: events that have no place in it."""

    events: tuple[Event, ...] = ()
    chart: Chart | None = None
    undrawn: int = 0


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
    spans, days = _spans(first, last, published, told)
    heads = (_("Day"), _("Articles"), _("Events"))
    caption = _caption(max(span.value for span in spans), days, undrawn)
    chart = charts.bars("course", spans, title=_("Articles and events by day"), caption=caption, heads=heads)
    return Course(events, chart, undrawn)


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


def _spans(first: date, last: date, published: Counter[date], told: Counter[date]) -> tuple[list[Span], int]:
    """What was published and told from the first day to the last, in stretches of so many days."""
    days = -(-((last - first).days + 1) // MOST_BARS)
    articles, events = Counter[int](), dict[int, list[str]]()
    for day, number in published.items():
        articles[(day - first).days // days] += number
    for day, number in sorted(told.items()):
        shown = format_date(day, charts.DAY_FORM)
        events.setdefault((day - first).days // days, []).extend([shown] * number)
    found = []
    for place in range(-(-((last - first).days + 1) // days)):
        begins = first + timedelta(days=place * days)
        ends = min(last, begins + timedelta(days=days - 1))
        found.append(Span(begins, ends, articles[place], tuple(events.get(place, ()))))
    return found, days


def _caption(most: int, days: int, undrawn: int) -> str:
    if days == 1:
        bars = ngettext(
            "Bars: articles published on each day, at most %(n)s.",
            "Bars: articles published on each day, at most %(n)s.",
            most,
        ) % {"n": most}
    else:
        bars = _("Bars: articles published in each %(days)s days, at most %(most)s.") % {"days": days, "most": most}
    said = [bars, _("Dots: days of the events below.")]
    if undrawn:
        said.append(
            ngettext(
                "%(n)s event is earlier, or has no day, and stands only in the list.",
                "%(n)s events are earlier, or have no day, and stand only in the list.",
                undrawn,
            )
            % {"n": undrawn}
        )
    return " ".join(said)
