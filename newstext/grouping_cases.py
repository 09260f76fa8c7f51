"""newstext measure grouping --cases FILE: of how many editors' choices the present rule decides as they did.

A case is an article, members of a story as they were, and whether an editor put
them together. It is replayed as it would arrive: the story is open, the article
comes, the rule places it. Not called measure_*: those are run on the development
data, and cases are a site's own.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from newstext.grouping import RULE, StoryIndex
from newstext.marks import from_json
from newstext.measuring import table
from newstext.records import Marks, OpenStory
from newstext.vectors import Vector, cosine, unit

PLAIN_JOIN = 0.28  # as measure_grouping's plain rule
NOISE = 0.05  # a difference that chance alone brings more often than this is none
REJECTED_EXIT = 3


class BadCase(ValueError):
    """A line that is no case; the message names what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Case:
    """An article, members of a story, and whether an editor put them together. how: by which act."""

    article: Marks
    members: tuple[Marks, ...]
    together: bool
    how: str


def main(name: str) -> int:
    """Print how the rule and plain TF-IDF decide the cases of a file; 3 if some lines were no cases."""
    cases: list[Case] = []
    rejected = 0
    with Path(name).open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                cases.append(read_case(line))
            except BadCase as error:
                rejected += 1
                print(f"{name} line {number}: {error}", file=sys.stderr)
    if cases:
        print(_told(cases, by_rule(cases), by_tfidf(cases)))
    else:
        print(f"{name}: no case. `./run cases` writes the choices that editors made; none may have been made yet.")
    return REJECTED_EXIT if rejected else 0


def read_case(line: str) -> Case:
    """The case of a line of JSON. Raises BadCase."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadCase(f"is no JSON ({error}).") from error
    if not isinstance(row, dict):
        raise BadCase("must be a JSON object.")
    if not isinstance(row.get("together"), bool):
        raise BadCase(f"together {row.get('together')!r}: must be true or false.")
    members = row.get("members")
    if not isinstance(members, list) or not members:
        raise BadCase("members: must be a list with what the story held, one article at least.")
    how = row.get("how", "")
    told = tuple(_marks(member, f"members[{number}]") for number, member in enumerate(members))
    return Case(_marks(row.get("article"), "article"), told, row["together"], str(how)[:20] or "unknown")


def _marks(body: Any, name: str) -> Marks:
    if not isinstance(body, dict):
        raise BadCase(f"{name}: must be the marks of an article, an object.")
    for field in ("terms", "lead", "names"):
        counts = body.get(field, {})
        if not isinstance(counts, dict) or not all(type(count) is int for count in counts.values()):
            raise BadCase(f"{name}.{field}: must be an object of words and how often each stands there.")
    words = body.get("words", 0)
    if type(words) is not int:
        raise BadCase(f"{name}.words {words!r}: must be a whole number.")
    try:
        return from_json(body)
    except (TypeError, ValueError, AttributeError) as error:
        raise BadCase(f"{name}: cannot be read ({error}).") from error


def by_rule(cases: Sequence[Case]) -> list[bool]:
    """For each case, whether the present rule puts the article into the story."""
    index = StoryIndex()
    for story in _stories(cases):  # so that a word is as rare as it is in the whole file
        index.add_story(story)
        index.remove_story(story.id)
    decided = []
    for case, story in zip(cases, _stories(cases), strict=True):
        article = replace(case.article, id=f"{story.id}/article")
        index.add_story(story)
        placed = ""
        for one in index.place(article):
            placed = one.story if one.article == article.id else placed
        decided.append(placed == story.id)
        index.remove_story(story.id)
        index.remove_story(article.id)
    return decided


def _stories(cases: Sequence[Case]) -> Iterator[OpenStory]:
    """The story of each case, under ids that no other case has."""
    for number, case in enumerate(cases):
        key = f"case {number}"
        members = tuple(replace(member, id=f"{key}/{place}") for place, member in enumerate(case.members))
        yield OpenStory(key, key, members)


def by_tfidf(cases: Sequence[Case]) -> list[bool]:
    """The plain rule: the cosine of TF-IDF to the nearest member, from PLAIN_JOIN on."""
    seen = [marks for case in cases for marks in (case.article, *case.members)]
    counts = Counter(term for marks in seen for term in marks.terms)

    def vector(terms: Mapping[str, int]) -> Vector:
        return unit({term: count * math.log((len(seen) + 1) / counts[term]) for term, count in terms.items()})

    return [
        max(cosine(vector(case.article.terms), vector(member.terms)) for member in case.members) >= PLAIN_JOIN
        for case in cases
    ]


def _told(cases: Sequence[Case], ours: Sequence[bool], plain: Sequence[bool]) -> str:
    rows = []
    for how, together in (*sorted({(case.how, case.together) for case in cases}), ("all", None)):
        chosen = [
            place
            for place, case in enumerate(cases)
            if together is None or (case.how, case.together) == (how, together)
        ]
        right = [sum(found[place] == cases[place].together for place in chosen) for found in (ours, plain)]
        word = "" if together is None else "together" if together else "apart"
        rows.append((how, word, str(len(chosen)), *(f"{count} ({count / len(chosen):.0%})" for count in right)))
    head = ("how", "the editor said", "cases", f"as the editor: ours ({RULE})", "TF-IDF nearest")
    return table("editors' choices", head, rows) + "\n" + _compared(cases, ours, plain)


def _compared(cases: Sequence[Case], ours: Sequence[bool], plain: Sequence[bool]) -> str:
    """Whether the two differ by more than chance: a sign test over the cases that one alone decides rightly."""
    better = sum(a == case.together != b for case, a, b in zip(cases, ours, plain, strict=True))
    worse = sum(b == case.together != a for case, a, b in zip(cases, ours, plain, strict=True))
    n = better + worse
    tail = sum(math.comb(n, count) for count in range(min(better, worse) + 1))
    chance = min(1.0, 2 * tail / 2**n)
    verdict = "inside the noise" if chance > NOISE else "more than noise"
    return f"Ours alone is right in {better}, the plain rule alone in {worse}: {verdict} (sign test, p = {chance:.3f})."
