"""Earlier articles: found in sitemaps and feed archives, read politely, once, and set into their own time."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta

import pytest

from newsroom.articles.models import Article
from newsroom.articles.save import READ_TRIES, as_record, clean_fresh, take_entries
from newsroom.desk import asking, backfill, quiet
from newsroom.desk.backfill import Backfilling
from newsroom.desk.work import Desk
from newsroom.publishers.models import Backfill, BackfillSource, Feed, Publisher
from newsroom.publishers.save import follow_feed, get_publisher
from newsroom.stories.models import Story
from newstext.records import RawEntry
from newstext.workers import Lost
from tests.site import archive, loopback, news

pytestmark = pytest.mark.django_db


class Inline:
    """Worker processes' place taken by this one."""

    def __call__(self, function, items):
        return map(function, items)

    def close(self) -> None:
        pass


@pytest.fixture
def site():
    with loopback.serve() as served:
        yield served


@pytest.fixture
def desk(settings, site):
    settings.FETCH_ALLOW_PRIVATE = frozenset({site.host})
    desk = Desk(clock=lambda: archive.NOW)
    desk.processes = Inline()
    yield desk
    desk.close()


def follow(site, feed: str, *, read: Desk | None = None) -> Publisher:
    publisher = get_publisher("The Archive Post", site.url("/"))
    follow_feed(publisher, feed, archive.NOW)
    if read:
        read.read_feeds()
        read.read_pages()
        while read.group():
            pass
    return publisher


def turns(desk: Desk, publisher: Publisher, *, days: int = 30, most: int = 10_000) -> Backfilling:
    """Ask for the publisher's past and give it turns until nothing is due."""
    asking.ask(publisher, days, desk.clock())
    backfilling = Backfilling(desk, hosts_at_once=3)
    rows = Backfill.objects.filter(publisher=publisher)
    for _ in range(most):
        if not backfilling.step(rows) and not backfilling.running:
            break
    return backfilling


def row_of(publisher: Publisher) -> Backfill:
    return Backfill.objects.get(publisher=publisher)


def earlier(**found):
    return Article.objects.filter(backfilled_at__isnull=False, **found)


def paths(site) -> list[str]:
    return [path for path, _ in site.asked]


def sitemap(site, path: str, body: bytes, media_type: str = "application/xml") -> str:
    site.answers[path] = loopback.Answer(body, media_type)
    return site.url(path)


def names_sitemaps(site, *where: str) -> None:
    lines = "".join(f"Sitemap: {site.url(path) if path.startswith('/') else path}\n" for path in where)
    site.answers["/robots.txt"] = loopback.Answer(f"User-agent: *\nDisallow: /private/\n{lines}".encode(), "text/plain")


def problems(publisher: Publisher) -> str:
    return " ".join(row_of(publisher).sources.exclude(problem="").values_list("problem", flat=True))


def test_index_sitemaps_and_articles_of_the_window_are_read_and_nothing_else(site, desk):
    publisher = follow(site, archive.serve_paper(site, days=9, articles=2), read=desk)
    site.asked.clear()
    done = turns(desk, publisher, days=5).done
    assert (done.taken, done.pages_read, done.pages_failed) == (10, 10, 0)
    assert earlier().count() == 10
    assert min(earlier().values_list("published_at", flat=True)) >= archive.day(5) - timedelta(days=1)
    assert all(article.text and article.is_backfilled for article in earlier())
    asked = paths(site)
    assert len(asked) == len(set(asked))
    assert not [path for path in asked if path.startswith("/tag") or path == "/news"]
    assert f"/maps/articles-{archive.day(8):%Y-%m-%d}.xml.gz" not in asked
    assert row_of(publisher).state == Backfill.DONE


