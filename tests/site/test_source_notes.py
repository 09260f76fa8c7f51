"""A mark's sentence by itself: in its paragraph, never more of the text, and plainly gone where it is."""

from __future__ import annotations

import re

import pytest

from newsroom.articles.models import Article
from tests.site.stories import make_story

pytestmark = pytest.mark.django_db
TEXT = (
    "The ferry Halda left Port Meren late. The bow door had jammed on Sunday. Captain Anders Quill opened it by hand. "
    "Nobody was hurt on board. The line runs four ferries.\n\nA second ferry sails on Tuesday."
)


@pytest.fixture
def article() -> Article:
    return make_story("Ferry leaves late", TEXT).lead


def address(article: Article, number: int, query: str = "?as=note") -> str:
    return f"/article/{article.pk}/sentence/{number}{query}"


def mark_of(article: Article, number: int) -> str:
    """The check that a mark of the story's page gives for that sentence."""
    start, end = article.sentences[number - 1]
    from newsroom.stories.noted import check_of

    return check_of(article.text[start:end])


def test_a_note_has_the_sentence_marked_and_one_on_each_side(client, article):
    text = client.get(address(article, 3)).content.decode()
    assert "<mark>Captain Anders Quill opened it by hand.</mark>" in text
    assert "… The bow door had jammed on Sunday." in text
    assert "Nobody was hurt on board. …" in text
    assert "Port Meren late" not in text
    assert "four ferries" not in text


def test_a_note_stays_within_its_paragraph(client, article):
    text = client.get(address(article, 6)).content.decode()
    assert "<p><mark>A second ferry sails on Tuesday.</mark></p>" in text


def test_a_note_names_publisher_headline_and_both_places(client, article):
    text = client.get(address(article, 2)).content.decode()
    assert "Source: <bdi>Meren Courier" in text
    assert "Ferry leaves late" in text
    assert f'href="/article/{article.pk}#s2"' in text
    assert 'href="https://meren.example/1"' in text
    assert "<html" not in text


def test_opened_directly_it_is_a_page_that_search_engines_leave_out(client, article):
    response = client.get(address(article, 2, ""))
    assert b"<h1>Source:" in response.content
    assert b'role="search"' in response.content
    assert response["X-Robots-Tag"] == "noindex"


def test_it_may_be_kept_for_minutes(client, article):
    assert client.get(address(article, 2))["Cache-Control"] == "max-age=300"
    assert "Cache-Control" not in client.get(address(article, 99))


@pytest.mark.parametrize("query", ["?as=note", ""])
def test_a_number_beyond_the_text_is_gone_with_a_way_to_the_article(client, article, query):
    response = client.get(address(article, 99, query))
    assert response.status_code == 410
    assert b"This sentence is gone" in response.content
    assert f'href="/article/{article.pk}"'.encode() in response.content


def test_a_sentence_that_the_publisher_changed_is_not_shown_for_the_one_that_was_marked(client, article):
    check = mark_of(article, 2)
    assert client.get(address(article, 2, f"?as=note&is={check}")).status_code == 200
    Article.objects.filter(pk=article.pk).update(text=article.text.replace("Sunday", "Monday"))
    response = client.get(address(article, 2, f"?as=note&is={check}"))
    assert response.status_code == 410
    assert b"<mark>" not in response.content


def test_each_mark_of_a_page_carries_the_check_of_its_sentence(client, article):
    page = client.get(f"/story/{article.placement.story_id}").content.decode()
    marks = re.findall(r'class="mark" href="/article/(\d+)#s(\d+)" data-is="(\w{4})"', page)
    assert marks
    for number, place, check in marks:
        assert client.get(f"/article/{number}/sentence/{place}?is={check}").status_code == 200


@pytest.mark.parametrize("number", ["0", "99", "9" * 40])
def test_what_is_no_number_of_a_sentence_is_answered_plainly(client, article, number):
    assert client.get(f"/article/{article.pk}/sentence/{number}").status_code in (404, 410)


def test_an_article_that_is_not_held_has_no_sentence(client, db):
    assert client.get("/article/987654/sentence/1?as=note").status_code == 404


def test_a_text_that_a_reader_brought_is_not_told_by_number(client, article):
    Article.objects.filter(pk=article.pk).update(private_key="k" * 43)
    assert client.get(address(article, 1)).status_code == 404


def test_a_text_without_a_full_stop_is_cut(client, article):
    text = "word " * 100_000
    Article.objects.filter(pk=article.pk).update(text=text, sentences=[[0, len(text)]])
    assert len(client.get(address(article, 1)).content) < 6000


def test_what_a_publisher_wrote_as_html_is_text(client, article):
    text = "<script>alert(1)</script> stood there."
    Article.objects.filter(pk=article.pk).update(text=text, sentences=[[0, len(text)]], title="<b>Ferry</b>")
    page = client.get(address(article, 1)).content.decode()
    assert "<script>alert" not in page
    assert "<b>Ferry" not in page


def test_other_tellings_of_the_same_stand_with_it(client, story_of):
    body = story_of("Ostra").notes.body
    event = next(one for one in body["timeline"] if len({said["article"] for said in one["sentences"]}) > 1)
    said = event["sentences"][0]
    article = Article.objects.get(pk=int(said["article"]))
    number = [start for start, _ in article.sentences].index(said["start"]) + 1
    text = client.get(f"/article/{article.pk}/sentence/{number}").content.decode()
    assert "Also in other tellings" in text
    assert 'class="mark"' in text


def test_a_note_costs_a_fixed_number_of_queries(client, article, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        client.get(address(article, 2))


def test_a_stranger_is_given_no_sentence_that_the_articles_page_withholds(client, article, settings):
    settings.PUBLIC_TEXT = "headline"
    settings.SITE_HOSTS = ["news.example"]
    page = client.get(article.get_absolute_url()).content.decode()
    for number, (start, end) in enumerate(article.sentences, 1):
        said = article.text[start:end]
        answer = client.get(address(article, number))
        if said in page:
            assert answer.status_code == 200
        else:
            assert answer.status_code == 403
            assert said not in answer.content.decode()
            assert 'href="https://meren.example/1"' in answer.content.decode()
        others = [article.text[s:e] for n, (s, e) in enumerate(article.sentences, 1) if n != number]
        assert not any(other in answer.content.decode() for other in others)


def test_a_sentence_of_a_later_part_of_a_long_article_is_there(client, article):
    long = "The ferry left the quay of Port Meren with the tide that night. " * 2000
    spans = [[place, place + 63] for place in range(0, len(long), 64)]
    Article.objects.filter(pk=article.pk).update(text=long, sentences=spans)
    last = client.get(address(article, 1999)).content.decode()
    assert f'href="/article/{article.pk}?part=2#s1999"' in last
