"""What happened when: events merged over tellings, dated by what the texts say.

A date weighs by how many articles name it: those of the same day, which name
every day, less, and those of weeks later, which name only what is still spoken
of, more; and by how many were published on it and on the day after. Its line is
the sentence nearest to all that is said of that date. Chosen on Timeline17's
development topics (`newstext measure timeline`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal, cast

from newstext import alone
from newstext.dates import find as find_dates
from newstext.dates import is_doubtful, is_no_event, opens_state, precision_of
from newstext.dates.values import DAY_CHARS
from newstext.note_records import Evidence, TimelineEvent
from newstext.once import once_an_article
from newstext.records import ArticleText, DateMention
from newstext.vectors import Vector, cosine, unit
from newstext.when import dates_by_sentence
from newstext.words import content_words

DATES = 12
# (days from the date to the article that names it, at most; what that article counts)
NAMED_WEIGHTS = ((0, 0.5), (14, 1.0), (None, 2.0))
PUBLISHED_WEIGHT = 0.25  # an article of that day
REPORTED_WEIGHT = 0.25  # an article of the day after
COARSE_WEIGHT = 0.01  # a month or a year is named in passing far more often than it is an event: it fills what is left
UNDATED_WEIGHT = 0.45  # an opening that names no date, taken for the day it was published
LEAD_SENTENCES = 1  # an undated opening tells of the day it was published
FURTHER_FRONT = 0.05  # what a sentence gains by standing at the head of its article
SOURCES = 4
SENTENCE_MOST_CHARS = 2_000
CANDIDATES = 60  # of a date that are weighed against each other: the first of each article, then the second
LINES = 2  # events of one day
SAME = 0.3  # two sentences tell of one event
OTHER = 0.12  # and are this unlike if they tell of two
SAME_LINE = 0.75  # two dates' lines say the same
REPORTED_LINE = 0.5  # they do if one is of the day it was published, a few days later
NEAR_DAYS = 3  # reported on Monday, happened on Sunday
DIVERSITY = 0.3
MARKS = (("“", "”"), ("«", "»"), ("„", "“"))
OPENS_WORDS = 2
CLAUSE_CHARS = 60
YEAR_LED = re.compile(
    r"\b(?:in|since|during|of|year|early|late|mid|around|circa|after|before|from|and)[\s-]+(?:early |late |mid-)?\Z",
    re.I,
)
IN_A_NAME = re.compile(
    r" (?:Brigade|Movement|Revolution|Massacre|Olympics|Games|Commission|Coalition|Memorial|Museum)\b"
)
NAMED_DAY = re.compile(r"\b(?:Patch|Super|Black|Cyber|Good|Bloody|Ash|Fat|Palm|Easter) \Z")  # no weekday alone
OF_EVERY = re.compile(r"\s+of\s+(?:every|each)\b")
# Two years side by side: what lies between them is no event of either.
YEAR = r"(?:1[5-9]|20)\d\d"
SPAN_BEHIND = re.compile(rf"\s*(?:-|–|\W+(?:\w{{1,5}}\s+)?{YEAR}\b)")
SPAN_BEFORE = re.compile(rf"\b{YEAR}\W+(?:\w{{1,5}}\s+)?\Z")
Precision = Literal["day", "month", "year", "since"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A sentence and a date that it names, or the day its article was published if it names none."""

    value: str
    article: ArticleText
    number: int
    is_since: bool = False
    is_named: bool = True
    is_event: bool = True  # False if it only counts for its date: what a sentence plans, or names in passing


@dataclass(slots=True)
class _Day:
    """All that is told of one date."""

    named_by: dict[str, float] = field(default_factory=dict)
    published: int = 0
    reported: int = 0
    mentions: list[Mention] = field(default_factory=list)

    def weight(self, value: str) -> float:
        named = sum(self.named_by.values())
        if len(value) != DAY_CHARS:
            return named * COARSE_WEIGHT
        return named + PUBLISHED_WEIGHT * self.published + REPORTED_WEIGHT * self.reported


