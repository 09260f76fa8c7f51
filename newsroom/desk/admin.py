"""What an editor does in the admin that touches more than one app."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from newsroom.desk.merging import unite_publishers
from newsroom.publishers.admin import PublisherAdmin
from newsroom.publishers.models import Publisher


@admin.action(description="Unite into the oldest of them")
def unite(page: PublisherAdmin, request: HttpRequest, publishers: QuerySet[Publisher]) -> None:
    """Move all feeds and articles to the publisher that was there first; the others' pages lead to it."""
    kept, *others = publishers.order_by("pk")
    for later in others:
        unite_publishers(kept, later, timezone.now())
    page.message_user(request, f"{len(others)} united into {kept}.", messages.SUCCESS)


PublisherAdmin.actions = (unite,)
