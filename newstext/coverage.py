"""Who tells a story and since when, where its texts began, what one alone reports, and on what they disagree.

Precision before recall: what one alone reports names something that no other
telling names, and two sentences disagree only where they say the same but for
one date, place or name that neither article has of the other.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newstext import alone
from newstext.addresses import registrable_domain
from newstext.extract.furniture import is_furniture
from newstext.language import UNSPACED_LANGUAGES
from newstext.note_records import Coverage, Disagreement, Evidence, Figure, FigureValue, OnlyHere, Origin, Stand, Teller
from newstext.once import once_an_article
from newstext.origins import Origins, trace_origin
from newstext.records import OF_MANY_TOPICS, ArticleText, DateMention, Name
from newstext.words import TEASER_WORDS, length

FEWEST_TO_BE_ALONE = 3  # independent publishers, before one of them can be alone with something
ONLY_EACH = 2
ONLY_ALL = 6
NOT_REPORTED = OF_MANY_TOPICS | {"opinion", "sponsored"}
NEW_STEMS = 5  # of a sentence, that no other publisher has
NEW_SHARE = 0.5
NEW_NAMES = 0.4  # of its names and numbers
STEM = 6
COMMON_IN = 8  # sentences of others in which a stem stands before it is too common to pair by
PAIRED_BY = 3  # stems that two sentences share before they are compared
MAYBE_SAME = 0.45  # of the words of both, before two sentences are compared
SAME_SENTENCE = 0.7  # of the words of both but for what they contradict each other in, to tell the same event
DISAGREEMENTS = 4
SENTENCES_READ = 40  # of an article: what it tells first
COMPARED = 40  # the newest tellings are looked at for contradictions; what older ones say of them was told by then
PLAIN = re.compile(r"[^\W\d_]{4,}")
NUMBERS = re.compile(r"\d[\d.,]*\d|\d")
PLACE_WORDS = frozenset("in at near outside from".split())
A_MINUTE = timedelta(minutes=1)


def write_coverage(articles: Sequence[ArticleText], figures: Sequence[Figure] = ()) -> Coverage:
    """Who tells the story, where it began, what one alone reports, and who disagrees on who, when, where, how many.

    figures: the story's (`figures.write_figures`); those that differ are
    disagreements. Empty for a story of one telling.
    """
    if len(articles) < 2:
        return Coverage()
    traced = trace_origin(articles, what_is_added=False)
    originals = _originals(articles, traced)
    read = [_read(article) for article in originals]
    return Coverage(
        publishers=tellers(articles, traced),
        origins=origins_of(articles, traced),
        only=_only_here(read),
        disagreements=(*_how_many(figures), *_contradictions(read[-COMPARED:]))[:DISAGREEMENTS],
    )


def publisher_of(article: ArticleText) -> str:
    """The publisher's name, else that of its site; "" where neither is known."""
    return article.publisher or article.site_name or registrable_domain(article.url)


def tellers(articles: Sequence[ArticleText], traced: Origins) -> tuple[Teller, ...]:
    """Each publisher once, the first to tell it first; those without a time last."""
    by_publisher: dict[str, list[ArticleText]] = defaultdict(list)
    for article in articles:
        if name := publisher_of(article):
            by_publisher[name].append(article)
    copied = {copy.article: group.origin for group in traced.groups for copy in group.copies}
    firsts = [min(held, key=_order) for held in by_publisher.values()]
    moments = [at for first in firsts if (at := _at(first)) is not None]
    earliest = min(moments, default=None)
    found: list[Teller] = []
    for (name, held), first in zip(by_publisher.items(), firsts, strict=True):
        at = _at(first)
        lag = (at - earliest) // A_MINUTE if at and earliest and _has_time(first) else None
        origin = copied.get(first.id)
        agency = origin.name if origin and origin.kind == "agency" and origin.name != name else ""
        found.append(
            Teller(name, first.id, first.country, first.language, at, lag, len(held), agency or _agency(first, name))
        )
    return tuple(sorted(found, key=lambda one: (one.first_at is None, one.first_at.timestamp() if one.first_at else 0)))


