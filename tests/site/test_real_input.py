"""The main job on real input: real feeds and real pages, served on loopback."""

from __future__ import annotations

import gzip
import json
import re
from html import unescape
from pathlib import Path

import pytest

from tests.site import loopback, news, running, serving

pytestmark = pytest.mark.slow
PAGES_A_FEED = 40


@pytest.fixture
def extraction(newstext_data: Path) -> Path:
    return newstext_data / "extraction"


def serve_real_feeds(site: loopback.Site, folder: Path) -> list[str]:
    addresses = []
    for number, path in enumerate(sorted((folder / "feeds" / "real").glob("*.gz"))):
        site.answers[f"/feed/{number}.xml"] = loopback.Answer(gzip.decompress(path.read_bytes()), "application/xml")
        addresses.append(site.url(f"/feed/{number}.xml"))
    return addresses


def serve_real_pages(site: loopback.Site, folder: Path, *, most: int) -> tuple[list[str], list[dict]]:
    """Each real page under an invented feed that lists it."""
    lines = gzip.decompress((folder / "manifest.jsonl.gz").read_bytes()).decode().splitlines()
    rows = [row for line in lines if (row := json.loads(line)).get("body")][:most]
    feeds = []
    for start in range(0, len(rows), PAGES_A_FEED):
        items = []
        for row in rows[start : start + PAGES_A_FEED]:
            page = gzip.decompress((folder / row["file"]).read_bytes())
            site.answers[f"/page/{row['id']}"] = loopback.Answer(page, "text/html")
            items.append({"path": f"/page/{row['id']}", "title": "", "at": news.date_for_rss(news.FIRST_AT)})
        feeds.append(site.feed(f"/pages/{start}.xml", items, title=f"Invented list {start}"))
    return feeds, rows


def test_real_pages_become_articles_with_their_text(extraction, tmp_path):
    with loopback.serve() as site:
        feeds, rows = serve_real_pages(site, extraction, most=120)
        running.run("add", *feeds, "--data", str(tmp_path), allow=site.host)
        done = running.ingest(tmp_path, allow=site.host, READ_WORKERS="2")
    assert done["items_new"] == len(rows)
    assert done["articles_placed"] == len(rows)
    assert done["pages_failed"] == 0
    texts = running.rows(tmp_path, "select count(*) from articles_article where length(text) > 300")[0][0]
    assert texts >= 0.93 * len(rows)  # the rest: pages in other alphabets' few letters, stubs, refused kinds
    assert running.rows(tmp_path, "select count(*) from stories_story where notes_due_at is not null") == [(0,)]
    read_the_pages(tmp_path)


def read_the_pages(data: Path) -> None:
    """Serve what was read: each page comes, whole, and every mark leads to a sentence."""
    with serving.site(data) as get:
        front = get("/")
        stories = set(re.findall(r'href="(/story/\d+)"', front))
        assert len(stories) >= 20
        for story in sorted(stories)[:10]:
            html = get(story)
            assert ">Who tells it</h2>" in html
            for article, place in set(re.findall(r'href="(/article/\d+)#(s\d+)"', html)):
                assert f'<span id="{place}">' in get(article)
        for key, text in running.rows(data, "select id, text from articles_article where text <> '' limit 25"):
            html = unescape(get(f"/article/{key}"))
            assert all(heading in html for heading in ("Try the AI features", "Comments"))
            assert ("Related articles" in html) == ('class="related"' in html)  # nothing related, no such section
            assert str(text).split("\n\n")[0][:40] in re.sub(r"</?span[^>]*>", "", html)


def test_real_feeds_are_read_and_dead_pages_told_by_their_feed(extraction, tmp_path):
    with loopback.serve() as site:
        feeds = serve_real_feeds(site, extraction)[:20]
        running.run("add", *feeds, "--data", str(tmp_path), allow=site.host)
        said = running.run(
            "ingest",
            "--once",
            "--data",
            str(tmp_path),
            allow=site.host,
            timeout_s=400,
            READ_WORKERS="2",
            FETCH_SPACING_S="0",
        )
    done = json.loads(said.splitlines()[-1])
    assert done["feeds"] == len(feeds)
    assert done["feeds_failed"] == 0
    assert done["items_new"] > 10 * len(feeds)
    held = running.rows(tmp_path, "select count(*), sum(grouped_at is not null) from articles_article")[0]
    assert held[0] == held[1] == done["items_new"]
