"""Paragraphs without what is not the article: widgets, promos, credits, counters, code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from newstext.extract.datelines import (
    agency_line,
    agency_of,
    dateline_alone,
    is_byline,
    take_dateline,
    take_sign_off,
    tickers_in,
    without_widgets,
)
from newstext.extract.furniture import holds, is_credit, is_furniture, is_junk, is_notice, strip_tail
from newstext.sanitise import plain_text
from newstext.words import fold

__all__ = ["Cleaned", "agency_of", "clean_headline", "clean_paragraphs", "is_junk", "repair", "take_dateline"]

DUTCH_S = r"(?:avonds|morgens|middags|nachts|ochtends|werelds|lands|zomers|winters|maandags|zondags|anderendaags)"
SUFFIXES = (
    "era|led|backed|based|held|born|style|controlled|occupied|made|run|owned|wide|brokered|mediated|sponsored|funded|"
    "trained|aligned|linked|listed|supported|built|educated|speaking|majority|dominated|appointed|elected|like|area|"
    "bound|affiliated|allied|annexed|designed|drafted|imposed|installed|manufactured|operated|proposed|produced"
)
LOWER, UPPER = "a-zß-öø-ÿąćęłńśźżčďěňřšťůžа-яёα-ω", "A-ZÀ-ÖØ-ÞĄĆĘŁŃŚŹŻČĎĚŇŘŠŤŮŽА-ЯЁΑ-Ω"
SENTENCES_GLUED = re.compile(
    rf"(?<![\w./@-])(?!www|\S{{0,60}}@)(\w*(?:[{LOWER}]{{2}}|\d\d)[.!?][”»]?)"
    rf"([“«]?[{UPPER}][{LOWER}’']*[ ,{LOWER}])"
)
INLINE = (
    # An image's resizer address that lost its beginning, and images and links in Markdown.
    (re.compile(r"^\S{0,300}&(?:w|h|q|width|height|quality|fit)=\w+\S*\)?\s*"), ""),
    (re.compile(r"!\[[^\]]{0,200}\]\([^)\s]{0,500}\)"), ""),
    (re.compile(r"(?<!!)\[([^\]]{1,200})\]\((?:https?:|/)[^)\s]{0,500}\)(?=.)"), r"\1"),
    # A link's button; the brackets before it may hold a ticker, or have lost it.
    (re.compile(r"\(\s*[,;]?\s*,?\s*opens (?:in )?(?:a )?new (?:tab|window)\s*\)?", re.I), ""),
    (re.compile(r"\s*,?\s*opens (?:in )?(?:a )?new (?:tab|window)\s*(?=\))", re.I), ""),
    (re.compile(r"\s*[,]?\s*\bopens (?:in )?(?:a )?new (?:tab|window)\b", re.I), ""),
    (re.compile(r"\s+\(\s*[,;]?\s*\)|\(\s+\)"), ""),
    (re.compile(r"\s+([,.])(?=\s|$)"), r"\1"),
    (re.compile(rf"(\w) ([’']s)(?!-)\b(?! (?:{DUTCH_S})\b)"), r"\1\2"),
    (re.compile(r"\b(did|does|do|is|was|were|has|have|had|would|could|should|are|ca|wo) (n[’']t)\b"), r"\1\2"),
    (re.compile(rf"(\w) (-(?:{SUFFIXES}))\b"), r"\1\2"),
    (SENTENCES_GLUED, r"\1 \2"),
    (re.compile(r"\s*[-–—]\s*Ends\s*(?:Tune In)?$"), ""),
    (re.compile(r"[ \t\u00a0\u202f]{2,}|[\t\u00a0\u202f]"), " "),
)
NEW_TAB = ("pens in", "pens In", "pens a", "pens A", "pens new", "pens New")
# One of these must stand in a text for the pattern at the same place above to match; most texts hold none.
NEEDED: tuple[tuple[str, ...], ...] = (
    ("&",), ("![",), ("](",), NEW_TAB, NEW_TAB, NEW_TAB, ("()", "( ", "(,", "(;", "(\u00a0", "(\u202f", "(\u2009"),
    (" ,", " ."), (" '", " ’"), (" n'", " n’"), (" -",), (), ("Ends",), ("  ", "\t", "\u00a0", "\u202f"),
)  # fmt: skip
ANY_NEEDED = tuple(dict.fromkeys(sign for needed in NEEDED for sign in needed))
GLUED = re.compile(rf"[.!?](?<=[{LOWER}\d].)[”»]?[“«]?[{UPPER}]")
# The joins look from every space to the end of its run: a long run would take the square of its length.
LONG_SPACE = re.compile(r"\s{20,}")
# Markup that a feed escaped twice comes out as text; a paragraph that opens with it is taken for such.
LITERAL_TAG = re.compile(
    r"^\s*</?(?:p|br|div|span|a|strong|em|b|i|ul|ol|li|h[1-6]|blockquote|figure|img)\b[^<>]*>", re.I
)
ADDRESS = re.compile(r"^https?://\S+$")
SEPARATOR = re.compile(r"\s+[|–—·•-]\s+|\s*\|\s*")
DAY_IN_TITLE = re.compile(r"^\d{1,4}[./-]\d{1,2}[./-]\d{2,4}$")
ENDS, CLOSING = frozenset(".!?:;…؟。！？"), '"”’»)]'
OPENING_READ, OPENING = 60, 20  # characters of a paragraph, and of what they fold to, by which it may be known again
LONGEST_NOTICE = 700
LONGEST_CREDIT = 400
REPEATED_CHARS = 80  # a shorter line may well stand twice: a list item, a table's row, a question
REPEATED_AT_ONCE_CHARS = 40  # unless it is said twice in a row
HEAD, FOOT = 4, 3  # paragraphs from either end among which bylines and agencies' lines stand
BROKEN_CHARS = 25  # a line that goes on in the next is at least this long
NAME_CHARS = 40
MOST_PIECES = 12
FEWEST_REST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The article's paragraphs, and what was taken out of them into fields."""

    paragraphs: tuple[str, ...]
    notices: tuple[str, ...] = ()
    dateline: str = ""
    agency: str = ""
    byline: str = ""
    tickers: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()  # who reported, wrote and edited, line by line
    behind: tuple[str, ...] = ()  # furniture dropped behind the last paragraph: a wall may be among it