def _agency(article: ArticleText, publisher: str) -> str:
    return article.agency if article.agency.casefold() not in publisher.casefold() else ""


def _at(article: ArticleText) -> datetime | None:
    return article.published_at or article.seen_at


def _has_time(article: ArticleText) -> bool:
    return article.published_at is None or article.published_precision == "time"


def _order(article: ArticleText) -> tuple[bool, float]:
    at = _at(article)
    return at is None, at.timestamp() if at else 0.0


def origins_of(articles: Sequence[ArticleText], traced: Origins) -> tuple[Origin, ...]:
    """The texts that others carry: with whom each began, and who carries it."""
    names = {article.id: publisher_of(article) for article in articles}
    found: dict[str, Origin] = {}
    for group in traced.groups:
        carriers = [group.original, *(copy.article for copy in group.copies)]
        name = group.origin.name
        carried = [names[one] for one in carriers if names.get(one) and names[one] != name]
        if not carried or not name:
            continue
        kind = "agency" if group.origin.kind == "agency" else "publisher"
        before = found.get(name, Origin(name, kind, ()))
        whose = tuple(dict.fromkeys((*before.carried_by, *carried)))
        found[name] = Origin(name, kind, whose, before.article or group.origin.article)
    return tuple(found.values())


def _originals(articles: Sequence[ArticleText], traced: Origins) -> list[ArticleText]:
    copies = {copy.article for group in traced.groups for copy in group.copies}
    return [article for article in articles if article.id not in copies]


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence as it is compared: its stems, the numbers and names in it, and its dates."""

    number: int
    stems: frozenset[str]
    numbers: frozenset[str]
    names: tuple[Name, ...]
    dates: tuple[DateMention, ...]


@dataclass(frozen=True, slots=True)
class _Telling:
    article: ArticleText
    publisher: str
    lines: tuple[_Line, ...]
    stems: frozenset[str]
    numbers: frozenset[str]


@once_an_article
def _read(article: ArticleText) -> _Telling:
    """An article's sentences as they are compared; a pure function of it, linear in its length."""
    lines: list[_Line] = []
    stems = _stems(article.title)
    numbers = set(NUMBERS.findall(article.title))
    name_place = date_place = 0
    for number, (start, end) in enumerate(article.sentences):
        text = article.text[start:end]
        own = frozenset(_stems(text))
        said = frozenset(NUMBERS.findall(text))
        stems |= own
        numbers |= said
        if number >= SENTENCES_READ:
            continue
        names: list[Name] = []
        while name_place < len(article.names) and article.names[name_place].start < end:
            names.append(article.names[name_place])
            name_place += 1
        dates: list[DateMention] = []
        while date_place < len(article.dates) and article.dates[date_place].start < end:
            dates.append(article.dates[date_place])
            date_place += 1
        lines.append(_Line(number, own, said, tuple(names), tuple(dates)))
    publisher = publisher_of(article) or article.id
    return _Telling(article, publisher, tuple(lines), frozenset(stems), frozenset(numbers))


def _only_here(tellings: Sequence[_Telling]) -> tuple[OnlyHere, ...]:
    """Sentences whose names or numbers, and most of whose words, no other publisher's telling has."""
    spoken = [one for one in tellings if one.article.language not in UNSPACED_LANGUAGES]
    by_language: dict[str, list[_Telling]] = defaultdict(list)
    for one in spoken:
        by_language[one.article.language].append(one)
    # A teaser leaves out too much to tell what its publisher does not report, and another
    # language cannot be compared by its words: the tellings in the largest one alone.
    group = max(by_language.values(), key=len, default=[])
    told = {one.publisher for one in group if length(one.article.text) > TEASER_WORDS}
    if len(told) < FEWEST_TO_BE_ALONE or len(spoken) != len(group):
        return ()
    held_by: Counter[str] = Counter()
    for publisher in {one.publisher for one in group}:
        own: set[str] = set()
        for one in group:
            if one.publisher == publisher:
                own |= one.stems | one.numbers
        held_by.update(own)
    publishers = len({one.publisher for one in group})
    common = {stem for stem, count in held_by.items() if count >= max(2, publishers / 2)}
    found: dict[str, list[tuple[float, _Telling, _Line]]] = defaultdict(list)
    for one in group:
        for line in one.lines if one.publisher in told and one.article.kind not in NOT_REPORTED else ():
            if (weight := _alone_with(line, held_by)) and not line.stems.isdisjoint(common):
                found[one.publisher].append((weight, one, line))
    return tuple(_best_of(found))


