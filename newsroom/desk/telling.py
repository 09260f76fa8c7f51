"""From read articles to stories, and from stories to notes."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Window
from django.db.models.functions import RowNumber

from newsroom.articles.models import Article
from newsroom.articles.save import as_record
from newsroom.desk import jobs, merging
from newsroom.stories import changing, origins, trending
from newsroom.stories import related as story_related
from newsroom.stories import save as story_save
from newsroom.stories.models import Placement, Story, StoryQuerySet
from newstext import hashtags, marks, notes_json, pipeline, writers
from newstext.grouping import StoryIndex
from newstext.note_records import StoryNotes
from newstext.records import OF_MANY_TOPICS, ArticleText, Correction, OpenStory

log = logging.getLogger(__name__)

OPEN_STORIES = 5_000  # the newest are compared with new articles
STORIES_READ_AT_ONCE = 500
LOOKED_AGAIN_MOST = 200  # from so many changed stories on the index is read whole
BACKGROUND_READ = 8
NOTES_PUT_OFF = timedelta(hours=6)

Stamp = tuple[int, datetime | None]


class Grouping:
    """Places articles into stories; one at a time on a data folder.

    The index of open stories is kept between rounds and read again from the
    rows whenever another process has placed something meanwhile.
    """

    def __init__(self, *, is_sample: bool = False) -> None:
        self.is_sample = is_sample
        self._index: StoryIndex | None = None
        self._seen: Stamp | None = None

    def place(self, articles: Sequence[Article], now: datetime) -> int:
        """Put these articles, in order, into stories; how many were placed."""
        with only_one("grouping"):
            try:
                with transaction.atomic():
                    self._place(articles, self._fresh_index(), now)
                    seen = stamp()
                self._seen = seen
            except BaseException:
                self._index = None  # it took in what the rows did not
                raise
        return len(articles)

    def place_earlier(self, articles: Sequence[Article], now: datetime) -> int:
        """Put articles of earlier days, in order of their own time, into stories; how many were placed.

        What still may join an open story is placed as new articles are. The
        rest is compared with the stories of its own days, which the index of
        open stories does not hold. Stories that came later get new notes:
        more lies behind them now.
        """
        begins = _open_since(self.is_sample)
        older = [row for row in articles if begins and row.at < begins]
        if older:
            span = timedelta(days=settings.STORY_DAYS)
            with only_one("grouping"):
                is_fresh = self.is_fresh()
                stories = open_stories(is_sample=self.is_sample, since=older[0].at - span, until=older[-1].at + span)
                with transaction.atomic():
                    self._place(older, StoryIndex(stories), now)
                if is_fresh:  # the open stories are as they were
                    self._seen = stamp()
        open_still = articles[len(older) :]
        if open_still:
            self.place(open_still, now)
        placed = Story.objects.filter(placements__article__in=[row.pk for row in articles]).distinct()
        story_save.refresh_later(placed, now)
        return len(articles)

    def _place(self, articles: Sequence[Article], index: StoryIndex, now: datetime) -> None:
        there = set(Article.objects.filter(pk__in=[row.pk for row in articles]).values_list("pk", flat=True))
        articles = [row for row in articles if row.pk in there]  # others were merged away meanwhile
        rows = {str(row.pk): row for row in articles}
        stood = Placement.objects.filter(article__in=articles).select_related("story")
        before = {one.article_id: one.story for one in stood}
        copies: list[tuple[int, int]] = []
        touched: list[Story] = []
        corrections: list[Correction] = []
        strays = False
        records = (_with_marks(row) for row in articles)
        for placed in pipeline.group_articles(records, index):
            if isinstance(placed, Correction):
                corrections.append(placed)
                continue
            row = rows[placed.article]
            here = story_save.place(placed, row, now)
            if here.key != placed.story:  # an editor decided otherwise: what the index took in is wrong
                strays = True
            was = before.get(row.pk)
            touched += [here, *([was] if was and not story_save.lead_on(was, here) else [])]
            copies += [(row.pk, int(placed.copy_of))] if placed.copy_of else []
        Article.objects.filter(pk__in=[row.pk for row in articles]).update(grouped_at=now)
        story_save.refresh(touched, now)
        changing.apply_corrections(corrections, now, rule=index.rule)
        if (not self.is_sample and merging.merge_copies(copies, now)) or strays:
            self._index = None  # it holds rows that are gone, or stand elsewhere

    def _fresh_index(self) -> StoryIndex:
        if self._index is None or self._seen != stamp():
            self._index = StoryIndex(open_stories(is_sample=self.is_sample))
        return self._index

    def is_fresh(self) -> bool:
        """True if the kept index holds what the rows say."""
        return self._index is not None and self._seen == stamp()

    def look_again(self, keys: Collection[str]) -> None:
        """Read the stories of these keys anew into the index, which was fresh before they changed."""
        if self._index is None:
            return
        if len(keys) > LOOKED_AGAIN_MOST:
            self._index = None
            return
        for key in keys:
            self._index.remove_story(key)
        for story in read_stories(Story.objects.public().filter(key__in=keys)):
            self._index.add_story(story)
        self._seen = stamp()


def _with_marks(row: Article) -> ArticleText:
    return ArticleText(
        url=row.url, id=str(row.pk), title=row.title, marks=marks.from_json({**(row.marks or {}), "id": str(row.pk)})
    )


def stamp() -> Stamp:
    """Changes whenever an article is placed or moved; two equal ones mean that nothing was."""
    last = Placement.objects.aggregate(made=Max("pk"), moved=Max("placed_at"))
    return last["made"] or 0, last["moved"]


def open_stories(
    *, is_sample: bool, since: datetime | None = None, until: datetime | None = None
) -> Iterator[OpenStory]:
    """The stories that may still take articles, the newest last: an index that is full lets go of what came first.

    They were active within STORY_DAYS of the newest. since, until: those that
    were active in that time instead.
    """
    since = since or _open_since(is_sample)
    if since is None:
        return
    recent = Story.objects.public().filter(is_sample=is_sample, last_at__gte=since).order_by("-last_at")
    if until:
        recent = recent.filter(first_at__lte=until)
    newest = list(recent.values_list("pk", flat=True)[:OPEN_STORIES])
    yield from read_stories(Story.objects.filter(pk__in=newest).order_by("last_at"))


def read_stories(stories: StoryQuerySet, *, most: int | None = None) -> Iterator[OpenStory]:
    """These stories as records, each with the marks of its articles in order of arrival.

    most: of each story the newest so many articles that are no copies.
    """
    rows = list(stories.values_list("pk", "key", "storyline__key"))
    members: dict[int, list[marks.Marks]] = {}
    copies: dict[int, dict[str, tuple[str, float]]] = {}
    for start in range(0, len(rows), STORIES_READ_AT_ONCE):
        some = [number for number, _, _ in rows[start : start + STORIES_READ_AT_ONCE]]
        held = Placement.objects.filter(story__in=some, article__marks__isnull=False)
        if most:
            newest = Window(RowNumber(), partition_by="story", order_by=("-article__seen_at", "-article"))
            held = held.filter(copy_of=None).annotate(place=newest).filter(place__lte=most)
        held = held.order_by("article__seen_at", "article")
        columns = ("story", "article", "copy_of", "score", "article__marks")
        for story, key, original, score, body in held.values_list(*columns).iterator():
            members.setdefault(story, []).append(marks.from_json({**body, "id": str(key)}))
            if original:
                copies.setdefault(story, {})[str(key)] = str(original), score
    for number, key, storyline in rows:
        yield OpenStory(key, storyline, tuple(members.get(number, ())), copies.get(number, {}))


def _open_since(is_sample: bool) -> datetime | None:
    """Stories without activity since then take no new article; None while there is no story."""
    newest = Story.objects.public().filter(is_sample=is_sample).aggregate(last=Max("last_at"))["last"]
    return newest - timedelta(days=settings.STORY_DAYS) if newest else None


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """Hold a lock file of the data folder; the system lets go of it when we die."""
    with open(settings.DATA_DIR / f"{name}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_notes(stories: Sequence[Story], now: datetime, *, engine: pipeline.Engine) -> int:
    """Make the notes of these stories anew and keep them; how many. What the engine gave up is put off."""
    origins.trace(stories)
    read: dict[int, int] = {}  # story -> how many tellings its notes are made of

    def wanted() -> Iterator[jobs.NotesJob]:
        for story in stories:
            tellings = tellings_of_notes(story)
            read[story.pk] = len(tellings)
            yield tellings, _background(story), settings.WRITER

    count = 0
    for story, notes in zip(stories, engine(jobs.write_notes, wanted()), strict=True):
        if isinstance(notes, Exception):
            log.warning("Notes of story %s: the work %s. Tried again in %s.", story.key, notes, NOTES_PUT_OFF)
            story_save.put_off_notes(story, now + NOTES_PUT_OFF)
        else:
            _keep(story, notes, now, article_count=read[story.pk])
            count += 1
    if count:
        trending.choose_trending(now)
    return count


def tellings_of_notes(story: Story) -> tuple[ArticleText, ...]:
    """What notes are made of: tellings in the story's language, oldest first, pages of many topics only if all are.

    Of many, those that `writers.most_telling` reads; none that its publisher reserves against it.
    """
    rows = Article.objects.open_to_notes().filter(placement__story=story).exclude(text="")
    told = rows.exclude(placement__copy_of__isnull=False).order_by("published_at", "seen_at")
    spoken = told.filter(language=story.language)
    for chosen in (spoken.exclude(kind__in=OF_MANY_TOPICS), spoken, told):
        if keys := list(chosen.values_list("pk", flat=True)):
            read = told.filter(pk__in=writers.most_telling(keys)).select_related("publisher")
            return tuple(as_record(row) for row in read)
    return ()


def _background(story: Story) -> tuple[ArticleText, ...]:
    """The leads of the storyline's other stories, as far as they came before."""
    others = Story.objects.public().filter(storyline=story.storyline, first_at__lt=story.last_at).exclude(pk=story.pk)
    leads = [other.lead_id for other in others.order_by("-last_at")[:BACKGROUND_READ] if other.lead_id]
    rows = Article.objects.open_to_notes().filter(pk__in=leads).exclude(text="").select_related("publisher")
    return tuple(as_record(row) for row in rows)


def _keep(story: Story, notes: StoryNotes, now: datetime, *, article_count: int) -> None:
    related = story_related.find_related(story, hashtags=[hashtags.key(tag) for tag in notes.hashtags])
    with transaction.atomic():
        story_save.keep_notes(
            story,
            notes_json.notes_to_json(notes),
            related.of_story,
            now,
            made_by=notes.made_by,
            article_count=article_count,
            subjects=notes.about,
        )
        story_related.keep_for_tellings(story, related)
