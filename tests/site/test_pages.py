"""Each page through its address: whole without a script, without a cookie, without anybody else."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client

from newsroom.articles.models import Article
from newsroom.stories.models import Hashtag, Story

pytestmark = pytest.mark.django_db
FRONT_BYTES, STORY_BYTES = 60_000, 80_000


@pytest.fixture
def reader() -> Client:
    return Client()


def page(reader: Client, address: str, status: int = 200) -> str:
    answer = reader.get(address)
    assert answer.status_code == status, answer.content[:500]
    assert not answer.cookies
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
    return answer.content.decode()


def test_front_links_each_story_and_marks_the_sample(reader):
    html = page(reader, "/")
    stories = Story.objects.public().order_by("-front_at")[:5]
    assert all(f'href="/story/{story.pk}"' in html for story in stories)
    assert html.count('class="sample"') >= len(stories)
    assert 'action="/explain"' in html


def test_story_links_the_page_of_each_telling(reader, story_of):
    story = story_of("Kestrel dam fails")
    html = page(reader, f"/story/{story.pk}")
    tellings = story.placements.values_list("article_id", flat=True)
    assert all(f'href="/article/{article}"' in html for article in tellings)
    for heading in ("Brief", "Why now?", "Timeline", "Who tells it"):
        assert f">{heading}</h2>" in html
    assert "Why in this story?" in html
    assert "also in" in html


def test_every_evidence_mark_leads_to_its_sentence(reader, story_of):
    html = page(reader, f"/story/{story_of('Kestrel dam fails').pk}")
    marks = set(re.findall(r'href="(/article/\d+)#(s\d+)"', html))
    assert len(marks) >= 6
    for address, place in marks:
        assert f'<span id="{place}">' in page(reader, address)


def test_shown_sentences_stand_word_for_word_in_their_article(story_of):
    notes = story_of("Kestrel dam fails").notes.body
    sentences = [*notes["brief"], *(one for event in notes["timeline"] for one in event["sentences"])]
    assert sentences
    for one in sentences:
        article = Article.objects.get(pk=int(one["article"]))
        assert article.text[one["start"] : one["end"]] == one["text"]
        assert re.sub(r" \[[^\]]+\]", "", one["shown"]) == one["text"]


def test_article_page_is_whole(reader, article_of):
    article = article_of("EXPLAINER: Tensions are rising")
    html = page(reader, f"/article/{article.pk}")
    assert html.count("EXPLAINER: Tensions are rising") >= 2  # title element and headline
    assert len(re.findall(r"<h1", html)) == 1
    for piece in ("Tidewire", "Sonja Brandt", "20 November 2026", "Read it at the publisher", "LINDHAVEN, Velmark"):
        assert piece in html
    for heading in ("Try the AI features", "Comments", "Related articles"):
        assert f">{heading}</h2>" in html
    assert all(
        paragraph.split(". ")[0] in html.replace("&quot;", '"').replace("&#x27;", "'")
        for paragraph in article.text.split("\n\n")
    )
    assert f'href="/story/{article.placement.story_id}"' in html


def test_the_explainer_says_why_now(article_of):
    why_now = article_of("EXPLAINER: Tensions are rising").placement.story.notes.body["why_now"]
    assert why_now["trigger"]
    assert why_now["steps"]
    assert any("November 27" in one["text"] for one in why_now["ahead"])
    behind = " ".join(one["text"] for one in why_now["background"])
    assert "1921" in behind or "1998" in behind or "2003" in behind


@pytest.mark.parametrize("words", ["Video: the moment", "La Karsa expulse"])
def test_a_refused_page_has_an_article_page_too(reader, article_of, words):
    article = article_of(words)
    html = page(reader, f"/article/{article.pk}")
    for piece in (
        article.publisher.name,
        "Read it at the publisher",
        "Try the AI features",
        "Comments",
    ):
        assert piece in html
    assert article.refused.split("’")[0].split("'")[0] in html


def test_right_to_left_passages_say_so(reader, article_of):
    html = page(reader, f"/article/{article_of('ارتفاع حصيلة').pk}")
    assert re.search(r'<h1 lang="ar" dir="rtl">', html)
    assert re.search(r'<div class="body" lang="ar" dir="rtl" id="body">', html)


def test_a_slug_may_follow_and_a_merged_story_redirects(reader, story_of):
    one, other = story_of("Quake of magnitude 5.8"), story_of("quake of 4.6")
    page(reader, f"/story/{one.pk}/any-words-at-all")
    page(reader, f"/article/{one.lead_id}/any-words")
    one.merged_into = other
    one.save()
    answer = reader.get(f"/story/{one.pk}")
    assert (answer.status_code, answer["Location"].startswith(f"/story/{other.pk}")) == (301, True)


def test_pages_ask_nobody_else(reader, story_of):
    story = story_of("Kestrel dam fails")
    for address in ("/", f"/story/{story.pk}", f"/article/{story.lead_id}", "/publishers", "/about"):
        html = page(reader, address)
        assert not re.findall(r'(?:src|action|data)="(?:https?:)?//', html)
        assert not re.findall(r'<link (?!rel="canonical")[^>]*href="https?://', html)
        own = html.replace('<script src="/static/', "").replace('<script type="application/ld+json">', "")  # data
        assert "<script" not in own
        assert "style=" not in html


def test_pages_are_light(reader, story_of):
    assert len(gzip.compress(reader.get("/").content)) < FRONT_BYTES
    assert len(gzip.compress(reader.get(f"/story/{story_of('Kestrel dam fails').pk}").content)) < STORY_BYTES


def test_front_asks_the_database_a_bounded_number_of_times(reader, django_assert_max_num_queries):
    with django_assert_max_num_queries(11):
        reader.get("/")


def test_hashtag_and_publisher_pages(reader):
    tag = Hashtag.objects.filter(stories__article_count__gt=3).first()
    assert f"#{tag.name}" in page(reader, f"/hashtag/{tag.key}")
    assert 'href="/publisher/sample-le-fanal/health"' in page(reader, "/publisher/sample-le-fanal")
    html = page(reader, "/publisher/sample-le-fanal/health")
    assert "What could not be read, and why" in html
    assert "consent form" in html
    assert "Le Fanal" in page(reader, "/publishers")


def test_search_finds_words_and_phrases_in_any_script(reader):
    assert "Kestrel" in page(reader, "/search?q=kestrel+spillway")
    assert "سد <mark>كيستريل</mark>" in page(reader, "/search?q=كيستريل")
    assert "<mark>" in page(reader, '/search?q="night shift"')
    assert "Nothing held has these words" in page(reader, "/search?q=xyzzyqwv")


@pytest.mark.parametrize(
    "query", ['"', "AND OR NOT", "a*b^(c:d)", "NEAR(" * 2000, "'; drop table--", "%", "-", "\x00\ufffe"]
)
def test_search_takes_anything(reader, query):
    assert reader.get("/search", {"q": query}).status_code == 200


def test_small_addresses(reader):
    assert reader.get("/healthz").content == b"ok\n"
    assert b"<rss" in reader.get("/feed.xml").content
    assert "Disallow: /text/" in page(reader, "/robots.txt")
    assert "How it works" in page(reader, "/about")
    page(reader, "/article/999999", 404)
    page(reader, "/story/999999", 404)
    answer = reader.get("/favicon.ico", follow=True)  # no way round by a slash
    assert (answer.status_code, len(answer.redirect_chain)) == (404, 0)
    assert reader.get("/about/")["Location"] == "/about"
    assert reader.get("/%2Fevil.example/").status_code == 404


def test_nothing_held_says_what_to_do(reader):
    Story.objects.all().delete()
    assert "./run add" in page(reader, "/")


def test_all_publishers_of_a_story_stand_at_its_top_once(reader, story_of):
    story = story_of("Kestrel dam fails")
    top = page(reader, f"/story/{story.pk}").split('<ul class="publishers">')[1].split("</ul>")[0]
    names = set(story.placements.values_list("article__publisher__name", flat=True))
    assert len(names) == story.publisher_count == top.count("<li>")
    assert all(f"<bdi>{name}</bdi>" in top for name in names)
