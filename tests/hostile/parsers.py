"""Every way by which foreign bytes reach a parser of ours, each under a short name."""

from __future__ import annotations

import contextlib
import ctypes
import html
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from newsroom.articles import reencoding
from newstext import addresses, command, fetch, jsonlines, moments, pipeline, sanitise
from newstext.__main__ import parser as command_parser
from newstext.extract import published
from newstext.extract.cleaning import clean_paragraphs
from newstext.extract.decoding import decode
from newstext.feeds import FeedError, find_feeds, parse_feed, parse_opml
from newstext.records import ArticleText, FeedEntry, Page, Rejected
from newstext.robots import rules_for

URL = "https://a.example/2026/11/20/story"
ARTICLE = "<article><h1>Bridge over the Ruvan opens</h1>" + 8 * (
    "<p>The bridge over the Ruvan opened on Friday, two years late, and the first to cross it was a cart.</p>"
)
# A refusal that names a kind of Python's own instead of the thing.
BARE = re.compile(
    r"\b(?:Recursion|Memory|Key|Index|Type|Attribute|Assertion|Overflow|Unicode\w*|Lookup|Runtime|System|Value)Error\b"
    r"|<class |object at 0x|Traceback"
)
QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")  # what the input said itself
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
RSS_FIELDS = ("title", "link", "guid", "description", "pubDate", "author", "category", "content:encoded")
ATOM_FIELDS = ("title", "id", "updated", "published", "summary", "content")
JSON_FIELDS = ("title", "id", "url", "content_html", "summary", "date_published", "date_modified", "name", "image")
# Files that a parser is given, and what it makes of them, stand here alone.
FOLDER = Path(tempfile.mkdtemp(prefix="hostile-"))
COMMAND_LINE = command_parser()


class BadRefusal(AssertionError):
    """A refusal that does not say what is wrong."""


def refused(reason: str) -> str:
    """The outcome of a refusal. Raises BadRefusal where it says nothing a person could use."""
    if len(reason.strip()) < 15 or BARE.search(QUOTED.sub("", reason)):
        raise BadRefusal(f"names nothing: {reason!r}")
    return f"refused: {reason}"


def judged(results: Iterable[object]) -> str:
    """What came: the last refusal, or that all was read."""
    said = "read"
    for result in results:
        if isinstance(result, Rejected):
            said = refused(result.reason)
        elif isinstance(result, ArticleText) and result.refused:
            said = refused(result.refused)
    return said


def _page(page: Page) -> str:
    return judged(pipeline.process_pages([page]))


def feed_as(content_type: str) -> Callable[[bytes], str]:
    def feed(body: bytes) -> str:
        try:
            parse_feed(body, url=URL, content_type=content_type)
        except FeedError as error:
            return refused(str(error))
        return "read"

    return feed


def fields_of(make: str) -> Callable[[bytes], str]:
    """A feed of that make that holds the bytes as every field of its items."""

    def read(body: bytes) -> str:
        text = decode(body)[:300_000]  # it stands there up to sixteen times
        said = html.escape(CONTROLS.sub(" ", text))
        rss = "".join(f"<{name}>{said}</{name}>" for name in RSS_FIELDS)
        if make == "json":
            told = dict.fromkeys(JSON_FIELDS, text)
            item = {**told, "authors": [told], "tags": [text]}
            return feed_as("")(json.dumps({"title": text, "items": [item]}).encode())
        made = {
            "rss": f"<rss version='2.0'><channel><title>t</title><item>{rss}</item><item>{rss}</item></channel></rss>",
            "old rss": f"<rss version='0.91'><channel><title>t</title><item>{rss}</item></channel></rss>",
            "atom": "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry>"
            + "".join(f"<{name}>{said}</{name}>" for name in ATOM_FIELDS)
            + f"<link href='{said}'/><author><name>{said}</name></author></entry></feed>",
            "sitemap": "<urlset xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url>"
            f"<loc>https://a.example/{said}</loc><lastmod>{said}</lastmod><n:news><n:title>{said}</n:title>"
            f"<n:publication_date>{said}</n:publication_date><n:keywords>{said}</n:keywords></n:news></url></urlset>",
            "opml": f"<opml><body><outline text='{said}' xmlUrl='{said}' category='{said}'/></body></opml>",
        }[make].encode("utf-8", "replace")
        return opml(made) if make == "opml" else feed_as("")(made)

    return read


def opml(body: bytes) -> str:
    return judged(parse_opml(body)[1])


def home(body: bytes) -> str:
    find_feeds(body, URL)
    return "read"


def page(body: bytes) -> str:
    return _page(Page(URL, body))


def page_of(charset: str) -> Callable[[bytes], str]:
    return lambda body: _page(Page(URL, body, charset=charset))


def item(body: bytes) -> str:
    """A feed item's own content, read as a page."""
    entry = FeedEntry("1", URL, "Bridge over the Ruvan opens", content=decode(body))
    return _page(Page(URL, body, entry=entry))


def saved_text(body: bytes) -> str:
    return _page(Page(URL, body, media_type="text/plain"))


def linked_data(body: bytes) -> str:
    """A page that holds the bytes as its JSON-LD, and as a field of it."""
    said = json.dumps(decode(body)).encode()
    wrapped = b'{"@type": "NewsArticle", "headline": "Bridge", "author": %s, "datePublished": %s}' % (body, said)
    for script in (body, wrapped):
        whole = b'<html><head><script type="application/ld+json">' + script + b"</script></head><body>"
        _page(Page(URL, whole + ARTICLE.encode()))
    return "read"


