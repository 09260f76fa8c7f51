"""A page saved or pasted as text: headline, body, and what follows told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from newstext.records import RelatedItem

TAIL = re.compile(
    r"^#*\s*(?P<name>hashtags?|tags|comments?(?:\s*\(\d+\))?|related (?:articles?|stories|news)|more stories|"
    r"try (?:our|the) ai features?.*|وسوم|التعليقات|مقالات ذات صلة|أخبار ذات صلة)\s*:?\s*$",
    re.I,
)
AGE = re.compile(
    r"^(?:an?|\d+|a few) (?:second|minute|hour|day|week|month|year)s? ago$|^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}$"
    r"|^(?:yesterday|just now)$|^منذ .{2,20}$",
    re.I,
)
BYLINE = re.compile(r"^(?:by|von|par|por|بقلم)\s+(?P<names>.{3,80})$", re.I)
DATE_LINE = re.compile(
    r"^(?:published|updated|posted)?\s*:?\s*(?P<date>\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?)\b", re.I
)
HASHTAG = re.compile(r"^(?:#[\w\u0600-\u06ff]+\s*)+$")
TITLE_MAX_CHARS = 300


@dataclass(frozen=True, slots=True)
class SavedText:
    title: str
    paragraphs: tuple[str, ...]
    related: tuple[RelatedItem, ...]
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    publisher: str
    published_at: str


def read_saved_text(text: str) -> SavedText:
    """The parts of a saved text. A text without a headline gives its first sentence's line as title."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
    body, tails = _cut(lines)
    title, body = _take_title(body)
    publisher, authors, published_at, body = _take_head(body)
    tags = tuple(tag for line in tails.get("hashtag", []) for tag in re.findall(r"#?([\w\u0600-\u06ff]+)", line))
    return SavedText(
        title=title,
        paragraphs=tuple(_paragraphs(body)),
        related=tuple(_related(tails.get("related", []))),
        tags=tags,
        authors=authors,
        publisher=publisher,
        published_at=published_at,
    )


def _cut(lines: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The lines before the first tail heading, and those under each heading."""
    body: list[str] = []
    tails: dict[str, list[str]] = {}
    here = body
    for line in lines:
        heading = TAIL.match(line)
        if heading and any(body):
            here = tails.setdefault(_heading(heading["name"]), [])
        elif HASHTAG.match(line) and here is body and any(body):
            tails.setdefault("hashtag", []).append(line)
        else:
            here.append(line)
    return body, tails


def _heading(name: str) -> str:
    lowered = name.lower()
    if lowered.startswith(("hashtag", "tags", "وسوم")):
        return "hashtag"
    if lowered.startswith(("comment", "التعليقات")):
        return "comments"
    return "ai" if lowered.startswith("try") else "related"


def _take_title(lines: list[str]) -> tuple[str, list[str]]:
    """The headline, once: saved pages repeat it."""
    rest = list(lines)
    while rest and (not rest[0] or rest[0].lower() == "logo"):
        rest.pop(0)
    if not rest:
        return "", []
    title = rest[0].lstrip("# ").strip()
    if len(title) > TITLE_MAX_CHARS:
        return "", rest
    rest.pop(0)
    while rest and (not rest[0] or rest[0].lstrip("# ").strip() == title):
        rest.pop(0)
    return title, rest


def _take_head(lines: list[str]) -> tuple[str, tuple[str, ...], str, list[str]]:
    """Publisher, authors and date where the lines under the headline give them."""
    publisher, authors, published_at = "", (), ""
    names: tuple[str, ...] = ()
    rest = list(lines)
    for _ in range(4):
        while rest and not rest[0]:
            rest.pop(0)
        if not rest:
            break
        line = rest[0]
        following = next((later for later in rest[1:3] if later), "")
        if byline := BYLINE.match(line):
            names = tuple(part.strip() for part in re.split(r",| and | و ", byline["names"]))
        elif dated := DATE_LINE.match(line):
            published_at = dated["date"].replace(" ", "T")
        elif AGE.match(line):
            pass
        elif (
            not publisher
            and len(line) < 40
            and line[-1] not in ".!?:"
            and (AGE.match(following) or DATE_LINE.match(following))
        ):
            publisher = line
        else:
            break
        rest.pop(0)
    return publisher, names or authors, published_at, rest


def _paragraphs(lines: list[str]) -> list[str]:
    """Blank lines divide paragraphs; where there are none, every line is one."""
    blocks = [block for block in re.split(r"\n\s*\n", "\n".join(lines)) if block.strip()]
    if len(blocks) > 1:
        return [" ".join(block.split()) for block in blocks]
    return [line for line in lines if line]


def _related(lines: list[str]) -> list[RelatedItem]:
    """Items of title, publisher and age in any order; the age ends or begins an item's head."""
    found: list[RelatedItem] = []
    block: list[str] = []
    for line in [*lines, ""]:
        if line:
            block.append(line)
            if AGE.match(line) and len(block) > 1:
                found += _item(block)
                block = []
        elif block and not any(AGE.match(held) for held in block) and len(block) > 1:
            found += _item(block)
            block = []
    return found + (_item(block) if block else [])


def _item(block: list[str]) -> list[RelatedItem]:
    age = next((line for line in block if AGE.match(line)), "")
    rest = list(dict.fromkeys(line for line in block if line != age))
    if not rest:
        return []
    title = max(rest[-2:] if age else rest[:2], key=len)
    publisher = next((line for line in rest[-2:] if line != title and len(line) < 40), "")
    return [RelatedItem(title=title, publisher=publisher, age=age)]


def as_moment(text: str) -> datetime | None:
    """The moment a saved page's date line gives, or None."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
