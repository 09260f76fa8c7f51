"""What the held articles answer to a question: whole sentences of theirs, or that they do not say it.

A sentence answers if it and its article say all that the question takes for
granted, and if it holds what is asked for: somebody, a place, a date, a count,
a reason (`answering`). Rare words weigh most. A name, a year or a number that
the question has and the article has not, refuses; so does a "not" too many.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from newstext import alone
from newstext.answering import answers_kind
from newstext.asked_passage import Passage
from newstext.dates import find as find_dates
from newstext.entities import find as find_names
from newstext.note_records import Answer, AnswerPart, Evidence
from newstext.once import once_an_article
from newstext.questions import Asked, in_other_words, read_question, terms_in
from newstext.records import ArticleText

QUESTION_MOST_CHARS = 300
MOST_PARTS = 3
LOOKED_AT = 60  # of the sentences that share a word with the question, the best
SENTENCES_READ = 400  # of an article
# How far a word of the question may stand from the sentence that answers it, and what it is worth there.
IN_TITLE, NEXT_TO, IN_ARTICLE = 0.7, 0.6, 0.3
LEAD_SENTENCES = 2
ENOUGH = 0.72  # of the weight of the question's words
ENOUGH_YES = 0.8  # where the question is whether something is so
ENOUGH_INSIDE, ENOUGH_OF_MANY = 0.45, 0.38  # in the sentence itself, of a question of few and of many words
ENOUGH_TERMS = 0.6  # of the number of words that are no names, in the sentence or its article's topic
MANY_TERMS = 3
HALF = 0.5  # of a word that the article's topic has
NAME_WEIGHT = 1.3
NEAR_THE_BEST = 0.9
SAME = 0.5  # of the words of two sentences that say the same


@dataclass(slots=True)
class _Telling:
    """An article and the terms of its sentences. known: all of them; topic: those of its headline and opening."""

    article: ArticleText
    sentences: list[frozenset[str]]
    known: frozenset[str] = frozenset()
    topic: frozenset[str] = frozenset()
    is_marked: bool = False
    passages: dict[int, Passage] = field(default_factory=dict)

    def marked(self) -> ArticleText:
        """The article with its dates and names, which are looked for only where a sentence may answer."""
        if not self.is_marked:
            article = self.article
            self.article = replace(
                article,
                dates=article.dates
                or find_dates(article.text, published_at=article.published_at, language=article.language),
                names=article.names or find_names(article.text, language=article.language),
            )
            self.is_marked = True
        return self.article


@dataclass(slots=True)
class Held:
    """Articles read for questions: which sentence has which term."""

    tellings: list[_Telling] = field(default_factory=list)
    places: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    count: int = 0  # of all sentences

    @property
    def languages(self) -> list[str]:
        """The languages of the articles, the most frequent first."""
        return [language for language, _ in Counter(one.article.language for one in self.tellings).most_common()]

    def weight(self, term: str) -> float:
        """How much a term tells sentences apart; one that no sentence has, the most."""
        return math.log(1 + self.count / (1 + len(self.places.get(term, ()))))


@dataclass(frozen=True, slots=True)
class _Found:
    score: float
    telling: int
    number: int
    terms: frozenset[str]


def read_articles(articles: Sequence[ArticleText]) -> Held:
    """The articles, split into sentences, so that several questions may be asked of them."""
    held = Held()
    for article in articles:
        telling = _read(article)
        for number, terms in enumerate(telling.sentences):
            for one in terms:
                held.places[one].append((len(held.tellings), number))
        held.count += len(telling.sentences)
        held.tellings.append(telling)
    return held


@once_an_article
def _read(article: ArticleText) -> _Telling:
    spans = article.sentences[:SENTENCES_READ]
    sentences = [frozenset(terms_in(article.text[start:end], article.language)) for start, end in spans]
    topic = frozenset(terms_in(article.title, article.language)).union(*sentences[:LEAD_SENTENCES])
    return _Telling(article, sentences, topic.union(*sentences), topic)


def answer(question: str, articles: Sequence[ArticleText]) -> Answer:
    """The sentences that answer a question, in order of time; held False if the articles do not say it.

    articles: with their sentences; dates and names are found where they are
    missing. At most MOST_PARTS sentences, each with what it needs to stand
    alone. A question of more than QUESTION_MOST_CHARS characters is cut there.
    """
    return answer_from(question, read_articles(articles))


def answer_from(question: str, held: Held) -> Answer:
    """The same over articles that are read already."""
    question = question[:QUESTION_MOST_CHARS]
    ways = [question, in_other_words(question, held.languages)]
    asked = [read_question(one, held.languages) for one in ways if one]
    if not asked or not (asked[0].terms or asked[0].names or asked[0].dates):
        return Answer(held=False)
    answers = (found for one in asked for found in _answers(one, held))
    found = sorted(answers, key=lambda one: (-one.score, one.telling, one.number))
    parts: list[tuple[_Found, AnswerPart]] = []
    for one in found:
        if len(parts) == MOST_PARTS or (parts and one.score < NEAR_THE_BEST * parts[0][0].score):
            break
        if any(_says_the_same(one, other) for other, _ in parts):
            continue
        article = held.tellings[one.telling].marked()
        if shown := alone.show(article, one.number, known=alone.ALL_KNOWN):
            parts.append((one, _part(article, shown)))
    parts.sort(key=lambda pair: (pair[1].published_at is None, pair[1].published_at, pair[0].telling, pair[0].number))
    return Answer(bool(parts), tuple(part for _, part in parts))


def _part(article: ArticleText, shown: tuple[Evidence, ...]) -> AnswerPart:
    return AnswerPart(shown, article.publisher, article.published_at, article.published_precision)


def _says_the_same(one: _Found, other: _Found) -> bool:
    """True for two tellings of one thing; with another number in it, it is another: a toll rises."""
    if {term for term in one.terms ^ other.terms if term[0].isdigit()}:
        return False
    return len(one.terms & other.terms) > SAME * min(len(one.terms), len(other.terms))


def _answers(asked: Asked, held: Held) -> Iterator[_Found]:
    """Every sentence that has what is asked for and enough of the question's words."""
    weights = _weights(asked, held)
    total = sum(weights.values())
    enough = ENOUGH_YES if asked.kind == "is" else ENOUGH
    enough_inside = ENOUGH_OF_MANY if len(asked.terms) >= MANY_TERMS else ENOUGH_INSIDE
    for number_of_telling, number in _candidates(weights, held):
        telling = held.tellings[number_of_telling]
        here = telling.sentences[number]
        near = {wanted: max(_nearness(one, telling, number, here) for one in wanted) for wanted in weights}
        inside = sum(weight for wanted, weight in weights.items() if near[wanted] == 1.0)
        said = sum(weight * near[wanted] for wanted, weight in weights.items())
        if total and (inside < enough_inside * total or said < enough * total):
            continue
        if not (_is_known(asked, telling) if asked.says else _says_enough(asked, telling, here)):
            continue
        passage = telling.passages.get(number)
        if passage is None:
            passage = telling.passages[number] = Passage(telling.marked(), number, here)
        fit = answers_kind(asked, passage) if _has_names(asked, held, telling, number) else 0.0
        if fit:
            covered = said / total if total else 1.0
            yield _Found(covered + 0.3 * fit + 0.1 / (1 + number), number_of_telling, number, here)


