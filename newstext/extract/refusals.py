"""Whether what was found on a page may be shown as its article, and if not, why."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from newstext.extract import walls
from newstext.extract.kinds import is_made_of_links
from newstext.extract.metadata import Metadata
from newstext.extract.shape import Shape
from newstext.extract.walls import SURE
from newstext.words import UNSPACED, content_words

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
FEWEST_TITLE_WORDS = 6  # a shorter headline may well play on words that its text never uses
FEWEST_TITLE_WORDS_TOLD = 3  # where the page's own description is asked too
FEWEST_TOLD_WORDS = 6
UNRELATED_MOST = 0.1  # of a headline's words that stand in a text by chance
LIKE_HEADLINES = (
    0.3  # of the shorter headline's pieces, in scripts without spaces, that two headlines on one matter share
)
FEWEST_OTHERS = 2
SAYS_ITS_HEADLINE = 0.5  # of a headline's words that its body has, from which the body is its own
BODILESS = frozenset({"video", "gallery", "podcast"})
SENTENCE_ENDS = re.compile(r"[.!?。！？؟]+\s*|\n+")
ENDS_CUT = re.compile(r"(?:…|\.\.\.)[\"”’»)\]]*$")
ENDS_WHOLE = re.compile(r"[.!?。！？؟।…\"”’»「」』)\]]$")
ARABIC_PREFIX = re.compile("^(?:[وفبك]?ال|لل|[وفبلك](?=\\w{3}))")
HEBREW_PREFIX = re.compile("^[והבלמשכ](?=\\w{3})")
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
CLOSED = "The publisher marks this article as closed, and sent only a part of it."
NOTHING = "No article text was found on the page."
NO_WRITING = "What stands where the article should is no writing: most of it is signs and figures."
OTHER_TEXT = "The text found on the page has no word of its headline; it is another text."
SHARED_BODY = "The text found on the page stands under other, unrelated headlines of this publisher too."


@dataclass(frozen=True, slots=True)
class Titled:
    """A headline and the body that was found under it."""

    title: str
    text: str
    language: str = ""


def count_words(text: str) -> int:
    """Words of a text; scripts without spaces count two characters a word."""
    spaced = len(text.split())
    unspaced = sum(1 for character in text if "\u3040" <= character <= "\u9fff" or "\u0e00" <= character <= "\u0e7f")
    return max(spaced, unspaced // UNSPACED_WORD_CHARS)


def judge(kind: str, page: Titled, found: Metadata, shape: Shape, *, told: str = "") -> tuple[str, str]:
    """(kind, why there is no body that may be shown, or "").

    told: the headline by which the page was asked for, where that is known.
    """
    words = count_words(page.text)
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
    last = [part for part in SENTENCE_ENDS.split(text) if part.strip()][-2:]
    return words < STUB_WORDS and any(
        count_words(part) <= STUB_SENTENCE_WORDS and walls.strength("stub", part) >= SURE for part in last
    )


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
    if words >= LONGEST_PART_WORDS and not ENDS_CUT.search(text):
        return False
    if ENDS_CUT.search(text) or walls.strength("paywall", "\n".join([*_ends(text)[-1:], *shape.behind])) >= SURE:
        return True
    if words < SHORT_WORDS and (not found.is_closed_part_there or not ENDS_WHOLE.search(text)):
        return True
    return not UNSPACED.search(text) and found.told_words > 1.5 * words + SHORT_WORDS // 2


def _is_writing(text: str) -> bool:
    start = text[:WRITING_READ_CHARS]
    written = sum(unicodedata.category(character)[0] in "LMZ" for character in start)
    return written >= FEWEST_WRITTEN * len(start)


def is_of_another(page: Titled, description: str = "") -> bool:
    """True if a text has nothing of its headline.

    A long headline is enough to say so. A shorter one, which may be a play on
    words, needs the page's own description to be as far from the text.
    """
    wanted, held = _pieces(page.title, page.language), _pieces(page.text, page.language)
    if len(wanted) < FEWEST_TITLE_WORDS_TOLD or _share(wanted, held) > _by_chance(page.title):
        return False
    if len(wanted) >= FEWEST_TITLE_WORDS:
        return True
    told = _pieces(description, page.language)
    return len(told) >= FEWEST_TOLD_WORDS and bool(told & wanted) and _share(told, held) <= UNRELATED_MOST


def _by_chance(title: str) -> float:
    """The share of a headline's pieces that another text may hold: pieces of two characters are easily met."""
    return UNRELATED_MOST if UNSPACED.search(title) else 0.0


def _share(wanted: frozenset[str], held: frozenset[str]) -> float:
    return len(wanted & held) / len(wanted) if wanted else 1.0


def _pieces(text: str, language: str) -> frozenset[str]:
    """What two texts on one matter have in common: the beginnings of words that carry meaning."""
    return frozenset(stem for word in content_words(text, language) if (stem := _stem(word)))


def _stem(word: str) -> str:
    """A word's beginning, without the articles that Arabic and Hebrew write before it; "" for small words."""
    if word.isascii():
        return word[:5] if len(word) > 2 else ""
    first = word[0]
    if "\u0600" <= first <= "\u06ff":
        return ARABIC_PREFIX.sub("", word)[:4] if len(word) > 2 else ""
    if "\u0590" <= first <= "\u05ff":
        return HEBREW_PREFIX.sub("", word)[:4] if len(word) > 2 else ""
    if "\uac00" <= first <= "\ud7af":
        return word[:2]
    if UNSPACED.match(word):
        is_small = all("\u3040" <= character <= "\u309f" for character in word)  # hiragana: endings and particles
        return "" if is_small else word
    return word[:5] if len(word) > 2 else ""


def foreign_bodies(pages: Sequence[Titled], publisher: str = "") -> tuple[int, ...]:
    """Which of these pages of one publisher, that share their body, have it from elsewhere.

    A banner, an appeal for donations or the text of one story may be taken for
    the body of many pages. It is none of theirs if at least three of them have
    headlines that share no word with one another; a page whose body says its
    headline keeps it, and so does each of a text's own headlines, old and new.
    """
    titles = [_pieces(page.title, page.language) - _pieces(publisher, page.language) for page in pages]
    bodies = [_pieces(page.text, page.language) for page in pages]
    own = [_share(title, body) >= SAYS_ITS_HEADLINE for title, body in zip(titles, bodies, strict=True)]
    foreign = []
    for place, title in enumerate(titles):
        others = titles[:place] + titles[place + 1 :]
        if title and not own[place] and _count_unrelated(title, others) >= FEWEST_OTHERS:
            foreign.append(place)
    return tuple(foreign)


def _count_unrelated(title: frozenset[str], others: Sequence[frozenset[str]]) -> int:
    """How many of these headlines are related neither to this one nor to one another."""
    apart = [title]
    for other in others:
        if other and not any(_is_related(other, one) for one in apart):
            apart.append(other)
    return len(apart) - 1


def _is_related(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = one & other
    if not any(map(UNSPACED.match, shared)):
        return bool(shared)
    return len(shared) >= LIKE_HEADLINES * min(len(one), len(other))
