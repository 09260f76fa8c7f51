"""What was learned of the publishers' pages, kept in rows and applied to articles read before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from newsroom.articles import save as article_save
from newsroom.articles.models import Article
from newsroom.publishers.models import Memory
from newsroom.stories import save as story_save
from newsroom.stories.models import Story
from newstext import extract, marks, pipeline
from newstext.addresses import registrable_domain

REST = timedelta(minutes=10)  # a publisher's earlier articles are gone through at most this often
LOOKED_BACK = timedelta(days=14)
ARTICLES_AT_ONCE = 200


def recall(domain: str) -> Mapping[str, Any] | None:
    """What is kept of a publisher's pages, for extract.PublisherMemory."""
    return Memory.objects.filter(domain=domain).values_list("body", flat=True).first()


class Remembered:
    """The memory of one desk; the rows hold what outlives it."""

    def __init__(self) -> None:
        self.memory = extract.PublisherMemory(recall)
        self._taken: dict[str, datetime] = {}

    def refresh(self, urls: Iterable[str]) -> None:
        """Let go of publishers whose rows another worker has written since."""
        domains = {registrable_domain(url) for url in urls}
        for domain, changed_at in Memory.objects.filter(domain__in=domains).values_list("domain", "changed_at"):
            if self._taken.get(domain) != changed_at:
                self.memory.forget(domain)
                self._taken[domain] = changed_at

    def save(self, now: datetime) -> None:
        """Write what was learned since the last call, in the caller's transaction."""
        for domain in sorted(self.memory.take_changed()):
            body = self.memory.publisher_to_json(domain)
            row, is_new = Memory.objects.get_or_create(domain=domain[:255], defaults={"changed_at": now})
            has_grown = body["version"] != row.version
            if is_new or has_grown or body != row.body:
                row.body, row.version, row.changed_at = body, body["version"], now
                row.apply_due_at = (row.apply_due_at or now + REST) if has_grown else row.apply_due_at
                row.save()
            self._taken[domain] = now


def apply_due(now: datetime) -> int:
    """Clean earlier articles of what was learned since they were read; how many lost something."""
    changed = 0
    for row in Memory.objects.filter(apply_due_at__lte=now).order_by("apply_due_at", "pk")[:8]:
        changed += _apply(row, now)
    return changed


def apply_all(now: datetime) -> int:
    """The same for all publishers at once, due or not yet; for a run that ends."""
    Memory.objects.filter(apply_due_at__gt=now).update(apply_due_at=now)
    changed = 0
    while Memory.objects.filter(apply_due_at__lte=now).exists():
        changed += apply_due(now)
    return changed


def _apply(row: Memory, now: datetime) -> int:
    furniture = extract.PublisherMemory(lambda _: row.body).furniture(f"https://{row.domain}/")
    articles = Article.objects.filter(site=row.domain, memory_version__lt=row.version, read_at__gte=now - LOOKED_BACK)
    articles = articles.exclude(text="").select_related("publisher").order_by("-read_at")
    batch = list(articles[:ARTICLES_AT_ONCE])
    with transaction.atomic():
        lost = [article for article in batch if _clean(article, furniture)]
        Article.objects.filter(pk__in=[article.pk for article in batch]).update(memory_version=row.version)
        stories = Story.objects.filter(placements__article__in=lost).distinct()
        story_save.refresh(stories, now)
        if len(batch) < ARTICLES_AT_ONCE:
            Memory.objects.filter(pk=row.pk, version=row.version).update(apply_due_at=None)
    return len(lost)


def _clean(article: Article, furniture: extract.Furniture) -> bool:
    read = article_save.as_record(article)
    cleaned = extract.apply_memory(read, furniture)
    if cleaned is read:
        return False
    marked = pipeline.mark_article(cleaned)
    assert marked.marks is not None
    article_save.take_furniture_out(article, marked, marks.to_json(marked.marks))
    return True
