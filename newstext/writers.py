"""What makes a story's notes. The default writes nothing: it picks whole sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from newstext.note_records import StoryNotes
from newstext.records import ArticleText

EXTRACTIVE = "newstext.writers:extractive v2"
FIRST_READ, BETWEEN_READ, NEWEST_READ = 4, 8, 12  # of many tellings: the hundredth says little that these do not
READ_MOST = FIRST_READ + BETWEEN_READ + NEWEST_READ
Telling = TypeVar("Telling")


def most_telling(tellings: Sequence[Telling]) -> list[Telling]:
    """Of many tellings, oldest first, those that notes are made of: the first, the newest, and some evenly between."""
    if len(tellings) <= READ_MOST:
        return list(tellings)
    between = tellings[FIRST_READ:-NEWEST_READ]
    chosen = [between[place * len(between) // BETWEEN_READ] for place in range(BETWEEN_READ)]
    return [*tellings[:FIRST_READ], *chosen, *tellings[-NEWEST_READ:]]


def extractive(articles: tuple[ArticleText, ...], background: tuple[ArticleText, ...]) -> StoryNotes:
    """Notes of verbatim sentences, with no model and no network.

    articles: a story's tellings, marked, oldest first; of many, `most_telling`
    are read. background: earlier articles of its storyline. The same input
    gives the same notes.
    """
    from newstext import picked_notes  # brings all that reads for them, 20 MB: only where notes are made

    return picked_notes.write(tuple(most_telling(articles)), background, made_by=EXTRACTIVE)
