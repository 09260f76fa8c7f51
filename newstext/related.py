"""What else to read beside an article, of which kind it is, and why, in words."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from newstext.copies import COPY_RATIO, similarity
from newstext.nearness import Nearness, Rarity
from newstext.opposing import opposing_view
from newstext.records import ArticleText, Marks, RelatedArticle, RelatedKind
from newstext.stems import stem
from newstext.words import WORD, content_words, fold

FLOOR = 0.3  # below it two articles share a topic at most
FEWEST_WORDS = 2  # in common, if two articles share no name
SAME_STORYLINE = 0.75  # nine in ten pairs so near are of one course of events,
SAME_EVENT = 0.9  # and so near and within SAME_EVENT_DAYS tell one event
SAME_EVENT_DAYS = 2.0
CONTRADICTS_FROM = 0.5  # two headlines less near may speak of two things
BACKGROUND_DAYS = 14.0  # from here on an article tells what lay before
HALF_DAYS = 30.0  # of two equally near the one nearer in time comes first
OF_TIME = 0.1  # so much of the score at most
CANDIDATES = 120
SAME_LEAD = 0.8  # share of lead words in common at which short texts are printings of one
FEWEST_LEAD_WORDS = 5
NAMES_SAID, WORDS_SAID = 3, 3


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an article's company: ids of those that tell its event, and of those in its storyline.

    says_all: what is not among them tells another event, however near it is.
    """

    same_event: Collection[str] = ()
    storyline: Collection[str] = ()
    says_all: bool = False


NOTHING_KNOWN = Known()


class RelatedPool:
    """Articles to choose from, with what each is compared by; made once, asked for each of them."""

    def __init__(self, many: Sequence[Marks], rarity: Rarity | None = None, *, earlier_only: bool = False) -> None:
        """earlier_only: `many` are in the order of time, and each is seen as when it was the newest."""
        self._many = many
        self._places = {marks.id: place for place, marks in enumerate(many)}
        self._earlier_only = earlier_only
        self._nearness = Nearness(many, rarity)

    def related(self, key: str, known: Known = NOTHING_KNOWN, *, top: int = 6) -> list[RelatedArticle]:
        """The others by how near they are to the article of that id, best first, no text twice.

        Raises KeyError if it is not in the pool.
        """
        place = self._places[key]
        others = self._nearness.candidates(place, CANDIDATES, earlier_only=self._earlier_only)
        if not len(others):
            return []
        mine = self._many[place]
        likeness = self._nearness.likeness(place, others, earlier_only=self._earlier_only)
        scored = [
            (float(near) * _of_time(mine, self._many[other]), float(near), self._many[other])
            for near, other in zip(likeness, others.tolist(), strict=True)
        ]
        scored.sort(key=lambda row: (-row[0], row[2].id))
        return [self._described(mine, other, known, score, near) for score, near, other in _once(mine, scored, top)]

    def _confirmed(self, mine: Marks, other: Marks, near: float) -> float:
        """Two that are each other's only neighbours seem nearer than they are: half of it is what others confirm."""
        here, there = self._places[mine.id], self._places[other.id]
        return (near + self._nearness.likeness_apart(here, there, earlier_only=self._earlier_only)) / 2

    def _described(self, mine: Marks, other: Marks, known: Known, score: float, near: float) -> RelatedArticle:
        names = self._shared_names(mine, other)
        words = self._shared_words(mine, other, names) if len(names) < 2 else []
        days = _days_after(mine, other)
        near = self._confirmed(mine, other, near)
        turned = opposing_view(mine, other) if near >= CONTRADICTS_FROM else ""
        kind = _kind(other, known, near, days, has_names=bool(names), is_opposing=bool(turned))
        because = [turned or _said(kind, days, is_explainer=other.kind == "explainer")]
        because += ["also names " + _listed(names)] if names else []
        because += ["shares the words " + _listed(words)] if words else []
        is_shown = near >= FLOOR and (bool(names) or len(words) >= FEWEST_WORDS)
        return RelatedArticle(other.id, round(score, 4), is_shown, tuple(filter(None, because)), kind, round(near, 4))

    def _shared_names(self, mine: Marks, other: Marks) -> list[str]:
        """Names that both have, as this article writes them, the rarest first."""
        theirs = {fold(name) for name in other.names}
        their_last = {name.split()[-1] for name in theirs if " " in name}
        publishers = {fold(mine.publisher), fold(other.publisher)}
        found: dict[str, float] = {}
        for name, count in mine.names.items():
            folded = fold(name)
            last = folded.split()[-1] if folded.split() else ""
            is_shared = folded in theirs or (folded in their_last if " " not in folded else last in theirs)
            if is_shared and folded not in publishers:
                found[name] = self._weight_of(folded, mine.language) * (1 + min(count, 3))
        return sorted(found, key=lambda name: (-found[name], name))[:NAMES_SAID]

    def _weight_of(self, name: str, language: str) -> float:
        return max((self._nearness.weight(stem(word, language)) for word in content_words(name, language)), default=0.0)

    def _shared_words(self, mine: Marks, other: Marks, names: Iterable[str]) -> list[str]:
        """The rarest words that both have, in a form that this article has, without those of the names."""
        theirs = {stem(word, other.language) for word in (*other.terms, *other.lead_terms)}
        without = {stem(word, mine.language) for name in names for word in content_words(name, mine.language)}
        shown = {fold(word): word for word in WORD.findall(mine.title)}
        found: dict[str, tuple[float, str]] = {}
        for word, count in {**mine.terms, **mine.lead_terms}.items():
            form = stem(word, mine.language)
            if form in theirs and form not in without and form not in found and len(word) > 2 and not word.isdigit():
                found[form] = (-self._nearness.weight(form) * (1 + min(count, 3)), shown.get(word, word))
        return [word for weight, word in sorted(found.values()) if weight][:WORDS_SAID]


