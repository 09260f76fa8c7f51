"""Whose article a portal shows, and under which other addresses a page can be had."""

from __future__ import annotations

import json

import pytest

from newstext import extract
from newstext.feeds import parse_feed
from newstext.records import FeedEntry, Page

TEXT = [
    "The ferry Halda ran aground on Tuesday on the reef off Port Meren with 212 passengers on board, the harbour said.",
    "Harbour master Ilse Torvik said that all passengers were brought ashore in four hours and that nobody was hurt.",
    "The Halda had left Sandwick at six in the morning, an hour late, in thick fog over the Meren Sound.",
]
URL = "https://www.portal.example/news/ferry-halda-runs-aground"


def read(head: str = "", *, last: str = "", first: str = "", entry: FeedEntry | None = None, url: str = URL):
    body = "".join(f"<p>{text}</p>" for text in (first, *TEXT, last) if text)
    html = (
        f"<!doctype html><html lang=en><head><title>Ferry Halda runs aground</title>"
        f'<meta property="og:site_name" content="Portal News">{head}</head>'
        f"<body><article><h1>Ferry Halda runs aground</h1>{body}</article></body></html>"
    )
    article, _ = extract.read_page(Page(url, html.encode(), publisher="Portal News", entry=entry))
    return article


def linked(**said: object) -> str:
    whole = {"@type": "NewsArticle", "headline": "Ferry Halda runs aground", "url": URL, **said}
    return f'<script type="application/ld+json">{json.dumps(whole)}</script>'


GAZETTE = {"@type": "Organization", "name": "Harbour Gazette", "url": "https://gazette.example/"}


@pytest.mark.parametrize(
    "head",
    [
        linked(provider=GAZETTE),
        linked(sourceOrganization=GAZETTE),
        linked(publisher=GAZETTE),
        linked(isBasedOn={"@type": "NewsArticle", "publisher": GAZETTE}),
        '<meta name="syndication-source" content="Harbour Gazette">',
        '<meta property="article:publisher" content="Harbour Gazette">',
    ],
)
def test_the_outlet_that_a_portals_page_names_is_the_source(head):
    assert read(head).source == "Harbour Gazette"


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="original-source" content="https://www.gazette.example/2026/ferry-halda-aground">',
        '<link rel="canonical" href="https://www.gazette.example/2026/ferry-halda-aground">',
    ],
)
def test_an_address_on_another_domain_names_the_source_by_its_domain(head):
    article = read(head)
    assert article.source == "gazette.example"
    assert article.canonical_url == URL  # another site's address is never taken for the page's own


@pytest.mark.parametrize(
    "line",
    [
        "This article was originally published by Harbour Gazette.",
        "This story first appeared in the Harbour Gazette on 17 November 2026.",
        "Republished with permission from Harbour Gazette under a free licence.",
        "Source: Harbour Gazette",
        "Dieser Artikel ist zuerst in der Harbour Gazette erschienen.",
        "Cet article a été initialement publié par Harbour Gazette.",
    ],
)
def test_a_last_line_names_the_source(line):
    assert read(last=line).source == "Harbour Gazette"


@pytest.mark.parametrize(
    "head",
    [
        linked(publisher={"@type": "Organization", "name": "Portal Media Group", "url": "https://pmg.example/"}),
        linked(publisher={"@type": "Organization", "name": "Northern Holdings", "url": URL}),
        linked(provider={"name": "Portal"}),
        '<meta property="article:publisher" content="https://social.example/portalnews">',
        '<link rel="canonical" href="https://www.portal.example/news/ferry-halda-runs-aground">',
        '<link rel="canonical" href="https://gazette.example/">',
    ],
)
def test_a_site_and_its_house_are_no_source(head):
    assert read(head).source == ""


@pytest.mark.parametrize(
    "line",
    [
        "The report was published in the Sound Atlas on Monday.",
        "Source: a person on board said so, and two officials who asked not to be named agreed with what she had told us.",
    ],
)
def test_reporting_about_a_report_is_no_source(line):
    assert read(last=line).source == ""


def test_an_agency_is_the_agency_and_not_the_source():
    article = read(linked(provider={"name": "Associated Press"}))
    assert (article.agency, article.source) == ("AP", "")
    assert read(last="Source: AFP").agency == "AFP"


def test_a_feed_items_source_fills_what_the_page_leaves_open():
    entry = FeedEntry("1", URL, title="Ferry Halda runs aground", source="Harbour Gazette")
    assert read(entry=entry).source == "Harbour Gazette"
    assert extract.from_entry(entry, url=URL, publisher="Portal News").source == "Harbour Gazette"
    own = FeedEntry("1", URL, title="Ferry Halda runs aground", source="Portal")
    assert extract.from_entry(own, url=URL, publisher="Portal News").source == ""


RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Portal News</title><link>https://portal.example/</link>'
    "<item><title>One</title><link>https://portal.example/1</link>"
    '<source url="https://gazette.example/feed">Harbour &amp; Sound</source></item>'
    "<item><title>Two</title><link>https://portal.example/2</link>"
    '<description><![CDATA[<video><source src="x.mp4"></video>]]></description></item></channel></rss>'
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Portal News</title><id>p</id><updated>2026-11-16T07:00:00Z'
    '</updated><entry><title>One</title><id>1</id><link href="https://portal.example/1"/><updated>2026-11-16T07:00:00Z'
    "</updated><source><id>g</id><title>Harbour &amp; Sound</title></source><summary>x</summary></entry></feed>"
)


@pytest.mark.parametrize(("body", "sources"), [(RSS, ["Harbour & Sound", ""]), (ATOM, ["Harbour & Sound"])])
def test_a_feed_items_source_is_read(body, sources):
    for whole in (body, body.replace('version="2.0"', 'version="0.92"').replace("<summary>", '<summary type="xhtml">')):
        feed = parse_feed(whole.encode(), url="https://portal.example/feed")
        assert [entry.source for entry in feed.entries] == sources


def test_a_page_tells_its_other_addresses_on_its_own_site():
    article = read(
        '<link rel="canonical" href="/news/2026/ferry-halda-aground-481516">'
        '<link rel="amphtml" href="/amp/news/2026/ferry-halda-aground-481516">'
        '<link rel="shortlink" href="https://portal.example/?p=481516">'
        '<link rel="alternate" media="only screen and (max-width: 640px)" href="https://m.portal.example/n/481516">'
        '<link rel="alternate" media="print" href="/druck/481516">'
        '<link rel="alternate" hreflang="fr" media="all" href="/fr/traversier-halda-481516">'
        '<link rel="alternate" type="application/rss+xml" href="/feed/2026">'
        '<link rel="amphtml" href="https://elsewhere.example/ferry-halda-481516">'
    )
    assert [(one.kind, one.url.partition("portal.example")[2]) for one in article.addresses] == [
        ("canonical", "/news/2026/ferry-halda-aground-481516"),
        ("short", "/?p=481516"),
        ("mobile", "/n/481516"),
        ("print", "/druck/481516"),
    ]
    assert article.canonical_url == "https://www.portal.example/news/2026/ferry-halda-aground-481516"


@pytest.mark.parametrize("canonical", ["/", "/news/", "/world"])
def test_a_home_page_or_a_section_named_as_canonical_is_not_believed(canonical):
    article = read(f'<link rel="canonical" href="{canonical}">')
    assert article.canonical_url == URL
    assert article.addresses == ()
