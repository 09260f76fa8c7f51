"""Do two articles in different languages tell one event? By what needs no dictionary.

Shared names (the same in every script by their consonants), numbers, places
and opening words that two languages have in common, each worth more the fewer
articles have it; less the further apart in time. Precision goes first: one
shared name is never enough, and a story that has tellings in the article's own
language is left to the words.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from sys import intern

from newstext import numbers, places
from newstext.language import CAPITALISED_NOUNS
from newstext.likeness import apart_in_words, days_apart
from newstext.records import Marks
from newstext.spellings import Spelling, spellings, trust
from newstext.words import POSSESSIVE, WORD, fold, stop_words

RULE = "crossing-v1"
JOIN = 0.5
PRIOR_DOCUMENTS = 300  # an index that has seen little takes nothing for rare
RAREST = 6.0  # what a name that nobody else names is worth
KEY_LETTERS = 4  # of a skeleton, by which candidates are found
LONG_LETTERS = 4
LONG_WORDS = 4
TITLE_CASE = 0.75
POSTINGS_MOST = 120
SEARCH_KEYS = 80
CANDIDATES = 12
TRACES_KEPT = 6  # of each story: its first and its newest
NAMES_READ = 24  # of an article: those it names most
WORDS_READ = 60  # of an article without capitals, its commonest
STEM_LETTERS = 5
STEMS_KEPT = 200_000  # words whose key is not made again
KEPT_CHARS = 40
STEM_SHARE = 0.35  # a word two languages share tells less than a name
STEMS_MOST = 3.0
PLACE_SHARE = 0.3
PLACES_MOST = 1.8
OTHER_WORDS_OF_NAME = 0.4  # "Jorge" beside "Messi"
HALF_WEIGHT_DAYS = 1.5
DAYS_MOST = 3.0
NAMES_COMPARED = 10
ENOUGH = 11.0  # evidence at which, HALF_COVERED of the names shared, it is even odds
STEEP = 0.9
COVERAGE = 5.0
HALF_COVERED = 0.4
GUESSED = 1.75  # taken off the odds where every noun has a capital: Film, Trailer and Polizei look like names
ONLY_TWO = 1.5  # taken off where two names are all: a premier and a capital are in every second story of a country
VOUCHED = 0.9  # trust in a spelling when another word of the same name is spelled alike too
COMMON_STRONG = 2.0  # a name worth less counts, but not as one of the two that are needed


@dataclass(frozen=True, slots=True)
class Named:
    """A word of a name, or of an article whose script shows no names: how it is spelled, and how it is shown."""

    spelling: Spelling
    name: str  # "" where it may be none
    is_name: bool
    is_last: bool  # the word a name ends with: a person's is the surname


@dataclass(frozen=True, slots=True)
class Trace:
    """What of an article can be compared with one in another language."""

    id: str
    language: str
    at: datetime | None
    named: Mapping[str, tuple[Named, ...]]  # by =, then the skeleton's first letters
    numbers: tuple[str, ...]
    places: tuple[str, ...]
    stems: tuple[str, ...]  # each after ~
    shows_names: bool = False  # by capitals; else any of its words may be a name

    def index_keys(self) -> list[str]:
        """All of it, as the index knows it: =skeleton, #number, @place, ~stem."""
        return [*self.named, *[f"#{each}" for each in self.numbers], *[f"@{each}" for each in self.places], *self.stems]


@dataclass(frozen=True, slots=True)
class Crossing:
    """A story in another language that an article belongs to, and why."""

    story: str
    member: str
    probability: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Shared:
    names: tuple[tuple[float, str, str], ...]  # weight, as the first writes it, as the second does
    numbers: tuple[tuple[float, str], ...]
    places: float
    stems: float
    coverage: float


