"""Why now? What set a story off, the steps before it, what lies behind, who stands where, what is to come.

What sets it off and what it took to get there is told in order of time, each
with its date. What earlier articles have on it is chosen by `background_of`:
people who write such background repeat the newest update nearly whole, then
what the course of events has always been about.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from newstext import brief, ranking, siding
from newstext.dates import precision_of
from newstext.ranking import Candidate, Key, Ranked, Unit
from newstext.records import ArticleText, DateMention, Evidence, WhyNow
from newstext.siding import says_any
from newstext.vectors import cosine

TRIGGERS = 2  # sentences
STEPS = 5
BACKGROUND = 3
BACKGROUND_WORDS = 150
AHEAD = 3
RECENT_DAYS = 180  # a step; what is older lies behind
FRESH_DAYS = 14  # what set a story off is no older
OLD_YEARS = 2
OPENING = 3  # sentences that tell of the day they were published
SAME = 0.4  # a step or what lies behind is not what the brief has, in other words
QUOTED_MOST = 0.5  # of a sentence: more is what somebody said, and no event
# What a sentence of earlier articles is worth, chosen by folds over events: `newstext measure background`.
UPDATE_WEIGHT, UPDATE_DECAY = 0.8, 1.0
LATELY_WEIGHT, LATELY_DECAY = 1.5, 20.0
ALWAYS_WEIGHT = 1.0
LIKE_UPDATE_WEIGHT = 0.5
ORIGIN_WEIGHT = 0.3
POSITION_WEIGHT, POSITION_DECAY = 0.1, 0.5

# "the Dec. 6 killing", "Monday's hearing": when that was, not what the sentence tells.
OF_A_THING_BEFORE = re.compile(r"\b(?:the|an?|this|that|his|her|its|their|our|last|next)\s$", re.IGNORECASE)
OF_A_THING_AFTER = re.compile(
    r"['’]s?\s|\s(?!(?:and|or|but|when|after|before|as|at|by|for|from|in|on|to|that|who|which|with)\b)[A-Za-z]+\b"
)
YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")

Dates = Mapping[Key, tuple[str, ...]]


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
    dates = dates_of(ranked)
    newest = _newest_day(ranked)
    began = list(trigger or ()) or find_trigger(ranked)
    ahead = _ahead(ranked, dates, newest)
    steps = _steps(ranked, dates, newest)
    earlier = _of_earlier(ranked, dates, words=BACKGROUND_WORDS)
    recent, behind = _apart(earlier, dates, newest)
    steps = sorted([*steps, *recent], key=lambda unit: _date(unit, dates))[-STEPS:]
    behind += _background(ranked, dates, newest, most=BACKGROUND)
    return WhyNow(
        trigger=ranking.shown(ranked, began, _told_on(began, dates)),
        steps=ranking.shown(ranked, steps, _told_on(steps, dates)),
        background=ranking.shown(ranked, behind, _told_on(behind, dates)),
        sides=siding.find_sides(ranked),
        ahead=ranking.shown(ranked, ahead, {unit[-1].key: _coming(unit[-1], dates, newest) for unit in ahead}),
    )


def background_of(
    articles: Sequence[ArticleText], earlier: Sequence[ArticleText], *, words: int = BACKGROUND_WORDS
) -> tuple[Evidence, ...]:
    """What earlier articles have on what these tell, at most `words` words of whole sentences, in order of time."""
    ranked = brief.rank_news(articles, earlier)
    return ranking.shown(ranked, _of_earlier(ranked, dates_of(ranked), words=words))


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
    value = {
        one.key: UPDATE_WEIGHT * math.exp(-age[one.key] / UPDATE_DECAY)
        + LATELY_WEIGHT * cosine(one.vector, lately)
        + ALWAYS_WEIGHT * cosine(one.vector, always)
        + LIKE_UPDATE_WEIGHT * cosine(one.vector, update)
        + ORIGIN_WEIGHT * (age[one.key] == oldest)
        + POSITION_WEIGHT * math.exp(-POSITION_DECAY * one.number)
        for one in ranked.earlier
    }
    chosen = ranking.choose(ranked, ranked.earlier, words=words, value=value)
    return sorted(chosen, key=lambda unit: unit[0].key)


def _apart(earlier: Iterable[Unit], dates: Dates, newest: date | None) -> tuple[list[Unit], list[Unit]]:
    """What of it is a step of the last months, and what lies further back or has no date."""
    first = (newest - timedelta(days=RECENT_DAYS)).isoformat() if newest else ""
    recent: list[Unit] = []
    behind: list[Unit] = []
    for unit in earlier:
        on = _date(unit, dates)
        (recent if first and len(on) > len("2026") and on >= first[: len(on)] else behind).append(unit)
    return recent, behind


def find_trigger(ranked: Ranked, *, only_said_outright: bool = False) -> list[Unit]:
    """What set the story off: the newest event, or what a telling calls the trigger.

    only_said_outright: nothing else than what a telling calls so.
    """
    dates = dates_of(ranked)
    newest = _newest_day(ranked)
    value: dict[Key, float] = {}
    for one in ranked.best:
        is_outright = says_any(one, "trigger") and not (_is_behind(one, dates, newest) or _names_old_year(one, newest))
        if is_outright or (not only_said_outright and _may_have_set_it_off(one, ranked, dates, newest)):
            value[one.key] = one.score - 0.03 * one.number + 0.25 * says_any(one, "cause") + is_outright
    pool = [one for one in ranked.best if one.key in value]
    return ranking.choose(ranked, pool, sentences=TRIGGERS, picks=1, value=value, same=SAME, may_lean=False)


def _may_have_set_it_off(one: Candidate, ranked: Ranked, dates: Dates, newest: date | None) -> bool:
    """A sentence of a telling's opening that tells of the last days, or says what came of what."""
    if one.number > 2 * OPENING or _is_behind(one, dates, newest) or _coming(one, dates, newest):
        return False
    if newest and (told := one.article.published_at) and (newest - told.date()).days > FRESH_DAYS:
        return False
    named = [value for value in dates.get(one.key, ()) if len(value) > len("2026")]
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
        on = _past(one, dates)
        if first[: len(on)] <= on < newest.isoformat()[: len(on)] and len(on) > len("2026") and _is_event(one):
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
    pool = [one for one in ranked.best if _is_behind(one, dates, newest)]
    chosen = ranking.choose(ranked, pool, sentences=most, same=SAME, may_lean=False)
    return sorted(chosen, key=lambda unit: unit[0].key)