def test_asked_again_it_asks_for_nothing_and_with_more_days_only_for_what_is_new(site, desk):
    publisher = follow(site, archive.serve_paper(site, days=9, articles=2), read=desk)
    turns(desk, publisher, days=5)
    before = set(paths(site))
    site.asked.clear()
    assert turns(desk, publisher, days=5).done.pages_read == 0
    assert paths(site) == []
    assert turns(desk, publisher, days=8).done.taken == 6
    again = set(paths(site)) & before
    assert not [path for path in again if path.startswith("/news/")]
    assert not [path for path in again if path.startswith("/maps/")]


def test_what_robots_txt_closes_is_not_asked_for(site, desk):
    feed = archive.serve_paper(site, days=3, articles=1)
    sitemap(site, "/private/map.xml", archive.urlset(site, [(archive.path_of(1, 0), archive.day(1))]))
    names_sitemaps(site, "/private/map.xml")
    publisher = follow(site, feed, read=desk)
    turns(desk, publisher)
    assert not [path for path in paths(site) if path.startswith("/private/")]
    assert "robots.txt asks us not to read it" in problems(publisher)
    assert earlier().count() == 0


def test_broken_and_empty_sitemaps_are_named_and_the_rest_goes_on(site, desk):
    feed = archive.serve_paper(site, days=3, articles=1, newest_in_feed=1)
    whole = archive.urlset(site, [(archive.path_of(1, 0), archive.day(1)), (archive.path_of(2, 0), archive.day(2))])
    sitemap(site, "/cut.xml", whole[: whole.index(b"</url>") + 12])
    sitemap(site, "/page.xml", b"<html><title>Please log in</title></html>")
    sitemap(site, "/empty.xml", b"<urlset></urlset>")
    sitemap(site, "/cut.xml.gz", gzip.compress(whole)[:-12], "application/gzip")
    names_sitemaps(site, "/cut.xml", "/page.xml", "/empty.xml", "/cut.xml.gz")
    publisher = follow(site, feed, read=desk)
    turns(desk, publisher)
    assert earlier().count() == 1
    for name in ("page.xml", "empty.xml", "cut.xml.gz"):
        assert name in problems(publisher)


def test_hostile_sitemaps_lead_nowhere(site, desk, tmp_path):
    feed = archive.serve_paper(site, days=2, articles=1, newest_in_feed=1)
    secret = tmp_path / "secret"
    secret.write_text(site.url(archive.path_of(1, 0)))
    entity = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{secret}">]>'
    sitemap(
        site, "/xxe.xml", f"{entity}<urlset><url><loc>&x;</loc><lastmod>2026-11-20</lastmod></url></urlset>".encode()
    )
    children = [
        (site.url("/loop.xml"), None),
        ("http://other.example/map.xml", None),
        ("http://10.0.0.1/map.xml", None),
    ]
    children += [("http://127.0.0.1:1/map.xml", None), ("http://[::1]/map.xml", None), ("file:///etc/hosts", None)]
    sitemap(site, "/loop.xml", archive.index(site, children))
    elsewhere = [(f"http://other.example{archive.path_of(1, 0)}", archive.day(1))]
    sitemap(
        site,
        "/elsewhere.xml",
        archive.index(site, elsewhere).replace(b"sitemap>", b"url>").replace(b"urlindex", b"urlset"),
    )
    sitemap(site, "/bomb.xml.gz", gzip.compress(b"<urlset>" + b" " * 40_000_000), "application/gzip")
    sitemap(site, "/huge.xml", b"<urlset>" + b"<url><loc>/a</loc></url>" * 700_000)
    names_sitemaps(
        site, "/xxe.xml", "/loop.xml", "/elsewhere.xml", "/bomb.xml.gz", "/huge.xml", "http://10.0.0.1/x.xml"
    )
    publisher = follow(site, feed, read=desk)
    turns(desk, publisher)
    assert earlier().count() == 0
    assert paths(site).count("/loop.xml") == 1
    assert all(source.url.startswith(site.url("/")) for source in row_of(publisher).sources.all())
    for part in ("declares entities", "another domain", "100 times its size", "over 16 MB. No more is read"):
        assert part in problems(publisher), part


