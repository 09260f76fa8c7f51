"""What makes a story's notes. The default writes nothing: it picks whole sentences."""

from __future__ import annotations

from newstext import hashtags
from newstext.brief import write_brief
from newstext.records import ArticleText, StoryNotes
from newstext.timeline import write_timeline
from newstext.who import write_people
from newstext.whynow import write_why_now

EXTRACTIVE = "newstext.writers:extractive v1"


def extractive(articles: tuple[ArticleText, ...], background: tuple[ArticleText, ...]) -> StoryNotes:
    """Notes of verbatim sentences, with no model and no network.

    articles: a story's tellings, marked, oldest first. background: earlier
    articles of its storyline. The same input gives the same notes.
    """
    subjects = hashtags.subjects(articles)
    return StoryNotes(
        hashtags=tuple(subject.tag for subject in subjects),
        subjects=subjects,
        brief=write_brief(articles),
        why_now=write_why_now(articles, background),
        timeline=write_timeline(articles),
        people=write_people(articles),
        made_by=EXTRACTIVE,
    )