def attributes(body: bytes) -> str:
    """A page whose title, description, author, date and links are the bytes."""
    said = decode(body).replace('"', "&quot;")
    names = ("og:title", "description", "author", "article:published_time", "keywords", "og:image", "og:site_name")
    metas = "".join(f'<meta property="{name}" name="{name}" content="{said}">' for name in names)
    link = f'<link rel="canonical" href="{said}"><base href="{said}"><title>{said}</title>'
    return _page(Page(URL, f'<html lang="{said}"><head>{link}{metas}</head><body>{ARTICLE}'.encode("utf-8", "replace")))


def markup(body: bytes) -> str:
    text = decode(body)
    sanitise.clean_html(text, base_url=URL)
    sanitise.plain_text(text)
    sanitise.safe_comment(text)
    sanitise.safe_link(text)
    return "read"


def address(body: bytes) -> str:
    for line in decode(body).split("\n"):
        for url in (addresses.absolute_url(line, URL), addresses.clean_url(line, URL), line):
            addresses.url_key(url)
            addresses.registrable_domain(url)
        with contextlib.suppress(fetch.FetchError):
            fetch.check_address(line, fetch.FetchOptions())
    return "read"


def moment(body: bytes) -> str:
    for line in decode(body).split("\n"):
        moments.read_moment(line)
        published.read_date(line)
    return "read"


def text(body: bytes) -> str:
    """Sentences, dates, names, language and marks of a text."""
    said = decode(body)
    clean_paragraphs(said.split("\n"), title=said[:200])
    try:
        article = jsonlines.article_from_json({"id": "1", "url": URL, "text": said})
    except jsonlines.BadLine as error:
        return refused(str(error))
    for language in ("en", "ar", "ja"):
        pipeline.mark_article(replace(article, language=language))
    return "read"


def robots(body: bytes) -> str:
    rules = rules_for(200, body, agent="Backstory")
    for url in (URL, "https://a.example/" + "a" * 2000, "https://a.example/" + "/a" * 900 + "?b=c"):
        rules.may_fetch(url)
    assert rules.crawl_delay_s >= 0
    return "read"


def archive(body: bytes) -> str:
    path = FOLDER / ("a.warc.gz" if body[:2] == b"\x1f\x8b" else "a.warc")
    path.write_bytes(body)
    [result] = pipeline.process_archive([path], FOLDER)
    written = Path(result.result_path)
    rows = [json.loads(line) for line in written.read_text(encoding="utf-8").splitlines()]
    written.unlink()
    Path(f"{written}.done.json").unlink()
    said = [refused(row["rejected"]["reason"]) for row in rows if row.get("rejected")]
    return said[-1] if said else "read"


def lines(body: bytes) -> str:
    """The bytes as the input of each newstext command."""
    said = "read"
    for name in (
        "extract",
        "feed",
        "group",
        "hashtags",
        "keyphrases",
        "dates",
        "brief",
        "related",
        "timeline",
        "notes",
    ):
        path = FOLDER / "lines.jsonl"
        path.write_bytes(body)
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            command.run(COMMAND_LINE.parse_args([name, str(path)]))
        rows = [json.loads(row) for row in out.getvalue().splitlines()]
        reasons = [row["rejected"]["reason"] for row in rows if row.get("rejected")]
        said = refused(reasons[-1]) if reasons else said
    return said


def fields(body: bytes) -> str:
    """The bytes as every field of a line of the newstext command."""
    said = decode(body)[:10_000]  # for it goes through all commands three times over
    row = dict.fromkeys(("id", "url", "title", "text", "publisher", "language", "html", "agency", "kind"), said)
    rows = [row, {**row, "published_at": said}, {"id": "b", "articles": [row]}, {"id": "c", "data_b64": said}]
    return lines(b"\n".join(json.dumps(one).encode() for one in rows))


def fetched(body: bytes) -> str:
    """The answer at the address that the bytes name, through the guarded door."""
    url = body.decode()
    host = url.split("/")[2]
    options = fetch.FetchOptions(allow_private=frozenset({host}), total_timeout_s=4.0, first_byte_timeout_s=2.0)
    try:
        answer = fetch.get(url, options=options)
    except fetch.FetchError as error:
        return refused(str(error))
    return f"read: {len(answer.body)} bytes"


def picture(body: bytes) -> str:
    """The bytes as an article's picture."""
    made = reencoding.reencode(body)
    return refused(made.reason) if isinstance(made, reencoding.Unfit) else "read"


def icon(body: bytes) -> str:
    """The bytes as a publisher's favicon."""
    made = reencoding.reencode_icon(body)
    return refused(made.reason) if isinstance(made, reencoding.Unfit) else "read"


def odd(body: bytes) -> str:
    """Not a parser: does what one must not, so that the watch itself is tested."""
    if body == b"nest":
        return odd(body)
    if body == b"open":
        with open("/etc/hostname", "rb") as file:
            return f"read: {len(file.read())}"
    if body == b"crash":
        ctypes.string_at(0)
    if body == b"swell":
        held = b"x" * (300 * 2**20)
        return f"read: {len(held)}"
    return "read"


PARSERS: dict[str, Callable[[bytes], str]] = {
    "feed": feed_as(""),
    "feed utf-16": feed_as("text/xml; charset=utf-16"),
    **{f"{make} fields": fields_of(make) for make in ("rss", "old rss", "atom", "sitemap", "json", "opml")},
    "opml": opml,
    "fields": fields,
    "home": home,
    "page": page,
    "page utf-16": page_of("utf-16"),
    "page iso-2022-jp": page_of("iso-2022-jp"),
    "item": item,
    "saved text": saved_text,
    "linked data": linked_data,
    "attributes": attributes,
    "markup": markup,
    "address": address,
    "moment": moment,
    "text": text,
    "robots": robots,
    "archive": archive,
    "lines": lines,
    "fetched": fetched,
    "picture": picture,
    "icon": icon,
    "odd": odd,
}
