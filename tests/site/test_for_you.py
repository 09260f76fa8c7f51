"""For you and its profile: each reader's own, explained, without a hidden line; what is turned off stays off."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.readers.models import Follow, Mute, Reader, Seen
from newsroom.stories import for_you_stories
from newsroom.stories.for_you_page import STEPS
from newsroom.stories.models import Hashtag, HashtagAlias, NotForMe, Placement, Story, StoryCountry, Storyline

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def reader() -> Reader:
    return Reader.objects.create_user("ben", password="a long password", dial=100)


@pytest.fixture
def client(reader: Reader) -> Client:
    """Signed in, and checked for the form's token as a browser is."""
    signed_in = Client(enforce_csrf_checks=True)
    signed_in.force_login(reader)
    return signed_in


def follow(reader: Reader, kind: str, key: str, name: str = "") -> Follow:
    return Follow.objects.create(reader=reader, kind=kind, key=key, name=name or key, since=NOW)


def read(reader: Reader, *stories: Story, minutes: int = 5, **said: object) -> None:
    for n, story in enumerate(stories, start=1):
        at = NOW - timedelta(minutes=minutes * n)
        Seen.objects.create(reader=reader, kind="story", key=str(story.pk), at=at, **said)


def page(client: Client, path: str = "/for-you") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def order(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'<h2[^>]*><a href="/story/(\d+)"', html)]


def reasons(html: str) -> dict[int, str]:
    """story -> why it stands there, in plain words."""
    found = re.findall(r'id="story-(\d+)".*?<p class="why-you[^"]*">(.*?)</p>', html, re.DOTALL)
    return {int(number): " ".join(re.sub(r"<[^>]+>", "", words).split()) for number, words in found}


def send(client: Client, path: str, **fields: object):
    """Send a form of the page as its reader's browser does, with the token that stands in it."""
    html = page(client, "/for-you/profile")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    return client.post(path, {"csrfmiddlewaretoken": token.group(1), **fields})


def last_of_the_front() -> Story:
    return Story.objects.public().filter(hashtags__is_blocked=False).order_by("front_at", "pk").first()


def front() -> list[int]:
    return list(Story.objects.public().order_by("-front_at", "-pk").values_list("pk", flat=True)[:30])


def test_who_is_not_signed_in_is_told_what_it_is_and_how_to_sign_in():
    stranger = Client()
    for path in ("/for-you", "/for-you/profile"):
        answer = stranger.get(path)
        html = answer.content.decode()
        assert answer.status_code == 200
        assert not answer.cookies
        assert 'href="/accounts/login/?next=/for-you"' in html
        assert "no hidden profile" in html
        assert not order(html)
    assert stranger.post("/for-you/dial", {"dial": "0"})["Location"].startswith("/accounts/login/")
    assert stranger.post("/for-you/profile", {"do": "off"})["Location"].startswith("/accounts/login/")


def test_a_readers_page_is_kept_by_nobody(client: Client):
    for path in ("/for-you", "/for-you/profile"):
        said = client.get(path)["Cache-Control"]
        assert "private" in said
        assert "no-store" in said


def test_at_a_dial_of_0_the_order_is_the_front_pages(client: Client, reader: Reader):
    follow(reader, "hashtag", last_of_the_front().hashtags.first().key)
    Reader.objects.update(dial=0)
    html = page(client)
    assert order(html) == front()
    assert set(reasons(html).values()) == {"as on the front page"}


def test_what_is_followed_comes_up_and_says_why(client: Client, reader: Reader):
    story = last_of_the_front()
    tag = story.hashtags.filter(is_blocked=False).first()
    Story.objects.filter(pk=story.pk).update(front_at=Story.objects.get(pk=front()[0]).front_at - timedelta(hours=20))
    follow(reader, "hashtag", tag.key, tag.name)
    html = page(client)
    assert order(html).index(story.pk) < 10
    assert reasons(html)[story.pk].startswith(f"you follow #{tag.name}")


