"""Articles of an invented world without end, already marked: for measuring speed, never quality."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from newstext.copies import KEPT
from newstext.records import ArticleText, Marks, OpenStory

START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = 60_000
TERMS = 60
LEAD_TERMS = 35
NAMES = 8
NUMBERS = 4
OF_EVENT = 18  # words that all tellings of an event draw from


class InventedWorld:
    """Events, each with words and names of its own among common ones; some rarer than others, as in a language."""

    def __init__(self, seed: int = 1) -> None:
        self._rng = random.Random(seed)
        self._made = 0

    def _word(self) -> str:
        """A word by Zipf's law, roughly."""
        return f"w{int(WORDS ** self._rng.random())}x"

    def _event(self) -> list[str]:
        return [f"w{self._rng.randrange(WORDS)}x" for _ in range(OF_EVENT)]

    def _telling(self, own: list[str], at: datetime) -> Marks:
        self._made += 1
        rng = self._rng
        terms = {word: rng.randint(1, 4) for word in rng.sample(own, 12)}
        while len(terms) < TERMS:
            terms[self._word()] = 1
        lead = dict(list(terms.items())[:LEAD_TERMS])
        names = {f"Name {word}": 2 for word in own[:3]} | {f"Name {self._word()}": 1 for _ in range(NAMES - 3)}
        return Marks(
            id=f"a{self._made}",
            title=" ".join(list(terms)[:8]),
            publisher="",
            language="en",
            kind="article",
            published_at=at,
            terms=terms,
            lead_terms=lead,
            names=names,
            fingerprint=self._fingerprint(),
            fingerprint_rule="",
            words=400,
        )

    def _fingerprint(self) -> tuple[int, ...]:
        """As long as that of a whole article, each kind in order; like no other."""
        values = [
            np.sort(np.frombuffer(self._rng.randbytes(4 * most), dtype=np.uint32) & np.uint32(0xFFFFFFFC)) + kind
            for kind, most in enumerate((KEPT["pairs"], NAMES, NUMBERS))
        ]
        return tuple(np.concatenate(values).tolist())

    def open_stories(self, count: int, *, days: float = 7) -> Iterator[OpenStory]:
        """So many stories of one to four tellings within the last days, the oldest first."""
        for place in range(count):
            own, at = self._event(), START + timedelta(days=days * place / count)
            size = self._rng.choice((1, 1, 1, 1, 2, 3))
            tellings = tuple(self._telling(own, at + timedelta(hours=hour)) for hour in range(size))
            yield OpenStory(tellings[0].id, tellings[0].id, tellings)

    def articles(self, count: int, *, days: float = 7) -> list[ArticleText]:
        """So many marked articles after them, about three to an event."""
        events = [self._event() for _ in range(max(1, count // 3))]
        made = []
        for place in range(count):
            at = START + timedelta(days=days, minutes=place)
            marks = self._telling(self._rng.choice(events), at)
            made.append(ArticleText(url="", id=marks.id, title=marks.title, published_at=at, marks=marks))
        return made