def test_many_addresses_are_cut_to_the_newest_of_each_day(site, desk, settings):
    settings.BACKFILL_A_DAY = 2
    feed = archive.serve_paper(site, days=3, articles=1, newest_in_feed=1)
    items = [
        (archive.path_of(back, number), archive.day(back).replace(hour=number))
        for back in (1, 2)
        for number in range(9)
    ]
    sitemap(site, "/news.xml", archive.urlset(site, items, is_news=True))
    names_sitemaps(site, "/news.xml")
    publisher = follow(site, feed, read=desk)
    done = turns(desk, publisher).done
    assert (done.found, done.taken) == (19, 4)
    taken = {url.rpartition("/")[2][-3:] for url in earlier().values_list("url", flat=True)}
    assert taken == {"1-7", "1-8", "2-7", "2-8"}


def test_an_old_article_that_was_changed_lately_is_not_taken_by_its_date_of_change(site, desk):
    feed = archive.serve_paper(site, days=2, articles=1, newest_in_feed=1)
    old = archive.path_of(400, 0)
    bare = "/news/no/day/here/the-old-bridge-of-hask-stands"
    sitemap(site, "/map.xml", archive.urlset(site, [(old, archive.day(1)), (bare, None)]))
    names_sitemaps(site, "/map.xml")
    publisher = follow(site, feed, read=desk)
    assert turns(desk, publisher).done.taken == 0


@pytest.mark.parametrize("kind", ["rfc5005", "wordpress", "json"])
def test_archives_of_feeds_are_walked_back_until_they_are_too_old(site, desk, kind):
    pages = [f"/feed?p={number}" for number in range(1, 6)]
    if kind == "wordpress":
        pages = ["/feed", *(f"/feed?paged={number}" for number in range(2, 6))]
    for number, path in enumerate(pages):
        archive.serve_day(site, 4 * number, 1)
        item = {"path": archive.path_of(4 * number, 0), "title": "T", "at": news.date_for_rss(archive.day(4 * number))}
        following = site.url(pages[number + 1]) if number < 4 else ""
        if kind == "json":
            items = [{"id": path, "url": site.url(item["path"]), "date_published": archive.day(4 * number).isoformat()}]
            body = json.dumps(
                {"version": "https://jsonfeed.org/version/1.1", "title": "P", "items": items, "next_url": following}
            )
            site.answers[path] = loopback.Answer(body.encode(), "application/feed+json")
            continue
        site.feed(path, [item])
        link = f'<link xmlns="http://www.w3.org/2005/Atom" rel="prev-archive" href="{following}"/>'
        extra = (
            "<generator>https://wordpress.org/?v=6.8</generator>" if kind == "wordpress" else link if following else ""
        )
        site.answers[path].body = site.answers[path].body.replace(b"<item>", extra.encode() + b"<item>", 1)
    publisher = follow(site, site.url(pages[0]), read=desk)
    turns(desk, publisher, days=10)
    assert sorted((archive.NOW - at).days for at in earlier().values_list("published_at", flat=True)) == [4, 8]
    assert pages[3] in paths(site)
    assert pages[4] not in paths(site)


def test_a_site_that_gives_the_same_page_under_any_number_is_left(site, desk):
    url = archive.serve_paper(site, days=2, articles=1)
    page = site.answers["/feed.xml"]
    page.body = page.body.replace(b"<item>", b"<generator>WordPress</generator><item>", 1)
    site.answers["/feed.xml?paged=2"] = page
    site.answers["/feed.xml?paged=3"] = page
    turns(desk, follow(site, url, read=desk))
    assert "/feed.xml?paged=2" in paths(site)
    assert "/feed.xml?paged=3" not in paths(site)


