"""From a host that reserves its texts to the article's row: read with the page, kept with the article."""

from __future__ import annotations

import pytest
from django.utils import timezone

from newsroom.articles.batch import store_read
from newsroom.articles.models import Article
from newsroom.desk.fetching import Fetching
from newsroom.publishers.models import Publisher
from newstext import marks, pipeline
from tests.site.loopback import Answer, serve
from tests.site.news import paragraphs_of, title_of


@pytest.mark.parametrize(
    ("path", "body", "headers", "expected"),
    [
        ("/.well-known/tdmrep.json", b'[{"location": "/news/*", "tdm-reservation": 1}]', {}, "tdm"),
        ("/robots.txt", b"User-agent: GPTBot\nDisallow: /news/\n", {}, "agents"),
        ("", b"", {"X-Robots-Tag": "noai"}, "noai"),
        ("", b"", {}, None),
    ],
)
def test_what_a_host_reserves_is_kept_with_the_article(db, settings, path, body, headers, expected):
    paper = Publisher.objects.create(slug="sound-mail", name="Sound Mail")
    with serve() as site:
        settings.FETCH_ALLOW_PRIVATE = frozenset({site.host})
        url = site.page("/news/1", title_of(0, 0), paragraphs_of(0, 0))
        site.answers["/news/1"].headers.update(headers)
        if path:
            site.answers[path] = Answer(body, "text/plain")
        fetching = Fetching()
        [read, again] = pipeline.process_pages([fetching.get_page(url), fetching.get_page(url)])
        asked = [asked for asked, _ in site.asked]
    now = timezone.now()
    row = Article.objects.create(publisher=paper, url=url, url_key=url, seen_at=now)
    store_read(row, read, marks.to_json(read.marks), now)
    row.refresh_from_db()
    assert row.text
    assert row.reserved == expected
    assert read.reserved == again.reserved
    assert asked.count("/.well-known/tdmrep.json") == 1
