"""Why now? What set a story off, the steps before it, what lies behind, who stands where, what is to come.

What sets it off and what it took to get there is told in order of time, each
with its date. What earlier articles have on it is chosen by `background_of`:
people who write such background repeat the newest update nearly whole, then
what the course of events has always been about.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from newstext import brief, ranking, siding, when
from newstext.note_records import Evidence, WhyNow
from newstext.ranking import Candidate, Key, Ranked, Unit
from newstext.records import ArticleText
from newstext.vectors import cosine
from newstext.when import OPENING, YEAR_CHARS, Dates, says_any

TRIGGERS = 2  # sentences
STEPS = 5
BACKGROUND = 3
BACKGROUND_WORDS = 150
AHEAD = 3
RECENT_DAYS = 180  # a step; what is older lies behind
FRESH_DAYS = 14  # what set a story off is no older
LEAST_LIKE = 0.08  # an earlier sentence with less in common with the tellings tells of something else
MAY_REPEAT = 1.0
SAME = 0.4  # a step or what lies behind is not what the brief has, in other words
QUOTED_MOST = 0.5  # of a sentence: more is what somebody said, and no event
# What a sentence of earlier articles is worth, chosen by folds over events: `newstext measure background`.
UPDATE_WEIGHT, UPDATE_DECAY = 1.2, 1.0
LATELY_WEIGHT, LATELY_DECAY = 1.5, 20.0
ALWAYS_WEIGHT = 1.0
LIKE_UPDATE_WEIGHT = 0.75
ORIGIN_WEIGHT = 1.2  # of how it began, as far as that was told of lately
POSITION_WEIGHT, POSITION_DECAY = 0.1, 0.5


def write_why_now(
    articles: Sequence[ArticleText],
    background: Sequence[ArticleText] = (),
    *,
    ranked: Ranked | None = None,
    trigger: Sequence[Unit] | None = None,
) -> WhyNow:
    """The parts, each a few verbatim sentences to be understood as they stand; empty where nothing is held.

    articles: the story's tellings. background: earlier articles of its
    storyline. ranked: `brief.rank_news` of the same, with what a brief has
    told already; trigger: what `find_trigger` took before that.
    """
    ranked = ranked or brief.rank_news(articles, background)
    dates = when.dates_of(ranked)
    newest = when.newest_day(ranked)
    began = list(trigger or ()) or find_trigger(ranked)
    ahead = _ahead(ranked, dates, newest)
    steps = _steps(ranked, dates, newest)
    earlier = _of_earlier(ranked, dates, words=BACKGROUND_WORDS)
    recent, behind = _apart(earlier, ranked, dates, newest)
    steps = sorted([*steps, *recent], key=lambda unit: _date(unit, dates))[-STEPS:]
    behind = [*_background(ranked, dates, newest, most=BACKGROUND), *behind][:BACKGROUND]
    return WhyNow(
        trigger=ranking.shown(ranked, began, _told_on(began, dates)),
        steps=ranking.shown(ranked, steps, _told_on(steps, dates)),
        background=ranking.shown(ranked, behind, {unit[-1].key: _long_ago(unit, dates) for unit in behind}),
        sides=siding.find_sides(ranked),
        ahead=ranking.shown(ranked, ahead, {unit[-1].key: when.coming(unit[-1], dates, newest) for unit in ahead}),
    )


def background_of(
    articles: Sequence[ArticleText], earlier: Sequence[ArticleText], *, words: int = BACKGROUND_WORDS
) -> tuple[Evidence, ...]:
    """What earlier articles have on what these tell, at most `words` words of whole sentences, in order of time."""
    ranked = brief.rank_news(articles, earlier)
    return ranking.shown(ranked, _of_earlier(ranked, when.dates_of(ranked), words=words))


def _of_earlier(ranked: Ranked, dates: Dates, *, words: int) -> list[Unit]:
    """The sentences of earlier articles that lie behind the story, in order of time."""
    if not ranked.earlier:
        return []
    last = max(one.key[0] for one in ranked.earlier)
    age = {one.key: last - one.key[0] for one in ranked.earlier}
    oldest = max(age.values())
    always = ranking.middle_of(ranked.earlier)
    lately = ranking.middle_of(ranked.earlier, {key: math.exp(-back / LATELY_DECAY) for key, back in age.items()})
    update = ranking.middle_of(ranked.best)
    value: dict[Key, float] = {}
    for one in ranked.earlier:
        told_lately = cosine(one.vector, lately)
        value[one.key] = (
            UPDATE_WEIGHT * math.exp(-age[one.key] / UPDATE_DECAY)
            + (LATELY_WEIGHT + ORIGIN_WEIGHT * (age[one.key] == oldest)) * told_lately
            + ALWAYS_WEIGHT * cosine(one.vector, always)
            + LIKE_UPDATE_WEIGHT * cosine(one.vector, update)
            + POSITION_WEIGHT * math.exp(-POSITION_DECAY * one.number)
        )
    chosen = ranking.choose(ranked, ranked.earlier, words=words, value=value)
    return sorted(chosen, key=lambda unit: unit[0].key)


def _apart(earlier: Iterable[Unit], ranked: Ranked, dates: Dates, newest: date | None) -> tuple[list[Unit], list[Unit]]:
    """What of it is a step of the last months, and what lies further back; what is neither is left out."""
    first = (newest - timedelta(days=RECENT_DAYS)).isoformat() if newest else ""
    update = ranking.middle_of(ranked.best)
    recent: list[Unit] = []
    behind: list[Unit] = []
    for unit in earlier:
        if max(cosine(one.vector, update) for one in unit) < LEAST_LIKE:
            continue
        on = _date(unit, dates, opening=1)
        if when.is_behind(unit[-1], dates, newest) or (on and on < first[: len(on)]):
            behind.append(unit)
        elif newest and len(on) > YEAR_CHARS and on < newest.isoformat()[: len(on)] and _is_event(unit[-1]):
            recent.append(unit)
    return recent, behind


def find_trigger(ranked: Ranked, *, only_said_outright: bool = False) -> list[Unit]:
    """What set the story off: the newest event, or what a telling calls the trigger.

    only_said_outright: nothing else than what a telling calls so.
    """
    dates = when.dates_of(ranked)
    newest = when.newest_day(ranked)
    value: dict[Key, float] = {}
    for one in ranked.best:
        is_outright = says_any(one, "trigger") and not (
            when.is_behind(one, dates, newest) or when.names_old_year(one, newest)
        )
        if is_outright or (not only_said_outright and _may_have_set_it_off(one, ranked, dates, newest)):
            value[one.key] = one.score - 0.03 * one.number + 0.25 * says_any(one, "cause") + is_outright
    pool = [one for one in ranked.best if one.key in value and _is_fresh_unit(one, ranked, dates, newest)]
    return ranking.choose(ranked, pool, sentences=TRIGGERS, picks=1, value=value, same=SAME, may_lean=False)


def _is_fresh_unit(one: Candidate, ranked: Ranked, dates: Dates, newest: date | None) -> bool:
    """False if a sentence that comes with it tells of long before: it was another event that was triggered."""
    if newest is None:
        return True
    first = (newest - timedelta(days=FRESH_DAYS)).isoformat()
    said = [value for each in ranking.unit_of(ranked, one) for value in dates.get(each.key, ())]
    return all(value >= first[: len(value)] for value in said)


def _may_have_set_it_off(one: Candidate, ranked: Ranked, dates: Dates, newest: date | None) -> bool:
    """A sentence of a telling's opening that tells of the last days, or says what came of what."""
    if one.number > 2 * OPENING or when.is_behind(one, dates, newest) or when.coming(one, dates, newest):
        return False
    if newest and (told := one.article.published_at) and (newest - told.date()).days > FRESH_DAYS:
        return False
    named = [value for value in dates.get(one.key, ()) if len(value) > YEAR_CHARS]
    first = (newest - timedelta(days=FRESH_DAYS)).isoformat() if newest else ""
    is_fresh = bool(named) and all(value >= first[: len(value)] for value in named)
    if named and not is_fresh:
        return False
    return is_fresh or (one.number < OPENING and says_any(one, "cause")) or one.number == 0