@pytest.mark.parametrize("looked_through", [400, 5])
def test_each_kind_of_what_is_followed_is_used(client: Client, reader: Reader, monkeypatch, looked_through: int):
    """Beyond the foremost of the front page too."""
    monkeypatch.setattr(for_you_stories, "LOOKED_THROUGH", looked_through)
    story = last_of_the_front()
    StoryCountry.objects.get_or_create(story=story, code="eg")
    behind = Story.objects.get(pk=front()[9]).front_at
    Story.objects.filter(pk=story.pk).update(section="science", front_at=behind)
    Article.objects.filter(placement__story=story).update(published_at=behind)
    paper = Publisher.objects.filter(articles__placement__story=story).first()
    words = re.findall(r"\w{5,}", Article.objects.filter(placement__story=story).first().title)[:2]
    person = story.hashtags.filter(is_blocked=False).first()
    followed = {
        "person": (person.key, f"#{person.name}"),
        "publisher": (paper.slug, paper.name),
        "section": ("science", "Science"),
        "country": ("eg", "Egypt"),
        "storyline": (str(story.storyline_id), "this storyline"),
        "search": (" ".join(words), f"“{' '.join(words)}”"),
    }
    for kind, (key, shown) in followed.items():
        row = follow(reader, kind, key, {"person": person.name, "publisher": paper.name}.get(kind, ""))
        assert f"you follow {shown}" in reasons(page(client))[story.pk], kind
        row.delete()


def test_a_hashtag_that_was_united_with_another_and_a_storyline_that_was_merged_are_followed_on(
    client: Client, reader: Reader
):
    story = last_of_the_front()
    tag = story.hashtags.filter(is_blocked=False).first()
    HashtagAlias.objects.create(key="its-old-name", hashtag=tag)
    gone = Storyline.objects.create(key="gone")
    Story.objects.create(key="gone", storyline=gone, first_at=NOW, last_at=NOW, merged_into=story)
    Story.objects.filter(pk=story.pk).update(front_at=NOW)
    follow(reader, "hashtag", "its-old-name", tag.name)
    follow(reader, "storyline", str(gone.pk), "Gone")
    why = reasons(page(client))[story.pk]
    assert f"you follow #{tag.name}" in why
    assert "you follow this storyline" in why


def a_storyline_of(count: int) -> tuple[Storyline, list[Story]]:
    """The sample's first stories as one course of events."""
    stories = list(Story.objects.public().order_by("front_at", "pk")[:count])
    line = stories[0].storyline
    Story.objects.filter(pk__in=[story.pk for story in stories]).update(storyline=line)
    return line, stories


def test_what_was_marked_as_read_counts_and_says_how_much(client: Client, reader: Reader):
    line, stories = a_storyline_of(5)
    Story.objects.filter(pk=stories[-1].pk).update(front_at=NOW)
    read(reader, *stories[:4])
    assert "you read 4 stories of this storyline" in reasons(page(client))[stories[-1].pk]
    html = page(client, "/for-you/profile")
    assert "4 stories of this storyline read" in html
    assert "counts as 12 hours newer" in html
    assert f"/storyline/{line.pk}" in html


@pytest.mark.parametrize("is_read", [True, False])
def test_what_was_opened_counts_only_where_a_history_is_asked_for(client: Client, reader: Reader, is_read: bool):
    _line, stories = a_storyline_of(5)
    Story.objects.filter(pk=stories[-1].pk).update(front_at=NOW)
    read(reader, *stories[:4], is_read=is_read, opened_at=NOW)
    assert "you read" not in page(client)
    Reader.objects.update(keeps_history=True)
    assert "you read 4 stories of this storyline" in reasons(page(client))[stories[-1].pk]


def test_marking_all_as_read_at_once_says_nothing_of_a_reader(client: Client, reader: Reader):
    _line, stories = a_storyline_of(8)
    read(reader, *stories, minutes=0)
    assert "Nothing is guessed" in page(client, "/for-you/profile")


def test_marking_thousands_as_read_hides_nothing_that_was_read_before(client: Client, reader: Reader):
    _line, stories = a_storyline_of(4)
    read(reader, *stories)
    Seen.objects.bulk_create(
        Seen(reader=reader, kind="article", key=str(n), at=NOW) for n in range(10**6, 10**6 + 3000)
    )
    assert "4 stories of this storyline read" in page(client, "/for-you/profile")


