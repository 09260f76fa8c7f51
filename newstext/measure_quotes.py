"""newstext measure quotes: quotes and their speakers on PolNeAR, beside marks with the nearest capitals.

Direct. A gold direct quote is the part of a Content span between double
quotation marks, within one paragraph, without the marks; a span that its marks
stand just outside of is one too. Found exactly: a direct quote of ours has the
same start and end, space and the stops , and . at the ends set aside. Of ours
those count as wrong that lie in no Content span. Speaker: over the gold quotes
found exactly that have a Source; right if the words we read the speaker from
overlap it, or, where it stands in another sentence, if the last word of one is
in the other.

Indirect. Gold are the Contents that are not wholly between marks. Overlap as
in Johansson and Moschitti 2013, in words: precision is the mean over ours of
the greatest share of one that lies in one gold Content, recall the same with
the two turned round. Source: the same over the speakers of the pairs with the
most words in common; one without its pair counts 0.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from newstext import pipeline, quotes
from newstext.measuring import data_folder, read_rows, table
from newstext.note_records import Quotation
from newstext.records import ArticleText

Span = tuple[int, int]
Finder = Callable[[ArticleText], Sequence[Quotation]]
CAPITALS = re.compile(r"[A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+)*")
MARKED = re.compile(r"(?:[“\"]|'')([^“”\"\n]+?)(?:[”\"]|'')")
SAYS = re.compile(rf"({CAPITALS.pattern}) (?:said|says|told)\b")
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Attribution:
    """One annotated attribution: spans of what is said, and of who says it."""

    content: tuple[Span, ...]
    source: tuple[Span, ...]


def main(argv: list[str]) -> int:
    """Print direct and indirect figures, ours and the baseline's."""
    documents = read(data_folder() / "stories" / "quotes" / "polnear_dev.jsonl")
    scored = {name: score(finder, documents) for name, finder in (("ours", quotes.find), ("plain", plain))}
    direct = [(name, *_direct_row(rows), speed) for name, (rows, speed) in scored.items()]
    print(
        table(
            f"direct quotes in {len(documents)} articles (PolNeAR)",
            ("", "found exactly", "of ours in a Content", "speaker", "articles a CPU s"),
            direct,
        )
    )
    indirect = [(name, *_indirect_row(rows)) for name, (rows, _) in scored.items()]
    print(
        table("indirect ones, overlap", ("", "content P", "content R", "content F1", "source F1"), indirect)
        + "\nCitron on PARC3 (another set, direct ones too): content 83.3, source 85.3 overlap F1, 59.3 exact.\n"
    )
    print(f"Content F1 above the plain one's by {_gain(scored['ours'][0], scored['plain'][0])}")
    return 0


def read(path: Any) -> list[tuple[ArticleText, list[Attribution]]]:
    return [
        (
            pipeline.mark_article(ArticleText(url="", id=row["id"], text=row["text"], language="en")),
            attributions(row["ann"]),
        )
        for row in read_rows(path)
    ]


def attributions(annotation: str) -> list[Attribution]:
    """The attributions of a brat file."""
    spans: dict[str, list[Span]] = {}
    found = []
    for line in annotation.split("\n"):
        key, _, rest = line.partition("\t")
        if key.startswith("T"):
            places = rest.partition("\t")[0].partition(" ")[2].split(";")
            spans[key] = [(int(one.split()[0]), int(one.split()[1])) for one in places]
        elif key.startswith("E"):
            parts = [part.split(":") for part in rest.split()]
            named = {
                kind: tuple(
                    span for role, at in parts if role.rstrip("0123456789") == kind for span in spans.get(at, ())
                )
                for kind in ("Content", "Source")
            }
            if named["Content"]:
                found.append(Attribution(tuple(sorted(named["Content"])), named["Source"]))
    return found


