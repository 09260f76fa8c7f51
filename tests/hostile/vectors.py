"""Attacks on markup and the places they are put: which goes where, and how it stands there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from tests.hostile.figures import Run

FILES = ("vectors", "vectors_owasp_ccbysa")
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
PLACE = re.compile(r"\{(xml2?|cdata|attr|json|raw|html|xhtml_if_wellformed)\}")
# In front of what stands as words, so that a page shows which attacks it holds; an address must begin as it is.
SIGN = re.compile(r"qz(\d+)z")
BEGINS_AS_IT_IS = re.compile(
    r"attr|link|url|uri|permalink|comments$|icon|image|query|base|pubdate|user-agent|collection"
)


@dataclass(frozen=True, slots=True)
class Vector:
    """is_live: it runs by itself in a bare page of Chromium."""

    id: str
    payload: str
    is_live: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for an attack. form: rss, atom, json, html, opml or app."""

    id: str
    form: str
    template: str


@dataclass(frozen=True, slots=True)
class Case:
    """One attack in one place. number: what its sign says."""

    number: int
    vector: Vector
    slot: Slot

    def __str__(self) -> str:
        return f"{self.vector.id} in {self.slot.id}"

    @property
    def words(self) -> str:
        """The attack as the field's value, with its sign where the field is one of words."""
        is_address = BEGINS_AS_IT_IS.search(self.slot.id) or self.slot.template.count("{attr}")
        return self.vector.payload if is_address else f"qz{self.number}z{self.vector.payload}"


def vectors(hostile: Path) -> list[Vector]:
    """All attacks of the data set, in its order."""
    lines = [line for name in FILES for line in (hostile / "xss" / f"{name}.jsonl").read_text("utf-8").splitlines()]
    rows = [json.loads(line) for line in lines]
    return [Vector(row["id"], row["payload"], bool(row.get("live"))) for row in rows]


def slots(hostile: Path) -> list[Slot]:
    """All places of the data set, in its order."""
    rows = [json.loads(line) for line in (hostile / "xss" / "slots.jsonl").read_text("utf-8").splitlines()]
    return [Slot(row["id"], row["format"], row["template"]) for row in rows]


def cases(run: Run, *, each: int = 3) -> list[Case]:
    """The run's share of the attacks in `each` places chosen by chance, and of the live ones in all of them."""
    places = slots(run.hostile)
    chance = run.choice("places")
    pairs: dict[tuple[str, str], tuple[Vector, Slot]] = {}
    chosen = run.some(vectors(run.hostile), "vectors")
    for vector in chosen:
        for slot in places if vector.is_live else chance.sample(places, min(each, len(places))):
            pairs.setdefault((vector.id, slot.id), (vector, slot))
    return [Case(number, *pair) for number, pair in enumerate(pairs.values(), 1)]


def filled(template: str, words: str) -> str:
    """The template with the words in each of its places, written as the place asks."""
    return PLACE.sub(lambda found: _written(found.group(1), words), template)


def _written(place: str, words: str) -> str:
    clean = NOT_XML.sub("", words)
    match place:
        case "xml":
            return escape(clean, quote=False)
        case "xml2":
            return escape(escape(clean, quote=False), quote=False)
        case "cdata":
            return clean.replace("]]>", "]]]]><![CDATA[>")
        case "attr":
            return escape(clean).replace("\n", "&#10;")
        case "json":
            return json.dumps(words).replace("</", "<\\/")
        case "html":
            return escape(clean, quote=False)
        case "xhtml_if_wellformed":
            return clean if _is_well_formed(clean) else escape(clean, quote=False)
    return words


def _is_well_formed(words: str) -> bool:
    if "<!" in words:
        return False  # nothing that declares entities
    try:
        ElementTree.fromstring(f"<div>{words}</div>")  # no declaration, so no entity of its own
    except ElementTree.ParseError:
        return False
    return True


def packed(some: list[Case], kinds: tuple[tuple[str, str], ...]) -> Iterator[list[Case]]:
    """Lists of cases that may share an item: of each kind of field one at most, for one would hide another.

    kinds: (words to look for in a slot's name, the kind of field), the first that is found counts.
    """
    queues: dict[str, list[Case]] = {}
    for case in some:
        kind = next((kind for words, kind in kinds if re.search(words, case.slot.id)), case.slot.id)
        queues.setdefault(kind, []).append(case)
    for place in range(max(map(len, queues.values()), default=0)):
        yield [queue[place] for queue in queues.values() if place < len(queue)]
