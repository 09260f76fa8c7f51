"""Lead pictures: fetched by the desk, had under signed addresses, and nothing in the place of what cannot be shown."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from newsroom.articles import images
from newsroom.articles import save as article_save
from newsroom.articles.batch import store_read
from newsroom.articles.models import Article, Picture
from newsroom.articles.reencoding import WIDTHS, Unfit, reencode
from newsroom.desk.work import Desk
from newsroom.publishers import favicons
from newsroom.publishers.models import Favicon, Publisher
from newsroom.sample.drawings import sample_pictures
from newstext.records import ArticleText
from tests.site import pictures
from tests.site.loopback import Answer, serve
from tests.site.stories import without_ages

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TITLE = "Kestrel dam fails"


@pytest.fixture
def data(tmp_path, settings) -> Path:
    settings.DATA_DIR = tmp_path
    settings.FETCH_SPACING_S = 0
    return tmp_path


@pytest.fixture
def site(settings):
    with serve() as running:
        settings.FETCH_ALLOW_PRIVATE = frozenset({running.host})
        settings.FETCH_SPACING_IS_SET = True
        yield running


@pytest.fixture
def desk(db, data, site):
    Picture.objects.all().delete()  # the sample's own
    Publisher.objects.update(favicon_digest=None)
    running = Desk(clock=lambda: NOW)
    running.processes = running.picturing.processes = map_inline
    yield running
    running.picturing.close()
    running.threads.shutdown()


def map_inline(function, items):
    return map(function, items)


def note(article: Article, read: ArticleText, now: datetime) -> None:
    """Keep the picture that a read article names, as a batch does."""
    row = images.wanted_picture(article, read, now, Picture.objects.filter(article=article).first())
    images.keep_wanted([row] if row else [])


def wanted(article: Article, url: str, **told: str) -> Picture:
    """The article's row as reading a page that names this picture leaves it."""
    article.image = url
    note(article, ArticleText(url=article.url, image=url, **told), NOW)
    return Picture.objects.get(article=article)


def held(article: Article, body: bytes = b"", **told: str) -> Picture:
    picture = wanted(article, f"https://pictures.example/{article.pk}.jpg", **told)
    images.keep(picture, reencode(body or pictures.drawn(1600, 1000)), NOW)
    picture.refresh_from_db()
    return picture


def files(data: Path) -> list[Path]:
    return sorted(data.glob("pictures/[0-9]*/*"))


# Fetching.
def test_the_desk_fetches_what_a_read_article_names_and_its_page_shows_it(desk, site, data, article_of):
    site.answers["/dam.jpg"] = Answer(pictures.drawn(1600, 900), "image/jpeg")
    article = article_of(TITLE)
    wanted(article, site.url("/dam.jpg"), image_alt="Water over a broken wall", image_credit="Ilse Varga")
    assert 'class="picture"' not in Client().get(f"/article/{article.pk}", follow=True).content.decode()
    assert desk.fetch_pictures() >= 1
    html = Client().get(f"/article/{article.pk}", follow=True).content.decode()
    [img] = re.findall(r"<img [^>]*srcset[^>]*>", html)
    assert 'width="1280" height="720"' in img
    assert 'alt="Water over a broken wall"' in img
    assert 'loading="eager"' in img
    assert "<bdi>Ilse Varga</bdi>" in html
    for address in re.findall(r"(/picture/\S+) \d+w", img):
        answer = Client().get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert site.url("") not in re.sub(r"<a [^>]*>", "", img)


