"""Which paragraphs of a text are in another language than the text."""

from __future__ import annotations

import re
from functools import cache

from newstext.language import PIDGIN, READ_CHARS, SELDOM_RIGHT, by_cld2, by_langid, is_wholly_in
from newstext.words import WORD, fold, stop_words

PARAGRAPH_GAP = "\n\n"
SCRIPT_LETTERS = 15  # a paragraph in another script is sure from here on,
PASSAGE_LETTERS = 90  # one in the same script from here on,
PASSAGE_STOP_WORDS = 0.22  # if so many of its words are small words of its language
STOP_WORDS_MARGIN = 1.8  # and so many times as many as of the article's
PLAIN_STOP_WORDS = 0.3  # of a paragraph's words that show it to be in the article's language without a detector
SCRIPT_SHARE = 0.75
SCRIPTS = {
    "latin": "A-Za-zÀ-ɏḀ-ỿ",
    "cyrillic": "Ѐ-ԯ",
    "arabic": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "greek": "Ͱ-Ͽἀ-῿",
    "hebrew": "\u0590-\u05ff",
    "hangul": "\uac00-\ud7af",
    "kana": "\u3040-\u30ff",
    "han": "\u3400-\u9fff",
    "thai": "\u0e00-\u0e7f",
    "devanagari": "\u0900-\u097f",
    "bengali": "\u0980-\u09ff",
    "georgian": "\u10a0-\u10ff",
    "armenian": "\u0530-\u058f",
    "tamil": "\u0b80-\u0bff",
    "ethiopic": "\u1200-\u137f",
}
LATIN = re.compile("[A-Za-z]")
SCRIPT_RUNS = {name: re.compile(f"[{letters}]+") for name, letters in SCRIPTS.items()}
ANY_SCRIPT = re.compile(f"[{''.join(SCRIPTS.values())}]+")
# What a text in the script is in, where no detector is sure; None where that cannot be said.
SCRIPT_LANGUAGE = {
    "arabic": "ar", "greek": "el", "hebrew": "he", "hangul": "ko", "kana": "ja", "han": "zh", "thai": "th",
    "devanagari": "hi", "bengali": "bn", "georgian": "ka", "armenian": "hy", "tamil": "ta", "ethiopic": "am",
}  # fmt: skip
EAST_ASIAN = frozenset({"kana", "han", "hangul"})


def find_passages(text: str, language: str) -> tuple[tuple[int, int, str], ...]:
    """(start, end, language) of the paragraphs that are surely in another language than the text's.

    Names, lists and short lines are never told apart: a paragraph in the text's
    own script needs PASSAGE_LETTERS letters, two detectors that agree and the
    small words of its language.
    """
    if not language or language == "und":
        return ()
    own_script = script_of(text)
    paragraphs = text.split(PARAGRAPH_GAP)
    doubtful = [one for one in paragraphs if len(one) >= PASSAGE_LETTERS and not _is_plainly_in(one, language)]
    may_be_mixed = bool(doubtful) and not is_wholly_in(PARAGRAPH_GAP.join(doubtful), language)
    others = _other_letters(own_script)
    if not may_be_mixed and not (others and others.search(text)):
        return ()
    passages = []
    start = 0
    for paragraph in paragraphs:
        is_plain = not may_be_mixed and others and not others.search(paragraph)
        code = "" if is_plain else _other_language(paragraph, language, own_script, may_be_mixed=may_be_mixed)
        if code:
            passages.append((start, start + len(paragraph), code))
        start += len(paragraph) + len(PARAGRAPH_GAP)
    return tuple(passages)


def _is_plainly_in(paragraph: str, language: str) -> bool:
    """True if so many small words of this language stand in it that no other can have far more."""
    said = paragraph.lower().split()
    return sum(map(stop_words(language).__contains__, said)) >= PLAIN_STOP_WORDS * len(said)


