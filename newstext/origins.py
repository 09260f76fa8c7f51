"""Where a story's texts began: who copied whom, who added reporting, how many independent origins there are.

An origin is an agency or an outlet, not an address: forty reprints of one
agency's text are one origin, as are that agency's two texts. An outlet that
names an agency as its source but writes in its own words is an origin itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal

from newstext.copies import FINGERPRINT_RULE, CopyIndex, Hashes, fingerprint, near_pairs
from newstext.extract.datelines import AGENCY, agency_of
from newstext.later import later
from newstext.once import once_an_article
from newstext.records import ArticleText
from newstext.words import fold, words

if TYPE_CHECKING:
    import numpy as np
else:
    np = later("numpy")  # 9 MB, of no use to a site at rest

ADDED_WORDS = 8  # a shorter paragraph is a heading or a cry, no reporting
ADDED_BELOW = 0.5  # of a paragraph's word pairs in the original: it is the copier's own
WHOLE_FROM = 0.9  # of the original's word pairs in the copy: it was taken over whole
LAST = datetime.max.replace(tzinfo=UTC)
AGENCY_WORDS = re.compile(r"\s+(?:news|agency|newswire|wire)\b", re.I)  # "AP News" is the AP
TWO_LETTERS = re.compile(r"(?:\bthe\s+|[(\[/])$", re.I)  # "the AP", "(AP)": by themselves they are other things too


@dataclass(frozen=True, slots=True)
class Origin:
    """Who a text began with. article: id of their own text, "" where it is not held; because: in words."""

    name: str
    kind: Literal["agency", "outlet"]
    article: str = ""
    dateline: str = ""
    at: datetime | None = None  # of their own text, else of the first copy
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Copied:
    """An article that repeats another. added: numbers from 1 of the paragraphs that the original has not."""

    article: str
    is_whole: bool
    added: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """One text and those who carry it. original: id of the best one held, the agency's own if it can be."""

    origin: Origin
    original: str
    copies: tuple[Copied, ...] = ()


@dataclass(frozen=True, slots=True)
class Origins:
    """Where a story's texts began.

    groups: every text once, the earliest first; a text that nobody copied is a
    group without copies. count: independent origins. names: article id ->
    agencies it names as a source while it tells in its own words.
    """

    began: Origin | None = None
    groups: tuple[CopyGroup, ...] = ()
    count: int = 0
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def trace_origin(tellings: Sequence[ArticleText], *, what_is_added: bool = True) -> Origins:
    """Who copied whom among a story's articles, and how many independent origins they have.

    tellings: with their texts, in any order; an original may come after its
    copies. what_is_added: False leaves out how much each copy took over and
    what it adds, which is most of the work. Linear in their number.
    """
    prints = {one.id: values for one in tellings if (values := _print(one))}
    told = [one for one in tellings if one.id in prints]
    groups = [_group(members, what_is_added=what_is_added) for members in _alike(told, prints)]
    groups.sort(key=lambda pair: pair[0])
    found = tuple(group for _, group in groups)
    alone = [group.original for group in found if not group.copies and group.origin.kind == "outlet"]
    by_id = {one.id: one for one in told}
    credited = {group.origin.name for group in found if group.origin.kind == "agency"}
    named = {key: names for key in alone if (names := _names_agencies(by_id[key], credited))}
    return Origins(
        began=found[0].origin if found else None,
        groups=found,
        count=len({fold(group.origin.name) or group.original for group in found}),
        names=named,
    )


def original_of_group(articles: Sequence[ArticleText]) -> ArticleText:
    """Of articles with one text, the one that the others repeat.

    The agency itself, whenever it came; else the outlet that the others name as
    their source; else the earliest, and of two at one time the longer.
    """
    agency, source = _credit(articles)
    return min(articles, key=lambda one: (not _is_at_home(one, agency), not _is_at_home(one, source), *_order(one)))


def _print(article: ArticleText) -> tuple[int, ...]:
    marks = article.marks
    if marks and marks.fingerprint and marks.fingerprint_rule == FINGERPRINT_RULE:
        return marks.fingerprint
    return fingerprint(article.text)


def _alike(told: Sequence[ArticleText], prints: Mapping[str, tuple[int, ...]]) -> list[list[ArticleText]]:
    """The articles by the text they have in common; each is like the first of its group, not merely like a copy."""
    index, groups = CopyIndex(), dict[str, list[ArticleText]]()
    for article in sorted(told, key=lambda one: (not _agency_itself(one), *_order(one))):
        found = index.find(prints[article.id])
        if found:
            groups[found[0][0]].append(article)
        else:
            groups[article.id] = [article]
            index.add(article.id, prints[article.id])
    return list(groups.values())