@dataclass(slots=True)
class _Line:
    """A candidate for a date's line."""

    mention: Mention
    vector: Vector
    score: float = 0.0


def write_timeline(
    articles: Sequence[ArticleText],
    *,
    dates: int = DATES,
    first_on: date | None = None,
    last_on: date | None = None,
) -> tuple[TimelineEvent, ...]:
    """The `dates` weightiest dates in order of time, one entry an event.

    first_on, last_on: leave out what lies before or after. Each entry's first
    sentence is the clearest (before it, from the same article, what it needs to
    stand alone); further ones are other articles' for the same. Two events of
    one day are two entries; an event that tellings date differently is one, with
    the other dates in `also_on`. What is announced is no event yet.
    """
    days = _collect(articles)
    kept = {value: day for value, day in days.items() if _is_within(value, first_on, last_on)}
    weights = {value: day.weight(value) for value, day in kept.items()}
    events: dict[int, TimelineEvent] = {}
    told: list[_Line] = []
    chosen: set[str] = set()
    for value in sorted(kept, key=lambda value: (-weights[value], value)):
        if len(chosen) >= dates:
            break
        for event, line in _events(value, kept[value], told):
            same = _same_told(line, told)
            if same is not None:
                events[same], told[same] = _merged((events[same], told[same]), (event, line))
                continue
            events[len(told)] = event
            told.append(line)
            chosen.add(value)
    return tuple(sorted(events.values(), key=lambda event: event.date))


@once_an_article
def find(article: ArticleText) -> tuple[Mention, ...]:
    """The sentences of one article that tell of a date in its past or of its day, in order.

    A sentence that names a day to come announces, and tells of no event; one
    that names a day and a year tells of the day ("the worst since the fire of 1974").
    """
    known_by = _known_by(article)
    dated = [(mention, number) for number, mention in _dated(article) if _is_sentence(article, number)]
    ahead = {number for mention, number in dated if known_by and _value(mention) > known_by[: len(_value(mention))]}
    of_days = {number for mention, number in dated if len(_value(mention)) == DAY_CHARS}
    found = []
    for mention, number in dated:
        value = _value(mention)
        if number in ahead or (len(value) != DAY_CHARS and number in of_days):
            continue
        if not is_doubtful(article.text, mention, article.published_at, article.language):
            is_since = opens_state(article.text, mention.start, mention.end, article.language)
            is_event = not _is_in_passing(article, mention, number)
            found.append(Mention(value, article, number, is_since, is_event=is_event))
    if known_by:
        named = {number for _, number in dated}
        undated = (
            number
            for number in range(min(LEAD_SENTENCES, len(article.sentences)))
            if number not in named and _is_sentence(article, number)
        )
        openings = (Mention(known_by, article, number, is_named=False) for number in undated)
        found += [one for one in openings if not is_no_event(_text(one), article.language)]
    return tuple(found)


def _is_in_passing(article: ArticleText, mention: DateMention, number: int) -> bool:
    """True of a date on which nothing is told to have happened: planned, usual, the end of a span, or somebody's words.

    "Patches come on the second Tuesday of every month"; "between 2005 and 2008".
    """
    start, end = article.sentences[number]
    before, behind = article.text[start : mention.start], article.text[mention.end : end]
    if is_no_event(before, article.language) or OF_EVERY.match(behind) or IN_A_NAME.match(behind):
        return True
    if NAMED_DAY.search(before):
        return True
    if len(before.split()) <= OPENS_WORDS and is_no_event(behind[:CLAUSE_CHARS], article.language):
        return True  # "In Saturday's final Lind will play"
    if len(_value(mention)) == DAY_CHARS:
        return False
    is_quoted = before.count('"') % 2 == 1 or any(before.rfind(opens) > before.rfind(closes) for opens, closes in MARKS)
    if is_quoted or SPAN_BEHIND.match(behind) or SPAN_BEFORE.search(before):
        return True
    # "The 2012 nominee", "runs through 2009": nothing happened then.
    is_bare_year = article.language in ("", "und", "en") and mention.text.isdigit()
    return is_bare_year and bool(before) and not YEAR_LED.search(before)