def test_a_host_is_asked_for_one_thing_at_a_time_and_with_its_spacing(site, desk, settings):
    feed = archive.serve_paper(site, days=4, articles=3)
    publisher = follow(site, feed, read=desk)
    other = get_publisher("The Second Post", site.url("/"))
    Feed.objects.create(publisher=other, url=site.url("/feed.xml?2"), next_check_at=archive.NOW)
    asking.ask(other, 30, archive.NOW)
    settings.FETCH_SPACING_S, settings.FETCH_SPACING_IS_SET = 0.03, True
    spaced = Desk(clock=lambda: archive.NOW)
    spaced.processes = Inline()
    site.began_at.clear()
    site.at_once_most = 0
    asking.ask(publisher, 30, archive.NOW)
    backfilling = Backfilling(spaced, hosts_at_once=4)
    while backfilling.step(Backfill.objects.all()) or backfilling.running:
        pass
    gaps = [later - sooner for sooner, later in zip(site.began_at, site.began_at[1:], strict=False)]
    assert len(gaps) > 15
    assert min(gaps) >= 0.028
    assert site.at_once_most == 1
    spaced.close()


def test_a_crawl_delay_is_kept_between_turns_of_one_request(site, desk):
    feed = archive.serve_paper(site, days=3, articles=2)
    robots = site.answers["/robots.txt"]
    robots.body = robots.body.replace(b"Disallow", b"Crawl-delay: 20\nDisallow", 1)
    publisher = follow(site, feed, read=desk)
    site.asked.clear()
    turns(desk, publisher)
    assert paths(site) == ["/feed.xml"]
    assert row_of(publisher).next_at == archive.NOW + timedelta(seconds=20)


def test_a_host_that_asks_us_off_is_left_for_as_long_as_it_says(site, desk):
    publisher = follow(site, archive.serve_paper(site, days=4, articles=3), read=desk)
    turns(desk, publisher, most=12)  # the sources are walked
    waiting = archive.path_of(1, 1)
    for path in list(site.answers):
        if path.startswith("/news/"):
            site.answers[path] = loopback.Answer(b"", status=429, headers={"Retry-After": "1234"})
    Article.objects.filter(backfilled_at__isnull=False).update(read_at=None, next_read_at=archive.NOW, read_tries=0)
    Backfill.objects.update(state=Backfill.WAITING, next_at=archive.NOW)
    site.asked.clear()
    turns(desk, publisher)
    assert [status for _, status in site.asked] == [429]
    row = row_of(publisher)
    assert row.next_at == archive.NOW + timedelta(seconds=1234)
    assert "less often" in row.problem
    assert set(earlier().values_list("read_tries", flat=True)) == {0}
    asking.ask(publisher, 30, archive.NOW + timedelta(minutes=1))
    assert row_of(publisher).next_at == row.next_at
    assert site.url(waiting) in set(earlier(read_at=None).values_list("url", flat=True))


def test_no_host_but_the_operators_own_is_asked_more_often_than_the_hour_allows(site, desk, settings, monkeypatch):
    settings.BACKFILL_AN_HOUR = 4
    publisher = follow(site, archive.serve_paper(site, days=4, articles=3), read=desk)
    monkeypatch.setattr("newsroom.desk.reading.fastest_s", lambda url: 900)
    site.asked.clear()
    turns(desk, publisher)
    assert len(site.asked) <= 4 + 1  # and the robots.txt that allows them
    assert row_of(publisher).next_at == archive.NOW + timedelta(hours=1)


@pytest.mark.slow
def test_stopped_anywhere_it_goes_on_where_it_was(site, desk):
    publisher = follow(site, archive.serve_paper(site, days=6, articles=4), read=desk)
    site.asked.clear()
    read = 0
    for _ in range(60):
        backfilling = turns(desk, publisher, most=2)
        read += backfilling.done.pages_read
        while backfilling.running:  # its answers come and nobody keeps them: so it is after a kill
            backfilling.running.popitem()[0].result()
        backfilling.threads.shutdown()
        Backfill.objects.update(claimed_by="", claimed_until=None)
        if row_of(publisher).state == Backfill.DONE:
            break
    assert earlier(read_at__isnull=False).count() == read == 22
    assert row_of(publisher).sources.filter(state=BackfillSource.WAITING).count() == 0