def test_a_page_view_fetches_nothing(desk, site, article_of):
    site.answers["/dam.jpg"] = Answer(pictures.drawn(), "image/jpeg")
    article = article_of(TITLE)
    wanted(article, site.url("/dam.jpg"))
    Client().get(f"/article/{article.pk}", follow=True)
    assert site.asked == []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer(b"<!doctype html><p>Not here</p>", "image/jpeg"), "a page, not a picture"),
        (Answer(b"", "image/jpeg"), "no bytes"),
        (Answer(b"gone", status=404), "not there (HTTP 404)"),
        (Answer(pictures.drawn()[:900], "image/jpeg"), "cut or broken"),
        (Answer(pictures.bomb(), "image/png"), "million pixels"),
        (Answer(b"<svg/>", "image/svg+xml"), "SVG"),
        (Answer(b"", status=302, headers={"Location": "http://127.0.0.1:8080/secret.png"}), "not a public address"),
        (Answer(b"", status=302, headers={"Location": "http://169.254.169.254/latest/"}), "not a public address"),
        (Answer(b"", status=302, headers={"Location": "file:///etc/passwd"}), "only http and https"),
    ],
)
def test_what_is_no_picture_is_a_problem_with_a_time_to_ask_again_and_nothing_in_its_place(
    desk, site, data, article_of, answer, problem
):
    site.answers["/p.jpg"] = answer
    article = article_of(TITLE)
    before = without_ages(Client().get(f"/article/{article.pk}", follow=True).content.decode())
    wanted(article, site.url("/p.jpg"))
    desk.fetch_pictures()
    row = Picture.objects.get(article=article)
    assert problem in row.problem
    assert row.due_at == NOW + images.FINAL_AGAIN_AFTER[0]
    assert (row.width, row.claimed_by, files(data)) == (0, "", [])
    assert without_ages(Client().get(f"/article/{article.pk}", follow=True).content.decode()) == before


def test_what_may_pass_is_asked_again_soon_and_not_for_ever(desk, site, article_of):
    site.answers["/p.jpg"] = Answer(b"busy", status=503)
    row = wanted(article_of(TITLE), site.url("/p.jpg"))
    waits = []
    for _ in range(len(images.AGAIN_AFTER) + 1):
        Picture.objects.update(due_at=NOW)
        desk.fetch_pictures()
        row.refresh_from_db()
        waits.append(row.due_at and row.due_at - NOW)
    assert waits == [*images.AGAIN_AFTER, None]


def test_a_picture_larger_than_the_limit_is_not_read_on(desk, site, article_of, monkeypatch):
    options = desk.fetching.picture_options
    monkeypatch.setattr(desk.fetching, "picture_options", replace(options, max_bytes=100_000))
    site.answers["/p.jpg"] = Answer(b"\xff" * 200_000, "image/jpeg")
    row = wanted(article_of(TITLE), site.url("/p.jpg"))
    desk.fetch_pictures()
    row.refresh_from_db()
    assert "answer is over" in row.problem


def test_a_host_that_asks_robots_to_stay_away_is_obeyed(desk, site, article_of):
    site.answers["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /img/", "text/plain")
    site.answers["/img/p.jpg"] = Answer(pictures.drawn(), "image/jpeg")
    row = wanted(article_of(TITLE), site.url("/img/p.jpg"))
    desk.fetch_pictures()
    row.refresh_from_db()
    assert "robots.txt" in row.problem
    assert "/img/p.jpg" not in [path for path, _ in site.asked]


def test_while_news_waits_a_few_pictures_are_fetched_and_then_it_rests(desk, site, article_of):
    site.answers["/p.jpg"] = Answer(pictures.drawn(), "image/jpeg")
    row = wanted(article_of(TITLE), site.url("/p.jpg"))
    Article.objects.filter(pk=article_of("Brask").pk).update(next_read_at=NOW)
    assert desk.fetch_pictures() == 0
    row.refresh_from_db()
    assert row.width


def test_a_worker_that_dies_leaves_its_picture_to_the_next(desk, site, article_of):
    site.answers["/p.jpg"] = Answer(pictures.drawn(), "image/jpeg")
    row = wanted(article_of(TITLE), site.url("/p.jpg"))
    assert Picture.objects.due(NOW).claim("elsewhere/1/x", NOW, most=5) == [row]
    assert desk.fetch_pictures() == 0
    desk.clock = lambda: NOW + timedelta(minutes=6)
    assert desk.fetch_pictures() == 1
    row.refresh_from_db()
    assert row.width