def _steps(ranked: Ranked, dates: Dates, newest: date | None) -> list[Unit]:
    """What the tellings have of the months before, a sentence a date."""
    if newest is None:
        return []
    first = (newest - timedelta(days=RECENT_DAYS)).isoformat()
    taken: list[Unit] = []
    of_date: dict[str, list[Candidate]] = {}
    for one in ranked.best:
        on = when.past(one, dates)
        if first[: len(on)] <= on < newest.isoformat()[: len(on)] and len(on) > YEAR_CHARS and _is_event(one):
            of_date.setdefault(on, []).append(one)
    for pool in sorted(of_date.values(), key=lambda pool: -pool[0].score):
        if len(taken) < STEPS:
            taken += ranking.choose(ranked, pool, picks=1, same=SAME, may_lean=False)
    return taken


def _is_event(one: Candidate) -> bool:
    """What happened: not announced, and not for the most part somebody's words."""
    quoted = sum(len(said) for said in ranking.QUOTED.findall(one.text))
    return quoted < QUOTED_MOST * len(one.text) and not says_any(one, "ahead")


def _background(ranked: Ranked, dates: Dates, newest: date | None, *, most: int) -> list[Unit]:
    pool = [one for one in ranked.best if when.is_behind(one, dates, newest)]
    chosen = ranking.choose(ranked, pool, sentences=most, same=SAME, may_lean=False)
    return sorted(chosen, key=lambda unit: unit[0].key)


def _ahead(ranked: Ranked, dates: Dates, newest: date | None) -> list[Unit]:
    """Announcements of a day or month after the newest telling, one a date, in order; a brief may say the same."""
    taken: dict[str, list[Unit]] = {}
    for one in ranked.best:
        on = when.coming(one, dates, newest)
        if on and sum(map(bool, taken.values())) < AHEAD and not taken.get(on) and says_any(one, "ahead"):
            taken[on] = ranking.choose(ranked, [one], picks=1, same=MAY_REPEAT, may_lean=False)
    return [unit for on in sorted(taken) for unit in taken[on]]


def _date(unit: Unit, dates: Dates, *, opening: int = OPENING) -> str:
    """When what it tells was: as it says, or, of an opening, when it was published; "" where that is unknown."""
    said = when.past(unit[-1], dates)
    return said if said or unit[-1].number >= opening else when.day_of(unit[-1].article)


def _long_ago(unit: Unit, dates: Dates) -> str:
    """The first date of what lies behind; "" where it names none."""
    return min(dates.get(unit[-1].key, ()), default="")


def _told_on(units: Iterable[Unit], dates: Dates) -> dict[Key, str]:
    return {unit[-1].key: _date(unit, dates) for unit in units}
