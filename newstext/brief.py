"""A few whole sentences that tell an event over all its tellings: verbatim, and each to be understood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from datetime import date, timedelta
from functools import cache

from newstext import ranking, when
from newstext.note_records import Evidence, Figure
from newstext.ranking import Candidate, Key, Ranked
from newstext.records import ArticleText
from newstext.words import read_list

WORDS = 90
FEWEST_SENTENCES, MOST_SENTENCES = 3, 5
MORE_WORDS = 150
MORE_SENTENCES = 8
FEWEST_MORE = 2  # sentences: fewer are no longer version
OPENING = 2  # sentences: a brief has one of a telling's first
RECENT_DAYS = 14
SAME_COUNT_TERMS = 3
LOOKED_AT = 150  # of the weightiest sentences
NOT_NEWS = frozenset({"opinion", "letters", "live", "newsletter", "list", "sponsored"})


def write_brief(
    articles: Sequence[ArticleText],
    *,
    words: int = WORDS,
    ranked: Ranked | None = None,
    numbers: Sequence[Figure] = (),
) -> tuple[Evidence, ...]:
    """The sentences, in reading order; at most `words` words in all, five sentences by default.

    ranked: `rank_news` of the same articles, if there is one. numbers: the
    story's figures; what tells a value that a later one superseded is old news.
    """
    most = MOST_SENTENCES if words <= WORDS else words
    ranked = ranked or rank_news(articles)
    return _written(ranked, words=words, most=most, without=_overtaken(ranked, numbers))


def write_more(ranked: Ranked, numbers: Sequence[Figure] = ()) -> tuple[Evidence, ...]:
    """What a longer brief says beyond all that was told; nothing if that is hardly anything."""
    overtaken = _overtaken(ranked, numbers)
    more = _written(ranked, words=MORE_WORDS, most=MORE_SENTENCES, goes_on=True, without=overtaken)
    return more if len(more) >= FEWEST_MORE else ()


def _overtaken(ranked: Ranked, numbers: Sequence[Figure]) -> set[Key]:
    """The sentences that tell a superseded value."""
    values = [value for figure in numbers for value in figure.values if value.standing == "superseded"]
    places = {(one.article, one.start) for value in values for one in (value.evidence, *value.also)}
    return {
        key for key, one in ranked.by_key.items() if (one.article.id, one.article.sentences[one.number][0]) in places
    }


def _written(
    ranked: Ranked, *, words: int, most: int, goes_on: bool = False, without: Set[Key] = frozenset()
) -> tuple[Evidence, ...]:
    before = _beside_the_event(ranked) | without
    pool = _without_overtaken([one for one in ranked.best if one.key not in before][:LOOKED_AT])
    openings = () if goes_on else [one.key for one in pool if one.number < OPENING]
    chosen = ranking.choose(ranked, pool, words=words, sentences=most, first_of=openings, without=before)
    used = [one for unit in chosen for one in unit]
    if len(used) < FEWEST_SENTENCES and not goes_on:  # a text of nothing but steps
        left = words - sum(one.words for one in used)
        chosen += ranking.choose(
            ranked, _recent(ranked), words=left, sentences=FEWEST_SENTENCES - len(used), may_lean=False, without=without
        )
    return ranking.shown(ranked, ranking.in_reading_order(chosen))


def rank_news(articles: Sequence[ArticleText], earlier: Sequence[ArticleText] = ()) -> Ranked:
    """The sentences of what reports the event, in the language of most tellings, by weight.

    Opinions, letters and pages of many topics are read only if there is nothing else.
    """
    spoken = Counter(article.language for article in articles if article.sentences)
    language = max(spoken, key=spoken.__getitem__, default="")
    told = [article for article in articles if article.language == language]
    news = [article for article in told if article.kind not in NOT_NEWS] or told
    before = [article for article in earlier if article.language == language and article.kind not in NOT_NEWS]
    return ranking.rank(news, before)


def _recent(ranked: Ranked) -> list[Candidate]:
    """The weightiest sentences that tell of the last days; older steps are left to why now."""
    newest, dates = when.newest_day(ranked), when.dates_of(ranked)
    if newest is None:
        return ranked.best[:LOOKED_AT]
    first = (newest - timedelta(days=RECENT_DAYS)).isoformat()
    found = []
    for one in ranked.best:
        past = when.past(one, dates)
        is_old = when.names_old_year(one, newest) or bool(past and past < first[: len(past)])
        if not is_old and not (past and len(past) < len(first)) and not when.coming(one, dates, newest):
            found.append(one)
    return found[:LOOKED_AT]


def _beside_the_event(ranked: Ranked) -> set[Key]:
    """The sentences that tell of before or after the event, and those bound to them: they stand under why now."""
    newest = when.newest_day(ranked)
    beside: set[Key] = set()
    if newest is None:
        return beside
    dates = when.dates_of(ranked)
    for key in sorted(ranked.by_key):
        one = ranked.by_key[key]
        is_bound = (key[0], key[1] - 1) in beside and _goes_on(one)
        is_ahead = one.number >= OPENING and when.coming(one, dates, newest)
        if is_bound or is_ahead or _tells_of_before(one, dates, newest):
            beside.add(key)
    return beside


def _tells_of_before(one: Candidate, dates: when.Dates, newest: date) -> bool:
    past = when.past(one, dates) if one.number >= OPENING else ""
    return bool(past and past < newest.isoformat()[: len(past)]) or (
        one.number > 0 and when.is_behind(one, dates, newest)
    )


def _goes_on(one: Candidate) -> bool:
    """True if the sentence before it stands in the same paragraph, so that "the verdict" is that one's."""
    (_, end), (start, _) = one.article.sentences[one.number - 1 : one.number + 1]
    return "\n" not in one.article.text[end:start]


@cache
def _counts_in(language: str) -> re.Pattern[str]:
    """A number, in digits or written out, and what it counts."""
    written = read_list("small_numbers").get("en" if language in ("", "und") else language, "").split()
    numbers = "|".join([r"\d[\d.,]*", *map(re.escape, written)])
    # Spans of time are no tolls: "100 years" and "160 years" of one report are both true.
    spans = "|".join(map(re.escape, read_list("small_numbers").get("spans", "").split()))
    return re.compile(rf"\b({numbers})[ \u00a0](?:more[ \u00a0]|other[ \u00a0])?(?!(?:{spans})\b)([^\W\d_]{{3,}})")


def _without_overtaken(pool: Sequence[Candidate]) -> list[Candidate]:
    """Without sentences whose count a later telling gives otherwise: 13 dead where 24 are known.

    By words alone; `_overtaken` knows better where a figure was found, which is not for every count.
    """
    if any(one.article.published_at is None for one in pool):
        return list(pool)
    counting: dict[str, list[tuple[str, Candidate]]] = {}
    for one in pool:
        for value, what in _counts_in(one.article.language).findall(one.text.lower()):
            counting.setdefault(what, []).append((value, one))
    overtaken: set[Key] = set()
    for rows in counting.values():
        newest = max(one.key[0] for _, one in rows)
        known = [(value, one) for value, one in rows if one.key[0] == newest]
        values = {value for value, _ in known}
        for value, one in rows:
            if value not in values and any(_is_of_the_same(one, later) for _, later in known):
                overtaken.add(one.key)
    return [one for one in pool if one.key not in overtaken]


def _is_of_the_same(one: Candidate, later: Candidate) -> bool:
    """True if two sentences that count the same kind of thing say more than that in the same words."""
    return len(set(one.terms).intersection(later.terms)) >= SAME_COUNT_TERMS
