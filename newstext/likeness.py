"""What two articles have in common, and how likely it is that they tell one event.

Articles are compared by their rare words, cut to their first letters (which
joins most inflected forms, in any language that inflects at the end), by names
and by numbers. What is seen of an article beside the tellings of a story is
weighed by boosted trees (`weights/lexical-v2.npz`, made by
`newstext/learn_grouping.py`); a pair of articles is a story of one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import resources
from io import BytesIO
from sys import intern
from typing import TYPE_CHECKING, Any

from newstext.copies import NUMBER
from newstext.later import later
from newstext.records import Marks
from newstext.vectors import Vector, strongest
from newstext.words import HEADLINE_WORDS, TEASER_WORDS, content_words, fold

if TYPE_CHECKING:
    import numpy as np

    from newstext import trees
else:
    np = later("numpy")  # 9 MB, of no use to a site at rest
    trees = later("newstext.trees")  # numpy's as well

VERSION = "lexical-v2"
PRIOR_DOCUMENTS = 1_000  # an index that has seen little takes no term for common
NAME_SIGN = "="
STEM = 5  # letters; inflected forms and most compounds of a word begin alike
TITLE_CHARS = 300
LEAD_TERMS = 120  # a title of a megabyte is no lead
COMPARED = 8  # tellings of a story that an article is compared with: the first and the newest
CLOSELY = 3  # of these, the nearest by their bodies, by all that is known
# The worlds to learn from have more tellings of an event than a day has, and fewer look-alikes; short texts show it.
EVEN = 0.35
EVEN_OF_SHORT = 0.9
EVEN_OF_HEADLINES = 0.9  # nothing but headlines on both sides, and not known how many have company
SURE = 0.85  # a headline surely has company where the trees say so much of its nearest story
COMPANY_AT_FIRST = 0.6  # share of headlines that surely have company, before any is seen
COMPANY_WORTH = 20.0  # headlines that this counts for
COMPANY_WEIGHT = 2.5  # how much the share moves the odds
HEADLINES_REMEMBERED = 100
NAMES_SHOWN = 3
WORDS_SHOWN = 4
FORMS_KEPT = 200_000  # words whose form is not made again
KEPT_CHARS = 40

COSINES = ("body", "lead", "names", "title", "title in lead", "lead in title")
FEATURES = (
    *(f"{name}, best" for name in COSINES),
    *(f"{name}, of the nearest" for name in COSINES),
    *("body, mean", "lead, mean", "names, mean", "body, of the whole", "lead, of the whole"),
    *("shared rarity", "rarest shared", "shared words", "shared names", "shared numbers", "numbers differ"),
    *("numbers in the story", "size", "alone", "has times", "days outside", "hours apart", "hours since the first"),
    *("headline", "teaser", "words", "words of the nearest", "title words", "one language"),
)
# A teaser names who everybody names that day, and its few words say too much one by one:
# where one of the two is short, this is all that counts.
OF_SHORT = frozenset(
    {"body, best", "body, mean", "body, of the whole", "lead, of the whole", "title, best", "has times"}
    | {"days outside", "hours apart", "headline", "teaser"}
)
SEEN_OF_SHORT = tuple(name in OF_SHORT for name in FEATURES)


@dataclass(slots=True)
class Member:
    """An article as it is compared: unit vectors of what is rare in it.

    weight: length of the lead before it became a unit vector: how much rarity
    is in it. written, shown: stem or folded name -> as the article has it.
    """

    id: str
    at: datetime | None
    body: Vector
    lead: Vector
    title: Vector
    names: Vector
    numbers: frozenset[str]
    weight: float
    words: int
    language: str
    kind: str
    written: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shared:
    """What two articles share, the weightiest first; days apart, or None where a time is missing."""

    names: tuple[str, ...]
    words: tuple[str, ...]
    days: float | None


class Lexicon:
    """How rare terms are, as counted over the articles seen so far."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._documents = 0

    def count(self, marks: Marks) -> None:
        """Take an article's terms into account; before it is made a member."""
        self._documents += 1
        own = {*map(_stems.__getitem__, marks.terms), *map(_stems.__getitem__, _lead(marks))}
        self._counts.update(own.union(map(_name_forms.__getitem__, marks.names)))

    def rarity(self, term: str) -> float:
        """From 0 up; the logarithm of how seldom the term, cut to its stem, is."""
        return math.log((self._documents + PRIOR_DOCUMENTS) / (self._counts[term] + 1))

    def member(self, marks: Marks) -> Member:
        """The article, fit to be compared; its vectors stay as they are when the counts go on."""
        title = marks.title[:TITLE_CHARS]
        lead, weight = self._vector(_lead(marks))
        names: dict[str, int] = {}
        for name, count in marks.names.items():
            folded = _as_name(name)
            names[folded] = names.get(folded, 0) + count
        return Member(
            id=marks.id,
            at=marks.published_at,
            body=self._vector(marks.terms)[0],
            lead=lead,
            title=self._vector(Counter(content_words(title, marks.language)))[0],
            names=self._weighed(names)[0],
            numbers=frozenset([*filter(_is_number, _lead(marks)), *NUMBER.findall(title)]),
            weight=weight,
            words=marks.words,
            language=marks.language,
            kind=marks.kind,
            written=dict(zip(map(_stems.__getitem__, marks.terms), marks.terms, strict=True)),
            shown=dict(zip(map(_name_forms.__getitem__, marks.names), marks.names, strict=True)),
        )

    def _vector(self, counts: Mapping[str, int]) -> tuple[Vector, float]:
        stems: dict[str, int] = {}
        for cut, count in zip(map(_stems.__getitem__, counts), counts.values(), strict=True):
            if count > 0:
                stems[cut] = stems.get(cut, 0) + count
        return self._weighed(stems)

    def _weighed(self, counts: Mapping[str, int]) -> tuple[Vector, float]:
        """`rarity`, written out: it is asked for a hundred terms of an article."""
        log, known, documents = math.log, self._counts.get, self._documents + PRIOR_DOCUMENTS
        return _unit({term: (1 + log(count)) * log(documents / (known(term, 0) + 1)) for term, count in counts.items()})


