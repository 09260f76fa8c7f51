"""Pages that list: the front by section, all stories, what is new since, a storyline, who a hashtag is."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.stories import front_page
from newsroom.stories.listing import moment_of, place_of
from newsroom.stories.models import Edition, Hashtag, Notes, Placement, Story, Storyline
from tests.site.stories import TEXT, make_story

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
LONG_WORD = "w" * 5_000


@pytest.fixture
def reader() -> Client:
    return Client()


@pytest.fixture
def empty(db) -> None:
    Story.objects.update(is_private=True)


def new_story(title: str, *, minutes: int = 0, section: str = "world", line: str = "", publishers: int = 1) -> Story:
    """A story of as many publishers, whose last article came so many minutes before NOW."""
    at = NOW - timedelta(minutes=minutes)
    number = Story.objects.count()
    storyline, _ = Storyline.objects.get_or_create(key=line or f"line {number}")
    story = Story.objects.create(
        key=f"story {number}", storyline=storyline, title=title, language="en", first_at=at, last_at=at, section=section,
        front_at=at, article_count=publishers, publisher_count=publishers,
    )  # fmt: skip
    for one in range(publishers):
        paper, _ = Publisher.objects.get_or_create(slug=f"paper-{one}", defaults={"name": f"Paper {one}"})
        url = f"https://paper.example/{number}/{one}"
        row = Article.objects.create(publisher=paper, url=url, url_key=url, title=title, published_at=at, seen_at=at)
        Placement.objects.create(article=row, story=story, placed_at=at)
    return story


def page(reader: Client, address: str, status: int = 200) -> str:
    answer = reader.get(address)
    assert answer.status_code == status
    assert not answer.cookies
    return answer.content.decode()


def block(html: str, name: str) -> str:
    found = re.search(rf'<section class="block" aria-labelledby="in-{name}">.*?</section>', html, re.DOTALL)
    return found.group(0) if found else ""


# --- the front page ------------------------------------------------------------


def test_front_leads_with_the_foremost_and_shows_five_of_each_section(empty, reader):
    lead = new_story("The lead", minutes=-60)
    others = [new_story(f"Other {n}", minutes=n, section="politics") for n in range(4)]
    world = [new_story(f"World {n}", minutes=10 + n) for n in range(7)]
    html = page(reader, "/")
    order = [int(one) for one in re.findall(r'<h2[^>]*><a href="/story/(\d+)"', html)]
    assert order == [story.pk for story in (lead, *others)]
    assert [int(one) for one in re.findall(r'id="story-(\d+)"', block(html, "world"))] == [s.pk for s in world[:5]]
    assert not block(html, "politics")  # its stories stand above already
    assert not block(html, "science")


def test_stories_of_no_section_stand_under_a_heading_of_their_own(empty, reader):
    for number in range(5):
        new_story(f"Foremost {number}", minutes=-1 - number)
    general, untold = new_story("A general one", section="general"), new_story("One not told yet", section="world")
    Story.objects.filter(pk=untold.pk).update(section=None)
    shown = block(page(reader, "/"), "more")
    assert f"story-{general.pk}" in shown
    assert f"story-{untold.pk}" in shown


def test_front_costs_the_same_number_of_queries_whatever_it_shows(
    empty, reader, django_assert_max_num_queries, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    new_story("Alone")
    with CaptureQueriesContext(connection) as few:
        reader.get("/?since=2026-11-25")
    for number in range(60):
        new_story(f"More {number}", minutes=number, section=("world", "sport", "health")[number % 3], publishers=3)
    with CaptureQueriesContext(connection) as many:
        reader.get("/?since=2026-11-25")
    assert len(many) <= len(few) + 1
    assert len(many) <= 11


def test_front_reads_a_bounded_number_of_tellings_of_a_story_with_300_publishers(empty, reader):
    story = new_story("Told by all", publishers=300)
    html = page(reader, "/")
    assert html.count('href="/article/') == 6
    assert f'href="/story/{story.pk}">and more' in html


def test_front_without_stories_says_what_to_do(empty, reader):
    assert "./run add" in page(reader, "/")


def test_old_addresses_of_the_front_pages_lead_on(reader):
    answer = reader.get("/?before=2026-11-20T09:00:00%2B00:00")
    assert answer.status_code == 301
    assert answer["Location"].startswith("/stories?by=prominence&before=2026-11-20T09")
    assert reader.get(answer["Location"]).status_code == 200


# --- what is new since ------------------------------------------------------------


def test_front_lists_and_marks_what_is_new_since_a_moment(empty, reader):
    new, old = new_story("New one", minutes=10), new_story("Old one", minutes=600)
    html = page(reader, "/?since=2026-11-26T05:00:00%2B00:00")
    told = re.search(r'<section class="since".*?</section>', html, re.DOTALL).group(0)
    assert "1 story has something new" in told
    assert f"/story/{new.pk}?since=" in told
    assert f"/story/{old.pk}" not in told
    cards = {int(k): body for k, body in re.findall(r'id="story-(\d+)"(.*?)</article>', html, re.DOTALL)}
    assert 'class="new"' in cards[new.pk]
    assert 'class="new"' not in cards[old.pk]
    address = re.search(r'href="(/stories\?since=[^"]+)"', told).group(1)
    listed = page(reader, address)
    assert f'id="story-{new.pk}"' in listed
    assert f'id="story-{old.pk}"' not in listed


def test_links_to_what_was_missed_begin_this_morning_and_yesterday():
    assert [words for _address, words in front_page.visits(NOW)] == ["since this morning", "since yesterday"]
    assert [address for address, _words in front_page.visits(NOW)] == [
        "/?since=2026-11-26T05%3A00%3A00%2B00%3A00",
        "/?since=2026-11-25",
    ]
    assert [words for _address, words in front_page.visits(NOW.replace(hour=3))] == ["since yesterday"]


def test_nothing_new_is_said(empty, reader):
    new_story("Old one", minutes=600)
    assert "Nothing new has come." in page(reader, "/?since=2026-11-26T08:00:00Z")


@pytest.mark.parametrize(
    "value",
    ["", "yesterday", "2026-02-31", "0001-01-01", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00",
     "9" * 5000, "2026-11-26T09:00:00", "2026-11-26T09:00:00Z~" + "9" * 50, "~5", "%00", "١"],
)  # fmt: skip
@pytest.mark.parametrize("address", ["/", "/stories", "/section/world", "/country/no", "/hashtag/ostra", "/hashtags"])
def test_wrong_values_of_an_address_give_a_page(reader, address, value):
    for key in ("before", "since", "page", "by", "kind"):
        assert reader.get(f"{address}?{key}={value}").status_code in (200, 301)


def test_only_moments_of_the_calendar_are_taken():
    assert moment_of("0001-01-01T00:00:00+14:00") is None
    assert place_of("2026-11-26T09:00:00Z~17").story == 17
    assert place_of("2026-11-26T09:00:00Z").story == 0


# --- all stories ------------------------------------------------------------


def test_stories_that_share_a_moment_stand_once_over_the_pages(empty, reader):
    kept = {new_story(f"At once {n}", section="sport").pk for n in range(65)}
    for start in ("/stories", "/stories?by=prominence", "/section/sport", "/stories?since=2026-11-01"):
        seen, address, pages = [], start, 0
        while address:
            html = page(reader, address)
            seen += [int(one) for one in re.findall(r'id="story-(\d+)"', html)]
            following = re.search(r'href="(\?[^"]+)" rel="next"', html)
            address = start.partition("?")[0] + following.group(1).replace("&amp;", "&") if following else ""
            pages += 1
        assert pages == 3
        assert sorted(seen) == sorted(kept)


@pytest.mark.parametrize(
    "address", ["/stories?before=1999-01-01T00:00:00Z", "/section/world?before=1999-01-01T00:00:00Z"]
)
def test_list_that_ends_says_so_and_leads_back(reader, address):
    assert "No earlier stories." in page(reader, address)


def test_all_stories_of_an_empty_site_lead_to_its_health(empty, reader):
    assert 'href="/health"' in page(reader, "/stories")


def test_section_is_led_by_its_foremost_story(empty, reader):
    many, newest = new_story("Carried by many", minutes=60), new_story("The newest", minutes=1)
    Story.objects.filter(pk=many.pk).update(front_at=NOW + timedelta(hours=2), front_origins=9)
    html = page(reader, "/section/world")
    assert [int(one) for one in re.findall(r'id="story-(\d+)"', html)] == [many.pk, newest.pk]


# --- storylines ------------------------------------------------------------


def test_storyline_tells_its_stories_in_the_order_of_time(empty, reader):
    later = make_story("Water falls at Ostra", f"{TEXT} The water fell.", number=2)
    earlier = make_story("Dam above Ostra holds", TEXT, number=1)
    Story.objects.filter(pk=earlier.pk).update(first_at=NOW - timedelta(days=5), storyline=later.storyline)
    Article.objects.filter(placement__story=earlier).update(published_at=NOW - timedelta(days=5))
    html = page(reader, f"/storyline/{later.storyline_id}")
    assert [int(one) for one in re.findall(r'id="story-(\d+)"', html)] == [earlier.pk, later.pk]
    assert re.search(r"<h1[^>]*>Dam above Ostra holds</h1>", html)
    assert html.count('class="said"') == 2
    assert "Meren Courier" in html
    assert "<svg" in html


def test_storyline_has_pages_and_says_where_it_ends(empty, reader):
    for number in range(35):
        line = new_story(f"Part {number}", minutes=number, line="long").storyline_id
    html = page(reader, f"/storyline/{line}")
    following = re.search(r'rel="next" href="(\?after=[^"]+)"', html).group(1)
    assert page(reader, f"/storyline/{line}{following}").count('id="story-') == 5
    assert "No later stories." in page(reader, f"/storyline/{line}?after=2027-01-01T00:00:00Z")


def test_storyline_asks_the_same_number_of_queries_whatever_its_length(empty, reader, django_assert_max_num_queries):
    for number in range(31):
        line = new_story(f"Part {number}", minutes=number, line="long", publishers=3).storyline_id
    with django_assert_max_num_queries(14):
        reader.get(f"/storyline/{line}")


def test_storyline_whose_stories_were_merged_leads_to_where_they_are(empty, reader):
    gone, kept = new_story("Gone"), new_story("Kept")
    Story.objects.filter(pk=gone.pk).update(merged_into=kept)
    answer = reader.get(f"/storyline/{gone.storyline_id}")
    assert (answer.status_code, answer["Location"]) == (301, f"/storyline/{kept.storyline_id}")


def test_storyline_of_nothing_is_not_found(empty, reader):
    private = new_story("A reader's own")
    Story.objects.filter(pk=private.pk).update(is_private=True)
    assert reader.get(f"/storyline/{private.storyline_id}").status_code == 404
    assert reader.get("/storyline/999999999999").status_code == 404


# --- who a hashtag is ------------------------------------------------------------


def person(reader: Client) -> str:
    """The page of Sten Aldous, whom the sample does not know: of one story with his role and words."""
    text = f'{TEXT} "The water is falling and nobody was hurt tonight," mayor Sten Aldous said on Monday.'
    story = make_story("Mayor of Ostra thanks helpers", text)
    tag, _ = Hashtag.objects.get_or_create(key="stenaldous", defaults={"name": "StenAldous"})
    tag.stories.add(story)
    Hashtag.objects.filter(pk=tag.pk).update(article_count=3, kind="person", is_blocked=False)
    return page(reader, "/hashtag/stenaldous")


def test_page_of_a_person_tells_roles_and_words_with_their_evidence(reader):
    html = person(reader)
    for part, words in (("roles", "mayor"), ("quotes", "The water is falling")):
        told = re.search(rf'<section aria-labelledby="{part}">.*?</section>', html, re.DOTALL).group(0)
        assert words in told
        assert re.search(r'class="mark" href="/article/\d+#s\d+"', told)


def test_roles_and_words_whose_sentence_was_taken_back_are_gone(reader):
    person(reader)
    Article.objects.filter(title="Mayor of Ostra thanks helpers").update(
        text="All of it was wrong.", sentences=[[0, 20]]
    )
    html = page(reader, "/hashtag/stenaldous")
    assert 'id="roles"' not in html
    assert 'id="quotes"' not in html


def test_site_without_ai_features_tells_no_roles(reader, settings):
    settings.AI_FEATURES = False
    html = person(reader)
    assert 'id="roles"' not in html
    assert 'class="said"' not in html


def test_address_by_kind_and_name_leads_to_the_hashtag(reader):
    person(reader)
    for name in ("Sten Aldous", "StenAldous", "stenaldous"):
        answer = reader.get(f"/person/{name}")
        assert (answer.status_code, answer["Location"]) == (302, "/hashtag/stenaldous")
    assert reader.get("/place/Sten Aldous").status_code == 404


@pytest.mark.parametrize("name", ["Nobody Known", "<b>", "٪", "n" * 5000, "..", "#"])
def test_name_without_a_page_is_answered_with_the_search_for_it(reader, name):
    html = page(reader, f"/person/{name.replace('#', '%23')}", status=404)
    assert 'action="/search"' in html
    assert "<b>" not in html


def test_hashtags_of_a_kind_are_listed_alone_and_have_pages(reader):
    Hashtag.objects.bulk_create(
        Hashtag(key=f"town{n}", name=f"Town{n}", kind="place", article_count=500 - n) for n in range(61)
    )
    html = page(reader, "/hashtags?kind=place")
    assert 'href="/hashtag/town0"' in html
    assert 'href="?kind=place&amp;page=2"' in html
    assert 'href="/hashtag/town60"' in page(reader, "/hashtags?kind=place&page=2")
    assert "town0" not in page(reader, "/hashtags?kind=person")
    assert "The list ends before this page." in page(reader, "/hashtags?page=49")


# --- editions ------------------------------------------------------------


def test_edition_shows_the_calendar_of_its_month_and_the_months_around(empty, reader):
    for day in (date(2026, 10, 3), date(2026, 11, 5), date(2026, 11, 26), date(2026, 12, 1)):
        Edition.objects.create(on=day, made_at=NOW)
    html = page(reader, "/edition/2026-11-26")
    month = re.search(r'<table class="month">.*?</table>', html, re.DOTALL).group(0)
    assert re.findall(r'href="/edition/([\d-]+)"', month) == ["2026-11-05", "2026-11-26"]
    assert 'href="/edition/2026-11-26" aria-current="page"' in month
    assert len(re.findall(r"<time|<span>", month)) == 30
    for around in ("2026-10-03", "2026-12-01"):
        assert f'href="/edition/{around}"' in html


def test_day_without_an_edition_shows_which_days_have_one(empty, reader):
    Edition.objects.create(on=date(2026, 11, 5), made_at=NOW)
    html = page(reader, "/edition/2026-11-07", status=404)
    assert "No edition of 7 November 2026" in html
    assert 'href="/edition/2026-11-05"' in html


# --- bad input ------------------------------------------------------------


@pytest.mark.parametrize(
    "title", ["", "T" * 10_000, LONG_WORD, "مدينة الميناء: Ostra", "🌊" * 300, "<script>x</script>"]
)
def test_lists_stay_whole_whatever_a_headline_is(empty, reader, title):
    story = new_story(title, line="odd", publishers=2)
    new_story(title, minutes=3, line="odd")
    tag = Hashtag.objects.create(key="oddthing", name="OddThing", article_count=3)
    tag.stories.add(story)
    Edition.objects.create(on=NOW.date(), made_at=NOW).stories.create(place=1, story=story, title=title)
    addresses = ["/", "/?since=2026-11-01", "/stories", "/section/world", "/hashtag/oddthing", "/edition"]
    for address in (*addresses, f"/storyline/{story.storyline_id}"):
        html = page(reader, address)
        assert "<script>x" not in html
        assert html.rstrip().endswith("</html>")
        link = re.search(rf'<a href="/story/{story.pk}[^"]*"[^>]*>([^<]*)</a>', html)
        assert link, address
        assert link.group(1).strip(), f"{address}: a link without words"


def test_notes_of_an_earlier_form_leave_the_lists_whole(empty, reader):
    story = new_story("Old notes")
    Notes.objects.create(story=story, body={}, made_by="x", made_at=NOW, article_count=1)
    tag = Hashtag.objects.create(key="oddthing", name="OddThing", article_count=3, kind="person")
    tag.stories.add(story)
    for address in ("/", "/stories", "/hashtag/oddthing", f"/storyline/{story.storyline_id}"):
        assert "Old notes" in page(reader, address)
