"""How placements become stories, and notes are kept with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from newsroom.articles.models import Article
from newsroom.readers.after_merging import hand_on
from newsroom.readers.models import Item
from newsroom.stories import front, hashtag_keeping, leading, noted, origins
from newsroom.stories.history import keep_change
from newsroom.stories.models import Apart, MemberReport, Notes, Placement, Story, StoryChange, Storyline
from newsroom.updates import update_each
from newstext import records

NOTES_REST = timedelta(minutes=3)  # a busy story's notes are made again at most this often
REFRESHED_AT_ONCE = 100
REFRESHED = (
    "first_at", "last_at", "article_count", "publisher_count", "notes_due_at", "section_at", "settled_at",
    *leading.FIELDS, *front.FIELDS,
)  # fmt: skip
PLACED = ("story", "copy_of", "origin", "because", "score", "rule", "placed_at")  # anew; what an editor pinned stays


class Standing:
    """What stands where placements are to be made: read once for all of a round, and kept as it changes."""

    def __init__(self, placements: Sequence[records.Placement], articles: Collection[int]) -> None:
        self.articles = articles
        rows = Placement.objects.filter(article__in=articles).select_related("story")
        self.of_article: dict[int, Placement] = {row.article_id: row for row in rows}
        keys = {one.story for one in placements}
        self._stories: dict[str, Story | None] = dict.fromkeys(keys)
        self._stories |= {story.key: story for story in Story.objects.filter(key__in=keys)}
        lines = Storyline.objects.filter(key__in={one.storyline for one in placements})
        self._storylines = {line.key: line for line in lines}
        self._apart: set[tuple[int, int]] | None = None
        self._pending: dict[int, Placement] = {}
        originals = {int(one.copy_of) for one in placements if one.copy_of}
        copied = Placement.objects.filter(article__in=originals).values_list("article", "copy_of")
        self._copied: dict[int, int | None] = dict(copied)

    def open_new(self, placements: Iterable[records.Placement], rows: Mapping[int, Article]) -> None:
        """Make the stories and storylines that these placements open, all at once."""
        first: dict[str, tuple[records.Placement, Article]] = {}
        for one in placements:
            if self._stories.get(one.story) is None and not self.stays(one):
                first.setdefault(one.story, (one, rows[int(one.article)]))
        titles: dict[str, str] = {}
        for one, row in first.values():
            if one.storyline not in self._storylines:
                titles.setdefault(one.storyline, row.title)
        lines = [Storyline(key=key, title=title) for key, title in titles.items()]
        Storyline.objects.bulk_create(lines, ignore_conflicts=True)
        self._storylines |= {line.key: line for line in Storyline.objects.filter(key__in=titles)}
        new = [new_story(key, self._storylines[one.storyline], row) for key, (one, row) in first.items()]
        self._stories |= {story.key: story for story in Story.objects.bulk_create(new)}

    def stays(self, placement: records.Placement) -> bool:
        """True if the article is left where it stands: an editor pinned it, or it is like its own earlier state."""
        stands = self.of_article.get(int(placement.article))
        return bool(stands and (stands.is_pinned or placement.copy_of == placement.article))

    def root_of(self, original: int | None, *, of: Article) -> int | None:
        """The original of a new copy: where it was found to repeat a copy, what that one repeats; never itself."""
        if original and original not in self._copied:
            above = Placement.objects.filter(article=original).values_list("copy_of", flat=True)
            self._copied[original] = above.first()
        root = (self._copied[original] or original) if original else None
        return None if root == of.pk else root

    def keep(self, row: Placement) -> None:
        """Take in a placement, which `write` writes."""
        self._pending[row.article_id] = row
        self._copied[row.article_id] = row.copy_of_id

    def write(self) -> None:
        rows = list(self._pending.values())
        Placement.objects.bulk_create(rows, update_conflicts=True, unique_fields=["article"], update_fields=PLACED)
        self._pending.clear()

    def story(self, key: str) -> Story | None:
        """The story of that key, itself merged or not; None where there is none yet."""
        if key not in self._stories:
            self._stories[key] = Story.objects.filter(key=key).first()
        return self._stories[key]

    def storyline(self, key: str, title: str) -> Storyline:
        """The storyline of that key, made with this title where there is none yet."""
        if key not in self._storylines:
            self._storylines[key], _ = Storyline.objects.get_or_create(key=key, defaults={"title": title})
        return self._storylines[key]

    def is_apart(self, article: Article, story: Story) -> bool:
        """True if an editor took the article out of that story."""
        if self._apart is None:
            self._apart = set(Apart.objects.filter(article__in=self.articles).values_list("article", "story"))
        return (article.pk, story.pk) in self._apart

    def opened(self, story: Story) -> None:
        """Take in a story that was opened in this round."""
        self._stories[story.key] = story

    def forget(self, *stories: Story) -> None:
        """Read anew what is asked for of these: one may lead to another by now."""
        for story in stories:
            self._stories.pop(story.key, None)
        self._apart = None
        self._copied.clear()


def place(
    placement: records.Placement,
    article: Article,
    now: datetime,
    *,
    is_private: bool = False,
    standing: Standing | None = None,
) -> Story:
    """Put an article into its story, opening the story where it is the first.

    Twice the same placement leaves one row. What an editor decided stands: a
    pinned article stays, and one that was taken out of a story does not come
    back to it. Returns the story, whose counts are stale until `refresh`; it may
    be another than the placement names. standing: of the round that this is part
    of, whose placements are written at its end.
    """
    if standing is None:
        standing = Standing([placement], [article.pk])
        story = place(placement, article, now, is_private=is_private, standing=standing)
        standing.write()
        return story
    stands = standing.of_article.get(article.pk)
    if stands and standing.stays(placement):
        return stands.story
    found = standing.story(placement.story)
    story = stands_for(found) if found else _open_story(placement, article, standing, is_private=is_private)
    copy_of = _original(placement)
    if standing.is_apart(article, story):
        if stands:
            return stands.story
        key = free_key(article)
        story, copy_of = _open_story(placement, article, standing, is_private=is_private, key=key), None
    standing.keep(_placed(placement, article, story, standing.root_of(copy_of, of=article), now))
    if stands and stands.story != story:
        standing.write()
        origins.mend_copies(stands.story)
        _tell_of_move(stands.story, story, article, now, rule=placement.rule)
        standing.forget(stands.story, story)
    return story


def _placed(
    placement: records.Placement, article: Article, story: Story, copy_of: int | None, now: datetime
) -> Placement:
    return Placement(
        article=article,
        story=story,
        copy_of_id=copy_of,
        because=list(placement.because),
        score=placement.score,
        rule=placement.rule,
        placed_at=now,
    )


def _original(placement: records.Placement) -> int | None:
    return int(placement.copy_of) if placement.copy_of and placement.copy_of != placement.article else None


def _open_story(
    placement: records.Placement, article: Article, standing: Standing, *, is_private: bool, key: str = ""
) -> Story:
    storyline = standing.storyline(placement.storyline, article.title)
    story = open_story(key or placement.story, storyline, article, is_private=is_private)
    standing.opened(story)
    return story


def open_story(key: str, storyline: Storyline, article: Article, *, is_private: bool = False) -> Story:
    """A new story with an article to begin with, which is not yet placed in it."""
    story = new_story(key, storyline, article, is_private=is_private)
    story.save(force_insert=True)
    return story


def new_story(key: str, storyline: Storyline, article: Article, *, is_private: bool = False) -> Story:
    """The same, not yet written."""
    return Story(
        key=key,
        storyline=storyline,
        lead=article,
        title=article.title,
        language=article.language,
        first_at=article.at,
        last_at=article.at,
        is_sample=article.publisher.is_sample,
        is_private=is_private,
    )


def free_key(article: Article) -> str:
    """A key for a story that this article opens: its number, with a count behind where a story bears that already."""
    taken = set(Story.objects.filter(key__startswith=str(article.pk)).values_list("key", flat=True))
    tried = (f"{article.pk}.{count}" if count else str(article.pk) for count in range(len(taken) + 1))
    return next(key for key in tried if key not in taken)


def stands_for(story: Story) -> Story:
    """The story that a merged one leads to in the end; itself if it stands."""
    seen = {story.pk}
    while story.merged_into is not None and story.merged_into_id not in seen:
        story = story.merged_into
        seen.add(story.pk)
    return story


def lead_on(was: Story, here: Story) -> bool:
    """True if nothing stands in `was` any more, or it is `here`; an empty story points to where its article went."""
    if was == here:
        return True
    if was.placements.exists():
        return False
    point_to(was, here)
    return True


def point_to(gone: Story, kept: Story) -> None:
    """Let a story without articles lead to another, and so all that led to it before."""
    Story.objects.filter(pk=kept.pk).update(merged_into=None)
    Story.objects.filter(pk=gone.pk).update(merged_into=kept, notes_due_at=None)
    Story.objects.filter(merged_into=gone).exclude(pk=kept.pk).update(merged_into=kept)
    kept.hashtags.add(*gone.hashtags.all())  # until its notes are made anew
    gone.hashtags.clear()
    hand_on(Item.STORY, gone.pk, kept.pk)
    keep_out_too(gone, kept)


def keep_out_too(was: Story, to: Story) -> None:
    """Keep out of `to` what an editor keeps out of `was`, from which its articles came."""
    rows = Apart.objects.filter(story=was).exclude(article__placement__story=to)
    copies = [Apart(article_id=row.article_id, story=to, at=row.at) for row in rows]
    Apart.objects.bulk_create(copies, ignore_conflicts=True)


def _tell_of_move(was: Story, here: Story, article: Article, now: datetime, *, rule: str) -> None:
    """Write into both histories that an article which came again, edited, was placed elsewhere."""
    kinds = StoryChange.Kind
    there, left = (kinds.MERGED, kinds.MERGED_INTO) if lead_on(was, here) else (kinds.MOVED_IN, kinds.MOVED_OUT)
    keep_change(here, there, now, by=rule, other=was, articles=[article.pk])
    keep_change(was, left, now, by=rule, other=here, articles=[article.pk])


def take_over(later: Article, kept: Article, now: datetime) -> list[Story]:
    """Let one article stand where the other stood; returns the stories whose counts are stale.

    What an editor decided of either holds of the one that stays. A placement
    that stays is made anew, since a new number is how the desks see that what
    they hold of the stories is stale.
    """
    Placement.objects.filter(article=kept, copy_of=later).update(copy_of=None)
    Placement.objects.filter(copy_of=later).update(copy_of=kept)
    Story.objects.filter(lead=later).update(lead=kept)
    MemberReport.objects.filter(article=later).update(article=kept)
    hand_on(Item.ARTICLE, later.pk, kept.pk)
    mine = Placement.objects.filter(article=kept).select_related("story").first()
    theirs = Placement.objects.filter(article=later).select_related("story").first()
    kept_out = [Apart(article=kept, story_id=row.story_id, at=row.at) for row in Apart.objects.filter(article=later)]
    Apart.objects.bulk_create(kept_out, ignore_conflicts=True)
    if theirs is None:
        return [mine.story] if mine else []
    stays = theirs if mine is None or (theirs.is_pinned and not mine.is_pinned) else mine
    left = [row.story for row in (mine, theirs) if row and row.story_id != stays.story_id]
    Placement.objects.filter(article__in=(kept, later)).delete()
    stays.pk, stays.article = None, kept
    if stays.copy_of_id in (kept.pk, later.pk):
        stays.copy_of_id, stays.origin = None, None
    stays.save(force_insert=True)
    for story in (stays.story, *left):
        origins.mend_copies(story)
    for story in left:
        if lead_on(story, stays.story):
            why = "one article under two addresses"
            keep_change(stays.story, StoryChange.Kind.MERGED, now, by="", why=why, other=story, articles=[kept.pk])
            keep_change(story, StoryChange.Kind.MERGED_INTO, now, by="", why=why, other=stays.story, articles=[kept.pk])
    return [story for story in {stays.story, *left} if story.placements.exists()]


def refresh(stories: Iterable[Story], now: datetime) -> None:
    """Count each story's tellings again, choose its lead, and say its notes are due."""
    wanted = list({story.pk: story for story in stories}.values())
    for start in range(0, len(wanted), REFRESHED_AT_ONCE):
        _refresh(wanted[start : start + REFRESHED_AT_ONCE], now)


