"""A few whole sentences that tell an event over all its tellings: verbatim, and each to be understood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from newstext import ranking
from newstext.ranking import Candidate, Ranked
from newstext.records import ArticleText, Evidence

WORDS = 90
MOST_SENTENCES = 5
MORE_WORDS = 150
MORE_SENTENCES = 8
FEWEST_MORE = 2  # sentences: fewer are no longer version
OPENING = 2  # sentences: a brief has one of a telling's first
LOOKED_AT = 150  # of the weightiest sentences
NOT_NEWS = frozenset({"opinion", "letters", "live", "newsletter", "list", "sponsored"})
DIGIT = re.compile(r"\d")
COUNT = re.compile(r"(\d[\d.,]*)[ \u00a0](?:more[ \u00a0]|other[ \u00a0])?([^\W\d_]{3,})")


def write_brief(
    articles: Sequence[ArticleText], *, words: int = WORDS, ranked: Ranked | None = None
) -> tuple[Evidence, ...]:
    """The sentences, in reading order; at most `words` words in all, five sentences by default.

    ranked: `rank_news` of the same articles, if there is one.
    """
    most = MOST_SENTENCES if words <= WORDS else words
    ranked = ranked or rank_news(articles)
    return _written(ranked, words=words, most=most)


def write_more(ranked: Ranked) -> tuple[Evidence, ...]:
    """What a longer brief says beyond all that was told; nothing if that is hardly anything."""
    more = _written(ranked, words=MORE_WORDS, most=MORE_SENTENCES)
    return more if len(more) >= FEWEST_MORE else ()


def _written(ranked: Ranked, *, words: int, most: int) -> tuple[Evidence, ...]:
    pool = _without_overtaken(ranked.best[:LOOKED_AT])
    openings = () if ranked.told else [one.key for one in pool if one.number < OPENING]
    chosen = ranking.choose(ranked, pool, words=words, sentences=most, first_of=openings)
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


def _without_overtaken(pool: Iterable[Candidate]) -> list[Candidate]:
    """Without sentences whose count a later telling gives otherwise: 13 dead where 24 are known."""
    pool = list(pool)
    if any(one.article.published_at is None for one in pool):
        return pool
    latest: dict[str, tuple[int, set[str]]] = {}
    counts = {one.key: set(COUNT.findall(one.text)) for one in pool if DIGIT.search(one.text)}
    for one in pool:
        for value, what in counts.get(one.key, ()):
            telling, values = latest.get(what.lower(), (-1, set()))
            if one.key[0] > telling:
                latest[what.lower()] = (one.key[0], {value})
            elif one.key[0] == telling:
                values.add(value)
    return [
        one
        for one in pool
        if all(
            one.key[0] == latest[what.lower()][0] or value in latest[what.lower()][1]
            for value, what in counts.get(one.key, ())
        )
    ]