def test_what_was_read_long_ago_is_no_line(client: Client, reader: Reader):
    _line, stories = a_storyline_of(5)
    read(reader, *stories, minutes=60 * 24 * 31)
    assert "Nothing is guessed" in page(client, "/for-you/profile")


def test_a_guessed_line_that_is_turned_off_stays_off_however_much_is_read(client: Client, reader: Reader):
    line, stories = a_storyline_of(6)
    read(reader, *stories[:4])
    fields = {"do": "off", "kind": "storyline", "key": str(line.pk)}
    assert send(client, "/for-you/profile", **fields)["Location"] == "/for-you/profile?done=off"
    read(reader, *stories[4:])
    html = page(client, "/for-you/profile")
    assert "of this storyline read" not in html
    assert "Turned off for good" in html
    assert "of this storyline" not in page(client)
    row = NotForMe.objects.get()
    assert send(client, "/for-you/profile", do="on", row=row.pk)["Location"].endswith("done=on")
    assert "6 stories of this storyline read" in page(client, "/for-you/profile")


def test_nothing_is_guessed_where_all_guessing_is_turned_off(client: Client, reader: Reader):
    _line, stories = a_storyline_of(4)
    read(reader, *stories)
    send(client, "/for-you/profile", do="off-reading")
    assert "You turned this off" in page(client, "/for-you/profile")
    assert "you read" not in page(client)
    send(client, "/for-you/profile", do="on-reading")
    assert "of this storyline read" in page(client, "/for-you/profile")


def test_a_followed_line_is_turned_off_here_and_stays_followed(client: Client, reader: Reader):
    tag = last_of_the_front().hashtags.first()
    follow(reader, "hashtag", tag.key, tag.name)
    send(client, "/for-you/profile", do="off", kind="hashtag", key=tag.key)
    assert Follow.objects.filter(reader=reader, key=tag.key).exists()
    assert "turned off here" in page(client, "/for-you/profile")
    html = page(client)
    assert order(html) == front()
    assert set(reasons(html).values()) == {"as on the front page"}


def test_a_line_that_is_deleted_has_no_effect_any_more(client: Client, reader: Reader):
    tag = last_of_the_front().hashtags.first()
    row = follow(reader, "hashtag", tag.key, tag.name)
    other = follow(reader, "section", "science")
    assert order(page(client)) != front()
    assert send(client, "/for-you/profile", do="unfollow", row=row.pk)["Location"].endswith("done=unfollowed")
    send(client, "/for-you/profile", do="unfollow", row=other.pk)
    assert not Follow.objects.filter(reader=reader).exists()
    assert f"you follow #{tag.name}" not in page(client)


def test_every_line_that_moves_a_story_stands_in_the_profile(client: Client, reader: Reader):
    _line, stories = a_storyline_of(5)
    read(reader, *stories[:4])
    for tag in Hashtag.objects.filter(is_blocked=False, stories__in=front()).distinct()[:5]:
        follow(reader, "hashtag", tag.key, tag.name)
    html = page(client)
    links = set(re.findall(r'<a href="([^"]+)">', " ".join(re.findall(r'<p class="why-you">(.*?)</p>', html))))
    profile = page(client, "/for-you/profile")
    assert links
    assert all(f'<a href="{link}">' in profile for link in links)


def test_nobody_reaches_anothers_lines(client: Client, reader: Reader):
    other = Reader.objects.create_user("ada", password="another password")
    theirs = follow(other, "hashtag", "private-matter", "Private matter")
    muted = Mute.objects.create(reader=other, kind="word", key="secret", name="secret", since=NOW)
    off = NotForMe.objects.create(reader=other, kind="hashtag", key="k", name="Turned", at=NOW)
    assert "Private matter" not in page(client) + page(client, "/for-you/profile")
    for do, row in (("unfollow", theirs), ("unmute", muted), ("on", off)):
        assert send(client, "/for-you/profile", do=do, row=row.pk)["Location"].endswith("done=gone")
    fields = {"do": "off", "kind": "hashtag", "key": "private-matter"}
    assert send(client, "/for-you/profile", **fields)["Location"].endswith("done=gone")
    assert Follow.objects.count() == Mute.objects.count() == NotForMe.objects.count() == 1


