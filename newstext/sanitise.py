"""Foreign HTML made safe: the one place. An allow-list; everything else goes."""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import Any

import nh3

from newstext.addresses import absolute_url

MAX_CHARS = 1_000_000
MAX_DEPTH = 100
PAGE_MAX_DEPTH = 20_000  # a whole page may leave elements open by the thousand; twice as deep takes four times as long
# Parsers compare each attribute of an element with all before it: 200,000 take minutes.
MAX_ATTRIBUTES = 1000
CROWDED_FROM = 150_000  # characters; the attributes that fit into less are read in a second or two
ATTRIBUTE = r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
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
BLOCK_END = re.compile(
    r"</(?:p|div|li|h[1-6]|tr|blockquote|section|article|figcaption|td|th|dd|dt)\s*>|<br\s*/?>|<hr\s*/?>", re.I
)
SPACE = re.compile(r"\s+")
OPENING = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>")
VOID = {"br", "hr", "img", "input", "meta", "link", "wbr", "source", "area", "base", "col", "embed", "track", "param"}
# HTML reads <div/> as <div>; what is drawn, as <path/>, is closed by its slash.
STAYS_OPEN = TAGS | {"div", "span", "section", "article", "main", "header", "footer", "nav", "center", "font", "aside"}
LINK = re.compile(r"https?://[^\s<>\"'()\[\]{}]{3,500}")
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)


# An absolute address that the WHATWG rules leave as it is: no dots as path, no coding, no numbers for a host.
PLAIN_ADDRESS = re.compile(
    r"https?://(?!\S*xn--)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.){1,6}[a-z]{2,20}(?:(?:/[\w~=+-][\w~=+.-]*)+/?|/)", re.A
)
RULES: dict[str, Any] = {
    "tags": TAGS,
    "clean_content_tags": DROPPED_WITH_CONTENT,
    "attributes": ATTRIBUTES,
    "url_schemes": SCHEMES,
    "link_rel": LINK_REL,
    "strip_comments": True,
}
# The second cleaning, which must change nothing; its addresses were judged by the first.
AGAIN = nh3.Cleaner(**RULES)


def clean_html(text: str, *, base_url: str = "") -> str:
    """Safe HTML with the same words; links and pictures absolute against `base_url`.

    What does not stay the same when cleaned twice, is deeper than MAX_DEPTH or
    longer than MAX_CHARS comes back as plain paragraphs.
    """
    if len(text) > MAX_CHARS or is_deep(text) or is_crowded(text):
        return _as_paragraphs(plain_text(text[:MAX_CHARS]))
    cleaned = _clean(text, base_url)
    return cleaned if AGAIN.clean(cleaned) == cleaned else _as_paragraphs(plain_text(text))


def _clean(text: str, base_url: str) -> str:
    def keep(element: str, attribute: str, value: str) -> str | None:
        if attribute not in ("href", "src") or PLAIN_ADDRESS.fullmatch(value):
            return value
        return safe_link(value if not base_url else absolute_url(value, base_url) or value) or None

    return nh3.clean(text.replace("\r", "\n"), attribute_filter=keep, **RULES)


def is_crowded(text: str) -> bool:
    """Whether an element has more than MAX_ATTRIBUTES; a short text is not looked through."""
    return len(text) > CROWDED_FROM and any(
        tag.end() - tag.start() > 3 * MAX_ATTRIBUTES and len(ATTRIBUTE_IN_TAG.findall(tag.group())) > MAX_ATTRIBUTES
        for tag in LONG_TAG.finditer(text)
    )


def too_odd(page: str) -> str:
    """Why a parser of HTML would take minutes over this page; "" for all sound ones."""
    if is_crowded(page):
        return f"an element of the page has over {MAX_ATTRIBUTES} attributes, the limit."
    if is_deep(page, PAGE_MAX_DEPTH):
        return f"the page's elements nest over {PAGE_MAX_DEPTH:,} deep, the limit."
    return ""


def is_deep(text: str, most: int = MAX_DEPTH) -> bool:
    """Whether elements nest deeper than that; a text of few opening tags cannot."""
    return text.count("<") - text.count("</") > most and _depth(text) > most


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
    if "<" in text and (is_deep(text) or is_crowded(text)):
        text = OPENING.sub(" ", text[:MAX_CHARS])  # nh3 takes time that grows with the square of the depth
    elif "<" in text:
        text = nh3.clean(BLOCK_END.sub(" ", text[:MAX_CHARS]), tags=set(), clean_content_tags=DROPPED_WITH_CONTENT)
    return SPACE.sub(" ", INVISIBLE.sub("", html.unescape(text[:MAX_CHARS]))).strip()


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
