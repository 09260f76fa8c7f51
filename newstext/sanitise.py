"""Foreign HTML made safe: the one place. An allow-list; everything else goes."""

from __future__ import annotations

import html
import re
from collections import Counter
from contextvars import ContextVar
from itertools import repeat
from typing import Any

import nh3

from newstext.addresses import absolute_url
from newstext.records import FeedEntry, RawEntry

MAX_CHARS = 1_000_000
SUMMARY_MAX_CHARS = 4000
# Markup that is enough to hold SUMMARY_MAX_CHARS of text.
SUMMARY_MAX_MARKUP = 3 * SUMMARY_MAX_CHARS
MAX_DEPTH = 100
MAX_REFERENCES = 20_000
PAGE_MAX_DEPTH = 20_000  # a whole page may leave elements open by the thousand; twice as deep takes four times as long
# Parsers compare each attribute of an element with all before it: 200,000 take minutes.
MAX_ATTRIBUTES = 1000
CROWDED_FROM = 150_000  # characters; the attributes that fit into less are read in a second or two
ATTRIBUTE = r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
BEGIN_NO_TAG = ('"', "'", ">")
LONG_TAG = re.compile(rf"<[A-Za-z][^\s/>]*+(?:[\s/]++|{ATTRIBUTE})*+")
ATTRIBUTE_IN_TAG = re.compile(ATTRIBUTE)
TAGS = {
    *"p br hr h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote q cite em strong b i u s sub sup small".split(),
    *"code pre kbd samp var abbr time mark del ins figure figcaption table caption thead tbody tfoot".split(),
    *"tr th td a img ruby rt rp bdi bdo".split(),
}
ATTRIBUTES = {
    "a": {"href", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "time": {"datetime"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "bdo": {"dir"},
    "*": {"lang", "dir"},
}
DROPPED_WITH_CONTENT = {"script", "style", "template", "svg", "math", "iframe", "object", "noscript", "select"}
SCHEMES = {"http", "https", "mailto"}
LINK_REL = "noopener noreferrer nofollow ugc"
# Where words part: a block's end, and its beginning too, for HTML lets the one before it go without an end.
BLOCK_END = re.compile(
    r"</(?:p|div|li|h[1-6]|tr|blockquote|section|article|figcaption|td|th|dd|dt)\s*>|<br\s*/?>|<hr\s*/?>"
    r"|(?=<(?:p|div|li|h[1-6]|tr|blockquote|section|article|figcaption|td|th|dd|dt)[\s/>])",
    re.I,
)
SPACE = re.compile(r"\s+")
OPENING = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>")
# An element that holds no other, or cannot hold any; its attributes are so plain that every reader ends it there.
LEAF = re.compile(
    r"<(?:(?:br|hr|img|wbr|input|source)(?=[\s/>])|(?P<name>[a-zA-Z][a-zA-Z0-9]*+))"
    r"(?:\s++[^\s\"'<>=/]++(?:=(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'<>=`]++))?+)*+\s*+/?>"
    r"(?(name)[^<]*+</(?P=name)\s*+>)",
    re.I,
)
LEAF_PASSES = 6
# More than this left open is taken for deep without a closer look, for markup can hide an end from it.
MAX_OPENED = 2000
VOID = {"br", "hr", "img", "input", "meta", "link", "wbr", "source", "area", "base", "col", "embed", "track", "param"}
# HTML reads <div/> as <div>; what is drawn, as <path/>, is closed by its slash.
STAYS_OPEN = TAGS | {"div", "span", "section", "article", "main", "header", "footer", "nav", "center", "font", "aside"}
LINK = re.compile(r"https?://[^\s<>\"'()\[\]{}]{3,500}")
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)

RULES: dict[str, Any] = {
    "tags": TAGS,
    "clean_content_tags": DROPPED_WITH_CONTENT,
    "attributes": ATTRIBUTES,
    "url_schemes": SCHEMES,
    "link_rel": LINK_REL,
    "strip_comments": True,
}
BASE_URL: ContextVar[str] = ContextVar("BASE_URL", default="")


def _keep(element: str, attribute: str, value: str) -> str | None:
    if attribute not in ("href", "src"):
        return value
    base_url = BASE_URL.get()
    return (base_url and absolute_url(value, base_url)) or safe_link(value) or None


# Built once: building one takes longer than cleaning a short text.
CLEANER = nh3.Cleaner(attribute_filter=_keep, **RULES)
# The second cleaning, which must change nothing; its addresses were judged by the first.
AGAIN = nh3.Cleaner(**RULES)
COMMENT_TAGS = {*"p br em strong code pre ul ol li blockquote a".split()}
COMMENT = nh3.Cleaner(
    tags=COMMENT_TAGS,
    clean_content_tags=DROPPED_WITH_CONTENT,
    attributes={"a": {"href"}, "ol": {"start"}, "*": {"dir"}},
    url_schemes=SCHEMES,
    link_rel=LINK_REL,
    attribute_filter=_keep,
)
WORDS = nh3.Cleaner(tags=set(), clean_content_tags=DROPPED_WITH_CONTENT)


def clean_entry(raw: RawEntry) -> FeedEntry:
    """A feed's item fit to be kept and shown: the summary in plain words, the content safe HTML."""
    return FeedEntry(
        guid=raw.guid,
        url=raw.url,
        title=raw.title,
        authors=raw.authors,
        published_at=raw.published_at,
        updated_at=raw.updated_at,
        summary=plain_start(raw.raw_summary),
        content=clean_html(raw.raw_content, base_url=raw.base_url) if raw.raw_content else "",
        tags=raw.tags,
        image=raw.image,
        image_caption=raw.image_caption,
        image_credit=raw.image_credit,
        source=raw.source,
    )


def clean_html(text: str, *, base_url: str = "") -> str:
    """Safe HTML with the same words; links and pictures absolute against `base_url`.

    What does not stay the same when cleaned twice, is deeper than MAX_DEPTH or
    longer than MAX_CHARS comes back as plain paragraphs.
    """
    if len(text) > MAX_CHARS or _is_slow(text):
        return _as_paragraphs(plain_text(text[:MAX_CHARS]))
    before = BASE_URL.set(base_url)
    try:
        cleaned = CLEANER.clean(text.replace("\r", "\n"))
    finally:
        BASE_URL.reset(before)
    return cleaned if cleaned == text or AGAIN.clean(cleaned) == cleaned else _as_paragraphs(plain_text(text))


def _is_slow(text: str) -> bool:
    """Whether nh3 would take minutes: its time grows with the square of the depth, and of a text's references."""
    return text.count("&") + text.count("\0") > MAX_REFERENCES or _is_deep(text) or is_crowded(text)


def _is_deep(text: str) -> bool:
    """Whether elements nest deeper than MAX_DEPTH; as good as surely not where few are left without their ends."""
    for passes in range(LEAF_PASSES):
        if text.count("<") - text.count("</") <= MAX_DEPTH - passes:
            return False
        text = LEAF.sub("", text)
    opened = text.count("<") - text.count("</")
    return opened > MAX_OPENED or (opened > MAX_DEPTH - LEAF_PASSES and _depth(text) > MAX_DEPTH - LEAF_PASSES)


def is_crowded(text: str) -> bool:
    """Whether an element has more than MAX_ATTRIBUTES; a short text is not looked through."""
    if len(text) <= CROWDED_FROM:
        return False
    parts = text.split("<")
    ended = sum(map(str.__contains__, parts, repeat(">")))
    if len(parts) - ended + sum(map(str.startswith, parts, repeat(BEGIN_NO_TAG))) > MAX_ATTRIBUTES // 5:
        return any(map(_is_crowded_tag, LONG_TAG.finditer(text)))  # "<" stands in values too
    longest = (part for part in parts if len(part) > 3 * MAX_ATTRIBUTES and part[0].isalpha())
    return any((tag := LONG_TAG.match(f"<{part}")) and _is_crowded_tag(tag) for part in longest)


def _is_crowded_tag(tag: re.Match[str]) -> bool:
    is_long = tag.end() - tag.start() > 3 * MAX_ATTRIBUTES
    return is_long and len(ATTRIBUTE_IN_TAG.findall(tag.group())) > MAX_ATTRIBUTES


def too_odd(page: str) -> str:
    """Why a parser of HTML would take minutes over this page; "" for all sound ones."""
    if is_crowded(page):
        return f"an element of the page has over {MAX_ATTRIBUTES} attributes, the limit."
    may_be_deep = page.count("<") > PAGE_MAX_DEPTH and page.count("<") - page.count("</") > PAGE_MAX_DEPTH
    if may_be_deep and _depth(page) > PAGE_MAX_DEPTH:
        return f"the page's elements nest over {PAGE_MAX_DEPTH:,} deep, the limit."
    return ""


def _depth(text: str) -> int:
    """How deep the elements nest, at most; counted without building a tree."""
    depth = deepest = 0
    is_open: Counter[str] = Counter()
    for match in OPENING.finditer(text):
        closes, name, closed = match.group(1), match.group(2).lower(), match.group(3)
        if name in VOID or (closed and name not in STAYS_OPEN):
            continue
        # An end tag of what is not open closes nothing, in a browser as here.
        step = -(is_open[name] > 0) if closes else 1
        is_open[name] += step
        depth += step
        deepest = max(deepest, depth)
    return deepest


def plain_text(text: str) -> str:
    """The words alone, on one line: no markup, entities decoded once, spaces folded."""
    if text.isprintable() and not ("&" in text or "<" in text or "  " in text):
        return text[:MAX_CHARS].strip()
    if "<" in text and _is_slow(text):
        text = OPENING.sub(" ", text[:MAX_CHARS])
    elif "<" in text:
        text = WORDS.clean(BLOCK_END.sub(" ", text[:MAX_CHARS]))
    return SPACE.sub(" ", INVISIBLE.sub("", html.unescape(text[:MAX_CHARS]))).strip()


def plain_start(markup: str) -> str:
    """The words of the markup, as many as a summary may have."""
    return plain_text(markup[:SUMMARY_MAX_MARKUP])[:SUMMARY_MAX_CHARS]


def _as_paragraphs(text: str) -> str:
    return f"<p>{html.escape(text)}</p>" if text else ""


def safe_link(url: str) -> str:
    """The address if it leads by http, https or mailto; else ""."""
    stripped = INVISIBLE.sub("", url).strip()
    if stripped.lower().startswith("mailto:"):
        return stripped if re.fullmatch(r"mailto:[^\s<>\"']{3,250}", stripped, re.I) else ""
    return absolute_url(stripped)


def safe_comment(text: str) -> str:
    """A reader's plain text as HTML: paragraphs, line breaks, and web addresses as links."""
    blocks = [block for block in re.split(r"\n\s*\n", INVISIBLE.sub("", text.replace("\r\n", "\n"))) if block.strip()]
    return "".join(f"<p>{'<br>'.join(_linked(line) for line in block.strip().splitlines())}</p>" for block in blocks)


def clean_comment(markup: str) -> str:
    """The HTML of a reader's Markdown with no more in it than a comment may have."""
    return _as_paragraphs(plain_text(markup)) if _is_slow(markup) else COMMENT.clean(INVISIBLE.sub("", markup))


def _linked(line: str) -> str:
    parts, end = [], 0
    for match in LINK.finditer(line):
        shown = match.group().rstrip(".,;:!?")
        link = safe_link(shown)
        parts.append(html.escape(line[end : match.start()]))
        end = match.start() + len(shown)
        parts.append(
            f'<a href="{html.escape(link)}" rel="{LINK_REL}">{html.escape(shown)}</a>' if link else html.escape(shown)
        )
    parts.append(html.escape(line[end:]))
    return "".join(parts)
