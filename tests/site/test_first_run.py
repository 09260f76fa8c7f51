"""The first run: who may set the site up, what the choice follows and pauses, how what is added does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from newsroom.articles.models import Article
from newsroom.desk import following
from newsroom.desk.fetching import Fetching
from newsroom.publishers import starting
from newsroom.publishers.models import Addition, Feed, Publisher, StartingChoice
from newsroom.readers.models import Reader
from newsroom.readers.save import make_admin
from tests.site import loopback, running

pytestmark = pytest.mark.django_db
PAGE, PROGRESS = "/setup/publishers", "/setup/publishers/added"
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
LIST = """
[[publisher]]
name = "Halden Post"
home = "https://halden.example"
country = "NO"
language = "no"
beat = "general"
[[publisher.feed]]
url = "https://halden.example/rss"
title = "News"

[[publisher]]
name = "Meren Science"
home = "https://meren.example"
country = "GB"
language = "en"
beat = "science"
[[publisher.feed]]
url = "https://meren.example/rss"
title = "News"
[[publisher.feed]]
url = "https://meren.example/space"
title = "Space"

[[publisher]]
name = "Meren Times"
home = "https://times.example"
country = "GB"
language = "en"
beat = "general"
[[publisher.feed]]
url = "https://times.example/rss"
title = "News"
"""


@pytest.fixture
def operator(settings) -> Client:
    """The browser of who runs the site, on the site's machine."""
    return Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000")


@pytest.fixture
def lists(tmp_path, monkeypatch):
    """A folder with one list of starting publishers, all of them followed."""
    (tmp_path / "one.toml").write_text(LIST, encoding="utf-8")
    monkeypatch.setattr(starting, "lists_folder", lambda: tmp_path)
    for feed in starting.listed_feeds():
        starting.follow_listed(feed, NOW)


@pytest.fixture
def site(settings):
    with loopback.serve() as served:
        settings.FETCH_ALLOW_PRIVATE = frozenset({served.host})
        yield served


def followed() -> set[str]:
    return set(Feed.objects.filter(is_on=True).values_list("url", flat=True))


def paste(client: Client, addresses: str, **more):
    return client.post(PAGE, {"do": "add", "addresses": addresses, **more})


def look(owner: str = "desk") -> int:
    with ThreadPoolExecutor(4) as threads:
        return following.follow_due(owner, Fetching(), threads, lambda: NOW)


def shown(client: Client) -> str:
    answer = client.get(PROGRESS)
    assert answer.status_code == 200
    return answer.content.decode()


# --- who may ----------------------------------------------------------------
def test_whoever_sits_at_the_machine_may_choose_until_there_is_an_administrator(operator):
    assert operator.get(PAGE).status_code == 200
    make_admin("boss@paper.example", "a long enough password")
    answer = operator.get(PAGE)
    assert answer.status_code == 403
    assert "/admin/login/?next=/setup/publishers" in answer.content.decode()


@pytest.mark.parametrize(
    "said",
    [
        {"HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"HTTP_FORWARDED": "for=203.0.113.9"},
        {"HTTP_VIA": "1.1 gate"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"SERVER_PROTOCOL": "HTTP/1.0"},
        {"REMOTE_ADDR": "203.0.113.9"},
        {"REMOTE_ADDR": ""},
        {"SERVER_NAME": "testserver"},
    ],
    ids=str,
)
def test_a_request_through_a_proxy_or_from_elsewhere_may_not(operator, said):
    assert operator.get(PAGE, **said).status_code == 403
    assert operator.post(PAGE, {"do": "add", "addresses": "https://halden.example"}, **said).status_code == 403
    assert operator.get(PROGRESS, **said).status_code == 403
    assert not Addition.objects.exists()


def test_a_site_that_answers_to_public_names_trusts_no_loopback(operator, settings):
    settings.SITE_HOSTS = ["paper.example"]
    assert operator.get(PAGE).status_code == 403


def test_another_site_cannot_send_the_form_from_the_operators_browser(operator):
    answer = operator.post(PAGE, {"do": "choose"}, HTTP_ORIGIN="https://evil.example", HTTP_SEC_FETCH_SITE="cross-site")
    assert answer.status_code == 403
    assert not StartingChoice.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("editor", 403), ("reader", 403)])