def test_a_picture_that_many_articles_of_a_publisher_share_is_shown_with_none(db, data):
    publisher = Publisher.objects.create(slug="sound-weekly", name="Sound Weekly")
    rows = []
    for number in range(images.SIGN_OF_A_PUBLISHER):
        article = Article.objects.create(
            publisher=publisher, url=f"https://s.example/{number}", url_key=f"s{number}", seen_at=NOW, text="Rain."
        )
        rows.append(wanted(article, "https://s.example/logo.jpg"))
        images.keep(rows[-1], reencode(pictures.drawn()), NOW)
        shown = Picture.objects.filter(article__publisher=publisher).exclude(width=0).count()
        assert shown == (number + 1 if number + 1 < images.SIGN_OF_A_PUBLISHER else 0)
    assert files(data) == []


# Whose picture it is.
def test_private_texts_earlier_articles_and_refused_pages_get_no_picture(db, data, article_of):
    Picture.objects.all().delete()
    for change in ({"private_key": "k" * 43}, {"backfilled_at": NOW}, {"refused": "Behind a wall."}):
        article = article_of(TITLE)
        for field, value in change.items():
            setattr(article, field, value)
        article.image = "https://pictures.example/p.jpg"
        note(article, ArticleText(url=article.url), NOW)
    assert not Picture.objects.exists()


def test_another_picture_in_an_edited_article_replaces_the_first_and_its_address(db, data, article_of):
    article = article_of(TITLE)
    first = held(article)
    address = images.address_of(first, 640)
    row = wanted(article, "https://pictures.example/other.jpg", image_credit="Oda Brask")
    assert (row.width, row.due_at) == (1280, NOW)  # the first stays until the other is there
    images.keep(row, reencode(pictures.drawn(900, 900, colour="red")), NOW)
    row.refresh_from_db()
    assert Client().get(address).status_code == 404
    assert Client().get(images.address_of(row, 640)).status_code == 200
    assert all(row.digest in path.name for path in files(data))


def test_a_reading_that_says_less_takes_no_words_away(db, data, article_of):
    article = article_of(TITLE)
    picture = held(article, image_alt="A wall", image_credit="Ilse Varga")
    again = wanted(article, picture.url)
    assert (again.alt, again.credit, again.width) == ("A wall", "Ilse Varga", 1280)


def test_a_files_name_and_the_headline_are_no_alternative_text(db, data, article_of):
    article = article_of(TITLE)
    assert wanted(article, "https://p.example/1.jpg", image_alt="IMG_2041.jpg").alt == ""
    assert wanted(article, "https://p.example/2.jpg", image_alt=article.title).alt == ""


def test_an_article_united_with_another_keeps_a_picture(db, data, article_of):
    one, other = article_of(TITLE), article_of("Velmark")
    Picture.objects.filter(article__in=(one, other)).delete()
    held(other)
    images.take_over(other, one)
    row = Picture.objects.get(article=one)
    assert (row.width, row.due_at) == (0, one.seen_at)


def test_a_picture_taken_off_the_site_leaves_nothing_behind(db, data, article_of):
    article = article_of(TITLE)
    address = images.address_of(held(article), 640)
    images.forget(article)
    assert (files(data), Picture.objects.filter(article=article).exists()) == ([], False)
    assert Client().get(address).status_code == 404


def test_a_page_that_names_no_picture_has_none_not_itself(db, data, article_of):
    article = article_of(TITLE)
    Picture.objects.filter(article=article).delete()
    article.image = article.url
    note(article, ArticleText(url=article.url), NOW)
    assert not Picture.objects.filter(article=article).exists()


def test_the_sample_edition_has_pictures_and_favicons_of_its_own(db):
    assert Picture.objects.exclude(width=0).count() == len(sample_pictures())
    shown = Publisher.objects.filter(is_sample=True)
    assert all(favicons.address_of(publisher) for publisher in shown)
    picture = Picture.objects.exclude(width=0).first()
    assert Client().get(images.address_of(picture, 320)).status_code == 200