def _value(mention: DateMention) -> str:
    return mention.value[:DAY_CHARS]


def _dated(article: ArticleText) -> Iterator[tuple[int, DateMention]]:
    """`dates_by_sentence`, also of an article that nobody marked."""
    if not article.dates:
        found = find_dates(article.text, published_at=article.published_at, language=article.language)
        article = replace(article, dates=found)
    return dates_by_sentence(article)


def _known_by(article: ArticleText) -> str:
    """The day by which what an article tells has happened: it was published, or seen if it claims a later day."""
    days = [at.date().isoformat() for at in (article.published_at, article.seen_at) if at]
    return min(days) if article.published_at else ""


def _collect(articles: Sequence[ArticleText]) -> dict[str, _Day]:
    days: dict[str, _Day] = defaultdict(_Day)
    for article in articles:
        known_by = _known_by(article)
        for mention in find(article):
            day = days[mention.value]
            if mention.is_event:
                day.mentions.append(mention)
            if mention.is_named:
                weight = _named_weight(mention.value, known_by)
                day.named_by[article.id] = max(weight, day.named_by.get(article.id, 0.0))
        if known_by:
            days[known_by].published += 1
            days[(date.fromisoformat(known_by) - timedelta(days=1)).isoformat()].reported += 1
    return days


def _named_weight(value: str, known_by: str) -> float:
    if not known_by or len(value) != DAY_CHARS:
        return 1.0
    lag = (date.fromisoformat(known_by) - date.fromisoformat(value)).days
    return next(weight for most, weight in NAMED_WEIGHTS if most is None or lag <= most)


def _is_within(value: str, first_on: date | None, last_on: date | None) -> bool:
    low = first_on.isoformat()[: len(value)] if first_on else ""
    high = last_on.isoformat()[: len(value)] if last_on else "9"
    return low <= value <= high


def _events(value: str, day: _Day, told: list[_Line]) -> Iterator[tuple[TimelineEvent, _Line]]:
    """The date's line; a second one if other tellings have another event of that day."""
    lines = _ranked(day, told)
    used: list[_Line] = []
    said: set[tuple[str, int]] = set()  # no sentence stands in both lines
    for line in lines:
        if len(used) >= LINES:
            return
        if (line.mention.article.id, line.mention.article.sentences[line.mention.number][0]) in said:
            continue
        if used and not (_is_other(line, used) and _has_company(line, lines)):
            continue
        shown = alone.show(line.mention.article, line.mention.number, known=alone.ALL_KNOWN)
        if not shown:
            continue
        used.append(line)
        sentences = (*shown, *(one for one in _sources(line, lines) if (one.article, one.start) not in said))
        said |= {(one.article, one.start) for one in sentences}
        is_since = line.mention.is_since and precision_of(value) != "day"
        precision = "since" if is_since else precision_of(value)
        yield TimelineEvent(value, cast(Precision, precision), sentences), line


def _ranked(day: _Day, told: list[_Line]) -> list[_Line]:
    """The date's sentences, nearest first to all that is said of it and unlike what other dates' lines say."""
    lines = [_Line(one, _vector(one)) for one in _few(day.mentions)]
    middle: Counter[str] = Counter()
    for line in lines:
        middle.update(line.vector.keys())
    centre = unit(dict(middle))
    for line in lines:
        repeats = max((cosine(line.vector, other.vector) for other in told), default=0.0)
        weight = 1.0 if line.mention.is_named else UNDATED_WEIGHT
        front = FURTHER_FRONT / (1 + line.mention.number)
        line.score = weight * cosine(line.vector, centre) + front - DIVERSITY * repeats
    return sorted(lines, key=lambda line: (-line.score, line.mention.article.id, line.mention.number))


def _is_sentence(article: ArticleText, number: int) -> bool:
    """False of a text without an end, which is never shown and costs its length for each date in it."""
    start, end = article.sentences[number]
    return end - start <= SENTENCE_MOST_CHARS


