"""newstext measure ask: questions made by rule out of news_stream's stories, ours beside the best overlap of words.

A question is made of a sentence with its answer taken out, and asked of the
story (answerable), and then of what cannot answer it: the same story without
every sentence that holds the answer, another story on the same topic, and the
story itself with another person, another year or another number in the
question, or with a "not" in it. Right: the story is answered with a sentence
that holds the answer, the rest is refused. The plain baseline answers with the
sentence that shares most of the question's words, from the share on at which
it is right most often on the other stories (five folds); of the questions asked
by hand at the share that suits it best there.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import simplemma

from newstext import alone, pipeline
from newstext.ask import answer
from newstext.jsonlines import read_moment
from newstext.measuring import data_folder, interval, read_rows, table
from newstext.questions import terms_in
from newstext.records import ArticleText, Name
from newstext.words import content_words, words

FOLDS = 5
FLOORS = [step / 20 - 1e-9 for step in range(6, 21)]
BY_HAND = Path("tests/quality/ask-questions.json")
PER_STORY = 6  # questions made of a story at most
FEWEST_ARTICLES = 3
WHOLE_STORY = "the story"
GONE = "its answer deleted"
ELSEWHERE = "another story of the topic"
PERSON, YEAR, NUMBER, NEGATED = "another person", "another year", "another number", "negated"
COUNTED = re.compile(
    r"\b(\d{2,3}(?:,\d{3})*) ((?:[a-z]+ )?[a-z]+s|people|men|women|children) (?:were |was |have been )?([a-z]+ed)\b"
)
BECAUSE = re.compile(r"^(.{15,90}?) because (?!of\b)(.{15,})\.$")
IN_PLACE = re.compile(r"\b(?:in|at|near) $")
THEN = re.compile(r"^[\s,]*(?:[a-z]+ly )?([a-z]+)\b(.*)$", re.S)
CLAUSE_END = re.compile(r"[,;:—–]| - | (?:and|but|who|which|that|when|while|after|before) ")
MOST_WORDS = 6  # of what is said of the one that acts: people ask in few words


Made = tuple[str, str, frozenset[str]]  # kind, question, words of its answer


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a story. wanted: the words of its answer, one of which must be in what is shown; () if none is."""

    story: str
    kind: str
    set: str
    question: str
    wanted: frozenset[str]
    articles: tuple[ArticleText, ...]


def main(argv: list[str]) -> int:
    """Print the shares that are right, of ours and of the baseline, by what is asked."""
    made = cases()
    began = time.process_time()
    ours = [_is_right(case, *_ours(case)) for case in made]
    milliseconds = 1000 * (time.process_time() - began) / len(made)
    plain = _plain_in_folds(made)
    print(
        table(
            "ask, questions made by rule of news_stream",
            ("asked of", "questions", "ours right", "plain overlap right", "gain, 95 % interval"),
            _rows(made, ours, plain),
        )
    )
    kinds = [case.kind if case.wanted else "" for case in made]
    print(
        table(
            "answerable, by kind", ("kind", "questions", "ours right", "plain overlap right"), _by(kinds, ours, plain)
        )
    )
    print(
        table(
            "questions asked by hand (tests/quality/ask-questions.json)",
            ("", "questions", "ours right", "plain overlap right"),
            by_hand(),
        )
    )
    print(f"{milliseconds:.1f} ms CPU a question, its story read anew each time.\n")
    return 0


def cases() -> list[Case]:
    """The questions, in order of the stories; the same on every run."""
    stories = read_stories()
    found: list[Case] = []
    for story, articles in stories.items():
        drawn = random.Random(story)
        questions = list(_questions(articles))
        drawn.shuffle(questions)
        names = sorted({name.text for one in articles for name in one.names if " " in name.text})
        for made in questions[:PER_STORY]:
            found += _cases_of(story, stories, made, names, drawn)
    return found


def read_stories() -> dict[str, tuple[ArticleText, ...]]:
    """news_stream's stories of FEWEST_ARTICLES and more, marked."""
    rows = read_rows(data_folder() / "stories" / "clusters" / "news_stream.jsonl")
    by_story: dict[str, list[ArticleText]] = defaultdict(list)
    for row in rows:
        by_story[row["story"]].append(_article(row))
    return {story: tuple(found) for story, found in sorted(by_story.items()) if len(found) >= FEWEST_ARTICLES}


def _article(row: dict[str, Any]) -> ArticleText:
    day = row.get("date") or row["sim_time"]
    return pipeline.mark_article(
        ArticleText(
            url="",
            id=row["id"],
            title=row["title"],
            text=row["text"],
            language="en",
            published_at=read_moment(day),
            publisher=row.get("outlet") or row["src"],
        )
    )


