"""Row 6: what the list page costs as the archive grows: ten and a hundred times as many articles."""

from __future__ import annotations

import json
from pathlib import Path

from bench import filled, peers, site
from bench.row import Row, Run, at_most, median, ratio

SIZES = (10_000, 100_000, 1_000_000)
FEWEST = 300
MEASURING = """
import json, sys, time
import django; django.setup()
from newsroom import measure_pages
from newsroom.articles.models import Article
from django.core.handlers.wsgi import WSGIHandler
site = WSGIHandler()
for _ in range(3):
    measure_pages.ask(site, "/")
began = time.process_time()
for _ in range(measure_pages.REQUESTS):
    measure_pages.ask(site, "/")
ms = (time.process_time() - began) * 1000 / measure_pages.REQUESTS
print(json.dumps({"ms": ms, "articles": Article.objects.count()}))
"""


def measure(run: Run) -> list[Row]:
    """The page is asked for in processes in turn, smallest archive first."""
    places = [filled.site_of(run.size(size, least=FEWEST), run.site, run.site.parent) for size in SIZES]
    taken: dict[Path, list[float]] = {place: [] for place in places}
    held: list[int] = []
    for _ in range(run.rounds):
        held = []
        for place in places:
            said = json.loads(site.python(place, MEASURING).splitlines()[-1])
            taken[place].append(said["ms"])
            held.append(said["articles"])
    return summed_up([taken[place] for place in places], held, rounds=run.rounds)


def summed_up(taken: list[list[float]], held: list[int], *, rounds: int) -> list[Row]:
    rows = []
    for at, earlier in ((1, peers.LIST_AT_100K), (2, {})):
        less, more = taken[at - 1], taken[at]
        rows.append(
            at_most(
                f"List page at {held[at]:,} articles ÷ at {held[at - 1]:,}", 1.2, ratio(more, less),
                ours=f"{median(more):.2f} CPU ms", floor=f"{median(less):.2f} CPU ms",
                counts=f"made anew, {rounds} rounds of 20 requests in turn, SQLite", peers=peers.beside({}, earlier),
            )
        )  # fmt: skip
    return rows