def test_later_administrators_alone_may_choose(role, status):
    reader = Reader(username=role, role=role)
    reader.save()
    client = Client()
    client.force_login(reader)
    assert client.get(PAGE).status_code == status
    assert client.get(PAGE, HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == status


# --- the choice -------------------------------------------------------------
def test_the_form_counts_publishers_beside_each_country_language_and_beat(operator, lists):
    html = operator.get(PAGE).content.decode()
    for kind, value, name, count in (
        ("countries", "GB", "United Kingdom", 2),
        ("countries", "NO", "Norway", 1),
        ("languages", "en", "English", 2),
        ("beats", "science", "Science", 1),
    ):
        box = html.split(f'name="{kind}" value="{value}">')[1].split("</li>")[0]
        assert name in box
        assert f">{count}<" in box
    assert "3 of 3 starting publishers are followed" in html


def test_what_is_chosen_is_followed_and_the_rest_paused_without_losing_what_was_read(operator, lists):
    paused = Feed.objects.get(url="https://halden.example/rss")
    Article.objects.create(
        publisher=paused.publisher, url="https://halden.example/a", url_key="a", title="Quay reopens", seen_at=NOW
    )
    answer = operator.post(PAGE, {"do": "choose", "countries": ["GB"], "beats": ["science", "health"]})
    assert answer.status_code == 302
    assert followed() == {"https://meren.example/rss", "https://meren.example/space"}
    assert Article.objects.filter(title="Quay reopens").exists()
    html = operator.get(answer["Location"]).content.decode()
    assert "1 of 3 starting publishers are followed" in html
    assert 'name="countries" value="GB" checked' in html
    assert 'name="countries" value="NO">' in html


def test_nothing_chosen_means_all_and_brings_the_paused_back(operator, lists):
    operator.post(PAGE, {"do": "choose", "languages": ["no"]})
    assert followed() == {"https://halden.example/rss"}
    operator.post(PAGE, {"do": "choose"})
    assert len(followed()) == 4
    assert StartingChoice.objects.count() == 1


def test_a_choice_that_nobody_fits_changes_nothing_and_says_so(operator, lists):
    answer = operator.post(PAGE, {"do": "choose", "countries": ["NO"], "beats": ["science"]})
    assert answer.status_code == 422
    assert "No starting publisher has all of this" in answer.content.decode()
    assert 'value="NO" checked' in answer.content.decode()
    assert len(followed()) == 4


def test_what_an_editor_switched_off_stays_off_and_what_was_added_by_hand_stays_on(operator, lists):
    Feed.objects.filter(url="https://meren.example/space").update(is_on=False)
    paste(operator, "https://halden.example/rss")
    operator.post(PAGE, {"do": "choose", "countries": ["GB"]})
    assert followed() == {"https://meren.example/rss", "https://times.example/rss", "https://halden.example/rss"}
    operator.post(PAGE, {"do": "choose"})
    assert "https://meren.example/space" not in followed()


def test_a_feed_that_has_moved_is_paused_and_not_followed_twice(operator, lists):
    Feed.objects.filter(url="https://halden.example/rss").update(url="https://halden.example/new")
    operator.post(PAGE, {"do": "choose", "countries": ["GB"]})
    assert "https://halden.example/new" not in followed()
    operator.post(PAGE, {"do": "choose"})
    assert Feed.objects.filter(publisher__name="Halden Post").count() == 1
    assert "https://halden.example/new" in followed()


def test_a_site_that_follows_nobody_yet_begins_with_what_is_chosen(operator, lists):
    Feed.objects.all().delete()
    operator.post(PAGE, {"do": "choose", "beats": ["science"]})
    assert followed() == {"https://meren.example/rss", "https://meren.example/space"}


def test_the_list_of_publishers_leads_who_may_to_the_choice(operator):
    assert f'href="{PAGE}"' in operator.get("/publishers").content.decode()
    assert f'href="{PAGE}"' not in Client(REMOTE_ADDR="203.0.113.9").get("/publishers").content.decode()
    make_admin("boss@paper.example", "a long enough password")
    assert f'href="{PAGE}"' not in operator.get("/publishers").content.decode()
    operator.force_login(Reader.objects.get())
    assert f'href="{PAGE}"' in operator.get("/publishers").content.decode()


def test_values_that_are_not_offered_are_left_out(operator, lists):
    operator.post(PAGE, {"do": "choose", "countries": ["GB", "<script>", "x" * 5000]})
    assert StartingChoice.objects.get().countries == ["GB"]


# --- what is added ----------------------------------------------------------
def test_lines_are_kept_as_rows_and_the_desk_follows_them(operator, site):
    site.answers["/"] = loopback.Answer(b"<!doctype html><link rel=alternate type=application/rss+xml href=/rss>")
    items = [{"path": f"/{n}", "title": f"Mill {n}", "at": "Mon, 16 Nov 2026 07:00:00 GMT"} for n in range(3)]
    site.feed("/rss", items, title="Tarn Echo")
    assert paste(operator, f"{site.url('/')}\n\n")["Location"] == PROGRESS
    assert "Waiting" in shown(operator)
    assert look() == 1
    html = shown(operator)
    assert "Tarn Echo" in html
    assert "(3 items)" in html
    feed = Feed.objects.get(url=site.url("/rss"))
    assert feed.is_on
    assert feed.is_by_hand
    assert look() == 0


def test_what_a_worker_looks_for_is_said_and_a_killed_one_gives_it_back(operator):
    paste(operator, "https://halden.example/news")
    row = Addition.objects.get()
    Addition.objects.due().claim("gone", datetime.now(UTC), most=1)
    assert "Looking for its feed" in shown(operator)
    assert not Addition.objects.due().free(datetime.now(UTC)).exists()
    later = datetime.now(UTC) + timedelta(minutes=10)
    assert [one.pk for one in Addition.objects.due().claim("new", later, most=9)] == [row.pk]


def test_an_address_that_never_ends_is_given_up(operator):
    paste(operator, "https://halden.example/news")
    Addition.objects.update(tries=following.TRIES)
    look()
    assert "never ended" in Addition.objects.get().reason
    assert "Failed" in shown(operator)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("lorem ipsum", "This is no address"),
        ("https://", "This is no address"),
        ("ftp://paper.example/feed", "This is no address"),
        ("javascript:alert(1)", "This is no address"),
        ("<script>alert(1)</script", "no OPML list"),
        ("https://paper.example/" + "a" * 5000, "an address may have 2000"),
        ("\x00", "Nothing was given"),
        ("   \n ", "Nothing was given"),
    ],
)
def test_a_line_that_is_no_address_is_refused_in_words(operator, line, said):
    answer = paste(operator, line)
    html = answer.content.decode() if answer.status_code == 422 else shown(operator)
    assert said in html
    assert "<script>alert" not in html
    assert not Addition.objects.due().exists()


