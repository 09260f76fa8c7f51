"""What the bytes of an answer are, before a parser sees them; refusals named."""

from __future__ import annotations

import codecs
import html
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newstext.sanitise import plain_text

if TYPE_CHECKING:
    from lxml import etree

MAX_BYTES = 16 * 1024 * 1024
GZIP_START = b"\x1f\x8b\x08"
HEAD_BYTES = 64 * 1024
FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "cdf"})
SITEMAP_ROOTS = frozenset({"urlset", "sitemapindex"})
PAGE_ROOTS = frozenset("html head title meta link script style body div p br h1".split())
# A feed that stands behind a warning a server printed before it.
LATE_START = re.compile(rb"<\?xml\s|<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]")
ELEMENT = re.compile(rb"<(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,40})")
XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,400}\?>")
DECLARATION = re.compile(rb"\s*<\?xml[^>]{0,400}\?>")
DECLARED_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.I)
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,30})", re.I)
DOCTYPE = re.compile(rb"<!DOCTYPE", re.I)
SUBSET_END = re.compile(rb"\][ \t\r\n]{0,100}>")
ENTITY = re.compile(rb"<!ENTITY\s+([A-Za-z][\w.-]{0,60})\s+(?:\"([^\"&%<]{0,200})\"|'([^'&%<]{0,200})')\s*>")
ENTITY_SIGN = re.compile(rb"<!ENTITY", re.I)
MAX_ENTITIES = 50
ENTITY_MAX_GROWTH = 100_000
CHALLENGE = re.compile(
    rb"cf-browser-verification|challenge-platform|cf_chl_|__cf_chl|_Incapsula_|captcha|px-captcha|ddos-guard|"
    rb"awswaf|sucuri_cloudproxy|datadome",
    re.I,
)
PAGE_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{0,300})", re.I)
TAG_END = re.compile(rb"[<>]")
# Any tag of over MAX_ATTRIBUTES that takes parsers long has twice as many bytes.
STRETCH = 10_000
MAX_ATTRIBUTES = 1000
# First bytes -> encoding, longest first; the marks of order, then "<" written wide.
WIDE_STARTS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)


class FeedError(ValueError):
    """The bytes are no feed; the message says what they are instead."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A feed's bytes, ready for its parser: no DOCTYPE, nothing before the XML, eight-bit text."""

    kind: Literal["json", "sitemap", "syndicated"]
    body: bytes
    start_tag: bytes = b""


def local_name(node: etree._Element) -> str:
    """An element's name alone, also where nobody declared its prefix: of such a one lxml's own QName raises."""
    return str(node.tag).rpartition("}")[2].rpartition(":")[2]


def read_answer(body: bytes, content_type: str = "") -> Answer:
    """What the answer is. Raises FeedError for what is no feed."""
    if len(body) > MAX_BYTES:
        raise FeedError(f"the answer is {len(body) / 2**20:.0f} MB, limit {MAX_BYTES // 2**20} MB.")
    body = eight_bit(unpacked(body), content_type).lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if not body:
        raise FeedError("the answer is empty.")
    if body[:1] in b"{[":
        return Answer("json", body)
    declares_entities = bool(ENTITY_SIGN.search(body, 0, HEAD_BYTES))
    body = without_doctype(body)
    name, at = _root(body)
    if name not in FEED_ROOTS | SITEMAP_ROOTS:
        body = _from_late_start(body)
        name, at = _root(body)
    refuse_attributes(body)
    if name in SITEMAP_ROOTS:
        if declares_entities:
            raise FeedError("the sitemap declares entities, which sitemaps have no use for.")
        return Answer("sitemap", body)
    if name not in FEED_ROOTS:
        raise FeedError(_what_it_is(body, name))
    return Answer("syndicated", body, body[at : body.find(b">", at, at + HEAD_BYTES) + 1])


def unpacked(body: bytes) -> bytes:
    """The bytes of a file packed by gzip, as sitemaps often are; others as they came. Raises FeedError."""
    if not body.startswith(GZIP_START):
        return body
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        inside = unpacking.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise FeedError(f"the answer is packed by gzip and broken ({error}).") from error
    if len(inside) > MAX_BYTES:
        raise FeedError(f"the answer is over {MAX_BYTES // 2**20} MB unpacked.")
    return inside


def refuse_attributes(body: bytes) -> None:
    """Raises FeedError for an element of too many: parsers take minutes over 200,000 of them."""
    was_bare = False
    # A long tag leaves one of these stretches without any "<" or ">"; most feeds have none such.
    for at in range(0, len(body) - STRETCH + 1, STRETCH):
        is_bare = body.find(b"<", at, at + STRETCH) == -1 and body.find(b">", at, at + STRETCH) == -1
        if is_bare and not was_bare and _attributes_around(body, at) > MAX_ATTRIBUTES:
            raise FeedError(f"an element has over {MAX_ATTRIBUTES} attributes.")
        was_bare = is_bare


