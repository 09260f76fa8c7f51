"""When it was that a sentence tells of: the last days, the months before, long ago, or what is to come."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

from newstext import ranking
from newstext.dates import precision_of
from newstext.once import once_an_article
from newstext.ranking import Candidate, Key, Ranked
from newstext.records import ArticleText, DateMention
from newstext.words import read_list

OLD_YEARS = 2
OPENING = 3  # sentences that tell of the day they were published
YEAR_CHARS = len("2026")
# "the Dec. 6 killing", "Monday's hearing": when that was, not what the sentence tells.
OF_A_THING_BEFORE = re.compile(r"\b(?:the|an?|this|that|his|her|its|their|our|last|next)\s$", re.IGNORECASE)
OF_A_THING_AFTER = re.compile(
    r"['’]s?\s|\s(?!(?:and|or|but|when|after|before|as|at|by|for|from|in|on|to|that|who|which|with)\b)[A-Za-z]+\b"
)
# "a gray 2013 Tarn Coupe"; but "in 2013 Karsa closed the lake".
MODEL_AFTER = re.compile(r"\s[A-Z][a-z]")
BEFORE_YEAR = re.compile(
    r"(?:\b(?:in|by|since|until|till|from|of|and|en|im|seit|nel|em|в|с)|,|^|\d)\s?$", re.IGNORECASE
)
YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")

Dates = Mapping[Key, tuple[str, ...]]


@cache
def phrases(language: str, kind: str) -> re.Pattern[str] | None:
    """One pattern for all phrases of wordlists/whynow.toml of that kind; None where the language has none."""
    said = read_list("whynow").get("en" if language in ("", "und") else language, {}).get(kind, ())
    if not said:
        return None
    longest_first = sorted(said, key=len, reverse=True)
    return re.compile(rf"(?<!\w)و?(?:{'|'.join(re.escape(phrase) for phrase in longest_first)})(?!\w)", re.IGNORECASE)


def says_any(one: Candidate, kind: str) -> bool:
    """True if the sentence has a phrase of that kind, outside quotation marks."""
    pattern = phrases(one.article.language, kind)
    return bool(pattern and pattern.search(one.text) and pattern.search(ranking.QUOTED.sub(" ", one.text)))


def is_behind(one: Candidate, dates: Dates, newest: date | None) -> bool:
    """A sentence of what was long before: it names a year long past, or says so and is none of the first."""
    if newest and any(int(value[:4]) <= newest.year - OLD_YEARS for value in dates.get(one.key, ())):
        return True
    return one.number >= OPENING and says_any(one, "past")


def names_old_year(one: Candidate, newest: date | None) -> bool:
    """True if a year long past stands in it, be it only to say which: "the 2004 flood"."""
    return newest is not None and any(int(year) <= newest.year - OLD_YEARS for year in YEAR.findall(one.text))


def coming(one: Candidate, dates: Dates, newest: date | None) -> str:
    """The first date after the newest telling that the sentence names, or ""."""
    values = dates.get(one.key, ()) if newest else ()
    return min((value for value in values if newest and value > newest.isoformat()[: len(value)]), default="")


def past(one: Candidate, dates: Dates) -> str:
    """The date that a sentence tells of: the last it names, if none lies ahead of its article."""
    values = dates.get(one.key, ())
    published = day_of(one.article)
    if not values or (published and any(value > published[: len(value)] for value in values)):
        return ""
    return max(values)


def dates_of(ranked: Ranked) -> dict[Key, tuple[str, ...]]:
    """The days, months and years that each sentence names, as ISO 8601."""
    if ranked.dates is not None:
        return ranked.dates
    found: dict[Key, tuple[str, ...]] = {}
    ranked.dates = found
    read = {one.key[0]: one.article for one in ranked.by_key.values()}
    for number, article in read.items():
        for sentence, value in _days_in(article):
            key = (number, sentence)
            found[key] = (*found.get(key, ()), value)
    return found


@once_an_article
def _days_in(article: ArticleText) -> tuple[tuple[int, str], ...]:
    dated = dates_by_sentence(article)
    return tuple((place, one.value[:10]) for place, one in dated if not _is_of_a_thing(article.text, one))


def dates_by_sentence(article: ArticleText) -> Iterator[tuple[int, DateMention]]:
    """Each date of a day, month or year, with the number of the sentence that names it, from 0."""
    place = 0
    for mention in article.dates:
        while place < len(article.sentences) and article.sentences[place][1] <= mention.start:
            place += 1
        if place < len(article.sentences) and precision_of(mention.value):
            yield place, mention


def _is_of_a_thing(text: str, mention: DateMention) -> bool:
    """True of "the Dec. 6 killing" and "Monday's hearing": the date says which, not when."""
    if text[mention.end : mention.end + 2] in ("'s", "’s"):
        return True
    if len(mention.text) == YEAR_CHARS and MODEL_AFTER.match(text, mention.end):
        return not BEFORE_YEAR.search(text, max(0, mention.start - 8), mention.start)
    is_before = OF_A_THING_BEFORE.search(text, max(0, mention.start - 8), mention.start)
    return bool(is_before and OF_A_THING_AFTER.match(text, mention.end))


def day_of(article: ArticleText) -> str:
    """The day it was published, ISO 8601; "" if it gives none."""
    return article.published_at.date().isoformat() if article.published_at else ""


def newest_day(ranked: Ranked) -> date | None:
    """The day of the newest telling; None where no times are known."""
    newest = ranked.newest_at
    return newest.date() if newest else None
