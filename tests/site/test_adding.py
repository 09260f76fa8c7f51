"""Following a site by its address: the feed its page names, else one at a usual place."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from newsroom.desk import adding
from newsroom.publishers.models import Feed, Publisher
from tests.site import loopback

PAGE = b"<!doctype html><title>Tarn Echo</title>%s<h1>Tarn Echo</h1>"


@pytest.fixture
def site(db, settings):
    with loopback.serve() as served:
        settings.FETCH_ALLOW_PRIVATE = frozenset({served.host})
        yield served


def test_a_site_that_names_no_feed_is_asked_at_the_usual_places(site):
    site.answers["/"] = loopback.Answer(PAGE % b"")
    site.feed("/rss.xml", [{"path": "/a", "title": "Mill burns", "at": "Mon, 16 Nov 2026 07:00:00 GMT"}])
    added = adding.add(site.url("/"))
    assert (added.new, added.problems) == (1, [])
    assert Feed.objects.filter(url=site.url("/rss.xml")).exists()


def test_a_site_that_names_a_feed_is_asked_nowhere_else(site):
    site.answers["/"] = loopback.Answer(PAGE % b"<link rel=alternate type=application/rss+xml href=/gone.xml>")
    site.feed("/rss.xml", [])
    added = adding.add(site.url("/"))
    assert added.new == 0
    assert "gone.xml: HTTP 404" in added.problems[0]
    assert [path for path, _ in site.asked] == ["/", "/gone.xml"]


def test_no_key_of_a_feed_stands_on_its_publishers_page(db, client, tmp_path):
    keyed = "https://ada:s3cret@tarn-echo.example/feed.xml?key=k3y-of-a-subscriber"
    outline = f'<outline type="rss" text="Tarn Echo" xmlUrl="{keyed}"/>'
    (tmp_path / "list.opml").write_text(f'<opml version="2.0"><body>{outline}</body></opml>')
    assert adding.add(str(tmp_path / "list.opml")).new == 1
    publisher = Feed.objects.get(url=keyed).publisher
    assert publisher.home_url == "https://tarn-echo.example/"
    page = client.get(publisher.get_absolute_url()).content.decode()
    assert "k3y" not in page
    assert "s3cret" not in page


def test_a_key_that_stood_there_goes_with_the_upgrade(db):
    for name, url in (("keyed", "https://ada:s3cret@tarn-echo.example/feed?key=k3y"), ("odd", "http://[")):
        publisher = Publisher.objects.create(slug=name, name=name, home_url=url)
        Feed.objects.create(publisher=publisher, url=url, next_check_at=timezone.now())
    own = Publisher.objects.create(slug="own", name="own", home_url="https://own.example/news?page=1")
    import_module("newsroom.publishers.migrations.0009_home_without_key").take_the_front_page(apps, None)
    assert Publisher.objects.get(slug="keyed").home_url == "https://tarn-echo.example/"
    assert Publisher.objects.get(slug="odd").home_url == "http://[/"
    own.refresh_from_db()
    assert own.home_url == "https://own.example/news?page=1"


def test_a_site_without_a_feed_is_told_once(site):
    site.answers["/"] = loopback.Answer(PAGE % b"")
    [problem] = adding.add(site.url("/")).problems
    assert "web page ('Tarn Echo')" in problem
    assert "none at /feed" in problem
