"""What is counted in a story: how many dead, how strong, how much; as of when, and where sources differ.

`find` reads one article, `write_figures` puts the tellings together. A newer
value supersedes an older one and none is averaged. Counts are one figure only
where they are of the same people, place and day: precision before recall.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from newstext import alone
from newstext.counting import Count, counts_of
from newstext.dates import precision_of
from newstext.figure_words import FigureWords, Span, figure_words, key_of
from newstext.leaning import leans
from newstext.note_records import Evidence, Figure, FigureValue
from newstext.once import once_an_article
from newstext.records import ArticleText
from newstext.signs import signs_of, tokens_of
from newstext.whole import quotations

MOST = 60  # figures of one article
SHOWN = 8
VALUES_SHOWN = 12
PAST = timedelta(days=45)  # what a sentence dates so long before its article is background
NOUNS_READ = 10  # sentences in which nouns are counted that no list has
OPENING = 3  # sentences in which one publisher alone makes a figure matter
TITLE = -1
NUMBER_SIGNS = re.compile(r"\d[\d.,]*")
SENTENCE_MOST_CHARS = 2_000  # a longer one is no sentence, and is never shown
YEAR = re.compile(r"(?:1[5-9]|20)\d\d[.,]?")
WORD_BREAK = re.compile(r"[\s\-.,;:!?\"'()“”’]+")
PLAIN = re.compile(r"\w{4,}")
STEM = 6
# One publisher alone may tell these in its opening; others need a second, or a headline.
TELLING = frozenset(
    {
        "arrested",
        "charged",
        "rescued",
        "sentence",
        "fine",
        "deal",
        "damage",
        "destroyed",
        "hostages",
        "protesters",
        "burned",
        "result",
    }
)
# Of one event there is one of these; of all others there may be many in a story (prices, fines, deals).
OF_THE_EVENT = frozenset({"magnitude", "turnout", "dead", "injured", "missing", "trapped", "displaced", "evacuated"})
MAY_FALL = frozenset({"missing", "trapped", "price", "without_power", "hostages", "displaced", "evacuated"})
SAME_HOUR = timedelta(hours=1)
SAME_DAY = timedelta(hours=24)
ALIKE_VALUES = 0.15
ALIKE_SENTENCES = 0.5
NEXT = 0.02  # 547,000 and 548,000 of one thing: less need the sentences be alike
RELATED = 0.25
FAR_APART = 3
SAME_QUAKE = 0.6  # of magnitude; what is farther off is an aftershock
ROUGH = 0.1  # "about 50" and 52 do not contradict each other
COMMON = 4  # small counts are equal by chance


@dataclass(frozen=True, slots=True)
class Mention:
    """A number in an article and what it counts.

    as_of: ISO 8601, and `at` the same as a moment; "" and None if the article
    is not dated. on: the day it happened on, where the sentence says so.
    sentence: its number from 0, TITLE in the headline.
    """

    count: Count
    article: str
    publisher: str
    language: str
    sentence: int
    as_of: str = ""
    at: datetime | None = None
    on: str = ""

    @property
    def value(self) -> float:
        return self.count.value


@dataclass(slots=True)
class _Series:
    """Mentions of one figure in the order in which they came, and all that they tell of it."""

    mentions: list[Mention] = field(default_factory=list)
    stems: set[str] = field(default_factory=set)
    values: set[float] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)
    whose: set[str] = field(default_factory=set)

    def add(self, one: Mention, stems: set[str]) -> None:
        self.mentions.append(one)
        self.stems |= stems
        self.values.add(one.value)
        self.places.update(one.count.place.split())
        for told, of in ((one.count.unit, self.units), (one.on, self.days), (one.count.who, self.whose)):
            if told:
                of.add(told)

    def is_apart(self, one: Mention) -> bool:
        """A mention is told of another place or day, or of other people."""
        if one.count.place and self.places and self.places.isdisjoint(one.count.place.split()):
            return True
        return any(told and of and told not in of for told, of in ((one.on, self.days), (one.count.who, self.whose)))


@once_an_article
def find(article: ArticleText) -> tuple[Mention, ...]:
    """The figures of an article in order of place, its headline's first; at most MOST.

    A pure function of the article, linear in its length; nothing in a language
    that wordlists/figures.toml has not.
    """
    words = figure_words(article.language)
    if words is None:
        return ()
    found = [
        Mention(one, article.id, article.publisher, article.language, TITLE, *_published(article))
        for one in counts_of(article.title, article.language, words)
        if _may_count(article.title, words)
    ]
    place = 0
    for number, (start, end) in enumerate(article.sentences):
        text = article.text[start:end]
        if len(found) >= MOST:
            break
        if end - start > SENTENCE_MOST_CHARS:
            continue
        while place < len(article.dates) and article.dates[place].end <= start:
            place += 1
        dates = _dates_in(article, start, end, place)
        spans = [(begins, ends) for begins, ends, _ in dates]
        if _may_count(text, words, spans) and (number < NOUNS_READ or _names_kind(text, article.language, words)):
            found += _of_sentence(article, number, dates, words)
    return tuple(found[:MOST])


def _may_count(text: str, words: FigureWords, dates: Sequence[Span] = ()) -> bool:
    """A cheap look: there is a number that is no date, or a number word."""
    for match in NUMBER_SIGNS.finditer(text):
        if not YEAR.fullmatch(match.group()) and not any(start <= match.start() < end for start, end in dates):
            return True
    lowered = set(WORD_BREAK.split(text.lower()))
    if not words.sure.isdisjoint(lowered):
        return True
    return not words.unsure.isdisjoint(lowered) and not words.of_people.isdisjoint(lowered)


def _names_kind(text: str, language: str, words: FigureWords) -> bool:
    """A cheap look: there is a word of wordlists/figures.toml in it."""
    lowered = text.lower()
    if not text.isascii():
        lowered = key_of(text, language)
    return not words.of_kinds.isdisjoint(WORD_BREAK.split(lowered))


def _dates_in(article: ArticleText, start: int, end: int, place: int) -> list[tuple[int, int, str]]:
    """The dates of a sentence from that one of the article on: where in the sentence, and what they are."""
    dates: list[tuple[int, int, str]] = []
    for found in article.dates[place:]:
        if found.start >= end:
            break
        dates.append((found.start - start, found.end - start, found.value))
    return dates


def _of_sentence(
    article: ArticleText, number: int, dates: Sequence[tuple[int, int, str]], words: FigureWords
) -> Iterator[Mention]:
    start, end = article.sentences[number]
    spans = [(begins, ends) for begins, ends, _ in dates]
    for count in counts_of(article.text[start:end], article.language, words, spans):
        when = _when(article, count, dates)
        if when is not None:
            yield Mention(count, article.id, article.publisher, article.language, number, *when)


def _published(article: ArticleText) -> tuple[str, datetime | None]:
    at = article.published_at
    if at is None:
        return "", None
    return (at.isoformat() if article.published_precision == "time" else at.date().isoformat()), at


def _when(
    article: ArticleText, count: Count, dates: Sequence[tuple[int, int, str]]
) -> tuple[str, datetime | None, str] | None:
    """(as of, as a moment, the day it happened on); None for what is long past or still to come."""
    as_of, at = _published(article)
    days = [(abs(start - count.start), value) for start, _, value in dates if precision_of(value)]
    if at is None or not days:
        return as_of, at, ""
    published = at.date()
    recent = sorted((gap, day) for gap, value in days if (day := _day(value)) and abs(published - day) <= PAST)
    if not recent:
        oldest = (published - PAST).isoformat()
        is_long_past = all(value[:10] < oldest[: len(value[:10])] for _, value in days)
        return None if is_long_past else (as_of, at, "")
    day = recent[0][1]
    if day > published + timedelta(days=1):
        return None
    if not (count.is_total or count.grows):
        return as_of, at, day.isoformat()
    if day < published:  # a recapitulation: "the toll rose to 24 on Wednesday"
        return day.isoformat(), datetime.combine(day, time(23, 59), at.tzinfo), ""
    return as_of, at, ""


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if len(value) >= 10 else None
    except ValueError:
        return None


def write_figures(articles: Sequence[ArticleText]) -> tuple[Figure, ...]:
    """The figures of a story that matter, the most important first; of each the value that holds first.

    One matters that is told in a headline or an opening, by several, or with
    several values. Older values follow as superseded; values that stand
    against each other at the same time differ. Linear in the mentions.
    """
    by_id = {article.id: article for article in articles}
    found = [find(article) for article in articles]
    ranked = sorted(((_weight(one, articles), one) for one in _all_series(found, by_id)), key=lambda pair: -pair[0])
    figures: list[tuple[Figure, str]] = []
    for weight, series in ranked:
        if weight <= 0 or len(figures) == SHOWN:
            break
        figure = _figure(series, by_id)
        place = next((one.count.place for one in series.mentions if one.count.place), "")
        others = [of for other, of in figures if figure and (other.counts, other.unit) == (figure.counts, figure.unit)]
        if figure and (not others or (place and place not in others)):
            figures.append((figure, place))
    return tuple(_placed(figures))


def _placed(figures: Sequence[tuple[Figure, str]]) -> Iterator[Figure]:
    """The figures, each with its place where another counts the same elsewhere: dead, Karsa; dead, Velmark."""
    for figure, place in figures:
        count = sum((other.counts, other.unit) == (figure.counts, figure.unit) for other, _ in figures)
        yield replace(figure, counts=f"{figure.counts}, {place}") if count > 1 and place else figure


def _all_series(found: Iterable[Sequence[Mention]], articles: dict[str, ArticleText]) -> list[_Series]:
    kinds: dict[str, list[Mention]] = defaultdict(list)
    for mentions in found:
        for one in _foremost(mentions):
            kinds[one.count.name].append(one)
    return [series for mentions in kinds.values() for series in _series_of(mentions, articles)]


def _foremost(mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Of an article's mentions of one count of an event, what it tells first or as the total; of others all.

    A later number of dead is mostly a part of the first, or of something long ago.
    """
    first = {one.count.name: one for one in reversed(mentions)}
    totals = {one.count.name: one for one in reversed(mentions) if one.count.is_total}
    for one in mentions:
        name = one.count.name
        chief = totals.get(name, first[name])
        is_chief = one is chief or one.count.is_total or one.value == chief.value
        if name not in OF_THE_EVENT or is_chief or _is_apart(one, chief):
            yield one


