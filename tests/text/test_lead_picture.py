"""A lead picture's address and words, from wherever a page or a feed tells them."""

from __future__ import annotations

import json

from newstext import feeds
from newstext.extract import read_page
from newstext.feeds import find_icons
from newstext.records import ArticleText, FeedEntry, Page
from newstext.sanitise import clean_entry

URL = "https://herald.example/news/dam.html"
BODY = "".join(
    f"<p>The dam above Ostra gave way on Tuesday after a week of rain, part {n} of it says.</p>" for n in range(8)
)


def read(head: str = "", body: str = "", entry: FeedEntry | None = None) -> ArticleText:
    html = f"<!doctype html><html lang=en><head><title>Dam gives way</title>{head}</head><body><article><h1>Dam gives way</h1>{body}{BODY}</article></body></html>"
    article, _ = read_page(Page(URL, html.encode(), charset="utf-8", entry=entry))
    assert isinstance(article, ArticleText)
    return article


def linked(image: object) -> str:
    told = {"@type": "NewsArticle", "headline": "Dam gives way", "image": image}
    return f'<script type="application/ld+json">{json.dumps(told)}</script>'


def said(article: ArticleText) -> tuple[str, str, str, str]:
    return article.image, article.image_alt, article.image_caption, article.image_credit


SHARED = '<meta property="og:image" content="/p/dam-1200x630.jpg">'


def test_a_page_without_a_picture_has_none():
    assert said(read()) == ("", "", "", "")
    assert read(linked("")).image == ""
    assert read('<meta property="og:image" content="">').image == ""


def test_opengraph_gives_the_address_and_the_alternative_text():
    article = read(SHARED + '<meta property="og:image:alt" content="Water over a broken wall">')
    assert said(article)[:2] == ("https://herald.example/p/dam-1200x630.jpg", "Water over a broken wall")


def test_json_ld_gives_caption_and_credit_in_all_its_forms():
    for image in (
        {"@type": "ImageObject", "url": "/p/a.jpg", "caption": "The gap.", "creditText": "Ilse Varga"},
        [
            {
                "@type": "ImageObject",
                "contentUrl": "/p/a.jpg",
                "description": "The gap.",
                "creator": {"name": "Ilse Varga"},
            }
        ],
        {"url": ["/p/a.jpg", "/p/b.jpg"], "caption": "The gap.", "copyrightNotice": "© Ilse Varga"},
        {"url": {"@id": "/p/a.jpg"}, "caption": "The gap.", "copyrightHolder": [{"name": "Ilse Varga"}]},
    ):
        assert said(read(linked(image))) == ("https://herald.example/p/a.jpg", "", "The gap.", "Ilse Varga"), image


def test_a_reference_leads_to_the_picture_it_stands_for():
    told = {
        "@graph": [
            {"@type": "NewsArticle", "headline": "Dam", "image": {"@id": "#lead"}},
            {"@type": "ImageObject", "@id": "#lead", "url": "/p/a.jpg", "caption": "The gap."},
        ]
    }
    article = read(f'<script type="application/ld+json">{json.dumps(told)}</script>')
    assert said(article)[0::2] == ("https://herald.example/p/a.jpg", "The gap.")


def test_the_pictures_own_figure_tells_what_the_head_leaves_out():
    figure = '<figure><img src="/p/dam-640x360.jpg" alt="A broken wall"><figcaption>The gap at noon. <span class="photo-credit">Photo: Ilse Varga</span></figcaption></figure>'
    article = read(SHARED, figure)
    assert said(article)[1:] == ("A broken wall", "The gap at noon.", "Ilse Varga")


def test_the_figure_of_another_picture_tells_nothing():
    figure = '<figure><img src="/p/minister.jpg" alt="The minister"><figcaption>The minister.</figcaption></figure>'
    assert said(read(SHARED, figure))[1:] == ("", "", "")


def test_a_credit_at_the_end_of_a_caption_is_told_apart():
    for caption in (
        "The gap at noon. Photo: Ilse Varga",
        "The gap at noon (Photo by Ilse Varga)",
        "The gap at noon. © Ilse Varga",
    ):
        article = read(linked({"url": "/p/a.jpg", "caption": caption}))
        assert (article.image_caption, article.image_credit) == ("The gap at noon", "Ilse Varga"), caption


def test_markup_in_words_is_taken_out_and_length_is_bounded():
    image = {"url": "/p/a.jpg", "caption": "<b>The gap</b>" + " and" * 900, "creditText": "<i>Ilse</i> Varga " * 90}
    article = read(linked(image))
    assert article.image_caption.startswith("The gap and")
    assert len(article.image_caption) <= 1000
    assert len(article.image_credit) <= 200
    assert "<" not in article.image_caption + article.image_credit


def test_words_of_odd_kinds_are_no_fault():
    for image in (
        7,
        None,
        [[]],
        {"url": 7},
        {"url": "/p/a.jpg", "caption": {"x": 1}, "creator": [3, {"name": []}]},
        [{}],
    ):
        assert read(linked(image)).image_caption == ""


def test_a_feeds_media_elements_tell_caption_and_credit():
    media = '<media:content url="https://herald.example/p.jpg" medium="image"><media:description>The gap.</media:description><media:credit role="photographer">Ilse Varga</media:credit></media:content>'
    for odd in ("", "<body>x</body>"):  # the second is read by feedparser
        feed = f'<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Herald</title><item><title>Dam</title><link>{URL}</link><description>A dam gave way.</description>{media}{odd}</item></channel></rss>'
        [entry] = feeds.parse_feed(feed.encode(), url="https://herald.example/feed.xml").entries
        assert (entry.image, entry.image_credit) == ("https://herald.example/p.jpg", "Ilse Varga")
        if not odd:
            assert entry.image_caption == "The gap."
    article = read(entry=clean_entry(entry))
    assert (article.image, article.image_credit) == ("https://herald.example/p.jpg", "Ilse Varga")


def test_icons_are_named_best_first_and_the_usual_file_last():
    html = b"""<link rel="icon" href="/i.svg" type="image/svg+xml"><link rel="apple-touch-icon" href="/touch.png">
        <link rel="icon" sizes="16x16" href="/16.png"><link rel="shortcut icon" sizes="32x32" href="/32.png">
        <link rel="icon" href="data:image/png;base64,AAAA"><link rel="stylesheet" href="/x.css">"""
    home = "https://herald.example"
    assert find_icons(html, home + "/") == [
        f"{home}/32.png",
        f"{home}/touch.png",
        f"{home}/16.png",
        f"{home}/favicon.ico",
    ]
    assert find_icons(b"", home + "/") == [f"{home}/favicon.ico"]
    assert find_icons(b"<link rel=icon href=" + b"a" * 500_000, home + "/") == [f"{home}/favicon.ico"]
    assert (
        find_icons(b'<base href="https://cdn.example/"><link rel=icon href="i.png">', home)[0]
        == "https://cdn.example/i.png"
    )
