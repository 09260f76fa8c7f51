from __future__ import annotations

import gzip
import json

import pytest

from newstext.extract import PublisherMemory, from_entry, read_page
from newstext.extract.cleaning import clean_paragraphs, repair
from newstext.extract.decoding import decode
from newstext.extract.memory import block_hash
from newstext.records import ArticleText, FeedEntry, Page, Rejected
from tests.site import news

BODY = [
    f"{paragraph} {extra}" for paragraph, extra in zip(news.EVENTS[1][1], ["The gallery was full."] * 5, strict=True)
]


def html(body: list[str], *, title: str = "Water law passes", head: str = "", outside: str = "") -> bytes:
    told = "".join(f"<p>{paragraph}</p>" for paragraph in body)
    return f"<!doctype html><html lang=en><head><title>{title} | The Meren Courier</title>{head}</head><body><nav><a href=/>Home</a></nav><article><h1>{title}</h1>{told}</article>{outside}</body></html>".encode()


def read(body: bytes, url: str = "https://post.example/news/water", **page) -> ArticleText:
    found, _ = read_page(Page(url, body, **page))
    assert isinstance(found, ArticleText)
    return found


LINKED = {
    "@type": "NewsArticle",
    "headline": "Water law passes",
    "datePublished": "2026-11-12T10:20:00+0100",
    "dateModified": "2026-11-12",
    "author": [{"@type": "Person", "name": "Ada Brask"}, {"name": "The Meren Courier"}],
    "publisher": {"name": "The Meren Courier"},
    "articleSection": "Politics",
    "keywords": ["water", "parliament"],
}


def test_a_page_gives_its_text_and_what_it_says_of_itself():
    head = f'<script type="application/ld+json">{json.dumps(LINKED)}</script><link rel="canonical" href="/news/water?utm_source=x">'
    article = read(html(BODY, head=head))
    assert article.paragraphs[0].startswith("The parliament of Velmark passed")
    assert article.text == "\n\n".join(article.paragraphs)
    assert (article.title, article.authors, article.publisher) == (
        "Water law passes",
        ("Ada Brask",),
        "The Meren Courier",
    )
    assert (article.published_at.isoformat(), article.published_precision) == ("2026-11-12T10:20:00+01:00", "time")
    assert article.updated_precision == "day"
    assert (article.section, article.tags, article.language) == ("Politics", ("water", "parliament"), "en")
    assert article.canonical_url == "https://post.example/news/water"
    assert article.refused == ""


def test_a_canonical_address_of_another_domain_is_not_believed():
    head = '<link rel="canonical" href="https://evil.example/x">'
    assert read(html(BODY, head=head)).canonical_url == "https://post.example/news/water"


@pytest.mark.parametrize(
    "junk",
    ["Advertisement", "Read more: Five facts about wells", "MORE: The mill in pictures", "Story continues below this ad", "2 / 2", "0:33", "Listen to article",
     "For all the latest headlines follow our channel", "![mill](x.jpg)", "&w=3840&q=100)", "Post Views: 7", "Short link :", "File photo: the mill (Getty Images)",
     "Reporting by Ada Brask; Editing by Otto Vane", "Sign up for our newsletter", "Tags: water, law", "© 2026 The Meren Courier", "اقرأ أيضا: السد", "Lire aussi : le barrage"],
)  # fmt: skip
def test_furniture_goes_and_the_first_paragraph_stays(junk):
    cleaned = clean_paragraphs([BODY[0], junk, *BODY[1:]])
    assert cleaned.paragraphs == tuple(BODY)


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("Edison (EIX.N) opens new tab said", "Edison (EIX.N) said"),
        ("the Soviet -era mill", "the Soviet-era mill"),
        ("Brask 's plan", "Brask's plan"),
        ("healed the wound.He was gone", "healed the wound. He was gone"),
        ("ABILENE ( ) said", "ABILENE said"),
    ],
)
def test_joins_are_repaired(broken, whole):
    assert repair(broken) == whole


def test_markup_that_a_feed_escaped_twice_is_not_shown():
    cleaned = clean_paragraphs(['<p>The <a href="/x">mill</a> burnt down.</p>', "Write <p> for a paragraph, she said."])
    assert cleaned.paragraphs == ("The mill burnt down.", "Write <p> for a paragraph, she said.")