def _is_apart(one: Mention, other: Mention) -> bool:
    """Each is told of a place or a day of its own."""
    a, b = one.count, other.count
    return bool(a.place and b.place and a.place != b.place) or bool(one.on and other.on and one.on != other.on)


def _series_of(mentions: Iterable[Mention], articles: dict[str, ArticleText]) -> list[_Series]:
    found: list[_Series] = []
    ordered = sorted(mentions, key=lambda one: (one.at is None, one.at.timestamp() if one.at else 0.0))
    for one in ordered:
        stems = _stems(one, articles)
        home = next((series for series in found if _belongs(one, stems, series)), None)
        if home is None:
            home = _Series()
            found.append(home)
        home.add(one, stems)
    return found


def _stems(one: Mention, articles: dict[str, ArticleText]) -> set[str]:
    article = articles[one.article]
    if one.sentence == TITLE:
        return {word[:STEM] for word in PLAIN.findall(article.title.lower())}
    start, end = article.sentences[one.sentence]
    return {word[:STEM] for word in PLAIN.findall(article.text[start:end].lower())}


def _belongs(one: Mention, stems: set[str], series: _Series) -> bool:
    """True if a mention tells the figure of a series: of the same people, place and day, as far as they are told."""
    same_value = one.value in series.values
    if one.count.unit and series.units and one.count.unit not in series.units and one.count.name not in OF_THE_EVENT:
        return False
    if series.is_apart(one) and not (same_value and one.value >= COMMON):
        return False
    if one.count.name in OF_THE_EVENT and _is_far_below(one, series):
        return False
    if one.count.name == "magnitude":
        return min(abs(one.value - value) for value in series.values) <= SAME_QUAKE
    if one.count.name in OF_THE_EVENT or same_value:
        return True
    nearest = min(abs(one.value - value) / max(one.value, value, 1) for value in series.values)
    shared = len(stems & series.stems) / max(1, min(len(stems), len(series.stems)))
    is_near = (nearest <= ALIKE_VALUES and shared >= ALIKE_SENTENCES) or (nearest <= NEXT and shared >= RELATED)
    return is_near and one.article != series.mentions[-1].article


