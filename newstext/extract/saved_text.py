"""A page saved or pasted as text: headline, body, and what follows told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from newstext import dates
from newstext.extract.datelines import is_byline
from newstext.language import detect_language
from newstext.records import RelatedItem
from newstext.words import fold, read_list

DAY_FIRST = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[ ,]+(\d\d:\d\d))?$")
ISO_DATE = re.compile(
    r"^(?:\w+\s*:\s*)?(?P<date>\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?)(?:\s*\w{0,4})?$"
)
FULL_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?$")
HASHTAGS = re.compile(r"^(?:#[\w\u0600-\u06ff]+[\s,·]*)+$")
HASHTAG = re.compile(r"#([\w\u0600-\u06ff]+)")
ADDRESS = re.compile(r"^(?:url|source|link)?\s*:?\s*<?(https?://\S+?)>?$", re.I)
# What stands before a headline and between a page's parts: the texts of images and of buttons.
NOISE = re.compile(
    r"^(?:logo|icon|avatar|image|thumbnail|banner|menu|close|search|home|skip to (?:main )?content|share|save|"
    r"print|(?:\S+ ){0,4}(?:logo|icon|avatar)|\w+ background|\d+ min(?:ute)?s? read|[-*_=—]{3,}|!\[[^\]]*\]\([^)]*\))$",
    re.I,
)
SAID_BEFORE_DATE = re.compile(
    r"^(?:published|updated|posted|last updated|first published|veröffentlicht|aktualisiert|publié|mis à jour|"
    r"publicado|actualizado|pubblicato|aggiornato|atualizado|gepubliceerd|نشر|نُشر|تم النشر|"
    r"опубликовано|yayınlanma|opublikowano)\b"
    r"\s*(?:on|at|am|le|el|il|em|op|في)?\s*:?\s*",
    re.I,
)
LINK = re.compile(r"^\[(?P<text>[^\]]+)\]\((?P<url>https?://[^)\s]+)\)$")
BULLET = re.compile(r"^(?:[-*+•·▪◦–]|\d{1,2}[.)])\s+")
MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+")
EMPHASIS = re.compile(r"\*\*([^*]+)\*\*|__([^_]+)__")
WHOLE_EMPHASIS = re.compile(r"^[*_]([^*_]+)[*_]$")
# What is looked for between spaces would take the square of a long run's length.
LONG_SPACE = re.compile(r"[^\S\n]{9,}")
BETWEEN = re.compile(r"\s+[·|•–—-]\s+|\s*[·|•]\s*")
SENTENCE_END = re.compile(r"(?<=[\w”\"][.!?؟])\s+|(?<=[。！？])")
ENDED = re.compile(r"[.!?…؟。][\"”’»)\]]*$")
BYLINE_LEAD = re.compile(
    r"^(?:written by|text by|words by|text von|by|von|par|por|di|door|بقلم|كتب|كتبت|автор|haber|autor)\s*:?\s+", re.I
)
NAME_SPLIT = re.compile(r",\s*|\s+(?:and|und|et|y|e|en|i|и|ve)\s+|\s+و\s*|\s*&\s*")
ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"))
TITLE_MAX_CHARS = 300
FIRST_SENTENCE_CHARS = 120
PUBLISHER_CHARS = 40
HEADING_CHARS = 60
DATE_LINE_CHARS = 60
HEAD_LINES = 8
BEFORE_TITLE = 8
PROSE_CHARS = 80  # a line from here on, with a stop, is text of an article
LONG_PROSE_CHARS = 200
FEWEST_TITLE_WORDS, MOST_STOPPED_TITLE_WORDS = 3, 12
WRAP_CHARS = 100


@dataclass(frozen=True, slots=True)
class SavedText:
    title: str
    paragraphs: tuple[str, ...]
    related: tuple[RelatedItem, ...]
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    publisher: str
    published_at: str
    url: str = ""


@dataclass(slots=True)
class _Head:
    """What stands between the headline and the text."""

    publisher: str = ""
    authors: tuple[str, ...] = ()
    published_at: str = ""


def read_saved_text(text: str) -> SavedText:
    """The parts of a saved text. Without a headline its first sentence is the title, and stays in the body."""
    text = LONG_SPACE.sub("  ", text.translate(INVISIBLE).replace("\r\n", "\n").replace("\r", "\n"))
    lines = [_plain_line(line) for line in text.split("\n")]
    url = next((match[1] for line in lines[:BEFORE_TITLE] if (match := ADDRESS.match(line))), "")
    lines = [part for line in lines for part in _parted(line)]
    language = detect_language(text)
    title, rest = _take_title(lines)
    head, rest = _take_head(rest, language)
    body, tails = _cut(rest)
    paragraphs = _paragraphs(body)
    if not title and paragraphs:
        title = _first_sentence(paragraphs[0])
    return SavedText(
        title=title,
        paragraphs=tuple(paragraphs),
        related=tuple(_related(tails.related, title)),
        tags=tuple(dict.fromkeys(_tags(tails.hashtags))),
        authors=head.authors,
        publisher=head.publisher,
        published_at=head.published_at,
        url=url,
    )


def _plain_line(line: str) -> str:
    """Without Markdown's signs for headings, quotations and emphasis."""
    said = line.strip()
    is_heading = bool(MARKDOWN_HEADING.match(said))
    said = MARKDOWN_HEADING.sub("", said)
    said = EMPHASIS.sub(lambda match: match[1] or match[2], said)
    said = WHOLE_EMPHASIS.sub(r"\1", said)
    said = said[2:] if said.startswith("> ") else said
    return said.rstrip("# ").strip() if is_heading else said