def _few(mentions: list[Mention]) -> list[Mention]:
    """At most CANDIDATES of them: the first of each article, then the second of each."""
    if len(mentions) <= CANDIDATES:
        return mentions
    seen: Counter[str] = Counter()
    turns: list[tuple[bool, int, int]] = []
    for mention in mentions:
        turns.append((not mention.is_named, seen[mention.article.id], len(turns)))
        seen[mention.article.id] += 1
    return [mentions[place] for *_, place in sorted(turns)[:CANDIDATES]]


def _is_other(line: _Line, used: list[_Line]) -> bool:
    return line.mention.is_named and all(cosine(line.vector, other.vector) <= OTHER for other in used)


def _has_company(line: _Line, lines: list[_Line]) -> bool:
    """Another article tells it too: what one article alone says beside is no second event."""
    own = line.mention.article.id
    return any(
        other.mention.article.id != own and cosine(line.vector, other.vector) >= SAME
        for other in lines
        if other.mention.is_named
    )


def _same_told(line: _Line, told: list[_Line]) -> int | None:
    """Which line so far tells the same event, or nearly the same and one of them only of the day it was published."""
    best, place = 0.0, None
    for number, other in enumerate(told):
        likeness = cosine(line.vector, other.vector)
        is_report = line.mention.is_named != other.mention.is_named and _days_apart(line, other) <= NEAR_DAYS
        if likeness > max(best, REPORTED_LINE if is_report else SAME_LINE):
            best, place = likeness, number
    return place


def _days_apart(line: _Line, other: _Line) -> int:
    values = [one.mention.value for one in (line, other)]
    if any(len(value) != DAY_CHARS for value in values):
        return NEAR_DAYS + 1
    first, second = map(date.fromisoformat, values)
    return abs((first - second).days)


def _merged(kept: tuple[TimelineEvent, _Line], new: tuple[TimelineEvent, _Line]) -> tuple[TimelineEvent, _Line]:
    """One entry for an event under two dates: the day that a text names goes before the day it was published.

    Where tellings name two days, both are kept. Days far apart are no
    contradiction: an event told again does not get the later one.
    """
    if new[1].mention.is_named and not kept[1].mention.is_named:
        kept, new = new, kept
    (event, line), (other, other_line) = kept, new
    has = {one.article for one in event.sentences}
    further = tuple(one for one in other.sentences if one.article not in has)
    also = {*event.also_on, *other.also_on}
    if other_line.mention.is_named and _days_apart(line, other_line) <= NEAR_DAYS:
        also.add(other.date)
    sentences = (*event.sentences, *further)[: SOURCES + 1]
    return replace(event, sentences=sentences, also_on=tuple(sorted(also - {event.date}))), line


def _sources(line: _Line, lines: list[_Line]) -> tuple[Evidence, ...]:
    """The same event in other articles, the nearest first, one sentence an article."""
    found: list[Evidence] = []
    used = {line.mention.article.id}
    for other in lines:
        if len(found) >= SOURCES - 1:
            break
        article = other.mention.article
        if article.id in used or cosine(line.vector, other.vector) < SAME:
            continue
        if len(shown := alone.show(article, other.mention.number, known=alone.ALL_KNOWN)) == 1:
            used.add(article.id)
            found += shown
    return tuple(found)


def _vector(mention: Mention) -> Vector:
    """The direction of a sentence's words."""
    made = _vectors(mention.article)
    if mention.number not in made:
        made[mention.number] = unit(dict(Counter(content_words(_text(mention), mention.article.language))))
    return made[mention.number]


@once_an_article
def _vectors(article: ArticleText) -> dict[int, Vector]:
    """The vectors of those sentences of an article that were asked of, by number; filled as they are."""
    return {}


def _text(mention: Mention) -> str:
    start, end = mention.article.sentences[mention.number]
    return re.sub(r"\s+", " ", mention.article.text[start:end])