@pytest.mark.slow
def test_asked_again_another_day_lists_are_walked_anew_for_what_came_since(site, desk):
    publisher = follow(site, archive.serve_paper(site, days=3, articles=1, newest_in_feed=1), read=desk)
    turns(desk, publisher)
    items = [(archive.path_of(back, 5), archive.day(back)) for back in (1, 2)]
    archive.serve_day(site, 1, 6)
    archive.serve_day(site, 2, 6)
    sitemap(site, "/more.xml", archive.urlset(site, items))
    names_sitemaps(site, "/index.xml", "/more.xml")
    site.asked.clear()
    later = Desk(clock=lambda: archive.NOW + timedelta(hours=13))
    later.processes = Inline()
    assert turns(later, publisher).done.taken == 2
    assert {path for path in paths(site) if path.startswith("/news/")} == {path for path, _ in items}
    later.close()


@pytest.mark.slow
def test_a_page_that_ends_its_worker_is_put_off_by_name_and_the_others_are_read(site, desk):
    publisher = follow(site, archive.serve_paper(site, days=4, articles=2, newest_in_feed=1), read=desk)

    class Fatal(Inline):
        def __call__(self, function, items):
            for page, furniture in items:
                is_fatal = "-2-1" in page.url
                yield Lost("it ended the process that read it") if is_fatal else function((page, furniture))

    desk.processes = Fatal()
    done = turns(desk, publisher, most=200).done
    assert (done.pages_read, done.pages_failed) == (6, 1)
    row = row_of(publisher)
    assert (row.state, row.next_at > archive.NOW) == (Backfill.WAITING, True)
    assert "ended the process that read it" in earlier().get(url__contains="-2-1").read_problem


def test_a_source_that_never_ends_is_given_up(site, desk):
    publisher = follow(site, archive.serve_paper(site, days=2, articles=1), read=desk)
    row = asking.ask(publisher, 5, archive.NOW)
    for _ in range(asking.SOURCE_KILLS):
        assert asking.next_turn(row, archive.NOW).source.kind == BackfillSource.FEED
    assert asking.next_turn(row, archive.NOW).source.kind == BackfillSource.ROBOTS
    assert "never ended" in row.sources.get(kind=BackfillSource.FEED).problem


def test_two_workers_never_have_one_publisher(site, desk):
    publisher = follow(site, archive.serve_paper(site, days=2, articles=2), read=desk)
    asking.ask(publisher, 30, archive.NOW)
    first, second = Backfilling(desk, hosts_at_once=2), Backfilling(Desk(clock=desk.clock), hosts_at_once=2)
    rows = Backfill.objects.all()
    assert first._begin(rows) == 1
    assert second._begin(rows) == 0
    first.close()
    assert second._begin(rows) == 1
    second.close()


def test_a_page_that_cannot_be_read_stands_in_no_story(site, desk):
    feed = archive.serve_paper(site, days=3, articles=1, newest_in_feed=1)
    site.answers[archive.path_of(1, 0)] = loopback.Answer(b"", status=404)
    site.answers[archive.path_of(2, 0)] = loopback.Answer(b"", status=500)
    publisher = follow(site, feed, read=desk)
    done = turns(desk, publisher).done
    while desk.group():
        pass
    assert (done.pages_read, done.pages_failed) == (0, 2)
    assert earlier(placement__isnull=False).count() == 0
    gone, broken = earlier(url__contains="-1-0").get(), earlier(url__contains="-2-0").get()
    assert (gone.next_read_at, broken.next_read_at) == (None, archive.NOW + timedelta(minutes=10))
    assert "HTTP 404" in gone.read_problem
    assert broken.read_tries == 1 < READ_TRIES


