"""A text a reader brings becomes a page like an article's, for that reader alone."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from newsroom.articles.models import Article
from newsroom.articles.save import as_record

pytestmark = pytest.mark.django_db
TEXT = """Tensions are rising between the ports of Meren and Sandwick. Why now?

By Ilse Brandt

2026-11-20

The harbour of Sandwick closed its gates to the herring boats of Meren on Monday after a net was cut.

Harbour master Anders Quill of Sandwick said that eleven boats were turned away on Tuesday.

In May, the two towns had broken off talks about the herring grounds off the Torrin reef.

The quarrel goes back to 1921, when both towns claimed the reef.

The mayors will meet in Port Torrin on November 27.

Hashtags
#Herring #Sandwick

Related Articles
Ferry keeps to its timetable in fog
The Meren Courier
2 hours ago
"""


def explain(reader: Client, **fields: str):
    return reader.post("/explain", fields)


def test_a_pasted_text_gets_its_page():
    reader = Client()
    answer = explain(reader, text=TEXT)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/text/")
    html = reader.get(answer["Location"]).content.decode()
    assert "Tensions are rising between the ports" in html
    assert re.search(r"on (?:Monday \[16 Nov 2026\]|Tuesday \[17 Nov 2026\])", html)
    assert "Ferry keeps to its timetable" not in re.sub(r"<section.*", "", html, flags=re.S)
    key = answer["Location"].removeprefix("/text/")
    assert re.search(rf'href="/text/{key}#s\d+"', html)
    for heading in ("Try the AI features", "Related articles"):
        assert heading in html


def test_nobody_else_meets_it():
    reader = Client()
    explain(reader, text=TEXT)
    article = Article.objects.exclude(private_key="").get()
    assert b"herring" not in reader.get("/search?q=herring+Quill").content.lower().replace(
        b'value="herring quill"', b""
    ).replace(b"herring quill", b"").replace(b"herring%20quill", b"").replace(b"herring+quill", b"").replace(
        b"herring%2bquill", b""
    )
    assert reader.get(f"/article/{article.pk}").status_code == 404
    assert b"ports of Meren and Sandwick" not in reader.get("/").content
    assert reader.get("/text/" + "x" * 43).status_code == 404


@pytest.mark.parametrize(
    ("fields", "says"),
    [({"text": "  "}, b"empty"), ({"url": "ftp://a.example/x"}, b"http"), ({"url": "http://127.0.0.1/"}, b"private")],
)
def test_what_cannot_be_explained_is_said_in_words(fields, says):
    answer = explain(Client(), **fields)
    assert answer.status_code == 422
    assert says in answer.content or b"public address" in answer.content


def test_a_paragraph_in_another_language_runs_its_own_way():
    arabic = "قال مدير الميناء يوم الثلاثاء إن جميع القوارب عادت إلى المرفأ وإن أحدا لم يصب بأذى."
    reader = Client()
    paragraphs = TEXT.split("\n\n")
    answer = explain(reader, text="\n\n".join([*paragraphs[:5], arabic, *paragraphs[5:]]))
    html = reader.get(answer["Location"]).content.decode()
    assert re.search(rf'<p id="p\d+" lang="ar" dir="rtl"><span id="s\d+">{arabic[:20]}', html)
    assert html.count('dir="rtl"') == 1
    article = Article.objects.exclude(private_key="").get()
    ((start, end, language),) = article.passages
    assert (article.text[start:end], language) == (arabic, "ar")
    assert as_record(article).passages == ((start, end, "ar"),)


def test_the_address_of_explaining_shows_its_form():
    answer = Client().get("/explain")
    assert answer.status_code == 200
    assert "Paste an article" in answer.content.decode()
