"""What apps are given by the Google Reader interface: each story once, in its state, and only what changed since."""

from __future__ import annotations

import json
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.readers.models import Filed, Follow, Item, Mute, Saved, Seen
from newsroom.stories import save
from newsroom.stories.models import Hashtag, Notes, Placement, Story, Storyline
from tests.site.apps import KEPT_UNREAD, READ, READING_LIST, STARRED, App, follow, make_reader

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LONG = "tag:google.com,2005:reader/item/"


@pytest.fixture
def reader():
    return make_reader()


@pytest.fixture
def app(reader):
    return App(reader)


def paper(slug: str = "ostra-post") -> Publisher:
    return Publisher.objects.get_or_create(slug=slug, defaults={"name": slug.title(), "domain": f"{slug}.example"})[0]


def tell(story: Story, publisher: Publisher, title: str, at) -> Article:
    """One more telling of a story."""
    url = f"https://{publisher.domain}/{title.replace(' ', '-')}-{story.pk}"
    article = Article.objects.create(
        publisher=publisher, url=url, url_key=url, title=title, summary=f"{title}, they say.", language="en",
        published_at=at, seen_at=at, read_at=at, grouped_at=at,
    )  # fmt: skip
    Placement.objects.create(article=article, story=story, placed_at=at)
    return article


def make_story(title: str, *, section: str = "world", publisher: Publisher | None = None, at=None) -> Story:
    at = at or NOW - timedelta(hours=2)
    line = Storyline.objects.create(key=f"line {title}")
    story = Story.objects.create(
        key=f"key {title}", storyline=line, title=title, language="en", first_at=at, last_at=at, section=section
    )
    story.lead = tell(story, publisher or paper(), title, at)
    story.article_count = story.publisher_count = 1
    story.save()
    return story


@pytest.fixture
def world(reader):
    """Three stories of a section that the reader follows, by numbers; no other is in it."""
    Story.objects.filter(section="world").update(section="general")
    follow(reader, "section", "world", "World")
    return [make_story(f"Dam story {number}") for number in range(3)]


def numbers(stories) -> list[str]:
    return sorted(str(story.pk) for story in stories)


# --- streams --------------------------------------------------------------------
def test_a_story_is_one_item_in_however_many_streams_it_stands(app, reader, world):
    tag = Hashtag.objects.create(key="ostradam", name="OstraDam", article_count=5, kind="place")
    tag.stories.add(world[0])
    follow(reader, "place", "ostradam", "OstraDam")
    follow(reader, "publisher", "ostra-post", "Ostra Post")
    assert sorted(app.ids(READING_LIST)) == numbers(world)
    streams = {one["title"]: one["id"] for one in app.read("subscription/list")["subscriptions"]}
    assert app.ids(streams["OstraDam"]) == [str(world[0].pk)]
    assert sorted(app.ids(streams["Ostra Post"])) == numbers(world)
    [item] = app.items([str(world[0].pk)])
    assert item["origin"]["streamId"] == streams["OstraDam"]
    assert {"user/-/label/Places", "user/-/label/Sections"} <= set(item["categories"])


def test_an_item_says_where_it_stands_and_what_it_is(app, world):
    [item] = app.items([str(world[0].pk)])
    assert item["id"] == f"{LONG}{world[0].pk:016x}"
    assert item["title"] == "Dam story 0"
    page = f"http://testserver/story/{world[0].pk}"
    assert item["canonical"] == [{"href": page}]
    assert item["alternate"][0]["href"] == page
    assert "they say" in item["summary"]["content"]
    assert "Ostra-Post" in item["author"]
    assert item["published"] == int(world[0].first_at.timestamp())
    assert item["timestampUsec"].startswith(str(int(world[0].last_at.timestamp())))
    assert READING_LIST in item["categories"]
    assert READ not in item["categories"]


def test_pages_of_ids_hold_each_story_once_in_either_order(app, world):
    more = [make_story(f"Bridge story {number}") for number in range(20)]
    every = numbers([*world, *more])
    newest, oldest = app.ids(READING_LIST, n=4), app.ids(READING_LIST, "r=o", n=4)
    assert sorted(newest) == sorted(oldest) == every
    assert newest == oldest[::-1]


