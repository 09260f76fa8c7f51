"""What a feed must be, by the rules that the W3C's feedvalidator holds RSS and Atom to, and by JSON Feed 1.1.

Written anew from its rules for what we send out; each fault is told in words.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree import ElementTree

from newstext.sanitise import TAGS

ATOM, DC, CONTENT = (
    "{http://www.w3.org/2005/Atom}",
    "{http://purl.org/dc/elements/1.1/}",
    "{http://purl.org/rss/1.0/modules/content/}",
)
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
BAD_SIGNS = re.compile("[\u0080-\u009f\ufffd]")
LIKE_HTML = re.compile(r"<[/a-zA-Z!]|&[#\w]+;?")
CHANNEL_ONCE = ("title", "link", "description", "language", "lastBuildDate")
ITEM_ONCE = ("title", "link", "description", "pubDate", "guid", "source", f"{CONTENT}encoded", f"{ATOM}updated")
JSON_FEED = {"version", "title", "home_page_url", "feed_url", "description", "authors", "language", "items"}
JSON_ITEM = {
    *("id", "url", "external_url", "title", "content_html", "summary", "date_published", "date_modified"),
    *("authors", "tags", "language"),
}


def faults_of(body: bytes, address: str) -> list[str]:
    """What is wrong with the feed that was got from an address, by its last part: feed.xml, atom.xml or feed.json."""
    file = urlsplit(address).path.rpartition("/")[2]
    if file == "feed.json":
        return list(_json_faults(json.loads(body.decode("utf-8")), address))
    root = ElementTree.fromstring(body)
    return list(_rss_faults(root, address) if file == "feed.xml" else _atom_faults(root, address))


def _rss_faults(root: ElementTree.Element, address: str) -> Iterator[str]:
    if root.tag != "rss" or root.get("version") != "2.0" or [one.tag for one in root] != ["channel"]:
        yield "no RSS 2.0"
        return
    channel = root[0]
    yield from _not_once(channel, CHANNEL_ONCE, needed=CHANNEL_ONCE)
    yield from _self_faults(channel, address)
    tags = [one.tag for one in channel]
    if "item" in tags and any(tag != "item" for tag in tags[tags.index("item") :]):
        yield "an element of the channel stands behind its items"
    for name in ("title", "description"):
        yield from _plain_faults(channel.findtext(name) or "", name)
    yield from _address_faults(channel.findtext("link") or "", "channel's link")
    yield from _rfc822_faults(channel.findtext("lastBuildDate") or "")
    yield from _language_faults(channel.findtext("language") or "")
    guids = [item.findtext("guid") for item in channel.iter("item")]
    if len(set(guids)) < len(guids):
        yield "two items with one guid"
    for item in channel.iter("item"):
        yield from _rss_item_faults(item)


def _rss_item_faults(item: ElementTree.Element) -> Iterator[str]:
    yield from _not_once(item, ITEM_ONCE, needed=("title", "link", "description", "guid", "pubDate"))
    yield from _plain_faults(item.findtext("title") or "", "item's title")
    yield from _address_faults(item.findtext("link") or "", "item's link")
    yield from _rfc822_faults(item.findtext("pubDate") or "")
    yield from _rfc3339_faults(item.findtext(f"{ATOM}updated") or "")
    guid = item.find("guid")
    if guid is not None and guid.get("isPermaLink") != "false":
        yield from _address_faults(guid.text or "", "guid")
    for category in item.iter("category"):
        yield from _plain_faults(category.text or "", "category")
    for creator in item.iter(f"{DC}creator"):
        yield from _plain_faults(creator.text or "", "dc:creator")
    for source in item.iter("source"):
        yield from _address_faults(source.get("url", ""), "source's url")
    for language in item.iter(f"{DC}language"):
        yield from _language_faults(language.text or "")
    if item.find("author") is not None and item.find(f"{DC}creator") is not None:
        yield "author and dc:creator"
    tags = [one.tag for one in item]
    if f"{CONTENT}encoded" in tags and "description" not in tags[: tags.index(f"{CONTENT}encoded")]:
        yield "content:encoded stands before the description"
    for name in ("description", f"{CONTENT}encoded"):
        yield from _html_faults(item.findtext(name) or "")


def _atom_faults(root: ElementTree.Element, address: str) -> Iterator[str]:
    if root.tag != f"{ATOM}feed":
        yield "no Atom"
        return
    needed = tuple(f"{ATOM}{name}" for name in ("id", "title", "updated"))
    yield from _not_once(root, needed, needed=needed)
    yield from _self_faults(root, address)
    yield from _language_faults(root.get(LANG, ""))
    tags = [one.tag for one in root]
    entries = root.findall(f"{ATOM}entry")
    if entries and any(tag != f"{ATOM}entry" for tag in tags[tags.index(f"{ATOM}entry") :]):
        yield "an element of the feed stands behind its entries"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(ids)) < len(ids):
        yield "two entries with one id"
    yield from _atom_parts(root)
    for entry in entries:
        once = (*needed, *(f"{ATOM}{name}" for name in ("published", "summary", "content", "source")))
        yield from _not_once(entry, once, needed=(*needed, f"{ATOM}content"))
        if entry.find(f"{ATOM}author") is None and root.find(f"{ATOM}author") is None:
            yield "an entry without author"
        yield from _atom_parts(entry)
        for source in entry.findall(f"{ATOM}source"):
            yield from _not_once(source, needed, needed=needed)
            yield from _atom_parts(source)


def _atom_parts(node: ElementTree.Element) -> Iterator[str]:
    """Faults of what stands in a feed, an entry and a source alike."""
    one_id = node.findtext(f"{ATOM}id") or ""
    if not re.fullmatch(r"urn:[a-z0-9-]+:[a-z0-9-]+|https?://\S+|tag:\S+", one_id):
        yield f"{one_id!r} is no id"
    for name in ("updated", "published"):
        for moment in node.findall(f"{ATOM}{name}"):
            yield from _rfc3339_faults(moment.text or "")
    for name in ("title", "subtitle", "summary", "content"):
        for text in node.findall(f"{ATOM}{name}"):
            check = _html_faults if text.get("type") == "html" else _plain_faults
            yield from check(text.text or "", name)
    for name in node.findall(f"{ATOM}author/{ATOM}name"):
        yield from _plain_faults(name.text or "", "author")
    for category in node.findall(f"{ATOM}category"):
        yield from _plain_faults(category.get("term", ""), "category")
    links = node.findall(f"{ATOM}link")
    for link in links:
        yield from _address_faults(link.get("href", ""), "link")
    kinds = Counter((link.get("type"), link.get("hreflang")) for link in links if link.get("rel") == "alternate")
    if any(count > 1 for count in kinds.values()):
        yield "two alternate links of one type"
    if node.get(LANG) is not None:
        yield from _language_faults(node.get(LANG, ""))


def _json_faults(feed: dict, address: str) -> Iterator[str]:
    if feed.get("version") != "https://jsonfeed.org/version/1.1" or not feed.get("title"):
        yield "no JSON Feed 1.1 with a title"
    if feed.get("feed_url") != address:
        yield f"feed_url is {feed.get('feed_url')}, it was got from {address}"
    yield from _address_faults(feed.get("home_page_url", ""), "home_page_url")
    yield from (f"{name} is no key of a feed" for name in feed.keys() - JSON_FEED)
    ids = [item.get("id") for item in feed["items"]]
    if len(set(ids)) < len(ids) or not all(isinstance(one, str) and one for one in ids):
        yield "an item's id is missing, no text, or another's"
    for item in feed["items"]:
        yield from (f"{name} is no key of an item" for name in item.keys() - JSON_ITEM)
        yield from _html_faults(item.get("content_html", ""))
        yield from _address_faults(item.get("url", ""), "url")
        if "external_url" in item:
            yield from _address_faults(item["external_url"], "external_url")
        for name in ("date_published", "date_modified"):
            yield from _rfc3339_faults(item.get(name, ""))
        if "language" in item:
            yield from _language_faults(item["language"])
        if not all(author.get("name") and author.keys() <= {"name", "url"} for author in item.get("authors", ())):
            yield "an author without a name"
        if not all(isinstance(tag, str) and tag for tag in item.get("tags", ())):
            yield "a tag that is no text"


def _not_once(node: ElementTree.Element, names: tuple[str, ...], *, needed: tuple[str, ...]) -> Iterator[str]:
    counts = Counter(one.tag for one in node)
    yield from (f"{node.tag} has {counts[name]} of {name}" for name in names if counts[name] > 1)
    yield from (f"{node.tag} has no {name}" for name in needed if not counts[name])


def _self_faults(node: ElementTree.Element, address: str) -> Iterator[str]:
    found = [link.get("href") for link in node.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if found != [address]:
        yield f"its link to itself is {found}, it was got from {address}"


def _address_faults(url: str, what: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or not url.isascii() or re.search(r"[\s<>\"]", url):
        yield f"{what} {url!r} is no whole address"


def _rfc822_faults(text: str) -> Iterator[str]:
    try:
        parsedate_to_datetime(text)
    except ValueError:
        yield f"{text!r} is no date of RFC 822"


def _rfc3339_faults(text: str) -> Iterator[str]:
    try:
        is_date = bool(RFC3339.fullmatch(text)) and bool(datetime.fromisoformat(text))
    except ValueError:
        is_date = False
    if not is_date:
        yield f"{text!r} is no date of RFC 3339"


def _language_faults(text: str) -> Iterator[str]:
    if not LANGUAGE.fullmatch(text):
        yield f"{text!r} is no language"


def _plain_faults(text: str, what: str = "") -> Iterator[str]:
    if not text.strip():
        yield f"{what} is blank"
    if LIKE_HTML.search(text):
        yield f"{what} looks like markup: {text!r}"
    if BAD_SIGNS.search(text):
        yield f"{what} has signs that nobody can read: {text!r}"


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"<{tag}> is not safe")
        for name, value in attributes:
            if name.startswith("on") or name == "style":
                self.faults.append(f"{name} is not safe")
            if name in ("href", "src"):
                self.faults += _address_faults(value or "", f"{name} in the content")


def _html_faults(text: str, what: str = "content") -> Iterator[str]:
    if not text.strip():
        yield f"{what} is blank"
    if BAD_SIGNS.search(text):
        yield f"{what} has signs that nobody can read"
    elements = _Elements()
    elements.feed(text)
    elements.close()
    yield from elements.faults
