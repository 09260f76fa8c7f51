"""Whether what was found on a page may be shown as its article, and if not, why."""

from __future__ import annotations

import re
import unicodedata

from newstext.extract import walls
from newstext.extract.kinds import is_made_of_links
from newstext.extract.metadata import Metadata
from newstext.extract.shape import Shape
from newstext.extract.walls import SURE
from newstext.extract.wrong_body import Titled, is_of_another
from newstext.words import UNSPACED

FEWEST_WORDS = 15  # a shorter body is a caption or a teaser
FEWEST_BESIDE_MEDIA = 60  # a video, gallery or podcast page with less has no text of its own
SHORT_WORDS = 120
STUB_WORDS = 100
STUB_SENTENCE_WORDS = 14
LONGEST_FORM_WORDS = 700  # a consent form may list its partners' purposes
LONGEST_PART_WORDS = 480  # of a closed article, that is shown to everybody
WORDS_A_FORM_PHRASE = 60  # a long consent form says one of its phrases as often as this
FORM_READ_CHARS = 4000
UNSPACED_WORD_CHARS = 2
WRITING_READ_CHARS = 2000
FEWEST_WRITTEN = 0.5  # of a text's characters that are letters, marks on letters or spaces; else it is no writing
BODILESS = frozenset({"video", "gallery", "podcast"})
SENTENCE_ENDS = re.compile(r"[.!?。！？؟]+\s*|\n+")
CLOSING = '"”’»)]'
CUT = ("…", "...")
ENDS_WHOLE = re.compile(r"[.!?。！？؟।…\"”’»「」』)\]]$")
REASONS = {
    "challenge": "The publisher's site answered with a check for robots instead of the article.",
    "error": "The publisher's site answered with an error page.",
    "paywall": "The article is for the publisher's subscribers; only its first lines were sent.",
    "consent": "The publisher's site answered with a consent form instead of the article.",
    "scripts": "The page shows its text only to browsers that run its scripts.",
    "list": "The address leads to a list of headlines, not to an article.",
    "newsletter": "This newsletter is a list of other stories.",
    "video": "This is a video page without a text of its own.",
    "gallery": "This is a gallery page without a text of its own.",
    "podcast": "This is a podcast page without a text of its own.",
}
UNSPACED_SIGNS = re.compile("[\u3040-\u9fff\u0e00-\u0e7f]")
WRITTEN = re.compile(r"[^\W\d_]|\s")  # letters and spaces; marks that stand by themselves are counted where it is close
CLOSED = "The publisher marks this article as closed, and sent only a part of it."
NOTHING = "No article text was found on the page."
NO_WRITING = "What stands where the article should is no writing: most of it is signs and figures."
OTHER_TEXT = "The text found on the page has no word of its headline; it is another text."
SHARED_BODY = "The text found on the page stands under other, unrelated headlines of this publisher too."


