"""Which of a page's blocks are the article's body."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import trafilatura

from newstext.extract.blocks import Block
from newstext.extract.features import Surroundings, features
from newstext.extract.scorer import Scorer, around, shipped
from newstext.trees import Floats
from newstext.words import shingles

KEPT_FROM = 0.45  # chance from which a block is taken
KEPT_OF_BEST = 0.8  # on a page where none reaches it: this share of the best
BETWEEN_FROM = 0.1  # chance from which one is taken that stands between taken ones,
MOSTLY = 0.6  # in a box of which this share is taken
UNSURE = 0.6  # doubt, by size, from which the slower extractor is asked: most of the page might be either
SHINGLE = 4
REPEATED = 0.8  # a block of which this much was said before is said twice
LONG_CHARS = 60
OPENING_CHARS = 30  # what is said twice begins alike
FEW_SHINGLES = 8
SLOWER_READ_CHARS = 1_000_000  # three times as much takes the slower extractor 17 s and 250 MB
WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Body:
    """The paragraphs in reading order; confidence 0 to 1."""

    paragraphs: tuple[str, ...] = ()
    confidence: float = 0.0


def find_body(blocks: list[Block], said: Surroundings, html: str, scorer: Scorer | None = None) -> Body:
    """The body among a page's blocks. The page itself is read again, slowly, only where they leave doubt."""
    if not blocks:
        return Body()
    scorer = scorer or shipped()
    rows = features(blocks, said, scorer.odds)
    rows = np.hstack([rows, around(blocks, scorer.steps[0].predict(rows))])
    scores = scorer.steps[1].predict(rows)
    doubt = _doubt(blocks, scores)
    if doubt > UNSURE:
        rows = np.hstack([rows, around(blocks, taken_by_slower(blocks, html))])
        scores = scorer.steps[2].predict(rows)
        doubt = _doubt(blocks, scores)
    kept = [block.text for block, is_kept in zip(blocks, _kept(blocks, scores), strict=True) if is_kept]
    return Body(tuple(_once(kept)), max(0.0, 1.0 - doubt) * min(1.0, float(scores.max())))


def _kept(blocks: list[Block], scores: Floats) -> list[bool]:
    """Which blocks are of the body: the likely ones, and what stands between them in a box that is mostly kept."""
    kept_from = min(KEPT_FROM, KEPT_OF_BEST * float(scores.max()))
    told = scores.tolist()
    kept = [score > kept_from for score in told]
    places = [place for place, is_kept in enumerate(kept) if is_kept]
    boxes: defaultdict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for block, is_kept in zip(blocks, kept, strict=True):
        box = boxes[id(block.element.parent)]
        box[0] += block.size * is_kept
        box[1] += block.size
    for place in range(places[0], places[-1]) if places else ():
        inside, whole = boxes[id(blocks[place].element.parent)]
        kept[place] = kept[place] or (told[place] > BETWEEN_FROM and inside >= MOSTLY * whole)
    return kept


def _doubt(blocks: list[Block], scores: Floats) -> float:
    sizes = np.array([block.size for block in blocks], dtype=np.float32)
    sure = float((sizes * scores).sum())
    return float((sizes * np.minimum(scores, 1 - scores)).sum()) / sure if sure else 1.0


def _once(texts: list[str]) -> list[str]:
    """Without what a page says twice, as one that holds its text a second time for phones or for machines."""
    joined = "\n".join(texts)
    if not any(len(text) > LONG_CHARS and joined.count(text[:OPENING_CHARS]) > 1 for text in texts):
        return texts
    seen: set[tuple[str, ...]] = set()
    kept = []
    for text in texts:
        if len(text) > LONG_CHARS:
            own = set(shingles(WORDS.findall(text)))
            if len(own) > FEW_SHINGLES and len(own & seen) >= REPEATED * len(own):
                continue
            seen |= own
        kept.append(text)
    return kept


def taken_by_slower(blocks: list[Block], html: str) -> Floats:
    """For each block the share of it that trafilatura, in its fast mode, takes for the body."""
    words = WORDS.findall(slower_text(html))
    known, joined = set(shingles(words)), f" {' '.join(words)} "
    taken = []
    for block in blocks:
        own = WORDS.findall(block.text)
        mine = shingles(own)
        if len(own) < SHINGLE:
            taken.append(float(bool(own) and f" {' '.join(own)} " in joined))
        else:
            taken.append(sum(shingle in known for shingle in mine) / len(mine))
    return np.array(taken, dtype=np.float32)


def slower_text(html: str) -> str:
    try:
        found = trafilatura.bare_extraction(
            html[:SLOWER_READ_CHARS], fast=True, include_comments=False, include_tables=True
        )
    except Exception:  # lxml raises many kinds on hostile trees; the page is then empty to it
        return ""
    return str(found.text or "") if found and not isinstance(found, dict) else ""