def _attributes_around(body: bytes, at: int) -> int:
    """How many attributes the tag has that began in the stretch before `at`; 0 if none did."""
    before = max(0, at - STRETCH)
    opened = body.rfind(b"<", before, at)
    if opened <= body.rfind(b">", before, at):
        return 0
    end = TAG_END.search(body, at)
    return body.count(b"=", opened, end.start() if end else len(body))


def eight_bit(body: bytes, content_type: str = "") -> bytes:
    """The body as UTF-8, or in another eight-bit encoding that it declares itself."""
    for start, encoding in WIDE_STARTS:
        if body.startswith(start):
            return _as_utf8(body, encoding)
    if body.startswith(codecs.BOM_UTF8):
        # The mark counts for more than what is declared after it.
        return DECLARATION.sub(b"", body.removeprefix(codecs.BOM_UTF8), count=1)
    declared = DECLARED_ENCODING.search(body, 0, 1000)
    said = CHARSET.search(content_type[:200])
    name = _codec(declared[1].decode() if declared else said[1] if said else "utf-8")
    if name in ("utf-8", "iso8859-1", "ascii"):
        return _as_it_is(body, name)
    return body if declared or not name else _as_utf8(body, name)


def _codec(encoding: str) -> str:
    """Python's name of an encoding; "" of what is none."""
    try:
        codec = codecs.lookup(encoding)
    except LookupError:
        return ""
    return codec.name if getattr(codec, "_is_text_encoding", True) else ""


def _as_it_is(body: bytes, name: str) -> bytes:
    """What is said to be UTF-8, Latin-1 or ASCII, as UTF-8: servers mix them up, but UTF-8 shows in its bytes."""
    head = body[:HEAD_BYTES]
    if head.isascii() and (name == "utf-8" or body.isascii()):
        return body
    text = head.decode("utf-8", "replace")
    if text.count("\ufffd") <= len(head) - len(text):
        return body if name == "utf-8" else DECLARATION.sub(b"", body, count=1)
    # Those who say Latin-1 send Windows-1252, as browsers know.
    return _as_utf8(body, "cp1252")


def _as_utf8(body: bytes, encoding: str) -> bytes:
    text = body.decode(encoding, "replace")
    return XML_DECLARATION.sub("", text, count=1).encode("utf-8", "replace")


def _root(body: bytes) -> tuple[str, int]:
    """The first element's name in small letters and where it stands; ("", -1) if there is none."""
    at, end = 0, min(len(body), MAX_BYTES)
    while (at := body.find(b"<", at, end)) != -1:
        if body.startswith(b"<!--", at):
            at = body.find(b"-->", at + 4, end)
        elif body.startswith((b"<?", b"<!"), at):
            at = body.find(b">", at + 2, end)
        else:
            found = ELEMENT.match(body, at)
            return (found.group(1).decode("ascii", "replace").lower(), at) if found else ("", -1)
        if at == -1:
            break
    return "", -1


def _from_late_start(body: bytes) -> bytes:
    found = LATE_START.search(body, 0, HEAD_BYTES)
    return body[found.start() :] if found else body


def _what_it_is(body: bytes, root: str) -> str:
    head = body[:HEAD_BYTES]
    if root in PAGE_ROOTS or re.search(rb"<(?:html|head|body)[\s>]", body[:4096], re.I):
        title = PAGE_TITLE.search(head)
        named = f" ({plain_text(title.group(1).decode('utf-8', 'replace'))[:80]!r})" if title else ""
        if CHALLENGE.search(head):
            return f"the answer is a challenge page{named} that wants a browser, not a feed. Try again later."
        return f"the answer is a web page{named}, not a feed. Give the feed's own address."
    if root == "opml":
        return "the answer is an OPML list of feeds, not a feed. Import it as a list."
    begins = head[:40].decode("utf-8", "replace")
    return f"the answer is no feed: it begins with {begins!r}."


def without_doctype(body: bytes) -> bytes:
    """The body without its DOCTYPE; short entities that it declares as plain text are written out.

    No entity is given to a parser: nested ones stay as they are, so nothing
    grows and nothing is fetched.
    """
    found = DOCTYPE.search(body, 0, HEAD_BYTES)
    if not found or b"<![CDATA[" in body[: found.start()]:
        return body
    bracket, close = body.find(b"[", found.end(), found.end() + 1000), body.find(b">", found.end())
    if close == -1:
        return body
    if bracket == -1 or bracket > close:
        return body[: found.start()] + body[close + 1 :]
    end = SUBSET_END.search(body, bracket)
    if not end:
        raise FeedError("the DOCTYPE never ends, so nothing after it can be read.")
    rest = body[: found.start()] + body[end.end() :]
    return _with_entities(rest, ENTITY.findall(body, bracket, min(end.end(), bracket + HEAD_BYTES)))


def _with_entities(body: bytes, declared: list[tuple[bytes, bytes, bytes]]) -> bytes:
    for name, in_double, in_single in declared[:MAX_ENTITIES]:
        reference, value = b"&" + name + b";", in_double or in_single
        if body.count(reference) * len(value) <= ENTITY_MAX_GROWTH:
            body = body.replace(reference, html.escape(value.decode("utf-8", "replace")).encode())
    return body
