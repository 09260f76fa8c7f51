"""What two hashtags did or said to each other: one address, weeks, directions, and no page for a pair with little."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.stories.models import Hashtag, HashtagAlias, Placement, Story, Storyline
from newstext import sentences

pytestmark = pytest.mark.django_db
LAST = datetime(2026, 11, 20, 9, tzinfo=UTC)
DEEDS = (
    "France accused Norway of fishing too close to the islands in the north.",
    "Norway's government summoned the French ambassador to the capital at noon.",
    "Talks between France and Norway began in the port of Meren at last.",
    "Norway was warned by France that the harbours of Meren would be closed to trawlers.",
    "France, Norway and Chile are three of the countries on the list of the council.",
    "The minister praised the herring on the market of the old town warmly.",
)


@pytest.fixture
def pair():
    publisher = Publisher.objects.create(name="The Sound Weekly", slug="sound-weekly", domain="sound.example")
    storyline = Storyline.objects.create(key="between", title="Herring")
    story = Story.objects.create(
        key="between",
        storyline=storyline,
        title="The herring row",
        language="en",
        first_at=LAST,
        last_at=LAST,
        article_count=6,
    )
    for place, text in enumerate(DEEDS):
        at = LAST - timedelta(weeks=place)
        row = Article.objects.create(
            publisher=publisher, url=f"https://sound.example/{place}", url_key=f"sound.example/{place}", title=f"Row {place}",
            published_at=at, seen_at=at, language="en", text=text, sentences=[list(one) for one in sentences.split(text, "en")],
        )  # fmt: skip
        Placement.objects.create(article=row, story=story, placed_at=LAST)
    tags = [
        Hashtag.objects.create(key=name.lower(), name=name, kind="place", article_count=6)
        for name in ("France", "Norway")
    ]
    for tag in tags:
        tag.stories.add(story)
    return tags


def page_of(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_both_orders_and_other_names_lead_to_one_address(client, pair):
    HashtagAlias.objects.create(key="kingdomofnorway", hashtag=pair[1])
    for address in ("/between/norway/france", "/between/france/kingdomofnorway"):
        response = client.get(address)
        assert response.status_code == 301
        assert response["Location"] == "/between/france/norway"


def test_sentences_stand_by_week_with_who_acts_and_their_story(client, pair):
    page = page_of(client, "/between/france/norway")
    assert page.count('<ol class="deeds">') == 4
    assert "France accused Norway" in page
    assert "summoned the French ambassador" in page
    assert "three of the countries" not in page
    assert "herring on the market" not in page
    assert page.index("France accused Norway") < page.index("Talks between")
    assert "The herring row" in page
    assert "<svg" in page
    assert "<table>" in page
    assert "style=" not in page


def test_weeks_go_on_behind_a_day(client, pair):
    page = page_of(client, "/between/france/norway?before=2026-11-09")
    assert "France accused Norway" not in page
    assert "Talks between" in page
    assert "The newest weeks" in page
    assert client.get("/between/france/norway?before=2026-99-99").status_code == 200


def test_a_pair_that_shares_too_little_has_no_page_and_is_told_so(client, pair):
    other = Hashtag.objects.create(key="herringtown", name="HerringTown", article_count=9)
    response = client.get(f"/between/france/{other.key}")
    assert response.status_code == 404
    assert "a page needs 5" in response.content.decode()
    assert client.get("/between/france/france").status_code == 404
    assert client.get("/between/france/nosuchtag").status_code == 404


def test_a_hashtags_page_links_its_strongest_pairs(client, pair):
    assert 'href="/between/france/norway"' in page_of(client, "/hashtag/france")


def test_copies_are_not_listed_again(client, pair):
    original = Article.objects.get(url_key="sound.example/0")
    copy = Article.objects.get(url_key="sound.example/5")
    Article.objects.filter(pk=copy.pk).update(text=original.text, sentences=original.sentences)
    Placement.objects.filter(article=copy).update(copy_of=original)
    assert page_of(client, "/between/france/norway").count("France accused Norway") == 1


def test_the_api_gives_the_same_weeks_each_sentence_with_its_place(client, pair):
    answer = client.get("/api/v1/between/norway/france").json()
    assert answer["url"] == "/between/france/norway"
    assert [[deed["doer"] for deed in week["deeds"]] for week in answer["weeks"]] == [
        ["France"],
        ["Norway"],
        ["both"],
        ["France"],
    ]
    said = [one for week in answer["weeks"] for deed in week["deeds"] for one in deed["sentences"]]
    assert all(one["url"].startswith(f"/article/{one['article']}#s") for one in said)
    assert {one["publisher"] for one in said} == {"The Sound Weekly"}
    earlier = client.get("/api/v1/between/france/norway?before=2026-11-09").json()
    assert len(earlier["weeks"]) == 2
    assert client.get("/api/v1/between/france/norway?before=x").status_code == 422
    assert client.get("/api/v1/between/france/nosuchtag").status_code == 404


def test_ai_features_off_has_no_such_page_and_no_link_to_it(client, pair, settings):
    settings.AI_FEATURES = False
    response = client.get("/between/france/norway")
    assert response.status_code == 404
    assert "turned the AI features off" in response.content.decode()
    assert "/between/" not in page_of(client, "/hashtag/france")
