"""Figure 8: a small part of it, and that the harness finds the fields by itself and every kind of fault."""

from __future__ import annotations

import pytest
from django.test import Client
from lxml import html

from tests.hostile import fields, strings
from tests.hostile.fields import Form
from tests.hostile.figures import Run
from tests.hostile.sending import Attack, Tally, leads_home
from tests.hostile.texts import Texts, read_texts

TEXT = "The ferry of Orrin left two hours late, and nobody said why."
LINES = "The harbour of Orrin\nThe market of Sedge"


@pytest.fixture
def whole(settings):
    settings.PUBLIC_TEXT, settings.FEVER, settings.SITE_HOSTS = "whole", True, []
    settings.LOGGING_CONFIG = None


@pytest.mark.slow
@pytest.mark.django_db
def test_a_part_of_the_site_takes_or_refuses_a_part_of_the_strings(hostile, tmp_path, whole):
    """Another part with each seed; the whole: ./run measure safety strings."""
    run = Run(0.03, 7, hostile, tmp_path)
    tally, forms = strings.attack(run, read_texts(hostile), patterns=20)
    said = strings.said_of(tally, forms)
    assert said["faults"] == []
    assert said["sent"] > 50
    assert said["refused"] > 0 < said["taken"]


@pytest.fixture
def bad_site(db, settings):
    """Sends one string to one view of a site of faults; the tally of it."""
    settings.ROOT_URLCONF = "tests.hostile.bad_site"

    def send(route: str, text: str) -> Tally:
        tally = Tally()
        client = Client(REMOTE_ADDR="192.0.2.7", HTTP_HOST="localhost", raise_request_exception=False)
        attack = Attack({"anonymous": client}, tally)
        attack.send(
            Form(route, "POST", f"/{route}", (), ("said",), ("anonymous",), "form"), "anonymous", {"said": text}
        )
        attack.close()
        return tally

    return send


@pytest.mark.parametrize(
    ("route", "text", "kind", "told"),
    [
        ("falls", TEXT, "answered 500", "ValueError"),
        ("away", "//evil.example/", "leads to another site", "//evil.example/"),
        ("nothing", TEXT, "refused without a word", "422"),
        ("part", TEXT, "kept a part", "publishers_publisher: 20 of"),
        ("a-line-less", LINES, "kept a part", "publishers_publisher: 20 of"),
        ("another", TEXT, "not read back", "publishers_publisher.name"),
        ("afterwards", TEXT, "raised afterwards", "UnicodeEncodeError"),
    ],
)
def test_each_kind_of_fault_turns_the_figure_red_and_is_placed(bad_site, route, text, kind, told):
    tally = bad_site(route, text)
    [(found, where, place)] = tally.faults
    assert (found, where.removesuffix(" form said")) == (kind, f"POST {route}")
    assert told in place
    assert not all(one.is_reached for one in strings.figures_of(strings.said_of(tally, []), "SQLite"))


@pytest.mark.parametrize(("route", "text"), [("whole", f" {TEXT}\r\n"), ("lines", LINES.replace("\n", " \r\n\r\n"))])
def test_what_is_kept_whole_or_line_by_line_is_no_fault(bad_site, route, text):
    tally = bad_site(route, text)
    assert (tally.kept_whole, dict(tally.faults)) == (1, {})
    assert all(one.is_reached for one in strings.figures_of(strings.said_of(tally, []), "SQLite"))


def test_what_was_written_is_taken_back(bad_site):
    from newsroom.publishers.models import Publisher

    bad_site("whole", TEXT)
    assert not Publisher.objects.filter(slug="whole").exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_a_next_that_is_not_looked_at_is_found(hostile, tmp_path, whole, monkeypatch):
    """The guard of the site turned off: a page of choices leads wherever its form says."""
    monkeypatch.setattr("newsroom.readers.views.own_page", lambda address: address)
    for pile in ("ODD", "LONG", "BODIES"):
        monkeypatch.setattr(strings, pile, ())
    redirects = Texts([text for text in read_texts(hostile).core if "//" in text][:40], [])
    monkeypatch.setattr(fields, "all_patterns", lambda: [("choices", "choices")])
    tally, _ = strings.attack(Run(1, 7, hostile, tmp_path), redirects)
    assert {("leads to another site", "POST choices form next")} <= {key[:2] for key in tally.faults}


@pytest.mark.parametrize(
    ("location", "is_home"),
    [
        ("/", True),
        ("/a?next=//evil.example", True),
        ("?a=b", True),
        ("http://localhost/a", True),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("\\\\evil.example", False),
        ("/\t/evil.example", False),
        ("https:evil.example", False),
        ("javascript:alert(1)", False),
        ("http://localhost@evil.example/", False),
        ("http://[::1", False),
    ],
)
def test_a_location_is_read_as_browsers_read_it(location, is_home):
    assert leads_home(location) is is_home


def test_fields_are_read_from_the_forms_of_a_page():
    page = html.document_fromstring(
        '<form id="f" method="post" enctype="multipart/form-data"><input type="hidden" name="kind" value="story">'
        '<select name="why"><option value=""><option value="spam">Spam</select><textarea name="text"></textarea>'
        '<input type="checkbox" name="mine"><input type="file" name="list"></form><button form="f" name="do" value="go">'
    )
    [form] = page.iter("form")
    base, found, files = fields._read([*form.iter("input", "select", "textarea"), *page.xpath("//*[@form='f']")])
    assert sorted(found) == ["do", "kind", "list", "mine", "text", "why"]
    assert base == {"kind": "story", "why": "spam", "text": fields.OTHERWISE, "do": "go"}
    assert files == ["list"]


def test_gaps_of_an_address_are_filled_as_they_are():
    assert fields.fill("text/<str:key>/ask", {"key": "../a b\0\ud800"}) == "/text/..%2Fa%20b%00%ED%A0%80/ask"
    assert fields.fill(r"accounts/^confirm/(?P<key>[-:\w]+)/$", {"key": "a"}) == "/accounts/confirm/a/"


@pytest.mark.long
def test_a_tenth_of_all_strings_is_taken_or_refused_on_both_databases(hostile, tmp_path):
    assert [one for one in strings.measure(Run(0.1, 7, hostile, tmp_path)) if not one.is_reached] == []
