"""Stories looked at again: what fell together by the order of arrival is split, what tells one event is merged.

An article is placed when it comes, by what stood then; this pass sees the
stories whole. Two groups of articles are as alike as the mean, over the
articles of both, of each one's likeness to its best match on the other side:
one bridge between two events is not enough, and a story that moves on from day
to day holds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import combinations, count

from newstext.copies import COPY_RATIO, similarity
from newstext.likeness import Judge, Lexicon, Member, Tellings, features, shipped
from newstext.records import OF_MANY_TOPICS, Correction, Marks, OpenStory
from newstext.vectors import cosine, strongest

RULE = "settling-v1"
SPLIT = 0.2  # parts of a story that are less alike than this do not stay together
MERGE = 0.9  # stories that are more alike than this are one
SPLIT_LARGE = 0.5
MERGE_LARGE = 0.95
LARGE = 200  # articles, or
LONG = timedelta(days=14)  # from the first to the last: such a story is looked at with care
ALL_PAIRS = 60  # a story of so many articles is compared pair by pair, a larger one by nearest neighbours
NEIGHBOURS = 20
SEARCH_TERMS = 16
POSTINGS_MOST = 200  # a term that so many have tells too little to look by
CANDIDATES = 8
SAMPLE = 12  # articles of each of two groups that are compared
GAP = timedelta(days=10)  # between the last of one group and the first of another that may still be one story
COPY_GAP = timedelta(days=7)
LEAST_COSINE = 0.02  # of two articles that may tell one event
COPY_COSINE = 0.4  # copies have most of their words in common: the others need no second look
SILENCE = timedelta(hours=36)  # after which tellings may be of a new step of what happens
NEW_STEP = 0.85  # likeness across a silence, in that within both sides, below which they are
ROUNDS = 4
FEWEST_BESIDE_BRIDGE = 3  # articles on each side of a bridge
_NO_TIME = datetime.max.replace(tzinfo=UTC)
_Order = tuple[datetime, int, str]


@dataclass(eq=False, slots=True)
class _Group:
    """Articles that stand together, oldest first, and the stories they come from."""

    members: list[Member]
    stories: frozenset[str]
    first_at: datetime | None = field(init=False)
    last_at: datetime | None = field(init=False)

    def __post_init__(self) -> None:
        times = [member.at for member in self.members if member.at]
        self.first_at, self.last_at = min(times, default=None), max(times, default=None)

    def sample(self) -> list[Member]:
        """The first, the last, and some between at even distances."""
        if len(self.members) <= SAMPLE:
            return self.members
        step = (len(self.members) - 1) / (SAMPLE - 1)
        return [self.members[round(number * step)] for number in range(SAMPLE)]


def settle(
    stories: Sequence[OpenStory],
    *,
    due: Collection[str] | None = None,
    pinned: Collection[str] = (),
    apart: Collection[frozenset[str]] = (),
    judge_of: Callable[[str], Judge] | None = None,
) -> list[Correction]:
    """The articles that should stand in another story than they do; none where all is well.

    due: the stories to look at, all by default; the others are there to be
    merged with. pinned: articles that an editor put where they are; they stay.
    apart: pairs of articles or of stories that an editor parted; they are never
    put together. judge_of: for an article's id the judge of its pairs, the one
    that ships by default.
    Of a story that is split, the part that holds its first article keeps the
    id, another part gets the id of its own first article; of stories that are
    merged the oldest keeps it. The order of the stories makes no difference.
    """
    table = _Table(stories, frozenset(pinned), apart, judge_of or (lambda _: shipped()))
    groups = table.groups
    wanted = table.stories if due is None else frozenset(due)
    groups = [part for group in groups for part in (_split(group, table) if group.stories & wanted else [group])]
    for _ in range(ROUNDS):
        groups, made = _merge(groups, [group for group in groups if group.stories & wanted], table)
        if not made:
            break
    return _corrections(groups, stories, table.pinned)


class _Table:
    """What is known of the articles at hand: how likely two tell one event, and what an editor said of them."""

    def __init__(
        self,
        stories: Sequence[OpenStory],
        pinned: frozenset[str],
        apart: Collection[frozenset[str]],
        judge_of: Callable[[str], Judge],
    ) -> None:
        self._judge_of = judge_of
        self.pinned = pinned
        self.stories = frozenset(story.id for story in stories)
        self.story_of = {marks.id: story.id for story in stories for marks in story.members}
        self._prints = {marks.id: marks.fingerprint for story in stories for marks in story.members}
        self._known: dict[tuple[str, str], float] = {}
        self._apart: dict[str, set[str]] = defaultdict(set)
        for first, second in (sorted(pair) for pair in apart if len(pair) == 2):
            self._apart[first].add(second)
            self._apart[second].add(first)
        lexicon = Lexicon()
        for story in stories:
            for marks in story.members:
                lexicon.count(marks)
        self.groups = []
        for story in stories:
            leading = [marks for marks in story.members if marks.kind not in OF_MANY_TOPICS]
            if leading:
                self.groups.append(self.group(lexicon.member(marks) for marks in leading))
        self.groups.sort(key=lambda group: _order(group.members[0]))

    def group(self, members: Iterable[Member]) -> _Group:
        """These articles as one group."""
        members = sorted(members, key=_order)
        return _Group(members, frozenset(self.story_of[member.id] for member in members))

    def probabilities(self, pairs: Sequence[tuple[Member, Member]]) -> list[float]:
        """0 to 1 for each pair: that the two tell one event; a copy tells what its original tells."""
        keys = [_key(first, second) for first, second in pairs]
        asked: dict[int, tuple[Judge, dict[tuple[str, str], list[float]]]] = {}
        for (first, second), key in zip(pairs, keys, strict=True):
            if key in self._known:
                continue
            if cosine(first.body, second.body) < LEAST_COSINE:
                self._known[key] = 0.0
            elif self._are_copies(first, second):
                self._known[key] = 1.0
            else:
                earlier, later = sorted((first, second), key=_order)
                judge = self._judge_of(later.id)
                asked.setdefault(id(judge), (judge, {}))[1][key] = features(later, Tellings([earlier]))
        for judge, rows in asked.values():
            self._known.update(zip(rows, judge.probabilities(list(rows.values())), strict=True))
        return [self._known[key] for key in keys]

    def _are_copies(self, first: Member, second: Member) -> bool:
        if cosine(first.body, second.body) < COPY_COSINE:
            return False
        if first.at and second.at and abs(first.at - second.at) > COPY_GAP:
            return False
        return bool(similarity(self._prints[first.id], self._prints[second.id]) >= COPY_RATIO)

    def alike(self, first: _Group, second: _Group) -> float:
        """0 to 1: the mean of each article's best match on the other side, both ways."""
        others = second.sample()
        chances = self.probabilities([(one, other) for one in first.sample() for other in others])
        rows = [chances[start : start + len(others)] for start in range(0, len(chances), len(others))]
        here = sum(max(row) for row in rows) / len(rows)
        there = sum(max(column) for column in zip(*rows, strict=True)) / len(rows[0])
        return float(here + there) / 2

    def newness(self, earlier: _Group, later: _Group) -> float:
        """Likeness across the two, in that within them; copies say nothing of it. Below 1: two subjects."""
        one, other = earlier.sample(), later.sample()
        before, after = self._best_words(one, one), self._best_words(other, other)
        if not before or not after:
            return 1.0  # a single telling does not say what is usual on its side
        return _mean(self._best_words(one, other) + self._best_words(other, one)) / (_mean(before + after) or 1.0)

    def _best_words(self, members: Sequence[Member], others: Sequence[Member]) -> list[float]:
        """For each article the cosine of its words with those of its best match that is no copy of it."""
        rows = ([other for other in others if other is not one and not self._are_copies(one, other)] for one in members)
        return [
            max(cosine(one.body, other.body) for other in row) for one, row in zip(members, rows, strict=True) if row
        ]

    def are_parted(self, first: _Group, second: _Group) -> bool:
        """True if an editor parted something of the one from something of the other."""
        if not self._apart:
            return False
        others = {member.id for member in second.members} | second.stories
        mine = {member.id for member in first.members} | first.stories
        return any(self._apart[one] & others for one in mine if one in self._apart)

    def pins(self, group: _Group) -> set[str]:
        """The stories that articles of the group are pinned to."""
        return {self.story_of[member.id] for member in group.members if member.id in self.pinned}


