"""One article one record, one publisher one record: through feeds and pages of invented sites."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from newsroom.articles.known import find_article
from newsroom.articles.models import Address, Article
from newsroom.comments.models import Comment
from newsroom.desk import merging
from newsroom.desk.fetching import NoPage, Seen
from newsroom.desk.work import Desk
from newsroom.publishers.models import Feed, OldSlug, Publisher
from newsroom.publishers.save import Looked, follow_feed, get_publisher
from newsroom.readers.save import make_admin
from newsroom.stories.models import Placement, Story
from newstext.feeds import parse_feed
from newstext.records import Page
from tests.site import loopback, news, running

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
TITLE, TEXT = news.title_of(0, 0), news.paragraphs_of(0, 0)
OTHER_TITLE, OTHER_TEXT = news.title_of(1, 0), news.paragraphs_of(1, 0)


class InventedSites:
    """Stands in the place of the desk's fetching, with pages and feeds under any host name."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, str]] = {}  # address -> (final address, HTML)
        self.feeds: dict[str, bytes] = {}

    def page(self, url: str, title: str, paragraphs: list[str], *, head: str = "", final_url: str = "") -> str:
        body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        html = (
            f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head>"
            f"<body><article><h1>{title}</h1>{body}</article></body></html>"
        )
        self.pages[url] = (final_url or url, html)
        return url

    def feed(self, url: str, items: list[dict[str, str]], *, title: str = "Sound Courier", home: str = "") -> None:
        listed = [{"at": news.date_for_rss(NOW), "guid": item["path"], **item} for item in items]
        self.feeds[url] = loopback.rss(title, home or url, listed, lambda path: path)

    def look_at_feed(self, feed: Feed) -> Looked:
        return Looked(outcome="new", status=200, entries=parse_feed(self.feeds[feed.url], url=feed.url).entries)

    def get_page(self, url: str, seen: Seen) -> Page | NoPage:
        if url not in self.pages:
            return NoPage("fetch", f"{url}: is not there.", is_final=True)
        final_url, html = self.pages[url]
        return Page(final_url, html.encode())


class Inline:
    """The built-in map, with the end that worker processes have."""

    def __call__(self, function, items, /):
        return map(function, items)

    def close(self) -> None:
        pass


@pytest.fixture
def sites() -> InventedSites:
    return InventedSites()


@pytest.fixture
def desk(sites):
    made = Desk(clock=lambda: NOW)
    made.processes.close()
    made.processes, made.fetching = Inline(), sites
    yield made
    made.close()


def follow(sites: InventedSites, url: str, *items: dict[str, str], name: str = "Sound Courier", home: str = "") -> Feed:
    """A publisher with one feed of these items, to be checked at once."""
    sites.feed(url, list(items), title=name, home=home)
    follow_feed(get_publisher(name, home or url), url, NOW - timedelta(hours=1))
    return Feed.objects.get(url=url)


def work(desk: Desk) -> None:
    """One whole round: feeds, pages, stories."""
    Feed.objects.update(next_check_at=NOW - timedelta(minutes=1))
    desk.read_feeds()
    while desk.read_pages():
        pass
    while desk.group():
        pass


def rows() -> list[Article]:
    return list(Article.objects.filter(publisher__is_sample=False).order_by("pk"))


def item(path: str, title: str = TITLE) -> dict[str, str]:
    return {"path": path, "title": title}


HOME = "https://www.courier.example/"
MAIN = f"{HOME}news/ferry-halda-runs-aground-481516"
LINKS = (
    f'<link rel="canonical" href="{MAIN}"><link rel="amphtml" href="{HOME}schnell/481516">'
    f'<link rel="shortlink" href="{HOME}?p=481516"><link rel="alternate" media="print" href="{HOME}druck/481516">'
)