def test_a_line_is_shown_as_it_was_written_and_where_it_was_cut(operator):
    paste(operator, f"'halden.example'\n{'lorem ' * 60}")
    one, other = Addition.objects.order_by("pk")
    assert (one.said, one.url) == ("'halden.example'", "https://halden.example/")
    assert other.said.endswith("…")
    assert len(other.said) == 300


def test_private_addresses_are_refused_with_the_way_out(operator):
    paste(operator, "http://10.0.0.1/feed\nhttp://[::1]/feed\nhttp://127.0.0.1/feed")
    assert look() == 3
    html = shown(operator)
    assert html.count("is not a public address") == 3
    assert "FETCH_ALLOW_PRIVATE=10.0.0.1:80" in html
    assert not Feed.objects.filter(is_by_hand=True).exists()


def test_html_without_a_feed_is_said_and_can_be_tried_again(operator, site):
    site.answers["/"] = loopback.Answer(b"<!doctype html><title>Tarn Echo</title><h1>Tarn Echo</h1>")
    paste(operator, site.url("/"))
    look()
    assert "It names no feed" in shown(operator)
    site.feed("/rss", [])
    operator.post(PAGE, {"do": "again"})
    look()
    assert Addition.objects.get().state == Addition.FOLLOWED


def test_a_bare_name_is_asked_for_by_http_where_https_does_not_answer(operator, site):
    site.feed("/rss", [], title="Tarn Echo")
    paste(operator, f"{site.host.replace('127.0.0.1', 'localhost')}/rss")
    following_host = site.host.replace("127.0.0.1", "localhost")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.FETCH_ALLOW_PRIVATE", frozenset({following_host}))
        look()
    assert Addition.objects.get().state == Addition.FOLLOWED


def test_what_is_named_twice_or_followed_already_is_said(operator, site):
    url = site.feed("/rss", [], title="Tarn Echo")
    paste(operator, f"{url}\n{url}")
    assert "Named before" in shown(operator)
    look()
    paste(operator, url)
    assert Addition.objects.order_by("-pk").first().state == Addition.KNOWN
    site.answers["/"] = loopback.Answer(b"<!doctype html><link rel=alternate type=application/rss+xml href=/rss>")
    paste(operator, site.url("/"))
    look()
    assert Addition.objects.order_by("-pk").first().state == Addition.KNOWN
    assert Feed.objects.filter(url=url).count() == 1
    assert "Followed already" in shown(operator)


