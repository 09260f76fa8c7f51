"""The search page: what is found, counted, narrowed, kept, offered while typing, and sent out as a feed."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import feedparser
import pytest
from django.db import connection

from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.stories import search_page
from newsroom.stories.models import Hashtag, Placement, Story, StoryCountry, Storyline

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 8, 12, tzinfo=UTC)


@pytest.fixture
def write():
    """Writes an article of the quarry at Brenholt; all of them have the word gravelock."""
    count = 0

    def make(title: str, text: str = "", *, paper: str = "Hollin Times", days: float = 0, **more) -> Article:
        nonlocal count
        count += 1
        slug = paper.lower().replace(" ", "-")
        publisher, _ = Publisher.objects.get_or_create(slug=slug, defaults={"name": paper, "domain": f"{slug}.example"})
        url = f"https://{slug}.example/{count}"
        told = {"language": "en", "published_at": NOON - timedelta(days=days), "seen_at": NOON, **more}
        body = f"The gravelock quarry. {text}"
        return Article.objects.create(publisher=publisher, url=url, url_key=url, title=title, text=body, **told)

    return make


@pytest.fixture
def tell():
    """Puts articles into one story."""

    def make(title: str, *articles: Article, tags: tuple[str, ...] = (), country: str = "") -> Story:
        line, _ = Storyline.objects.get_or_create(key="quarry")
        first = articles[0]
        story = Story.objects.create(
            key=str(first.pk), storyline=line, title=title, language="en", first_at=NOON, last_at=NOON
        )
        for article in articles:
            Placement.objects.create(article=article, story=story, placed_at=NOON)
        for key in tags:
            tag, _ = Hashtag.objects.get_or_create(key=key, defaults={"name": key.title(), "article_count": 9})
            tag.stories.add(story)
        if country:
            StoryCountry.objects.create(story=story, code=country)
        return story

    return make


@pytest.fixture
def titles(client):
    """The headlines that a search shows, in their order."""

    def search(line: str, **more: str) -> list[str]:
        page = client.get("/search", {"q": line, **more})
        assert page.status_code == 200
        found = re.search(r'<ul class="results">(.*?)</section>', page.content.decode(), re.DOTALL)
        shown = re.findall(r'<a href="/article/\d+"[^>]*>(.*?)</a>', found[1], re.DOTALL) if found else []
        return [html.unescape(re.sub(r"<[^>]+>", "", one)) for one in shown]

    return search


def body(client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def links(page: str, pattern: str) -> list[str]:
    """The lines of the searches that links whose words fit lead to."""
    found = re.findall(rf'<a href="(/search\?[^"]+)"[^>]*>{pattern}', page)
    return [parse_qs(urlsplit(html.unescape(one)).query)["q"][0] for one in found]


def test_words_phrases_and_what_is_unwanted(write, titles):
    write("Blast", "A blast shook the night shift.")
    write("Vote", "A shift at night; the council voted.")
    assert set(titles("gravelock")) == {"Blast", "Vote"}
    assert titles('gravelock "night shift"') == ["Blast"]
    assert titles("gravelock -blast") == ["Vote"]
    assert titles('gravelock -"night shift"') == ["Vote"]


def test_where_no_article_has_all_words_those_with_some_are_shown_and_it_is_said(write, client, titles):
    write("Blast", "A blast.")
    assert titles("gravelock xyzzyqwv") == ["Blast"]
    assert "None has all of these words" in body(client, "/search", q="gravelock xyzzyqwv")
    assert "None has all of these words" not in body(client, "/search", q="gravelock blast")


@pytest.mark.parametrize(
    "meant",
    [
        "publisher:brenholt-post",
        "publisher:brenholt-post.example",
        'publisher:"Brenholt Post"',
        "publisher:www.brenholt-post.example",
    ],
)
def test_a_publisher_by_slug_domain_or_name(write, titles, meant):
    write("Theirs", paper="Brenholt Post")
    write("Another's")
    assert titles(f"gravelock {meant}") == ["Theirs"]
    assert titles(meant) == ["Theirs"]
    assert titles(f"gravelock -{meant}") == ["Another's"]


def test_two_publishers_either_two_hashtags_both(write, tell, titles):
    one, two, three = (
        write("One", paper="Hollin Times"),
        write("Two", paper="Brenholt Post"),
        write("Three", paper="Skaw Mail"),
    )
    tell("Blast", one, tags=("quarryblast", "brenholt"), country="no")
    tell("Vote", two, three, tags=("brenholt",), country="se")
    assert set(titles("gravelock publisher:hollin-times publisher:brenholt-post")) == {"One", "Two"}
    assert set(titles("tag:brenholt gravelock")) == {"One", "Two", "Three"}
    assert titles("tag:#Brenholt tag:quarryblast") == ["One"]
    assert titles("gravelock country:no") == titles("gravelock country:Norway") == ["One"]
    assert set(titles("gravelock -country:norway")) == {"Two", "Three"}


def test_language_and_days(write, titles):
    write("Old", days=3, language="fr")
    write("Middle", days=2)
    write("New", days=1)
    assert titles("gravelock lang:fr") == titles("gravelock lang:french") == ["Old"]
    assert titles("gravelock after:2026-10-06", by="time") == ["New", "Middle"]
    assert titles("gravelock before:2026-10-06") == ["Old"]
    assert titles("gravelock after:2026-10-06 before:2026-10-07") == ["Middle"]


def test_an_article_without_a_time_has_the_day_it_was_seen(write, titles):
    write("Undated", published_at=None)
    assert titles("gravelock after:2026-10-08 before:2026-10-09") == ["Undated"]


def test_by_rank_a_headline_counts_most_and_by_time_the_newest_is_first(write, titles):
    write("Gravelock gravelock", days=5)
    write("Elsewhere", "Many other words stand here before it ends.", days=1)
    assert titles("gravelock", by="rank")[0] == "Gravelock gravelock"
    assert titles("gravelock", by="time") == ["Elsewhere", "Gravelock gravelock"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("gravelock publisher:nobody", "No publisher is called “nobody”"),
        ("gravelock tag:nothing", "No article has the hashtag “nothing”"),
        ("gravelock country:atlantis", "“atlantis” is no country"),
        ("gravelock lang:klingonian", "“klingonian” is no language"),
    ],
)
def test_a_name_that_means_nothing_is_said_and_finds_nothing(write, titles, client, line, said):
    write("Blast")
    assert said in body(client, "/search", q=line)
    assert titles(line) == []
    assert titles(line.replace(" ", " -")) == ["Blast"]  # what is not there is not in the way


def test_a_bad_day_is_said_and_the_rest_is_searched(write, titles, client):
    write("Blast")
    assert titles("gravelock before:soon") == ["Blast"]
    assert "before:soon is no day" in body(client, "/search", q="gravelock before:soon")


@pytest.mark.parametrize(
    "line",
    [
        "a" * 10_000, "gravelock " * 1000, "x" * 5000, "publisher: tag: before:", "\x00", "gravelock\x00", "publisher:\x00a",
        'publisher:"%_\\\'"', "-" * 300, '"' * 301, "lang:\u202eel", "before:0001-01-01", "-a -b -c", "tag:%",
        "ﷺ" * 400, "title:x OR text:y", "NEAR(a b, 3)", "🙂", "-🙂", "after:9999-99-99", "\u0301", "-\u0301 a",
    ],
)  # fmt: skip
@pytest.mark.parametrize("address", ["/search", "/search/as-you-type", "/search/feed.xml"])
def test_anything_typed_has_a_plain_answer(client, address, line):
    assert client.get(address, {"q": line}).status_code == 200


def test_the_page_number_may_be_anything(write, client):
    write("Blast")
    for number in ("0", "-1", "99999", "x", "²", "9" * 400):
        assert client.get("/search", {"q": "gravelock", "page": number}).status_code == 200


def test_counts_by_publisher_narrow_the_search(write, client):
    write("One", paper="Brenholt Post")
    write("Two", paper="Brenholt Post")
    write("Three")
    page = body(client, "/search", q="gravelock publisher:hollin-times publisher:brenholt-post lang:en")
    assert re.search(r"Brenholt Post</bdi></a> <span>2</span>.*Hollin Times</bdi></a> <span>1</span>", page, re.DOTALL)
    assert links(page, "<bdi>Brenholt Post") == ["gravelock lang:en publisher:brenholt-post"]


def test_counts_by_day_are_a_chart_with_a_table_behind_and_each_day_narrows(write, client, titles):
    write("Old", days=2)
    write("New", days=0)
    write("New too", days=0)
    page = body(client, "/search", q="gravelock")
    assert re.search(r'<svg [^>]*role="img".*?<title>8 Oct 2026: 2</title>', page, re.DOTALL)
    assert re.search(r'<time datetime="2026-10-08">8 Oct 2026</time></a></th><td>2</td>', page)
    assert links(page, '<time datetime="2026-10-06">') == ["gravelock after:2026-10-06 before:2026-10-07"]
    assert titles("gravelock after:2026-10-06 before:2026-10-07") == ["Old"]
    assert "<svg" not in body(client, "/search", q="gravelock after:2026-10-08")  # one day is no chart


def test_what_narrows_can_be_taken_off(write, client):
    write("Blast")
    page = body(client, "/search", q="gravelock lang:en after:2026-10-01")
    assert links(page, "take off") == ["gravelock after:2026-10-01", "gravelock lang:en"]


def test_many_matches_are_bounded_and_the_page_says_so(write, client, monkeypatch):
    monkeypatch.setattr(search_page, "NEWEST", 3)
    for days in range(5):
        write(f"Blast {days}", days=days)
    page = body(client, "/search", q="gravelock")
    assert "More than 3 articles. These are the newest 3" in page
    assert links(page, "Search what is older") == ["gravelock before:2026-10-07"]


def test_results_stand_on_pages(write, client, titles):
    for number in range(45):
        write(f"Blast {number}", days=number / 10)
    first, second, third = (titles("gravelock", by="time", page=page) for page in "123")
    assert (len(first), len(second), len(third)) == (20, 20, 5)
    assert [*first, *second, *third] == [f"Blast {number}" for number in range(45)]
    page = body(client, "/search", q="gravelock", by="time", page="2")
    assert re.search(r'href="/search\?q=gravelock&amp;by=time&amp;page=3" rel="next"', page)
    assert re.search(r'href="/search\?q=gravelock&amp;by=time" rel="prev"', page)


def test_articles_of_one_story_stand_folded_under_the_first_and_the_story_is_named(write, tell, client):
    first, second = write("First word", days=0), write("Second word", days=1)
    story = tell("Blast at Brenholt", first, second)
    page = body(client, "/search", q="gravelock", by="time")
    assert page.count("<h2 lang") == 1
    assert f'<a href="/story/{story.pk}" lang="en" dir="ltr">Blast at Brenholt</a>' in page
    assert re.search(r"<summary>1 article more of this story</summary>.*Second word", page, re.DOTALL)


def test_found_words_are_marked_in_any_direction_and_with_other_endings(write, client):
    write("سد كيستريل القديم", "كان المحجر gravelock مغلقا", language="ar")
    write("Two blasts", "Before " * 80 + "the floods came <b>at</b> night. " + "After " * 80)
    page = body(client, "/search", q="كيستريل")
    assert '<h2 lang="ar" dir="rtl">' in page
    assert "<mark>كيستريل</mark>" in page
    page = body(client, "/search", q='flood "came at"')
    assert "<mark>floods</mark>" in page
    assert "&lt;b&gt;at" in page
    phrase = body(client, "/search", q='"the gravelock"')
    assert "<mark>The gravelock</mark>" in phrase


def test_a_page_asks_as_many_questions_of_the_database_for_many_as_for_few(
    write, tell, client, django_assert_max_num_queries
):
    for number in range(30):
        tell(f"Story {number}", write(f"Blast {number}", days=number))
    with django_assert_max_num_queries(6):
        client.get("/search", {"q": "gravelock"})


def test_a_private_text_is_found_by_nothing(write, titles):
    write("Mine", private_key="k" * 20)
    assert titles("gravelock") == []
    assert titles("after:2026-10-08 before:2026-10-09") == []
    assert titles("-xyzzyqwv publisher:hollin-times") == []


def test_search_reads_the_index_of_moments_not_the_articles(db):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's plan")
    with connection.cursor() as cursor:
        rows = Article.objects.public().newest_first().filter(language="en").values_list("pk", "moment", "publisher_id")
        sql, params = rows[:100].query.sql_with_params()
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        plan = " ".join(row[3] for row in cursor.fetchall())
    assert "COVERING INDEX article_by_moment" in plan
    assert "TEMP B-TREE" not in plan


# --- without a line -----------------------------------------------------------
def test_an_empty_search_says_what_can_be_asked_with_examples_that_are_links(client):
    page = body(client, "/search")
    lines = links(page, "<bdi>")
    for operator in ("publisher:", "tag:", "country:", "lang:", "before:", "after:", '"', "-"):
        assert any(operator in line for line in lines), operator
    for line in lines:
        assert "notice" not in body(client, "/search", q=line), line
    assert client.get("/search").cookies == {}


def test_operators_alone_are_answered_in_words(client):
    page = body(client, "/search", q="publisher: -")
    assert "publisher: nothing stands after it" in page
    assert "There is no word in this to search for." in page


# --- kept searches ------------------------------------------------------------
def test_a_search_is_kept_in_the_browser_alone_and_forgotten(client):
    answer = client.post("/search/save", {"q": '"night shift"  lang:en'})
    assert answer["Location"] == "/search?q=%22night+shift%22+lang%3Aen"
    cookie = answer.cookies["searches"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/search")
    assert links(body(client, "/search"), "<bdi>&quot;night shift") == ['"night shift" lang:en']
    client.post("/search/save", {"q": "harbour"})
    client.post("/search/save", {"q": "harbour"})
    page = body(client, "/search")
    assert page.index("<bdi>harbour") < page.index("<bdi>&quot;night shift")
    assert page.count("<bdi>harbour</bdi>") == 1
    client.post("/search/forget", {"q": "harbour"})
    answer = client.post("/search/forget", {"q": '"night shift" lang:en'})
    assert answer.cookies["searches"]["max-age"] == 0
    assert "Your saved searches" not in body(client, "/search")


def test_no_more_searches_are_kept_than_fit_and_none_is_lost(client):
    for number in range(20):
        assert client.post("/search/save", {"q": f"word{number}"}).status_code == 302
    refused = client.post("/search/save", {"q": "one-too-many"})
    assert refused.status_code == 422
    assert "20 searches are saved already" in refused.content.decode()
    assert "word0<" in body(client, "/search")


def test_the_cookie_stays_small(client):
    said = [
        f"{number}" + "".join(chr(0x4E00 + (number * 977 + at * 131) % 20000) for at in range(290))
        for number in range(20)
    ]
    answers = [client.post("/search/save", {"q": line}) for line in said]
    assert {answer.status_code for answer in answers} == {302, 422}
    assert len(client.cookies["searches"].value) <= 3000
    assert "too long to be kept together" in answers[-1].content.decode()


@pytest.mark.parametrize("value", ["x", "W10:a:b", "a" * 9000, '["dam"]', ""])
def test_a_cookie_that_is_not_ours_keeps_nothing(client, value):
    client.cookies["searches"] = value
    assert "Your saved searches" not in body(client, "/search")


def test_nothing_is_kept_of_nothing_and_of_other_sites(client):
    assert client.post("/search/save", {"q": "  "}).status_code == 422
    assert client.post("/search/save", {"q": "dam"}, headers={"Origin": "https://other.example"}).status_code == 403
    assert client.get("/search/save").status_code == 405
    assert not client.cookies


# --- while typing -------------------------------------------------------------
def test_what_begins_so_is_offered_while_typing(write, tell, client):
    tell("Gravelock blast heard in Skaw", write("A gravelock blast", paper="Gravelock Gazette"), tags=("gravelock",))
    page = body(client, "/search/as-you-type", q="grave")
    for title in ("Publishers", "Hashtags", "Stories", "Newest articles"):
        assert f">{title}</p>" in page
    assert re.search(r'role="option"[^>]*href="/publisher/gravelock-gazette"', page)
    assert re.search(r'role="option"[^>]*href="/hashtag/gravelock"', page)
    assert "Gravelock blast heard" in body(client, "/search/as-you-type", q="blast grav")
    assert "Gravelock blast heard" not in body(client, "/search/as-you-type", q="grav blas skaww")
    assert body(client, "/search/as-you-type", q="g").strip() == ""
    assert "<html" not in page


def test_an_operator_that_is_begun_goes_on_to_what_it_may_name(write, client):
    write("Blast", paper="Gravelock Gazette")
    assert links_of_options(body(client, "/search/as-you-type", q="blast publisher:grave")) == [
        "blast publisher:gravelock-gazette"
    ]
    assert "/article/" in body(client, "/search/as-you-type", q="gravelock lang:en")


def links_of_options(page: str) -> list[str]:
    found = re.findall(r'role="option"[^>]*href="([^"]+)"', page)
    return [parse_qs(urlsplit(html.unescape(one)).query)["q"][0] for one in found]


# --- the feed -----------------------------------------------------------------
def test_a_search_is_a_feed_of_its_newest_articles(write, client):
    write("Old <b>", days=1)
    newest = write("New", days=0)
    write("Other language", language="fr")
    answer = client.get("/search/feed.xml", {"q": "gravelock lang:en"})
    assert answer["Content-Type"].startswith("application/rss+xml")
    read = feedparser.parse(answer.content)
    assert not read.bozo
    assert [entry.title.replace("\u2060", "") for entry in read.entries] == ["New", "Old <b>"]
    assert read.entries[0].link == f"http://testserver/article/{newest.pk}"
    assert read.entries[0].author == "Hollin Times"
    assert read.entries[0].summary.startswith("The")
    assert read.entries[0].published_parsed[:3] == (2026, 10, 8)
    assert read.feed.link == "http://testserver/search?q=gravelock%20lang%3Aen"


def test_a_feed_holds_nothing_that_is_merely_near(write, client):
    write("Blast")
    assert feedparser.parse(client.get("/search/feed.xml", {"q": "gravelock xyzzyqwv"}).content).entries == []


def test_the_page_names_its_feed(write, client):
    write("Blast")
    page = body(client, "/search", q="gravelock lang:en")
    for form in ("feed.xml", "atom.xml", "feed.json"):
        assert f'href="/search/{form}?q=gravelock%20lang%3Aen"' in page