def test_forms_of_one_address_in_many_feeds_are_one_record(sites, desk):
    sites.page(f"{MAIN}?utm_source=rss", TITLE, TEXT)
    forms = (f"{MAIN}?utm_source=rss", f"{MAIN}#top", MAIN.replace("https://www.", "http://m."), f"{MAIN}/amp")
    for number, form in enumerate(forms):
        follow(sites, f"{HOME}feed/{number}", item(form), home=HOME)
    work(desk)
    assert len(rows()) == 1


def test_addresses_that_a_page_names_find_its_record_later(sites, desk):
    sites.page(f"{HOME}f/12", TITLE, TEXT, head=LINKS)
    follow(sites, f"{HOME}feed", item(f"{HOME}f/12"))
    work(desk)
    for number, other in enumerate((MAIN, f"{HOME}schnell/481516", f"{HOME}?p=481516", f"{HOME}druck/481516")):
        assert find_article(other).pk == rows()[0].pk
        follow(sites, f"{HOME}later/{number}", item(other))
    work(desk)
    assert len(rows()) == 1
    assert rows()[0].canonical_url == MAIN


def test_where_a_redirect_leads_is_an_address_of_the_record(sites, desk):
    sites.page("https://links.example/go/77", TITLE, TEXT, final_url=MAIN)
    follow(sites, f"{HOME}feed", item("https://links.example/go/77"))
    work(desk)
    follow(sites, f"{HOME}feed/2", item(MAIN))
    work(desk)
    assert [row.url for row in rows()] == ["https://links.example/go/77"]


def two_rows_of_one(sites: InventedSites, desk: Desk) -> list[int]:
    """The AMP and the main page of an article, taken in before either was read; their numbers."""
    sites.page(f"{HOME}schnell/481516", TITLE, TEXT, head=f'<link rel="canonical" href="{MAIN}">')
    sites.page(MAIN, TITLE, TEXT, head=LINKS)
    follow(sites, f"{HOME}feed/1", item(f"{HOME}schnell/481516"), home=HOME)
    follow(sites, f"{HOME}feed/2", item(MAIN), home=HOME)
    desk.read_feeds()
    return [row.pk for row in rows()]


def test_two_rows_found_to_be_one_are_merged_and_the_number_goes_on_resolving(sites, desk):
    kept, later = two_rows_of_one(sites, desk)
    assert kept < later
    Comment.objects.create(article_id=later, name="Ada", text="Were you there?", state="shown", created_at=NOW)
    work(desk)
    assert [row.pk for row in rows()] == [kept]
    answer = Client().get(f"/article/{later}/an-old-slug")
    assert (answer.status_code, answer["Location"]) == (301, rows()[0].get_absolute_url())
    assert b"Were you there?" in Client().get(f"/article/{kept}").content
    work(desk)
    [row] = rows()
    assert (row.pk, row.versions.count()) == (kept, 0)  # both pages said the same


def test_a_comment_sent_to_a_merged_article_stands_under_the_one_that_stays(sites, desk):
    kept, later = two_rows_of_one(sites, desk)
    work(desk)
    Client().post(f"/article/{later}/comments", {"name": "Ada", "text": "I was on board."})
    assert Comment.objects.get().article_id == kept


def test_merging_twice_is_as_good_as_once(sites, desk):
    two_rows_of_one(sites, desk)
    one, other = rows()
    for _ in range(2):
        merging.merge(one, other, NOW, because="one address")
    assert len(rows()) == 1
    assert Address.objects.get(url_key=f"article:{other.pk}").article_id == one.pk


@pytest.mark.parametrize("canonical", [HOME, f"{HOME}news/", f"{HOME}news/wrong-for-all-of-them-77"])
def test_a_canonical_that_many_articles_share_merges_nothing(sites, desk, canonical):
    items = []
    for event in range(3):
        title, text = news.title_of(event, 0), news.paragraphs_of(event, 0)
        url = sites.page(f"{HOME}news/story-{event}", title, text, head=f'<link rel="canonical" href="{canonical}">')
        items.append(item(url, title))
    follow(sites, f"{HOME}feed", *items)
    work(desk)
    assert [row.title for row in rows()] == [one["title"] for one in items]