def test_a_feed_that_was_off_is_switched_on_when_it_is_named(operator, site):
    url = site.feed("/rss", [], title="Tarn Echo")
    paste(operator, url)
    look()
    Feed.objects.filter(url=url).update(is_on=False)
    paste(operator, url)
    look()
    assert Feed.objects.get(url=url).is_on


def opml(outlines: str) -> str:
    return f'<?xml version="1.0"?><opml version="2.0"><body>{outlines}</body></opml>'


def test_an_opml_list_keeps_its_titles_and_folders(operator, site):
    url = site.feed("/rss", [], title="called otherwise by itself")
    text = opml(f'<outline text="Coast"><outline text="Tarn Echo" xmlUrl="{url}" htmlUrl="{site.url("/")}"/></outline>')
    file = SimpleUploadedFile("mine.opml", text.encode(), "text/xml")
    assert paste(operator, "", file=file).status_code == 302
    look()
    feed = Feed.objects.get(url=url)
    assert (feed.publisher.name, feed.section) == ("Tarn Echo", "Coast")


def test_five_hundred_outlines_are_taken_in_few_queries_and_shown_each(operator, django_assert_max_num_queries):
    text = opml("".join(f'<outline text="P{n}" xmlUrl="https://p{n}.example/rss"/>' for n in range(500)))
    with django_assert_max_num_queries(14):
        assert paste(operator, text).status_code == 302
    assert Addition.objects.due().count() == 500
    with django_assert_max_num_queries(8):
        html = shown(operator)
    assert html.count("Waiting</p>") == 500
    assert len(html) < 200_000


@pytest.mark.parametrize(
    "text",
    [
        "<opml><body>",
        "<rss><channel/></rss>",
        "<html><body>Sign in</body></html>",
        "<",
        "<!DOCTYPE x [<!ENTITY a 'b'>]>",
    ],
)
def test_bad_opml_is_refused_in_words(operator, text):
    answer = paste(operator, text)
    assert answer.status_code == 422
    assert "This is no OPML list of feeds" in answer.content.decode()


def test_what_is_too_large_is_refused_in_words(operator):
    answer = paste(operator, "https://paper.example\n" * 250_000)  # 5 MB
    assert answer.status_code == 413
    assert "larger than 1 MB" in answer.content.decode()
    answer = paste(operator, "", file=SimpleUploadedFile("mine.opml", b"<opml>" + b" " * 5_000_000))
    assert answer.status_code == 422
    assert "larger than 1 MB" in answer.content.decode()
    answer = paste(operator, "\n".join(f"p{n}.example" for n in range(2001)))
    assert "2001 addresses were given, 2000 can be taken at once" in answer.content.decode()
    assert not Addition.objects.exists()


def test_the_progress_page_reloads_itself_without_a_script_only_while_something_waits(operator):
    paste(operator, "https://halden.example")
    assert '<noscript><meta http-equiv="refresh"' in shown(operator)
    assert "http-equiv" not in operator.get(f"{PROGRESS}?still=1").content.decode()
    Addition.objects.update(state=Addition.FAILED)
    assert "http-equiv" not in shown(operator)


@pytest.mark.parametrize("page", ["0", "-1", "x", "٣", "9" * 50, "2"])
def test_a_page_number_that_is_none_is_the_first(operator, page):
    assert operator.get(PROGRESS, {"page": page}).status_code == 200


def test_ingest_follows_what_was_asked_for_before_it_reads(tmp_path):
    with loopback.serve() as served:
        url = served.feed("/rss", [], title="Tarn Echo")
        running.run("sample", "--remove", "--data", str(tmp_path))
        with_row = (
            "INSERT INTO publishers_addition (claimed_by, said, url, title, home_url, section, state, tries, items, "
            f"reason, asked_at) VALUES ('', '{url}', '{url}', '', '', '', 'waiting', 0, 0, '', '2026-11-26 09:00:00')"
        )
        running.rows(tmp_path, with_row)
        running.ingest(tmp_path, allow=served.host)
        assert running.rows(tmp_path, "SELECT state FROM publishers_addition") == [("followed",)]
        assert running.rows(tmp_path, "SELECT url, is_on FROM publishers_feed") == [(url, 1)]


def test_publishers_row_exists_only_for_what_answers(operator):
    before = Publisher.objects.count()
    paste(operator, "https://nobody.invalid")
    assert Publisher.objects.count() == before