def _says_enough(asked: Asked, telling: _Telling, here: frozenset[str]) -> bool:
    """True if most of the question's words that are no names are in the sentence: who and where alone tell no event.

    Of many words, what the headline and the opening say goes for half.
    """
    if not asked.terms:
        return True
    half = HALF if len(asked.terms) >= MANY_TERMS else 0.0
    said = [1.0 if one in here else half if one in telling.topic else 0.0 for one in asked.terms]
    return 1.0 in said and sum(said) >= ENOUGH_TERMS * len(said)


def _is_known(asked: Asked, telling: _Telling) -> bool:
    """True if the article has what was spoken about; what somebody says of it need not name it again."""
    return telling.known.issuperset(asked.terms)


def _weights(asked: Asked, held: Held) -> dict[tuple[str, ...], float]:
    """What the question's words weigh; a name is one, by whichever of its words is said."""
    weights = {(one,): held.weight(one) for one in asked.terms}
    return weights | {_known_by(name, held): NAME_WEIGHT * max(map(held.weight, name)) for name in asked.names}


def _known_by(name: tuple[str, ...], held: Held) -> tuple[str, ...]:
    """The words of a name by which alone it may be known: the last and the rarest, not every John."""
    return tuple(dict.fromkeys((name[-1], max(name, key=held.weight))))


def _candidates(weights: dict[tuple[str, ...], float], held: Held) -> list[tuple[int, int]]:
    """The sentences with the heaviest words of the question; for a question about a day alone, all."""
    if not weights:
        return [(place, number) for place, one in enumerate(held.tellings) for number in range(len(one.sentences))]
    found: dict[tuple[int, int], float] = defaultdict(float)
    for wanted, weight in weights.items():
        for place in {place for one in wanted for place in held.places.get(one, ())}:
            found[place] += weight
    return heapq.nsmallest(LOOKED_AT, found, key=lambda place: (-found[place], place))


def _nearness(term: str, telling: _Telling, number: int, here: frozenset[str]) -> float:
    """1 for a term of the sentence itself, less for one that stands near it, 0 for one that its article has not."""
    if term in here:
        return 1.0
    if term not in telling.known:
        return 0.0
    if term in telling.topic:
        return IN_TITLE
    beside = (other for other in (number - 1, number + 1) if 0 <= other < len(telling.sentences))
    return NEXT_TO if any(term in telling.sentences[other] for other in beside) else IN_ARTICLE


def _has_names(asked: Asked, held: Held, telling: _Telling, number: int) -> bool:
    """True if every name of the question is in the sentence or near it, and whole in the article."""
    here = telling.sentences[number]
    for name in asked.names:
        if not telling.known.issuperset(name):
            return False
        if not any(_nearness(one, telling, number, here) >= NEXT_TO for one in _known_by(name, held)):
            return False
    return True