def test_a_story_that_grows_between_two_pages_is_not_lost_or_doubled(app, world):
    first = app.read("stream/items/ids", f"s={READING_LIST}&n=1")
    tell(world[0], paper("brask-herald"), "Dam told again", timezone.now())
    Story.objects.filter(pk=world[0].pk).update(last_at=timezone.now())
    rest = app.ids(READING_LIST, f"c={first['continuation']}")
    assert sorted([first["itemRefs"][0]["id"], *rest]) == numbers(world)


def test_what_is_asked_for_since_a_moment_is_what_grew_since(app, world):
    since = int((NOW - timedelta(hours=1)).timestamp())
    assert app.ids(READING_LIST, f"ot={since}") == []
    tell(world[1], paper("brask-herald"), "Dam told again", timezone.now())
    assert app.ids(READING_LIST, f"ot={since}") == [str(world[1].pk)]
    assert sorted(app.ids(READING_LIST, f"nt={since}")) == numbers([world[0], world[2]])
    [item] = app.items([str(world[1].pk)])
    assert "Brask-Herald" in item["summary"]["content"]


def test_new_notes_of_a_story_count_as_growth(app, world):
    since = int((NOW - timedelta(hours=1)).timestamp())
    Notes.objects.create(story=world[2], body={}, made_by="test", made_at=timezone.now(), article_count=1)
    assert app.ids(READING_LIST, f"ot={since}") == [str(world[2].pk)]


@pytest.mark.parametrize("unit", [1, 10**3, 10**6, 10**9])
def test_a_moment_may_be_in_seconds_or_in_parts_of_one(app, world, unit):
    assert app.ids(READING_LIST, f"ot={int((NOW - timedelta(hours=1)).timestamp()) * unit}") == []
    assert len(app.ids(READING_LIST, f"ot={int((NOW - timedelta(hours=3)).timestamp()) * unit}")) == 3


def test_stories_older_than_thirty_days_are_not_given_unless_they_are_saved(app, reader, world):
    old = make_story("An old dam", at=NOW - timedelta(days=40))
    assert sorted(app.ids(READING_LIST)) == numbers(world)
    Saved.objects.create(reader=reader, kind=Item.STORY, key=str(old.pk), at=NOW)
    assert app.ids(STARRED, "ot=0") == [str(old.pk)]
    assert app.items([str(old.pk)])[0]["title"] == "An old dam"


def test_only_what_is_read_or_not_read_is_listed_when_asked(app, world):
    app.send("edit-tag", f"i={world[0].pk}&a={READ}")
    assert sorted(app.ids(READING_LIST, f"xt={READ}")) == numbers(world[1:])
    assert app.ids(READ) == app.ids(READING_LIST, f"it={READ}") == [str(world[0].pk)]


def test_a_private_text_and_a_merged_story_are_no_items(app, world):
    Story.objects.filter(pk=world[0].pk).update(is_private=True)
    save.point_to(world[1], world[2])
    assert app.ids(READING_LIST) == [str(world[2].pk)]
    assert [one["id"] for one in app.items(numbers(world))] == [f"{LONG}{world[2].pk:016x}"]


def test_ids_are_known_in_every_form_apps_send(app, world):
    number = world[0].pk
    for form in (f"{number}", f"{LONG}{number:016x}", f"{number:016x}", f"{LONG}{number:x}"):
        got = app.get("api/0/stream/items/contents", f"output=json&i={form}")
        assert [one["title"] for one in json.loads(got.content)["items"]] == ["Dam story 0"], form


def test_another_readers_stream_cannot_be_read_or_changed(app, world):
    ben = make_reader("ben@reader.example")
    theirs = follow(ben, "section", "sport", "Sport")
    assert app.get("api/0/stream/items/ids", f"s=feed/{theirs.pk}").status_code == 404
    for does in ("unsubscribe", "edit&t=Mine"):
        assert app.send("subscription/edit", f"ac={does}&s=feed/{theirs.pk}").status_code == 404
    assert Follow.objects.filter(pk=theirs.pk).exists()
    assert not Filed.objects.filter(follow=theirs).exists()


