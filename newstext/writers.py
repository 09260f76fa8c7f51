"""What makes a story's notes. The default writes nothing: it picks whole sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from newstext import hashtags
from newstext.brief import rank_news, write_brief, write_more
from newstext.coverage import write_coverage
from newstext.figures import write_figures
from newstext.note_records import StoryNotes
from newstext.records import ArticleText
from newstext.suggesting import suggest
from newstext.their_words import write_quotes
from newstext.timeline import write_timeline
from newstext.who import write_people
from newstext.whynow import find_trigger, write_why_now

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
    articles = tuple(most_telling(articles))
    subjects = hashtags.subjects(articles)
    quotes, claims = write_quotes(articles)
    # One ranking for brief and why now, which say nothing twice: what is told by one is not told by the next.
    ranked = rank_news(articles, background)
    trigger = find_trigger(ranked, only_said_outright=True)
    numbers = write_figures(articles)
    brief = write_brief(articles, ranked=ranked, numbers=numbers)
    why_now = write_why_now(articles, background, ranked=ranked, trigger=trigger)
    return StoryNotes(
        hashtags=tuple(subject.tag for subject in subjects),
        subjects=subjects,
        brief=brief,
        why_now=why_now,
        brief_long=write_more(ranked, numbers),
        timeline=write_timeline(articles),
        quotes=quotes,
        claims=claims,
        numbers=numbers,
        coverage=write_coverage(articles, numbers),
        questions=suggest(articles),
        people=write_people(articles),
        made_by=EXTRACTIVE,
    )