# Serving.
def test_only_signed_addresses_of_known_widths_are_answered(db, data, article_of):
    article = article_of(TITLE)
    address = images.address_of(held(article), 640)
    assert Client().get(f"/favicon/{'a' * 24}/99999999999999999999999").status_code == 404
    _, _, signature, width, number = address.split("/")
    other = "a" if signature[0] != "a" else "b"
    assert Client().get(address).status_code == 200
    for tampered in (
        f"/picture/{other}{signature[1:]}/{width}/{number}",
        f"/picture/{signature[:-1]}/{width}/{number}",
        f"/picture/{signature}/1280/{number}",
        f"/picture/{signature}/641/{number}",
        f"/picture/{signature}/{width}/{int(number) + 1}",
        f"/picture/{signature}/{width}/99999999999999999999999",
        f"/picture/{'é' * 24}/{width}/{number}",
        f"/picture/x/{width}/{number}",
    ):
        assert Client().get(tampered).status_code == 404, tampered
    assert Client().post(address).status_code == 405


def test_another_sites_key_signs_nothing_here(db, data, article_of, settings):
    picture = held(article_of(TITLE))
    settings.SECRET_KEY = "of another site"
    address = images.address_of(picture, 640)
    settings.SECRET_KEY = "of this site"
    assert Client().get(address).status_code == 404


def test_a_picture_may_be_kept_for_good_and_is_asked_for_again_in_vain(db, data, article_of):
    address = images.address_of(held(article_of(TITLE)), 320)
    answer = Client().get(address)
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer
    again = Client().get(address, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_pictures_no_turns_all_of_it_off(db, data, site, article_of, settings):
    article = article_of(TITLE)
    address = images.address_of(held(article), 640)
    settings.PICTURES = False
    assert 'class="picture"' not in Client().get(f"/article/{article.pk}", follow=True).content.decode()
    assert Client().get(address).status_code == 404
    Picture.objects.update(due_at=NOW)
    desk = Desk(clock=lambda: NOW)
    assert desk.fetch_pictures() == 0
    desk.close()


def test_an_emptied_folder_is_noticed_and_filled_again(db, data, article_of):
    article = article_of(TITLE)
    picture = held(article)
    for path in files(data):
        path.unlink()
    assert Client().get(images.address_of(picture, 640)).status_code == 404
    assert 'class="picture"' not in Client().get(f"/article/{article.pk}", follow=True).content.decode()
    picture.refresh_from_db()
    assert picture.due_at is not None


# The folder's bound.
def test_over_the_limit_what_was_used_longest_ago_leaves(db, data, article_of, settings):
    rows = [held(article_of(words)) for words in (TITLE, "Brask", "Karsa")]
    size = sum(path.stat().st_size for path in files(data))
    for age, row in enumerate(rows):
        for width in WIDTHS:
            at = NOW.timestamp() - age * 86_400
            os.utime(images.path_of(row.article_id, row.digest, width), (at, at))
    images.read_copy(images._signature(rows[2], 320), 320, rows[2].article_id, NOW + timedelta(days=1))
    assert images.make_room() == 0
    settings.PICTURES_MAX_MB = size * 0.99 / 2**20
    assert images.make_room() == 1
    held_now = set(
        Picture.objects.filter(pk__in=[row.pk for row in rows]).exclude(width=0).values_list("pk", flat=True)
    )
    assert held_now == {rows[0].pk, rows[2].pk}
    assert len(files(data)) == 2 * len(WIDTHS)
    assert "PICTURES_MAX_MB" in Picture.objects.get(pk=rows[1].pk).problem


def test_what_an_article_that_is_gone_left_leaves_first_when_room_is_needed(db, data, article_of, settings):
    kept = held(article_of(TITLE))
    gone = images.path_of(999_999, "0" * 16, 320)
    images._write(gone, b"x" * 50_000)
    half = images.path_of(999_998, "0" * 16, 320).with_suffix(".part")
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"x" * 10)
    os.utime(gone, (1, 1))
    settings.PICTURES_MAX_MB = (sum(path.stat().st_size for path in files(data)) - 1) / 2**20
    images.make_room()
    kept.refresh_from_db()
    assert (gone.exists(), half.exists(), kept.width) == (False, False, 1280)


def test_a_disk_that_takes_nothing_is_named_and_asked_again(desk, site, data, article_of, caplog):
    (data / "pictures").write_text("a file where the folder should be")
    site.answers["/p.jpg"] = Answer(pictures.drawn(), "image/jpeg")
    row = wanted(article_of(TITLE), site.url("/p.jpg"))
    desk.fetch_pictures()
    row.refresh_from_db()
    assert "Make room" in row.problem
    assert row.due_at == NOW + images.DISK_AGAIN_AFTER


