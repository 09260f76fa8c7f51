"""What a reader asks for: the line of a search box, read into a record by pure functions.

Nothing typed is ever the database's query syntax: a line becomes words, phrases
and named things here, and whatever is none of these is a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from newstext.words import LETTERS

QUERY_MOST_CHARS = 300
TERMS_MOST = 12
NAMED_MOST = 12
YEARS = range(1800, 2200)  # days that a database can hold in every time zone

NAMED = frozenset({"publisher", "tag", "country", "lang"})
DAYS = frozenset({"before", "after"})
TOKEN = re.compile(
    r"""(?P<empty>-?(?:publisher|tag|country|lang|before|after):)(?=\s|$)
      | (?P<minus>-)?
        (?:(?P<operator>publisher|tag|country|lang|before|after):)?
        (?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))""",
    re.VERBOSE | re.IGNORECASE,
)
WORD = re.compile(LETTERS)
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
QUOTATION_MARKS = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))  # phones type these
# Control characters, half characters and none, and what turns the direction of all that follows it on a page.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that articles must have to do with, or must not: kind "publisher", "tag", "country" or "lang"."""

    kind: str
    value: str
    is_unwanted: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for. Words of a term stand with one space between; a term of several is a phrase.

    said: the line as it was understood. after: from that day on; before: until
    the day before. problems: what of the line could not be taken, in words.
    """

    said: str = ""
    terms: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    named: tuple[Named, ...] = ()
    after: date | None = None
    before: date | None = None
    problems: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """False where there is nothing to look for."""
        return bool(self.terms or self.unwanted or self.named or self.after or self.before)

    def values(self, kind: str, *, unwanted: bool = False) -> tuple[str, ...]:
        """The named things of a kind, in the order they were typed."""
        return tuple(one.value for one in self.named if one.kind == kind and one.is_unwanted is unwanted)


def read_query(line: str) -> Query:
    """The line as a Query. Takes anything; what is too much, or no day, is said in its problems."""
    said, problems = _cut(line)
    terms: list[str] = []
    unwanted: list[str] = []
    named: list[Named] = []
    days: dict[str, list[date]] = {"before": [], "after": []}
    for token in TOKEN.finditer(said):
        operator = (token["operator"] or "").lower()
        value = (token["quoted"] if token["quoted"] is not None else token["bare"] or "").strip()
        if token["empty"] or (operator and not WORD.search(value)):
            problems.append(_("%(operator)s: nothing stands after it.") % {"operator": token[0].partition(":")[0]})
        elif operator in NAMED:
            named.append(Named(operator, value, bool(token["minus"])))
        elif operator in DAYS:
            day = _day(value)
            days[operator] += [day] if day else []
            problems += [] if day else [_no_day(operator, value)]
        elif words := " ".join(WORD.findall(value)):
            (unwanted if token["minus"] else terms).append(words)
    problems += _too_many(terms, unwanted, named)
    after, before = max(days["after"], default=None), min(days["before"], default=None)
    if after and before and after >= before:
        problems.append(_("No day is from %(after)s on and before %(before)s.") % {"after": after, "before": before})
    return Query(
        said=said,
        terms=_once(terms),
        unwanted=_once(unwanted),
        named=tuple(dict.fromkeys(named))[:NAMED_MOST],
        after=after,
        before=before,
        problems=tuple(problems),
    )


def narrowed(said: str, by: str, *, instead_of: frozenset[str] = frozenset()) -> str:
    """The line with `by` at its end, without what it said by these operators before.

    What is unwanted stays: who wants no sport still wants none on that day.
    """
    kept = [token[0] for token in TOKEN.finditer(said) if token["minus"] or _operator(token) not in instead_of]
    return " ".join([*kept, by]).strip()


def operators_in(said: str) -> Iterator[tuple[str, str]]:
    """Each part of the line that names something or a day, and the line without it."""
    tokens = list(TOKEN.finditer(said))
    for place, token in enumerate(tokens):
        if _operator(token):
            yield token[0], " ".join(other[0] for at, other in enumerate(tokens) if at != place)


def quoted(value: str) -> str:
    """The value as it stands behind an operator: in quotation marks if it has spaces."""
    return f'"{value}"' if re.search(r"\s", value) else value


def _operator(token: re.Match[str]) -> str:
    return (token["operator"] or "").lower()


def _cut(line: str) -> tuple[str, list[str]]:
    """The line on one line, no longer than is searched, its last quotation closed."""
    said = " ".join(UNSEEN.sub(" ", line.translate(QUOTATION_MARKS)).split())
    problems = []
    if len(said) > QUERY_MOST_CHARS:
        words = {"n": QUERY_MOST_CHARS, "whole": len(said)}
        problems = [_("The search has %(whole)d characters; the first %(n)d were searched.") % words]
        said = said[:QUERY_MOST_CHARS].rstrip()
    return said + '"' * (said.count('"') % 2), problems


def _day(value: str) -> date | None:
    found = DAY.fullmatch(value)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


def _no_day(operator: str, value: str) -> str:
    words = {"operator": operator, "value": value}
    return _("%(operator)s:%(value)s is no day, so it was left out. Write one as %(operator)s:2026-11-20.") % words


def _too_many(terms: list[str], unwanted: list[str], named: list[Named]) -> list[str]:
    if max(len(set(terms)), len(set(unwanted)), len(set(named))) <= TERMS_MOST:
        return []
    return [_("Only the first %(n)d words were searched.") % {"n": TERMS_MOST}]


def _once(terms: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terms))[:TERMS_MOST]