def test_a_page_that_names_no_day_keeps_the_one_its_sitemap_told(site, desk):
    feed = archive.serve_paper(site, days=1, articles=1)
    path = "/news/2026/wells/the-wells-of-morva-are-clean"
    site.page(path, "The wells of Morva are clean", news.paragraphs_of(1, 0))
    at = archive.day(6).replace(hour=9, minute=30)
    sitemap(site, "/map.xml", archive.urlset(site, [(path, at)]))
    names_sitemaps(site, "/map.xml")
    publisher = follow(site, feed)
    turns(desk, publisher)
    article = earlier().get(url__contains="morva")
    assert article.text
    assert article.published_at == at
    assert article.marks["at"].startswith(at.date().isoformat())


def test_what_a_feed_lists_is_news_though_a_sitemap_had_it_first(site, desk):
    publisher = follow(site, archive.serve_paper(site, days=2, articles=2, newest_in_feed=1), read=desk)
    turns(desk, publisher, most=6)
    row = earlier(read_at=None).first()
    feed = publisher.feeds.get()
    take_entries([(feed, clean_fresh([(feed, [RawEntry("g", row.url, title="Now in the feed")])])[0])], archive.NOW)
    row.refresh_from_db()
    assert (row.is_backfilled, row.feed_id) == (False, feed.pk)
    assert row in Article.objects.due_to_read(archive.NOW)


def test_what_became_news_while_its_page_failed_is_read_as_news(site, desk):
    publisher = follow(site, archive.serve_paper(site, days=2, articles=2, newest_in_feed=1), read=desk)
    turns(desk, publisher, most=6)
    asked = earlier(read_at=None).first()
    feed = publisher.feeds.get()
    take_entries([(feed, clean_fresh([(feed, [RawEntry("g", asked.url, title="Now in the feed")])])[0])], archive.NOW)
    backfill._keep_page(asked, as_record(asked), "HTTP 404", archive.NOW)
    row = Article.objects.get(pk=asked.pk)
    assert (row.read_problem, row.entry["title"]) == ("", "Now in the feed")
    assert row in Article.objects.due_to_read(archive.NOW)


def test_earlier_articles_make_stories_of_their_own_days(site, desk):
    feed = archive.serve_paper(site, days=1, articles=1)
    items = []
    for event in (0, 1):
        for paper in range(3):
            at = archive.day(20 + 5 * event).replace(hour=6 + paper)
            path = f"/news/{at:%Y/%m/%d}/{'-'.join(news.title_of(event, paper).lower().split()[:6])}-{event}-{paper}"
            body = (
                site.page(path, news.title_of(event, paper), news.paragraphs_of(event, paper))
                and site.answers[path].body
            )
            meta = f'<meta property="article:published_time" content="{at.isoformat()}"></head>'.encode()
            site.answers[path].body = body.replace(b"</head>", meta)
            items.append((path, at))
    sitemap(site, "/map.xml", archive.urlset(site, items, is_news=True))
    names_sitemaps(site, "/map.xml")
    publisher = follow(site, feed, read=desk)
    newest = Story.objects.public().order_by("-last_at").first()
    turns(desk, publisher, days=30)
    while desk.group():
        pass
    stories = Story.objects.filter(placements__article__in=earlier()).distinct().order_by("first_at")
    assert [story.article_count for story in stories] == [3, 3]
    assert [(archive.NOW - story.first_at).days for story in stories] in ([25, 20], [24, 19], [25, 19], [24, 20])
    assert all(story.last_at - story.first_at < timedelta(hours=3) for story in stories)
    assert Story.objects.public().order_by("-last_at").first() == newest


