"""Which sentences of a story's tellings say most of it, and a choice of them that says nothing twice.

A sentence weighs by how near it is to all the others, how much of it other
tellings have word for word in twos, and how early it stands; each next one must
add something (MMR, Carbonell and Goldstein 1998). What more than one telling
says foretold best of all that was tried which sentences people would take.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from heapq import heapify, heappop, heappush
from itertools import pairwise

from newstext import alone
from newstext.note_records import Evidence
from newstext.once import once_an_article
from newstext.records import ArticleText
from newstext.vectors import Vector, cosine, unit
from newstext.whole import FEWEST_WORDS, has_address_or_code
from newstext.words import content_words, fold, meaningful, read_list, stop_words, words
from newstext.words import length as count_words

SENTENCES_READ = 30  # of a telling: news says first what matters
FEWEST_READ = 3
ALL_READ = 180  # over all tellings: a story of 300 costs what one of 12 does
POSITION_WEIGHT, POSITION_DECAY = 0.2, 0.07
NEARNESS_WEIGHT = 0.5
SHARED_WEIGHT = 0.3
TITLE_WEIGHT = 0.25  # headlines tell the event; where there are none nothing is lost
QUOTE_WEIGHT = 0.06  # people who sum a story up quote who is in it
RECENCY_WEIGHT = 0.25  # the newest telling knows most; an old toll is no news
RECENCY_DAYS = 1.5
DIVERSITY = 0.7
SAME = 0.7  # sentences with more in common say the same,
CONTAINED, FEWEST_SHARED = 0.6, 4  # and so do those of which one has so much of the other's words
FEWEST_TERMS = 4  # a sentence of fewer says nothing: "Here is what we know."
FEWEST_OF_STORY = 2  # such words in a sentence, where it has none of a headline
STEPS_BACK = 2  # so many sentences before one may be shown with it so that it can be understood
FEWEST_PAIRS = 5
EARLIER_SENTENCES_READ = 8  # of an article of before: its news
EARLIER_ALL_READ = 250
WORD = re.compile(r"[^\W\d_]+")
QUOTED = re.compile(r"[“\"«„][^“”\"«»„]*[”\"»“]")
CAPTION_DATE = re.compile(r"\b(?:19|20)\d\d\.?(?: [A-Z][^.]*)?$")  # "… speaks in Port Torrin, November 12, 2026."
# "... in New Karsa, Velmark, in March 2026.", "... in Karsa, Velmark September 26, 2026."
PICTURED_ON = re.compile(r"(?:,|\b[A-Z][a-z]+,?) (?:in )?[A-Z][a-z]{2,8}\.? (?:\d{1,2}, )?(?:19|20)\d\d\.$")
TELLS_OF_PAST = re.compile(r"\b(?:was|were|had|has|have|said|did|\w+ed)\b")
QUOTATION_MARKS = '“"«„'
NO_TIME = datetime.min.replace(tzinfo=UTC)

Key = tuple[int, int]  # which article, which of its sentences


@dataclass(slots=True, eq=False)
class Candidate:
    """A sentence of a telling. vector: of its words, rare ones heavier. score: what it says of the whole story."""

    article: ArticleText
    key: Key
    text: str
    terms: tuple[str, ...]
    pairs: frozenset[tuple[str, str]]
    words: int
    vector: Vector = field(default_factory=dict)
    score: float = 0.0

    @property
    def number(self) -> int:
        return self.key[1]


Unit = tuple[Candidate, ...]  # sentences of an article that are shown together, in order


@dataclass(slots=True)
class Ranked:
    """The sentences of a story's tellings, and of earlier articles; what was told of them so far.

    best: of the tellings, each that says something of its own, the weightiest
    first. earlier: of the earlier articles. told: what was chosen already, in
    whichever section; nearest: how much of a sentence that says. leaning: the
    sentences that are understood only after the one before them in their article.
    """

    tellings: tuple[ArticleText, ...] = ()
    best: list[Candidate] = field(default_factory=list)
    earlier: list[Candidate] = field(default_factory=list)
    by_key: dict[Key, Candidate] = field(default_factory=dict)
    with_term: defaultdict[str, list[tuple[Key, float]]] = field(default_factory=lambda: defaultdict(list))
    told: dict[Key, Candidate] = field(default_factory=dict)
    nearest: dict[Key, float] = field(default_factory=dict)
    units: dict[Key, Unit] = field(default_factory=dict)
    leaning: set[Key] = field(default_factory=set)
    beside: frozenset[Key] = frozenset()  # what speaks of nothing that the story is about
    evidence: dict[Key, Evidence] = field(default_factory=dict)
    known: frozenset[str] = frozenset()  # what the headlines and what was told speak of (alone.words_known)
    dates: dict[Key, tuple[str, ...]] | None = None  # as `when.dates_of` found them

    @property
    def newest_at(self) -> datetime | None:
        return max((one.published_at for one in self.tellings if one.published_at), default=None)


def rank(articles: Sequence[ArticleText], earlier: Sequence[ArticleText] = ()) -> Ranked:
    """The sentences of the tellings by weight, and those of earlier articles of the same course of events.

    Of very many articles the newest are read, and of each its beginning. What speaks of nothing of the
    story is not among them: an advertisement, or words put there for who sums up.
    """
    tellings, before = _oldest_first(articles, ALL_READ), _oldest_first(earlier, EARLIER_ALL_READ)
    read = list(_read(tellings, 0, SENTENCES_READ, ALL_READ))
    read_before = list(_read(before, len(tellings), EARLIER_SENTENCES_READ, EARLIER_ALL_READ))
    titles = {fold(article.title).rstrip(".") for article in (*tellings, *before) if article.title}
    beside = _beside_the_story([*read, *read_before], [*tellings, *before])
    own = _without_repeats((one for one in (*read, *read_before) if one.key not in beside), titles)
    ranked = Ranked(
        tellings=tuple(tellings),
        best=[one for one in own if one.key[0] < len(tellings)],
        earlier=[one for one in own if one.key[0] >= len(tellings)],
        by_key={one.key: one for one in (*read, *read_before)},
        known=alone.known_on_page(tellings),
        beside=beside,
    )
    rarity = _weigh_words(ranked, own)
    said = Counter(term for article in tellings for term in set(content_words(article.title, article.language)))
    _score(ranked, read, unit({term: count * rarity.get(term, 0.0) for term, count in said.items()}))
    ranked.best.sort(key=lambda one: (-one.score, one.key))
    return ranked


def _oldest_first(articles: Sequence[ArticleText], sentences: int) -> list[ArticleText]:
    """The newest, in order of time: as many as may be read of so many sentences."""
    return sorted(articles, key=lambda one: one.published_at or NO_TIME)[-sentences // FEWEST_READ :]


def _read(articles: Sequence[ArticleText], first: int, of_each: int, of_all: int) -> Iterator[Candidate]:
    """The sentences of the articles, which are numbered from `first`."""
    most = min(of_each, max(FEWEST_READ, of_all // max(1, len(articles))))
    for number, article in enumerate(articles, first):
        said = _said_in(article)
        for place in range(len(said), min(most, len(article.sentences))):
            said.append(_said(article, place))
        for place, one in enumerate(said[:most]):
            yield Candidate(article, (number, place), *one)


Said = tuple[str, tuple[str, ...], frozenset[tuple[str, str]], int]  # a sentence as a Candidate has it


@once_an_article
def _said_in(article: ArticleText) -> list[Said]:
    """The first sentences of an article, as many as were read so far: of a large story only the openings are."""
    return []


def _said(article: ArticleText, place: int) -> Said:
    start, end = article.sentences[place]
    text = article.text[start:end]
    stops = stop_words(article.language)
    found = words(text, article.language)
    pairs = frozenset(pair for pair in pairwise(found) if pair[0] not in stops or pair[1] not in stops)
    return text, tuple(meaningful(found, article.language)), pairs, count_words(text)


def _beside_the_story(read: Sequence[Candidate], articles: Sequence[ArticleText]) -> frozenset[Key]:
    """The sentences with no word of a headline, of another article, or that their own comes back to.

    Empty where the story has no headline.
    """
    titled = {term for article in articles for term in content_words(article.title, article.language)}
    if not titled:
        return frozenset()
    told_in: defaultdict[str, set[int]] = defaultdict(set)
    sentences: Counter[tuple[int, str]] = Counter()
    for one in read:
        for term in set(one.terms):
            told_in[term].add(one.key[0])
            sentences[one.key[0], term] += 1
    # What a headline's text comes back to counts where it is told with what the headline says: not a text in the text.
    bound = {term for one in read if not titled.isdisjoint(one.terms) for term in one.terms}

    def shared(one: Candidate) -> int:
        """How many of its words the story has elsewhere too; one that is a name in all tellings is enough."""
        own = one.key[0]
        held = [term for term in set(one.terms) if len(told_in[term]) > 1]
        back = [term for term in set(one.terms) if term in bound and sentences[own, term] >= alone.RETURNS]
        return len({*held, *back}) + any(term in _names_of(one) for term in held)

    beside = frozenset(one.key for one in read if titled.isdisjoint(one.terms) and shared(one) < FEWEST_OF_STORY)
    return beside if len(beside) < len(read) else frozenset()


def _names_of(one: Candidate) -> frozenset[str]:
    """The words of a sentence that begin with a capital within it, as its terms have them."""
    said = {word for word in WORD.findall(one.text) if word[0].isupper()}
    return frozenset(fold(word) for word in said)


def _without_repeats(read: Iterable[Candidate], titles: set[str]) -> list[Candidate]:
    """The first of those that say the same in the same words; no headline."""
    own: dict[tuple[str, ...], Candidate] = {}
    for one in read:
        if one.terms and fold(one.text).rstrip(".") not in titles:
            own.setdefault(one.terms, one)
    return list(own.values())


def _weigh_words(ranked: Ranked, own: Sequence[Candidate]) -> dict[str, float]:
    """How rare each word is; every sentence has its vector by that then."""
    counts = Counter(term for one in own for term in set(one.terms))
    rarity = {term: math.log(1 + (len(own) + 1) / (1 + count)) for term, count in counts.items()}
    for one in ranked.by_key.values():
        one.vector = unit({term: (1 + math.log(n)) * rarity.get(term, 0.0) for term, n in Counter(one.terms).items()})
    return rarity


def middle_of(candidates: Iterable[Candidate], weights: Mapping[Key, float] | None = None) -> Vector:
    """The direction of all of them together, each by its weight."""
    centre: defaultdict[str, float] = defaultdict(float)
    for one in candidates:
        factor = weights[one.key] if weights else 1.0
        for term, weight in one.vector.items():
            centre[term] += factor * weight
    return unit(dict(centre))


def _score(ranked: Ranked, read: Sequence[Candidate], titles: Vector) -> None:
    tellings: dict[tuple[str, str], int] = {}  # pair -> the telling that has it, or -1: more than one
    for one in read:
        for pair in one.pairs:
            if tellings.setdefault(pair, one.key[0]) != one.key[0]:
                tellings[pair] = -1
    middle = middle_of(ranked.best)
    newest = ranked.newest_at
    for one in read:
        shared = sum(1 for pair in one.pairs if tellings[pair] < 0) / max(FEWEST_PAIRS, len(one.pairs))
        one.score = (
            POSITION_WEIGHT * math.exp(-POSITION_DECAY * one.number)
            + NEARNESS_WEIGHT * cosine(one.vector, middle)
            + SHARED_WEIGHT * shared
            + TITLE_WEIGHT * cosine(one.vector, titles)
            + QUOTE_WEIGHT * any(mark in one.text for mark in QUOTATION_MARKS)
            + RECENCY_WEIGHT * _recency(one.article, newest)
        )


def _recency(article: ArticleText, newest: datetime | None) -> float:
    """1 for the newest telling, half of it RECENCY_DAYS before; 1 where no times are known."""
    if newest is None or article.published_at is None:
        return 1.0
    days = (newest - article.published_at).total_seconds() / 86_400
    return float(0.5 ** (days / RECENCY_DAYS))


@cache
def _first_person() -> dict[str, frozenset[str]]:
    """The words of wordlists/first_person.toml by language."""
    return {language: frozenset(said.split()) for language, said in read_list("first_person").items()}


def may_be_told(one: Candidate) -> bool:
    """False of what is no report: it says nothing, "I" or "we" stands outside any quotation, or it is a caption."""
    if len(set(one.terms)) < FEWEST_TERMS or has_address_or_code(one.text):
        return False
    said = _first_person().get(one.article.language)
    if said and not said.isdisjoint(WORD.findall(QUOTED.sub(" ", one.text))):
        return False
    if TELLS_OF_PAST.search(one.text):
        return True
    return not (PICTURED_ON.search(one.text) or (CAPTION_DATE.search(one.text) and _is_paragraph(one)))


def _is_paragraph(one: Candidate) -> bool:
    start, end = one.article.sentences[one.number]
    text = one.article.text
    return text[start - 1 : start] in ("", "\n") and text[end : end + 1] in ("", "\n")


def unit_of(ranked: Ranked, one: Candidate) -> Unit:
    """The sentence with those before it that it needs to be understood, in order; () if it may not be shown.

    What `alone.show` gives; else, where a sentence leans on the one before it
    in its article, that one and it together.
    """
    if not ranked.units.get(one.key):  # what may not be shown now may be when more is known
        unit = _unit(ranked, one, STEPS_BACK) if may_be_told(one) else ()
        is_fit = all(each.key not in ranked.beside and not has_address_or_code(each.text) for each in unit)
        ranked.units[one.key] = unit if is_fit else ()
    return ranked.units[one.key]


def _unit(ranked: Ranked, one: Candidate, steps_back: int) -> Unit:
    article, number = one.key
    if found := alone.show(one.article, number, known=ranked.known):
        places = {one.article.sentences[place][0]: (article, place) for place in range(number + 1)}
        if not all(places.get(each.start) in ranked.by_key for each in found):
            return ()
        for each in found:
            ranked.evidence.setdefault(places[each.start], each)
        ranked.evidence[one.key] = found[-1]
        return tuple(ranked.by_key[places[each.start]] for each in found)
    before, article_of = ranked.by_key.get((article, number - 1)), one.article
    if before is None or not steps_back or not alone.is_sentence(article_of, number) or not may_be_told(before):
        return ()
    leaned_on = _unit(ranked, before, steps_back - 1)
    ranked.leaning.add(one.key)
    ranked.evidence.setdefault(one.key, alone.evidence_for(one.article, number))
    return (*leaned_on, one) if leaned_on else ()


def choose(
    ranked: Ranked,
    pool: Iterable[Candidate],
    *,
    words: int = 10_000,
    sentences: int = 10_000,
    picks: int = 10_000,
    value: Mapping[Key, float] | None = None,
    same: float = SAME,
    first_of: Iterable[Key] = (),
    may_lean: bool = True,
    without: Container[Key] = (),
) -> list[Unit]:
    """The best of the pool that fit, whole, none saying what was told; they are told from then on.

    words, sentences: of all. picks: how often one is picked. value: what each
    is worth, by default its score. first_of: the first is one of these, if any
    may be shown. may_lean: with what they lean on. without: take none of these
    with any. In the order of picking; what a sentence needs stands before it.
    """
    chosen: list[Unit] = []
    own: set[Key] = set()
    open_to, found = {one.key: one for one in pool if one.key not in ranked.told}, -1
    while found < len(own):  # what speaks of "the dam" may be shown once a dam was told of
        found = len(own)
        for one in _best_first(ranked, open_to, value, first_of):
            if picks <= 0 or sentences <= 0 or words < FEWEST_WORDS:
                return chosen
            unit = unit_of(ranked, one)
            new = [each for each in unit if each.key not in own and (may_lean or one.key not in ranked.leaning)]
            length = sum(each.words for each in new)
            if not new or length > words or len(new) > sentences:
                continue
            if any(each.key in without for each in new) or _is_told(ranked, new, same):
                continue
            _join(chosen, unit)
            own.update(each.key for each in new)
            words, sentences, picks = words - length, sentences - len(new), picks - 1
            tell(ranked, new)
        open_to = {key: one for key, one in open_to.items() if key not in ranked.told and not ranked.units.get(key)}
    return chosen


def _best_first(
    ranked: Ranked, pool: Mapping[Key, Candidate], value: Mapping[Key, float] | None, first_of: Iterable[Key]
) -> Iterator[Candidate]:
    """The pool by what each adds to what is told at that moment; one that brings others is weighed with them.

    What a sentence adds can hardly grow, so only the first of the row is weighed again.
    """
    preferred = {key for key in first_of if key in pool}
    told = len(ranked.told)
    row = [(key not in preferred, -_worth(ranked, one, value), key) for key, one in pool.items()]
    heapify(row)
    while row:
        is_late, _, key = heappop(row)
        one = pool[key]
        if key in ranked.told:
            continue
        unit_of(ranked, one)
        again = (is_late or len(ranked.told) > told, -_worth(ranked, one, value), key)
        if row and again > row[0]:
            heappush(row, again)
        else:
            yield one


def _is_told(ranked: Ranked, new: Iterable[Candidate], same: float) -> bool:
    """True if one of them was told, or what it says, in other words or among more."""
    for one in new:
        if one.key in ranked.told or ranked.nearest.get(one.key, 0.0) > same < 1:
            return True
        mine = set(one.terms)
        for told in ranked.told.values() if same < 1 else ():
            both = len(mine.intersection(told.terms))
            if both >= FEWEST_SHARED and both >= CONTAINED * min(len(mine), len(set(told.terms))):
                return True
    return False


def _join(chosen: list[Unit], unit: Unit) -> None:
    """Add a unit; those that it shares a sentence with become one with it."""
    keys = {one.key for one in unit}
    touching = [other for other in chosen if any(one.key in keys for one in other)]
    for other in touching:
        chosen.remove(other)
    together = {one.key: one for other in (*touching, unit) for one in other}
    chosen.append(tuple(together[key] for key in sorted(together)))


def _worth(ranked: Ranked, one: Candidate, value: Mapping[Key, float] | None) -> float:
    """What a sentence adds to what is told, in the mean with those that it brings with it."""
    unit = ranked.units.get(one.key) or (one,)
    new = [each for each in unit if each.key not in ranked.told] if len(unit) > 1 else unit
    whole = 0.0
    for each in new:
        own = each.score if value is None else value.get(each.key, value[one.key])
        whole += own - DIVERSITY * ranked.nearest.get(each.key, 0.0)
    return whole / max(1, len(new))


def tell(ranked: Ranked, chosen: Iterable[Candidate]) -> None:
    """Remember that these were told: nothing that says the same is chosen after."""
    if not ranked.with_term:
        for one in ranked.by_key.values():
            for term, weight in one.vector.items():
                ranked.with_term[term].append((one.key, weight))
    nearest = ranked.nearest
    for done in chosen:
        ranked.told[done.key] = done
        ranked.known |= alone.words_known([done.text], done.article.language)
        near: defaultdict[Key, float] = defaultdict(float)
        for term, weight in done.vector.items():
            for key, other in ranked.with_term[term]:
                near[key] += weight * other
        for key, likeness in near.items():
            if likeness > nearest.get(key, 0.0):
                nearest[key] = likeness


def in_reading_order(chosen: Iterable[Unit]) -> list[Unit]:
    """The telling of the best opening first, then the others by time; each one's sentences as they stand in it."""
    chosen = list(chosen)
    openings = [unit[0] for unit in chosen if unit[0].number == 0] or [unit[0] for unit in chosen]
    first = max(openings, key=lambda one: one.score).key[0] if openings else 0
    return sorted(chosen, key=lambda unit: (unit[0].key[0] != first, unit[0].key))


def shown(ranked: Ranked, chosen: Iterable[Unit], dates: Mapping[Key, str] | None = None) -> tuple[Evidence, ...]:
    """The evidence of each; with the date of each unit's last sentence, where `dates` has one."""
    found = []
    for together in chosen:
        on = dates.get(together[-1].key, "") if dates else ""
        found += [replace(ranked.evidence[one.key], date=on) for one in together]
    return tuple(found)
