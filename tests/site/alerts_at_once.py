"""A hundred ticks at once, in threads that each are a worker: `python -m tests.site.alerts_at_once DATA_DIR PORT`.

The tests' own SQLite is in memory, where connections do not wait for each other; the site's is a file.
"""

from __future__ import annotations

import os
import sys
import threading
from datetime import timedelta
from pathlib import Path

TICKS = 100


def at_once() -> tuple[int, int, int]:
    """How many finds, mails and mails that are sent there are, of ten readers with an alert each and an edition."""
    from django.db import OperationalError, connections
    from django.utils import timezone

    from newsroom.alerts import finding, mail, planning
    from newsroom.alerts.models import Alert, Mail, MailChoices, Notice
    from newsroom.stories.models import Edition, EditionStory
    from tests.site.told import reader, tell

    now = timezone.now()
    finding.looked()
    for number in range(10):
        one = reader(f"reader{number}")
        Alert.objects.create(reader=one, kind="search", key="gravel", name="gravel", by_mail=True, created_at=now)
        MailChoices.objects.create(reader=one, edition_hour=0, edition_at=now)
    story = tell("The gravel ferry is late", at=now)
    edition = Edition.objects.create(on=now.date(), made_at=now)
    EditionStory.objects.create(edition=edition, place=1, story=story, title=story.title)
    begin = threading.Barrier(TICKS)

    def tick(number: int) -> None:
        begin.wait()
        later = now + timedelta(minutes=3)
        try:
            for _ in range(3):
                finding.look(now)
                planning.gather(now)
                planning.make_editions(now)
                mail.send_due(f"tick/{number}", lambda: later)
        except OperationalError as error:  # a hundred writers at once: one may wait too long, and its tick is over
            print(error, file=sys.stderr)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tick, args=(number,)) for number in range(TICKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while mail.send_due("last", lambda: now + timedelta(minutes=30)):
        pass
    return Notice.objects.count(), Mail.objects.count(), Mail.objects.exclude(sent_at=None).count()


if __name__ == "__main__":
    from newsroom.commands.site import open_site

    os.environ.update(SITE_URL="https://news.example", EMAIL_URL=f"smtp://127.0.0.1:{sys.argv[2]}", EDITION_HOUR="0")
    open_site(Path(sys.argv[1]))
    print(*at_once())
