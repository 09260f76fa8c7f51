"""From read articles to stories, and from stories to notes."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q, Window
from django.db.models.functions import RowNumber

from newsroom.articles.models import Article
from newsroom.articles.save import as_record
from newsroom.desk import jobs, merging
from newsroom.stories import changing, origins, trending
from newsroom.stories import related as story_related
from newsroom.stories import save as story_save
from newsroom.stories.models import Placement, Story, StoryQuerySet
from newstext import hashtags, marks, notes_json, pipeline, records, writers
from newstext.grouping import StoryIndex
from newstext.note_records import StoryNotes
from newstext.records import OF_MANY_TOPICS, ArticleText, OpenStory

log = logging.getLogger(__name__)

OPEN_STORIES = 5_000  # the newest are compared with new articles
STORIES_READ_AT_ONCE = 500
LOOKED_AGAIN_MOST = 200  # from so many changed stories on the index is read whole
TAKEN_IN_MOST = 5_000  # articles that others placed; from more on too
BACKGROUND_READ = 8
NOTES_PUT_OFF = timedelta(hours=6)
# Which placements are looked at for what others have placed: those of transactions that may have ended since.
LATEST = timedelta(minutes=15)
LATEST_COUNT = 2_000
GROUPING = 0x67726F75  # the lock in PostgreSQL of who places articles

Placed = records.Placement | records.Correction


class Grouping:
    """Places articles into stories.

    The index of open stories is kept between rounds and takes in what others
    have placed meanwhile, on this machine or another. Several may place at
    once as long as each article is one's alone (`leases.Shards`).
    """

    def __init__(self, *, is_sample: bool = False) -> None:
        self.is_sample = is_sample
        self._index: StoryIndex | None = None
        self._known: dict[int, datetime] = {}  # the latest placements that the index holds, and when each was made

    def place(self, articles: Sequence[Article], now: datetime, *, require: Callable[[], None] | None = None) -> int:
        """Put these articles, in order, into stories; how many were placed.

        require: called in the transaction that keeps them; raises where they are another's by now.
        """
        with placing():
            try:
                index = self._fresh_index()
                mine = self._place(articles, index, now, require)
            except BaseException:
                self._index = None  # it took in what the rows did not
                raise
            self._known |= mine
        return len(articles)

    def place_earlier(
        self, articles: Sequence[Article], now: datetime, *, require: Callable[[], None] | None = None
    ) -> int:
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
            with placing():
                stories = open_stories(is_sample=self.is_sample, since=older[0].at - span, until=older[-1].at + span)
                self._place(older, StoryIndex(stories), now, require)
        open_still = articles[len(older) :]
        if open_still:
            self.place(open_still, now, require=require)
        placed = Story.objects.filter(placements__article__in=[row.pk for row in articles]).distinct()
        story_save.refresh_later(placed, now)
        return len(articles)

    def _place(
        self, articles: Sequence[Article], index: StoryIndex, now: datetime, require: Callable[[], None] | None
    ) -> dict[int, datetime]:
        """Choose their stories, then keep them in one transaction; the placements that were made."""
        found = list(pipeline.group_articles((_with_marks(row) for row in articles), index))
        with transaction.atomic():
            if require:
                require()
            _lock_stories(articles, found)
            self._keep(articles, found, index, now)
            made = Placement.objects.filter(article__in=[row.pk for row in articles])
            return dict(made.values_list("pk", "placed_at"))

    def _keep(self, articles: Sequence[Article], found: Sequence[Placed], index: StoryIndex, now: datetime) -> None:
        there = set(Article.objects.filter(pk__in=[row.pk for row in articles]).values_list("pk", flat=True))
        rows = {str(row.pk): row for row in articles if row.pk in there}
        strays = len(rows) < len(articles)  # others were merged away meanwhile
        placements = [one for one in found if isinstance(one, records.Placement) and one.article in rows]
        standing = story_save.Standing(placements, there)
        before = {number: one.story for number, one in standing.of_article.items()}
        standing.open_new(placements, {row.pk: row for row in rows.values()})
        copies: list[tuple[int, int]] = []
        touched: list[Story] = []
        for placed in placements:
            row = rows[placed.article]
            here = story_save.place(placed, row, now, standing=standing)
            if here.key != placed.story:  # an editor decided otherwise: what the index took in is wrong
                strays = True
            was = before.get(row.pk)
            touched += [here, *([was] if was and not story_save.lead_on(was, here) else [])]
            copies += [(row.pk, int(placed.copy_of))] if placed.copy_of else []
        standing.write()
        Article.objects.filter(pk__in=there).update(grouped_at=now)
        story_save.refresh(touched, now)
        corrections = [placed for placed in found if isinstance(placed, records.Correction)]
        changing.apply_corrections(corrections, now, rule=index.rule)
        if (not self.is_sample and merging.merge_copies(copies, now)) or strays:
            self._index = None  # it holds rows that are gone, or stand elsewhere

    def _fresh_index(self) -> StoryIndex:
        """The index as the rows are: with what others have placed, moved or merged since."""
        since = _open_since(self.is_sample)
        latest = self._latest(since)
        if self._index is not None:
            changed = [row for row in latest if self._known.get(row[0]) != row[1]]
            self._take_in(self._index, [(article, key) for _, _, article, key in changed])
        if self._index is not None and since:
            self._index.forget_before(since)  # else a desk would never let go of a story, nor do as one that starts
        if self._index is None:
            self._index = StoryIndex(open_stories(is_sample=self.is_sample))
        self._known = {number: at for number, at, _, _ in latest}
        return self._index

    def _latest(self, since: datetime | None) -> list[tuple[int, datetime, int, str]]:
        """The latest placements in open stories: number, when it was made, article, key of the story."""
        last = Placement.objects.aggregate(pk=Max("pk"), at=Max("placed_at"))
        if last["pk"] is None or since is None:
            return []
        is_late = Q(pk__gt=last["pk"] - LATEST_COUNT) | Q(placed_at__gte=last["at"] - LATEST)
        stories = Story.objects.public().filter(is_sample=self.is_sample, last_at__gte=since)
        rows = Placement.objects.filter(is_late, story__in=stories)
        return list(rows.values_list("pk", "placed_at", "article", "story__key"))

    def _take_in(self, index: StoryIndex, changed: Sequence[tuple[int, str]]) -> None:
        """Add what was placed, and read anew the stories between which something was moved."""
        again: set[str] = set()
        new: dict[str, list[int]] = {}
        for article, key in changed:
            if was := index.story_of(str(article)):
                again |= {was, key}
            else:
                new.setdefault(key, []).append(article)
        if len(changed) > TAKEN_IN_MOST:
            self._index = None
            return
        self.look_again(again)
        if self._index is not None and (keys := new.keys() - again):
            only = [article for key in keys for article in new[key]]
            for story in read_stories(Story.objects.filter(key__in=keys), only=only):
                index.add_story(story)

    def look_again(self, keys: Collection[str]) -> None:
        """Read the stories of these keys anew into the index that is kept, as the rows are now."""
        if self._index is None or not keys:
            return
        if len(keys) > LOOKED_AGAIN_MOST:
            self._index = None
            return
        for key in keys:
            self._index.remove_story(key)
        stories = Story.objects.public().filter(key__in=keys)
        self._known |= dict(Placement.objects.filter(story__in=stories).values_list("pk", "placed_at"))
        for story in read_stories(stories):
            self._index.add_story(story)


def _lock_stories(articles: Sequence[Article], found: Sequence[Placed]) -> None:
    """Keep other desks from the stories that are about to change, until the end of the caller's transaction.

    All in one order, so that two desks that want the same ones do not wait for
    each other for ever. SQLite has one writer anyway.
    """
    keys = {placed.story for placed in found}
    stands = Placement.objects.filter(article__in=[row.pk for row in articles])
    wanted = Story.objects.filter(Q(key__in=keys) | Q(pk__in=stands.values("story")))
    numbers = {number for pair in wanted.values_list("pk", "merged_into") for number in pair if number}
    list(Story.objects.select_for_update().filter(pk__in=numbers).order_by("pk").values_list("pk", flat=True))


def _with_marks(row: Article) -> ArticleText:
    return ArticleText(
        url=row.url, id=str(row.pk), title=row.title, marks=marks.from_json({**(row.marks or {}), "id": str(row.pk)})
    )


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


def read_stories(
    stories: StoryQuerySet, *, most: int | None = None, only: Collection[int] | None = None
) -> Iterator[OpenStory]:
    """These stories as records, each with the marks of its articles in order of arrival.

    most: of each story the newest so many articles that are no copies. only: these articles alone.
    """
    rows = list(stories.values_list("pk", "key", "storyline__key"))
    members: dict[int, list[marks.Marks]] = {}
    copies: dict[int, dict[str, tuple[str, float]]] = {}
    for start in range(0, len(rows), STORIES_READ_AT_ONCE):
        some = [number for number, _, _ in rows[start : start + STORIES_READ_AT_ONCE]]
        held = Placement.objects.filter(story__in=some, article__marks__isnull=False)
        if only is not None:
            held = held.filter(article__in=only)
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
def placing(*, alone: bool = False) -> Iterator[None]:
    """Place articles beside others who do, on any machine, or `alone`; whoever dies lets go of it."""
    if connection.vendor == "postgresql":
        how = "" if alone else "_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_lock{how}(%s)", [GROUPING])
        try:
            yield
        finally:
            if connection.is_usable():
                with connection.cursor() as cursor:
                    cursor.execute(f"SELECT pg_advisory_unlock{how}(%s)", [GROUPING])
        return
    with open(settings.DATA_DIR / "grouping.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
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
