"""Related articles on story and article pages: by kind, with reasons, or not at all."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from newsroom.articles.models import Article
from newsroom.stories import related
from newsroom.stories.models import Hashtag, Notes, Placement, Story, Storyline
from newsroom.stories.showing import RELATED_KINDS

pytestmark = pytest.mark.django_db


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def section(html: str) -> str:
    found = re.search(r'<section aria-labelledby="related">.*?</section>', html, re.DOTALL)
    return found.group() if found else ""


def test_every_entry_has_a_kind_and_a_reason():
    entries = [one for notes in Notes.objects.all() for one in notes.related]
    assert len(entries) > 10
    assert {one["kind"] for one in entries} <= set(RELATED_KINDS) - {""}
    assert all(one["because"] for one in entries)


def test_a_story_lists_no_telling_of_its_own_and_no_other_story_often():
    for notes in Notes.objects.all():
        stories = [Placement.objects.get(article=one["article"]).story_id for one in notes.related]
        assert notes.story_id not in stories
        assert all(stories.count(story) <= related.SAME_STORY_MOST for story in stories)


def test_related_articles_stand_under_their_kind_with_their_reasons(story_of):
    story = story_of("Karsa halts grain trains")
    html = section(page(f"/story/{story.pk}"))
    for one in story.notes.related:
        assert f'href="/article/{one["article"]}"' in html
        assert one["because"][0].replace("'", "&#x27;") in html
    kinds = {one["kind"] for one in story.notes.related}
    assert {f'id="related-{kind}"' in html for kind in kinds} == {True}
    assert html.count("<h3") == len(kinds)
    assert "<time" in html


def test_an_article_lists_the_other_tellings_of_its_event_with_time_between(story_of):
    story = story_of("Kestrel dam fails")
    placement = story.placements.filter(article=story.lead).get()
    same = [one for one in placement.related if one["kind"] == "same_event"]
    assert 0 < len(same) <= related.SAME_EVENT_MOST
    html = section(page(f"/article/{story.lead_id}"))
    assert "The same event elsewhere" in html
    assert all(f'href="/article/{one["article"]}"' in html for one in same)
    assert any("later" in one["because"][0] or "before" in one["because"][0] for one in same)
    assert f'href="/article/{story.lead_id}"' not in html


def test_no_list_has_two_printings_of_one_text():
    copies = dict(Placement.objects.exclude(copy_of=None).values_list("article", "copy_of"))
    for placement in Placement.objects.exclude(related=None):
        listed = [one["article"] for one in placement.related]
        assert len(set(listed)) == len(listed)
        assert not {copies.get(key) for key in listed} & {*listed, placement.article_id} - {None}


def test_nothing_related_shows_nothing(story_of):
    story = story_of("Kestrel dam fails")
    Notes.objects.filter(story=story).update(related=[])
    Placement.objects.filter(article=story.lead).update(related=[])
    for address in (f"/story/{story.pk}", f"/article/{story.lead_id}"):
        html = page(address)
        assert section(html) == ""
        assert "Related articles" not in html


def test_entries_kept_before_there_were_kinds_are_shown(story_of):
    story, other = story_of("Kestrel dam fails"), story_of("Quake of magnitude 5.8")
    Notes.objects.filter(story=story).update(related=[{"article": other.lead_id, "because": ["also on Karsa"]}])
    Placement.objects.filter(story=story).update(related=None)
    for address in (f"/story/{story.pk}", f"/article/{story.lead_id}"):
        html = section(page(address))
        assert f'href="/article/{other.lead_id}"' in html
        assert "also on Karsa" in html
    assert "The same event elsewhere" in html  # the article's page, from the story's tellings


def test_what_left_the_story_no_longer_tells_its_event(story_of):
    story, other = story_of("Kestrel dam fails"), story_of("Quake of magnitude 5.8")
    placement = story.placements.filter(article=story.lead).get()
    moved = next(one["article"] for one in placement.related if one["kind"] == "same_event")
    Placement.objects.filter(article=moved).update(story=other)
    assert f'href="/article/{moved}"' not in section(page(f"/article/{story.lead_id}"))


def test_what_is_gone_or_private_is_not_listed(story_of):
    story, other = story_of("Kestrel dam fails"), story_of("Quake of magnitude 5.8")
    entries = [{"article": key, "kind": "names", "because": ["also names Karsa"]} for key in (other.lead_id, 10**9)]
    Notes.objects.filter(story=story).update(related=entries)
    assert section(page(f"/story/{story.pk}")).count("<li>") == 1
    Article.objects.filter(pk=other.lead_id).update(private_key="0" * 32)
    assert section(page(f"/story/{story.pk}")) == ""


def test_a_page_view_searches_nothing(story_of, monkeypatch):
    def search(*_: object, **__: object) -> None:
        raise AssertionError("a page view searched")

    monkeypatch.setattr(related, "find_keys", search)
    story = story_of("Karsa halts grain trains")
    assert section(page(f"/story/{story.pk}"))
    assert section(page(f"/article/{story.lead_id}"))


def test_old_coverage_is_found_behind_hundreds_of_newer_articles(story_of, monkeypatch):
    """The newest that have any one word are not all that is looked at: two rare words find what is old."""
    story = story_of("Karsa halts grain trains")
    monkeypatch.setattr(related, "FOUND_BY_ANY", 0)
    found = related.find_related(story)
    assert found.of_story


def test_a_story_with_the_same_hashtag_is_found_though_no_word_is_searched(story_of, monkeypatch):
    story = story_of("Karsa halts grain trains")
    mate = Placement.objects.get(article=story.notes.related[0]["article"]).story
    story.hashtags.clear()
    mate.storyline = Storyline.objects.create(key="another")
    mate.save()
    monkeypatch.setattr(related, "NEAR_ENOUGH", 0.0)
    monkeypatch.setattr(related, "find_keys", lambda *_, **__: [])
    assert mate.pk not in stories_listed(story)
    Hashtag.objects.create(key="sharedtag", name="SharedTag").stories.add(story, mate)
    assert mate.pk in stories_listed(story)


def stories_listed(story: Story) -> set[int]:
    keys = [one["article"] for one in related.find_related(story).of_story]
    return set(Placement.objects.filter(article__in=keys).values_list("story", flat=True))
