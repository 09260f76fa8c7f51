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
    r"|^(?:yesterday|just now)$|^منذ .{2,20}$|^[٠-٩]{1,2}[-/.][٠-٩]{1,2}[-/.][٠-٩]{4}$",
    re.I,
)
BYLINE = re.compile(r"^(?:by|von|par|por|بقلم)\s+(?P<names>.{3,80})$", re.I)
DATE_LINE = re.compile(
    r"^(?:published|updated|posted)?\s*:?\s*(?P<date>\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?)\b", re.I
)
HASHTAG = re.compile(r"^(?:#[\w\u0600-\u06ff]+\s*)+$")
DAY_FIRST = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
TITLE_MAX_CHARS = 300
PUBLISHER_CHARS = 40
HEAD_LINES = 4


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
    head, body = _take_head(body)
    tags = tuple(tag for line in tails.get("hashtag", []) for tag in re.findall(r"#?([\w\u0600-\u06ff]+)", line))
    return SavedText(
        title=title,
        paragraphs=tuple(_paragraphs(body)),
        related=tuple(_related(tails.get("related", []))),
        tags=tags,
        authors=head.authors,
        publisher=head.publisher,
        published_at=head.published_at,
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


@dataclass(slots=True)
class _Head:
    """What stands between the headline and the text."""

    publisher: str = ""
    authors: tuple[str, ...] = ()
    published_at: str = ""


def _take_head(lines: list[str]) -> tuple[_Head, list[str]]:
    """Publisher, authors and date where the lines under the headline give them."""
    head = _Head()
    rest = list(lines)
    for _ in range(HEAD_LINES):
        while rest and not rest[0]:
            rest.pop(0)
        if not rest or not _take_head_line(head, rest[0], next((line for line in rest[1:3] if line), "")):
            break
        rest.pop(0)
    return head, rest


def _take_head_line(head: _Head, line: str, following: str) -> bool:
    """Take one line into the head; False if it is the text already."""
    if byline := BYLINE.match(line):
        head.authors = tuple(part.strip() for part in re.split(r",| and | و ", byline["names"]))
    elif day := DAY_FIRST.match(line.translate(ARABIC_DIGITS)):
        head.published_at = f"{day[3]}-{int(day[2]):02d}-{int(day[1]):02d}"
    elif dated := DATE_LINE.match(line):
        head.published_at = dated["date"].replace(" ", "T")
    elif _is_publisher(line) and not head.publisher and (AGE.match(following) or DATE_LINE.match(following)):
        head.publisher = line
    else:
        return bool(AGE.match(line))
    return True


def _is_publisher(line: str) -> bool:
    return len(line) < PUBLISHER_CHARS and line[-1] not in ".!?:"


def _paragraphs(lines: list[str]) -> list[str]:
    """Blank lines divide paragraphs; where there are none, every line is one."""
    blocks = [block for block in re.split(r"\n\s*\n", "\n".join(lines)) if block.strip()]
    if len(blocks) > 1:
        return [" ".join(block.split()) for block in blocks]
    return [line for line in lines if line]


def _related(lines: list[str]) -> list[RelatedItem]:
    """The items of a list: by their ages where it gives them, else by blank lines."""
    told = [line for line in lines if line]
    ages = [place for place, line in enumerate(told) if AGE.match(line)]
    if ages:
        return [item for place in ages if (item := _item(told, place)) is not None]
    blocks = [block.split("\n") for block in re.split(r"\n\s*\n", "\n".join(lines)) if block.strip()]
    return [
        RelatedItem(title=block[0], publisher=next((line for line in block[1:2] if _is_publisher(line)), ""))
        for block in blocks
    ]


def _item(told: list[str], age: int) -> RelatedItem | None:
    """The item whose age stands there: title and publisher before it, or publisher before and title behind."""
    before = told[age - 1] if age else ""
    title = told[age - 2] if age > 1 else ""
    behind = told[age + 1] if age + 1 < len(told) else ""
    if not before or AGE.match(before):
        return RelatedItem(title=behind, age=told[age]) if behind else None
    if not _is_publisher(before):
        return RelatedItem(title=before, age=told[age])
    is_text = not title or title[-1] in ".…" or bool(AGE.match(title))
    if is_text and behind:
        return RelatedItem(title=behind, publisher=before, age=told[age])
    return RelatedItem(title=title or before, publisher=before if title else "", age=told[age])


def as_moment(text: str) -> datetime | None:
    """The moment a saved page's date line gives, or None."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
