"""What two subjects did or said to each other, week by week, and which pairs of a subject have such a page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from newsroom.articles.models import Article
from newsroom.stories import charts
from newsroom.stories.ai_off import needs_ai_features
from newsroom.stories.hashtag_keeping import find_hashtag
from newsroom.stories.hashtag_pages import FEWEST_SHARED, between_address
from newsroom.stories.listing import day_of, midnight
from newsroom.stories.models import Hashtag, Story, StoryQuerySet
from newsroom.stories.noted import Shown, shown
from newstext.note_records import Deed

ARTICLES_READ = 200  # for a page, the newest; it ends with a whole week where there are more
WEEKS_DRAWN = 52


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the list: when, who acts, where it stands. doer, done_to: None where both act, or it is unclear."""

    day: str
    is_dated: bool
    doer: Hashtag | None
    done_to: Hashtag | None
    is_joint: bool
    verb: str
    sentences: list[Shown]
    story: Story


@dataclass(frozen=True, slots=True)
class Week:
    """A week by its Monday, with what is listed of it."""

    monday: date
    lines: list[Line]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two hashtags in the order of their address. shared: articles of both; too few, and they have no page."""

    first: Hashtag
    second: Hashtag
    stories: StoryQuerySet
    shared: int

    @property
    def has_page(self) -> bool:
        return self.shared >= FEWEST_SHARED


@dataclass(frozen=True, slots=True)
class Course:
    """What is told between the two. read: of how many articles; older: the day to go on before, None at the end."""

    weeks: list[Week]
    read: int
    older: date | None


@needs_ai_features
def between(request: HttpRequest, one: str, other: str) -> HttpResponse:
    """The page of a pair; any order and any of their keys lead to one address."""
    pair = find_pair(one, other)
    first, second = pair.first, pair.second
    if (one, other) != (first.key, second.key):
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return HttpResponsePermanentRedirect(between_address(first, second) + query)
    if not pair.has_page:
        context = {"first": first, "second": second, "shared": pair.shared, "fewest": FEWEST_SHARED}
        return render(request, "between_few.html", context, status=404)
    before = day_of(request.GET.get("before", ""))
    course = find_course(pair, before)
    context = {
        "first": first,
        "second": second,
        "shared": pair.shared,
        "weeks": course.weeks,
        "read": course.read,
        "chart": _chart(course.weeks),
        "older": course.older.isoformat() if course.older else "",
        "is_first": before is None,
    }
    return render(request, "between.html", context)


def find_pair(one: str, other: str) -> Pair:
    """The two by any of their keys. Raises Http404 where one has no page, or they are one."""
    first, second = sorted((_tag(one), _tag(other)), key=lambda tag: tag.key)
    if first.pk == second.pk:
        raise Http404(f"{one!r} and {other!r} are one hashtag, #{first.name}. Name two.")
    stories = Story.objects.public().filter(hashtags=first).filter(hashtags=second)
    return Pair(first, second, stories, stories.aggregate(n=Sum("article_count"))["n"] or 0)


def find_course(pair: Pair, before: date | None) -> Course:
    """What the newest articles before that day say between the two, by week."""
    rows, older = _articles(pair.stories, before)
    return Course(_weeks(rows, pair.first, pair.second), len(rows), older)


def _tag(key: str) -> Hashtag:
    found = find_hashtag(key)
    if found is None or not found.has_page:
        raise Http404(f"No page for the hashtag {key!r}: it needs {Hashtag.PAGE_FROM} articles.")
    return found


def _articles(stories: StoryQuerySet, before: date | None) -> tuple[list[Article], date | None]:
    """The newest articles before that day, whole weeks of them, and the day to go on before; None at the end."""
    rows = Article.objects.public().open_to_notes().filter(placement__story__in=stories, placement__copy_of=None)
    rows = rows.exclude(text="").newest_first().select_related("publisher", "placement__story")
    if before:
        rows = rows.filter(moment__lt=midnight(before))
    rows = rows.defer("marks", "entry", "placement__related", "placement__story__began")
    found = list(rows[: ARTICLES_READ + 1])
    if len(found) <= ARTICLES_READ:
        return found, None
    monday = _monday(timezone.localdate(found[-1].at))
    whole = [row for row in found if timezone.localdate(row.at) >= monday + timedelta(days=7)]
    if whole:
        return whole, monday + timedelta(days=7)
    return found[:ARTICLES_READ], monday  # one week has more than are read: its newest stand for it


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks(rows: Sequence[Article], first: Hashtag, second: Hashtag) -> list[Week]:
    """What the articles say between the two, by week, the newest first."""
    # They bring the whole text engine: not at the site's start.
    from newsroom.articles.save import as_record
    from newstext.between import sentences_between

    by_key = {str(row.pk): row for row in rows}
    deeds = sentences_between([as_record(row) for row in rows], _names(first), _names(second))
    weeks: dict[date, list[Line]] = defaultdict(list)
    for deed in deeds:
        if line := _line(deed, by_key, first, second):
            weeks[_monday(date.fromisoformat(deed.date))].append(line)
    return [Week(monday, weeks[monday]) for monday in sorted(weeks, reverse=True)]


def _names(tag: Hashtag) -> list[str]:
    names = [tag.name, tag.key, *tag.aliases.values_list("key", flat=True)]
    return [*names, tag.last_name] if tag.last_name and tag.kind == Hashtag.Kind.PERSON else names


def _line(deed: Deed, by_key: dict[str, Article], first: Hashtag, second: Hashtag) -> Line | None:
    from newstext.notes_json import sentences_to_json

    sentences = [found for one in sentences_to_json(deed.sentences) if (found := shown(one, by_key))]
    if not sentences or not deed.date:
        return None
    doer = {"a": first, "b": second}.get(deed.doer)
    done_to = {"a": second, "b": first}.get(deed.doer)
    story = by_key[deed.sentences[-1].article].placement.story
    return Line(deed.date, deed.is_dated, doer, done_to, deed.doer == "both", deed.verb, sentences, story)


def _chart(weeks: Sequence[Week]) -> charts.Chart | None:
    """The listed sentences of each week up to the newest, the weeks without any too."""
    if len(weeks) < 2:
        return None
    counts = Counter({week.monday: len(week.lines) for week in weeks})
    last = weeks[0].monday
    many = min(WEEKS_DRAWN, (last - weeks[-1].monday).days // 7 + 1)
    mondays = [last - timedelta(weeks=back) for back in reversed(range(many))]
    listed, most = sum(counts.values()), max(counts.values())
    told = ngettext("%(n)s sentence listed here", "%(n)s sentences listed here", listed) % {"n": listed}
    bound = gettext("at most %(most)s in a week; a count of sentences, no measure of how tense it is") % {"most": most}
    return charts.bars(
        "trend",
        [charts.Span(monday, monday + timedelta(days=6), counts[monday]) for monday in mondays],
        title=gettext("Sentences of each week"),
        caption=f"{told}, {bound}",
        heads=(gettext("Week"), gettext("Sentences")),
        newest_first=True,
    )
