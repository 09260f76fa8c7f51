"""Learn the scorer of names anew: python -m newstext.learn_names. Needs the group "learn" (python-crfsuite).

It reads CrossNER politics (Liu and others; Wikipedia text, MIT) and WNUT17
(Derczynski and others; CC BY 4.0) as the data folder has them, each text also
with its people and places under other names, so that the lists count for more
than the names that these texts happen to have. It writes `names-v1.npz`
(learned from all of it, what newstext ships) and `names-v1-folds.npz` (five,
each learned without the sentences it is judged on).
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from babel import Locale

from newstext.countries import country_words
from newstext.invented_news import SENTENCES
from newstext.measuring import data_folder, read_rows
from newstext.name_scorer import LABELS, VERSION, features, names_of, spans_of, words_of

FOLDS = 5
KINDS = {
    "person": 0, "politician": 0, "organisation": 1, "politicalparty": 1, "group": 1, "corporation": 1, "location": 2,
    "country": 2, "misc": 3, "event": 3, "election": 3, "product": 3, "creative-work": 3,
}  # fmt: skip
SETTINGS = {"c1": 0.1, "c2": 0.1, "max_iterations": 100}
TELLINGS = 6
FEWEST = 1e-4  # a weight below says nothing


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and its names as (start, end, place in name_scorer.KINDS)."""

    text: str
    spans: tuple[tuple[int, int, int], ...]


def labelled(name: str) -> list[Labelled]:
    """The sentences of a data set, their words joined by single spaces."""
    return [_labelled(row) for row in read_rows(data_folder() / "stories" / "ner" / f"{name}.jsonl")]


def _labelled(row: dict[str, Any]) -> Labelled:
    spans: list[tuple[int, int, int]] = []
    place, open_kind = 0, ""
    for word, tag in zip(row["tokens"], row["tags"], strict=True):
        end = place + len(word)
        if tag.startswith("I-") and tag[2:] == open_kind:
            spans[-1] = (spans[-1][0], end, spans[-1][2])
        elif tag != "O":
            spans.append((place, end, KINDS[tag[2:]]))
        open_kind, place = tag[2:], end + 1
    return Labelled(" ".join(row["tokens"]), tuple(spans))


def labels_of(words: Sequence[str], one: Labelled) -> list[str]:
    """A label of name_scorer.LABELS for each word."""
    labels = ["O"] * len(words)
    places = spans_of(one.text, words)
    for start, end, kind in one.spans:
        inside = [number for number, place in enumerate(places) if place[0] < end and place[1] > start]
        for place, number in enumerate(inside):
            labels[number] = f"{'I' if place else 'B'}{kind}"
    return labels