def _cases_of(
    story: str,
    stories: dict[str, tuple[ArticleText, ...]],
    made: Made,
    names: Sequence[str],
    drawn: random.Random,
) -> Iterator[Case]:
    kind, question, wanted = made
    articles = stories[story]
    yield Case(story, kind, WHOLE_STORY, question, wanted, articles)
    none: frozenset[str] = frozenset()
    if kind != "is":
        yield Case(story, kind, GONE, question, none, _without(articles, wanted))
    if other := _sibling(story, stories):
        yield Case(story, kind, ELSEWHERE, question, none, stories[other])
    mine = [name for name in names if name in question]
    others = [name for name in names if not set(words(name)) & set(words(" ".join([question, *mine])))]
    if mine and others:
        stranger = drawn.choice(STRANGERS)
        yield Case(story, kind, PERSON, question.replace(mine[0], stranger), none, articles)
    if kind in ("who", "where", "why", "is", "many"):
        yield Case(story, kind, YEAR, question.replace("?", f" in {drawn.choice(YEARS)}?"), none, articles)
    if number := re.search(r"\b\d{1,3}\b", question):
        changed = str(int(number.group()) + drawn.randrange(3, 40))
        yield Case(story, kind, NUMBER, question[: number.start()] + changed + question[number.end() :], none, articles)
    if " did " in f" {question.lower()}" and kind in ("when", "where", "why"):
        yield Case(
            story,
            kind,
            NEGATED,
            re.sub(r"\bdid (\S+(?: [A-Z]\S*)*)", r"did \1 never", question, count=1),
            none,
            articles,
        )


STRANGERS = ("Odran Feldmark", "Milla Tervo", "Jasper Quillon", "Ines Halvorsen", "Tomas Berrick")
YEARS = ("1987", "1996", "2003")


def _sibling(story: str, stories: dict[str, tuple[ArticleText, ...]]) -> str:
    topic, _, half = story.partition("_")
    other = f"{topic}_{'plus' if half == 'ecb' else 'ecb'}"
    return other if half and other in stories else ""


def _without(articles: Sequence[ArticleText], wanted: frozenset[str]) -> tuple[ArticleText, ...]:
    """The same without every sentence that has a word of the answer, and without headlines that do."""
    kept = []
    for one in articles:
        said = [one.text[start:end] for start, end in one.sentences]
        text = "\n\n".join(sentence for sentence in said if not wanted & set(words(sentence)))
        title = "" if wanted & set(words(one.title)) else one.title
        kept.append(pipeline.mark_article(replace(one, title=title, text=text, dates=(), names=(), sentences=())))
    return tuple(kept)


# --- questions by hand -----------------------------------------------------------


def asked_by_hand() -> list[Case]:
    """Questions that people might ask of 20 stories; half of them are not answered there."""
    stories = read_stories()
    rows = json.loads(BY_HAND.read_text(encoding="utf-8"))["questions"]
    return [
        Case(row["story"], "", "by hand", row["question"], frozenset(row["wanted"]), stories[row["story"]])
        for row in rows
    ]


def by_hand() -> list[tuple[str, ...]]:
    """The shares right, of the answerable and of the others; the baseline at the floor that suits it best here."""
    made = asked_by_hand()
    ours = [_is_right(case, *_ours(case)) for case in made]
    best = [_overlap(case) for case in made]
    tried = [
        [_is_right(case, share >= floor, said) for case, (share, said) in zip(made, best, strict=True)]
        for floor in FLOORS
    ]
    plain = max(tried, key=sum)
    rows: list[tuple[str, ...]] = []
    for name, is_held in (("answerable", True), ("not answered there", False)):
        chosen = [place for place, case in enumerate(made) if bool(case.wanted) == is_held]
        mine, theirs = (sum(right[place] for place in chosen) / len(chosen) for right in (ours, plain))
        rows.append((name, str(len(chosen)), f"{mine:.1%}", f"{theirs:.1%}"))
    return rows


# --- questions of a sentence -----------------------------------------------------


def _questions(articles: Sequence[ArticleText]) -> Iterator[Made]:
    """What is made of every sentence that a rule fits."""
    for article in articles:
        for number, (start, end) in enumerate(article.sentences):
            sentence = article.text[start:end]
            if (
                alone.show(article, number)
                and 8 <= len(sentence.split()) <= 40
                and '"' not in sentence
                and "“" not in sentence
            ):
                names = [one for one in article.names if start <= one.start and one.end <= end]
                yield from _of_sentence(article, sentence, start, names)