@dataclass(slots=True)
class _Taken:
    """What the paragraphs gave so far."""

    kept: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    credits: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    byline: str = ""
    agency: str = ""
    dateline: str = ""


def clean_paragraphs(paragraphs: Sequence[str], *, title: str = "", authors: Sequence[str] = ()) -> Cleaned:
    """Drop furniture, repair joins, take dateline, agency, byline, tickers and notices out.

    authors: as the page's own data name them; their names alone on a line are no paragraph.
    """
    repaired = [repair(plain_text(raw) if "<" in raw and LITERAL_TAG.match(raw) else raw) for raw in paragraphs]
    told = join_broken([text for text in repaired if text])
    taken = _Taken()
    folded_title, *keys = _keys([title, *authors, *told])
    names, seen, before = set(keys[: len(authors)]) - {""}, set[str](), ""
    for position, (text, key) in enumerate(zip(told, keys[len(authors) :], strict=True)):
        is_repeated = (len(text) >= REPEATED_CHARS and key in seen) or (
            len(text) >= REPEATED_AT_ONCE_CHARS and key == before
        )
        seen.add(key)
        before = key
        is_head, is_foot = len(taken.kept) < HEAD and position < 2 * HEAD, position >= len(told) - FOOT
        if (
            is_repeated
            or (is_head and key == folded_title and len(told) > 1)
            or ((is_head or is_foot) and key in names)
        ):
            continue
        _take(taken, text, is_head=is_head, is_foot=is_foot)
    _open(taken)
    return Cleaned(
        tuple(taken.kept),
        tuple(taken.notices),
        taken.dateline,
        taken.agency,
        taken.byline,
        tickers_in("\n".join(taken.kept)),
        tuple(taken.credits),
        tuple(taken.behind),
    )


def _keys(texts: list[str]) -> list[str]:
    """What is equal for equal texts, whatever their case and accents; folded whole only where two begin alike."""
    openings = [fold(text[:OPENING_READ])[:OPENING] for text in texts]
    times = Counter(openings)
    return [
        fold(text) if times[opening] > 1 or len(text) <= OPENING_READ else opening
        for text, opening in zip(texts, openings, strict=True)
    ]