def refresh_later(stories: Iterable[Story], now: datetime) -> None:
    """Say that the notes of later stories of the same storylines are due: more lies behind them than before."""
    first_of: dict[int, datetime] = {}
    for story in stories:
        first_of[story.storyline_id] = min(story.first_at, first_of.get(story.storyline_id, story.first_at))
    for storyline, first_at in first_of.items():
        later = Story.objects.public().filter(storyline=storyline, last_at__gt=first_at, notes_due_at=None)
        later.update(notes_due_at=now + NOTES_REST)


def _refresh(stories: Sequence[Story], now: datetime) -> None:
    tellings = leading.articles_of_each(story.pk for story in stories)
    held = Story.objects.filter(pk__in=tellings).values_list("pk", "given_title", "given_language", "notes__made_at")
    kept = {number: (title, language, made_at) for number, title, language, made_at in held}
    none = {"lead": None, "article_count": 0, "publisher_count": 0, "notes_due_at": None}
    Story.objects.filter(pk__in=[story.pk for story in stories if story.pk not in tellings]).update(**none)
    told = [story for story in stories if story.pk in kept]
    for story in told:
        story.given_title, story.given_language, made_at = kept[story.pk]
        _count(story, tellings[story.pk])
        story.notes_due_at = max(now, made_at + NOTES_REST) if made_at else now
    update_each(told, REFRESHED)


