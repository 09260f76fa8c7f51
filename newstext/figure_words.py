"""What a language's words say of the numbers beside them: wordlists/figures.toml, ready to look up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from newstext.numbers import magnitudes
from newstext.words import fold, read_list

Kind = Literal["count", "measure"]
Plural = Literal["s", "capital", "next"]
BOUNDS = ("at_least", "about", "more_than", "up_to", "under")
WITH_DOTS = frozenset({"tr", "az"})  # öldü is "died" and oldu "became": their marks stay


@dataclass(frozen=True, slots=True)
class Counted:
    """One kind of figure. name: the same in all languages; label: in the text's own,
    "" where the text's own word is shown; units: "%", "money" or words."""

    name: str
    label: str
    kind: Kind
    units: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()  # it is told of these alone


@dataclass(frozen=True, slots=True)
class FigureWords:
    """The tables of one language; a phrase of two or three words stands joined by "_"."""

    numbers: Mapping[str, float]
    bounds: Mapping[str, str]  # phrase -> at_least, about, …
    stands: Mapping[str, Counted]
    does: Mapping[str, Counted]
    named: Mapping[str, Counted]
    measures: Mapping[str, Counted]
    sets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)
    openers: frozenset[str] = frozenset()  # words with which phrases of several words begin,
    closers: frozenset[str] = frozenset()  # and end
    sure: frozenset[str] = frozenset()  # a sentence with one of these has a number;
    unsure: frozenset[str] = frozenset()  # "one", "no": with one of these and one `of_people` it may have
    of_people: frozenset[str] = frozenset()
    of_kinds: frozenset[str] = frozenset()  # words of which one stands in every sentence with a figure of a kind
    plural: Plural = "next"


SETS = (
    "people no links links_after totals helpers ends more parts partitive by changes change_nouns former maybe grows "
    "corrects in wins not_counted money joins"
).split()


def key_of(word: str, language: str) -> str:
    """The form in which a word of that language is looked up."""
    if language in WITH_DOTS:
        return word.replace("İ", "i").replace("I", "ı").lower()
    return fold(word)


@cache
def figure_words(language: str) -> FigureWords | None:
    """The words of that language; None where there is no list, and no figure is read then."""
    language = "en" if language in ("", "und") else language
    table = read_list("figures").get(language)
    return _tables(table, language) if table else None


def _tables(table: Mapping[str, Any], language: str) -> FigureWords:
    counts: dict[str, Any] = table.get("counts", {})
    measures: dict[str, Any] = table.get("measures", {})
    stands: dict[str, Counted] = {}
    does: dict[str, Counted] = {}
    named: dict[str, Counted] = {}
    for name, said in counts.items():
        things = frozenset(_keys(said.get("things", ""), language))
        counted = Counted(name, said["label"], "count", things=things)
        for place, into in (("stands", stands), ("does", does), ("named", named)):
            into.update(dict.fromkeys(_keys(said.get(place, ""), language), counted))
    measured: dict[str, Counted] = {}
    for name, said in measures.items():
        units = frozenset(_keys(said.get("units", ""), language))
        counted = Counted(name, said.get("label", ""), "measure", units=units)
        measured.update(dict.fromkeys(_keys(said["words"], language), counted))
    sets = {name: frozenset(_keys(table.get(name, ""), language)) for name in SETS}
    bounds = {key: name for name in BOUNDS for key in _keys(table.get(name, ""), language)}
    times = {
        **{key_of(word, language).replace(" ", "_"): times for word, times in magnitudes(language).items()},
        **{key_of(word, language): float(times) for word, times in table.get("times", {}).items()},
    }
    every = [*bounds, *stands, *does, *named, *measured, *times, *(key for keys in sets.values() for key in keys)]
    phrases = [phrase for phrase in every if "_" in phrase]
    numbers = {key_of(word, language): value for word, value in table["numbers"].items()}
    written: dict[str, float] = {**table["numbers"], **numbers}
    return FigureWords(
        numbers=numbers,
        bounds=bounds,
        stands=stands,
        does=does,
        named=named,
        measures=measured,
        sets=sets,
        times=times,
        openers=frozenset(phrase.partition("_")[0] for phrase in phrases),
        closers=frozenset(phrase.rpartition("_")[2] for phrase in phrases),
        sure=frozenset(word for word, value in written.items() if value > 1),
        unsure=frozenset(word for word, value in written.items() if value == 1) | sets["no"],
        of_kinds=frozenset(
            part for phrase in (*stands, *does, *named, *measured, *sets["wins"]) for part in phrase.split("_")
        ),
        of_people=frozenset(word for word in (*sets["people"], *stands) if "_" not in word),
        plural=table["plural"],
    )


def _keys(said: str, language: str) -> Iterable[str]:
    """The phrases of a list, each word in the form in which it is looked up."""
    return ["_".join(key_of(word, language) for word in phrase.split("_")) for phrase in said.split()]