class _Forms(dict[str, str]):
    """The forms in which words are compared, each made once: equal forms are one object."""

    def __init__(self, made: Callable[[str], str]) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, word: str) -> str:
        form = intern(self._made(word))
        if len(self) >= FORMS_KEPT:
            self.clear()
        if len(word) <= KEPT_CHARS:
            self[word] = form
        return form


def _stem(term: str) -> str:
    return term[:12] if term[:1].isdigit() else term[:STEM]


_stems = _Forms(_stem)
_name_forms = _Forms(lambda name: f"{NAME_SIGN}{fold(name)}")


def stem(term: str) -> str:
    """The first letters of a word; a number whole, up to its twelfth digit."""
    return _stems[term]


def _as_name(name: str) -> str:
    """A name apart from the word that it is: the rarity of Brown is not that of brown."""
    return _name_forms[name]


def _lead(marks: Marks) -> Mapping[str, int]:
    if len(marks.lead_terms) <= LEAD_TERMS:
        return marks.lead_terms
    return dict(list(marks.lead_terms.items())[:LEAD_TERMS])


def _is_number(term: str) -> bool:
    return term[:1].isdigit()


def _unit(weights: Vector) -> tuple[Vector, float]:
    length = math.sqrt(sum([weight * weight for weight in weights.values()]))
    return ({term: weight / length for term, weight in weights.items()} if length else {}), length


class Tellings:
    """The tellings of one story that articles are compared with, and their sums."""

    __slots__ = ("body", "body_length", "first_at", "last_at", "lead", "lead_length", "members", "names", "size")

    def __init__(self, members: Iterable[Member] = ()) -> None:
        self.members: list[Member] = []
        self.body: Vector = {}
        self.lead: Vector = {}
        self.names: Vector = {}
        self.body_length = self.lead_length = 0.0  # squared
        self.size = 0
        self.first_at: datetime | None = None
        self.last_at: datetime | None = None
        for member in members:
            self.add(member)

    def add(self, member: Member) -> None:
        """Take in one more telling."""
        self.members.append(member)
        if len(self.members) > COMPARED:
            del self.members[1]
        self.size += 1
        self.body_length += 1 + 2 * dot(member.body, self.body)
        self.lead_length += 1 + 2 * dot(member.lead, self.lead)
        if self.size == 1:  # most stories stay of one telling: its vectors are the sums, until there is another
            self.body, self.lead, self.names = member.body, member.lead, member.names
        else:
            if self.size == 2:
                self._copy_sums()
            for sums, vector in ((self.body, member.body), (self.lead, member.lead), (self.names, member.names)):
                for term, weight in vector.items():
                    sums[term] = sums.get(term, 0.0) + weight
        if member.at:
            self.first_at = min(self.first_at or member.at, member.at)
            self.last_at = max(self.last_at or member.at, member.at)

    def _copy_sums(self) -> None:
        self.body, self.lead, self.names = dict(self.body), dict(self.lead), dict(self.names)

    def remove(self, key: str) -> None:
        """Take a telling out again; what is no longer compared leaves its share in the sums."""
        for member in [member for member in self.members if member.id == key]:
            self.members.remove(member)
            if self.size == 1:
                self._copy_sums()
            for sums, vector in ((self.body, member.body), (self.lead, member.lead), (self.names, member.names)):
                for term, weight in vector.items():
                    sums[term] -= weight
            self.body_length -= 1 + 2 * dot(member.body, self.body)
            self.lead_length -= 1 + 2 * dot(member.lead, self.lead)
            self.size -= 1
        times = [member.at for member in self.members if member.at]
        self.first_at, self.last_at = min(times, default=None), max(times, default=None)

    def days_outside(self, at: datetime | None) -> float:
        """Days from the span of the story's tellings; 0 within, and where a time is missing."""
        if not at or not self.first_at or not self.last_at:
            return 0.0
        return max((self.first_at - at).total_seconds(), (at - self.last_at).total_seconds(), 0.0) / 86_400