def _parted(line: str) -> list[str]:
    """ "Sound Weekly · 3 hours ago" as two lines, as other pages have it."""
    parts = [part for part in BETWEEN.split(line) if part]
    if len(line) <= HEADING_CHARS and len(parts) == 2:
        if is_age(parts[1]) and _is_publisher(parts[0]):
            return parts
        if is_age(parts[0]) and _is_publisher(parts[1]):
            return [parts[1], parts[0]]
    return [line]


# — the top —


def _take_title(lines: list[str]) -> tuple[str, list[str]]:
    """The headline, once: saved pages repeat it, and put the texts of images before it."""
    told = [
        (place, line) for place, line in enumerate(lines) if line and not NOISE.match(line) and not ADDRESS.match(line)
    ]
    if not told:
        return "", []
    prose = next((number for number, (_, line) in enumerate(told) if _is_prose(line)), len(told))
    top = told[: min(max(prose, 1), BEFORE_TITLE)]
    twice = next(
        (
            (later, line)
            for number, (_, line) in enumerate(top)
            for later, other in top[number + 1 :]
            if _same(line, other) and len(line.split()) >= FEWEST_TITLE_WORDS and not is_age(line)
        ),
        None,
    )
    place, title = twice or top[0]
    if not twice and not _is_headline(title, is_alone=len(told) == 1):
        return "", lines[place:]
    rest = lines[place + 1 :]
    while rest and (not rest[0] or _same(rest[0], title)):
        rest.pop(0)
    return title, rest


def _is_prose(line: str) -> bool:
    return len(line) >= PROSE_CHARS and bool(ENDED.search(line))


def _same(one: str, other: str) -> bool:
    return bool(one) and bool(other) and fold(one).strip(" .") == fold(other).strip(" .")


def _is_headline(line: str, *, is_alone: bool) -> bool:
    """False for a line that is text already: too long, or a sentence with its full stop."""
    if len(line) > TITLE_MAX_CHARS or BULLET.match(line):
        return False
    if not line.endswith((".", ".”", '."', "。", "۔")):
        return True
    return not is_alone and len(line.split()) <= MOST_STOPPED_TITLE_WORDS


def _first_sentence(paragraph: str) -> str:
    first = SENTENCE_END.split(paragraph, maxsplit=1)[0]
    if len(first) <= FIRST_SENTENCE_CHARS:
        return first
    return first[:FIRST_SENTENCE_CHARS].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def _take_head(lines: list[str], language: str) -> tuple[_Head, list[str]]:
    """Publisher, authors and date where the lines under the headline give them."""
    head = _Head()
    rest = list(lines)
    for _ in range(HEAD_LINES):
        while rest and (not rest[0] or NOISE.match(rest[0]) or ADDRESS.match(rest[0])):
            rest.pop(0)
        if not rest or not _take_head_line(head, rest[0], next((line for line in rest[1:4] if line), ""), language):
            break
        rest.pop(0)
    return head, rest


def _take_head_line(head: _Head, line: str, following: str, language: str) -> bool:
    """Take one line into the head; False if it is the text already."""
    if is_byline(line) and BYLINE_LEAD.match(line):
        head.authors = tuple(part for name in NAME_SPLIT.split(BYLINE_LEAD.sub("", line)) if (part := name.strip()))
    elif day := _day_of(line, language):
        head.published_at = head.published_at or day
    elif _is_publisher(line) and not head.publisher and (is_age(following) or _day_of(following, language)):
        head.publisher = line
    else:
        return is_age(line)
    return True