def trace_of(marks: Marks) -> Trace:
    """What can be compared of an article; linear in its marks."""
    shows_names = _shows_names(marks)
    stems = dict.fromkeys(map(_stems.__getitem__, marks.lead_terms))
    stems.pop("", None)
    return Trace(
        id=marks.id,
        language=marks.language,
        at=marks.published_at,
        named=_named(marks, shows_names=shows_names),
        numbers=tuple(dict.fromkeys(marks.numbers)),
        places=tuple(dict.fromkeys(marks.places)),
        stems=tuple(stems),
        shows_names=shows_names,
    )


class _Stems(dict[str, str]):
    """The key of a word whose first letters two languages may share, or ""; each made once."""

    def __missing__(self, word: str) -> str:
        is_one = len(word) > STEM_LETTERS and word.isascii() and word.isalpha()
        key = intern(f"~{word[:STEM_LETTERS]}") if is_one else ""
        if len(self) >= STEMS_KEPT:
            self.clear()
        if len(word) <= KEPT_CHARS:
            self[word] = key
        return key


_stems = _Stems()


def _named(marks: Marks, *, shows_names: bool) -> dict[str, tuple[Named, ...]]:
    named: dict[str, tuple[Named, ...]] = {}
    is_shouted = _capitalises_all(marks)
    for name, count in itertools.islice(marks.names.items(), NAMES_READ):
        is_name = not (is_shouted and count == 1 and name in marks.title)
        _add_named(named, _words_named(name, name, marks.language, is_name=is_name))
    for word in _maybe_names(marks, shows_names=shows_names):
        _add_named(named, _words_named(word, "", marks.language, is_name=False))
    return named


def _add_named(named: dict[str, tuple[Named, ...]], found: Mapping[str, tuple[Named, ...]]) -> None:
    for key, more in found.items():
        held = named.get(key)
        if held is None:
            named[key] = more
            continue
        written = {other.spelling.written for other in held}
        named[key] = (*held, *(one for one in more if one.spelling.written not in written))


@lru_cache(maxsize=50_000)
def _parts(name: str, language: str) -> tuple[tuple[Spelling, bool], ...]:
    """The words of a name that tell, as they may be read, and which is its last; none of a place's name."""
    if places.code_of(name, language=language):
        return ()
    parts = [fold(POSSESSIVE.sub("", match.group())) for match in WORD.finditer(name)]
    told = [word for word in parts if word not in stop_words(language) and not word.isdigit()]
    if len(parts) > 1:
        told = [word for word in told if not _is_place(word, language)]
    return tuple(
        (spelling, word == parts[-1])
        for word in told
        for spelling in spellings(_without_ending(word, language), language)
    )


@lru_cache(maxsize=50_000)
def _is_place(word: str, language: str) -> bool:
    return bool(places.code_of(word, language=language))


@lru_cache(maxsize=50_000)
def _words_named(text: str, name: str, language: str, *, is_name: bool) -> Mapping[str, tuple[Named, ...]]:
    """The words of a name, or a word that may be one, by key; no spelling twice."""
    found: dict[str, dict[str, Named]] = {}
    for spelling, is_last in _parts(text, language):
        one = Named(spelling, name, is_name, is_last if name else True)
        found.setdefault(intern(f"={spelling.skeleton[:KEY_LETTERS]}"), {}).setdefault(spelling.written, one)
    return {key: tuple(held.values()) for key, held in found.items()}


def _capitalises_all(marks: Marks) -> bool:
    """Is the headline in Title Case, where a capital says nothing?"""
    long = [word for word in WORD.findall(marks.title) if len(word) >= LONG_LETTERS]
    return len(long) >= LONG_WORDS and sum(word[:1].isupper() for word in long) >= TITLE_CASE * len(long)


