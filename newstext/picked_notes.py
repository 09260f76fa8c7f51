"""Notes of a story whose every sentence was picked, none written."""

from __future__ import annotations

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


def write(articles: tuple[ArticleText, ...], background: tuple[ArticleText, ...], *, made_by: str) -> StoryNotes:
    """The notes of a story's tellings, marked, oldest first; background: earlier articles of its storyline."""
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
        made_by=made_by,
    )