def test_items_that_stand_in_their_feed_alone_stay_two_records(sites, desk):
    feed = follow(sites, f"{HOME}days/4711.xml", home=HOME)
    told = "".join(
        f"<item><title>The harbour on {day} November</title><guid isPermaLink='false'>day-{day}</guid>"
        f"<description>On {day} November nobody left the harbour of Orrin, and two boats came in.</description></item>"
        for day in (12, 13)
    )
    sites.feeds[feed.url] = f"<rss version='2.0'><channel><title>Days</title>{told}</channel></rss>".encode()
    work(desk)
    Article.objects.update(next_read_at=NOW)
    work(desk)
    assert [row.title for row in rows()] == ["The harbour on 12 November", "The harbour on 13 November"]
    assert not Address.objects.exists()


def test_one_text_on_two_hosts_of_one_publisher_is_one_record(sites, desk):
    for host in ("www", "staging"):
        sites.page(f"https://{host}.courier.example/news/ferry-halda-aground", TITLE, TEXT)
    paths = [f"https://{host}.courier.example/news/ferry-halda-aground" for host in ("www", "staging")]
    follow(sites, f"{HOME}feed", *(item(path) for path in paths))
    work(desk)
    assert [row.url for row in rows()] == paths[:1]
    assert find_article(paths[1]).pk == rows()[0].pk


def test_one_wire_text_at_two_publishers_stays_two_records_in_one_story(sites, desk):
    for name in ("courier", "gazette"):
        url = sites.page(f"https://{name}.example/news/ferry-halda-aground", TITLE, TEXT)
        follow(sites, f"https://{name}.example/feed", item(url), name=f"The {name.title()}")
    work(desk)
    first, second = rows()
    assert first.placement.story_id == second.placement.story_id
    assert second.placement.copy_of_id == first.pk


def test_a_headline_in_another_order_is_one_record_with_both_states(sites, desk):
    feed = f"{HOME}feed"
    sites.page(f"{HOME}news/ferry-halda-aground", "Ferry Halda runs aground off Port Meren", TEXT)
    follow(sites, feed, item(f"{HOME}news/ferry-halda-aground", "Ferry Halda runs aground off Port Meren"))
    work(desk)
    [kept] = rows()
    new_title = "Off Port Meren, ferry Halda runs aground"
    longer = [*TEXT[:-1], TEXT[-1].replace("Thursday", "Thursday morning")]
    sites.page(f"{HOME}news/off-port-meren-ferry", new_title, longer)
    both = [item(f"{HOME}news/off-port-meren-ferry", new_title), item(f"{HOME}news/ferry-halda-aground", kept.title)]
    sites.feed(feed, both)
    work(desk)
    [row] = rows()
    assert (row.pk, row.title) == (kept.pk, new_title)
    assert [version.title for version in row.versions.all()] == [kept.title]
    assert Placement.objects.filter(article=row, copy_of=None).count() == 1
    for _ in range(2):
        work(desk)
    assert row.versions.count() == 1  # both items stay in the feed, and neither makes the other new again


def test_merging_carries_placement_versions_and_story(sites, desk):
    for number, (title, text) in enumerate([(TITLE, TEXT), (OTHER_TITLE, OTHER_TEXT)]):
        url = sites.page(f"{HOME}news/story-{number}", title, text)
        follow(sites, f"{HOME}feed/{number}", item(url, title), home=HOME)
    work(desk)
    one, other = rows()
    old_story = other.placement.story
    merging.merge(one, other, NOW, because="an editor said so")
    [kept] = rows()
    assert {kept.title, *kept.versions.values_list("title", flat=True)} == {TITLE, OTHER_TITLE}
    answer = Client().get(f"/story/{old_story.pk}")
    assert (answer.status_code, answer["Location"]) == (301, kept.placement.story.get_absolute_url())
    assert Story.objects.get(pk=kept.placement.story_id).article_count == 1