def _day_of(line: str, language: str) -> str:
    """The day or moment that a short line gives, as ISO 8601; "" for other lines."""
    if not line or len(line) > DATE_LINE_CHARS:
        return ""
    said = SAID_BEFORE_DATE.sub("", line.translate(ARABIC_DIGITS)).strip()
    if match := DAY_FIRST.match(said):
        day, month = (int(match[1]), int(match[2])) if int(match[2]) <= 12 else (int(match[2]), int(match[1]))
        return f"{match[3]}-{month:02d}-{day:02d}" if month <= 12 and day <= 31 else ""
    if match := ISO_DATE.match(said):
        return match["date"].replace(" ", "T")
    found = [one for one in dates.find(said, published_at=None, language=language) if FULL_DAY.match(one.value)]
    if len(found) != 1 or ENDED.search(said):
        return ""
    beside = said[: found[0].start] + said[found[0].end :]
    return found[0].value if sum(map(str.isalpha, beside)) <= 12 else ""


# — the parts —


@dataclass(slots=True)
class _Tails:
    related: list[str] = field(default_factory=list)
    hashtags: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)


def _cut(lines: list[str]) -> tuple[list[str], _Tails]:
    """The lines of the article, and those under each heading behind it."""
    body: list[str] = []
    tails = _Tails()
    here = body
    has_prose = False
    for place, line in enumerate(lines):
        has_prose = has_prose or _is_prose(line)
        part = part_named(line)
        if part and any(body):
            here = {"related": tails.related, "hashtags": tails.hashtags}.get(part, tails.other)
            if part == "related" and _goes_on(lines[place + 1 :]):
                here = body
                body.append("")
                tails.related += _until_prose(lines[place + 1 :])
        elif HASHTAGS.match(line) and any(body):
            tails.hashtags.append(line)
        elif here is body and has_prose and not tails.related and _opens_items(lines, place):
            here = tails.related
            here.append(line)
        else:
            here.append(line)
    taken = {line for line in tails.related if line}
    return ([line for line in body if line not in taken or len(line) >= PROSE_CHARS], tails)


def _goes_on(lines: list[str]) -> bool:
    """Does the article go on behind a list of links? So it does where long prose comes without any age or heading."""
    links = _until_prose(lines)
    rest = lines[len(links) :]
    is_plain = not any(is_age(line) or part_named(line) for line in links)
    return is_plain and any(links) and any(len(line) >= LONG_PROSE_CHARS and ENDED.search(line) for line in rest[:3])


def _until_prose(lines: list[str]) -> list[str]:
    for place, line in enumerate(lines):
        if _is_prose(line):
            return lines[:place]
    return lines


def _opens_items(lines: list[str], place: int) -> bool:
    """Is this the headline of a list without a heading: headline (once more), publisher, age?"""
    line = lines[place]
    if not line or ENDED.search(line):
        return False
    following = [one for one in lines[place + 1 : place + 6] if one and not _same(one, line)][:2]
    return len(following) == 2 and _is_publisher(following[0]) and is_age(following[1])


def part_named(line: str) -> str:
    """The part of a saved page that a heading opens: hashtags, comments, related, ai; "" for other lines."""
    if not line or len(line) > HEADING_CHARS:
        return ""
    key = re.sub(r"\s*[(\[]?\d+[)\]]?\s*$", "", _key(line)).strip(" :.…")
    return _parts().get(key, "")


def _key(line: str) -> str:
    return " ".join(fold(line).split()).replace("’", "'")


@cache
def _parts() -> dict[str, str]:
    return {
        _key(phrase.strip()): part
        for part, languages in _lists().items()
        if part != "ages"
        for phrases in languages.values()
        for phrase in phrases.replace("\n", " ").split(";")
        if phrase.strip()
    }


@cache
def _lists() -> dict[str, dict[str, str]]:
    return read_list("page_parts")


@cache
def _age_form() -> re.Pattern[str]:
    forms = [
        form.strip()
        for text in _lists()["ages"].values()
        for form in text.replace("\n", " ").split(";")
        if form.strip()
    ]
    return re.compile(rf"^(?:{'|'.join(forms)}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{4}}|\d{{4}}-\d\d-\d\d)$", re.I)


def is_age(line: str) -> bool:
    """True for "3 hours ago", a date in figures, and the like in other languages."""
    return (
        bool(line) and len(line) <= PUBLISHER_CHARS and bool(_age_form().match(line.translate(ARABIC_DIGITS).strip()))
    )


def _is_publisher(line: str) -> bool:
    return 1 < len(line) < PUBLISHER_CHARS and line[-1] not in ".!?:…" and not is_age(line)


# — the body —