# --- mutes ----------------------------------------------------------------------
def test_what_is_muted_is_in_no_stream_and_no_count(app, reader, world):
    tag = Hashtag.objects.create(key="mutedtag", name="MutedTag")
    tag.stories.add(world[0])
    Mute.objects.create(reader=reader, kind="hashtag", key="mutedtag", name="MutedTag", since=NOW)
    Mute.objects.create(reader=reader, kind="word", key="story 1", name="story 1", since=NOW)
    assert app.ids(READING_LIST) == [str(world[2].pk)]
    counts = {one["id"]: one["count"] for one in app.read("unread-count")["unreadcounts"]}
    assert counts[READING_LIST] == 1


def test_a_muted_publishers_words_and_lone_stories_are_left_out(app, reader, world):
    tell(world[0], paper("brask-herald"), "Another headline", NOW)
    Mute.objects.create(reader=reader, kind="publisher", key="ostra-post", name="Ostra Post", since=NOW)
    assert app.ids(READING_LIST) == [str(world[0].pk)]
    [item] = app.items([str(world[0].pk)])
    assert item["title"] == "Another headline"
    assert "Ostra-Post" not in json.dumps(item)
    assert "Dam story 0" not in json.dumps(item)


def test_a_brief_that_stands_on_muted_publishers_says_so(app, reader):
    from tests.site.stories import TEXT
    from tests.site.stories import make_story as told

    story = told("Dam above Ostra holds", TEXT)
    Story.objects.filter(pk=story.pk).update(last_at=NOW, section="world")
    follow(reader, "section", "world")
    tell(story, paper("brask-herald"), "Water falls", NOW)
    assert "engineers opened two gates" in app.items([str(story.pk)])[0]["summary"]["content"]
    Mute.objects.create(reader=reader, kind="publisher", key="meren-courier", name="Meren Courier", since=NOW)
    said = app.items([str(story.pk)])[0]["summary"]["content"]
    assert "engineers" not in said
    assert "Its brief stands on what you muted." in said


# --- states ---------------------------------------------------------------------
def test_read_and_starred_go_both_ways(app, reader, world):
    number = str(world[0].pk)
    assert app.send("edit-tag", f"i={LONG}{world[0].pk:016x}&a={READ}&a={STARRED}").content == b"OK"
    assert Seen.objects.get(reader=reader, kind=Item.STORY, key=number).is_read
    assert Saved.objects.filter(reader=reader, kind=Item.STORY, key=number).exists()
    assert {READ, STARRED} <= set(app.items([number])[0]["categories"])
    Seen.objects.filter(reader=reader).update(is_read=False)
    Saved.objects.filter(reader=reader).delete()
    assert not {READ, STARRED} & set(app.items([number])[0]["categories"])
    app.send("edit-tag", f"i={number}&a={READ}&r={KEPT_UNREAD}")
    app.send("edit-tag", f"i={number}&r={READ}&a={KEPT_UNREAD}&a={READING_LIST.replace('reading-list', 'tracking')}")
    assert not Seen.objects.get(reader=reader, key=number).is_read
    app.send("edit-tag", f"i={number}&a={STARRED}")
    app.send("edit-tag", f"i={number}&r={STARRED}")
    assert not Saved.objects.filter(reader=reader).exists()


def test_the_same_mark_twice_is_kept_once(app, reader, world):
    for _time in range(2):
        app.send("edit-tag", f"i={world[0].pk}&i={world[0].pk}&a={READ}&a={STARRED}")
    assert Seen.objects.filter(reader=reader).count() == Saved.objects.filter(reader=reader).count() == 1


def test_two_thousand_stories_are_marked_at_once(app, reader, world):
    said = "&".join(f"i={number}" for number in range(10**6, 10**6 + 2000))
    assert app.send("edit-tag", f"{said}&i={world[0].pk}&a={READ}").content == b"OK"
    assert Seen.objects.filter(reader=reader).count() == 1  # there is no other story of these