def _split(group: _Group, table: _Table) -> list[_Group]:
    """The parts of a group that falls apart, or the group itself."""
    if len(group.members) < 2:
        return [group]
    bar = SPLIT_LARGE if _is_large(group.members, group.first_at, group.last_at) else SPLIT
    parts = [table.group(group.members[number] for number in part) for part in _cut(_near(group.members, table), bar)]
    if len(group.members) > ALL_PAIRS:  # the nearest neighbours alone do not say that two parts are unlike
        parts, _ = _join(parts, parts, table, lambda one, other: bar)
    parts = [piece for part in parts for step in _steps(part, table) for piece in _without_bridge(step, table, bar)]
    parts = _with_pins_together(parts, table)
    return [group] if len(parts) == 1 else [piece for part in parts for piece in _split(part, table)]


def _without_bridge(group: _Group, table: _Table, bar: float) -> list[_Group]:
    """The group cut in two where one article alone holds the sides together, which goes with the nearer one."""
    members = group.members
    if not 2 * FEWEST_BESIDE_BRIDGE < len(members) <= ALL_PAIRS:
        return [group]
    near = _near(members, table)
    bridge = max(range(len(members)), key=lambda number: (sum(near[number].values()), -number))
    rest = [number for number in range(len(members)) if number != bridge]
    sides = [[rest[number] for number in side] for side in _cut(_near([members[n] for n in rest], table), bar)]
    if len(sides) < 2 or min(map(len, sides)) < FEWEST_BESIDE_BRIDGE:
        return [group]
    nearer = max(sides, key=lambda side: _mean([near[bridge][number] for number in side]))
    nearer.append(bridge)
    return [table.group(members[number] for number in side) for side in sides]


