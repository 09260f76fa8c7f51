"""Questions that a story's articles answer: made of what they hold, and asked of them before they are suggested."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice, zip_longest

from newstext import roles
from newstext.ask import Held, answer_from, read_articles
from newstext.entities import ORGANISATION_ENDS, PLACE_ENDS
from newstext.note_records import Question
from newstext.once import once_an_article
from newstext.questions import is_speech, lists, word_set
from newstext.records import ArticleText, DateMention, Name
from newstext.words import WORD, fold

Place = tuple[str, int]  # an article, and where a sentence of it begins
Asking = tuple[str, frozenset[Place]]  # a question, and the sentences it was made of
NOWHERE: frozenset[Place] = frozenset()
MOST_QUESTIONS = 4
MOST_PARTS = 2  # of an answer
ARTICLES_READ = 5  # the newest
SENTENCES_READ = 10
TRIED = 2  # of each kind
NAMED = 2  # a person is asked about who is named this often
WHO_TRIED = 4
NO_VERBS = frozenset({"states"})  # Rust Belt states
LED_BY = re.compile(r"(?:In|By|On|During)(?: early| late| the year)? $")
SPEAKS_CHARS = 24
OPENS_CHARS = 12
ORGANISATIONS = ORGANISATION_ENDS | frozenset("house treasury administration campaign coalition company".split())
NO_PERSON = ORGANISATIONS | PLACE_ENDS | frozenset("state states bridge zero security board act care".split())
NAME_JOINERS = frozenset("von van de da dos del bin ibn al el der den ten di le la".split())
DIGIT = re.compile(r"\d")
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
    made = [list(islice(kind(newest, language), TRIED)) for kind in kinds]
    held = read_articles(newest)
    found: list[Question] = []
    for question, said_in in dict(one for row in zip_longest(*made) for one in row if one).items():
        if len(found) == MOST_QUESTIONS:
            break
        if answered := _answered(question, said_in, held, found):
            found.append(answered)
    return tuple(found)


@once_an_article
def _opening(article: ArticleText) -> ArticleText:
    return replace(article, sentences=article.sentences[:SENTENCES_READ])


def _answered(question: str, said_in: frozenset[Place], held: Held, before: Sequence[Question]) -> Question | None:
    """The question with its answer; None if there is none, or another question has it already.

    said_in: the sentences it was made of, one of which must answer it; empty
    where it was made of a name or a year.
    """
    answer = answer_from(question, held)
    sentences = tuple(one for part in answer.parts[-MOST_PARTS:] for one in part.sentences)
    here = {(one.article, one.start) for one in sentences}
    told = {(one.article, one.start) for other in before for one in other.answer}
    if not answer.held or here <= told or (said_in and not here & said_in):
        return None
    return Question(question, sentences)


# --- what may be asked -----------------------------------------------------------


def _people(articles: Sequence[ArticleText], language: str) -> Iterator[Asking]:
    """Who is …? Of persons by full name whose role a sentence gives, the most often named first."""
    template = lists(language)["ask_who"]
    named = Counter(name.text for article in articles for name in _names(article) if _may_be_person(name, article))
    for name, count in named.most_common(WHO_TRIED):
        if count >= min(NAMED, len(articles)) and (places := _with_role(name, articles)):
            yield template.format(name=name), places


def _with_role(name: str, articles: Sequence[ArticleText]) -> frozenset[Place]:
    """The sentences that say what somebody is: others name him, and answer nothing."""
    found = set()
    for article in articles:
        here = [one for one in _names(article) if one.text == name]
        found |= (
            {_place(article, one.start) for one in roles.find(article, here) if one.kind == "person"} if here else set()
        )
    return frozenset(found)


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


def _speakers(articles: Sequence[ArticleText], language: str) -> Iterator[Asking]:
    """What did … say? Of those whose name has a verb of saying behind it."""
    template = lists(language).get("ask_said", "")
    if not template:
        return
    said: dict[str, list[Place]] = {}
    for article in articles:
        for name in _names(article):
            following = WORD.search(article.text, name.end, name.end + SPEAKS_CHARS)
            # Nothing but a space between: of "“… about Ada Brink,” said" she is not the speaker.
            if following is None or article.text[name.end : following.start()].strip():
                continue
            if not is_speech(following.group(), language) or following.group() in NO_VERBS:
                continue
            if language == "en" and following.group().endswith("ing"):
                continue
            if _may_be_person(name, article):
                said.setdefault(name.text, []).append(_place(article, name.start))
            elif language == "en" and _is_behind_the(name, article) and fold(name.text.split()[-1]) in ORGANISATIONS:
                said.setdefault(f"the {name.text}", []).append(_place(article, name.start))
    for speaker, places in sorted(said.items(), key=lambda pair: -len(pair[1])):
        yield template.format(name=speaker), frozenset(places)


def _years(articles: Sequence[ArticleText], language: str) -> Iterator[Asking]:
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
        yield template.format(year=year), NOWHERE


def _opens(date: DateMention, article: ArticleText) -> bool:
    """True if a sentence opens with that date: it tells what happened then, and does not name it in passing."""
    opens = _place(article, date.start)[1]
    if article.language in ("", "und", "en") and not LED_BY.match(article.text[opens : date.start]):
        return False  # the stamp of a page; "between 2009 and 2014"
    return date.start - opens <= OPENS_CHARS


def _place(article: ArticleText, offset: int) -> Place:
    """The sentence at an offset: its article, and where it begins."""
    place = bisect_right(article.sentences, (offset, len(article.text)))
    return article.id, article.sentences[place - 1][0] if place else 0


def _counts(articles: Sequence[ArticleText], language: str) -> Iterator[Asking]:
    """How many … were …? Of what texts count, the most often told first."""
    templates = lists(language).get("ask_many", "").split("|")
    made: dict[str, list[Place]] = {}
    for pattern in _counting(language):
        for article, start, end in _with_counts(articles, language):
            for match in pattern.finditer(article.text, start, end):
                said = match.groupdict()
                if said["noun"].startswith("of "):
                    continue  # hundreds of stores
                # In Spanish the participle shows whether it is cuántas or cuántos.
                template = templates[0] if said["deed"].endswith("as") else templates[-1]
                made.setdefault(template.format(**said), []).append(_place(article, match.start()))
    for question, places in sorted(made.items(), key=lambda pair: -len(pair[1])):
        yield question, frozenset(places)


def _with_counts(articles: Sequence[ArticleText], language: str) -> Iterator[tuple[ArticleText, int, int]]:
    """(article, start, end) of the sentences with a digit or a number in letters: the patterns are slow."""
    numbers = word_set(language, "numbers")
    for article in articles:
        for start, end in article.sentences:
            said = article.text[start:end]
            if DIGIT.search(said) or not numbers.isdisjoint(said.lower().split()):
                yield article, start, end


def _whens(articles: Sequence[ArticleText], language: str) -> Iterator[Asking]:
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
            match = pattern.search(article.text[start : date.start])
            if match and not match["deed"].split()[0].endswith("ly"):  # "will likely spend"
                is_named = any(name.start == start for name in article.names)
                who = match["who"] if is_named else match["who"][0].lower() + match["who"][1:]
                yield template.format(who=who, deed=match["deed"]), frozenset({(article.id, start)})


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