def _take(taken: _Taken, text: str, *, is_head: bool, is_foot: bool) -> None:
    """Put one paragraph where it belongs."""
    goes_on = bool(taken.notices) and is_foot and taken.notices[-1].endswith(tuple("0123456789:")) and len(text) < 400
    if len(text) < LONGEST_NOTICE and is_notice(text):
        taken.notices.append(text)
    elif goes_on and len(taken.notices[-1]) < NAME_CHARS:
        taken.notices[-1] = f"{taken.notices[-1]} {text}"
    elif (is_head or is_foot) and (agency := agency_line(text)):
        taken.agency = taken.agency or agency
    elif is_head and not taken.kept and (place := dateline_alone(text)):
        taken.dateline, taken.agency = place[0], taken.agency or place[1]
    elif is_head and is_byline(text):
        taken.byline = without_widgets(text)
    elif not taken.kept and ADDRESS.match(text):
        return
    else:
        agency, whole = take_sign_off(text) if text[-1] in ")]/." else ("", text)
        whole = strip_tail(whole)
        if len(whole) <= LONGEST_CREDIT and is_credit(whole):
            taken.credits.append(whole)
        elif not is_furniture(whole):
            taken.kept.append(whole)
            taken.behind.clear()
            taken.agency = taken.agency or (agency if is_foot else "")
        else:
            taken.behind.append(whole)


def _open(taken: _Taken) -> None:
    """Take the dateline from the first paragraph."""
    if taken.kept and not taken.dateline:
        taken.dateline, agency, taken.kept[0] = take_dateline(taken.kept[0])
        taken.agency = agency or taken.agency


def repair(text: str) -> str:
    """Joins that lost a space or gained one, and words of the page's own furniture."""
    if not holds(text, ANY_NEEDED) and not GLUED.search(text):
        return text.strip()
    text = LONG_SPACE.sub(" ", text)
    for needed, (pattern, replacement) in zip(NEEDED, INLINE, strict=True):
        if needed and not holds(text, needed):
            continue
        if pattern is not SENTENCES_GLUED or GLUED.search(text):
            text = pattern.sub(replacement, text)
    return text.strip()


def join_broken(lines: list[str]) -> list[str]:
    """Sentences whole again that stood on several lines: a linked name on its own, a first letter set large."""
    joined: list[str] = []
    place = 0
    while place < len(lines):
        rest = _rest_of(lines, place)
        joined.append(_glued(lines[place], lines[place + 1 : rest + 1]))
        place = rest + 1
    return joined


def _rest_of(lines: list[str], place: int) -> int:
    """The place of the line with which the sentence begun at `place` ends; `place` itself where it is whole."""
    line = lines[place]
    following = lines[place + 1] if place + 1 < len(lines) else ""
    if len(line) == 1 and line.isupper():
        return place + 1 if following[:1].islower() and _is_ended(following) else place
    if len(line) < BROKEN_CHARS or _is_ended(line) or "\t" in line or line[-1] == '"':
        return place
    was_name = False
    for at in range(place + 1, min(len(lines), place + MOST_PIECES)):
        piece = lines[at]
        if _begins_small(piece) and (was_name or at == place + 1):
            was_name = False
            if _is_ended(piece):
                return at if at > place + 1 or len(piece.split()) >= FEWEST_REST_WORDS else place
        elif not was_name and len(piece) <= NAME_CHARS and piece[0].isupper():
            if _is_ended(piece):
                return at if at > place + 1 else place
            was_name = True
        else:
            return place
    return place


def _is_ended(line: str) -> bool:
    return line.rstrip(CLOSING)[-1:] in ENDS


def _begins_small(line: str) -> bool:
    return (line[0].islower() and not line[1:2].isupper()) or (line[0] in ",;" and line[1:2] == " ")


def _glued(line: str, pieces: list[str]) -> str:
    for piece in pieces:
        is_letter = len(line) == 1
        line = f"{line}{'' if is_letter or piece[0] in ',.;:)' else ' '}{piece}"
    return line


def clean_headline(title: str, publisher: str = "", domain: str = "") -> str:
    """The headline without the publisher's name or a day behind it: "Mill burns – MC – 12/11/2026"."""
    names = {_letters(publisher), _letters(domain.partition(".")[0]), _initials(publisher)} - {""}
    rest = title.strip()
    while parts := [match for match in SEPARATOR.finditer(rest) if match.start() > 0]:
        last = parts[-1]
        tail = rest[last.end() :].strip()
        is_name = _letters(tail) in names or _letters(tail).removeprefix("the") in names
        if not (is_name or DAY_IN_TITLE.match(tail)):
            break
        rest = rest[: last.start()].rstrip()
    return rest or title


def _letters(text: str) -> str:
    return "".join(character for character in fold(text) if character.isalnum()) if text else ""


def _initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in words).lower() if len(words) > 1 else ""