def dot(first: Vector, second: Vector) -> float:
    """The sum over what both have; the cosine, of unit vectors."""
    both = first.keys() & second.keys() if first and second else ()
    return sum([first[term] * second[term] for term in both]) if both else 0.0


def features(member: Member, story: Tellings) -> list[float]:
    """What is seen of an article beside a story, in the order of FEATURES."""
    near = sorted(((dot(member.body, other.body), place) for place, other in enumerate(story.members)), reverse=True)
    close = [(story.members[place], _cosines(member, story.members[place], body)) for body, place in near[:CLOSELY]]
    nearest, told = max(close, key=lambda pair: pair[1][0] + pair[1][1] + pair[1][2] / 2)
    best = [max(column) for column in zip(*(cosines for _, cosines in close), strict=True)]
    size = story.size
    if size == 1:
        body, lead, names = told[:3]  # the whole is the one
    else:
        body, lead = dot(member.body, story.body), dot(member.lead, story.lead)
        names = dot(member.names, story.names)
    row = [
        *best,
        *told,
        body / size,
        lead / size,
        names / size,
        body / math.sqrt(max(1.0, story.body_length)),
        lead / math.sqrt(max(1.0, story.lead_length)),
        *_in_common(member, nearest),
        _share(member.numbers, {number for other in story.members for number in other.numbers}),
        math.log(size),
        float(size == 1),
        *_apart_in_time(member, nearest, story),
        *_lengths(member, nearest),
    ]
    if min(member.words, nearest.words) >= TEASER_WORDS:
        return row
    return [seen if told_by_short else 0.0 for seen, told_by_short in zip(row, SEEN_OF_SHORT, strict=True)]


def _cosines(first: Member, second: Member, body: float) -> tuple[float, ...]:
    return (
        body,
        dot(first.lead, second.lead),
        dot(first.names, second.names),
        dot(first.title, second.title),
        dot(first.title, second.lead),
        dot(first.lead, second.title),
    )


def _in_common(first: Member, second: Member) -> tuple[float, ...]:
    numbers = len(first.numbers & second.numbers)
    both = first.lead.keys() & second.lead.keys()
    rarities = [first.lead[term] for term in both]
    return (
        sum(rarities) * first.weight,
        max(rarities, default=0.0) * first.weight,
        float(len(both)),
        float(len(first.names.keys() & second.names.keys())),
        float(numbers),
        float(bool(first.numbers and second.numbers and not numbers)),
    )


def _share(own: frozenset[str], theirs: set[str]) -> float:
    return len(own & theirs) / len(own) if own else -1.0


def _apart_in_time(member: Member, nearest: Member, story: Tellings) -> tuple[float, ...]:
    return (
        float(bool(member.at and story.last_at)),
        story.days_outside(member.at),
        24 * days_apart(member.at, nearest.at),
        24 * days_apart(member.at, story.first_at),
    )


def _lengths(first: Member, second: Member) -> tuple[float, ...]:
    shorter = min(first.words, second.words)
    return (
        float(shorter < HEADLINE_WORDS),
        float(HEADLINE_WORDS <= shorter < TEASER_WORDS),
        float(first.words),
        float(second.words),
        float(min(len(first.title), len(second.title))),
        float(first.language == second.language),
    )


@dataclass(frozen=True, slots=True)
class Judge:
    """The trees that weigh what is seen."""

    trees: trees.Trees

    def probabilities(self, rows: Sequence[list[float]]) -> list[float]:
        """For each row of features the chance, 0 to 1, that the article tells the story's event."""
        if not rows:
            return []
        said: list[float] = self.trees.predict(np.array(rows, dtype=np.float32)).tolist()
        return said