def test_a_merged_storys_state_carries_to_the_one_it_went_into(app, reader, world):
    gone, kept, other = world
    app.send("edit-tag", f"i={gone.pk}&a={READ}&a={STARRED}")
    save.point_to(gone, kept)
    assert {READ, STARRED} <= set(app.items([str(kept.pk)])[0]["categories"])
    assert app.ids(STARRED) == [str(kept.pk)]
    app.send("edit-tag", f"i={gone.pk}&r={STARRED}")  # an app that has not heard of it
    assert app.ids(STARRED) == []
    assert sorted(app.ids(READING_LIST)) == numbers([kept, other])


def test_what_a_reader_said_of_the_story_that_stays_counts(app, reader, world):
    gone, kept, _other = world
    app.send("edit-tag", f"i={gone.pk}&a={READ}")
    app.send("edit-tag", f"i={kept.pk}&a={KEPT_UNREAD}")
    save.point_to(gone, kept)
    assert not Seen.objects.get(reader=reader).is_read


def test_a_stream_is_marked_read_up_to_the_moment_the_app_saw(app, world):
    seen_at = timezone.now() - timedelta(minutes=10)
    tell(world[0], paper("brask-herald"), "Dam told again", timezone.now())
    [stream] = [one["id"] for one in app.read("subscription/list")["subscriptions"]]
    ts = int(seen_at.timestamp() * 10**6)
    assert app.send("mark-all-as-read", f"s={stream}&ts={ts}").content == b"OK"
    assert app.ids(READING_LIST, f"xt={READ}") == [str(world[0].pk)]
    assert app.send("mark-all-as-read", f"s={READING_LIST}").content == b"OK"
    assert app.ids(READING_LIST, f"xt={READ}") == []


