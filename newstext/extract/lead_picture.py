"""The picture that stands for an article, and what its page says of it: alternative text, caption, credit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from newstext.addresses import absolute_url
from newstext.sanitise import plain_text

ALT_MAX_CHARS = 500
CAPTION_MAX_CHARS = 1000
CREDIT_MAX_CHARS = 200
FIGURES_LOOKED_AT = 60
CREDIT_CLASS = re.compile(r"credit|copyright|photographer|byline|source|attribution", re.I)
# A credit at the end of a caption: in brackets, or after a word that leads to one.
CREDIT_AT_END = re.compile(
    r"\s*(?:[(\[]\s*)?(?:photo(?:graph)?(?: credit)?|picture|image|foto|bild|credit|crédit(?: photo)?|©)"
    r"\s*(?::|by\b|/|©)?\s*(?P<name>[^.:()\[\]|]{2,80}?)\s*[)\]]?\.?$",
    re.I,
)
CREDIT_WORD = re.compile(
    r"^\s*[(\[]?\s*(?:(?:photo(?:graph)?|picture|image|foto|bild)(?: credit)?|credit|crédit(?: photo)?|copyright|©)"
    r"\s*(?::|by\b|/|©)\s*|^\s*[(\[]?\s*©\s*|[)\]]\s*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class LeadPicture:
    """A picture's address and what is said of it; each "" where nothing is."""

    url: str = ""
    alt: str = ""
    caption: str = ""
    credit: str = ""


def read_lead_picture(
    tree: LexborHTMLParser, objects: list[dict[str, Any]], linked: dict[str, Any], meta: dict[str, str], url: str
) -> LeadPicture:
    """The picture JSON-LD or OpenGraph names, with what they and the picture's own figure say of it."""
    by_id = {str(item["@id"]): item for item in objects if item.get("@id")}
    image = next(_image_objects(linked.get("image"), by_id), {})
    shared = _absolute(meta.get("og:image", ""), url)
    address = _absolute(image.get("url", ""), url) or shared
    if not address:
        return LeadPicture()
    is_shared = not shared or _same_picture(shared, address)
    alt = (meta.get("og:image:alt", "") or meta.get("twitter:image:alt", "")) if is_shared else ""
    img = _element_of(tree, address, url)
    caption, credit = _said_around(img)
    caption = _words(image.get("caption") or image.get("description")) or caption
    credit = _first_words(image.get(name) for name in ("creditText", "creator", "author", "copyrightHolder")) or credit
    credit = credit or _words(image.get("copyrightNotice"))
    if not credit and (found := CREDIT_AT_END.search(caption)):
        caption, credit = caption[: found.start()].rstrip(" .|/–—-"), found["name"]
    alt = plain_text(alt or ((img.attributes.get("alt") or "") if img else ""))
    return LeadPicture(
        address,
        alt[:ALT_MAX_CHARS],
        caption[:CAPTION_MAX_CHARS],
        CREDIT_WORD.sub("", credit).strip()[:CREDIT_MAX_CHARS],
    )


def _absolute(given: str, url: str) -> str:
    """The address; "" where none is given, or the page's own, as an empty one means."""
    address = absolute_url(given, url) if given else ""
    return "" if address == url else address


def _image_objects(value: Any, by_id: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """JSON-LD's images as objects with a `url`: bare addresses, lists and references too."""
    if isinstance(value, list):
        for one in value:
            yield from _image_objects(one, by_id)
    elif isinstance(value, str) and value.strip():
        yield {"url": value.strip()}
    elif isinstance(value, dict):
        whole = value if value.get("url") or value.get("contentUrl") else by_id.get(str(value.get("@id")), value)
        for address in _addresses(whole.get("url")) or _addresses(whole.get("contentUrl")):
            yield {**whole, "url": address}


def _addresses(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for one in value for text in _addresses(one)]
    if isinstance(value, dict):
        return _addresses(value.get("url") or value.get("@id"))
    return [value.strip()] if isinstance(value, str) and value.strip() else []


def _words(value: Any) -> str:
    """A text of JSON-LD, or the name of what it describes, in plain words."""
    if isinstance(value, list):
        return ", ".join(text for one in value[:5] if (text := _words(one)))
    if isinstance(value, dict):
        return _words(value.get("name"))
    text = plain_text(value) if isinstance(value, str) else ""
    return "" if text.startswith(("http://", "https://")) else text


def _first_words(values: Iterable[Any]) -> str:
    return next((text for value in values if (text := _words(value))), "")


def _element_of(tree: LexborHTMLParser, address: str, url: str) -> LexborNode | None:
    """The page's own element of that picture, be it of another size."""
    for node in tree.css("figure img, article img, main img")[:FIGURES_LOOKED_AT]:
        said = node.attributes
        shown = (said.get("src"), said.get("data-src"), *(_candidates(said.get("srcset") or said.get("data-srcset"))))
        if any(one and _same_picture(absolute_url(one, url), address) for one in shown):
            return node
    return None


def _candidates(srcset: str | None) -> list[str]:
    return [part.split()[0] for part in (srcset or "").split(",")[:8] if part.strip()]


def _same_picture(one: str, other: str) -> bool:
    """True if two addresses have the same last part, as one picture has in many sizes."""
    mine, theirs = _name_of(one), _name_of(other)
    return bool(mine) and mine == theirs


def _name_of(address: str) -> str:
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    name = unquote(path.rstrip("/").rpartition("/")[2]).lower()
    return re.sub(r"[-_](?:\d{2,4}x\d{2,4}|\d{3,4}w|scaled)(?=\.\w+$|$)", "", name)


def _said_around(img: LexborNode | None) -> tuple[str, str]:
    """Caption and credit of the figure that an image stands in."""
    figure = img.parent if img else None
    for _ in range(6):
        if figure is None or figure.tag == "figure":
            break
        figure = figure.parent
    captioned = figure.css_first("figcaption") if figure is not None and figure.tag == "figure" else None
    if captioned is None or figure is None:
        return "", ""
    whole = plain_text(captioned.text(separator=" "))
    for node in figure.css("[class], cite, small"):
        is_named = node.tag == "cite" or CREDIT_CLASS.search(node.attributes.get("class") or "")
        if is_named and node.tag not in ("figure", "figcaption", "img", "picture", "a"):
            credit = plain_text(node.text(separator=" "))
            if 1 < len(credit) <= CREDIT_MAX_CHARS:
                return whole.replace(credit, "").strip(" |/–—-"), credit
    return whole, ""
