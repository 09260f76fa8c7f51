"""When an article goes, the stories it stood in are counted again and their notes made anew."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver
from django.utils import timezone

from newsroom.articles.models import Article
from newsroom.stories import save
from newsroom.stories.models import Story


@receiver(pre_delete, sender=Article)
def _note_stories(instance: Article, **more: Any) -> None:
    instance.stood_in = list(Story.objects.filter(placements__article=instance))  # type: ignore[attr-defined]


@receiver(post_delete, sender=Article)
def _refresh_stories(instance: Article, **more: Any) -> None:
    """A receiver, since editors delete in the admin, operators in a shell, and a publisher takes its articles along."""
    now = timezone.now()
    stories = instance.stood_in  # type: ignore[attr-defined]
    save.refresh(stories, now)
    save.refresh_later(stories, now)
