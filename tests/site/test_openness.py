"""Whose text it is: what readers who have not signed in see, wherever a text could leave the site."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory

from newsroom.articles import openness
from newsroom.articles.models import Article, Version
from newsroom.publishers.models import Publisher
from newsroom.readers.models import Reader
from newsroom.readers.operator import is_on_this_machine
from newsroom.stories.models import Notes, Story
from tests.site.stories import NOW, make_story

OPENING = (
    "The ferry Halda ran aground on Tuesday on the reef off Port Meren with 212 passengers on board. "
    "Harbour master Ilse Torvik said that all passengers were brought ashore within four hours of the alarm. "
    "The Halda had left Sandwick at six in the morning, an hour late, in thick fog over the Meren Sound."
)
REST = (
    "A cook of the ship, who would not give his name, spoke of a bang that was like a slammed gate. "
    "Crates of apples from the Ostra valley drifted in the harbour basin until the late afternoon. "
    "In the tavern above the quay the landlady lent the drenched musicians towels and three guitars. "
    "One accordion is still missing, and its owner offers eleven jars of honey to the honest finder."
)
SECRET = "The insurers in Lindhaven keep a ledger bound in green leather for mishaps of this sort."


@pytest.fixture(autouse=True)
def _closed(settings, _texts_open_to_all):
    settings.PUBLIC_TEXT = "excerpt"


@pytest.fixture
def ferry(db) -> Article:
    make_story("Ferry Halda aground off Port Meren", f"{OPENING}\n\n{REST}\n\n{SECRET}", number=71)
    article = Article.objects.get(url="https://meren.example/71")
    Version.objects.create(
        article=article, replaced_at=NOW, title=article.title, text=f"{OPENING}\n\n{REST}", change="substance"
    )
    return article


def sentences_of(article: Article) -> dict[int, str]:
    return {number: article.text[start:end] for number, (start, end) in enumerate(article.sentences, 1)}


def told(response) -> str:
    """What a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def noted_sentences(article: Article) -> set[str]:
    """What notes say of the article word for word."""
    bodies = json.dumps(list(Notes.objects.values_list("body", flat=True)), ensure_ascii=False)
    return {text for text in sentences_of(article).values() if json.dumps(text, ensure_ascii=False)[1:-1] in bodies}


def addresses_of(article: Article) -> list[str]:
    """Every kind of address of the site, as far as it can lead to this article."""
    story, version = article.placement.story_id, article.versions.get().pk
    tags = [f"/hashtag/{tag.key}" for tag in Story.objects.get(pk=story).hashtags.all()]
    words = ("accordion", "ledger", "Halda", '"green+leather"')
    return [
        "/", "/feed.xml", f"/story/{story}", f"/story/{story}?since=2026-11-01", f"/article/{article.pk}",
        f"/article/{article.pk}/ferry-halda", f"/article/{article.pk}?edits=substance",
        f"/article/{article.pk}/changes/{version}", f"/publisher/{article.publisher.slug}",
        f"/publisher/{article.publisher.slug}/health", "/publishers", "/hashtags", "/countries", "/edition",
        "/edition/feed.xml", "/section/world", "/section/world/feed.xml", "/country/no", "/health", "/about", "/explain",
        f"/api/v1/articles/{article.pk}", f"/api/v1/stories/{story}", "/api/v1/stories", "/api/v1/editions",
        *(f"/search?q={word}" for word in words), *tags, *(f"{tag}/feed.xml" for tag in tags),
    ]  # fmt: skip


def test_no_address_gives_a_visitor_more_than_excerpt_and_evidence(client, ferry):
    excerpt = openness.excerpt_of(ferry)
    allowed = noted_sentences(ferry) | {text for text in sentences_of(ferry).values() if text in excerpt}
    held_back = set(sentences_of(ferry).values()) - allowed
    assert held_back, "the notes quote all of it: the test says nothing"
    for address in addresses_of(ferry):
        said = told(client.get(address))
        if "/changes/" in address:
            continue
        found = [text for text in held_back if text in said]
        assert not found, f"{address} gives {found}"


