"""The one check: does a sentence stand on that source sentence?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from newstext.dates import find as find_dates
from newstext.dates import precision_of
from newstext.entities import find as find_names
from newstext.records import ArticleText, Verdict
from newstext.words import content_words, read_list, words


@cache
def _listed(name: str) -> dict[str, frozenset[str]]:
    """The words of wordlists/NAME.toml by language."""
    return {language: frozenset(said.split()) for language, said in read_list(name).items()}


NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
SUPPORTED_RATIO = 0.85
PARTLY_RATIO = 0.6


def sentences_of(article: ArticleText) -> Iterator[tuple[int, str]]:
    """Each sentence with its number, from 0."""
    for number, (start, end) in enumerate(article.sentences):
        yield number, article.text[start:end]


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