def _count(story: Story, rows: Sequence[Article]) -> None:
    """Set what REFRESHED names, but for when notes are due, by the story's articles."""
    moments = [row.at for row in rows]
    leading.lead(story, rows)
    story.first_at, story.last_at = min(moments), max(moments)
    story.article_count = len(rows)
    story.publisher_count = len({row.publisher_id for row in rows})
    front.stand(story, rows)
    story.section_at = story.settled_at = None


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
    subjects: Sequence[records.Subject],
) -> None:
    """Keep what stands behind a story, in the caller's transaction; what an editor withdrew stays out."""
    withdrawn = Notes.objects.filter(story=story).values_list("withdrawn", flat=True).first()
    Notes.objects.update_or_create(
        story=story,
        defaults={
            "body": noted.without_sentences(body, withdrawn or ()),
            "related": related,
            "made_by": made_by,
            "made_at": now,
            "article_count": article_count,
            "written": None,
            "written_by": None,
            "written_at": None,
        },
    )
    Story.objects.filter(pk=story.pk, notes_due_at=story.notes_due_at).update(notes_due_at=None)
    Story.objects.filter(pk=story.pk).update(claimed_by="", claimed_until=None)
    hashtag_keeping.keep_hashtags(story, subjects, now)


def drop_empty() -> None:
    """Remove stories, with those merged into them, storylines and hashtags that nothing stands in any more."""
    is_empty = Q(merged_into=None) | Q(merged_into__placements=None)
    Story.objects.filter(is_empty, placements=None).delete()
    Storyline.objects.annotate(n=Count("stories")).filter(n=0).delete()
    hashtag_keeping.drop_empty()
