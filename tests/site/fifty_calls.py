"""Fifty calls of a language model asked for at once, in threads: `python -m tests.site.fifty_calls DATA_DIR`.

The tests' own SQLite is in memory, where connections do not wait for each other; the site's is a file.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

CALLS = 50


def at_once() -> tuple[int, int]:
    """How many calls were granted, and how many are counted."""
    from django.db import connections
    from django.utils import timezone

    from newsroom.stories import model_calls
    from newsroom.stories.models import ModelCall, Story, Storyline

    now = timezone.now()
    story = Story.objects.create(
        key="fifty", first_at=now, last_at=now, storyline=Storyline.objects.create(key="fifty")
    )
    granted: list[int] = []

    def take(number: int) -> None:
        try:
            model_calls.take(f"{number:064d}", "brief", story, now)
            granted.append(number)
        except model_calls.NoBudget:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(number,)) for number in range(CALLS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(granted), ModelCall.objects.count()


if __name__ == "__main__":
    from newsroom.commands.site import open_site

    open_site(Path(sys.argv[1]))
    print(*at_once())