def _steps(group: _Group, table: _Table) -> list[_Group]:
    """The group cut where, after a silence, its tellings speak of something new: a death after a dismissal."""
    members = [member for member in group.members if member.at]
    if len(members) < len(group.members):
        return [group]
    silences = [
        number
        for number in range(2, len(members) - 1)
        if _silence(members[number - 1].at, members[number].at) >= SILENCE
    ]
    cuts = [(table.group(members[:number]), table.group(members[number:])) for number in silences]
    found = [(table.newness(one, other), number) for number, (one, other) in enumerate(cuts)]
    if not found or min(found)[0] >= NEW_STEP:
        return [group]
    one, other = cuts[min(found)[1]]
    return [*_steps(one, table), *_steps(other, table)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _silence(before: datetime | None, after: datetime | None) -> timedelta:
    return after - before if before and after else timedelta()


def _with_pins_together(parts: list[_Group], table: _Table) -> list[_Group]:
    pinned = [part for part in parts if table.pins(part)]
    if len(pinned) < 2:
        return parts
    together: dict[str, list[Member]] = defaultdict(list)
    for part in pinned:
        together[min(table.pins(part))] += part.members
    return [part for part in parts if part not in pinned] + [table.group(one) for one in together.values()]


def _merge(groups: list[_Group], due: list[_Group], table: _Table) -> tuple[list[_Group], int]:
    """The groups after those that tell one event have become one, and how often that was done.

    What would be split again is not merged: a pass after this one finds nothing to do.
    """

    def bar(one: _Group, other: _Group) -> float:
        times = [at for at in (one.first_at, one.last_at, other.first_at, other.last_at) if at]
        large = _is_large([*one.members, *other.members], min(times, default=None), max(times, default=None))
        return MERGE_LARGE if large else MERGE

    return _join(groups, due, table, bar, holds=lambda whole: len(_split(whole, table)) == 1)


def _is_large(members: Sequence[Member], first_at: datetime | None, last_at: datetime | None) -> bool:
    return len(members) > LARGE or bool(first_at and last_at and last_at - first_at > LONG)


def _key(first: Member, second: Member) -> tuple[str, str]:
    return (first.id, second.id) if first.id < second.id else (second.id, first.id)


def _order(member: Member) -> _Order:
    """The oldest first; the shorter of two numbers is the lower."""
    return (member.at or _NO_TIME, len(member.id), member.id)


def _anchor(story: OpenStory, pinned: frozenset[str]) -> Marks | None:
    """The article with which the story's id goes: one that is pinned, else the one that opened it, else the oldest."""

    def order(marks: Marks) -> tuple[bool, bool, _Order]:
        return (marks.id not in pinned, marks.id != story.id, _marks_order(marks))

    leading = [marks for marks in story.members if marks.kind not in OF_MANY_TOPICS]
    return min(leading, key=order, default=None)


def _marks_order(marks: Marks) -> _Order:
    return (marks.published_at or _NO_TIME, len(marks.id), marks.id)


def _near(members: Sequence[Member], table: _Table) -> list[dict[int, float]]:
    """For each article how likely each other one tells the same; of a large story the nearest alone."""
    near: list[dict[int, float]] = [{} for _ in members]
    pairs = list(_pairs(members))
    chances = table.probabilities([(members[one], members[other]) for one, other in pairs])
    for (one, other), chance in zip(pairs, chances, strict=True):
        near[one][other] = near[other][one] = chance
    return near


def _pairs(members: Sequence[Member]) -> Iterable[tuple[int, int]]:
    if len(members) <= ALL_PAIRS:
        return combinations(range(len(members)), 2)
    postings: dict[str, list[int]] = defaultdict(list)
    pairs: set[tuple[int, int]] = set()
    for number, member in enumerate(members):
        found: Counter[int] = Counter()
        for term in strongest(member.body, SEARCH_TERMS):
            for other in postings[term][-POSTINGS_MOST:]:
                found[other] += 1
            postings[term].append(number)
        pairs.update((other, number) for other, _ in found.most_common(NEIGHBOURS))
    return sorted(pairs)


def _cut(near: list[dict[int, float]], bar: float) -> list[list[int]]:
    """Put articles together, the most alike groups first, until no two groups are `bar` alike; their numbers.

    near: symmetric; a pair that is not there counts 0. Average-link clustering
    with each article's best match in place of its mean one.
    """
    groups = {number: [number] for number in range(len(near))}
    best = [dict(row) for row in near]  # article -> group -> its best match there
    sums = {number: dict(row) for number, row in enumerate(near)}  # group -> group -> sum of the best matches
    heap = [(-p, one, other) for one, row in enumerate(near) for other, p in row.items() if one < other and p >= bar]
    heapify(heap)
    numbers = count(len(near))
    while heap:
        _, one, other = heappop(heap)
        if one not in groups or other not in groups:
            continue
        made = next(numbers)
        groups_sums = (sums.pop(one), sums.pop(other))
        groups[made] = groups.pop(one) + groups.pop(other)
        sums[made] = {}
        for third in sorted((groups_sums[0].keys() | groups_sums[1].keys()) & groups.keys()):
            there = _take_together(best, sums[third], groups[third], (one, other, made))
            here = sums[made][third] = groups_sums[0].get(third, 0.0) + groups_sums[1].get(third, 0.0)
            alike = (here / len(groups[made]) + there / len(groups[third])) / 2
            if alike >= bar:
                heappush(heap, (-alike, third, made))
    return [sorted(group) for group in groups.values()]


def _take_together(
    best: list[dict[int, float]], sums: dict[int, float], members: list[int], numbers: tuple[int, int, int]
) -> float:
    """Let articles see two groups as one; the new sum of their best matches there."""
    one, other, made = numbers
    for number in members:
        best[number][made] = max(best[number].pop(one, 0.0), best[number].pop(other, 0.0))
    sums.pop(one, None)
    sums.pop(other, None)
    sums[made] = sum(best[number][made] for number in members)
    return sums[made]


def _join(
    groups: list[_Group],
    due: Iterable[_Group],
    table: _Table,
    bar: Callable[[_Group, _Group], float],
    *,
    holds: Callable[[_Group], bool] = lambda _: True,
) -> tuple[list[_Group], int]:
    """Put groups together where one of them is due and they are alike enough; all groups then, and how often.

    holds: says of the whole whether it may stand.
    """
    index = _Index(groups)
    heap: list[tuple[float, int, int]] = []

    def look(number: int) -> None:
        group = index.groups[number]
        for other in index.candidates(number):
            alike = table.alike(group, index.groups[other])
            if alike >= bar(group, index.groups[other]) and _may_join(group, index.groups[other], table):
                heappush(heap, (-alike, min(number, other), max(number, other)))

    numbers = {group: number for number, group in index.groups.items()}
    for group in due:
        look(numbers[group])
    made = 0
    while heap:
        _, one, other = heappop(heap)
        if one not in index.groups or other not in index.groups:
            continue
        whole = table.group(index.groups[one].members + index.groups[other].members)
        if holds(whole):
            index.take(one)
            index.take(other)
            look(index.add(whole))
            made += 1
    return list(index.groups.values()), made


def _may_join(one: _Group, other: _Group, table: _Table) -> bool:
    earlier, later = (one, other) if (one.first_at or _NO_TIME) <= (other.first_at or _NO_TIME) else (other, one)
    silence = _silence(earlier.last_at, later.first_at)
    if silence > GAP or (silence >= SILENCE and table.newness(earlier, later) < NEW_STEP):
        return False
    return len(table.pins(one) | table.pins(other)) < 2 and not table.are_parted(one, other)


class _Index:
    """Finds the groups that share a group's weightiest terms."""

    def __init__(self, groups: Iterable[_Group]) -> None:
        self.groups: dict[int, _Group] = {}
        self._terms: dict[int, dict[str, float]] = {}
        self._postings: dict[str, set[int]] = defaultdict(set)
        for group in groups:
            self.add(group)

    def add(self, group: _Group) -> int:
        """Take in a group; its number."""
        number = len(self._terms)
        sums: dict[str, float] = defaultdict(float)
        for member in group.sample():
            for term, weight in member.body.items():
                sums[term] += weight
        self.groups[number] = group
        self._terms[number] = {term: sums[term] for term in strongest(sums, SEARCH_TERMS)}
        for term in self._terms[number]:
            self._postings[term].add(number)
        return number

    def take(self, number: int) -> _Group:
        """Take a group out."""
        for term in self._terms[number]:
            self._postings[term].discard(number)
        return self.groups.pop(number)

    def candidates(self, number: int) -> list[int]:
        """The groups that share most with this one."""
        found: dict[int, float] = defaultdict(float)
        for term, weight in self._terms[number].items():
            if len(self._postings[term]) <= POSTINGS_MOST:
                for other in self._postings[term]:
                    found[other] += weight * self._terms[other][term]
        found.pop(number, None)
        return sorted(found, key=lambda other: (-found[other], other))[:CANDIDATES]


def _corrections(groups: Iterable[_Group], stories: Sequence[OpenStory], pinned: frozenset[str]) -> list[Correction]:
    """What the groups say of where each article belongs, against where it stands."""
    group_of = {member.id: group for group in groups for member in group.members}
    anchors: dict[_Group, list[tuple[bool, _Order, str]]] = defaultdict(list)
    anchor_of: dict[str, _Group] = {}
    for story in stories:
        if anchor := _anchor(story, pinned):
            group = anchor_of[story.id] = group_of[anchor.id]
            anchors[group].append((anchor.id not in pinned, _marks_order(anchor), story.id))
    names = {group: min(held)[2] for group, held in anchors.items()}
    taken = {story.id for story in stories}
    for group in sorted({*group_of.values()} - names.keys(), key=lambda group: _order(group.members[0])):
        names[group] = next((m.id for m in group.members if m.id not in taken), "")
        taken.add(names[group])
    moved = []
    for story in sorted(stories, key=lambda story: (len(story.id), story.id)):
        for marks in story.members:
            here = group_of.get(marks.id) or anchor_of.get(story.id)
            if here and names[here] not in ("", story.id):
                moved.append(Correction(marks.id, names[here], story.id))
    return moved
