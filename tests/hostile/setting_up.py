"""Gives a site a reader with editions by mail, each due when a test says so: `python -m tests.hostile.setting_up COUNT`."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime, timedelta

FAR = datetime(2099, 1, 1, tzinfo=UTC)


def main(count: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    import django

    django.setup()
    from django.utils import timezone

    from newsroom.alerts.models import Mail, MailChoices
    from newsroom.readers.models import Reader
    from newsroom.readers.save import vouch_for
    from newsroom.stories.models import Edition, EditionStory, Story

    reader = Reader.objects.create_user("ines@meren.example", "ines@meren.example", "a long and quiet password")
    vouch_for(reader)
    MailChoices.objects.create(reader=reader, edition_hour=6, edition_at=FAR)
    now, story = timezone.now(), Story.objects.public().first()
    for number in range(count):
        on = date(2026, 1, 1) + timedelta(days=number)
        edition = Edition.objects.create(on=on, made_at=now)
        EditionStory.objects.create(edition=edition, story=story, place=1, title=story.title)
        Mail.objects.create(
            reader=reader, kind=Mail.Kind.EDITION, on=on, edition=edition, message_id=f"<{number}@meren.example>",
            created_at=now, due_at=FAR,
        )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]))
