"""What a publisher's pages have in common goes from its articles, also from those read before."""

from __future__ import annotations

import json

import pytest

from newstext.identity import text_key
from tests.site import loopback, news, running

pytestmark = pytest.mark.slow

APPEAL = (
    "Nobody pays this paper but its readers, and printing grows dearer each winter, so please think of giving a "
    "little each month to keep it going."
)


@pytest.fixture
def site():
    with loopback.serve() as served:
        yield served


def serve_with_appeal(site, *numbers: int) -> str:
    items = []
    for number in numbers:
        title, paragraphs = news.EVENTS[number]
        path = f"/{number}.html"
        site.page(path, title, [*paragraphs, APPEAL])
        items.append({"path": path, "title": title, "at": news.date_for_rss(news.FIRST_AT)})
    return site.feed("/feed.xml", items)


def test_an_appeal_goes_from_pages_read_before_it_was_known(site, tmp_path):
    running.run("add", serve_with_appeal(site, 0), "--data", str(tmp_path), allow=site.host)
    running.ingest(tmp_path, allow=site.host)
    texts = "select count(*) from articles_article where text like '%Nobody pays%'"
    assert running.rows(tmp_path, texts) == [(1,)]
    serve_with_appeal(site, 0, 1, 2, 3)
    running.ingest(tmp_path, allow=site.host)
    assert running.rows(tmp_path, texts) == [(0,)]
    assert running.rows(tmp_path, "select count(*) from articles_version") == [(0,)]
    for text, key, sentences in running.rows(tmp_path, "select text, text_key, sentences from articles_article"):
        assert all(end <= len(text) for _, end in json.loads(sentences))
        assert key == text_key(text)
    ((version, due),) = running.rows(tmp_path, "select version, apply_due_at from publishers_memory")
    assert version > 0
    assert due is None
