"""Sentences as evidence: where they stand, and whether they stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal

from newstext.dates import find as find_dates
from newstext.dates import precision_of
from newstext.entities import find as find_names
from newstext.records import ArticleText, Evidence
from newstext.words import content_words, fold, read_list, words


@cache
def _listed(name: str) -> dict[str, frozenset[str]]:
    """The words of wordlists/NAME.toml by language."""
    return {language: frozenset(said.split()) for language, said in read_list(name).items()}


Verdict = Literal["verbatim", "supported", "partly", "unsupported"]
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
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
RELATIVE_DAY = re.compile(r"\d{4}-\d\d-\d\d$")
SUPPORTED_RATIO = 0.85
PARTLY_RATIO = 0.6
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


def sentences_of(article: ArticleText) -> Iterator[tuple[int, str]]:
    """Each sentence with its number, from 0."""
    for number, (start, end) in enumerate(article.sentences):
        yield number, article.text[start:end]


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
    openers = _listed("openers").get("en" if language in ("und", "") else language, frozenset())
    if not found or found[0] in {fold(word) for word in openers}:
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


def stands_on(sentence: str, source: str, language: str = "") -> tuple[Verdict, str]:
    """Does `sentence` say only what `source` says? The verdict and why.

    Numbers, dates, names, negation and quotation marks must be in the source,
    quotes word for word, and enough of the words shared.
    """
    if _plain(sentence) in _plain(source):
        return "verbatim", "word for word in the source"
    for missing, what in _missing(sentence, source, language):
        if missing:
            return "unsupported", f"{what} not in the source: {', '.join(sorted(missing))}"
    wanted = set(content_words(sentence, language))
    if not wanted:
        return "unsupported", "no word that says anything"
    ratio = len(wanted & set(content_words(source, language))) / len(wanted)
    if ratio >= SUPPORTED_RATIO:
        return "supported", f"{ratio:.0%} of its words are in the source"
    verdict: Verdict = "partly" if ratio >= PARTLY_RATIO else "unsupported"
    return verdict, f"only {ratio:.0%} of its words are in the source"


def _missing(sentence: str, source: str, language: str) -> Iterator[tuple[set[str], str]]:
    yield set(NUMBER.findall(sentence)) - set(NUMBER.findall(source)), "numbers"
    source_words = set(words(source, language))
    names = {name.text for name in find_names(sentence, language=language)}
    yield {name for name in names if not set(words(name)) <= source_words}, "names"
    quotes = set(re.findall(r"[“\"«]([^“”\"«»]{3,})[”\"»]", sentence))
    yield {quote for quote in quotes if _plain(quote) not in _plain(source)}, "quotes"
    negations = _listed("negations").get(language, _listed("negations")["en"])
    said, held = (bool(negations & set(text.lower().replace("’", "'").split())) for text in (sentence, source))
    yield ({"not"} if said != held else set()), "a negation"


def _plain(text: str) -> str:
    return " ".join(words(text))


def day_of(article: ArticleText) -> str:
    """The day an article was published, ISO 8601; "" if it gives none."""
    return article.published_at.date().isoformat() if article.published_at else ""


def dated_sentences(articles: Sequence[ArticleText]) -> Iterator[tuple[str, ArticleText, int]]:
    """(date value, article, sentence number) for each date of a day, month or year that a sentence names."""
    for article in articles:
        mentions = article.dates or find_dates(
            article.text, published_at=article.published_at, language=article.language
        )
        place = 0
        for mention in mentions:
            while place < len(article.sentences) and article.sentences[place][1] <= mention.start:
                place += 1
            if place < len(article.sentences) and precision_of(mention.value):
                yield mention.value[:10], article, place