@cache
def _other_letters(script: str) -> re.Pattern[str] | None:
    """A letter of any script but this; None where no script is said."""
    rest = "".join(letters for name, letters in SCRIPTS.items() if name != script)
    return re.compile(f"[{rest}]") if script else None


def script_of(text: str) -> str:
    """The script that most letters of a text are in; "" where none has SCRIPT_SHARE of them."""
    if text.isascii():
        return "latin" if LATIN.search(text) else ""
    read = text[:READ_CHARS]
    first = ANY_SCRIPT.search(read)
    if first is None:
        return ""
    guess = next(name for name, run in SCRIPT_RUNS.items() if run.match(first.group()))
    own, others = _counted(read, guess)
    if guess != "han" and own >= SCRIPT_SHARE * (own + others):
        return guess
    counts = {name: _counted(read, name)[0] for name in SCRIPTS}
    letters = sum(counts.values())
    name = max(counts, key=lambda one: counts[one])
    if counts["kana"] * 10 > letters and counts["kana"] + counts["han"] > SCRIPT_SHARE * letters:
        return "kana"
    return name if letters and counts[name] >= SCRIPT_SHARE * letters else ""


def _counted(text: str, script: str) -> tuple[int, int]:
    """(letters of this script, letters of all others)."""
    rest = SCRIPT_RUNS[script].sub("", text)
    return len(text) - len(rest), len(rest) - len(ANY_SCRIPT.sub("", rest))


def _other_language(paragraph: str, language: str, own_script: str, *, may_be_mixed: bool) -> str:
    """The paragraph's language if it is surely not the article's; else ""."""
    letters = sum(map(str.isalpha, paragraph))
    if letters < SCRIPT_LETTERS:
        return ""
    script = script_of(paragraph)
    if script and own_script and script != own_script:
        if {script, own_script} == {"kana", "han"} and letters < PASSAGE_LETTERS:
            return ""  # a Japanese line may well be in Chinese characters alone
        return _language_in(paragraph, script, language)
    if not may_be_mixed or letters < PASSAGE_LETTERS or script in EAST_ASIAN:
        return ""
    return _other_in_same_script(paragraph, language)


def _language_in(paragraph: str, script: str, language: str) -> str:
    found = by_cld2(paragraph)
    second = SCRIPT_LANGUAGE.get(script, "")
    if found and found != language and script_fits(found, script):
        return found
    if not second and len(paragraph) >= PASSAGE_LETTERS:
        guess = by_langid(paragraph)
        second = guess if script_fits(guess, script) and guess not in SELDOM_RIGHT else ""
    return second if second != language else ""


def script_fits(language: str, script: str) -> bool:
    """False for a language that is surely not written in that script."""
    scripts = {
        "arabic": "ar fa ur ps sd ug ckb ku",
        "cyrillic": "ru uk bg be sr mk kk ky mn tg tt uz ba cv",
        "hebrew": "he yi",
        "greek": "el",
        "hangul": "ko",
        "kana": "ja",
        "han": "zh ja",
        "devanagari": "hi mr ne sa",
    }
    known = {code for codes in scripts.values() for code in codes.split()} - {"sr", "ku", "uz"}
    if script in scripts:
        return language in scripts[script].split()
    return script != "latin" or language not in known


def _other_in_same_script(paragraph: str, language: str) -> str:
    found = by_cld2(paragraph)
    if not found or found == language or PIDGIN in (found, language):
        return ""
    theirs, ours = _stop_word_share(paragraph, found), _stop_word_share(paragraph, language)
    if theirs < PASSAGE_STOP_WORDS or theirs < STOP_WORDS_MARGIN * ours:
        return ""
    return found if by_langid(paragraph) == found else ""


def _stop_word_share(text: str, language: str) -> float:
    said = [fold(match.group()) for match in WORD.finditer(text)]
    stops = stop_words(language)
    return sum(word in stops for word in said) / len(said) if said else 0.0