def test_dateline_agency_byline_and_correction_go_to_fields():
    first = "PORT MEREN, Velmark (Reuters) - The ferry Halda ran aground on Tuesday on the reef."
    cleaned = clean_paragraphs(["By Ada Brask", first, *BODY, "Correction: an earlier version gave another number."])
    assert (cleaned.dateline, cleaned.agency, cleaned.byline) == ("PORT MEREN, Velmark", "Reuters", "By Ada Brask")
    assert cleaned.paragraphs[0].startswith("The ferry Halda")
    assert cleaned.notices == ("Correction: an earlier version gave another number.",)


@pytest.mark.parametrize(
    ("kind", "url", "title", "body"),
    [
        (
            "consent",
            "https://p.example/a",
            "Mill burns in Tarn",
            [
                "We and our 214 partners use cookies to store information on your device. Accept all cookies or manage your consent."
            ],
        ),
        (
            "challenge",
            "https://p.example/a",
            "Just a moment",
            ["Please verify you are human before you go on to the site you asked for."],
        ),
        (
            "paywall",
            "https://p.example/a",
            "Mill burns in Tarn",
            [
                "The mill of Tarn burnt down on Sunday night.",
                "Already a subscriber? Subscribe now to continue reading this article and all others.",
            ],
        ),
        (
            "error",
            "https://p.example/a",
            "404 Page not found",
            ["The page you are looking for is not here any more, or has never been here at all, we are sorry."],
        ),
        ("video", "https://p.example/video/a", "Mill burns in Tarn", ["Watch the mill of Tarn burn."]),
        ("empty", "https://p.example/a", "Mill burns in Tarn", ["Loading"]),
    ],
)
def test_what_is_no_article_is_refused_with_its_kind_and_reason(kind, url, title, body):
    article = read(html(body, title=title), url)
    assert article.kind == kind
    assert article.refused
    assert title.split("|")[0].strip() in article.title


@pytest.mark.parametrize(
    ("url", "title", "kind"),
    [
        ("https://p.example/opinion/a", "On drawers", "opinion"),
        ("https://p.example/a", "Letters to the editor: drawers", "letters"),
        ("https://p.example/live/a", "Dam burst", "live"),
        ("https://p.example/a", "Explainer: the water law", "explainer"),
    ],
)
def test_kinds_with_a_body_are_told_apart_and_shown(url, title, kind):
    article = read(html(BODY, title=title), url)
    assert (article.kind, article.refused) == (kind, "")


def test_what_stands_on_several_pages_of_a_publisher_is_furniture_from_the_third_on():
    memory = PublisherMemory()
    promo = "Become a friend of the Courier and help us to keep the presses of Port Meren running for another century."
    texts = []
    for number in range(4):
        url = f"https://courier.example/{number}"
        body = html([*news.EVENTS[number][1], promo], title=news.EVENTS[number][0])
        found, blocks = read_page(Page(url, body), memory.furniture(url))
        memory.learn(url, found.title, blocks, found.language)
        texts.append(found.text)
    assert [promo in text for text in texts] == [True, True, False, False]
    again = PublisherMemory.from_json(memory.to_json())
    assert block_hash(promo) in again.furniture("https://courier.example/9")
    with pytest.raises(ValueError, match="version"):
        PublisherMemory.from_json('{"rule": 0}')


def test_one_article_under_many_addresses_is_no_furniture():
    memory = PublisherMemory()
    for number in range(4):
        url = f"https://courier.example/{number}"
        found, blocks = read_page(Page(url, html(BODY)), memory.furniture(url))
        memory.learn(url, found.title, blocks, found.language)
    assert found.text


def test_a_feed_item_alone_is_a_teaser():
    entry = FeedEntry("g", "https://p.example/a", "Mill burns", summary="The mill of Tarn burnt down.")
    article = from_entry(entry, url=entry.url, publisher="Post")
    assert (article.kind, article.text, article.refused) == ("teaser", "The mill of Tarn burnt down.", "")
    assert from_entry(FeedEntry("g", ""), url="", publisher="").refused


