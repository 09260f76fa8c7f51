"""./run ingest --once: read all that is due, then exit."""

from __future__ import annotations

import json
import sys
import threading

from newsroom.commands import site


def main(argv: list[str]) -> int:
    parser = site.parser("ingest", "Read all that is due, then exit. The last line says what was done, as JSON.")
    parser.add_argument("--once", action="store_true", help="the only way to run it: `./run` reads on and on")
    parser.add_argument("--all", action="store_true", help="check every feed now, due or not")
    options = parser.parse_args(argv)
    if not options.once:
        parser.error("give --once; to read on and on, start the site with ./run")
    site.open_site(options.data)
    from newsroom.desk import progress, sample
    from newsroom.desk.work import Desk

    desk = Desk()
    stop = threading.Event()
    watcher = threading.Thread(target=progress.watch, args=(desk, stop), daemon=True)
    watcher.start()
    try:
        _read_all(desk, every_feed=options.all)
        if desk.done.articles_placed:
            sample.leave_for_news()
    finally:
        stop.set()
        watcher.join()
        desk.close()
    print(json.dumps(desk.done.as_dict()), flush=True)
    return 0


def _read_all(desk: Desk, *, every_feed: bool) -> None:  # noqa: F821
    from newsroom.publishers.models import Feed
    from newsroom.stories.models import Story

    while desk.follow_asked():
        sys.stderr.flush()
    began = desk.clock()
    if every_feed:
        Feed.objects.filter(is_on=True).update(next_check_at=began)
    for step in (lambda: desk.read_feeds(before=began), desk.read_pages, desk.apply_memory, desk.group):
        while step():
            sys.stderr.flush()
    while desk.settle(at_once=True):
        sys.stderr.flush()
    # Nobody is there in a minute to write the notes of a story that rests.
    Story.objects.filter(notes_due_at__gt=began).update(notes_due_at=began)
    for step in (desk.write_notes, desk.keep_sections, desk.make_edition, desk.write_with_model, desk.fetch_pictures):
        while step():
            sys.stderr.flush()