def _paragraphs(lines: list[str]) -> list[str]:
    """Blank lines divide paragraphs; where there are none, every line is one. A list's items stay apart."""
    kept = [line for line in lines if not NOISE.match(line) or not line]
    blocks = [block.split("\n") for block in re.split(r"\n\s*\n", "\n".join(kept)) if block.strip()]
    if len(blocks) == 1:
        return _unwrapped(blocks[0])
    return [paragraph for block in blocks for paragraph in _unwrapped(block)]


def _unwrapped(lines: Sequence[str]) -> list[str]:
    """The lines of one block, joined where they are one paragraph broken at the margin."""
    told = [line for line in lines if line]
    widest = max(map(len, told), default=0)
    is_wrapped = (
        len(told) > 1
        and widest <= WRAP_CHARS
        and all(len(line) >= 0.6 * widest for line in told[:-1])
        and not any(BULLET.match(line) for line in told)
        and any(not ENDED.search(line) for line in told[:-1])
    )
    return [" ".join(told)] if is_wrapped else told


# — what follows —


def _tags(lines: list[str]) -> list[str]:
    tags: list[str] = []
    for line in lines:
        if "#" in line:
            tags += HASHTAG.findall(line)
        elif line and len(line) < LONG_PROSE_CHARS and not ENDED.search(line):
            tags += [part.strip() for part in re.split(r"[,;·|]", BULLET.sub("", line)) if part.strip()]
    return tags


def _related(lines: list[str], title: str) -> list[RelatedItem]:
    """The items of a list, each once: by their ages where it gives them, else by blank lines, bullets or lines."""
    told = [BULLET.sub("", line) for line in lines if line and not NOISE.match(line) and not part_named(line)]
    ages = [place for place, line in enumerate(told) if is_age(line)]
    found = [_item(told, place) for place in ages] if ages else _without_ages(lines)
    items: dict[str, RelatedItem] = {}
    for item in found:
        if item and item.title and not _same(item.title, title):
            items.setdefault(fold(item.title), item)
    return list(items.values())


def _item(told: list[str], age: int) -> RelatedItem | None:
    """The item whose age stands there: title and publisher before it, or publisher before and title behind."""
    before = told[age - 1] if age else ""
    above = told[age - 2] if age > 1 else ""
    behind = told[age + 1] if age + 1 < len(told) else ""
    if not before or is_age(before):
        return _linked(behind, age=told[age]) if behind else None
    is_text = not above or _is_prose(above) or is_age(above)
    if is_text and _is_publisher(before) and behind and _is_publisher_rather(before, behind):
        return _linked(behind, publisher=before, age=told[age])
    if not _is_publisher(before) or is_text:
        return _linked(before, age=told[age])
    return _linked(above, publisher=before, age=told[age])


def _is_publisher_rather(before: str, behind: str) -> bool:
    """Where a list gives publisher, age, headline: the line behind the age is no text."""
    return not _is_prose(behind)


def _linked(text: str, *, publisher: str = "", age: str = "") -> RelatedItem:
    link = LINK.match(text)
    return RelatedItem(
        title=link["text"] if link else text, publisher=publisher, url=link["url"] if link else "", age=age
    )


def _without_ages(lines: list[str]) -> list[RelatedItem]:
    blocks = [block.split("\n") for block in re.split(r"\n\s*\n", "\n".join(lines).strip()) if block.strip()]
    if len(blocks) > 1 and all(len(block) <= 4 for block in blocks):
        return [_block_item([BULLET.sub("", line) for line in block]) for block in blocks]
    told = [BULLET.sub("", line) for line in lines if line and not _is_prose(line)]
    told = [line for place, line in enumerate(told) if not place or not _same(line, told[place - 1])]
    if _are_pairs(told):
        return [_linked(told[place], publisher=told[place + 1]) for place in range(0, len(told), 2)]
    return [_linked(line) for line in told]


def _block_item(block: list[str]) -> RelatedItem:
    names = [line for line in block[1:] if not _same(line, block[0])]
    return _linked(block[0], publisher=next((line for line in names[:1] if _is_publisher(line)), ""))


def _are_pairs(told: list[str]) -> bool:
    """Headline, publisher, headline, publisher: every second line short and with all its words large."""
    if len(told) < 2 or len(told) % 2:
        return False
    names, titles = told[1::2], told[::2]
    return all(_is_publisher(name) and _is_name(name) for name in names) and not any(
        _is_name(title) for title in titles
    )


def _is_name(line: str) -> bool:
    return all(word[0].isupper() or word.lower() in ("of", "the", "de", "la", "und", "al") for word in line.split())


def as_moment(text: str) -> datetime | None:
    """The moment a saved page's date line gives, or None."""
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
    except ValueError:
        return None
