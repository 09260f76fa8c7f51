"""Which stories belong to one course of events: a dismissal, a death, a funeral; talks, a deal, a vote.

Stories are compared by the rare words and names of their articles, whatever
the time between, and put together by the mean over all their pairs: a chain of
stories, each a little like the next, is no storyline, and neither is a region
of the world.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heapify, heappop, heappush
from itertools import count

from newstext.likeness import stem
from newstext.records import OF_MANY_TOPICS, Marks, OpenStory, StorylineLink
from newstext.vectors import Vector, cosine, strongest, unit
from newstext.words import fold

WORDS = 0.8  # what words count beside names
LINKED = 0.16  # mean likeness of the pairs of a storyline, when many articles tell of it
LINKED_FEW = 1.0  # what few articles ask for more: twice that of a single one
RARE_STORIES = 25  # a word is rare if so many stories have it, or
RARE_RATIO = 0.005  # ... so many of all
FEWEST_SHARED = 2  # rare words: one alone may be a town, a firm, a word of the season
PRIOR = 200  # few stories take no word for common
SEARCH_TERMS = 24
POSTINGS_MOST = 300
CANDIDATES = 40
_NO_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Told:
    """A story as it is compared."""

    id: str
    storyline: str
    first_at: datetime
    words: Vector
    names: Vector
    articles: int

    @property
    def order(self) -> tuple[datetime, int, str]:
        return (self.first_at, len(self.id), self.id)


def link_storylines(stories: Sequence[OpenStory]) -> list[StorylineLink]:
    """The stories that belong to another storyline than they are in, each with that storyline.

    A storyline keeps its id with the story that opened it; one that has none yet
    is named after its oldest. Letters, newsletters, live and list pages stand alone. A few
    articles of each story are enough. The order makes no difference, and what
    is linked is left alone.
    """
    told = _told(stories)
    near = _near(told, _Rare(told))
    groups = sorted(
        ([told[number] for number in group] for group in _average_link([one.articles for one in told], near)),
        key=_oldest,
    )
    ids = _ids(groups)
    held = {one.id for one in told}
    alone = [StorylineLink(one.id, one.id) for one in stories if one.id not in held and one.storyline != one.id]
    grouped = zip(groups, ids, strict=True)
    return alone + [StorylineLink(one.id, line) for group, line in grouped for one in group if one.storyline != line]


def _oldest(group: Iterable[_Told]) -> tuple[datetime, int, str]:
    return min(one.order for one in group)


def _told(stories: Iterable[OpenStory]) -> list[_Told]:
    leading = {
        story.id: (story, [marks for marks in story.members if marks.kind not in OF_MANY_TOPICS]) for story in stories
    }
    leading = {key: (story, members) for key, (story, members) in sorted(leading.items()) if members}
    words_held: Counter[str] = Counter()  # of articles
    names_held: Counter[str] = Counter()  # of stories
    for _, members in leading.values():
        names_held.update({fold(name) for marks in members for name in marks.names})
        for marks in members:
            words_held.update({*map(stem, marks.terms), *map(stem, marks.lead_terms)})
    articles = sum(len(members) for _, members in leading.values())

    def vector(marks: Marks) -> Vector:
        stems: Counter[str] = Counter()
        for term, times in marks.terms.items():
            stems[stem(term)] += times
        return _rare_vector(stems, words_held, articles)

    told = []
    for story, members in leading.values():
        words: Vector = defaultdict(float)
        names: Counter[str] = Counter()
        for marks in sorted(members, key=lambda marks: marks.id):
            for term, weight in vector(marks).items():
                words[term] += weight
            for name, times in marks.names.items():
                names[fold(name)] += times
        weighed = _rare_vector(names, names_held, len(leading))
        told.append(_Told(story.id, story.storyline, _first_at(members), unit(words), weighed, len(members)))
    return sorted(told, key=lambda one: one.order)


def _rare_vector(counts: Mapping[str, int], held: Mapping[str, int], size: int) -> Vector:
    """The terms as a unit vector, each the weightier the fewer of `size` have it."""
    return unit(
        {
            term: (1 + math.log(times)) * math.log((size + PRIOR) / (held[term] + 1))
            for term, times in counts.items()
            if times > 0
        }
    )


def _first_at(members: Iterable[Marks]) -> datetime:
    return min((marks.published_at for marks in members if marks.published_at), default=_NO_TIME)


class _Rare:
    """Which words few stories have."""

    def __init__(self, told: Sequence[_Told]) -> None:
        self._held = Counter(term for one in told for term in one.words)
        self._most = max(RARE_STORIES, int(RARE_RATIO * len(told)))

    def shared(self, first: _Told, second: _Told) -> int:
        """How many rare words both have."""
        few, more = sorted((first.words, second.words), key=len)
        return sum(term in more and self._held[term] <= self._most for term in few)


def _near(told: Sequence[_Told], rare: _Rare) -> list[dict[int, float]]:
    """For each story how like it others are, as far as they share rare words."""
    postings: dict[str, list[int]] = defaultdict(list)
    near: list[dict[int, float]] = [{} for _ in told]
    for number, one in enumerate(told):
        terms = strongest(one.words, SEARCH_TERMS)
        found: dict[int, float] = defaultdict(float)
        for term in terms:
            for other in postings[term][-POSTINGS_MOST:]:
                found[other] += one.words[term] * told[other].words[term]
            postings[term].append(number)
        for other in sorted(found, key=lambda other: (-found[other], other))[:CANDIDATES]:
            alike = WORDS * cosine(one.words, told[other].words) + (1 - WORDS) * cosine(one.names, told[other].names)
            if rare.shared(one, told[other]) >= FEWEST_SHARED:
                near[number][other] = near[other][number] = alike
    return near


def _average_link(articles: Sequence[int], near: Sequence[Mapping[int, float]]) -> list[list[int]]:
    """Put together the groups with the highest mean over all their pairs, until none is alike enough.

    articles: how many each story has.
    """
    groups = {number: [number] for number in range(len(articles))}
    held = dict(enumerate(articles))
    sums = {number: dict(row) for number, row in enumerate(near)}
    heap = [
        (-alike, one, other)
        for one, row in enumerate(near)
        for other, alike in row.items()
        if one < other and alike >= _bar(held[one] + held[other])
    ]
    heapify(heap)
    numbers = count(len(articles))
    while heap:
        _, one, other = heappop(heap)
        if one not in groups or other not in groups:
            continue
        made = next(numbers)
        groups[made] = groups.pop(one) + groups.pop(other)
        held[made] = held[one] + held[other]
        joined = Counter(sums.pop(one)) + Counter(sums.pop(other))
        sums[made] = {third: total for third, total in sorted(joined.items()) if third in groups}
        for third, total in sums[made].items():
            for gone in (one, other):
                sums[third].pop(gone, None)
            sums[third][made] = total
            mean = total / (len(groups[made]) * len(groups[third]))
            if mean >= _bar(held[made] + held[third]):
                heappush(heap, (-mean, third, made))
    return list(groups.values())


def _bar(articles: int) -> float:
    return LINKED * (1 + LINKED_FEW * 2 / articles)


def _ids(groups: Sequence[Sequence[_Told]]) -> list[str]:
    """Each group's storyline: the one whose opening story it holds, else the number of its own oldest."""
    opening: dict[str, _Told] = {}
    for one in sorted((one for group in groups for one in group), key=lambda one: one.order):
        if one.storyline not in opening or one.id == one.storyline:
            opening[one.storyline] = one
    taken = set(opening)
    ids = []
    for group in groups:
        members = sorted(group, key=lambda one: one.order)
        kept = [one.storyline for one in members if opening[one.storyline] is one]
        free = [one.id for one in members if one.id not in taken]
        ids.append((kept or free or [members[0].storyline])[0])
        taken.add(ids[-1])
    return ids
