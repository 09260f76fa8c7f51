"""The product's index of open stories in an invented world: what an article costs among so many, and over a year.

Words are cheap to make and never those of a language: figures of speed and of
which stories are found at all, never of quality.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from newstext.grouping import POSTINGS_MOST, StoryIndex, _Story
from newstext.likeness import Tellings, stem
from newstext.records import Marks, OpenStory, Placement

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
LETTERS = "abcdefghijklmnoprstuvw"
COMMON = 40_000  # words that all stories share, the most usual most
OWN, TOLD = 18, 12  # words of an event; of them in each telling
TERMS, LEAD, NAMES = 60, 35, 8
OPEN_DAYS = 10.0  # as STORY_DAYS
FRESH_DAYS = 3.0
PRINT = 96  # values of a fingerprint; a whole article has 1,024, which take memory and no more time here
EVENTS_AN_ARTICLE = 1 / 3
AGE_DAYS = 1.0  # how long after its event, in the mean, an article tells it


@dataclass(frozen=True, slots=True)
class Asked:
    """What articles cost among so many open stories. found: share of those that tell an open one that joined it."""

    stories: int
    ms: float  # of processor time an article, looked up, judged and taken in
    look_up_ms: float  # of these for the candidates alone
    candidates: float
    found: float
    found_oldest: float  # of those that tell one of the tenth that was taken in first
    fill_ms: float  # to take in a story that is there, as a desk does when it starts
    kb: float  # of memory a story


class World:
    """Events without end, each with words of its own. rare: how many rare words there are for so many events."""

    def __init__(self, seed: int, *, rare: int) -> None:
        self.seed, self.rare = seed, rare
        self._chance = random.Random(seed)
        self._made = 0

    def own(self, event: int) -> list[str]:
        """The same words each time."""
        chance = random.Random(self.seed * 1_000_003 + event)
        return [word(COMMON + chance.randrange(self.rare)) for _ in range(OWN)]

    def terms(self, own: Sequence[str]) -> dict[str, int]:
        """Words of a telling and how often it has each: some of the event's, then common ones."""
        chance = self._chance
        terms = {one: chance.randint(1, 4) for one in chance.sample(own, TOLD)}
        while len(terms) < TERMS:
            terms[word(int(COMMON ** chance.random()))] = 1  # by Zipf's law, roughly
        return terms

    def telling(self, event: int, at: datetime) -> Marks:
        self._made += 1
        chance, own = self._chance, self.own(event)
        terms = self.terms(own)
        names = {one.capitalize(): 2 for one in own[:3]}
        while len(names) < NAMES:
            names[word(int(COMMON ** chance.random())).capitalize()] = 1
        fingerprint = tuple(sorted(chance.getrandbits(30) << 2 for _ in range(PRINT)))
        return Marks(
            id=f"{event}-{self._made}", title=" ".join(list(terms)[:8]), publisher="", language="en", kind="article",
            published_at=at, terms=terms, lead_terms=dict(list(terms.items())[:LEAD]), names=names,
            fingerprint=fingerprint, fingerprint_rule="", words=400,
        )  # fmt: skip


def word(number: int) -> str:
    """The word of a number; its first five letters are its own, since by these words are compared."""
    letters = ""
    for _ in range(5):
        number, rest = divmod(number, len(LETTERS))
        letters += LETTERS[rest]
    return f"{letters}x"


def rare_words(stories: int, *, grows: bool) -> int:
    """How many rare words a world of so many stories draws from; growing as a language's do (Heaps), or the same."""
    return int(60_000 * (max(stories, 10_000) / 10_000) ** 0.5) if grows else 60_000