def test_the_dial_is_kept_and_shown(client: Client, reader: Reader):
    for value, words in STEPS.items():
        assert send(client, "/for-you/dial", dial=value)["Location"] == "/for-you"
        reader.refresh_from_db()
        assert reader.dial == value
        assert re.search(rf'value="{value}" checked> <span>{re.escape(str(words))}', page(client))


@pytest.mark.parametrize("said", ["", "101", "-1", "50.5", "<b>", "٥٠", "9" * 400, "\0"])
def test_a_dial_that_is_none_is_refused_and_said(client: Client, reader: Reader, said: str):
    answer = send(client, "/for-you/dial", dial=said)
    assert answer.status_code == 400
    assert "0 to 100" in answer.content.decode()
    reader.refresh_from_db()
    assert reader.dial == 100


def test_a_form_without_its_token_and_one_of_another_site_change_nothing(client: Client, reader: Reader):
    assert client.post("/for-you/dial", {"dial": "0"}).status_code == 403
    assert client.post("/for-you/dial", {"dial": "0"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/for-you/profile", {"do": "off-reading"}).status_code == 403
    reader.refresh_from_db()
    assert reader.dial == 100
    assert not NotForMe.objects.exists()


def test_asking_writes_nothing(client: Client, reader: Reader):
    follow(reader, "section", "science")
    client.get("/for-you")
    for path in ("/for-you", "/for-you/profile", "/for-you?page=2"):
        with CaptureQueriesContext(connection) as made:
            client.get(path)
        assert not [one["sql"] for one in made if not one["sql"].startswith("SELECT")]
    assert client.get("/for-you/dial").status_code == 405
    assert Client().put("/for-you/profile").status_code == Client().post("/for-you").status_code == 405


def test_what_is_muted_does_not_stand_there(client: Client, reader: Reader):
    story = (
        Story.objects.public().filter(article_count__gte=2, hashtags__is_blocked=False).order_by("-front_at").first()
    )
    word = max(re.findall(r"\w+", story.title), key=len)
    tag = story.hashtags.filter(is_blocked=False).first()
    assert story.pk in order(page(client))
    for kind, key in (("word", word.casefold()), ("hashtag", tag.key)):
        row = Mute.objects.create(reader=reader, kind=kind, key=key, name=key, since=NOW)
        assert story.pk not in order(page(client)), kind
        assert key in page(client, "/for-you/profile")
        assert send(client, "/for-you/profile", do="unmute", row=row.pk)["Location"].endswith("done=unmuted")
    assert story.pk in order(page(client))


def test_part_of_a_word_is_not_that_word(client: Client, reader: Reader):
    story = Story.objects.public().order_by("-front_at").first()
    word = max(re.findall(r"\w+", story.title), key=len).casefold()
    Mute.objects.create(reader=reader, kind="word", key=word[:-1], name=word[:-1], since=NOW)
    assert story.pk in order(page(client))


def test_nothing_of_a_muted_publisher_is_shown(client: Client, reader: Reader):
    story = Story.objects.public().filter(publisher_count__gte=3, given_title="").order_by("-front_at").first()
    lead = story.lead
    alone = Story.objects.public().filter(publisher_count=1, article_count=1).order_by("-front_at").first()
    only = Publisher.objects.get(articles__placement__story=alone)
    for paper in (lead.publisher, only):
        Mute.objects.create(reader=reader, kind="publisher", key=paper.slug, name=paper.name, since=NOW)
    html = page(client)
    assert "You follow nothing yet" in html  # what is offered there is looked at too
    assert story.pk in order(html)
    assert alone.pk not in order(html)
    assert f"<bdi>{lead.publisher.shown_name}</bdi>" not in html
    assert lead.title not in html
    silent = set(Placement.objects.filter(article__publisher=lead.publisher).values_list("article", flat=True))
    assert not silent & {int(number) for number in re.findall(r'href="/article/(\d+)', html)}


def test_who_follows_nothing_is_offered_what_to_follow(client: Client, reader: Reader):
    html = page(client)
    assert "You follow nothing yet" in html
    assert order(html) == front()
    paper = Publisher.objects.filter(articles__placement__isnull=False).first()
    assert "Publishers</h3>" in html
    assert 'href="/section/science"' in html
    follow(reader, "publisher", paper.slug, paper.name)
    assert "You follow nothing yet" not in page(client)


def test_the_pages_go_on_without_losing_or_doubling_a_story(client: Client, reader: Reader):
    follow(reader, "section", "science")
    seen, number = [], 1
    while True:
        html = page(client, f"/for-you?page={number}")
        seen += order(html)
        if f'href="?page={number + 1}"' not in html:
            break
        number += 1
    assert len(seen) == len(set(seen)) == Story.objects.public().count() > 30


@pytest.mark.parametrize("said", ["0", "-3", "x", "99999999999999", "²", "%00"])
def test_a_page_that_is_none_is_the_first(client: Client, said: str):
    assert order(page(client, f"/for-you?page={said}")) == front()


def test_the_queries_do_not_grow_with_what_is_followed_read_and_muted(client: Client, reader: Reader):
    tags = list(Hashtag.objects.filter(is_blocked=False)[:60])
    papers = list(Publisher.objects.all()[:20])

    def counted(path: str) -> int:
        with CaptureQueriesContext(connection) as made:
            client.get(path)
        return len(made)

    stories = list(Story.objects.public()[:40])
    follow(reader, "hashtag", tags[0].key), follow(reader, "publisher", papers[0].slug)
    follow(reader, "section", "science"), follow(reader, "country", "eg")
    follow(reader, "storyline", str(stories[0].storyline_id))
    read(reader, *stories[:1])
    for kind, key in (("word", "zzz"), ("hashtag", "zzz"), ("publisher", papers[-1].slug)):
        Mute.objects.create(reader=reader, kind=kind, key=key, name=key, since=NOW)
    client.get("/for-you")
    few, few_in_profile = counted("/for-you"), counted("/for-you/profile")
    for tag in tags[1:]:
        follow(reader, "hashtag", tag.key)
    for paper in papers[1:-1]:
        follow(reader, "publisher", paper.slug)
    for number in {story.storyline_id for story in stories} - {stories[0].storyline_id}:
        follow(reader, "storyline", str(number))
    read(reader, *stories[1:])
    for n in range(30):
        Mute.objects.create(reader=reader, kind="word", key=f"word{n}", name="x", since=NOW)
    assert counted("/for-you") <= few + 1
    assert counted("/for-you/profile") <= few_in_profile + 1


@pytest.mark.parametrize("kind", ["hashtag", "publisher", "section", "country", "storyline", "search", "planet"])
def test_odd_keys_of_what_is_followed_break_no_page(client: Client, reader: Reader, kind: str, monkeypatch):
    monkeypatch.setattr(for_you_stories, "LOOKED_THROUGH", 5)
    odd = ("<script>alert(1)</script>", "../../x", "9" * 190, "'; DROP TABLE x; --", "\u202e", "٣", "a" * 200, "-", '"')
    for key in odd:
        follow(reader, kind, key)
        Mute.objects.create(reader=reader, kind="word", key=key, name=key, since=NOW)
    html = page(client) + page(client, "/for-you/profile")
    assert "<script>alert" not in html
    for key in odd:
        send(client, "/for-you/profile", do="off", kind=kind, key=key)
    assert NotForMe.objects.count() == len(odd)


def test_turning_the_same_line_off_twice_keeps_one_row(client: Client, reader: Reader):
    follow(reader, "section", "science")
    for _ in range(2):
        assert send(client, "/for-you/profile", do="off", kind="section", key="science")["Location"].endswith(
            "done=off"
        )
    assert NotForMe.objects.count() == 1
