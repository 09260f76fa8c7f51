"""A question over a story, over all that is held, and over a brought text: sentences, or that they are not held."""

from __future__ import annotations

import pytest

from newsroom.articles.models import Article
from newsroom.stories.models import Notes

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked_story(story_of):
    return story_of("Ostra dam")


def ask(client, where: str, question: str):
    response = client.get(where, {"q": question})
    return response, response.content.decode()


def test_a_question_of_all_that_is_held_is_answered_with_source_and_date(client):
    response, page = ask(client, "/ask", "Who is Oda Brask?")
    assert response.status_code == 200
    assert "Oda Brask" in page
    assert '<ol class="answer">' in page
    assert "#s" in page
    assert "<time datetime=" in page


def test_what_no_article_says_is_said_to_be_not_held(client):
    response, page = ask(client, "/ask", "How many giraffes resigned in Lindhaven in 1871?")
    assert response.status_code == 200
    assert "Not in what we hold." in page
    assert '<ol class="answer">' not in page
    assert "/search?q=How%20many%20giraffes" in page


def test_a_story_answers_its_suggested_questions(client):
    notes = next(one for one in Notes.objects.filter(story__is_private=False) if one.body["questions"])
    question = notes.body["questions"][0]
    _, page = ask(client, f"/story/{notes.story_id}/ask", question["question"])
    assert '<ol class="answer">' in page
    story = client.get(f"/story/{notes.story_id}").content.decode()
    assert "<details><summary><bdi" in story
    assert f'action="/story/{notes.story_id}/ask"' in story


@pytest.mark.parametrize(
    "question", ['"', "* OR *", "NEAR(a b)", "title: x AND (", "'; DROP TABLE x; --", "a\x00b", "؟؟؟", "%", "-"]
)
def test_a_hostile_question_is_no_query_syntax(client, question):
    response, _ = ask(client, "/ask", question)
    assert response.status_code == 200


def test_an_empty_question_shows_the_form(client, asked_story):
    for where in ("/ask", f"/story/{asked_story.pk}/ask"):
        response, page = ask(client, where, "  ")
        assert response.status_code == 200
        assert "Not in what we hold" not in page


def test_a_question_too_long_names_the_limit(client):
    response, page = ask(client, "/ask", "who " * 200)
    assert response.status_code == 422
    assert "300 characters at most" in page


def test_a_question_is_escaped_and_no_cookie_is_set(client):
    response, page = ask(client, "/ask", "<script>alert(1)</script>?")
    assert "<script>alert" not in page
    assert not response.cookies
    assert 'content="noindex"' in page


def test_a_brought_text_is_asked_by_its_own_address_alone(client):
    text = (
        "Velmark will build a lighthouse at Port Sela.\n\nEngineer Runa Tollev said on Monday that the lighthouse at "
        "Port Sela would cost 12 million crowns.\n\nThe council of Port Sela agreed to the plan in October."
    )
    address = client.post("/explain", {"text": text}).headers["Location"]
    response, page = ask(client, f"{address}/ask", "How much would the lighthouse cost?")
    assert "12 million crowns" in page
    assert response["X-Robots-Tag"] == "noindex"
    assert "12 million crowns" not in ask(client, "/ask", "How much would the lighthouse at Port Sela cost?")[1]
    private = Article.objects.get(private_key=address.rpartition("/")[2])
    assert client.get(f"/story/{private.placement.story_id}/ask").status_code == 404


def test_ai_features_off_takes_the_form_its_links_and_its_answers_away(client, asked_story, settings):
    text = "Velmark will build a lighthouse at Port Sela.\n\nThe council of Port Sela agreed to the plan in October."
    address = client.post("/explain", {"text": text}).headers["Location"]
    settings.AI_FEATURES = False
    for where in ("/ask", f"/story/{asked_story.pk}/ask", f"{address}/ask"):
        response, page = ask(client, where, "Who is Oda Brask?")
        assert response.status_code == 404
        assert "turned the AI features off" in page
        assert '<form class="ask"' not in page
    for where in ("/", "/search?q=dam", f"/story/{asked_story.pk}"):
        page = client.get(where).content.decode()
        assert 'href="/ask' not in page
        assert '<form class="ask"' not in page