def _is_behind(one: Candidate, dates: Dates, newest: date | None) -> bool:
    """A sentence of what was long before: it names a year long past, or says so and is none of the first."""
    if newest and any(int(value[:4]) <= newest.year - OLD_YEARS for value in dates.get(one.key, ())):
        return True
    return one.number >= OPENING and says_any(one, "past")


def _names_old_year(one: Candidate, newest: date | None) -> bool:
    return newest is not None and any(int(year) <= newest.year - OLD_YEARS for year in YEAR.findall(one.text))


def _ahead(ranked: Ranked, dates: Dates, newest: date | None) -> list[Unit]:
    """Announcements of a day or month after the newest telling, in order of it."""
    pool = [one for one in ranked.best if _coming(one, dates, newest) and says_any(one, "ahead")]
    chosen = ranking.choose(ranked, pool, sentences=AHEAD, same=SAME, may_lean=False)
    return sorted(chosen, key=lambda unit: _coming(unit[-1], dates, newest))


def _coming(one: Candidate, dates: Dates, newest: date | None) -> str:
    """The first date after the newest telling that the sentence names, or ""."""
    values = dates.get(one.key, ()) if newest else ()
    return min((value for value in values if newest and value > newest.isoformat()[: len(value)]), default="")


def _past(one: Candidate, dates: Dates) -> str:
    """The date that a sentence tells of: the last it names, if none lies ahead of its article."""
    values = dates.get(one.key, ())
    published = _day(one.article)
    if not values or (published and any(value > published.isoformat()[: len(value)] for value in values)):
        return ""
    return max(values)


def _date(unit: Unit, dates: Dates) -> str:
    """When what it tells was: as it says, or, of an opening, when it was published; "" where that is unknown."""
    said = _past(unit[-1], dates)
    published = _day(unit[-1].article)
    if said or published is None or unit[-1].number >= OPENING:
        return said
    return published.isoformat()


def _told_on(units: Iterable[Unit], dates: Dates) -> dict[Key, str]:
    return {unit[-1].key: _date(unit, dates) for unit in units}


def dates_of(ranked: Ranked) -> dict[Key, tuple[str, ...]]:
    """The days, months and years that each sentence names, as ISO 8601."""
    found: dict[Key, tuple[str, ...]] = {}
    read = {one.key[0]: one.article for one in ranked.by_key.values()}
    for number, article in read.items():
        for sentence, value in _dated(article):
            key = (number, sentence)
            found[key] = (*found.get(key, ()), value)
    return found


def _dated(article: ArticleText) -> Iterator[tuple[int, str]]:
    place = 0
    for mention in article.dates:
        while place < len(article.sentences) and article.sentences[place][1] <= mention.start:
            place += 1
        if place < len(article.sentences) and precision_of(mention.value) and not _is_of_a_thing(article.text, mention):
            yield place, mention.value[:10]


def _is_of_a_thing(text: str, mention: DateMention) -> bool:
    """True of "the Dec. 6 killing" and "Monday's hearing": the date says which, not when."""
    if text[mention.end : mention.end + 2] in ("'s", "’s"):
        return True
    is_before = OF_A_THING_BEFORE.search(text, max(0, mention.start - 8), mention.start)
    return bool(is_before and OF_A_THING_AFTER.match(text, mention.end))


def _day(article: ArticleText) -> date | None:
    return article.published_at.date() if article.published_at else None


def _newest_day(ranked: Ranked) -> date | None:
    newest = ranked.newest_at
    return newest.date() if newest else None