def find_related(
    articles: Sequence[ArticleText], *, top: int = 10, earlier_only: bool = False
) -> list[tuple[str, list[RelatedArticle]]]:
    """For each marked article the others that are nearest to it; the whole ranking, in the articles' order.

    earlier_only: as each stood when it was published: nothing later is offered, or looked at.
    """
    marks = [article.marks for article in articles if article.marks]
    order = sorted(marks, key=_moment) if earlier_only else marks
    pool = RelatedPool(order, earlier_only=earlier_only)
    return [(one.id, pool.related(one.id, top=top)) for one in marks]


def search_terms(marks: Marks, rarity: Rarity, most: int) -> list[str]:
    """The names and words that say most of an article, to search others by; as its title writes them where it does."""
    shown = {fold(word): word for word in WORD.findall(marks.title)}
    found: dict[str, float] = {}
    for name, count in marks.names.items():
        parts = [rarity.weight(stem(word, marks.language)) for word in content_words(name, marks.language)]
        found[name] = math.log1p(count) * max(parts, default=0.0)
    named = {fold(word) for name in found for word in name.split()}
    for word, count in marks.terms.items():
        if word not in named and len(word) > 2 and not word.isdigit():
            leads = 2 if word in marks.lead_terms else 1
            found[shown.get(word, word)] = math.log1p(count * leads) * rarity.weight(stem(word, marks.language))
    return [term for term in sorted(found, key=lambda term: (-found[term], term)) if found[term]][:most]


def _moment(marks: Marks) -> float:
    return marks.published_at.timestamp() if marks.published_at else 0.0


def _days_after(mine: Marks, other: Marks) -> float | None:
    """How many days after this article the other one was published; None if a time is missing."""
    if mine.published_at is None or other.published_at is None:
        return None
    return (other.published_at - mine.published_at).total_seconds() / 86_400


def _of_time(mine: Marks, other: Marks) -> float:
    """By the article's own time, not by now: old coverage of an old article is as good as new of a new one."""
    days = _days_after(mine, other)
    return 1 - OF_TIME / 2 if days is None else 1 - OF_TIME + OF_TIME * float(0.5 ** (abs(days) / HALF_DAYS))


def _once(mine: Marks, scored: Sequence[tuple[float, float, Marks]], top: int) -> list[tuple[float, float, Marks]]:
    """The first rows that are no printing of the article itself, nor of a row before."""
    kept: list[tuple[float, float, Marks]] = []
    for row in scored:
        if len(kept) >= top:
            break
        if not is_printing(row[2], mine) and not any(is_printing(row[2], earlier[2]) for earlier in kept):
            kept.append(row)
    return kept


def is_printing(first: Marks, second: Marks) -> bool:
    """True if two articles are one text, reprinted or issued again."""
    prints = first.fingerprint, second.fingerprint
    if all(prints):
        return similarity(*prints) >= COPY_RATIO
    if first.title and fold(first.title) == fold(second.title):
        return True
    mine, theirs = first.lead_terms.keys(), second.lead_terms.keys()
    if min(len(mine), len(theirs)) < FEWEST_LEAD_WORDS or bool(prints[0]) != bool(prints[1]):
        return False
    return len(mine & theirs) >= SAME_LEAD * len(mine | theirs)


def _kind(
    other: Marks, known: Known, near: float, days: float | None, *, has_names: bool, is_opposing: bool
) -> RelatedKind:
    """The kind of an article so near, published so many days after."""
    is_near_in_time = days is not None and abs(days) <= SAME_EVENT_DAYS
    if is_opposing:
        return "opposing"
    if other.id in known.same_event or (not known.says_all and near >= SAME_EVENT and is_near_in_time):
        return "same_event"
    if other.kind == "explainer":
        return "background"
    if days is not None and (other.id in known.storyline or _is_in_course(near, days)):
        return "later" if days > 0 else "earlier"
    if days is not None and days <= -BACKGROUND_DAYS:
        return "background"
    return "names" if has_names else "subject"


def _is_in_course(near: float, days: float) -> bool:
    return near >= SAME_STORYLINE and abs(days) < BACKGROUND_DAYS


def _said(kind: RelatedKind, days: float | None, *, is_explainer: bool) -> str:
    """The kind as a reason in words, with the time between."""
    apart = time_apart(days) if days is not None else ""
    if kind == "same_event":
        return f"tells the same event, {apart}" if apart else "tells the same event"
    if kind in ("earlier", "later"):
        return f"{kind} in the same course of events, {apart}" if apart else "in the same course of events"
    if kind == "background":
        return "explains what lies behind" if is_explainer else f"tells what went before, {apart}"
    return apart


UNITS = ((365.25, "year"), (30.44, "month"), (7.0, "week"), (1.0, "day"), (1 / 24, "hour"))
NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def time_apart(days: float) -> str:
    """ "two weeks before", "three hours later"; the largest unit that fits, "" for less than an hour."""
    for length, unit in UNITS:
        count = round(abs(days) / length)
        if abs(days) >= length * 0.95 and count:
            said = NUMBERS[count] if count < len(NUMBERS) else str(count)
            return f"{said} {unit}{'s' if count > 1 else ''} {'later' if days > 0 else 'before'}"
    return ""


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
