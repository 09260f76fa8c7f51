"""The same buttons pressed a hundred times at once, in threads: `python -m tests.site.hundred_presses DATA_DIR`.

The tests' own SQLite is in memory, where connections do not wait for each other; the site's is a file.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

PRESSES = 100
AT_ONCE = 25
SECTION = {"do": "follow", "kind": "section", "key": "world"}
WORD = {"do": "mute", "kind": "word", "key": "ferry"}


def press() -> tuple[int, ...]:
    """How many presses were answered with an error, and the rows there are of follows, mutes, saved and seen."""
    from django.db import connections
    from django.test import Client
    from django.utils import timezone

    from newsroom.readers.models import Reader
    from newsroom.stories.models import Story, Storyline

    now = timezone.now()
    line = Storyline.objects.create(key="hundred")
    story = Story.objects.create(key="hundred", first_at=now, last_at=now, storyline=line)
    reader = Reader.objects.create(username="ada@example.org", keeps_history=True)
    item = {"kind": "story", "key": str(story.pk)}
    forms = [("/follow", SECTION), ("/follow", WORD)]
    forms += [("/keep", {"do": do, **item}) for do in ("save", "read", "opened")]
    wrong: list[int] = []
    places = threading.Semaphore(AT_ONCE)
    owner = Client()
    owner.force_login(reader)

    def send(address: str, form: dict[str, str]) -> None:
        client = Client(HTTP_HOST="127.0.0.1")
        client.cookies = owner.cookies
        with places:
            try:
                status = client.post(address, form).status_code
                if status != 303:
                    wrong.append(status)
            finally:
                connections.close_all()

    threads = [threading.Thread(target=send, args=form) for form in forms for _ in range(PRESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = (reader.follows, reader.mutes, reader.saved, reader.seen)
    return len(wrong), *(row.count() for row in rows)


if __name__ == "__main__":
    from newsroom.commands.site import open_site

    open_site(Path(sys.argv[1]))
    print(*press())