def test_feed_content_is_read_like_a_page():
    content = "".join(f"<p>{paragraph}</p>" for paragraph in BODY)
    entry = FeedEntry("g", "https://p.example/a", "Water law passes", content=content)
    article = read(content.encode(), entry=entry)
    assert (article.title, len(article.paragraphs)) == ("Water law passes", 5)


def test_a_page_saved_as_text_is_taken_apart():
    saved = (
        "Water law passes\nWater law passes\n\nThe Meren Courier\n2 hours ago\n\n"
        + "\n\n".join(BODY)
        + "\n\nHashtags\n#Water #Velmark\n\nComments\nNo comments yet...\n\nRelated Articles\nFerry aground\nSound Weekly\n3 hours ago\n"
    )
    article = read(saved.encode(), media_type="text/plain", charset="utf-8")
    assert (article.title, article.publisher, article.tags) == (
        "Water law passes",
        "The Meren Courier",
        ("Water", "Velmark"),
    )
    assert article.paragraphs == tuple(BODY)
    assert [(one.title, one.publisher, one.age) for one in article.related] == [
        ("Ferry aground", "Sound Weekly", "3 hours ago")
    ]


def test_a_saved_list_with_texts_of_its_items_gives_their_headlines_alone():
    related = [
        "Ferry aground off Port Meren", "Ferry aground off Port Meren", "Sound Weekly", "3 hours ago", "The ferry ran aground. Nobody was hurt.",
        "Mill burns in Tarn", "Mill burns in Tarn", "The Meren Courier", "an hour ago", "The mill of Tarn burnt down on Sunday.",
    ]  # fmt: skip
    saved = (
        "logo\nWater law passes\nWater law passes\nLindhaven Post\n09-06-2025\n"
        + "\n".join(BODY)
        + "\nTry Our AI Features\nExplore what AI can do for you:\nComments\nNo comments yet...\nRelated Articles\n"
        + "\n".join(related)
    )
    article = read(saved.encode(), media_type="text/plain", charset="utf-8")
    assert [(one.title, one.publisher) for one in article.related] == [
        ("Ferry aground off Port Meren", "Sound Weekly"),
        ("Mill burns in Tarn", "The Meren Courier"),
    ]
    assert (article.publisher, article.published_at.date().isoformat(), article.published_precision) == (
        "Lindhaven Post",
        "2025-06-09",
        "day",
    )
    assert article.paragraphs == tuple(BODY)


@pytest.mark.parametrize("charset", ["utf-8", "cp1252", "iso-8859-2", "windows-1256", "euc-jp", "utf-16"])
def test_bytes_of_any_charset_become_text(charset):
    text = {
        "windows-1256": "قال الوزير إن النهر عاد إلى مجراه",
        "euc-jp": "川は元に戻ったと大臣は言った",
        "iso-8859-2": "Řeka se vrátila",
    }.get(charset, "Der Fluß kehrte zurück — über Nacht")
    assert decode(text.encode(charset), charset) == text.lstrip("\ufeff")


def test_hostile_bytes_never_raise():
    for body in (
        b"",
        b"\x00" * 1000,
        b"<" * 10_000,
        b"<div>" * 20_000,
        bytes(range(256)) * 50,
        b"<html>" + b"<a href=x>" * 5000,
    ):
        found, _ = read_page(Page("https://p.example/a", body))
        assert isinstance(found, Rejected) or found.refused


@pytest.mark.quality
def test_bodies_of_real_pages_are_read_at_least_as_well_as_promised(newstext_data):
    """Body F1 on every fifth page of two sets, 47 in all; measured .953, 2026-11-26, judged by folds."""
    from newstext.measure_extraction import Ours, Tally, _count, _scorers, body_f1

    folder = newstext_data / "extraction"
    lines = gzip.decompress((folder / "manifest.jsonl.gz").read_bytes()).decode().splitlines()
    rows = [row for line in lines if (row := json.loads(line))["ds"] in ("fundus", "sh")][::5]
    tally, ours = Tally(), Ours(_scorers(folder))
    for row in rows:
        _count(tally, ours.read(row["url"], gzip.decompress((folder / row["file"]).read_bytes())), row)
    assert body_f1(tally)[0] > 0.945