def count_words(text: str) -> int:
    """Words of a text; scripts without spaces count two characters a word."""
    spaced = len(text.split())
    unspaced = 0 if text.isascii() else len(UNSPACED_SIGNS.findall(text))
    return max(spaced, unspaced // UNSPACED_WORD_CHARS)


def judge(kind: str, page: Titled, found: Metadata, shape: Shape, *, words: int, told: str = "") -> tuple[str, str]:
    """(kind, why there is no body that may be shown, or "").

    words: of the page's text, as count_words counts them.
    told: the headline by which the page was asked for, where that is known.
    """
    if wall := _wall(page, shape, words, told=told):
        return ("empty" if wall == "scripts" else wall), REASONS[wall]
    if not found.is_free and _is_part(page.text, found, shape, words):
        return "paywall", CLOSED
    if kind == "list" or (kind == "newsletter" and is_made_of_links(shape)):
        return kind, REASONS[kind]
    if words < (FEWEST_BESIDE_MEDIA if kind in BODILESS else FEWEST_WORDS):
        return (kind, REASONS[kind]) if kind in BODILESS else _short(kind, page.text)
    if not _is_writing(page.text):
        return "empty", NO_WRITING
    if words < 4 * SHORT_WORDS and is_of_another(page, found.description):
        return "error", OTHER_TEXT
    return ("teaser" if is_stub(page.text, words) else kind), ""


def _short(kind: str, text: str) -> tuple[str, str]:
    """A line or two: a stub that says so is a teaser, all else is nothing."""
    return ("teaser", "") if text and is_stub(text, 0) else ("empty", NOTHING)


def is_stub(text: str, words: int) -> bool:
    """True for a few lines that end in "More to follow" or the like."""
    if words >= STUB_WORDS:
        return False
    last = [part for part in SENTENCE_ENDS.split(text) if part.strip()][-2:]
    return any(count_words(part) <= STUB_SENTENCE_WORDS and walls.strength("stub", part) >= SURE for part in last)


def _wall(page: Titled, shape: Shape, words: int, *, told: str) -> str:
    """The wall that stands where the article should, or ""."""
    if words >= LONGEST_FORM_WORDS:
        return ""
    if words < SHORT_WORDS:
        is_asked_for = bool(told) and walls.plain(told) in walls.plain(page.title)
        for name in ("challenge", "error"):
            is_titled = not is_asked_for and words < SHORT_WORDS // 2 and walls.is_title(name, page.title)
            if is_titled or _says(name, page, words):
                return name
        behind = "\n".join(shape.behind)
        if _says("paywall", page, words) or (words < SHORT_WORDS and walls.strength("paywall", behind) >= SURE):
            return "paywall"
        if walls.strength("scripts", page.text) >= SURE and words < SHORT_WORDS // 2:
            return "scripts"
    return "consent" if _is_consent(page, words) else ""


def _says(name: str, page: Titled, words: int) -> bool:
    """A short text with one sure phrase; one that is not so short needs the phrase by its start or end."""
    text = page.text if words < SHORT_WORDS // 2 else "\n".join(_ends(page.text))
    return walls.strength(name, text) >= SURE


def _ends(text: str) -> list[str]:
    """The first and the last paragraph."""
    parts = [part for part in text.split("\n") if part.strip()]
    return [parts[0], parts[-1]] if len(parts) > 1 else parts


def _is_consent(page: Titled, words: int) -> bool:
    strength = walls.strength("consent", page.text[:FORM_READ_CHARS])
    if words < SHORT_WORDS:
        return strength >= SURE and (
            strength > SURE + 1 or walls.is_title("consent", page.title) or words < SHORT_WORDS // 2
        )
    return strength >= 2 * SURE and strength >= SURE * words / WORDS_A_FORM_PHRASE


def _is_part(text: str, found: Metadata, shape: Shape, words: int) -> bool:
    """True if a closed article's text breaks off: by its look, by what follows it, or by its told length."""
    is_cut = text.rstrip(CLOSING).endswith(CUT)
    if words >= LONGEST_PART_WORDS and not is_cut:
        return False
    if is_cut or walls.strength("paywall", "\n".join([*_ends(text)[-1:], *shape.behind])) >= SURE:
        return True
    if words < SHORT_WORDS and (not found.is_closed_part_there or not ENDS_WHOLE.search(text)):
        return True
    return not UNSPACED.search(text) and found.told_words > 1.5 * words + SHORT_WORDS // 2


def _is_writing(text: str) -> bool:
    start = text[:WRITING_READ_CHARS]
    parts = start.split()
    between = len(start) - sum(map(len, parts))
    if between + sum(map(len, filter(str.isalpha, parts))) >= FEWEST_WRITTEN * len(start):
        return True
    if len(WRITTEN.findall(start)) >= FEWEST_WRITTEN * len(start):
        return True
    written = sum(unicodedata.category(character)[0] in "LMZ" for character in start)
    return written >= FEWEST_WRITTEN * len(start)