def _maybe_names(marks: Marks, *, shows_names: bool) -> Iterable[str]:
    """Words that are a name if an article in another language has them as one.

    A title's first word may be one and the capitals do not say so; where a
    script has no capitals, or gives one to every noun, any word may be.
    """
    stops = stop_words(marks.language)
    if shows_names:
        titled = [match.group() for match in WORD.finditer(marks.title) if match.group()[:1].isupper()]
        return dict.fromkeys(word for word in titled if fold(word) not in stops)
    words = sorted(marks.terms.items(), key=lambda pair: (-pair[1], pair[0]))
    return list(dict.fromkeys([*marks.lead_terms, *(word for word, _ in words)]))[:WORDS_READ]


def _shows_names(marks: Marks) -> bool:
    """Can this language's names be told from its other words by their capitals?"""
    if marks.language in CAPITALISED_NOUNS:
        return False
    return any(name[:1].isupper() for name in marks.names) or all(map(str.isascii, marks.lead_terms))


def _without_ending(word: str, language: str) -> str:
    return word[:-1] if language in CAPITALISED_NOUNS and len(word) > 4 and word.endswith("s") else word


class CrossIndex:
    """The open stories by the names, numbers and words that all languages share."""

    def __init__(self) -> None:
        self._traces: dict[str, list[Trace]] = {}
        self._languages: dict[str, Counter[str]] = {}
        self._postings: dict[str, dict[str, int]] = defaultdict(dict)
        self._is_listed = False  # in the postings: from the first article on that finds another language spoken
        self._counts: Counter[str] = Counter()
        self._documents = 0
        self._spoken: Counter[str] = Counter()  # how many tellings there are in each language
        self._last: tuple[Marks | None, Trace] = (None, Trace("", "", None, {}, (), (), ()))

    def __len__(self) -> int:
        return len(self._traces)

    def trace(self, marks: Marks) -> Trace:
        """The article's trace; the one asked for last is kept, since an article is counted, looked up and added."""
        if self._last[0] is not marks:
            self._last = (marks, trace_of(marks))
        return self._last[1]

    def count(self, marks: Marks) -> None:
        """Learn from an article how common its names, numbers and words are."""
        self._documents += 1
        self._counts.update(self.trace(marks).index_keys())

    def add(self, story: str, marks: Marks) -> None:
        """Take an article in as a telling of that story; the first and the newest are kept."""
        trace = self.trace(marks)
        held = self._traces.setdefault(story, [])
        held.append(trace)
        self._languages.setdefault(story, Counter())[trace.language] += 1
        self._spoken[trace.language] += 1
        if self._is_listed:
            self._list(story, trace)
        if len(held) > TRACES_KEPT:
            self._take_back(story, held.pop(1))

    def _list(self, story: str, trace: Trace) -> None:
        for key in trace.index_keys():
            stories = self._postings[key]
            if story in stories or len(stories) < POSTINGS_MOST:
                stories[story] = stories.get(story, 0) + 1

    def _list_all(self) -> None:
        self._is_listed = True
        for story, held in self._traces.items():
            for trace in held:
                self._list(story, trace)

    def remove(self, story: str) -> None:
        """Forget a story."""
        for trace in self._traces.pop(story, ()):
            self._take_back(story, trace)
        self._spoken -= self._languages.pop(story, Counter())

    def remove_article(self, story: str, article: str) -> None:
        """Forget one telling of a story."""
        held = self._traces.get(story, [])
        for trace in [trace for trace in held if trace.id == article]:
            held.remove(trace)
            self._take_back(story, trace)
            self._languages[story][trace.language] -= 1
            self._spoken[trace.language] -= 1
        if not held:
            self.remove(story)

    def _take_back(self, story: str, trace: Trace) -> None:
        for key in trace.index_keys() if self._is_listed else ():
            stories = self._postings.get(key, {})
            if stories.get(story, 0) > 1:
                stories[story] -= 1
            elif stories.pop(story, None) is not None and not stories:
                del self._postings[key]

    def rarity(self, key: str) -> float:
        """0 to RAREST: how few articles have it."""
        most = math.log(self._documents + PRIOR_DOCUMENTS)
        return RAREST * max(0.0, 1 - math.log(self._counts.get(key, 0) + 1) / most)

    def find(self, marks: Marks) -> Crossing | None:
        """The story in other languages that surely tells the article's event; None in doubt."""
        if not any(count for language, count in self._spoken.items() if language != marks.language):
            return None
        if not self._is_listed:
            self._list_all()
        trace = self.trace(marks)
        found = [crossing for story in self._candidates(trace) if (crossing := self._best(trace, story))]
        best = max(found, key=lambda crossing: (crossing.probability, crossing.story), default=None)
        return best if best and best.probability >= JOIN else None

    def _candidates(self, trace: Trace) -> list[str]:
        known = sorted((-self.rarity(key), key) for key in trace.index_keys() if key in self._postings)
        found: Counter[str] = Counter()
        for less, key in known[:SEARCH_KEYS]:
            weight = int(-10 * less)
            for story in self._postings[key]:
                found[story] = found.get(story, 0) + weight
        others = [story for story, _ in found.most_common(4 * CANDIDATES) if not self._languages[story][trace.language]]
        return others[:CANDIDATES]

    def _best(self, trace: Trace, story: str) -> Crossing | None:
        scored = [(self.same_event_probability(trace, other), other) for other in self._traces[story]]
        if not scored:
            return None
        probability, nearest = max(scored, key=lambda pair: (pair[0], pair[1].id))
        because = self.reasons(trace, nearest) if probability >= JOIN else ()
        return Crossing(story, nearest.id, probability, because)

    def same_event_probability(self, first: Trace, second: Trace) -> float:
        """0 to 1; 0 where too little of different kinds is shared, whatever it weighs."""
        days = days_apart(first.at, second.at)
        if days > DAYS_MOST:
            return 0.0
        shared = self._shared(first, second)
        if not _is_enough(shared.names, shared.numbers):
            return 0.0
        evidence = sum(weight for weight, *_ in shared.names) + sum(weight for weight, _ in shared.numbers)
        evidence = (evidence + shared.places + shared.stems) * 0.5 ** (days / HALF_WEIGHT_DAYS)
        odds = STEEP * (evidence - ENOUGH) + COVERAGE * (shared.coverage - HALF_COVERED)
        odds -= ONLY_TWO * (len({mine or theirs for _, mine, theirs in shared.names}) < 3 and not shared.numbers)
        odds -= GUESSED * bool(CAPITALISED_NOUNS & {first.language, second.language})
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))

    def reasons(self, first: Trace, second: Trace) -> tuple[str, ...]:
        """Why two articles are taken for tellings of one event, in words."""
        shared = self._shared(first, second)
        said = []
        if names := list(dict.fromkeys(_both(mine, theirs) for _, mine, theirs in shared.names))[:3]:
            said.append("both name " + ", ".join(names))
        if shared.numbers:
            said.append("both give " + ", ".join(f"{number}" for _, number in shared.numbers[:3]))
        if first.at and second.at:
            said.append(f"in another language, {apart_in_words(days_apart(first.at, second.at))}")
        return tuple(said)

    def _shared(self, first: Trace, second: Trace) -> _Shared:
        """What is not enough by names and numbers is not looked at further."""
        names = tuple(sorted(self._shared_names(first, second), key=lambda found: (-found[0], found[1])))
        given = {*first.numbers} & {*second.numbers}
        counted = tuple(
            sorted(
                ((min(numbers.weight(one), self.rarity(f"#{one}")), one) for one in given),
                key=lambda found: (-found[0], found[1]),
            )
        )
        if not _is_enough(names, counted):
            return _Shared(names, counted, 0.0, 0.0, 0.0)
        where = sum(PLACE_SHARE * self.rarity(f"@{place}") for place in {*first.places} & {*second.places})
        # A word that is part of a shared name is counted there.
        said = {part for _, mine, theirs in names for name in (mine, theirs) for part in fold(name).split()}
        taken = {f"~{part[:STEM_LETTERS]}" for part in said}
        stems = sum(STEM_SHARE * self.rarity(stem) for stem in ({*first.stems} & {*second.stems}) - taken)
        weights = [self._named_weight(trace) for trace in (first, second) if trace.shows_names]
        whole = math.prod(weights) ** (1 / len(weights)) if weights else 0.0
        coverage = min(1.0, sum(weight for weight, *_ in names) / whole) if whole else 0.0
        return _Shared(names, counted, min(where, PLACES_MOST), min(stems, STEMS_MOST), coverage)

    def _shared_names(self, first: Trace, second: Trace) -> Iterator[tuple[float, str, str]]:
        """Each shared word once; of a name of several words the rarest counts in full."""
        found = list(_alike(first, second))
        if not found:
            return
        together = Counter((mine.name, theirs.name) for _, mine, theirs in found)
        weighed = []
        for sure, mine, theirs in found:
            has_more = together[mine.name, theirs.name] > 1 and bool(mine.name or theirs.name)
            is_whole = mine.is_last or theirs.is_last or fold(mine.name) == fold(theirs.name)
            if has_more or is_whole:  # else two people of one first name
                sure = max(sure, VOUCHED) if has_more else sure
                weighed.append((sure * self.rarity(f"={mine.spelling.skeleton[:KEY_LETTERS]}"), mine, theirs))
        seen: Counter[str] = Counter()
        for weight, mine, theirs in sorted(weighed, key=lambda one: (-one[0], one[2].spelling.written)):
            names = {one.name for one in (mine, theirs) if one.name}
            yield weight * (OTHER_WORDS_OF_NAME if any(seen[name] for name in names) else 1.0), mine.name, theirs.name
            seen.update(names)

    def _named_weight(self, trace: Trace) -> float:
        """What the names of an article weigh together, each by its rarest word."""
        by_name: dict[str, float] = {}
        for key, held in trace.named.items():
            for one in held:
                if one.is_name:
                    by_name[one.name] = max(by_name.get(one.name, 0.0), self.rarity(key))
        return sum(sorted(by_name.values(), reverse=True)[:NAMES_COMPARED])