def test_the_newest_story_itself_is_marked_by_its_own_timestamp(app, world):
    newest = max(int(one["timestampUsec"]) for one in app.read("stream/items/ids", "n=100")["itemRefs"])
    for ts in (newest, newest // 10**6):
        app.send("edit-tag", f"i={world[0].pk}&i={world[1].pk}&i={world[2].pk}&a={KEPT_UNREAD}")
        app.send("mark-all-as-read", f"s={READING_LIST}&ts={ts}")
        assert app.ids(READING_LIST, f"xt={READ}") == []


def test_unread_stories_are_counted_for_each_stream_folder_and_all(app, reader, world):
    app.send("edit-tag", f"i={world[0].pk}&a={READ}")
    counts = {one["id"]: one["count"] for one in app.read("unread-count")["unreadcounts"]}
    [stream] = [one["id"] for one in app.read("subscription/list")["subscriptions"]]
    assert counts == {READING_LIST: 2, "user/-/label/Sections": 2, stream: 2}


def test_a_label_on_a_story_is_refused_with_the_reason(app, world):
    said = app.send("edit-tag", f"i={world[0].pk}&a=user/-/label/Mine")
    assert said.status_code == 400
    assert b"Star the story" in said.content


# --- subscriptions --------------------------------------------------------------
def test_a_page_a_feed_and_a_hashtag_can_be_followed(app, reader):
    from newsroom.publishers.models import Feed

    feed = Feed.objects.create(publisher=paper(), url="https://ostra-post.example/rss", next_check_at=NOW)
    Hashtag.objects.create(key="ostradam", name="OstraDam", article_count=5, kind="place")
    for said, key in (
        ("http://testserver/section/sport/feed.xml", "sport"),
        (feed.url, "ostra-post"),
        ("http://ostra-post.example/rss/", "ostra-post"),
        ("%23OstraDam", "ostradam"),
        ("http://testserver/place/OstraDam", "ostradam"),
    ):
        answer = json.loads(app.send("subscription/quickadd", f"quickadd={said}").content)
        assert answer["numResults"] == 1, said
        row = Follow.objects.get(reader=reader, key=key)
        assert answer["streamId"] == f"feed/{row.pk}"
    assert Follow.objects.filter(reader=reader).count() == 3  # a hashtag's page is one, under whatever kind


def test_a_feed_that_is_not_read_here_is_not_followed_and_the_way_is_told(app, reader):
    answer = json.loads(app.send("subscription/quickadd", "quickadd=https://nobody.example/feed").content)
    assert answer["numResults"] == 0
    assert "/setup/publishers" in answer["error"]
    assert not Follow.objects.filter(reader=reader).exists()


def test_a_stream_is_subscribed_renamed_filed_and_ended(app, reader):
    app.send("subscription/edit", "ac=subscribe&s=feed/http://testserver/section/sport/feed.xml")
    row = Follow.objects.get(reader=reader)
    app.send("subscription/edit", f"ac=edit&s=feed/{row.pk}&t=My+games&a=user/-/label/Fun")
    [one] = app.read("subscription/list")["subscriptions"]
    assert (one["title"], one["categories"]) == ("My games", [{"id": "user/-/label/Fun", "label": "Fun"}])
    app.send("rename-tag", "s=user/-/label/Fun&dest=user/-/label/Play")
    assert [tag["id"] for tag in app.read("tag/list")["tags"]] == [STARRED, "user/-/label/Play"]
    app.send("disable-tag", "s=user/-/label/Play")
    assert app.read("subscription/list")["subscriptions"][0]["categories"] == []
    row.refresh_from_db()
    assert row.name == "Sport"
    app.send("subscription/edit", f"ac=unsubscribe&s=feed/{row.pk}")
    assert not Follow.objects.filter(reader=reader).exists()


def test_a_folder_is_known_by_its_name_in_any_language(app, world):
    app.headers["Accept-Language"] = "ar"
    [one] = app.read("subscription/list")["subscriptions"]
    assert one["categories"][0]["label"] != "Sections"
    assert sorted(app.ids(one["categories"][0]["id"])) == sorted(app.ids("user/-/label/Sections")) == numbers(world)
    app.headers["Accept-Language"] = "en"
    assert sorted(app.ids(one["categories"][0]["id"])) == numbers(world)


# --- forms of answers -----------------------------------------------------------
@pytest.mark.parametrize("path", ["subscription/list", "tag/list", "unread-count", "user-info", "stream/items/ids"])
def test_lists_come_as_xml_where_an_app_asks_for_it(app, world, path):
    answer = app.get(f"api/0/{path}", "output=xml")
    assert answer["Content-Type"].startswith("text/xml")
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "object"
    assert root.find("*[@name]") is not None


@pytest.mark.parametrize(
    "path",
    ["preference/list", "preference/stream/list", "friend/list", "user-info", "tag/list", "stream/contents"],
)
def test_what_apps_ask_beside_is_answered(app, path):
    assert isinstance(app.read(path), dict)


def test_atom_holds_the_stories_with_their_states(app, world):
    app.send("edit-tag", f"i={world[0].pk}&a={READ}")
    root = ElementTree.fromstring(app.get(f"atom/{READING_LIST}", "n=100").content)
    atom = "{http://www.w3.org/2005/Atom}"
    labels = {
        entry.find(f"{atom}id").text: {one.get("label") for one in entry.findall(f"{atom}category")}
        for entry in root.findall(f"{atom}entry")
    }
    assert "read" in labels[f"{LONG}{world[0].pk:016x}"]
    assert "fresh" in labels[f"{LONG}{world[1].pk:016x}"]
    assert len(labels) == 3


def test_odd_headlines_stay_whole_and_plain(app, world):
    odd = "Dam <b>holds</b> & <script>alert(1)</script> \x01\ufffe \U0001f30a"
    Story.objects.filter(pk=world[0].pk).update(title=odd)
    [item] = app.items([str(world[0].pk)])
    assert "<script" not in item["title"]
    assert "<script" not in item["summary"]["content"]
    ElementTree.fromstring(app.get(f"atom/{READING_LIST}", "n=100").content)


def test_a_second_sync_without_changes_moves_nothing(app, world):
    [stream] = [one["id"] for one in app.read("subscription/list")["subscriptions"]]
    paths = [f"atom/{stream}", f"api/0/stream/contents/{stream}", "api/0/subscription/list", "api/0/tag/list"]
    for path in paths:
        first = app.get(path, "n=100")
        again = app.get(path, "n=100", **{"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
    tag = app.get(paths[0], "n=100")["ETag"]
    app.send("edit-tag", f"i={world[0].pk}&a={READ}")
    assert app.get(paths[0], "n=100", **{"If-None-Match": tag}).status_code == 200


def test_answers_are_kept_by_nobody(app, world):
    for path in (f"atom/{READING_LIST}", "api/0/subscription/list", "api/0/token", "api/0/nothing-there"):
        answer = app.get(path)
        if answer.status_code == 200:
            assert answer["Cache-Control"] == "private, no-store", path
            assert not answer.cookies
    assert app.get("api/0/stream/items/ids", "n=x")["Cache-Control"] == "private, no-store"


# --- bad input ------------------------------------------------------------------
@pytest.mark.parametrize(
    "query",
    ["n=x", "n=-1", "c=abc", "ot=yesterday", "s=nonsense", "s=feed/abc", "s=feed/99999999999", "xt=x", "n=" + "9" * 30],
)
def test_what_makes_no_sense_is_refused_with_its_name(app, world, query):
    answer = app.get("api/0/stream/items/ids", query)
    assert answer.status_code in (400, 404)
    assert query.partition("=")[2][:20].encode() in answer.content


@pytest.mark.parametrize(
    "said", ["", "x", "-5", "0", "9" * 40, LONG, f"{LONG}zz", f"{LONG}{'f' * 16}", "%00", "\u0663"]
)
def test_an_id_of_nothing_is_nothing(app, world, said):
    assert json.loads(app.get("api/0/stream/items/contents", f"i={said}&output=json").content)["items"] == []
    assert app.send("edit-tag", f"i={said}&a={READ}").content == b"OK"
    assert not Seen.objects.exists()


def test_every_hostile_string_is_answered(app, reader, world, newstext_data):
    from urllib.parse import quote

    path = newstext_data / "hostile" / "strings" / "naughty.jsonl"
    if not path.exists():
        pytest.skip("the hostile strings are not here")
    lines = [json.loads(line)["s"] for line in path.read_text().splitlines()]
    said = [line for line in lines if line.strip()][:: len(lines) // 120]
    assert len(said) > 50
    for line in said:
        value = quote(line.encode("utf-8", "surrogatepass"))
        for query in (f"s={value}", f"s={quote('feed/')}{value}", f"n={value}", f"c={value}", f"ot={value}"):
            assert app.get("api/0/stream/items/ids", query).status_code < 500, line
        assert app.send("subscription/quickadd", f"quickadd={value}").status_code < 500, line
        row = Follow.objects.filter(reader=reader).order_by("pk").first()
        answer = app.send("subscription/edit", f"ac=edit&s=feed/{row.pk}&t={value}")
        assert answer.status_code < 500, line
        if answer.status_code == 200 and "".join(line.replace("\0", "").split()):
            shown = {one["id"]: one["title"] for one in app.read("subscription/list")["subscriptions"]}
            assert shown[f"feed/{row.pk}"] == " ".join(line.replace("\0", "").split()), line


# --- cost -----------------------------------------------------------------------
def test_a_page_costs_as_many_queries_however_long_it_is(app, reader, world, django_assert_max_num_queries):
    follow(reader, "publisher", "ostra-post")
    Hashtag.objects.create(key="ostradam", name="OstraDam").stories.add(*world)
    follow(reader, "hashtag", "ostradam")
    for number in range(40):
        make_story(f"Road story {number}")
    with django_assert_max_num_queries(14):
        app.ids(READING_LIST, f"xt={READ}")
    with django_assert_max_num_queries(26):
        app.get(f"api/0/stream/contents/{READING_LIST}", "n=100")
    with django_assert_max_num_queries(14):
        app.get("api/0/unread-count", "output=json")
    with django_assert_max_num_queries(8):
        app.get("api/0/subscription/list", "output=json")