def read_judge(stored: Mapping[str, Any], prefix: str = "") -> Judge:
    """A judge out of numpy's archive; prefix tells folds apart in one file."""
    return Judge(trees.read_trees(stored, prefix))


@cache
def shipped() -> Judge:
    """The judge that comes with newstext."""
    packed = resources.files("newstext").joinpath(f"weights/{VERSION}.npz").read_bytes()
    with np.load(BytesIO(packed), allow_pickle=False) as stored:
        return read_judge(stored)


class Company:
    """How many of the headlines seen lately surely tell what another one told.

    A bare headline says little, so it counts how it is around it: where most
    have company, as in a collection of big stories, the likely story is the
    right one; among the short news of sixty papers it hardly ever is.
    """

    __slots__ = ("_seen", "_share")

    def __init__(self) -> None:
        self._share = COMPANY_AT_FIRST
        self._seen = COMPANY_WORTH

    def count(self, has_company: bool) -> None:
        """Take one more headline into account."""
        self._seen = min(self._seen + 1, HEADLINES_REMEMBERED)
        self._share += (float(has_company) - self._share) / self._seen

    def even(self) -> float:
        """What the trees say where it is as likely as not, among such headlines."""
        share = min(max(self._share, 0.01), 0.99)
        return float(1 / (1 + (share / (1 - share)) ** COMPANY_WEIGHT))


def chances(
    member: Member, stories: Sequence[Tellings], *, judge: Judge | None = None, company: Company | None = None
) -> list[float]:
    """For each story the chance, 0 to 1, .5 an even one, that an article tells its event.

    company: of the headlines that came before; it learns of this one.
    """
    said = (judge or shipped()).probabilities([features(member, story) for story in stories])
    if company and member.words < HEADLINE_WORDS:
        company.count(max(said, default=0.0) >= SURE)
    return [_from_even(chance, _even(member, story, company)) for chance, story in zip(said, stories, strict=True)]


def pair_probability(first: Member, second: Member, *, judge: Judge | None = None) -> float:
    """0 to 1, .5 an even chance: that the two tell one event."""
    return chances(first, [Tellings([second])], judge=judge)[0]


def _even(member: Member, story: Tellings, company: Company | None) -> float:
    """What the trees say where on a real day it is as likely as not."""
    shorter, longer = sorted((member.words, max((other.words for other in story.members), default=0)))
    if longer < HEADLINE_WORDS:
        return company.even() if company else EVEN_OF_HEADLINES
    return EVEN_OF_SHORT if shorter < TEASER_WORDS else EVEN


def _from_even(chance: float, even: float) -> float:
    """The chance, moved in its odds so that `even` becomes .5."""
    yes, no = chance * (1 - even), (1 - chance) * even
    return yes / (yes + no) if yes + no else 0.0


def days_apart(first: datetime | None, second: datetime | None) -> float:
    """0 where a time is missing: it must not keep two tellings apart."""
    return abs((first - second).total_seconds()) / 86_400 if first and second else 0.0


def shared(first: Member, second: Member) -> Shared:
    """The names and rare words that both have, as `first` writes them."""
    names = [name for name in strongest(first.names, 40) if name in second.names][:NAMES_SHOWN]
    named = {stem(word) for name in names for word in name.removeprefix(NAME_SIGN).split()}
    common = {term: weight * second.body[term] for term, weight in first.body.items() if term in second.body}
    words = [term for term in strongest(common, 12) if common[term] > 0 and term not in named][:WORDS_SHOWN]
    days = days_apart(first.at, second.at) if first.at and second.at else None
    return Shared(
        tuple(first.shown.get(name, name) for name in names),
        tuple(first.written.get(term, term) for term in words),
        days,
    )


def reasons(first: Member, second: Member) -> tuple[str, ...]:
    """Why the two are taken to tell one event, in words."""
    both = shared(first, second)
    said = []
    if both.names:
        said.append("both name " + ", ".join(both.names))
    if both.words:
        said.append("both use the words " + ", ".join(both.words))
    if both.days is not None:
        said.append(apart_in_words(both.days))
    return tuple(said)


def apart_in_words(days: float) -> str:
    """How far apart two articles were published: "published 3 hours apart"."""
    if days < 2:
        hours = round(days * 24)
        return "published within an hour" if hours < 1 else f"published {hours} hour{'s' * (hours != 1)} apart"
    return f"published {round(days)} days apart"
