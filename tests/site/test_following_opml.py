"""What a reader follows as OPML: out for other readers of feeds, in from them, and nothing by force."""

from __future__ import annotations

import tarfile
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from newsroom.publishers.models import Addition, Feed
from newsroom.readers.models import Follow, Reader
from newsroom.stories.models import Hashtag
from tests.site.accounts import signed_in
from tests.site.apps import App, follow, make_reader
from tests.site.test_greader import paper

pytestmark = pytest.mark.django_db
PAGE = "/following/import"


@pytest.fixture
def reader():
    return make_reader()


@pytest.fixture
def client(reader):
    return signed_in(reader)


def feed(slug: str, url: str) -> Feed:
    return Feed.objects.create(publisher=paper(slug), url=url, next_check_at=timezone.now(), title=f"{slug} news")


def opml(*addresses: str) -> bytes:
    lines = "".join(
        f'<outline type="rss" text="Title of {number}" xmlUrl="{url}"/>' for number, url in enumerate(addresses)
    )
    return f'<opml version="2.0"><body><outline text="Folder">{lines}</outline></body></opml>'.encode()


def bring(client: Client, body: bytes):
    return client.post(PAGE, {"file": SimpleUploadedFile("list.opml", body)})


def test_what_goes_out_comes_in_again_with_another_reader(client, reader):
    feed("ostra-post", "https://ostra-post.example/rss")
    feed("keyed", "https://keyed.example/rss?key=secret")
    Hashtag.objects.create(key="ostradam", name="OstraDam", article_count=5)
    for kind, key in (
        ("publisher", "ostra-post"),
        ("publisher", "keyed"),
        ("hashtag", "ostradam"),
        ("section", "sport"),
    ):
        follow(reader, kind, key)
    answer = client.get("/following.opml")
    assert answer["Cache-Control"] == "private, no-store"
    root = ElementTree.fromstring(answer.content)
    urls = {one.get("xmlUrl") for one in root.iter("outline")} - {None}
    assert urls == {
        "https://ostra-post.example/rss",
        "http://testserver/publisher/keyed/feed.xml",  # an address with a key in it stays here
        "http://testserver/hashtag/ostradam/feed.xml",
        "http://testserver/section/sport/feed.xml",
    }
    ben = make_reader("ben@reader.example")
    assert bring(signed_in(ben), answer.content).status_code == 200
    kept = set(Follow.objects.filter(reader=ben).values_list("kind", "key"))
    assert kept == set(Follow.objects.filter(reader=reader).values_list("kind", "key"))


def test_a_list_twice_is_followed_once(client, reader):
    feed("ostra-post", "https://ostra-post.example/rss")
    for _time in range(2):
        page = bring(
            client,
            opml("https://ostra-post.example/rss", "http://ostra-post.example/rss/", "https://ostra-post.example/"),
        )
        assert page.status_code == 200
    assert Follow.objects.get(reader=reader).key == "ostra-post"


def test_what_is_not_read_here_is_listed_and_not_followed(client, reader):
    page = bring(client, opml("https://nobody.example/feed")).content.decode()
    assert "https://nobody.example/feed" in page
    assert "Whoever runs it adds publishers" in page
    assert not Follow.objects.exists()
    assert not Addition.objects.exists()


def test_an_administrator_adds_what_is_not_read_with_one_button(client, reader):
    Reader.objects.filter(pk=reader.pk).update(role=Reader.Role.ADMIN)
    page = bring(client, opml("https://nobody.example/feed")).content.decode()
    assert 'action="/setup/publishers"' in page
    assert (
        client.post("/setup/publishers", {"do": "add", "addresses": "https://nobody.example/feed"}).status_code == 302
    )
    assert Addition.objects.get().url == "https://nobody.example/feed"


def test_ten_thousand_outlines_are_taken_in_few_queries(client, reader, django_assert_max_num_queries):
    feed("ostra-post", "https://ostra-post.example/rss")
    many = [f"https://n{number}.example/feed" for number in range(9_999)]
    body = opml("https://ostra-post.example/rss", *many)
    assert len(body) < 2 * 2**20
    with django_assert_max_num_queries(130):
        page = bring(client, body)
    assert page.status_code == 200
    assert Follow.objects.count() == 1
    assert "9499 more are not listed" in page.content.decode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff\xfe",
        b"not xml",
        b"<html><body>no</body></html>",
        b'<!DOCTYPE o [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><opml><body><outline xmlUrl="&c;"/></body></opml>',
        b'<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body><outline text="&x;" xmlUrl="http://a.example/"/></body></opml>',
        b"<opml><body>" + b'<outline text="x">' * 5_000,
        b'<opml><body><outline type="rss" xmlUrl="javascript:alert(1)"/></body></opml>',
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(client, reader, body):
    page = bring(client, body)
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    assert b"root:" not in page.content
    assert not Follow.objects.exists()


def test_markup_in_titles_is_shown_as_text(client):
    body = b'<opml><body><outline type="rss" text="&lt;script&gt;alert(1)&lt;/script&gt;" xmlUrl="https://x.example/&quot;&gt;&lt;b"/></body></opml>'
    assert b"<script>alert" not in bring(client, body).content


def test_every_hostile_list_is_answered(client, newstext_data):
    path = newstext_data / "hostile" / "opml" / "opml_hostile.tar.gz"
    if not path.exists():
        pytest.skip("the hostile lists are not here")
    with tarfile.open(path) as archive:
        bodies = [archive.extractfile(one).read() for one in archive if one.isfile() and one.size < 2**20]
    assert len(bodies) > 20
    for body in bodies:
        assert bring(client, body).status_code in (200, 422)


def test_an_app_brings_and_takes_the_same(reader):
    feed("ostra-post", "https://ostra-post.example/rss")
    app = App(reader)
    said = app.client.post(
        "/reader/api/0/subscription/import",
        opml("https://ostra-post.example/rss"),
        content_type="text/xml",
        headers=app.headers,
    )
    assert said.content == b"OK: 1"
    assert b"ostra-post.example/rss" in app.get("api/0/subscription/export").content
    bad = app.client.post("/reader/api/0/subscription/import", b"no", content_type="text/xml", headers=app.headers)
    assert bad.status_code == 400


def test_only_who_is_signed_in_has_lists():
    for path in ("/following.opml", PAGE):
        assert Client().get(path).status_code == 302