def _of_sentence(article: ArticleText, sentence: str, start: int, names: Sequence[Name]) -> Iterator[Made]:
    if counted := COUNTED.search(sentence):
        tail = _clause(sentence[counted.end() :])
        question = f"How many {counted.group(2)} were {counted.group(3)}{tail}?"
        yield "many", question, frozenset(words(counted.group(1)))
    if because := BECAUSE.match(sentence):
        yield "why", f"Why is it that {because.group(1)}?", frozenset(content_words(because.group(2), "en"))
    if not names or names[0].start - start > 4:
        return
    subject, after = names[0], sentence[names[0].end - start :]
    verb = THEN.match(after)
    if not verb or not _is_past(verb.group(1)):
        return
    rest = _clause(f" {verb.group(1)}{verb.group(2)}").split(" ", 2)
    tail = f" {rest[2]}" if len(rest) > 2 else ""
    if len(tail.split()) < 2:
        return
    base = simplemma.lemmatize(verb.group(1), "en")
    dates = [one for one in article.dates if start <= one.start < start + len(sentence) and one.text in tail]
    places = [name for name in names[1:] if name.text in tail and IN_PLACE.search(tail[: tail.index(name.text)])]
    if len(words(tail)) >= 3:
        yield "who", f"Who {verb.group(1)}{tail}?", frozenset(words(subject.text)) - SMALL
    if dates:
        asked = re.sub(r"\s?(?:\b(?:on|in|late|early) )?$", "", tail[: tail.index(dates[0].text)])
        if len(asked.split()) >= 2:
            yield "when", f"When did {subject.text} {base}{asked}?", frozenset(words(dates[0].text)) - SMALL
    elif places:
        asked = IN_PLACE.sub("", tail[: tail.index(places[0].text)]).rstrip()
        if len(asked.split()) >= 2:
            yield "where", f"Where did {subject.text} {base}{asked}?", frozenset(words(places[0].text)) - SMALL
    elif len(tail.split()) >= 4:
        yield "is", f"Did {subject.text} {base}{tail}?", frozenset(content_words(tail, "en"))


SMALL = frozenset("the of and in on at a an to late early last this".split())
IRREGULAR = frozenset(
    """won beat lost fell rose took gave left met began broke bought caught chose drew drove ate fought found flew
    got grew held kept led made paid ran sent shot sold spoke stole struck threw told went wrote became hit""".split()
)


def _is_past(word: str) -> bool:
    return word in IRREGULAR or (word.endswith("ed") and len(word) > 4)


def _clause(text: str) -> str:
    """The text up to where its clause ends, at most MOST_WORDS words."""
    end = CLAUSE_END.search(text)
    kept = (text[: end.start()] if end else text).rstrip(" .!?")
    return " " + " ".join(kept.split()[:MOST_WORDS]) if kept.strip() else ""


# --- answers -------------------------------------------------------------------------


def _ours(case: Case) -> tuple[bool, str]:
    found = answer(case.question, case.articles)
    return found.held, " ".join(one.text for one in found.sentences)


def _is_right(case: Case, held: bool, shown: str) -> bool:
    if not case.wanted:
        return not held
    said = set(words(shown)) if case.kind not in ("why", "is") else set(content_words(shown, "en"))
    needed = len(case.wanted) * (0.6 if case.kind in ("why", "is") else 0.0)
    return held and len(case.wanted & said) >= max(1.0, needed)


def _overlap(case: Case) -> tuple[float, str]:
    """The sentence that shares most of the question's words, and the share of them."""
    wanted = set(terms_in(case.question, "en"))
    best = (0.0, "")
    for one in case.articles:
        for start, end in one.sentences:
            sentence = one.text[start:end]
            share = len(wanted & set(terms_in(sentence, "en"))) / max(1, len(wanted))
            best = max(best, (share, sentence), key=lambda pair: pair[0])
    return best


def _plain_in_folds(made: Sequence[Case]) -> list[bool]:
    """Whether the baseline is right, its floor learned on the other folds' stories."""
    stories = sorted({case.story for case in made})
    fold = {story: place % FOLDS for place, story in enumerate(stories)}
    best = [_overlap(case) for case in made]
    right = np.array(
        [
            [_is_right(case, share >= floor, said) for floor in FLOORS]
            for case, (share, said) in zip(made, best, strict=True)
        ]
    )
    answerable = np.array([bool(case.wanted) for case in made])
    folds = np.array([fold[case.story] for case in made])
    found = np.zeros(len(made), dtype=bool)
    for one in range(FOLDS):
        rest = folds != one
        score = right[rest & answerable].mean(0) + right[rest & ~answerable].mean(0)
        found[~rest] = right[~rest, int(score.argmax())]
    return [bool(one) for one in found]


# --- tables -----------------------------------------------------------------------------


def _rows(made: Sequence[Case], ours: Sequence[bool], plain: Sequence[bool]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name in (WHOLE_STORY, "all that cannot answer", GONE, ELSEWHERE, PERSON, YEAR, NUMBER, NEGATED):
        chosen = [
            place for place, case in enumerate(made) if case.set == name or (name.startswith("all") and not case.wanted)
        ]
        gains: dict[str, list[float]] = defaultdict(list)
        for place in chosen:
            gains[made[place].story].append(ours[place] - plain[place])
        low, high = interval(list(gains.values()))
        mine, theirs = (sum(right[place] for place in chosen) / max(1, len(chosen)) for right in (ours, plain))
        rows.append((name, str(len(chosen)), f"{mine:.1%}", f"{theirs:.1%}", f"{100 * low:+.1f} to {100 * high:+.1f}"))
    return rows


def _by(kinds: Sequence[str], ours: Sequence[bool], plain: Sequence[bool]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for kind in sorted({kind for kind in kinds if kind}):
        chosen = [place for place, one in enumerate(kinds) if one == kind]
        mine, theirs = (sum(right[place] for place in chosen) / len(chosen) for right in (ours, plain))
        rows.append((kind, str(len(chosen)), f"{mine:.1%}", f"{theirs:.1%}"))
    return rows


if __name__ == "__main__":
    main([])