def _alike(first: Trace, second: Trace) -> Iterator[tuple[float, Named, Named]]:
    """The surest pair of words for each skeleton that two articles share, and how sure it is."""
    for key in first.named.keys() & second.named.keys():
        pairs = [(_trust(mine, theirs), mine, theirs) for mine in first.named[key] for theirs in second.named[key]]
        best = max(pairs, key=lambda pair: (pair[0], pair[1].name == pair[2].name))
        if best[0]:
            yield best


def _trust(mine: Named, theirs: Named) -> float:
    """How sure it is that two words are one name; a word that may be none has to be written alike, if it can be."""
    if not (mine.is_name or theirs.is_name):
        return 0.0
    sure = trust(mine.spelling, theirs.spelling)
    is_guess = not (mine.is_name and theirs.is_name) and mine.spelling.has_vowels and theirs.spelling.has_vowels
    same_script = mine.spelling.written.isascii() and theirs.spelling.written.isascii()
    return 0.0 if is_guess and same_script and sure < 1.0 else sure


def _is_enough(names: Sequence[tuple[float, str, str]], counted: Sequence[tuple[float, str]]) -> bool:
    """Two names that not everybody names, or one and a telling number."""
    strong = sum(weight >= COMMON_STRONG for weight, *_ in names)
    return strong >= 2 or (strong == 1 and any(weight >= 1.2 for weight, _ in counted))


def _both(mine: str, theirs: str) -> str:
    if not (mine and theirs) or fold(theirs) in fold(mine) or fold(mine) in fold(theirs):
        return min((name for name in (mine, theirs) if name), key=len)
    return f"{mine} ({theirs})"
