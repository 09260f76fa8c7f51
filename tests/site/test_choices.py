"""What a reader chooses: language, light or dark, digits, keys; kept in one cookie, and nowhere before."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from newsroom.readers import choices
from newsroom.readers.choices import Choices, read_cookie

pytestmark = pytest.mark.django_db


def choose(client: Client, **said: str):
    return client.post("/choices", said)


def test_no_cookie_is_set_before_somebody_chooses(client):
    for address in ("/", "/choices", "/search?q=dam", "/about"):
        assert not client.get(address, headers={"accept-language": "ar"}).cookies


@pytest.mark.parametrize(
    ("accepts", "language", "direction"),
    [
        ("ar", "ar", "rtl"),
        ("ar-LB;q=0.8,en;q=0.5", "ar", "rtl"),
        ("fr,ar;q=0.4", "ar", "rtl"),
        ("fr", "en", "ltr"),
        ("ar;q=0,en", "en", "ltr"),
        ("en-US,ar;q=0.9", "en", "ltr"),
        ("*", "en", "ltr"),
        ("", "en", "ltr"),
        ("x" * 9000, "en", "ltr"),
    ],
)
def test_browsers_language_decides_until_one_is_chosen(client, accepts, language, direction):
    response = client.get("/", headers={"accept-language": accepts})
    assert f'<html lang="{language}" dir="{direction}"' in response.content.decode()


def test_chosen_language_stands_against_the_browsers(client):
    choose(client, language="ar")
    assert '<html lang="ar" dir="rtl"' in client.get("/", headers={"accept-language": "en"}).content.decode()


def test_one_choice_leaves_the_others_as_they_were(client):
    choose(client, language="ar", theme="dark", digits="arab", keys="off")
    choose(client, theme="light")
    assert read_cookie(client.cookies["choices"].value) == Choices("ar", "light", "arab", has_keys=False)


def test_cookie_lives_a_year_and_is_kept_from_scripts_and_other_sites(client):
    kept = choose(client, theme="dark").cookies["choices"]
    assert kept.value == "theme:dark"
    assert (kept["max-age"], kept["httponly"], kept["samesite"]) == (365 * 86400, True, "Lax")
    assert not kept["secure"]
    assert client.post("/choices", {"theme": "light"}, secure=True).cookies["choices"]["secure"]


def test_page_shows_what_is_chosen(client):
    choose(client, theme="dark", keys="off")
    page = client.get("/choices").content.decode()
    assert 'data-theme="dark"' in page
    assert 'data-keys="off"' in page
    assert 'value="dark" checked' in page


def test_forgetting_deletes_the_cookie(client):
    choose(client, language="ar")
    response = choose(client, forget="yes")
    assert response.cookies["choices"].value == ""
    assert response.cookies["choices"]["max-age"] == 0
    assert "Forgotten" in client.get(response["Location"], headers={"accept-language": "en"}).content.decode()


def test_choosing_nothing_leaves_no_cookie(client):
    choose(client, theme="dark")
    assert choose(client, language="", theme="", digits="", keys="on").cookies["choices"]["max-age"] == 0


@pytest.mark.parametrize(
    ("to", "leads"),
    [
        ("/search?q=dam", "/search?q=dam"),
        ("", "/choices?done=saved"),
        ("https://other.example/", "/choices?done=saved"),
        ("//other.example/", "/choices?done=saved"),
        ("/\\other.example", "/choices?done=saved"),
        ("javascript:alert(1)", "/choices?done=saved"),
        ("/choices?next=/", "/choices?done=saved"),
        ("/" + "a" * 9000, "/choices?done=saved"),
    ],
)
def test_saving_leads_back_to_this_site_alone(client, to, leads):
    response = choose(client, theme="dark", next=to)
    assert (response.status_code, response["Location"]) == (303, leads)


def test_form_carries_on_where_one_came_from(client):
    assert 'name="next" value="/edition"' in client.get("/choices?next=/edition").content.decode()
    assert "other.example" not in client.get("/choices?next=//other.example").content.decode()


def test_post_of_another_site_is_refused(client):
    response = client.post("/choices", {"theme": "dark"}, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert not response.cookies


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "x",
        "language:xx",
        "theme:pink",
        "digits:roman",
        "language",
        ":::&&&",
        "language:ar\x00",
        "a" * 5000,
        "language:../../etc",
    ],
)
def test_unknown_or_broken_cookie_counts_as_no_choice(client, cookie):
    assert read_cookie(cookie) == choices.NOTHING_CHOSEN
    client.cookies["choices"] = cookie
    assert client.get("/").status_code == 200


def test_cookie_is_read_as_it_was_written():
    chosen = Choices("ar", "dark", "arab", has_keys=False)
    assert read_cookie(chosen.as_cookie()) == chosen
    assert read_cookie("theme:dark&later:yes&keys:") == Choices(theme="dark")


def test_caches_are_told_what_a_page_depends_on(client):
    varies = client.get("/").headers["Vary"]
    assert "Accept-Language" in varies
    assert "Cookie" in varies


def test_key_of_a_kept_page_tells_readers_apart():
    request = RequestFactory().get("/")

    def key(language: str, **chosen: object) -> str:
        request.choices = Choices(**chosen)
        with translation.override(language):
            return choices.key_of(request)

    assert key("en") == key("en", digits="arab")  # English has one kind of digits
    assert (
        len({key("en"), key("ar"), key("ar", digits="arab"), key("en", theme="dark"), key("en", has_keys=False)}) == 5
    )


def test_switch_in_the_footer_works_without_scripts(client):
    page = client.get("/about", headers={"accept-language": "en"}).content.decode()
    assert 'name="language" value="ar" lang="ar"' in page
    assert 'name="next" value="/about"' in page
    choose(client, language="ar", next="/about")
    assert 'name="language" value="en" lang="en"' in client.get("/about").content.decode()


def test_error_pages_speak_the_readers_language(client):
    response = client.get("/story/999999", headers={"accept-language": "ar"})
    assert response.status_code == 404
    assert "هذه الصفحة غير موجودة" in response.content.decode()


def test_long_address_is_not_repeated_in_the_footer(client):
    page = client.get("/search", {"q": "dam " * 400}).content.decode()
    assert 'name="next" value="/search"' in page
    assert "/choices?next=%2Fsearch" in page


@pytest.mark.parametrize(
    "cookies", ["", "choices=theme:dark", 'choices="digits:arab"', "a=b; choices=language:ar", "choices=", "choices"]
)
@pytest.mark.parametrize("accepts", ["", "ar", "ar;q=0,en", "fr, ar;q=0.1", "*", "x" * 600 + ",ar"])
def test_key_from_the_headers_is_that_of_the_page_that_is_made(client, cookies, accepts):
    """A cache in front of Django must not keep a page under another language than it is written in."""
    response = client.get("/about", headers={"cookie": cookies, "accept-language": accepts})
    made = response.context
    with translation.override(made["html_lang"]):
        assert choices.key_of_headers(cookies, accepts) == choices.key_of(response.wsgi_request)
    assert choices.key_of_headers(cookies, accepts).split(".")[2] == made["html_digits"]


def test_a_form_far_over_the_limit_is_refused_before_its_files_are_read(client):
    answer = client.post("/choices", {"theme": "dark"}, headers={"Content-Length": "3000000"})
    assert answer.status_code == 413
    assert "over the limit" in answer.content.decode()


def test_an_origin_that_is_no_address_is_another_site(client):
    assert client.post("/choices", {"theme": "dark"}, headers={"Origin": "http://["}).status_code == 403
