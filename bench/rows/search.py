"""Row 7: a search for two common words among a hundred thousand articles, ranked."""

from __future__ import annotations

import json

from bench import filled, peers, site
from bench.row import Row, Run, at_most

ARTICLES = 100_000
FEWEST = 3_000
QUERIES = 40
# What the search page does with a line, and the index alone; the words are such as stand in many articles.
ASKING = """
import json, sys, time
import django; django.setup()
from django.db import connection
from newsroom.articles.models import Article
from newsroom.stories import search_finding, search_results
from newsroom.stories.search_page import NEWEST
from newsroom.stories.search_query import read_query

def common(count):
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIRTUAL TABLE temp.held USING fts5vocab(main, 'articles_search', 'row')")
        cursor.execute("SELECT term FROM temp.held WHERE length(term) > 4 ORDER BY doc DESC LIMIT %s", [count])
        return [row[0] for row in cursor.fetchall()]

words = common(40)
ours, floor = [], []
for place in range(int(sys.argv[1])):
    one, other = words[place % len(words)], words[(place * 7 + 3) % len(words)]
    line = f"{one} {other}"
    began = time.perf_counter()
    query = read_query(line)
    found = search_finding.find(query, most=NEWEST)
    keys = search_finding.by_rank(query, found)[: search_results.A_PAGE]
    search_results.articles_in_order(keys)
    ours.append(1000 * (time.perf_counter() - began))
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT rowid FROM articles_search WHERE articles_search MATCH %s"
                       " ORDER BY bm25(articles_search) LIMIT 20", [f'"{one}" AND "{other}"'])
        rows = cursor.fetchall()
    floor.append(1000 * (time.perf_counter() - began))
print(json.dumps({"ours": sorted(ours), "floor": sorted(floor), "articles": Article.objects.count()}))
"""


def measure(run: Run) -> list[Row]:
    held = run.size(ARTICLES, least=FEWEST)
    place = filled.site_of(held, run.site, run.site.parent)
    said = json.loads(site.python(place, ASKING, str(QUERIES)).splitlines()[-1])
    ours, floor = said["ours"], said["floor"]
    p50 = ours[len(ours) // 2]
    index = floor[len(floor) // 2]
    return [
        at_most(
            "Search, two common words, ranked, p50 in ms", 20, p50, ours=f"p50 {p50:.1f} ms, slowest {ours[-1]:.1f} ms",
            floor=f"FTS5 alone, the best 20 of all: p50 {index:.1f} ms",
            counts=f"{said['articles']:,} articles, {QUERIES} lines, one at a time, warm",
            peers=peers.beside({}, peers.SEARCH_MS),
        )
    ]  # fmt: skip