def plain(article: ArticleText) -> list[Quotation]:
    """The baseline: marks with the nearest capitalised run; "X said" with the rest of its sentence."""
    text = article.text
    marked = list(MARKED.finditer(text))
    outside = list(CAPITALS.finditer(MARKED.sub(lambda one: " " * len(one.group()), text)))
    found = []
    for one in marked:
        near = min(
            outside, key=lambda run: min(abs(run.end() - one.start()), abs(run.start() - one.end())), default=None
        )
        who = near.span() if near else (0, 0)
        found.append(Quotation(*one.span(1), one.group(1), text[slice(*who)], said_at=who))
    for start, end in article.sentences:
        for said in SAYS.finditer(text, start, end):
            rest = (said.end() + 1, end - 1) if end - said.end() > 12 else (start, said.start() - 2)
            if rest[1] - rest[0] > 10:
                found.append(
                    Quotation(*rest, text[slice(*rest)], said.group(1), "said", direct=False, said_at=said.span(1))
                )
    return found


def gold_direct(text: str, one: Attribution) -> list[Span]:
    """The parts of an attribution's content between double marks."""
    found = []
    text = text.replace("''", ' "')
    for start, end in _joined(text, one.content):
        if text[start - 1 : start] in ('"', "“") and text[end : end + 1] in ('"', "”"):
            found.append((start, end))
            continue
        for piece in re.finditer(r"[^\n]+", text[start:end]):
            found += _in_marks(text, start + piece.start(), start + piece.end())
    return [bare(text, span) for span in found]


