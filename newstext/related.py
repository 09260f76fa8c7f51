"""What else to read beside an article, and why, in words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from newstext.copies import COPY_RATIO, similarity
from newstext.records import ArticleText, Marks, RelatedArticle
from newstext.vectors import Vector, cosine, strongest, unit
from newstext.words import fold

FLOOR = 0.13  # below it two articles share a topic at most
RECENT_DAYS = 30.0  # among equals the nearer in time comes first
PRIOR_DOCUMENTS = 200
SEARCH_TERMS = 20
POSTINGS_MOST = 2000
Rarity = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class _Item:
    marks: Marks
    body: Vector
    names: Vector


def rank_related(
    marks: Marks,
    candidates: Sequence[Marks],
    *,
    document_frequency: Callable[[str], int] | None = None,
    documents: int = 0,
    top: int = 6,
) -> list[RelatedArticle]:
    """The candidates by how much they share with an article, best first, no text twice.

    document_frequency, documents: in how many of how many articles a term
    stands; without them the candidates themselves are counted.
    """
    counts = Counter(term for candidate in candidates for term in candidate.terms)
    frequency = document_frequency or (lambda term: counts[term])
    known = (documents or len(candidates)) + PRIOR_DOCUMENTS

    def rarity(term: str) -> float:
        return max(0.0, math.log(known / (frequency(term) + 1)))

    item = _item(marks, rarity)
    return _ranked(item, [_item(candidate, rarity) for candidate in candidates], top)


def find_related(articles: Sequence[ArticleText], *, top: int = 10) -> list[tuple[str, list[RelatedArticle]]]:
    """For each marked article the others that share most with it; the whole ranking."""
    marks = [article.marks for article in articles if article.marks]
    counts = Counter(term for each in marks for term in each.terms)

    def rarity(term: str) -> float:
        return max(0.0, math.log((len(marks) + PRIOR_DOCUMENTS) / (counts[term] + 1)))

    items = [_item(each, rarity) for each in marks]
    postings: dict[str, list[int]] = {}
    for number, item in enumerate(items):
        for term in strongest(item.body, SEARCH_TERMS):
            postings.setdefault(term, []).append(number)
    return [
        (item.marks.id, _ranked(item, _candidates(item, number, items, postings), top))
        for number, item in enumerate(items)
    ]


def _candidates(item: _Item, number: int, items: list[_Item], postings: Mapping[str, list[int]]) -> list[_Item]:
    found: Counter[int] = Counter()
    for term in strongest(item.body, SEARCH_TERMS):
        for other in postings[term][:POSTINGS_MOST]:
            found[other] += 1
    found.pop(number, None)
    return [items[other] for other, _ in found.most_common(120)]


def _item(marks: Marks, rarity: Rarity) -> _Item:
    body = {term: (1 + math.log(count)) * rarity(term) for term, count in marks.terms.items()}
    names: Counter[str] = Counter()
    for name, count in marks.names.items():
        names[fold(name)] += count
    return _Item(marks, unit(body), unit({name: 1 + math.log(count) for name, count in names.items()}))


def _ranked(item: _Item, candidates: list[_Item], top: int) -> list[RelatedArticle]:
    scored = [(_score(item, other), other) for other in candidates if other.marks.id != item.marks.id]
    scored.sort(key=lambda pair: (-pair[0], pair[1].marks.id))
    found: list[RelatedArticle] = []
    kept: list[_Item] = [item]
    for score, other in scored:
        if len(found) >= top:
            break
        if any(_is_copy(other, earlier) for earlier in kept):
            continue
        kept.append(other)
        found.append(RelatedArticle(other.marks.id, round(score, 4), score >= FLOOR, _reasons(item, other)))
    return found


def _score(item: _Item, other: _Item) -> float:
    likeness = 0.75 * cosine(item.body, other.body) + 0.25 * cosine(item.names, other.names)
    if item.marks.published_at and other.marks.published_at:
        days = abs((item.marks.published_at - other.marks.published_at).total_seconds()) / 86_400
        return likeness * (0.9 + 0.1 * float(0.5 ** (days / RECENT_DAYS)))
    return likeness * 0.95


def _is_copy(first: _Item, second: _Item) -> bool:
    prints = first.marks.fingerprint, second.marks.fingerprint
    if all(prints):
        return similarity(*prints) >= COPY_RATIO
    return bool(first.marks.title) and fold(first.marks.title) == fold(second.marks.title)


def _reasons(item: _Item, other: _Item) -> tuple[str, ...]:
    shown = {fold(name): name for name in item.marks.names}
    names = [shown[name] for name in strongest(item.names, 40) if name in other.names][:3]
    named = {word for name in names for word in fold(name).split()}
    common = {
        term: weight * other.body[term]
        for term, weight in item.body.items()
        if term in other.body and term not in named
    }
    words = strongest(common, 3)
    reasons = ["also on " + ", ".join(names)] if names else []
    if words and (not names or len(names) < 2):
        reasons.append("shares the words " + ", ".join(words))
    return tuple(reasons)