def _alone_with(line: _Line, held_by: Counter[str]) -> float:
    """How much of a sentence its publisher alone has; 0 where that is too little."""
    new = {stem for stem in line.stems if held_by[stem] == 1}
    if len(new) < NEW_STEMS or len(new) < NEW_SHARE * len(line.stems):
        return 0.0
    named = [name for name in line.names if _is_new(name, held_by)]
    counted = [number for number in line.numbers if held_by[number] == 1]
    # Who names mostly what all name tells in other words what they tell too.
    if len(named) + len(counted) < max(1, NEW_NAMES * (len(line.names) + len(line.numbers))):
        return 0.0
    return len(new) / len(line.stems) + 0.3 * min(2, len(named) + len(counted)) - 0.02 * line.number


def _is_new(name: Name, held_by: Counter[str]) -> bool:
    parts = _parts(name)
    return bool(parts) and all(held_by[part] == 1 for part in parts)


def _best_of(found: dict[str, list[tuple[float, _Telling, _Line]]]) -> Iterator[OnlyHere]:
    left = ONLY_ALL
    ranked = sorted(found.items(), key=lambda pair: -max(weight for weight, _, _ in pair[1]))
    for publisher, lines in ranked:
        sentences: list[Evidence] = []
        for _, telling, line in sorted(lines, key=lambda one: -one[0])[: 3 * ONLY_EACH]:
            if len(sentences) >= min(ONLY_EACH, left):
                break
            shown = alone.show(telling.article, line.number, known=alone.ALL_KNOWN)
            if len(shown) == 1 and not is_furniture(shown[0].text):
                sentences += shown
        if sentences:
            left -= len(sentences)
            yield OnlyHere(publisher, tuple(sorted(sentences, key=lambda one: (one.article, one.start))))
        if left <= 0:
            return


def _how_many(figures: Iterable[Figure]) -> Iterator[Disagreement]:
    """The figures that differ, each value with the sentence that gives it."""
    for figure in figures:
        against = [value for value in figure.values if value.standing == "differs"]
        if len(against) > 1:
            yield Disagreement("how many", tuple(_stand(value) for value in against))


def _stand(value: FigureValue) -> Stand:
    return Stand(value.publisher, value.value, value.evidence)


def _contradictions(tellings: Sequence[_Telling]) -> Iterator[Disagreement]:
    """Pairs of sentences that tell the same but for one date, place or name."""
    seen: set[tuple[str, str, str]] = set()
    for (one, mine), (other, theirs) in _alike(tellings):
        found = _when(mine, theirs) or _who_or_where(one, mine, other, theirs)
        if found is None:
            continue
        about, here, there = found
        low, high = sorted((here.casefold(), there.casefold()))
        if (about, low, high) in seen:
            continue
        first, second = (
            alone.show(article, number, known=alone.ALL_KNOWN)
            for article, number in ((one.article, mine.number), (other.article, theirs.number))
        )
        if len(first) == 1 and len(second) == 1:
            seen.add((about, low, high))
            yield Disagreement(about, (Stand(one.publisher, here, first[0]), Stand(other.publisher, there, second[0])))