def _joined(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans, those that one space alone parts made one."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip(" \u00a0"):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _in_marks(text: str, start: int, end: int) -> list[Span]:
    found, opened, mark, depth = [], -1, "", 0
    for at in range(start, end):
        sign = text[at]
        if opened < 0 and sign in '“"':
            opened, mark, depth = at + 1, sign, 1
        elif opened >= 0 and sign == "“" == mark:
            depth += 1
        elif opened >= 0 and sign in ('"' if mark == '"' else '”"'):
            depth -= 1
            if not depth:
                found.append((opened, at))
                opened = -1
    return [*found, (opened, end)] if opened == start + 1 else found


def bare(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start] in " \n,.“”\"'\u00a0":
        start += 1
    while end > start and text[end - 1] in " \n,.“”\"'\u00a0":
        end -= 1
    return start, end


@dataclass(slots=True)
class Row:
    """The counts of one article."""

    gold: int = 0
    exact: int = 0
    asked: int = 0
    right: int = 0
    ours: int = 0
    in_content: int = 0
    precision: float = 0.0
    source_precision: float = 0.0
    claims: int = 0
    recall: float = 0.0
    source_recall: float = 0.0
    gold_claims: int = 0
    gold_sources: int = 0


def score(finder: Finder, documents: Sequence[tuple[ArticleText, list[Attribution]]]) -> tuple[list[Row], str]:
    """A row an article, and articles a second of CPU."""
    began = time.process_time()
    answers = [list(finder(article)) for article, _ in documents]
    seconds = time.process_time() - began
    rows = []
    for (article, golds), found in zip(documents, answers, strict=True):
        row = Row()
        _score_direct(article, golds, found, row)
        _score_indirect(article, golds, found, row)
        rows.append(row)
    return rows, f"{len(documents) / seconds:,.0f}"


def _score_direct(article: ArticleText, golds: list[Attribution], found: list[Quotation], row: Row) -> None:
    text = article.text
    ours = {bare(text, (one.start, one.end)): one for one in found if one.direct}
    row.ours = len(ours)
    content = [span for one in golds for span in one.content]
    row.in_content = sum(any(start < end_ and start_ < end for start_, end_ in content) for start, end in ours)
    seen: set[Span] = set()
    for gold in golds:
        for span in gold_direct(text, gold):
            if span in seen or span[0] >= span[1]:
                continue
            seen.add(span)
            row.gold += 1
            if span in ours:
                row.exact += 1
                if gold.source:
                    row.asked += 1
                    row.right += speaker_is(text, ours[span], gold)


def speaker_is(text: str, ours: Quotation, gold: Attribution) -> bool:
    start, end = ours.said_at
    if any(start < end_ and start_ < end for start_, end_ in gold.source):
        return True
    said = " ".join(text[slice(*span)] for span in gold.source)
    mine, theirs = (re.findall(r"\w+", one.lower()) for one in (ours.speaker, said))
    return bool(mine and theirs) and (mine[-1] in theirs or theirs[-1] in mine)


def _score_indirect(article: ArticleText, golds: list[Attribution], found: list[Quotation], row: Row) -> None:
    text = article.text
    kept = [one for one in golds if not is_in_marks(text, one)]
    theirs = [(_words(text, one.content), _words(text, one.source)) for one in kept]
    mine = [(_words(text, ((one.start, one.end),)), _words(text, (one.said_at,))) for one in found if not one.direct]
    row.claims, row.gold_claims = len(mine), len(theirs)
    row.precision, row.source_precision = _shares(mine, theirs)
    row.recall, row.source_recall = _shares(theirs, mine)
    row.gold_sources = sum(bool(source) for _, source in theirs)


def is_in_marks(text: str, one: Attribution) -> bool:
    """True if nothing of the content stands outside marks."""
    whole = _words(text, one.content)
    return bool(whole) and whole <= _words(text, gold_direct(text, one))


def _shares(
    these: Sequence[tuple[set[int], set[int]]], those: Sequence[tuple[set[int], set[int]]]
) -> tuple[float, float]:
    content = source = 0.0
    for words, who in these:
        other = max(those, key=lambda one: len(words & one[0]), default=None)
        if other is None or not words & other[0]:
            continue
        content += len(words & other[0]) / len(words)
        source += len(who & other[1]) / len(who) if who else 0
    return content, source


def _words(text: str, spans: Sequence[Span]) -> set[int]:
    return {start + found.start() for start, end in spans for found in re.finditer(r"\w+", text[start:end])}


def _direct_row(rows: Sequence[Row]) -> tuple[str, ...]:
    exact = sum(row.exact for row in rows) / sum(row.gold for row in rows)
    inside = sum(row.in_content for row in rows) / sum(row.ours for row in rows)
    speaker = sum(row.right for row in rows) / sum(row.asked for row in rows)
    return tuple(f"{100 * one:.1f}" for one in (exact, inside, speaker))


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _content(rows: Sequence[Row]) -> tuple[float, float]:
    return (
        sum(row.precision for row in rows) / max(1, sum(row.claims for row in rows)),
        sum(row.recall for row in rows) / max(1, sum(row.gold_claims for row in rows)),
    )


def _indirect_row(rows: Sequence[Row]) -> tuple[str, ...]:
    precision, recall = _content(rows)
    source = _f1(
        sum(row.source_precision for row in rows) / sum(row.claims for row in rows),
        sum(row.source_recall for row in rows) / sum(row.gold_sources for row in rows),
    )
    return tuple(f"{100 * one:.1f}" for one in (precision, recall, _f1(precision, recall), source))


def _gain(ours: Sequence[Row], plain_rows: Sequence[Row]) -> str:
    """The gain with its 95 % interval: paired bootstrap over articles."""
    chance = random.Random(5)
    places = range(len(ours))

    def gain(chosen: Sequence[int]) -> float:
        return 100 * (_f1(*_content([ours[i] for i in chosen])) - _f1(*_content([plain_rows[i] for i in chosen])))

    drawn = sorted(gain(chance.choices(places, k=len(ours))) for _ in range(RESAMPLES))
    return f"{gain(places):.1f} (95 % of {RESAMPLES} resamples: {drawn[24]:.1f} to {drawn[974]:.1f})"


if __name__ == "__main__":
    main([])
