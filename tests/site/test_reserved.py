"""From a host that reserves its texts to the page that says so: read with the page, kept with the article."""

from __future__ import annotations

import pytest

from newsroom.articles.models import Article
from tests.site.loopback import Answer, serve
from tests.site.news import serve_papers


@pytest.mark.parametrize(
    ("path", "body", "headers", "expected"),
    [
        ("/.well-known/tdmrep.json", b'[{"location": "/0/*", "tdm-reservation": 1}]', {}, "tdm"),
        ("/robots.txt", b"User-agent: GPTBot\nDisallow: /0/\n", {}, "agents"),
        ("", b"", {"X-Robots-Tag": "noai"}, "noai"),
        ("", b"", {}, None),
    ],
)
def test_what_a_host_reserves_is_kept_with_the_article(db, settings, path, body, headers, expected):
    from django.utils import timezone

    from newsroom.desk.work import Desk
    from newsroom.publishers.save import follow_feed, get_publisher

    with serve() as site:
        settings.FETCH_ALLOW_PRIVATE = frozenset({site.host})
        [feed] = serve_papers(site, papers=1, events=1)
        site.answers["/0/story-0.html"].headers.update(headers)
        if path:
            site.answers[path] = Answer(body, "text/plain")
        follow_feed(get_publisher("The Meren Courier", feed), feed, timezone.now())
        desk = Desk()
        try:
            desk.read_feeds()
            desk.read_pages()
        finally:
            desk.close()
        row = Article.objects.get(url=site.url("/0/story-0.html"))
        assert row.text
        assert row.reserved == expected
        assert sum(asked == "/.well-known/tdmrep.json" for asked, _ in site.asked) == 1