def _order(article: ArticleText) -> tuple[datetime, int, str]:
    return _earliest(article), -len(article.text), article.id


def _earliest(article: ArticleText) -> datetime:
    """When it was published, else seen; a day without a time is taken at its end, for it proves nothing earlier."""
    at = article.published_at
    if at and article.published_precision == "day":
        at += timedelta(days=1)
    at = at or article.seen_at
    return LAST if at is None else at if at.tzinfo else at.replace(tzinfo=UTC)


def _credit(articles: Iterable[ArticleText]) -> tuple[str, str]:
    """(the agency, the outlet) that most of these articles name as where they have it from."""
    agencies: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    for one in articles:
        named = one.agency or _agency_itself(one) or agency_of(one.source)
        agencies.update([named] if named else [])
        sources.update([one.source] if one.source and not agency_of(one.source) else [])
    return tuple(counts.most_common(1)[0][0] if counts else "" for counts in (agencies, sources))  # type: ignore[return-value]


def _is_at_home(article: ArticleText, name: str) -> bool:
    """Whether it stands at the agency or outlet of that name itself."""
    return bool(name) and (fold(article.publisher) == fold(name) or _agency_itself(article) == name)


def _agency_itself(article: ArticleText) -> str:
    """The agency that published it, "" where that is another publisher."""
    return agency_of(article.publisher) or agency_of(AGENCY_WORDS.sub("", article.publisher))


def _group(members: Sequence[ArticleText], *, what_is_added: bool) -> tuple[tuple[datetime, bool], CopyGroup]:
    """(what groups are ordered by, the group): its first known moment, agencies first."""
    original = original_of_group(members)
    copiers = [one for one in sorted(members, key=_order) if one is not original]
    pairs = _pairs(original.text) if copiers and what_is_added else np.array([], dtype=np.uint64)
    copies = tuple(_copied(one, pairs) if what_is_added else Copied(one.id, is_whole=False) for one in copiers)
    origin = _origin(original, members)
    first = min(_earliest(one) for one in members)
    return (first, origin.kind != "agency"), CopyGroup(origin, original.id, copies)


def _origin(original: ArticleText, members: Sequence[ArticleText]) -> Origin:
    agency, source = _credit(members)
    name = agency or source
    dateline = original.dateline or next((one.dateline for one in members if one.dateline), "")
    at = original.published_at or original.seen_at
    if name and not _is_at_home(original, name):
        said = sum(name in (one.agency, one.source, agency_of(one.source)) for one in members)
        those = f"{said} of the {len(members)} articles with this text" if len(members) > 1 else "its only reprint held"
        because = f"{those} credit{'s' * (said == 1)} {name}"
        return Origin(name, "agency" if agency else "outlet", "", dateline, at, (because,))
    because = "it is the agency’s own text" if agency else _why(members, source)
    kind: Literal["agency", "outlet"] = "agency" if agency else "outlet"
    told = (because,) if because else ()
    return Origin(agency or original.publisher, kind, original.id, dateline, at, told)


def _why(members: Sequence[ArticleText], source: str) -> str:
    if len(members) == 1:
        return ""
    return "the others name it as their source" if source else "it was published first"


def _copied(article: ArticleText, original: Hashes) -> Copied:
    own = _pairs(article.text)
    shared = np.isin(original, own).mean() if original.size else 0.0
    added = tuple(
        number for number, paragraph in enumerate(_paragraphs(article), 1) if _is_added(words(paragraph), original)
    )
    return Copied(article.id, bool(shared >= WHOLE_FROM), added)


def _paragraphs(article: ArticleText) -> Sequence[str]:
    """As the page shows them: the parts of the text that hold something."""
    return [part for part in article.text.split("\n\n") if part.strip()]


def _is_added(found: Sequence[str], original: Hashes) -> bool:
    if len(found) < ADDED_WORDS:
        return False
    return bool(np.isin(np.unique(near_pairs(found)), original).mean() < ADDED_BELOW)


def _pairs(text: str) -> Hashes:
    found = words(text)
    return np.unique(near_pairs(found)) if found else np.array([], dtype=np.uint64)


def _names_agencies(article: ArticleText, credited: set[str]) -> tuple[str, ...]:
    """Agencies that the text names: those that others in the story credit, and those we know."""
    found = dict.fromkeys(_known_agencies(article))
    for name in credited:
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", article.text):
            found[name] = None
    return tuple(name for name in found if name and fold(name) != fold(article.publisher))


@once_an_article
def _known_agencies(article: ArticleText) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for match in _mentions().finditer(article.text):
        if len(match.group()) > 2 or TWO_LETTERS.search(article.text[max(0, match.start() - 12) : match.start()]):
            found[agency_of(match.group())] = None
    return tuple(found)


@cache
def _mentions() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){AGENCY}(?!\w)")
