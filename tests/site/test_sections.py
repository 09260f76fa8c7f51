"""Stories by section and by country: told in the background, shown on pages, overruled by editors."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.readers.models import Reader
from newsroom.readers.save import make_admin
from newsroom.stories import save, section_keeping
from newsroom.stories.models import Story, StoryCountry
from newstext import records

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
PARLIAMENT = "Parliament of Norway votes on the budget"
CUP = "Torvik scores twice as Brann reach the cup final"


@pytest.fixture
def paper() -> Publisher:
    return Publisher.objects.create(name="Meren Courier", slug="meren-courier", domain="meren.example")


@pytest.fixture
def place(paper):
    """Put an article with this headline into a story: a new one, or the given one."""

    def make(title: str, *, text: str = "", story: Story | None = None, section: str = "", minutes: int = 0) -> Story:
        number = Article.objects.count()
        url = f"https://meren.example/{number}"
        moment = NOW + timedelta(minutes=minutes)
        article = Article.objects.create(
            publisher=paper,
            url=url,
            url_key=url,
            title=title,
            text=text,
            section=section,
            language="en",
            seen_at=moment,
        )
        key = story.key if story else str(article.pk)
        placement = records.Placement(article=str(article.pk), story=key, storyline=key)
        placed = save.place(placement, article, moment)
        save.refresh([placed], moment)
        return Story.objects.get(pk=placed.pk)

    return make


def keep_all() -> None:
    while section_keeping.keep_due(NOW, most=50):
        pass


def section_of(story: Story) -> str | None:
    return Story.objects.get(pk=story.pk).section


def test_new_story_gets_its_section_and_country_in_the_background(place):
    story = place(PARLIAMENT)
    assert section_of(story) is None
    keep_all()
    assert section_of(story) == "politics"
    assert [one.code for one in story.countries.all()] == ["no"]


def test_nothing_is_done_twice_while_nothing_changes(place):
    place(PARLIAMENT)
    keep_all()
    assert section_keeping.keep_due(NOW, most=50) == 0


def test_story_that_takes_an_article_is_told_anew(place):
    story = place("Torvik returns")
    keep_all()
    assert section_of(story) == "general"
    story = place(CUP, story=story, minutes=5)
    keep_all()
    assert section_of(story) == "sport"


def test_stories_of_an_earlier_version_are_due(place):
    story = place(PARLIAMENT)
    Story.objects.filter(pk=story.pk).update(section=None, section_at=None)
    assert story in Story.objects.due_for_section()


def test_small_batches_take_the_newest_first(place):
    older, newer = place(PARLIAMENT), place(CUP, minutes=30)
    Story.objects.exclude(pk__in=(older.pk, newer.pk)).update(section_at=NOW)
    assert section_keeping.keep_due(NOW, most=1) == 1
    assert section_of(newer) == "sport"
    assert section_of(older) is None


def test_story_that_changed_while_it_was_told_stays_due(place):
    story = place(PARLIAMENT)
    Story.objects.filter(pk=story.pk).update(article_count=7)
    section_keeping.keep(story, "politics", ("no",), NOW)
    assert Story.objects.get(pk=story.pk).section_at is None


def test_section_page_lists_its_stories_alone(place):
    vote, cup = place(PARLIAMENT), place(CUP)
    keep_all()
    html = Client().get("/section/politics").content.decode()
    assert f'href="/story/{vote.pk}"' in html
    assert f'href="/story/{cup.pk}"' not in html
    assert '<a href="/section/politics" aria-current="page">' in html


def test_country_page_lists_stories_about_the_country(place):
    vote, cup = place(PARLIAMENT), place(CUP)
    keep_all()
    html = Client().get("/country/no").content.decode()
    assert "<h1>Norway</h1>" in html
    assert f'href="/story/{vote.pk}"' in html
    assert f'href="/story/{cup.pk}"' not in html
    assert '<a href="/country/no">Norway</a>' in Client().get("/countries").content.decode()


def test_section_has_pages(place):
    for number in range(32):
        place(f"{CUP} {number}", minutes=number)
    keep_all()
    html = Client().get("/section/sport").content.decode()
    older = re.search(r'href="(\?before=[^"]+)"', html)
    assert older
    earlier = Client().get(f"/section/sport{older.group(1)}").content.decode()
    shown = set(re.findall(r'<h2[^>]*><a href="(/story/\d+)"', html))
    assert len(shown) == 30
    assert not shown & set(re.findall(r'<h2[^>]*><a href="(/story/\d+)"', earlier))


def test_section_and_country_have_feeds(place):
    story = place(PARLIAMENT)
    keep_all()
    for address in ("/section/politics/feed.xml", "/country/no/feed.xml"):
        answer = Client().get(address)
        assert answer["Content-Type"].startswith("application/rss+xml")
        assert f"/story/{story.pk}</link>" in answer.content.decode()


def test_empty_section_says_so():
    Story.objects.update(section="world")
    assert "No story stands here yet." in Client().get("/section/health").content.decode()


@pytest.mark.parametrize(
    "address",
    ["/section/motoring", "/section/general", "/country/zz", "/country/NO", "/country/nor", "/section/x/feed.xml"],
)
def test_unknown_section_or_country_is_not_found(address):
    assert Client().get(address).status_code == 404


def test_story_page_links_its_section_and_countries(place):
    story = place(PARLIAMENT)
    keep_all()
    html = Client().get(f"/story/{story.pk}").content.decode()
    assert '<a href="/section/politics">Politics</a>' in html
    assert '<a href="/country/no">Norway</a>' in html


def test_what_an_editor_chose_stands_at_once_and_for_good(place, client):
    story = place(PARLIAMENT)
    keep_all()
    make_admin("editor@gazette.example", "a long and quiet password")
    client.force_login(Reader.objects.get(email="editor@gazette.example"))
    address = f"/admin/stories/story/{story.pk}/change/"
    form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', client.get(address).content.decode()))
    sent = client.post(address, form | {"section_chosen": "business"})
    assert sent.status_code == 302, re.findall(r'class="errorlist".*', sent.content.decode())
    assert section_of(story) == "business"
    place(f"{PARLIAMENT} again", story=story, minutes=5)
    keep_all()
    assert section_of(story) == "business"


def test_what_a_publisher_mostly_writes_of_decides_where_a_headline_says_little(place):
    for number in range(24):
        place(f"{CUP} {number}", minutes=number)
    keep_all()
    story = place("Torvik returns", minutes=60)
    keep_all()
    assert section_of(story) == "sport"


def test_merged_and_private_stories_are_not_listed(place):
    vote, hidden = place(PARLIAMENT), place(f"{PARLIAMENT} tonight")
    keep_all()
    Story.objects.filter(pk=hidden.pk).update(merged_into=vote)
    html = Client().get("/country/no").content.decode()
    assert f'href="/story/{hidden.pk}"' not in html


def test_country_that_a_story_is_no_longer_about_goes(place):
    story = place(PARLIAMENT)
    StoryCountry.objects.create(story=story, code="se", place=0)
    keep_all()
    assert [one.code for one in story.countries.all()] == ["no"]


def test_migrations_say_what_the_models_are():
    call_command("makemigrations", "stories", check=True, dry_run=True)


def test_countries_of_a_merged_story_are_not_listed(place):
    kept, gone = place("A ferry"), place("A budget")
    StoryCountry.objects.create(story=gone, code="pe")
    assert "/country/pe" in Client().get("/countries").content.decode()
    save.point_to(gone, kept)
    assert "/country/pe" not in Client().get("/countries").content.decode()