# --- publishers ---------------------------------------------------------------


def test_ways_of_writing_a_name_on_one_domain_are_one_publisher():
    first = get_publisher("The Harbour Gazette", "https://www.gazette.example/")
    for name in ("Harbour Gazette", "harbour gazette", "The Harbour Gazette Online", "Harbour Gazette News"):
        assert get_publisher(name, "https://gazette.example/world") == first


def test_mastheads_of_one_domain_stay_apart():
    first = get_publisher("The Harbour Gazette", "https://gazette.example/")
    assert get_publisher("Sunday Mirror of Meren", "https://gazette.example/sunday") != first


def test_papers_of_one_portal_stay_apart():
    first = get_publisher("The Mirror", "https://north.blogspot.com/")
    assert get_publisher("The Mirror", "https://south.blogspot.com/") != first


def test_one_paper_under_two_endings_is_one_only_by_its_whole_name():
    first = get_publisher("The Quay", "https://quay.co.uk/")
    assert get_publisher("Quay", "https://www.quay.com/") == first
    assert get_publisher("Quay Online", "https://www.quay.org/") != first
    assert get_publisher("The Quay", "https://quaynews.com/") != first


def test_two_papers_of_one_name_are_told_apart_wherever_they_are_listed(sites, desk):
    for domain in ("north.example", "south.example"):
        url = sites.page(f"https://{domain}/news/ferry-halda-aground", TITLE, TEXT)
        follow(sites, f"https://{domain}/feed", item(url), name="The Morning Sun")
    work(desk)
    while desk.write_notes():
        pass
    papers = Publisher.objects.filter(name="The Morning Sun").order_by("pk")
    assert [paper.slug for paper in papers] == ["the-morning-sun", "the-morning-sun-2"]
    article = rows()[1]
    story = Story.objects.get(placements__article=article)
    client = Client()
    for address in ("/publishers", "/stories", f"/story/{story.pk}", f"/article/{article.pk}", "/search?q=Halda"):
        html = client.get(address).content.decode()
        assert "The Morning Sun (south.example)" in html, address
        assert "<bdi>The Morning Sun</bdi>" not in html, address


def test_a_name_borne_alone_is_shown_without_its_domain():
    assert get_publisher("The Lone Star of Karsa", "https://lone.example/").shown_name == "The Lone Star of Karsa"


def test_united_publishers_keep_feeds_articles_and_the_old_address(sites, desk):
    for name in ("Harbour Gazette", "HG Meren"):
        url = sites.page(f"https://gazette.example/{name[:2]}/ferry-halda-aground", *news_of(name))
        follow(sites, f"https://gazette.example/feed/{name[:2]}", item(url), name=name)
    work(desk)
    kept, later = Publisher.objects.filter(domain="gazette.example").order_by("pk")
    make_admin("editor@gazette.example", "a long and quiet password")
    client = Client()
    client.login(username="editor@gazette.example", password="a long and quiet password")
    chosen = {"action": "unite", "_selected_action": [kept.pk, later.pk]}
    assert client.post(reverse("admin:publishers_publisher_changelist"), chosen).status_code == 302
    assert kept.feeds.count() == kept.articles.count() == 2
    answer = client.get(f"/publisher/{later.slug}")
    assert (answer.status_code, answer["Location"]) == (301, kept.get_absolute_url())
    assert {story.publisher_count for story in Story.objects.filter(placements__article__publisher=kept)} == {1}
    assert OldSlug.objects.get().publisher == kept
    assert get_publisher("HG Meren", "https://elsewhere.example/").slug == "hg-meren-2"


def news_of(name: str) -> tuple[str, list[str]]:
    return (TITLE, TEXT) if name.startswith("Harbour") else (OTHER_TITLE, OTHER_TEXT)