def _is_far_below(one: Mention, series: _Series) -> bool:
    """A count does not fall to a third: the greater one was of something else, or of a longer time."""
    is_none = one.value == 0 < series.mentions[-1].value  # none were hurt by another quake
    return is_none or (one.count.name not in MAY_FALL and FAR_APART * one.value < series.mentions[-1].value)


def _weight(series: _Series, articles: Sequence[ArticleText]) -> float:
    """How much a figure matters; 0 where it does not."""
    publishers = {one.publisher or one.article for one in series.mentions}
    is_kind = series.mentions[0].count.is_kind
    in_titles = sum(one.sentence == TITLE for one in series.mentions)
    opening = {one.article for one in series.mentions if one.sentence < OPENING}
    values = len(series.values)
    if not is_kind:
        if len(publishers) < 2 or len(opening) < 2:
            return 0.0
        return len(publishers) * 0.5 + bool(in_titles)
    if not opening and len(publishers) < 2:
        return 0.0
    name = series.mentions[0].count.name
    if name not in OF_THE_EVENT | TELLING and not in_titles and len(publishers) < 2:
        return 0.0
    if name == "result" and not in_titles and len(opening) < 2:
        return 0.0
    event = 2.0 * (series.mentions[0].count.name in OF_THE_EVENT or series.mentions[0].count.name == "result")
    return 1 + event + len(publishers) + len(opening) / len(articles) + 2 * bool(in_titles) + min(values - 1, 3)