def test_a_story_of_today_gets_its_past_as_background(site, desk):
    feed_items, items = [], []
    told = (
        (0, "Captain of the ferry Halda is questioned over the reef off Port Meren", [
            "The captain of the ferry Halda, Anders Quill, was questioned by the coast guard in Sandwick on the day.",
            "Inspectors asked him why the Halda left Sandwick an hour late in thick fog, harbour master Ilse Torvik said.",
            "The Torrin Shipping Line said its other ferries would sail again over the Meren Sound.",
        ]),
        (7, "Torrin Shipping Line is fined over the ferry Halda", [
            f"On {archive.day(7):%d %B %Y} a court in Sandwick fined the Torrin Shipping Line 40,000 crowns for letting the ferry Halda sail with old charts.",
            "Judge Maren Holt said that the line had promised new charts of the Meren Sound in spring and bought none.",
            "The line will appeal. Its captain Anders Quill told the court that he had asked for the charts twice in writing.",
            "Passengers had complained in March about a night on which the ferry waited for the tide off Port Meren.",
        ]),
    )  # fmt: skip
    for back, title, facts in told:
        at = archive.day(back)
        path = f"/news/{at:%Y/%m/%d}/{'-'.join(title.lower().split()[:6])}"
        site.page(path, title, facts)
        items.append((path, at))
        if not back:
            feed_items.append({"path": path, "title": title, "at": news.date_for_rss(at)})
    feed = site.feed("/feed.xml", feed_items, title="The Archive Post")
    sitemap(site, "/map.xml", archive.urlset(site, items, is_news=True))
    names_sitemaps(site, "/map.xml")
    publisher = follow(site, feed, read=desk)
    while desk.write_notes():
        pass
    current = Story.objects.get(lead__url__contains="captain")
    assert current.notes_due_at is None
    before = json.dumps(current.notes.body)
    turns(desk, publisher)
    while desk.group():
        pass
    past = Story.objects.get(placements__article__in=earlier())
    assert past.storyline_id == current.storyline_id
    assert past != current
    current.refresh_from_db()
    assert current.notes_due_at > archive.NOW
    Story.objects.filter(pk=current.pk).update(notes_due_at=archive.NOW)
    while desk.write_notes():
        pass
    current.notes.refresh_from_db()
    source = str(earlier().get().pk)
    assert f'"article": "{source}"' not in before
    assert f'"article": "{source}"' in json.dumps(current.notes.body)


def test_new_articles_go_first_and_the_past_is_asked_for_once(site, desk, settings):
    settings.BACKFILL_DAYS = 4
    publisher = follow(site, archive.serve_paper(site, days=3, articles=1, newest_in_feed=1), read=desk)
    background = quiet.QuietBackfill(desk)
    Article.objects.filter(publisher=publisher).update(next_read_at=archive.NOW)  # news waits
    site.asked.clear()
    background.step()
    assert row_of(publisher).days == 4
    assert paths(site) == []
    Article.objects.filter(publisher=publisher).update(next_read_at=None)
    for _ in range(200):
        background.step()
        if row_of(publisher).state == Backfill.DONE:
            break
    assert earlier(read_at__isnull=False).count() == 2
    assert row_of(publisher).state == Backfill.DONE
    site.asked.clear()
    background.looked_at = None
    background.step()
    assert paths(site) == []
    background.close()


@pytest.mark.parametrize(("days", "read"), [(0, True), (14, False)])
def test_the_past_waits_for_the_first_stories_and_may_be_turned_off(site, desk, settings, days, read):
    settings.BACKFILL_DAYS = days
    follow(site, archive.serve_paper(site, days=2, articles=1), read=desk if read else None)
    background = quiet.QuietBackfill(desk)
    for _ in range(3):
        background.step()
    assert Backfill.objects.count() == 0
    background.close()


@pytest.mark.slow
def test_ingest_reads_no_earlier_article(site, desk):
    publisher = follow(site, archive.serve_paper(site, days=3, articles=2), read=desk)
    turns(desk, publisher, most=8)
    waiting = earlier(read_at=None).count()
    assert waiting
    assert desk.read_pages() == 0
    assert earlier(read_at=None).count() == waiting


def test_a_publishers_page_says_how_far_its_past_has_come(site, desk, client):
    publisher = follow(site, archive.serve_paper(site, days=3, articles=2), read=desk)
    turns(desk, publisher, days=3)
    page = client.get(publisher.get_absolute_url()).content.decode()
    assert "3 days back: 9 of 9 sources walked" in page
    assert "4 taken, 4 read" in page
    assert "All done." in page
