"""What a reader mutes is not shown to them: in lists, among tellings, in what notes say; all of it one link away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.stories import reader_lists
from newsroom.stories.models import Hashtag, Notes, Placement, Story
from newsroom.stories.muting import Mutes
from tests.site.accounts import make_reader, signed_in
from tests.site.stories import NOW, TEXT, make_story, without_start

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_reader("ada")


@pytest.fixture
def client(ada):
    return signed_in(ada)


@pytest.fixture
def story() -> Story:
    """The dam above Ostra, told by the Meren Courier alone, the newest of all stories."""
    made = make_story("Dam above Ostra holds", TEXT)
    Story.objects.filter(pk=made.pk).update(last_at=timezone.now() + timedelta(days=400))
    return Story.objects.get(pk=made.pk)


def mute(client: Client, kind: str, key: str) -> None:
    assert client.post("/follow", {"do": "mute", "kind": kind, "key": key}).status_code == 303


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return without_start(response.content.decode())


def add_telling(story: Story, slug: str = "ostra-post", title: str = "Gates of the Ostra dam opened") -> Article:
    paper = Publisher.objects.create(slug=slug, name=slug.title(), domain=f"{slug}.example")
    url = f"https://{slug}.example/1"
    article = Article.objects.create(
        publisher=paper, url=url, url_key=url, title=title, seen_at=NOW, published_at=NOW, read_at=NOW
    )
    Placement.objects.create(article=article, story=story, placed_at=NOW)
    return article


def test_a_story_that_only_muted_publishers_tell_is_in_no_list(client, story):
    link = f'href="/story/{story.pk}"'
    assert link in text_of(client, "/stories")
    mute(client, "publisher", "meren-courier")
    for page in ("/stories", "/", "/stories?by=prominence"):
        assert link not in text_of(client, page)
    assert link in text_of(Client(), "/stories")


def test_a_story_that_others_tell_too_stays_without_the_muted_name(client, story):
    add_telling(story)
    mute(client, "publisher", "meren-courier")
    card = text_of(client, "/stories").split(f'id="story-{story.pk}"')[1].split("</article>")[0]
    assert "Ostra-Post" in card
    assert "Meren Courier" not in card


@pytest.mark.parametrize("word", ["OSTRA", "above  ostra", "a word of the sentence"])
def test_a_story_with_a_muted_word_in_headline_or_shown_sentence_is_in_no_list(client, story, word):
    if word.startswith("a "):
        shown = client.get("/stories").context["items"][0][1].brief[0].text
        word = next(one for one in shown.split() if one.isalpha() and len(one) > 4 and one not in story.title)
    mute(client, "word", word)
    for page in ("/stories", "/"):
        assert f'href="/story/{story.pk}"' not in text_of(client, page)


def test_a_muted_hashtag_takes_its_stories_off_lists_but_not_off_its_own_page(client, story):
    tag = Hashtag.objects.create(key="ostradam", name="OstraDam", article_count=3)
    story.hashtags.add(tag)
    mute(client, "hashtag", "ostradam")
    assert f'href="/story/{story.pk}"' not in text_of(client, "/stories")
    assert f'href="/story/{story.pk}"' in text_of(client, "/hashtag/ostradam")


def test_pages_without_a_muted_word_go_on_where_what_was_looked_through_ends(client, monkeypatch):
    monkeypatch.setattr(reader_lists, "LOOKED_THROUGH", 4)
    monkeypatch.setattr(reader_lists, "A_PAGE", 3)
    every = list(Story.objects.public().order_by("-last_at", "-pk"))
    for story in every[:3]:
        Story.objects.filter(pk=story.pk).update(title=f"Zibeline {story.pk}")
    mute(client, "word", "zibeline")
    found, address = [], "/stories"
    while address:
        context = client.get(address).context
        found += [story.pk for story, _sections, _publishers in context["items"]]
        older = context["older"].replace("+", "%2B")
        address = f"/stories?before={older}" if older else ""
    assert found == [story.pk for story in every[3:]]


def test_notes_are_shown_without_sentences_of_a_muted_word_and_say_what_could_not_be_made(client, story):
    before = Notes.objects.get(story=story).body
    page = text_of(client, f"/story/{story.pk}")
    assert "after engineers opened two gates" in page
    mute(client, "word", "gates")
    page = text_of(client, f"/story/{story.pk}")
    assert "after engineers opened two gates" not in page
    assert "muted=show" in page
    mute(client, "word", "the")  # each sentence has it
    page = text_of(client, f"/story/{story.pk}")
    assert "Could not be made without what you mute:" in page
    assert "Brief" in page.split("Could not be made")[1].split("</p>")[0]
    assert "spent the night in schools" not in page
    assert "after engineers opened two gates" in text_of(client, f"/story/{story.pk}?muted=show")
    assert "after engineers opened two gates" in text_of(Client(), f"/story/{story.pk}")
    assert Notes.objects.get(story=story).body == before


def test_notes_are_shown_without_what_a_muted_publisher_wrote(client, story):
    add_telling(story)
    mute(client, "publisher", "meren-courier")
    for address in (f"/story/{story.pk}", Article.objects.get(publisher__slug="ostra-post").get_absolute_url()):
        page = text_of(client, address)
        assert "spent the night in schools" not in page
        assert "1 article of publishers that you mute is not shown." in page
        assert "Could not be made without what you mute:" in page
    page = text_of(client, f"/story/{story.pk}")
    assert 'href="/publisher/meren-courier"' not in page
    whole = text_of(client, f"/story/{story.pk}?muted=show")
    assert "spent the night in schools" in whole
    assert 'href="/publisher/meren-courier"' in whole
    assert "This page is shown with what you mute." in whole


def test_a_sentence_that_needs_a_muted_one_before_it_goes_with_it(client):
    text = "The mayor Sten Aldous opened the ferry line on Monday. He said that it runs each hour."
    story = make_story("Ferry line opens in Ostra", text, number=7)
    mute(client, "word", "aldous")
    assert "runs each hour" not in text_of(client, f"/story/{story.pk}")


def test_a_page_of_which_only_muted_publishers_tell_says_so(client, story):
    mute(client, "publisher", "meren-courier")
    page = text_of(client, f"/story/{story.pk}")
    assert "1 article of publishers that you mute is not shown." in page
    assert "Some 4,000 people" not in page


def test_copies_stand_in_for_a_muted_original(client, story):
    original = Article.objects.get(placement__story=story)
    copy = add_telling(story)
    Placement.objects.filter(article=copy).update(copy_of=original)
    mute(client, "publisher", "meren-courier")
    assert "Gates of the Ostra dam opened" in text_of(client, f"/story/{story.pk}")


def test_search_and_answers_are_without_what_is_muted(client, story):
    assert "Dam above" in text_of(client, "/search?q=publisher:meren-courier")
    question = f"/story/{story.pk}/ask?q=How+many+people+spent+the+night+in+schools"
    assert "4,000" in text_of(client, question)
    mute(client, "publisher", "meren-courier")
    assert f'href="/article/{story.lead_id}"' not in text_of(client, "/search?q=publisher:meren-courier")
    assert "4,000" not in text_of(client, question)
    assert "No answer could be made without what you mute." in text_of(client, question)
    assert "4,000" in text_of(client, f"{question}&muted=show")


@pytest.mark.parametrize(
    ("word", "text", "is_held"),
    [
        ("art", "A party of farmers", False),
        ("art", "State of the Art", True),
        ("strasse", "In der STRASSE", True),
        ("straße", "In der Strasse", True),
        ("kalle mo", "Said Kalle  Mo.", True),
        ("c++", "Written in C++ by hand", True),
        ("حرب", "قبل حرب طويلة", True),
        ("حرب", "المحاربون", False),
        ("地震", "昨日の地震速報", True),
        ("ﬁre", "A fire", True),
        ("é", "cafe\u0301", False),
    ],
)
def test_a_word_is_found_as_a_whole_word_in_any_case_and_form(word, text, is_held):
    from newsroom.readers.following import compared_form

    assert Mutes(words=(compared_form(word),)).holds(text) is is_held


def test_five_hundred_mutes_cost_as_many_queries_as_one(client, ada, story, django_assert_max_num_queries):
    now = timezone.now()
    ada.mutes.create(kind="hashtag", key="nothing", name="nothing", since=now)
    ada.mutes.create(kind="publisher", key="meren-courier", name="x", since=now)
    for n in range(498):
        ada.mutes.create(kind="word", key=f"zibeline{n}", name="x", since=now)
    for page, most in (("/stories", 17), ("/", 29), (f"/story/{story.pk}", 32)):
        with django_assert_max_num_queries(most):
            client.get(page)


def test_nobody_elses_page_is_touched(client, story):
    anonymous = [text_of(Client(), page) for page in ("/stories", f"/story/{story.pk}")]
    mute(client, "word", "dam")
    mute(client, "publisher", "meren-courier")
    assert [text_of(Client(), page) for page in ("/stories", f"/story/{story.pk}")] == anonymous
    assert f'href="/story/{story.pk}"' in text_of(signed_in(make_reader("ben")), "/stories")
