"""What was read becomes rows: a batch of articles in few questions and few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from newsroom.articles import known, removal
from newsroom.articles import save as article_save
from newsroom.articles.batch import Around, Pending
from newsroom.articles.models import Article
from newsroom.desk import merging, refusing
from newsroom.desk.reading import Read
from newsroom.stories import save as story_save
from newsroom.stories.models import Placement, Story
from newstext import marks
from newstext.extract.wrong_body import main_paragraphs
from newstext.records import ArticleText

AT_ONCE = 32  # articles of which is asked at once
Told = tuple[dict[str, Any] | None, datetime | None]


def keep_read(article: Article, read: ArticleText | None, problem: str, now: datetime) -> bool:
    """Store one article that was read; True if it says something new."""
    return keep_all([(article, read, problem)], now)[0]


def keep_all(reads: Sequence[Read], now: datetime) -> list[bool]:
    """Store a few articles that were read, in the caller's transaction; of each, whether it says something new.

    The notes of its story stand on its sentences as they were: where a letter
    of them changed they are made anew, be it news or not.
    """
    news: list[bool] = []
    while len(news) < len(reads):
        news += _Keeping(reads[len(news) :][:AT_ONCE], now).keep()
    return news


class _Keeping:
    """Keeps articles in order, until one changes the rows of others: what was asked of these holds no more."""

    def __init__(self, reads: Sequence[Read], now: datetime) -> None:
        self.reads, self.now = reads, now
        self.rows = article_save.still_there_of(article for article, _, _ in reads)
        told = [(self.rows[row.pk], read) for row, read, _ in reads if read is not None and row.pk in self.rows]
        self.may_be_removed = removal.may_be_back(read for _, read in told)
        self.paragraphs = {row.pk: main_paragraphs(read.text) for row, read in told if not read.refused}
        self.around = Around(told, self.paragraphs)
        placed = Placement.objects.filter(article__in=[row.pk for row, _ in told])
        self.placed = set(placed.values_list("article", flat=True))
        self.pending = Pending()
        self.is_stale = False

    def keep(self) -> list[bool]:
        """Store articles; of each, whether it says something new. Of fewer where rows are to be asked anew."""
        news: list[bool] = []
        for read in self.reads:
            news.append(self._keep(*read))
            if self.is_stale:
                break
        self.pending.write(self.now)
        return news

    def _keep(self, article: Article, read: ArticleText | None, problem: str) -> bool:
        row = self.rows.get(article.pk)
        if row is None or row.claimed_by != article.claimed_by:
            return False  # it was merged into another row, or read by another worker, while its page was read
        told = (row.entry, row.next_read_at) if row.entry_hash != article.entry_hash else None
        if read is None:
            self.pending.unchanged(row, self.now)
            _plan_again(row, told, self.now)
            return False
        if not problem:
            read = self._without_shared_body(row, read)
        read = _with_vector(read)
        assert read.marks is not None
        if self.may_be_removed and removal.take_off_again(row, read):
            self.pending.forget(row)
            return False
        before = row.title, row.text, row.reserved
        body, held = marks.to_json(read.marks), self.around.pictures.get(row.pk)
        is_news = self.pending.read(row, read, body, self.now, problem=problem, held=held)
        _plan_again(row, told, self.now + timedelta(seconds=article.asked_off_s))
        if row.pk in self.placed and (row.title, row.text, row.reserved) != before:
            self._refresh_stories(row)
        self._unite(row, read)
        return is_news

    def _without_shared_body(self, row: Article, read: ArticleText) -> ArticleText:
        if read.refused or not read.text:
            return read
        paragraphs = self.paragraphs[row.pk]
        self.around.take_paragraphs(row, paragraphs)
        if not self.around.shares_paragraphs(row, paragraphs):
            self.pending.body(row, paragraphs)
            return read
        self.pending.write(self.now)
        read, lost = refusing.without_shared_body(row, read, self.now)
        self.is_stale |= bool(lost)
        return read

    def _refresh_stories(self, row: Article) -> None:
        self.pending.write(self.now)
        stories = list(Story.objects.filter(placements__article=row))
        if row.grouped_at:
            story_save.refresh(stories, self.now)
        story_save.refresh_later(stories, self.now)  # it may be the background of later ones

    def _unite(self, row: Article, read: ArticleText) -> None:
        """Keep by which other addresses it is known, and unite it with the row that holds it already."""
        told = known.told_addresses(row, read)
        self.pending.addresses += self.around.new_addresses(row, told)
        self.around.take_text(row)
        if self.around.may_have_twin(row, told):
            self.pending.write(self.now)
            self.is_stale |= merging.settle(row, read, self.now) is not row


def _with_vector(read: ArticleText) -> ArticleText:
    """A short article with the optional model's vector in its marks, where EMBEDDINGS names a model."""
    if not settings.EMBEDDINGS or read.marks is None or read.reserved:
        return read
    from newstext import embedding  # brings numpy and the model's 90 MB: only for who asked for it

    embed = embedding.embedder(settings.EMBEDDINGS)
    text = embedding.text_of(read.title, read.text)
    return replace(read, marks=embedding.with_vectors([read.marks], embed, [text])[0])


def _plan_again(row: Article, told: Told | None, earliest_at: datetime) -> None:
    """Let a row be read again whose feed told something new while its page was read; none before `earliest_at`."""
    if told is not None:
        (row.entry, row.next_read_at), row.read_tries = told, 0
    if row.next_read_at is not None and row.next_read_at < earliest_at:
        row.next_read_at = earliest_at
