"""Parts of pages that are made once: what makes them anew, what goes on in them, and how much work a page is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.utils import timezone, translation

from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.readers.templatetags.kept import PARTS, KeptParts
from newsroom.stories.models import Notes, Story
from tests.site.stories import NOW, TEXT, make_story, without_start

pytestmark = pytest.mark.django_db
HOSTILE = """<script>alert("1")</script> & 'they' {{ site_name }} {0} %(n)s"""
SENTENCE = "Some 4,000 people spent the night in schools in Ostra, mayor Sten Aldous said."
KEPT_CHARS = 100


@pytest.fixture(autouse=True)
def _nothing_kept():
    PARTS.clear()


@pytest.fixture
def story() -> Story:
    return make_story("Dam above Ostra holds", TEXT)


@pytest.fixture
def pages(story: Story) -> list[str]:
    return ["/", "/stories", f"/story/{story.pk}", f"/article/{story.lead_id}"]


def page(address: str, **headers: str) -> str:
    html = Client().get(address, headers={"accept-language": "en", **headers}).content.decode()
    return without_start(html)


def test_a_page_asked_for_again_makes_no_part_anew(pages):
    for address in pages:
        first = Client().get(address)
        made = PARTS.made
        again = Client().get(address)
        assert PARTS.made == made, address
        assert without_start(again.content.decode()) == without_start(first.content.decode())
        assert len(again.templates) < len(first.templates)


def test_what_a_page_made_again_renders_does_not_grow_with_its_tellings_and_sentences(story):
    few = _rendered_again(f"/story/{story.pk}")
    for number in range(2, 8):
        other = make_story("Dam above Ostra holds", TEXT.replace("4,000", f"{number},000"), number=number)
        other.placements.update(story=story)
    assert _rendered_again(f"/story/{story.pk}") <= few


def _rendered_again(address: str) -> int:
    Client().get(address)
    return len(Client().get(address).templates)


@pytest.mark.parametrize(("place", "most"), [(0, 11), (2, 14), (3, 11)])
def test_a_page_asks_the_database_so_often_at_most(pages, place, most, django_assert_max_num_queries):
    with django_assert_max_num_queries(most):
        Client().get(pages[place])


def test_a_sentence_that_was_edited_is_gone_from_the_next_page(story):
    assert f">{SENTENCE}</span>" in page(f"/story/{story.pk}")
    article = Article.objects.get(pk=story.lead_id)
    Article.objects.filter(pk=article.pk).update(text=article.text.replace("4,000", "5,000"))
    assert "4,000" not in page(f"/story/{story.pk}")


def test_a_publisher_that_was_renamed_has_its_new_name_in_every_mark_and_list(pages):
    for address in pages:
        assert "<bdi>Meren Courier" in page(address)
    Publisher.objects.update(name="Meren Herald")
    for address in pages:
        html = page(address)
        without_origin = (
            html.partition('<p class="began">')[0] + html.partition('<p class="began">')[2].partition("</p>")[2]
        )
        assert "<bdi>Meren Herald" in html
        assert "<bdi>Meren Courier" not in without_origin


def test_ages_go_on_in_a_part_that_is_not_made_anew(story, monkeypatch):
    Notes.objects.update(made_at=NOW)
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(minutes=5))
    assert "5 minutes ago" in page(f"/story/{story.pk}")
    made = PARTS.made
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=3))
    html = page(f"/story/{story.pk}")
    assert "5 minutes ago" not in html
    assert "3 hours ago" in html
    assert PARTS.made == made


def test_a_part_is_kept_for_one_language(story):
    address = f"/story/{story.pk}"
    english = page(address)
    arabic = page(address, **{"accept-language": "ar"})
    assert "Open this sentence in its article" in english
    assert "Open this sentence in its article" not in arabic
    assert page(address) == english


def test_sections_and_menu_follow_the_setting_that_turns_ai_off(story, settings):
    assert 'id="brief"' in page(f"/story/{story.pk}")
    settings.AI_FEATURES = False
    html = page(f"/story/{story.pk}")
    assert 'id="brief"' not in html
    assert 'href="/ask"' not in html


def test_hostile_names_and_headlines_are_text_in_marks_lists_and_kept_parts(pages, story):
    Publisher.objects.update(name=HOSTILE)
    Article.objects.update(title=HOSTILE, source=HOSTILE, language='"><i>')
    Story.objects.update(title=HOSTILE, language='"><i>')
    for address in pages:
        for html in (page(address), page(address)):
            assert "<script>alert" not in html
            assert '"><i>' not in html
            assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#x27;they&#x27; {{ site_name }}" in html


def test_words_that_look_like_a_place_for_later_are_shown_as_they_are(story):
    Story.objects.update(title="later-0- and later-00000000000000000000000000000000-0-")
    assert "later-0- and later-00000000000000000000000000000000-0-" in page(f"/story/{story.pk}")


def test_a_part_sees_what_is_named_alone():
    told = '{% load kept %}{% kept "parts/fresh.html" news_address=address %}'
    html = Template(told).render(Context({"address": "/new?a&b"}))
    assert 'data-news="/new?a&amp;b"' in html
    bare = Template('{% load kept %}{% kept "parts/fresh.html" %}').render(Context({"news_address": "/new"}))
    assert "data-news" not in bare
    with pytest.raises(TemplateSyntaxError, match="no name=value"):
        Template('{% load kept %}{% kept "parts/fresh.html" address %}')


def test_what_was_shown_longest_ago_goes_when_there_is_no_room():
    parts = KeptParts(most_chars=KEPT_CHARS)
    for name in (b"one", b"two"):
        parts.keep(name, ("x" * 40,))
    assert parts.get(b"one")
    parts.keep(b"three", ("x" * 40,))
    assert parts.get(b"two") is None
    assert parts.get(b"one")
    parts.keep(b"large", ("x" * 2 * KEPT_CHARS,))
    assert len(parts) == 0


def test_fixed_words_are_told_in_each_language_and_variables_each_time():
    fixed = Template('{% load i18n %}{% translate "Search" %}')
    told = Template("{% load i18n %}{% translate name %}")
    with translation.override("en"):
        assert fixed.render(Context()) == "Search"
        assert [told.render(Context({"name": name})) for name in ("Search", "<b>")] == ["Search", "&lt;b&gt;"]
    with translation.override("ar"):
        assert fixed.render(Context()) == translation.gettext("Search") != "Search"
    with translation.override("en"):
        assert fixed.render(Context()) == "Search"