def growth(sizes: Sequence[int], *, asked: int, seed: int, cpu_most_s: float, grows: bool) -> Iterator[Asked]:
    """One index that grows from size to size, asked at each; ends where the next would take too much time."""
    world = World(seed, rare=rare_words(max(sizes), grows=grows))
    index, began, there = StoryIndex(), time.process_time(), 0
    memory = _resident_kb()
    for size in sizes:
        before = time.process_time()
        for event in range(there, size):
            index.add_story(_open_story(world, event))
        fill_ms = 1000 * (time.process_time() - before) / (size - there) - _telling_ms(world)
        there = size
        kb = (_resident_kb() - memory) / size
        yield _asked(index, world, size, count=asked, fill_ms=fill_ms, kb=kb)
        took, later = time.process_time() - began, [one for one in sizes if one > size]
        if later and took * later[0] / size > cpu_most_s:
            return


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What the candidates of an article cost among so many. found: share of open events that are among theirs."""

    stories: int
    ms: float
    candidates: float
    found: float
    found_oldest: float


def candidates(sizes: Sequence[int], *, asked: int, seed: int, cpu_most_s: float, grows: bool) -> Iterator[LookedUp]:
    """The product's look-up of candidates alone, so among many more stories than whole ones can be made of here.

    What an index keeps of a story for it is filled in by hand: the twelve rare words of a telling and eight others.
    """
    world = World(seed, rare=rare_words(max(sizes), grows=grows))
    index, began, there = StoryIndex(), time.process_time(), 0
    shared = Tellings([index._lexicon.member(world.telling(0, BEGAN + timedelta(days=OPEN_DAYS)))])
    for size in sizes:
        for event in range(there, size):
            _fill_in(index, world, event, shared)
        there = size
        now = BEGAN + timedelta(days=OPEN_DAYS)
        events = [int(size * (n + 0.5) / asked) for n in range(asked)]
        members = [index._lexicon.member(world.telling(event, now)) for event in events]
        before = time.process_time()
        found = [index._candidates(one, ()) for one in members]
        took_s = time.process_time() - before
        hits = [str(event) in {one.id for one in those} for event, those in zip(events, found, strict=True)]
        oldest = hits[: max(1, asked // 10)]
        yield LookedUp(
            size, 1000 * took_s / asked, sum(map(len, found)) / asked, sum(hits) / asked, sum(oldest) / len(oldest)
        )
        took, later = time.process_time() - began, [one for one in sizes if one > size]
        if later and took * later[0] / size > cpu_most_s:
            return


def _fill_in(index: StoryIndex, world: World, event: int, shared: Tellings) -> None:
    """As StoryIndex._take does it for the words that lead to a story; all stories share one telling."""
    key, terms = str(event), world.terms(world.own(event))
    index._lexicon._documents += 1
    index._lexicon._counts.update(map(stem, terms))
    index._stories[key] = _Story(key, key, shared)
    for term in list(map(stem, terms))[: TOLD + 8]:
        held = index._postings.setdefault(term, {})
        held[key] = None
        if len(held) > POSTINGS_MOST:
            del held[next(iter(held))]


def _days_after(event: int) -> float:
    """When an event was, spread evenly over the days whatever their number (by the golden section)."""
    return OPEN_DAYS * (event * 0.6180339887 % 1)


def _open_story(world: World, event: int) -> OpenStory:
    first = world.telling(event, BEGAN + timedelta(days=_days_after(event)))
    return OpenStory(first.id, first.id, (first,))


def _asked(index: StoryIndex, world: World, size: int, *, count: int, fill_ms: float, kb: float) -> Asked:
    """Half of the articles tell an open story of the last days, of those taken in first to last; half what is new.

    Not older ones: the rule itself joins few articles to an event of a week ago.
    """
    now = BEGAN + timedelta(days=OPEN_DAYS)
    fresh = [event for event in range(size) if _days_after(event) > OPEN_DAYS - FRESH_DAYS]
    events = [fresh[int(len(fresh) * (n + 0.5) / count)] for n in range(count)] + [
        10**9 + size + n for n in range(count)
    ]
    articles = [world.telling(event, now) for event in events]
    members = [index._lexicon.member(one) for one in articles]
    began = time.process_time()
    candidates = [len(index._candidates(one, ())) for one in members]
    look_up_s = time.process_time() - began
    began = time.process_time()
    placed = [next(one for one in index.place(each) if isinstance(one, Placement)) for each in articles]
    took_s = time.process_time() - began
    hits = [
        one.story != one.article and one.story.partition("-")[0] == str(event)
        for one, event in zip(placed, events, strict=True)
    ][:count]
    oldest = hits[: max(1, count // 10)]
    each = 2 * count
    return Asked(
        size, 1000 * took_s / each, 1000 * look_up_s / each, sum(candidates) / each, sum(hits) / count,
        sum(oldest) / len(oldest), fill_ms, kb,
    )  # fmt: skip


def _telling_ms(world: World) -> float:
    """What it takes to make up one telling, which is none of the index's."""
    began = time.process_time()
    for number in range(200):
        world.telling(number, BEGAN)
    return 1000 * (time.process_time() - began) / 200


def _resident_kb() -> float:
    """Memory at its most; the index only grows here."""
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


@dataclass(frozen=True, slots=True)
class Lived:
    """Thirty days of articles placed as they come."""

    articles: int
    ms: float
    stories: int  # open at their end
    right: float  # share of the articles after an event's first that stand in that one's story
    mixed: float  # share that stand in the story of another event


def live(arrivals: Sequence[datetime], *, seed: int, month_days: int, forgets: bool = True) -> list[Lived]:
    """Place a year's articles, in order; stories that rest for OPEN_DAYS are forgotten each day."""
    chance = random.Random(seed)
    world = World(seed, rare=rare_words(len(arrivals) // 30, grows=True))
    index, told = StoryIndex(), list[tuple[int, datetime]]()
    story_of: dict[int, str] = {}
    found: list[Lived] = []
    counts, took_s, day, made = [0, 0, 0, 0], 0.0, 0, 0
    for at in arrivals:
        if (passed := (at - BEGAN).days) > day:
            if passed // month_days > day // month_days:
                found.append(_month(counts, took_s, index))
                counts, took_s = [0, 0, 0, 0], 0.0
            day = passed
            if forgets:
                index.forget_before(at - timedelta(days=OPEN_DAYS))
            told = [one for one in told if at - one[1] < timedelta(days=5 * AGE_DAYS)]
        event = _event(chance, told, at)
        is_first = event is None
        if event is None:
            event, made = made, made + 1
            told.append((event, at))
        marks = world.telling(event, at)
        began = time.process_time()
        placement = next(one for one in index.place(marks) if isinstance(one, Placement))
        took_s += time.process_time() - began
        is_right = story_of.setdefault(event, placement.story) == placement.story
        is_mixed = placement.story.partition("-")[0] != str(event)
        counts = [
            counts[0] + 1,
            counts[1] + (not is_first),
            counts[2] + (is_right and not is_first),
            counts[3] + is_mixed,
        ]
    return [*found, _month(counts, took_s, index)] if counts[0] else found


def _event(chance: random.Random, told: Sequence[tuple[int, datetime]], at: datetime) -> int | None:
    """An event that was told before, the newer the likelier; None for a new one."""
    if not told or chance.random() < EVENTS_AN_ARTICLE:
        return None
    for _ in range(20):
        event, first = told[chance.randrange(len(told))]
        if chance.random() < 0.5 ** ((at - first) / timedelta(days=AGE_DAYS)):
            return event
    return None


def _month(counts: Sequence[int], took_s: float, index: StoryIndex) -> Lived:
    articles, later, right, mixed = counts
    return Lived(
        articles, 1000 * took_s / max(1, articles), len(index), right / max(1, later), mixed / max(1, articles)
    )


def now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"
