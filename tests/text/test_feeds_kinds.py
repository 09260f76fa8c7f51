"""Each kind of feed as its standard writes it, read into the same fields."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from newstext.feeds import FeedError, find_feeds, guess_feeds, parse_feed, syndicated
from newstext.records import FeedEntry, RawEntry
from newstext.sanitise import clean_entry

URL = "https://herald.example/news/feed.xml"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def read(body: str | bytes) -> list[FeedEntry]:
    feed = parse_feed(body if isinstance(body, bytes) else body.encode(), url=URL)
    return [clean_entry(entry) for entry in feed.entries]


def rss(items: str, version: str = "2.0", names: str = "") -> str:
    return f'<rss version="{version}" {names}><channel><title>Herald</title>{items}</channel></rss>'


def item(*parts: str) -> str:
    return f"<item><title>Rain over Tarn</title><link>https://herald.example/rain</link>{''.join(parts)}</item>"


WORDS = "<description>It rained for three days.</description>"
KINDS = {
    "RSS 0.91": rss(item(WORDS), "0.91"),
    "RSS 0.92": rss(item(WORDS), "0.92"),
    "RSS 2.0": rss(item(WORDS)),
    "RSS 0.90": f'<rdf:RDF {RDF} xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>Herald</title></channel>{item(WORDS)}</rdf:RDF>',
    "RSS 1.0": f'<rdf:RDF {RDF} xmlns="http://purl.org/rss/1.0/"><channel><title>Herald</title></channel>{item(WORDS)}</rdf:RDF>',
    "Atom 0.3": '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Herald</title><entry><title>Rain over Tarn</title>'
    '<link rel="alternate" href="https://herald.example/rain"/><summary>It rained for three days.</summary></entry></feed>',
    "Atom 1.0": '<feed xmlns="http://www.w3.org/2005/Atom"><title>Herald</title><entry><title>Rain over Tarn</title>'
    '<link href="https://herald.example/rain"/><summary>It rained for three days.</summary></entry></feed>',
    "JSON Feed 1.0": '{"version": "https://jsonfeed.org/version/1", "title": "Herald", "items": [{"id": "1", "url": "/rain", '
    '"title": "Rain over Tarn", "summary": "It rained for three days."}]}',
    "JSON Feed 1.1": '{"version": "https://jsonfeed.org/version/1.1", "title": "Herald", "items": [{"id": "1", "external_url": "/rain", '
    '"title": "Rain over Tarn", "content_text": "It rained for three days."}]}',
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_title_address_and_summary(kind):
    [entry] = read(KINDS[kind])
    assert (entry.title, entry.url, entry.summary) == (
        "Rain over Tarn",
        "https://herald.example/rain",
        "It rained for three days.",
    )


@pytest.mark.parametrize("kind", ["RSS 2.0", "Atom 1.0"])
def test_the_two_common_kinds_are_read_without_feedparser(kind, monkeypatch):
    monkeypatch.setattr(syndicated, "_by_feedparser", None)
    assert len(read(KINDS[kind])) == 1


def test_the_full_text_is_content_and_the_description_summary():
    full = "<content:encoded><![CDATA[<p>It rained.</p><p>Then it <em>stopped</em>.</p>]]></content:encoded>"
    names = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    [entry] = read(rss(item(WORDS, full), names=names))
    assert entry.summary == "It rained for three days."
    assert entry.content == "<p>It rained.</p><p>Then it <em>stopped</em>.</p>"


def test_a_film_is_told_by_its_media_description_without_feedparser(monkeypatch):
    monkeypatch.setattr(syndicated, "_by_feedparser", None)
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"><title>Herald</title><entry>'
        '<id>f1</id><title>Rain</title><link href="https://herald.example/f"/><media:group><media:title>Film</media:title>'
        '<media:content url="https://herald.example/f.mp4" type="video/mp4"/><media:thumbnail url="https://herald.example/f.jpg"/>'
        "<media:description>Water in the streets of Tarn.</media:description></media:group></entry></feed>"
    )
    [entry] = read(feed)
    assert (entry.title, entry.summary) == ("Rain", "Water in the streets of Tarn.")


def test_a_media_picture_is_the_image():
    names = 'xmlns:media="http://search.yahoo.com/mrss/"'
    picture = '<media:content url="/p.jpg" medium="image"/>'
    assert read(rss(item(picture), names=names))[0].image == "https://herald.example/p.jpg"


def test_an_itunes_author_and_summary_are_read():
    names = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    said = "<itunes:author>Ilse Varga</itunes:author><itunes:summary>Talk of rain.</itunes:summary>"
    [entry] = read(rss(item(said), names=names))
    assert (entry.authors, entry.summary) == (("Ilse Varga",), "Talk of rain.")


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Ilse Varga (Reporter)", ("Ilse Varga",)),
        ("By Ilse Varga (in Tarn) and Tomo Reyk (photos)", ("Ilse Varga", "Tomo Reyk")),
        ("(Reporter)", ("(Reporter)",)),
    ],
)
def test_a_role_in_brackets_is_not_part_of_a_name(said, names):
    space = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    assert read(rss(item(f"<dc:creator>{said}</dc:creator>"), names=space))[0].authors == names


def test_a_tag_is_shown_by_its_label():
    entry = '<title>A</title><link href="/a"/><category term="t17" label="Weather"/><category term="Tarn"/>'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Herald</title><entry>{entry}</entry></feed>'
    assert read(feed)[0].tags == ("Weather", "Tarn")


def test_a_script_in_a_title_is_gone_and_one_written_out_is_words():
    [entry] = read(rss("<item><title>&lt;script&gt;x()&lt;/script&gt;Rain &lt;b&gt;falls&lt;/b&gt;</title></item>"))
    assert entry.title == "Rain falls"
    [entry] = read(rss("<item><title>The &amp;lt;b&amp;gt; tag &amp;amp; you</title></item>"))
    assert entry.title == "The <b> tag & you"


def test_markup_escaped_twice_is_not_markup():
    [entry] = read(rss(item("<description>&amp;lt;img src=x onerror=alert(1)&amp;gt;</description>")))
    assert "<" not in entry.content
    assert entry.summary == "<img src=x onerror=alert(1)>"  # words, which every page escapes


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "<br/><b>Warning</b>: out of ink\n" + text,
        lambda text: text.replace("three days", "three\x07 days"),
        lambda text: text.replace("three days", "three & days"),
        lambda text: text.replace("three days", "three&nbsp;days"),
        lambda text: '<!DOCTYPE rss [<!ENTITY n "three days">]>' + text.replace("three days", "&n;"),
        lambda text: text[: text.rindex("</channel>")],
        lambda text: text.replace("</description>", "</desc>", 1),
    ],
    ids=["junk", "control", "ampersand", "html entity", "doctype", "cut", "mismatched"],
)
def test_a_damaged_feed_keeps_its_items(damage):
    other = item(WORDS).replace("/rain", "/wind")
    entries = read(damage(rss(item(WORDS) + other)))
    assert [entry.url for entry in entries] == ["https://herald.example/rain", "https://herald.example/wind"]
    assert entries[0].summary.startswith("It rained for three")


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("utf-8", "cp1252"),
        ("iso-8859-1", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("us-ascii", "utf-8"),
        ("x-nonsense", "utf-8"),
        ("windows-1251", "windows-1251"),
    ],
)
def test_a_wrongly_declared_encoding_does_not_garble_the_words(declared, real):
    words = "«Дождь» – два дня" if real == "windows-1251" else "“Größe”, fünf"
    text = f'<?xml version="1.0" encoding="{declared}"?>' + rss(item(f"<description>{words}</description>"))
    assert read(text.encode(real))[0].summary == words


def test_a_mark_of_utf_8_counts_for_more_than_a_declaration():
    text = '<?xml version="1.0" encoding="iso-8859-1"?>' + rss(item("<description>Größe</description>"))
    assert read(text.encode("utf-8-sig"))[0].summary == "Größe"


def test_one_broken_character_does_not_change_the_encoding():
    text = rss(item("<description>Größe, fünf, Übermut</description>")).encode()
    assert read(text.replace("fünf".encode(), b"f\xfcnf"))[0].summary.startswith("Größe, f")


@pytest.mark.parametrize(
    "names",
    ['xmlns:ad="https://ads.example/ns"', ""],
    ids=["declared at the top", "declared in the item"],
)
def test_elements_of_a_namespace_nobody_knows_are_not_rss_own(names):
    bought = '<ad:description xmlns:ad="https://ads.example/ns">Buy umbrellas</ad:description>'
    [entry] = read(rss(item(bought, WORDS), names=names))
    assert entry.summary == "It rained for three days."


def test_markup_written_in_place_is_read():
    [entry] = read(rss(item("<description><p>It <b>rained</b>.</p></description>")))
    assert entry.summary == "It rained."
    naked = (
        '<content type="html"><div xmlns="http://www.w3.org/1999/xhtml">It &lt;b&gt;rained&lt;/b&gt;.</div></content>'
    )
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Herald</title><entry><id>1</id>{naked}</entry></feed>'
    assert "<b>rained</b>" in read(feed)[0].content


def test_an_item_without_title_does_not_hide_that_another_part_was_lost():
    [entry] = read(rss("<item><description><p>Only this.</p></description></item>"))
    assert entry.summary == "Only this."


def test_text_of_a_json_feed_is_words_and_not_markup():
    said = "Water < 2 m & falling.\n\nSecond <b> paragraph."
    [entry] = read(json.dumps({"title": "Herald", "items": [{"id": "1", "content_text": said}]}))
    assert entry.content == "<p>Water &lt; 2 m &amp; falling.</p><p>Second &lt;b&gt; paragraph.</p>"


def test_sitemaps_of_news_and_pictures_and_their_index():
    body = f"""<urlset {SITEMAP} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
      xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><loc> /rain </loc><lastmod>2026-11-17</lastmod>
      <image:image><image:loc>/p.jpg</image:loc><image:title>Wet street</image:title></image:image><news:news>
      <news:publication_date>2026-11-16T08:00:00Z</news:publication_date><news:title>Rain &amp; wind</news:title>
      </news:news></url><url><loc>javascript:x()</loc></url></urlset>"""
    [entry] = read(body)
    assert (entry.url, entry.title, entry.image) == (
        "https://herald.example/rain",
        "Rain & wind",
        "https://herald.example/p.jpg",
    )
    assert entry.published_at is not None
    assert entry.updated_at is not None
    assert (entry.published_at.day, entry.updated_at.day) == (16, 17)
    index = f"<sitemapindex {SITEMAP}><sitemap><loc>/map-1.xml</loc></sitemap></sitemapindex>"
    assert [entry.url for entry in read(index)] == ["https://herald.example/map-1.xml"]


def test_a_packed_sitemap_is_unpacked_up_to_the_limit():
    body = f"<urlset {SITEMAP}><url><loc>/rain</loc></url></urlset>".encode()
    assert [entry.url for entry in read(gzip.compress(body))] == ["https://herald.example/rain"]
    with pytest.raises(FeedError, match="over 16 MB unpacked"):
        read(gzip.compress(b" " * (17 * 2**20)))
    with pytest.raises(FeedError, match="gzip and broken"):
        read(b"\x1f\x8b\x08" + b"x" * 40)


def test_usual_places_are_on_the_same_host():
    assert guess_feeds("https://herald.example/about?x=1")[0] == "https://herald.example/feed"
    assert guess_feeds("mailto:x@herald.example") == []


def test_a_feed_is_found_in_a_page_of_many_open_elements():
    link = b'<link rel="alternate" type="application/atom+xml" href="atom.xml"><!-- <a href="/no/feed"> -->'
    page = b"<div>" * 100_000 + link + b"<a href='/rss.xml'>RSS</a>"
    assert find_feeds(page, "https://herald.example/en/") == [
        "https://herald.example/en/atom.xml",
        "https://herald.example/rss.xml",
    ]


def test_what_is_raw_cannot_be_taken_for_what_may_be_shown():
    [raw] = parse_feed(
        rss(item("<description>&lt;script&gt;x()&lt;/script&gt;</description>")).encode(), url=URL
    ).entries
    assert isinstance(raw, RawEntry)
    assert not hasattr(raw, "summary")
    assert not hasattr(raw, "content")
    assert "x()" not in repr(raw)
    assert "x()" not in repr(clean_entry(raw))


def test_raw_markup_is_read_by_its_parsers_its_cleaning_and_its_hash_alone():
    root = Path(__file__).resolve().parents[2]
    readers = {
        str(path.relative_to(root))
        for folder in ("newstext", "newsroom")
        for path in (root / folder).rglob("*")
        if path.suffix in (".py", ".html") and "raw_content" in path.read_text(encoding="utf-8")
    }
    assert readers == {
        "newstext/records.py",
        "newstext/feeds/json_feeds.py",
        "newstext/feeds/syndicated.py",
        "newstext/sanitise.py",
        "newsroom/articles/save.py",
    }