class Renaming:
    """Texts with their people and places under other names, always the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._given, self._family = (sorted(names_of(which)) for which in ("given", "family"))
        self._countries = sorted(str(name) for code, name in Locale.parse("en").territories.items() if code.isalpha())
        self._towns = sorted(town for town in country_words("en").towns if town.isascii() and town.isalpha())

    def of(self, one: Labelled) -> Labelled:
        parts: list[str] = []
        spans: list[tuple[int, int, int]] = []
        renamed: dict[str, str] = {}
        place = 0
        for start, end, kind in one.spans:
            name = one.text[start:end]
            renamed.setdefault(name, self._other(name, kind))
            parts += [one.text[place:start], renamed[name]]
            begin = sum(map(len, parts[:-1]))
            spans.append((begin, begin + len(renamed[name]), kind))
            place = end
        return Labelled("".join([*parts, one.text[place:]]), tuple(spans))

    def tell(self, sentence: str, organisations: Sequence[str]) -> Labelled:
        """An invented sentence (invented_news.py) with names in it."""
        parts: list[str] = []
        spans: list[tuple[int, int, int]] = []
        place = 0
        for gap in re.finditer(r"\{([pltco])\}", sentence):
            name = self._made(gap[1], organisations)
            parts += [sentence[place : gap.start()], name]
            begin = sum(map(len, parts[:-1]))
            spans.append((begin, begin + len(name), {"p": 0, "l": 0, "o": 1}.get(gap[1], 2)))
            place = gap.end()
        return Labelled("".join([*parts, sentence[place:]]), tuple(spans))

    def _made(self, what: str, organisations: Sequence[str]) -> str:
        pick = self._random.choice
        if what == "o":
            return pick(organisations)
        if what == "p":
            middle = f"{pick('ABCDEFGHJKLMNPRSTW')}. " if self._random.random() < 0.15 else ""
            return f"{pick(self._given).title()} {middle}{pick(self._family).title()}"
        return (pick(self._family) if what == "l" else pick(self._towns if what == "t" else self._countries)).title()

    def _other(self, name: str, kind: int) -> str:
        if self._random.random() > 0.8 or kind not in (0, 2) or (kind == 2 and len(name.split()) > 2):
            return name
        if kind == 2:
            return self._random.choice(self._towns).title()
        given = f"{self._random.choice(self._given).title()} " if " " in name else ""
        return given + self._random.choice(self._family).title()


def invented(renaming: Renaming, known: Sequence[Labelled]) -> list[Labelled]:
    """The invented sentences, each told several times with other names."""
    organisations = sorted({one.text[start:end] for one in known for start, end, kind in one.spans if kind == 1})
    sentences = SENTENCES.strip().splitlines()
    return [renaming.tell(sentence, organisations) for _ in range(TELLINGS) for sentence in sentences]


def learn(texts: Sequence[Labelled]) -> dict[str, Any]:
    """The arrays of a scorer (name_scorer.from_arrays)."""
    crfsuite = import_module("pycrfsuite")
    trainer = crfsuite.Trainer(verbose=False)
    for one in texts:
        words = words_of(one.text)
        if words:
            trainer.append(features(words), labels_of(words, one))
    trainer.set_params(SETTINGS)
    with tempfile.NamedTemporaryFile(suffix=".crf") as file:
        trainer.train(file.name)
        tagger = crfsuite.Tagger()
        tagger.open(file.name)
        return _arrays(tagger.info())


def _arrays(info: Any) -> dict[str, Any]:
    numbers = {label: number for number, label in enumerate(LABELS)}
    weights: dict[str, Any] = {}
    for (key, label), weight in info.state_features.items():
        if abs(weight) > FEWEST:
            weights.setdefault(key, np.zeros(len(LABELS), np.float16))[numbers[label]] = weight
    steps = np.full((len(LABELS), len(LABELS)), 0.0, np.float32)
    for (one, other), weight in info.transitions.items():
        steps[numbers[one], numbers[other]] = weight
    for number, label in enumerate(LABELS):
        if label[0] == "I":  # goes on from its own kind alone
            steps[[other for other in range(len(LABELS)) if other not in (number, number - 1)], number] = -1e4
    keys = sorted(weights)
    packed = np.frombuffer("\n".join(keys).encode(), np.uint8)
    return {"keys": packed, "weights": np.stack([weights[key] for key in keys]), "steps": steps}


def fold_of(number: int, count: int) -> int:
    """Which fold judges a sentence: blocks, as neighbours are often of one article."""
    return number * FOLDS // count


def main(argv: Sequence[str] | None = None) -> int:
    """Learn and write the scorer and its folds."""
    parser = argparse.ArgumentParser(prog="python -m newstext.learn_names", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("newstext/weights"))
    parser.add_argument("--folds-out", type=Path, default=Path("tests/quality"))
    given = parser.parse_args(argv)
    politics, others = labelled("crossner_politics_dev"), labelled("wnut17_train")
    renaming = Renaming(1)
    again = [renaming.of(one) for one in politics]
    others = [one for one in others if one.spans] + invented(renaming, politics)
    np.savez_compressed(given.out / f"{VERSION}.npz", **learn([*politics, *again, *others]))
    folds: dict[str, Any] = {}
    for fold in range(FOLDS):
        kept = [place for place in range(len(politics)) if fold_of(place, len(politics)) != fold]
        learned = learn([*(politics[place] for place in kept), *(again[place] for place in kept), *others])
        folds.update({f"fold{fold}.{key}": value for key, value in learned.items()})
    np.savez_compressed(given.folds_out / f"{VERSION}-folds.npz", **folds)
    return 0


if __name__ == "__main__":
    main()
