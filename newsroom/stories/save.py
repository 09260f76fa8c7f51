"""How placements become stories, and notes are kept with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max

from newsroom.articles.models import Article
from newsroom.stories.models import Hashtag, Notes, Placement, Story, Storyline
from newstext import records

NOTES_REST = timedelta(minutes=3)  # a busy story's notes are made again at most this often
MAY_LEAD = ("article", "explainer", "opinion", "teaser")


def place(placement: records.Placement, article: Article, now: datetime, *, is_private: bool = False) -> Story:
    """Put an article into its story, opening the story where it is the first.

    Twice the same placement leaves one row. Returns the story, whose counts are
    stale until `refresh`.
    """
    if placement.copy_of == placement.article:  # an edited text is found to be like its own earlier state
        stands = Placement.objects.filter(article=article).select_related("story").first()
        if stands:
            return stands.story
    story = Story.objects.filter(key=placement.story).first()
    if story is None:
        story = _open_story(placement, article, is_private=is_private)
    while story.merged_into is not None:
        story = story.merged_into
    Placement.objects.update_or_create(
        article=article,
        defaults={
            "story": story,
            "copy_of_id": _original(placement),
            "because": list(placement.because),
            "score": placement.score,
            "rule": placement.rule,
            "placed_at": now,
        },
    )
    return story


def _original(placement: records.Placement) -> int | None:
    return int(placement.copy_of) if placement.copy_of and placement.copy_of != placement.article else None


def _open_story(placement: records.Placement, article: Article, *, is_private: bool) -> Story:
    storyline, _ = Storyline.objects.get_or_create(key=placement.storyline, defaults={"title": article.title})
    return Story.objects.create(
        key=placement.story,
        storyline=storyline,
        lead=article,
        title=article.title,
        language=article.language,
        first_at=article.at,
        last_at=article.at,
        is_sample=article.publisher.is_sample,
        is_private=is_private,
    )


def correct(correction: records.Correction, now: datetime) -> list[Story]:
    """Move an article to another story; a story left empty points to where it went."""
    here = Story.objects.get(key=correction.story)
    was = Story.objects.filter(key=correction.was).first()
    Placement.objects.filter(article_id=int(correction.article)).update(story=here, placed_at=now)
    if was is None or lead_on(was, here):
        return [here]
    return [here, was]


def lead_on(was: Story, here: Story) -> bool:
    """True if nothing stands in `was` any more, or it is `here`; an empty story points to where its article went."""
    if was == here:
        return True
    if was.placements.exists():
        return False
    was.merged_into = here
    was.save(update_fields=["merged_into"])
    return True


def take_over(later: Article, kept: Article) -> list[Story]:
    """Let one article stand where the other stood; returns the stories whose counts are stale.

    A placement that stays is made anew, since a new number is how the desks
    see that what they hold of the stories is stale.
    """
    Placement.objects.filter(article=kept, copy_of=later).update(copy_of=None)
    Placement.objects.filter(copy_of=later).update(copy_of=kept)
    Story.objects.filter(lead=later).update(lead=kept)
    mine = Placement.objects.filter(article=kept).select_related("story").first()
    theirs = Placement.objects.filter(article=later).select_related("story").first()
    if theirs is None:
        return [mine.story] if mine else []
    stays = mine or theirs
    Placement.objects.filter(article__in=(kept, later)).delete()
    stays.pk, stays.article = None, kept
    stays.copy_of_id = None if stays.copy_of_id in (kept.pk, later.pk) else stays.copy_of_id
    stays.save(force_insert=True)
    if theirs.story_id != stays.story_id and not theirs.story.placements.exists():
        Story.objects.filter(pk=theirs.story_id).update(merged_into=stays.story)
    return [story for story in {stays.story, theirs.story} if story.placements.exists()]


def refresh(stories: Iterable[Story], now: datetime) -> None:
    """Count each story's tellings again, choose its lead, and say its notes are due."""
    for story in {story.pk: story for story in stories}.values():
        _refresh_one(story, now)


def refresh_later(stories: Iterable[Story], now: datetime) -> None:
    """Say that the notes of later stories of the same storylines are due: more lies behind them than before."""
    first_of: dict[int, datetime] = {}
    for story in stories:
        first_of[story.storyline_id] = min(story.first_at, first_of.get(story.storyline_id, story.first_at))
    for storyline, first_at in first_of.items():
        later = Story.objects.public().filter(storyline=storyline, last_at__gt=first_at, notes_due_at=None)
        later.update(notes_due_at=now + NOTES_REST)


def _refresh_one(story: Story, now: datetime) -> None:
    rows = list(Article.objects.filter(placement__story=story).select_related("placement"))
    if not rows:
        return
    lead = min(rows, key=_lead_order)
    moments = [row.at for row in rows]
    made_at = Notes.objects.filter(story=story).aggregate(last=Max("made_at"))["last"]
    story.lead, story.title, story.language = lead, lead.title or story.title, lead.language
    story.first_at, story.last_at = min(moments), max(moments)
    story.article_count = len(rows)
    story.publisher_count = len({row.publisher_id for row in rows})
    story.notes_due_at = max(now, made_at + NOTES_REST) if made_at else now
    story.settled_at = None
    story.save()


def _lead_order(article: Article) -> tuple[bool, bool, bool, bool, float]:
    """Whole texts before teasers, originals before copies, then the newest: a story moves on."""
    return (
        article.kind not in MAY_LEAD or bool(article.refused),
        article.placement.copy_of_id is not None,
        article.kind in ("teaser", "opinion"),
        not article.title,
        -article.at.timestamp(),
    )


def put_off_notes(story: Story, until: datetime) -> None:
    """Leave the notes as they are until then, and the story to any worker."""
    Story.objects.filter(pk=story.pk).update(notes_due_at=until, claimed_by="", claimed_until=None)


def keep_notes(
    story: Story,
    body: dict[str, Any],
    related: list[dict[str, Any]],
    now: datetime,
    *,
    made_by: str,
    article_count: int,
    hashtags: Mapping[str, str],
) -> None:
    """Keep what stands behind a story, in the caller's transaction.

    hashtags: folded key -> name as shown, without the sign.
    """
    Notes.objects.update_or_create(
        story=story,
        defaults={
            "body": body,
            "related": related,
            "made_by": made_by,
            "made_at": now,
            "article_count": article_count,
        },
    )
    Story.objects.filter(pk=story.pk, notes_due_at=story.notes_due_at).update(notes_due_at=None)
    Story.objects.filter(pk=story.pk).update(claimed_by="", claimed_until=None)
    if not story.is_private:
        rows = [
            Hashtag.objects.get_or_create(key=key[:120], defaults={"name": name[:120]})[0]
            for key, name in hashtags.items()
        ]
        story.hashtags.set(rows)


def drop_empty() -> None:
    """Remove stories, storylines and hashtags that nothing stands in any more."""
    Story.objects.filter(placements=None, merged_into=None).delete()
    Storyline.objects.annotate(n=Count("stories")).filter(n=0).delete()
    Hashtag.objects.annotate(n=Count("stories")).filter(n=0).delete()