# --- source -------------------------------------------------------------------


def test_a_portal_shows_from_whom_it_has_an_article(sites, desk):
    head = (
        '<meta property="og:site_name" content="Portal News"><meta name="syndication-source" content="Harbour Gazette">'
    )
    url = sites.page("https://portal.example/a/ferry-halda-aground", TITLE, TEXT, head=head)
    follow(sites, "https://portal.example/feed", item(url), name="Portal News")
    work(desk)
    [row] = rows()
    assert row.source == "Harbour Gazette"
    for address in (f"/article/{row.pk}", f"/story/{row.placement.story_id}"):
        assert "<bdi>Portal News</bdi></a>, from <bdi>Harbour Gazette</bdi>" in Client().get(address).content.decode()


def test_an_aggregators_item_on_another_site_names_that_site(sites, desk):
    head = '<meta property="og:site_name" content="Harbour Gazette">'
    url = sites.page("https://gazette.example/a/ferry-halda-aground", TITLE, TEXT, head=head)
    unread = "https://quay.example/a/water-law-passes"
    feed = "https://portal.example/feed"
    follow(sites, feed, item(url), item(unread, OTHER_TITLE), name="Portal News", home="https://portal.example/")
    work(desk)
    assert [row.source for row in rows()] == ["Harbour Gazette", "quay.example"]


def test_an_article_goes_to_its_own_publisher_when_that_ones_feed_lists_it(sites, desk, settings):
    settings.REREAD = False  # the page is not asked again by itself
    url = sites.page("https://gazette.example/a/ferry-halda-aground", TITLE, TEXT)
    follow(sites, "https://portal.example/feed", item(url), name="Portal News", home="https://portal.example/")
    work(desk)
    assert rows()[0].publisher.name == "Portal News"
    follow(sites, "https://gazette.example/feed", item(url), name="Harbour Gazette", home="https://gazette.example/")
    work(desk)
    [row] = rows()
    assert (row.publisher.name, row.source) == ("Harbour Gazette", "")
    seen = row.read_at
    desk.clock = lambda: NOW + timedelta(hours=5)
    work(desk)
    assert [(one.publisher.name, one.read_at) for one in rows()] == [("Harbour Gazette", seen)]


def test_a_paper_on_its_own_domains_is_no_source(sites, desk):
    url = sites.page("https://www.soundcourier.com/a/ferry-halda-aground", TITLE, TEXT)
    follow(
        sites, "https://feeds.example.net/courier", item(url), name="Sound Courier", home="https://feeds.example.net/"
    )
    work(desk)
    assert [row.source for row in rows()] == [""]


@pytest.mark.slow
def test_amp_print_and_main_page_are_one_article_by_the_commands(tmp_path):
    with loopback.serve() as site:
        at = news.date_for_rss(news.FIRST_AT)
        main = site.url("/news/ferry-halda-runs-aground-481516")
        for path in ("/news/ferry-halda-runs-aground-481516", "/schnell/481516", "/druck/481516"):
            site.page(path, TITLE, TEXT)
            answer = site.answers[path]
            answer.body = answer.body.replace(b"</head>", f'<link rel="canonical" href="{main}"></head>'.encode())
        feeds = [
            site.feed(f"/{path.strip('/')}.xml", [{"path": path, "title": TITLE, "at": at}], title="The Invented Post")
            for path in ("/schnell/481516", "/news/ferry-halda-runs-aground-481516", "/druck/481516")
        ]
        running.run("add", *feeds, "--data", str(tmp_path), allow=site.host)
        running.ingest(tmp_path, allow=site.host)
        done = running.ingest(tmp_path, allow=site.host)
    assert done["items_new"] == 0
    assert running.rows(tmp_path, "select count(*) from articles_article") == [(1,)]
    assert running.rows(tmp_path, "select count(*) from publishers_publisher") == [(1,)]
    assert running.rows(tmp_path, "select article_count from stories_story") == [(1,)]
