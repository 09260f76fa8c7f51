"""Does a sentence stand alone when it is read outside its article, and what must be added so that it does?"""

from __future__ import annotations

import re
from functools import cache

from newstext.entities import find as find_names
from newstext.records import ArticleText, Evidence
from newstext.words import fold, read_list, words


@cache
def _openers() -> dict[str, frozenset[str]]:
    """The words of wordlists/openers.toml by language."""
    return {language: frozenset(fold(word) for word in said.split()) for language, said in read_list("openers").items()}


# "the minister", "the 26-year-old": a person or thing named before, unless named here.
POINTING = re.compile(
    r"^the (?:man|woman|boy|girl|pair|couple|two|three|minister|president|company|group|team|incident|attack|move|"
    r"decision|report|study|victim|suspect|official|officials|actor|singer|player|club|vessel|ship|court|case|"
    r"(?:first|second|third|last|next) one|\d+-year-old|move|deal|plan|law|bill|latter|former|duo|trio)\b",
    re.I,
)
SPEAKS = re.compile(
    r"\b(?:said|says|told|added|according to|stated|announced|wrote|warned|asked|insisted|explained)\b", re.I
)
LOOSE_SPEAKER = re.compile(
    r"\b(?:he|she|they)\s+(?:said|says|told|added|wrote|asked)\b|\b(?:said|says|added)\s+(?:he|she|they)\b", re.I
)
QUOTE = re.compile(r"[“\"«][^“”\"«»]*[”\"»]")
QUOTED = re.compile(r"[\"“”«»„]")
RELATIVE_DAY = re.compile(r"\d{4}-\d\d-\d\d$")
NAME_NEAR_CHARS = 20  # "The mayor, Sten Aldous", "The president of Karsa"
FEWEST_WORDS = 6
MOST_WORDS = 60


def evidence_for(article: ArticleText, sentence_number: int) -> Evidence:
    """Sentence `sentence_number` (from 0) of an article, a relative day given its date in [brackets]."""
    start, end = article.sentences[sentence_number]
    text = article.text[start:end]
    return Evidence(text=text, article=article.id, start=start, end=end, shown=with_dates(article, start, end))


def with_dates(article: ArticleText, start: int, end: int) -> str:
    """The sentence with the day behind each "Monday" or "yesterday" that the article's date settles."""
    parts: list[str] = []
    place = start
    for found in article.dates:
        if found.start < start or found.end > end or not RELATIVE_DAY.fullmatch(found.value):
            continue
        if re.search(r"\d", found.text):
            continue  # it names its day itself
        parts.append(f"{article.text[place : found.end]} [{found.value}]")
        place = found.end
    return "".join(parts) + article.text[place:end]


def show(article: ArticleText, number: int) -> tuple[Evidence, ...]:
    """Sentence `number` (from 0) as it may be shown, what it needs before it first; empty if it may not be shown."""
    return (evidence_for(article, number),) if can_be_shown(article, number) else ()


def can_be_shown(article: ArticleText, number: int) -> bool:
    """True if a sentence may be cut out of its article and shown by itself."""
    start, end = article.sentences[number]
    sentence = article.text[start:end]
    return is_whole(sentence) and stands_alone(sentence, article.language)


def is_whole(sentence: str) -> bool:
    """A sentence with a beginning, an end and its quotation marks closed; no question, no fragment."""
    count = len(sentence.split()) or 1
    has_spaces = count > 1 or len(sentence) < 30
    if has_spaces and not FEWEST_WORDS <= count <= MOST_WORDS:
        return False
    if sentence.rstrip('"”’»)」』')[-1:] not in ".!…。！۔।؟":
        return False
    if sentence[0].islower() or sentence[0] in "-–—•*":
        return False
    return (
        sentence.count("“") == sentence.count("”")
        and sentence.count('"') % 2 == 0
        and sentence.count("«") == sentence.count("»")
    )


def stands_alone(sentence: str, language: str) -> bool:
    """False if its opening points at a sentence before it, or a quote lacks its speaker."""
    found = words(sentence, language)
    openers = _openers().get("en" if language in ("und", "") else language, frozenset())
    if not found or found[0] in openers:
        return False
    if language in ("en", "und", "") and _points_back(sentence):
        return False
    if QUOTED.match(sentence) and not SPEAKS.search(sentence):
        return False
    return language not in ("en", "und", "") or not _has_loose_pronoun(sentence)


def _points_back(sentence: str) -> bool:
    """Opens with "The minister" or "The man", and no name follows at once."""
    opening = POINTING.match(sentence)
    if not opening:
        return False
    near = opening.end() + NAME_NEAR_CHARS
    return not any(opening.end() <= name.start < near for name in find_names(sentence, language="en"))


def _has_loose_pronoun(sentence: str) -> bool:
    """A clause whose only subject is a pronoun: '"We will win," he said.'"""
    said = LOOSE_SPEAKER.search(sentence)
    if not said:
        return False
    before = QUOTE.sub("", sentence[: said.start()])  # who is named inside a quote is not who speaks
    return not find_names(before, language="en")
