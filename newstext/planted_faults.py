"""Faults planted into true sentences by rule, and true sentences told a little otherwise: what the check is tried on.

Six faults: a wrong number, a "not" left out, a wrong speaker, two sentences
stitched together, a sentence made up of a source's words, one of another
story. English, as the development stories are.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from newstext import sentences
from newstext.entities import find as find_names
from newstext.words import shingles, words

NOT = re.compile(r"\b(did|do|does|is|are|was|were|has|have|had|would|will|could|can|should) not\b|(\w+)n['’]t\b")
SAID = re.compile(
    r"(?P<who>(?:[A-Z][\w'’-]+ ){0,3}[A-Z][\w'’-]+)(?P<verb> (?:said|says|told|added|warned)\b)"
    r"|(?P<verb2>\b(?:said|says|added) )(?P<who2>(?:[A-Z][\w'’-]+ ){0,3}[A-Z][\w'’-]+)"
)
NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w,.]*\d)")
CLAUSE = re.compile(r", (?:which|who|while|although|where|but|and) ")
MADE_UP = (
    "{name} resigned on the advice of doctors and left the country.",
    "{name} was awarded a medal for bravery by the king.",
    "{name} had warned of this for years, according to a secret report.",
    "Investigators now believe that {name} paid for everything in cash.",
    "{name} apologised in a letter to the families last night.",
)
FEWEST_WORDS = 9
MOST_WORDS = 45


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence beside its source, and what was done to it; `is_true` where its sense was left."""

    kind: str
    sentence: str
    source: str
    is_true: bool


def plant(texts: Sequence[str], *, most: int, seed: int = 1) -> list[Planted]:
    """Faults and true sentences from these articles, each kind at most so often, spread over the articles.

    Every sentence stands beside its whole article and, every second time, beside the sentence it comes from alone.
    """
    rng = random.Random(seed)
    order = list(texts)
    rng.shuffle(order)
    told = [
        [text[start:end] for start, end in sentences.split(text, "en") if _is_usable(text[start:end])] for text in order
    ]
    kept: dict[str, list[Planted]] = {}
    for number, (text, own) in enumerate(zip(order, told, strict=True)):
        if len(own) < 4:
            continue
        other = told[(number + 1) % len(told)] or own
        for made in _of_article(text, own, other, rng):
            if len(kept.setdefault(made.kind, [])) < most:
                kept[made.kind].append(made)
    return [one for kind in sorted(kept) for one in kept[kind]]


def _is_usable(sentence: str) -> bool:
    return FEWEST_WORDS <= len(sentence.split()) <= MOST_WORDS and sentence[0].isupper() and sentence[-1] == "."


def _of_article(text: str, own: Sequence[str], other: Sequence[str], rng: random.Random) -> Iterator[Planted]:
    names = sorted({name.text for name in find_names(text, language="en") if " " in name.text})
    picked = rng.sample(own, min(len(own), 8))
    for number, sentence in enumerate(picked):
        source = text if number % 2 else sentence
        for kind, change in FAULTS.items():
            if (made := change(sentence, rng, names)) and made != sentence:
                yield Planted(kind, made, source, False)
        for kind, retell in TRUE.items():
            if made := retell(sentence):
                yield Planted(kind, made, source, True)
    known = set(shingles(words(text)))
    first, second = rng.sample(own, 2)
    yield Planted("two stitched", stitch(first, second), text, False)
    apart = [sentence for sentence in other if sentence not in text and not set(shingles(words(sentence))) & known]
    if apart:
        yield Planted("other story", rng.choice(apart), text, False)
    if names:
        yield Planted("made up", rng.choice(MADE_UP).format(name=rng.choice(names)), text, False)


def wrong_number(sentence: str, rng: random.Random, names: Sequence[str]) -> str:
    """One number of the sentence made another."""
    found = list(NUMBER.finditer(sentence))
    if not found:
        return ""
    number = rng.choice(found)
    value = int(re.sub(r"\D", "", number.group().split(".")[0]) or 0)
    return sentence[: number.start()] + str(value + rng.choice((1, 2, 7, 30))) + sentence[number.end() :]


def dropped_not(sentence: str, rng: random.Random, names: Sequence[str]) -> str:
    """The sentence without its one "not"."""
    found = NOT.findall(sentence)
    if len(found) != 1:
        return ""
    return NOT.sub(lambda match: match[1] or {"ca": "can", "wo": "will"}.get(match[2], match[2]), sentence)


def wrong_speaker(sentence: str, rng: random.Random, names: Sequence[str]) -> str:
    """What one said given to another whom the article names."""
    said = SAID.search(sentence)
    others = [name for name in names if name not in sentence]
    if not said or not others:
        return ""
    part = "who" if said["who"] else "who2"
    if set(said[part].split()) & set(" ".join(others).split()) or said[part].split()[0] in {"He", "She", "They", "It"}:
        return ""
    return sentence[: said.start(part)] + rng.choice(others) + sentence[said.end(part) :]


def stitch(first: str, second: str) -> str:
    """The beginning of one sentence and the end of another."""
    begin, end = first.split(), second.split()
    return " ".join([*begin[: len(begin) // 2 + 1], *end[len(end) // 2 :]])


def recased(sentence: str) -> str:
    """In small letters."""
    return sentence.lower()


def repointed(sentence: str) -> str:
    """Without its commas, its stop turned."""
    return sentence.replace(",", "").rstrip(".") + "!"


def cut_at_clause(sentence: str) -> str:
    """Without the clause behind its last comma."""
    found = list(CLAUSE.finditer(sentence))
    before = sentence[: found[-1].start()] if found else ""
    return f"{before}." if len(before.split()) >= FEWEST_WORDS and before.count('"') % 2 == 0 else ""


Change = Callable[[str, random.Random, Sequence[str]], str]
FAULTS: dict[str, Change] = {
    "wrong number": wrong_number,
    "dropped not": dropped_not,
    "wrong speaker": wrong_speaker,
}
TRUE: dict[str, Callable[[str], str]] = {
    "verbatim": str,
    "recased": recased,
    "repointed": repointed,
    "cut at a clause": cut_at_clause,
}
