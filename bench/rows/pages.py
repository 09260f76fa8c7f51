"""Row 4: the front page and an article, made anew, signed in, and kept, beside a bare Django's list and item."""

from __future__ import annotations

import json

from bench import filled, peers, site
from bench.row import Row, Run, at_most

ARTICLES = 10_000
FEWEST = 3_000
# In one process, so that ratios hold: newsroom.measure_pages asks each in turn, round after round.
MEASURING = """
import json, os, sys, time
import django; django.setup()
from newsroom import measure_pages
measure_pages.ROUNDS = int(sys.argv[1])
rows = dict(measure_pages.measure())
from django.test import Client
from newsroom.readers.models import Reader
from newsroom.articles.models import Article
reader, _ = Reader.objects.get_or_create(username="bench", defaults={"email": "bench@paper.example", "name": "Bench"})
client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en", REMOTE_ADDR="192.0.2.7")
client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
taken = []
for _ in range(int(sys.argv[1])):
    assert client.get("/").status_code == 200
    began = time.process_time()
    for _ in range(measure_pages.REQUESTS):
        client.get("/")
    taken.append((time.process_time() - began) * 1000 / measure_pages.REQUESTS)
rows["front, signed in"] = sorted(taken)[len(taken) // 2]
print(json.dumps({"ms": rows, "articles": Article.objects.count()}))
"""
ROUNDS = 9


def measure(run: Run) -> list[Row]:
    held = run.size(ARTICLES, least=FEWEST)
    place = filled.site_of(held, run.site, run.site.parent)
    said = json.loads(site.python(place, MEASURING, str(max(1, min(ROUNDS, 3 * run.rounds)))).splitlines()[-1])
    ms: dict[str, float] = said["ms"]
    on = f"{said['articles']:,} articles, {run.rounds * 3} rounds of 20 requests in turn, in one process, SQLite"
    rows = []
    for name, page, bare, limit, earlier in (
        ("List page, made anew", "front, made anew", "bare list", 2.0, peers.LIST_PAGE),
        ("Article page, made anew", "article, made anew", "bare item", 2.5, peers.ITEM_PAGE),
        ("List page, signed in", "front, signed in", "bare list", 3.0, {}),
        ("List page, kept", "front, kept", "bare list", 0.1, {}),
    ):
        rows.append(
            at_most(
                f"{name} ÷ bare Django's", limit, ms[page] / ms[bare], ours=f"{ms[page]:.2f} CPU ms",
                floor=f"{ms[bare]:.2f} CPU ms", counts=on, peers=peers.beside({}, earlier),
            )
        )  # fmt: skip
    return rows
