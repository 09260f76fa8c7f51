"""Questions that a story's articles answer: made of what they hold, and asked of them before they are suggested."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import zip_longest

from newstext.ask import Held, answer_from, read_articles
from newstext.entities import ORGANISATION_ENDS, PLACE_ENDS
from newstext.questions import is_speech, lists, word_set
from newstext.records import ArticleText, DateMention, Name, Question
from newstext.words import WORD, fold

MOST_QUESTIONS = 4
MOST_PARTS = 2  # of an answer
ARTICLES_READ = 6  # the newest
SENTENCES_READ = 12
TRIED = 2  # of each kind
NAMED = 2  # a person is asked about who is named this often
OFTEN = 3
SPEAKS_CHARS = 24
OPENS_CHARS = 12
SAYS_WORDS = 1  # between a name and its verb of saying
ORGANISATIONS = ORGANISATION_ENDS | frozenset("house treasury administration campaign coalition company".split())
NO_PERSON = ORGANISATIONS | PLACE_ENDS | frozenset("state states bridge zero security board act care".split())
NAME_JOINERS = frozenset("von van de da dos del bin ibn al el der den ten di le la".split())
FROM_WORD = re.compile(r"[^\W\d_]")


def suggest(articles: Sequence[ArticleText]) -> tuple[Question, ...]:
    """At most MOST_QUESTIONS questions with their answers, in the language of the articles.

    articles: marked, oldest first. Empty for a language without question
    templates (wordlists/questions.toml), and where nothing stands alone.
    """
    newest = [_opening(article) for article in articles[-ARTICLES_READ:]]
    language = Counter(article.language for article in newest).most_common(1)[0][0] if newest else ""
    if "ask_who" not in lists(language):
        return ()
    newest = [article for article in newest if article.language == language]
    kinds = (_counts, _whens, _speakers, _people, _years)
    made = [list(_first(kind(newest, language))) for kind in kinds]
    held = read_articles(newest)
    found: list[Question] = []
    for question in dict.fromkeys(one for row in zip_longest(*made) for one in row if one):
        if len(found) == MOST_QUESTIONS:
            break
        if answered := _answered(question, held, found):
            found.append(answered)
    return tuple(found)


def _opening(article: ArticleText) -> ArticleText:
    return replace(article, sentences=article.sentences[:SENTENCES_READ])


def _first(questions: Iterator[str]) -> Iterator[str]:
    for question, _ in zip(questions, range(TRIED), strict=False):
        yield question


def _answered(question: str, held: Held, before: Sequence[Question]) -> Question | None:
    """The question with its answer; None if there is none, or another question has it already."""
    answer = answer_from(question, held)
    sentences = tuple(one for part in answer.parts[-MOST_PARTS:] for one in part.sentences)
    told = {(one.article, one.start) for other in before for one in other.answer}
    if not answer.held or all((one.article, one.start) in told for one in sentences):
        return None
    return Question(question, sentences)


# --- what may be asked -----------------------------------------------------------


def _people(articles: Sequence[ArticleText], language: str) -> Iterator[str]:
    """Who is …? Of persons by full name, the most often named first."""
    template = lists(language)["ask_who"]
    named = Counter(name.text for article in articles for name in _names(article) if _may_be_person(name, article))
    for name, count in named.most_common():
        if count >= min(NAMED, len(articles)):
            yield template.format(name=name)


def _may_be_person(name: Name, article: ArticleText) -> bool:
    """A full name without "the" before it, whose last word is no organisation's or place's."""
    parts = name.text.split()
    if name.kind not in ("person", None) or not 2 <= len(parts) <= 3 or name.text.isupper():
        return False
    if any(part[0].islower() or fold(part) in NO_PERSON for part in parts if fold(part) not in NAME_JOINERS):
        return False
    return not _is_behind_the(name, article)


def _is_behind_the(name: Name, article: ArticleText) -> bool:
    return article.text[max(0, name.start - 4) : name.start].lower() == "the "


def _speakers(articles: Sequence[ArticleText], language: str) -> Iterator[str]:
    """What did … say? Of those whose name has a verb of saying behind it."""
    template = lists(language).get("ask_said", "")
    if not template:
        return
    said: Counter[str] = Counter()
    for article in articles:
        for name in _names(article):
            following = WORD.findall(article.text[name.end : name.end + SPEAKS_CHARS])[:SAYS_WORDS]
            if not any(is_speech(word, language) for word in following):
                continue
            if _may_be_person(name, article):
                said[name.text] += 1
            elif language == "en" and _is_behind_the(name, article) and fold(name.text.split()[-1]) in ORGANISATIONS:
                said[f"the {name.text}"] += 1
    for speaker, _ in said.most_common():
        yield template.format(name=speaker)


def _years(articles: Sequence[ArticleText], language: str) -> Iterator[str]:
    """What happened in …? Of years before the one in which the articles were published."""
    template = lists(language).get("ask_year", "")
    published = [article.published_at.year for article in articles if article.published_at]
    if not template or not published:
        return
    years = Counter(
        one.value[:4]
        for article in articles
        for one in article.dates
        if one.end <= _end(article) and one.value[:4].isdigit() and int(one.value[:4]) < min(published) - 1
        if _opens(one, article)
    )
    for year, _ in years.most_common():
        yield template.format(year=year)


def _opens(date: DateMention, article: ArticleText) -> bool:
    """True if a sentence opens with that date: it tells what happened then, and does not name it in passing."""
    place = bisect_right(article.sentences, (date.start, len(article.text)))
    return bool(place) and date.start - article.sentences[place - 1][0] <= OPENS_CHARS


def _counts(articles: Sequence[ArticleText], language: str) -> Iterator[str]:
    """How many … were …? Of what texts count, the most often told first."""
    templates = lists(language).get("ask_many", "").split("|")
    made: Counter[str] = Counter()
    for pattern in _counting(language):
        for article in articles:
            for match in pattern.finditer(article.text, 0, _end(article)):
                said = match.groupdict()
                # In Spanish the participle shows whether it is cuántas or cuántos.
                template = templates[0] if said["deed"].endswith("as") else templates[-1]
                made[template.format(**said)] += 1
    for question, _ in made.most_common():
        yield question


def _whens(articles: Sequence[ArticleText], language: str) -> Iterator[str]:
    """When will …? Of what is announced for a date, told up to that date."""
    template = lists(language).get("ask_when", "")
    pattern = _announced(language)
    if not template or pattern is None:
        return
    for article in articles:
        place = 0
        for date in article.dates:
            while place < len(article.sentences) and article.sentences[place][1] <= date.start:
                place += 1
            if place == len(article.sentences):
                break
            start = article.sentences[place][0]
            if match := pattern.search(article.text[start : date.start]):
                who = re.sub(r"^(?:The|A|An) ", lambda one: one.group().lower(), match["who"])
                yield template.format(who=who, deed=match["deed"])


@cache
def _counting(language: str) -> tuple[re.Pattern[str], ...]:
    words = "|".join(sorted(word for word in word_set(language, "numbers") if FROM_WORD.match(word)))
    number = rf"(?<![\w.,:/-])(?:\d[\d.,]*|(?i:{words}))"
    said = (lists(language).get(name, "") for name in ("counted", "did"))
    return tuple(re.compile(one.replace("{number}", number) + r"\b") for one in said if one)


@cache
def _announced(language: str) -> re.Pattern[str] | None:
    said = lists(language).get("will", "")
    return re.compile(said) if said else None


def _names(article: ArticleText) -> Iterator[Name]:
    end = _end(article)
    for name in article.names:
        if name.end > end:
            return
        yield name


def _end(article: ArticleText) -> int:
    """Where what is read of the article ends."""
    return article.sentences[-1][1] if article.sentences else 0