def test_excerpt_ends_with_a_sentence_within_sixty_words(ferry):
    excerpt = openness.excerpt_of(ferry)
    assert len(excerpt.split()) <= 60
    assert excerpt.endswith("Meren Sound.")
    assert "cook" not in excerpt


def test_each_mark_of_the_story_leads_to_a_sentence_that_is_shown(client, ferry):
    page = client.get(f"/story/{ferry.placement.story_id}").content.decode()
    marks = set(re.findall(rf"/article/{ferry.pk}#(s\d+)", page))
    shown = client.get(f"/article/{ferry.pk}").content.decode()
    assert marks
    for anchor in marks:
        assert shown.count(f'id="{anchor}"') == 1, anchor


def test_visitor_is_led_to_the_publisher(client, ferry):
    page = client.get(f"/article/{ferry.pk}").content.decode()
    assert page.count('href="https://meren.example/71"') >= 2
    assert "This is how it begins." in page


def test_change_page_quotes_sixty_words_at_most(client, ferry):
    version = ferry.versions.get()
    version.text = "\n\n".join(f"Old words number {n} of the harbour ledger stand here alone." for n in range(60))
    version.save()
    page = client.get(version.get_absolute_url()).content.decode()
    quoted = re.findall(r"</span>([^<]+)<span", page)
    assert 0 < len(" ".join(quoted).split()) <= 62
    assert SECRET not in page


def test_member_reads_the_whole_and_no_cache_keeps_it_for_others(client, ferry):
    client.force_login(Reader.objects.create_user("reader@meren.example"))
    answer = client.get(f"/article/{ferry.pk}")
    assert SECRET in answer.content.decode()
    assert "private" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]
    assert client.get(f"/api/v1/articles/{ferry.pk}").json()["text"] == ferry.text


def test_visitor_gets_no_cookie(client, ferry):
    assert not client.get(f"/article/{ferry.pk}").cookies


@pytest.mark.parametrize(("access", "whole", "begins"), [("whole", True, True), ("headline", False, False)])
def test_publishers_entry_may_open_more_or_less(client, ferry, access, whole, begins):
    Publisher.objects.filter(pk=ferry.publisher_id).update(text_access=access)
    Notes.objects.all().delete()
    page = client.get(f"/article/{ferry.pk}").content.decode()
    assert (SECRET in page) is whole
    assert ("in thick fog over the Meren Sound" in page) is begins


def test_whole_by_setting(client, ferry, settings):
    settings.PUBLIC_TEXT = "whole"
    assert SECRET in client.get(f"/article/{ferry.pk}").content.decode()


def test_feeds_own_words_of_a_refused_article_are_cut(client, ferry):
    words = " ".join(f"w{number}" for number in range(90))
    Article.objects.filter(pk=ferry.pk).update(text="", sentences=[], refused="Only for subscribers.", summary=words)
    page = client.get(f"/article/{ferry.pk}").content.decode()
    assert "w59 …" in page
    assert "w60" not in page


def test_api_says_how_much_it_gives_and_what_notes_stand_on(client, ferry):
    told = client.get(f"/api/v1/articles/{ferry.pk}").json()
    assert told["access"] == "excerpt"
    assert told["sentences"] == []
    assert told["text"] == openness.excerpt_of(ferry)
    assert all(ferry.text[one["start"] : one["end"]] == one["text"] for one in told["standing"])
    assert {one["text"] for one in told["standing"]} == noted_sentences(ferry)


LOCAL = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8000"}


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000", "localhost:80"])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_operator_on_loopback_reads_everything(host, address):
    assert is_on_this_machine(RequestFactory().get("/", **{**LOCAL, "REMOTE_ADDR": address, "HTTP_HOST": host}))