def _figure(series: _Series, articles: dict[str, ArticleText]) -> Figure | None:
    """The figure with its values, newest first; None if no sentence of it may be shown."""
    clashing = _clashing(series.mentions)
    by_value: dict[float, list[Mention]] = defaultdict(list)
    for one in sorted(series.mentions, key=lambda one: one.at.timestamp() if one.at else 0.0, reverse=True):
        by_value[one.value].append(one)
    values: list[FigureValue] = []
    holding: Mention | None = None
    for value, mentions in by_value.items():
        standing = _standing(mentions[0], value in clashing, holding)
        if made := _value(mentions, articles, standing):
            values.append(made)
            holding = holding or mentions[0]
    if not values:
        return None
    first = series.mentions[0].count
    differs = sum(one.standing == "differs" for one in values) > 1
    if not differs:  # what one of them stood against is told in no sentence that may be shown
        values = [_settled(one, is_first=place == 0) for place, one in enumerate(values)]
    whose = [one.count.who for one in series.mentions if one.count.who]
    who = whose[0] if len(set(whose)) == 1 and 2 * len(whose) >= len(series.mentions) else ""
    unit = next((one.count.unit for one in series.mentions if one.count.unit), "")
    label = f"{first.label}: {who}" if who and first.is_kind else first.label
    return Figure(label, unit, tuple(values[:VALUES_SHOWN]), differs)


def _settled(value: FigureValue, *, is_first: bool) -> FigureValue:
    if value.standing != "differs":
        return value
    return replace(value, standing="holds" if is_first else "superseded")


def _standing(one: Mention, is_clashing: bool, holding: Mention | None) -> str:
    """How a value stands to the newest one; "" where no time tells, or both say the same, one of them roughly."""
    if one.at is None:
        return ""
    if is_clashing:
        return "differs"
    if holding is None:
        return "holds"
    return "" if _agree(one.count, holding.count) and not holding.count.grows else "superseded"


