"""The order of For you: the front page's moments, moved by what a reader follows and reads, as far as their dial says.

The front page orders stories by a moment (newstext.prominence). Here a story
that has to do with something followed stands as if it were some hours newer;
that is the whole rule, so each place can be said in one line:

    moment = front_at + dial / 100 * lead

Nothing here knows the database or the clock: same lines and same stories, same order.

dial 0: the front page's order. 100: a story of the last day that one follows
stands before all that one does not follow, whoever carries that. Since a lead
has a limit, age counts at every dial and nothing followed stands first for ever.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newstext.prominence import HOURS_A_DOUBLING, ORIGINS_MOST

# The most that the front page gives to what all carry (36 h), and a day: so far down the dial of 100 reaches.
FOLLOWED_HOURS = HOURS_A_DOUBLING * math.log2(ORIGINS_MOST) + 24
# As the front page has it of publishers: twice as many read count as much as being so many hours newer.
READ_HOURS_A_DOUBLING = HOURS_A_DOUBLING
READ_LEAST = 3  # fewer are chance
READ_HOURS_MOST = 24.0  # reading is a guess and following was said: the guess stays far behind, however much is read
FURTHER_HOURS = 6.0  # of each further reason, as much as one doubling: two reasons do not make a story twice as near
FURTHER_MOST = 2  # reasons, or who follows a hundred things would see only what has to do with many
IN_A_ROW = 3  # stories that share a reason; then one without it, so that no publisher or hashtag fills the page
DIAL_STEPS = (0, 25, 50, 75, 100)

Target = tuple[str, str]  # kind ("hashtag", "publisher", "section", "country", "storyline", "search") and key


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a reader's profile: what they follow, or what they have read of.

    name: as readers call it. address: of its page. read: stories, of a publisher
    articles, that were read; 0 where it is followed.
    """

    kind: str
    key: str
    name: str = ""
    address: str = ""
    read: int = 0

    @property
    def target(self) -> Target:
        return self.kind, self.key

    @property
    def hours(self) -> float:
        """How many hours newer a story with it stands at a dial of 100."""
        return hours_of_reading(self.read) if self.read else FOLLOWED_HOURS


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that may stand on the page. at: its moment on the front page; about: what it has to do with."""

    story: int
    at: datetime
    about: frozenset[Target] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """A story where it stands. reasons: the lines that moved it, the strongest first; none where nothing did.

    is_between: it was taken forward, since IN_A_ROW stories before it shared one reason.
    """

    story: int
    moment: datetime
    reasons: tuple[Line, ...] = ()
    is_between: bool = False


def hours_of_reading(read: int) -> float:
    """The lead of what so many stories were read of: none below READ_LEAST, and never above READ_HOURS_MOST."""
    return min(READ_HOURS_MOST, READ_HOURS_A_DOUBLING * math.log2(read)) if read >= READ_LEAST else 0.0


def lead_hours(reasons: Sequence[Line]) -> float:
    """How many hours newer a story with these reasons stands at a dial of 100: the strongest, and a little for others.

    It never falls when a reason is added.
    """
    hours = sorted((line.hours for line in reasons), reverse=True)
    return sum(hours[:1]) + sum(min(FURTHER_HOURS, more) for more in hours[1 : 1 + FURTHER_MOST])


MOST_LEAD_HOURS = FOLLOWED_HOURS + FURTHER_MOST * FURTHER_HOURS


def by_moment(candidates: Iterable[Candidate], lines: Iterable[Line], *, dial: int) -> list[Place]:
    """The stories by their moments as the dial moves them, the latest first; equal moments as the front page has them.

    dial: 0 to 100, others count as the nearer end. Of two lines with one target
    the stronger counts.
    """
    share = min(100, max(0, dial)) / 100
    by_target: dict[Target, Line] = {}
    for line in sorted(lines, key=lambda one: (-one.hours, one.kind, one.key)):
        if share and line.hours:
            by_target.setdefault(line.target, line)
    places = []
    for one in candidates:
        found = sorted((by_target[target] for target in one.about & by_target.keys()), key=_strongest_first)
        places.append(Place(one.story, one.at + timedelta(hours=share * lead_hours(found)), tuple(found)))
    return sorted(places, key=lambda place: (place.moment, place.story), reverse=True)


def spread(places: Sequence[Place], *, most: int) -> list[Place]:
    """The foremost of these in their order, but no reason of more than IN_A_ROW in succession while others are left.

    Where a reason would stand once more, the next story without it is taken
    forward. A story without any reason is never in the way of another.
    """
    waiting, stand = list(places), list[Place]()
    while waiting and len(stand) < most:
        last = [{line.target for line in one.reasons} for one in stand[-IN_A_ROW:]]
        worn = set.intersection(*last) if len(last) == IN_A_ROW else set[Target]()
        nth = next((n for n, one in enumerate(waiting) if not _shares(one, worn)), 0)
        taken = waiting.pop(nth)
        stand.append(Place(taken.story, taken.moment, taken.reasons, is_between=True) if nth else taken)
    return stand


def order(candidates: Iterable[Candidate], lines: Iterable[Line], *, dial: int, most: int) -> list[Place]:
    """The page: the stories by their moments, spread."""
    return spread(by_moment(candidates, lines, dial=dial), most=most)


def nearest_step(dial: int) -> int:
    """The named step of the dial that is nearest, of two the lower."""
    return min(DIAL_STEPS, key=lambda step: (abs(step - dial), step))


def _shares(place: Place, targets: Iterable[Target]) -> bool:
    return bool(targets) and any(line.target in targets for line in place.reasons)


KINDS = ("storyline", "search", "hashtag", "publisher", "country", "section")  # what says most of a story first


def _strongest_first(line: Line) -> tuple[float, int, str]:
    return -line.hours, KINDS.index(line.kind) if line.kind in KINDS else len(KINDS), line.key