@pytest.mark.parametrize(
    "more",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": ""},  # a Unix socket: a proxy
        {"HTTP_HOST": "news.example"},
        {"HTTP_HOST": "127.0.0.1.news.example"},
        {"HTTP_HOST": "localhost.news.example"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_X_REAL_IP": "192.0.2.7"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
        {"HTTP_VIA": "1.1 proxy"},
        {"SERVER_PROTOCOL": "HTTP/1.0"},
        {"HTTP_REFERER": "https://news.example/story/1"},
    ],
)
def test_who_comes_through_a_proxy_is_not_the_operator(more):
    assert not is_on_this_machine(RequestFactory().get("/", **{**LOCAL, **more}))


def test_nobody_is_the_operator_where_the_site_has_a_public_name(settings):
    settings.SITE_HOSTS = ["news.example"]
    assert not is_on_this_machine(RequestFactory().get("/", **LOCAL))


def test_operators_page_is_whole(ferry):
    page = Client(SERVER_NAME="127.0.0.1").get(f"/article/{ferry.pk}").content.decode()
    assert SECRET in page


@pytest.mark.parametrize(
    "text",
    ["x" * 5000, "word " * 5000, "港" * 5000, "港口。" * 400, "", "\n\n", "שלום " * 300, "👩‍👩‍👧‍👦" * 900],
)
def test_excerpt_of_odd_texts_is_short(ferry, text):
    ferry.text, ferry.sentences = text, [[0, len(text)]] if text.strip() else []
    assert len(openness.excerpt_of(ferry)) <= 60 * openness.LONG_WORD
    assert len(openness.clip(text)) <= 60 * openness.LONG_WORD


def test_text_pasted_by_a_reader_is_whole_and_one_fetched_is_the_publishers(ferry):
    ferry.private_key, ferry.site = "k" * 43, ""
    assert openness.public_openness(ferry).is_whole
    ferry.site = "meren.example"
    assert not openness.public_openness(ferry).is_whole


def test_no_notes_are_made_or_shown_of_a_reserved_text(client, ferry):
    story = ferry.placement.story_id
    before = client.get(f"/story/{story}").content.decode()
    assert f"/article/{ferry.pk}#s" in before
    Article.objects.filter(pk=ferry.pk).update(reserved="noai tdm")
    after = client.get(f"/story/{story}").content.decode()
    assert f"/article/{ferry.pk}#s" not in after
    answer = client.get(f"/article/{ferry.pk}")
    assert "reserves this text against AI and text mining" in answer.content.decode()
    assert "noai" in answer["X-Robots-Tag"]
    assert answer["tdm-reservation"] == "1"
    assert 'content="noai, noimageai"' in answer.content.decode()
    asked = client.get("/api/v1/ask", {"q": "Who offers eleven jars of honey?"}).json()
    assert all(one["article"] != str(ferry.pk) for part in asked["parts"] for one in part["sentences"])


def test_notes_made_anew_leave_a_reserved_text_out(ferry):
    from newsroom.desk import telling

    story = ferry.placement.story
    Article.objects.filter(pk=ferry.pk).update(reserved="noai")
    assert telling.tellings_of_notes(story) == ()
    telling.write_notes([story], NOW + timedelta(hours=1), engine=map)
    assert SECRET not in json.dumps(Notes.objects.get(story=story).body)


def test_no_model_is_given_what_turns_ai_agents_away(ferry, settings, monkeypatch):
    from newsroom.desk import model_writing
    from newstext import model

    given = []
    monkeypatch.setattr(model, "requests", lambda tellings, **more: given.extend(tellings) or ())
    model_writing._ask(ferry.placement.story, NOW)
    assert [one.id for one in given] == [str(ferry.pk)]
    given.clear()
    Article.objects.filter(pk=ferry.pk).update(reserved="agents")
    model_writing._ask(ferry.placement.story, NOW)
    assert given == []


def test_queries_of_the_closed_page_do_not_grow(client, ferry, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        client.get(f"/article/{ferry.pk}")
