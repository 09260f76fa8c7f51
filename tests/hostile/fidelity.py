"""Figure 14: what the sanitiser keeps of real articles, by comparing trees; a sanitiser that strips all is safe too.

Of each page the element that holds the article is found by the article's known
words, never by our own extraction. Its HTML goes through `sanitise.clean_html`,
as a feed that carried the article whole would. Kept is counted in the trees
before and after: words in their order, and elements of the allowed kinds with
the allowed element around them and the words within.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newstext import sanitise
from newstext.measuring import read_rows
from tests.hostile.figures import Figure, Run
from tests.hostile.privacy import _page as unpacked

ARTICLES = 300
TEXT_FEWEST, ELEMENTS_FEWEST = 0.995, 0.98
HOLDS_FEWEST = 0.9  # of the article's words, of the element that is taken for it
WORD = re.compile(r"\w+")
Clean = Callable[[str], str]
Element = tuple[str, str, str]


@dataclass(slots=True)
class Kept:
    """Counts over articles."""

    articles: int = 0
    words: int = 0
    words_kept: int = 0
    elements: int = 0
    elements_kept: int = 0
    flat: int = 0  # articles that came back as plain paragraphs


def measure(run: Run) -> list[Figure]:
    """The share of words and elements that are kept."""
    kept = keep(run)
    return figures(kept)


def keep(run: Run, clean: Clean = sanitise.clean_html) -> Kept:
    """What `clean` keeps of the run's share of the articles."""
    folder = run.hostile.parent / "extraction"
    rows = [row for row in read_rows(folder / "manifest.jsonl.gz") if row.get("body") and row.get("file")]
    chosen = run.choice("articles").sample(rows, min(len(rows), max(1, round(ARTICLES * run.share))))
    total = Kept()
    for row in chosen:
        page = unpacked(folder / "html" / Path(row["file"]).name)
        html = article_of(page, row["body"])
        if html:
            add(total, html, clean(html))
    return total


def figures(kept: Kept) -> list[Figure]:
    text, elements = kept.words_kept / max(1, kept.words), kept.elements_kept / max(1, kept.elements)
    counts = f"{kept.articles} real articles, {kept.words:,} words, {kept.elements:,} allowed elements, {kept.flat} as plain paragraphs"
    return [
        Figure("sanitiser keeps text", f"at least {TEXT_FEWEST:.1%}", f"{text:.3%}", text >= TEXT_FEWEST, counts),
        Figure("sanitiser keeps allowed elements", f"at least {ELEMENTS_FEWEST:.0%}", f"{elements:.3%}", elements >= ELEMENTS_FEWEST, counts),
    ]  # fmt: skip


def add(total: Kept, before: str, after: str) -> None:
    """Count one article."""
    words, elements = _of_tree(before)
    words_after, elements_after = _of_tree(after)
    total.articles += 1
    total.words += words.total()
    total.words_kept += (words & words_after).total()
    total.elements += elements.total()
    total.elements_kept += (elements & elements_after).total()
    total.flat += elements.total() > 1 and set(elements_after) <= {one for one in elements_after if one[1] == "p"}


def article_of(page: bytes, body: str) -> str:
    """The HTML of the smallest element that holds nearly all of the article's words; "" if none does."""
    tree = LexborHTMLParser(page.decode("utf-8", "replace"))
    wanted = Counter(WORD.findall(body.lower()))
    held = tree.body
    if held is None or _holds(held, wanted) < HOLDS_FEWEST:
        return ""
    while True:
        inner = next((one for one in _children(held) if _holds(one, wanted) >= HOLDS_FEWEST), None)
        if inner is None:
            return held.html or ""
        held = inner


def _holds(node: LexborNode, wanted: Counter[str]) -> float:
    return (Counter(WORD.findall(node.text(deep=True, separator=" ").lower())) & wanted).total() / max(
        1, wanted.total()
    )


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        if child.tag and child.tag[0].isalpha():
            yield child
        child = child.next


def _of_tree(html: str) -> tuple[Counter[str], Counter[Element]]:
    """The words in pairs as they follow one another, and the allowed elements; what is dropped whole counts for nothing."""
    body = LexborHTMLParser(html).body
    words: list[str] = []
    elements: Counter[Element] = Counter()
    if body is not None:
        for name in sanitise.DROPPED_WITH_CONTENT:
            for node in body.css(name):
                node.decompose()
        for node in body.traverse(include_text=True):
            if node.tag == "-text":
                words += WORD.findall(node.text(deep=False))
            elif node.tag in sanitise.TAGS:
                elements[_around(node), node.tag, " ".join(WORD.findall(node.text(deep=True, separator=" ")))] += 1
    return Counter(f"{one} {other}" for one, other in zip(["", *words], words, strict=False)), elements


def _around(node: LexborNode) -> str:
    parent = node.parent
    while parent is not None and parent.tag not in sanitise.TAGS:
        parent = parent.parent
    return parent.tag if parent is not None else ""