def test_one_query_more_for_a_page_with_a_picture(db, data, article_of, django_assert_num_queries):
    from newsroom.articles.templatetags.pictures import picture_of

    article = article_of(TITLE)
    held(article)
    alone = Article.objects.get(pk=article.pk)
    with django_assert_num_queries(1):
        assert picture_of(alone)
    chosen = Article.objects.select_related("picture").get(pk=article.pk)
    with django_assert_num_queries(0):
        assert picture_of(chosen)


def test_reading_a_page_notes_its_picture_with_what_is_said_of_it(db, data, article_of):
    article = article_of(TITLE)
    read = replace(
        article_save.as_record(article),
        image="https://p.example/new.jpg",
        image_caption="The wall at noon.",
        image_credit="Ilse Varga",
    )
    store_read(article, read, article.marks, NOW)
    row = Picture.objects.get(article=article)
    assert (row.url, row.caption, row.credit, row.due_at) == (
        "https://p.example/new.jpg", "The wall at noon.", "Ilse Varga", NOW,
    )  # fmt: skip


# Favicons.
def papers_home(site, head: str) -> Publisher:
    site.answers["/"] = Answer(f"<!doctype html><html><head>{head}</head><body>News</body></html>".encode())
    return Publisher.objects.create(slug="the-post", name="The Post", home_url=site.url("/"), domain="post.example")


def test_a_publishers_favicon_is_found_kept_and_asked_for_again_in_a_month(desk, site):
    publisher = papers_home(
        site, '<link rel="icon" href="/x.svg"><link rel="shortcut icon" href="/i.png" sizes="64x64">'
    )
    site.answers["/i.png"] = Answer(pictures.drawn(64, 64, kind="PNG"), "image/png")
    desk.fetch_pictures()
    publisher.refresh_from_db()
    answer = Client().get(favicons.address_of(publisher))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert pictures.opened(answer.content).size == (32, 32)
    assert "immutable" in answer["Cache-Control"]
    assert Favicon.objects.get(publisher=publisher).next_at == NOW + favicons.MONTH
    asked = len(site.asked)
    desk.fetch_pictures()
    assert len(site.asked) == asked


def test_a_home_page_that_names_none_is_asked_for_the_usual_file(desk, site):
    publisher = papers_home(site, "")
    site.answers["/favicon.ico"] = Answer(pictures.drawn(32, 32, kind="ICO"), "image/x-icon")
    desk.fetch_pictures()
    publisher.refresh_from_db()
    assert publisher.favicon_digest


def test_a_favicon_that_is_a_page_is_remembered_as_a_problem(desk, site):
    publisher = papers_home(site, '<link rel=icon href="/i.png">')
    site.answers["/i.png"] = Answer(b"<html>no</html>", "image/png")
    desk.fetch_pictures()
    row = Favicon.objects.get(publisher=publisher)
    assert "404" in row.problem  # of /favicon.ico, the last that was tried
    assert row.next_at > NOW
    publisher.refresh_from_db()
    assert favicons.address_of(publisher) == ""


def test_a_tampered_favicon_address_is_not_answered(db, data):
    publisher = Publisher.objects.first()
    favicons.keep_file(publisher, pictures.drawn(32, 32, kind="PNG"))
    address = favicons.address_of(publisher)
    assert Client().get(address).status_code == 200
    assert Client().get(address[:9] + "0" * 24 + address[33:]).status_code == 404
    assert Client().get(address.rpartition("/")[0] + "/999999").status_code == 404


def test_a_list_of_publishers_read_without_favicons_asks_nothing_for_them(db, data, django_assert_num_queries):
    from django.template.loader import render_to_string

    rows = list(Publisher.objects.only("name"))
    with django_assert_num_queries(0):
        for row in rows:
            assert render_to_string("parts/favicon.html", {"publisher": row}) == ""


def test_reencoding_is_what_the_worker_does(data):
    from newsroom.desk import jobs

    assert isinstance(jobs.make_picture(b""), Unfit)
    assert isinstance(jobs.make_icon(b""), Unfit)