def _alike(tellings: Sequence[_Telling]) -> Iterator[tuple[tuple[_Telling, _Line], tuple[_Telling, _Line]]]:
    """Pairs of sentences of two publishers that share most of their words, found by their rarer ones."""
    lines = [
        (telling, line)
        for telling in tellings
        for line in telling.lines
        if len(line.stems) >= 5 and (line.names or line.dates)
    ]
    holders: dict[str, list[int]] = defaultdict(list)
    for place, (_, line) in enumerate(lines):
        for stem in line.stems:
            holders[stem].append(place)
    for place, (telling, line) in enumerate(lines):
        shared: dict[int, int] = {}
        for stem in line.stems:
            if len(holders[stem]) <= COMMON_IN:
                for other in holders[stem]:
                    if other >= place:
                        break
                    shared[other] = shared.get(other, 0) + 1
        for other, count in shared.items():
            theirs, their_line = lines[other]
            if count < PAIRED_BY or theirs.publisher == telling.publisher:
                continue
            both = len(line.stems & their_line.stems)
            if both >= MAYBE_SAME * max(len(line.stems), len(their_line.stems)):
                yield (theirs, their_line), (telling, line)


def _when(mine: _Line, theirs: _Line) -> tuple[str, str, str] | None:
    """Two days for one event, each written out in the sentence that gives it."""
    if len(mine.dates) != 1 or len(theirs.dates) != 1:
        return None
    here, there = mine.dates[0], theirs.dates[0]
    is_day = len(here.value) >= 10 and len(there.value) >= 10
    # The same word for two days: one article is older, or gives a wrong date of its own.
    if not is_day or here.value[:10] == there.value[:10] or here.text.casefold() == there.text.casefold():
        return None
    if any(sign.isdigit() for sign in here.text) != any(sign.isdigit() for sign in there.text):
        return None  # "Monday" and "November 24" may be one day, if one of the articles bears a wrong date
    names = [{name.text.casefold() for name in line.names} for line in (mine, theirs)]
    if (names[0] ^ names[1] and not names[0] & names[1]) or not _is_same(mine, theirs, _stems(here.text, there.text)):
        return None
    return "when", here.text, there.text


def _who_or_where(one: _Telling, mine: _Line, other: _Telling, theirs: _Line) -> tuple[str, str, str] | None:
    """One name or place in the same slot of the two sentences, that the other article nowhere has."""
    if [date.value for date in mine.dates] != [date.value for date in theirs.dates] or mine.numbers != theirs.numbers:
        return None
    here, there = (_unshared(line, against) for line, against in ((mine, theirs), (theirs, mine)))
    if len(here) != 1 or len(there) != 1:
        return None
    if not _is_same(mine, theirs, _parts(here[0]) | _parts(there[0])) or _has(other, here[0]) or _has(one, there[0]):
        return None
    words = [_word_before(telling.article, name) for telling, name in ((one, here[0]), (other, there[0]))]
    is_start = [
        _is_start(telling, line, name) for telling, line, name in ((one, mine, here[0]), (other, theirs, there[0]))
    ]
    if words[0] != words[1] and not all(is_start):
        return None
    where = words[0] in PLACE_WORDS and not all(is_start)
    return ("where" if where else "who"), here[0].text, there[0].text


def _unshared(line: _Line, other: _Line) -> list[Name]:
    """The names of a sentence of which no word stands in the other."""
    return [name for name in line.names if (parts := _parts(name)) and not parts & other.stems]


def _is_same(mine: _Line, theirs: _Line, without: set[str]) -> bool:
    """Two sentences share most of their words, what they contradict each other in left out."""
    here, there = mine.stems - without, theirs.stems - without
    return len(here & there) >= max(PAIRED_BY, SAME_SENTENCE * max(len(here), len(there)))


def _stems(*texts: str) -> set[str]:
    return {word[:STEM] for text in texts for word in PLAIN.findall(text.casefold())}


def _parts(name: Name) -> set[str]:
    return _stems(name.text)


def _has(telling: _Telling, name: Name) -> bool:
    return bool(_parts(name) & telling.stems)


def _word_before(article: ArticleText, name: Name) -> str:
    before = article.text[max(0, name.start - 20) : name.start].split()
    return before[-1].casefold() if before else ""


def _is_start(telling: _Telling, line: _Line, name: Name) -> bool:
    return name.start == telling.article.sentences[line.number][0]