def _value(mentions: Sequence[Mention], articles: dict[str, ArticleText], standing: str) -> FigureValue | None:
    """One value, by the newest telling of it whose sentence may be shown; who else gives it beside."""
    shown: dict[str, tuple[Mention, Evidence]] = {}
    for one in mentions:
        who = one.publisher or one.article
        if one.sentence == TITLE or who in shown:
            continue
        if evidence := _shown(articles[one.article], one.sentence):
            shown[who] = one, evidence
    if not shown:
        return None
    (first, chief), *others = shown.values()
    also = tuple(sentence for _, sentence in others)
    # It stands as of its newest telling, be that a headline; the sentence may be an older one.
    return FigureValue(first.count.written, mentions[0].as_of, first.publisher, chief, also, standing)


def _shown(article: ArticleText, number: int) -> Evidence | None:
    """The sentence, together with the one right before it where it leans on that; None if it may not be shown."""
    sentences = alone.show(article, number, known=alone.ALL_KNOWN)
    if len(sentences) == 1:
        return sentences[0]
    if len(sentences) == 2 and number and sentences[0].start == article.sentences[number - 1][0]:
        return alone.evidence_of_run(article, number - 1, number)
    return alone.evidence_for(article, number) if _leans_lightly(article, number) else None


def _leans_lightly(article: ArticleText, number: int) -> bool:
    """True if a sentence leans on others by a small word alone, as "said earlier": beside what it counts it reads."""
    start, end = article.sentences[number]
    sentence, signs = article.text[start:end], signs_of(article.language)
    quoted = quotations(sentence)
    if signs is None or quoted.broken or not alone.is_whole(sentence, article.language):
        return False
    found = leans(tokens_of(sentence, quoted.spans, signs), (), signs, is_first=True)
    return all(one.kind == "link" and not one.opens for one in found)


def _clashing(mentions: Sequence[Mention]) -> set[float]:
    """The values that stand against another one at nearly the same time."""
    told = [one for one in mentions if one.at is not None]
    clashing: set[float] = set()
    first_of: dict[tuple[str, float], Mention] = {}
    for one in told:
        first_of.setdefault((one.article, one.value), one)
    kept = list(first_of.values())[:MOST]
    for place, one in enumerate(kept):
        for other in kept[:place]:
            if one.value != other.value and _clash(other, one):
                clashing |= {one.value, other.value}
    return clashing


def _clash(early: Mention, late: Mention) -> bool:
    """True if two values of one figure cannot both hold, and neither is only the newer one."""
    if early.at is None or late.at is None or _agree(early.count, late.count):
        return False
    if late.at < early.at:
        early, late = late, early
    assert early.at is not None
    assert late.at is not None
    gap = late.at - early.at
    if max(early.value, late.value) > FAR_APART * min(early.value, late.value):
        return False  # one of them counts a part, or something else
    if late.count.corrects or gap > SAME_DAY:
        return False
    if early.article == late.article:
        return early.count.is_total and late.count.is_total and not late.count.grows and not early.count.grows
    if early.publisher == late.publisher:
        return False  # its newer number is its own correction
    is_newer = late.count.grows and late.value > early.value
    if gap <= SAME_HOUR:
        return not is_newer
    if late.count.name in MAY_FALL:
        return False
    if late.count.name in OF_THE_EVENT and late.count.name not in ("magnitude", "turnout"):
        return late.value < early.value
    return not is_newer


def _agree(one: Count, other: Count) -> bool:
    """True if both may be said of one number: "more than 50" and 52, "about 550,000" and 547,000, 6 and 6.2."""
    whole = [count for count in (one, other) if count.value == int(count.value)]
    if len(whole) == 1 and round(one.value) == round(other.value):
        return True
    low, high = sorted((one, other), key=lambda count: count.value)
    if low.bound in ("at_least", "more_than") or high.bound in ("up_to", "under"):
        return True
    return "about" in (one.bound, other.bound) and high.value - low.value <= ROUGH * high.value
