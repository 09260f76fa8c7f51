"""Who's who on the page of a story: roles with their sentences, and names that lead to their hashtag's page."""

from __future__ import annotations

import pytest
from django.test import Client

from newsroom.articles.models import Article
from newsroom.stories.models import Hashtag, HashtagAlias, Notes, Story
from newsroom.stories.people import pages_of
from tests.site.test_hashtags import new_story

pytestmark = pytest.mark.django_db
TEXT = "Ada Brink, the mayor of Ostra, spoke on Monday."


def story_with(people: list[dict]) -> Story:
    story = new_story("Dam of Ostra")
    for article in Article.objects.filter(placement__story=story):
        article.text, article.sentences = TEXT, [[0, len(TEXT)]]
        article.save()
    Notes.objects.create(story=story, body={"people": people}, made_at=story.first_at, article_count=3)
    return story


def person(story_articles: list[str], *roles: tuple[str, str], name: str = "Ada Brink", kind: str | None = "person"):
    sentence = {"text": TEXT, "start": 0, "end": len(TEXT), "shown": TEXT}
    return {
        "name": name,
        "kind": kind,
        "mentions": 3,
        "roles": [
            {"role": role, "on": day, "evidence": {**sentence, "article": story_articles[place]}}
            for place, (role, day) in enumerate(roles)
        ],
    }


def page_of(story: Story) -> str:
    return Client().get(story.get_absolute_url(), follow=True).content.decode()


def keys_of(story: Story) -> list[str]:
    return [str(key) for key in Article.objects.filter(placement__story=story).values_list("pk", flat=True)]


def with_people(*people_of) -> tuple[Story, str]:
    story = story_with([])
    keys = keys_of(story)
    Notes.objects.filter(story=story).update(body={"people": [make(keys) for make in people_of]})
    return story, page_of(story)


def test_a_role_leads_to_its_sentence():
    story, page = with_people(lambda keys: person(keys, ("mayor of Ostra", "2026-11-20")))
    assert "Who’s who" in page
    assert "mayor of Ostra" in page
    assert f'href="/article/{keys_of(story)[0]}#s1"' in page
    assert "2026-11-20" not in page.split('class="people"')[1].split("</dl>")[0]  # one role needs no day


def test_roles_that_differ_stand_with_their_days():
    _, page = with_people(
        lambda keys: person(keys, ("former mayor of Ostra", "2026-11-20"), ("mayor of Ostra", "2026-11-03"))
    )
    assert page.index('datetime="2026-11-20"') < page.index('datetime="2026-11-03"')


def test_a_name_leads_to_the_page_of_its_hashtag_also_by_another_name():
    full = Hashtag.objects.create(key="adabrinkh", name="AdaBrinkh", article_count=5)
    HashtagAlias.objects.create(key="brinkh", hashtag=full)
    Hashtag.objects.create(key="ostrah", name="Ostrah", article_count=2)
    Hashtag.objects.create(key="karsah", name="Karsah", article_count=9, is_blocked=True)
    pages = pages_of(["Ada Brinkh", "Brinkh", "Ostrah", "Karsah", "…"])
    assert pages == {"Ada Brinkh": "/hashtag/adabrinkh", "Brinkh": "/hashtag/adabrinkh"}
    _, page = with_people(lambda keys: person(keys, ("mayor of Ostra", "2026-11-20"), name="Ada Brinkh"))
    assert 'href="/hashtag/adabrinkh"' in page


def test_names_are_looked_up_together(django_assert_max_num_queries):
    for number in range(6):
        Hashtag.objects.create(key=f"name{number}", name=f"Name{number}", article_count=5)
    with django_assert_max_num_queries(2):
        assert len(pages_of(f"Name {number}" for number in range(6))) == 6


def test_who_lost_the_sentence_of_the_only_role_is_left_out():
    story, _ = with_people(lambda keys: person(keys, ("mayor of Ostra", "2026-11-20")))
    Article.objects.filter(placement__story=story).update(sentences=[])
    assert "Ada Brink" not in page_of(story)


def test_who_has_no_role_is_listed_with_the_times_named():
    _, page = with_people(lambda keys: person(keys, kind=None))
    assert "named 3 times" in page
