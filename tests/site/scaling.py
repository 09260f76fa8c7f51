"""What more workers bring on pages that cost processor time: `python -m tests.site.scaling [PAGES]`.

Reads the same invented pages, on loopback and without rest between them, with
1, 2 and 4 workers of one reading process each, on one PostgreSQL and one
RabbitMQ. Prints a line each: pages a second, and the processor time of the
workers for a page, which other work on the machine changes little: where it
stays as it is, what a worker more brings is what cores it has.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench import meter
from tests.hostile import databases
from tests.site import loopback, news, running
from tests.site.rabbit import Rabbit
from tests.site.workers import Site

PAGES, PAPERS = 600, 4
PARTS = 12  # a page is as long as so many of the usual invented ones
BEGUN = 40  # pages until which workers start up: they do not count
WORKERS = (1, 2, 4)
ALONE = {"READ_WORKERS": "1", "BACKFILL_DAYS": "0", "REREAD": "no"}


def serve_long_pages(served: loopback.Site, pages: int) -> list[str]:
    """Serve so many long pages, no two alike, and the feeds that name them; the feeds' addresses."""
    feeds = []
    for paper in range(PAPERS):
        items = []
        for number in range(pages // PAPERS):
            told = news.paragraphs_of(number % len(news.EVENTS), paper % len(news.PAPERS)) * PARTS
            told = [f"{words} Clerk {number} of the harbour wrote part {part}." for part, words in enumerate(told)]
            title = f"{number} of {paper}: {news.title_of(number % len(news.EVENTS), 0)}"
            path = f"/{paper}/{number}.html"
            served.page(path, title, told)
            items.append({"path": path, "title": title, "at": news.date_for_rss(news.FIRST_AT)})
        feeds.append(served.feed(f"/{paper}/feed.xml", items, title=f"Paper {paper}"))
    return feeds


def processor_s(site: Site) -> float:
    """Processor time of the workers and all that they started, so far."""
    return sum(meter.cpu_s(process.pid) for process in site.workers.values())


def measure(site: Site, workers: int, pages: int) -> str:
    """The line of so many workers."""
    feeds = serve_long_pages(site.served, pages)
    running.run("add", *feeds, "--data", str(site.folder / "web"), allow=site.served.host, **site.settings)
    for number in range(workers):
        site.start_worker(str(number), **ALONE)
    while (first := site.read()) < BEGUN:
        time.sleep(0.5)
    began, used_s = time.monotonic(), processor_s(site)
    while (last := site.read()) < pages * 0.9:
        time.sleep(0.5)
    took_s, used_s = time.monotonic() - began, processor_s(site) - used_s
    return (
        f"{workers} workers: {(last - first) / took_s:.1f} pages a second, {used_s / (last - first) * 1000:.0f} ms of "
        f"processor time a page, {used_s / took_s:.2f} cores had; load {os.getloadavg()[0]:.0f}"
    )


def main(argv: list[str]) -> int:
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        server = held.enter_context(databases.postgres())
        broker = Rabbit(folder / "rabbit")
        held.callback(broker.end)
        broker.start()
        for workers in WORKERS:
            database = databases.new_database(server, f"of{workers}")
            with loopback.serve() as served:
                site = Site(folder / str(workers), served, database, broker)
                try:
                    print(measure(site, workers, int(argv[0]) if argv else PAGES), flush=True)
                finally:
                    site.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
