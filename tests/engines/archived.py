"""An invented archive: WARC files of news told by three papers, one of which prints another's text some days later."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIRST_AT = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
PAPERS = ("courier.example", "post.example", "weekly.example")
THINGS = """harbour bridge council ferry school orchard library reservoir market railway bakery museum tower valley mill
lighthouse garden cellar quarry chapel tunnel hospital theatre airport dairy factory forest castle canal stadium court
glacier island meadow parish prison square station stream temple theatre village warehouse winery workshop zoo""".split()
DEEDS = """opened closed flooded repaired inspected sold bought painted burned measured guarded cleared emptied renamed
visited surveyed mapped blocked fenced searched drained rented heated rebuilt widened moved counted praised""".split()
GERMAN_THINGS = """Hafen Brücke Rathaus Fähre Schule Bücherei Markt Bahnhof Bäckerei Museum Turm Tal Mühle Garten Keller
Steinbruch Kapelle Tunnel Krankenhaus Theater Flughafen Fabrik Wald Schloss Kanal Insel Wiese Gefängnis Platz""".split()
GERMAN_DEEDS = """geöffnet geschlossen überschwemmt repariert geprüft verkauft gekauft gestrichen vermessen bewacht
geräumt umbenannt besucht gesperrt durchsucht vermietet beheizt verbreitert gezählt gelobt""".split()
SYLLABLES = "bra dor fen gil hal jor kas lun mer nys ost pel ran sel tor ulv vel wyn".split()


@dataclass(frozen=True)
class Told:
    """One telling of an event, by a paper, at a moment."""

    event: int
    paper: int
    at: datetime
    language: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"https://{PAPERS[self.paper]}/news/{self.at:%Y/%m/%d}/event-{self.event}-as-we-saw-it"

    def page(self) -> bytes:
        linked = {"@type": "NewsArticle", "headline": self.title, "datePublished": self.at.isoformat()}
        body = "".join(f"<p>{paragraph}</p>" for paragraph in self.paragraphs)
        return (
            f"<!doctype html><html lang={self.language}><head><title>{self.title}</title>"
            f'<script type="application/ld+json">{json.dumps(linked)}</script></head>'
            f"<body><article><h1>{self.title}</h1>{body}</article></body></html>"
        ).encode()

    def record(self) -> bytes:
        body = self.page()
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {self.url}\r\n"
            f"WARC-Date: {self.at + timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}\r\n"
            f"WARC-Record-ID: <urn:uuid:{self.event}-{self.paper}>\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        )
        return gzip.compress(head.encode() + http + b"\r\n\r\n", 1)


def _name(chance: random.Random) -> str:
    return "".join(chance.sample(SYLLABLES, 2)).capitalize()


def _facts(chance: random.Random, language: str, town: str, person: str) -> list[str]:
    facts = []
    for _ in range(8):
        if language == "de":
            a, b, c, d = chance.sample(GERMAN_THINGS, 4)
            facts.append(
                f"In {town} wurde {a} nahe {b} {chance.choice(GERMAN_DEEDS)}, sagte {person} {_name(chance)}, weil "
                f"{c} und {d} nach {chance.randint(3, 900)} Tagen noch nicht {chance.choice(GERMAN_DEEDS)} waren."
            )
        else:
            a, b, c, d = chance.sample(THINGS, 4)
            facts.append(
                f"The {a} of {town} was {chance.choice(DEEDS)} beside the {b} when {person} {_name(chance)} had the "
                f"{c} {chance.choice(DEEDS)}, and {chance.randint(3, 900)} people saw how the {d} was {chance.choice(DEEDS)}."
            )
    return facts


def tellings(event: int, *, every: timedelta = timedelta(hours=8)) -> list[Told]:
    """Two papers tell it in their own order; on some days after a third prints what the first had."""
    chance = random.Random(event)
    language = "de" if event % 5 == 4 else "en"
    town, person = _name(chance), _name(chance)
    facts = _facts(chance, language, town, person)
    title = f"{town}: {person} {facts[0].split()[1]} {facts[1].split()[1]}"
    at = FIRST_AT + event * every
    other = [facts[1], facts[0], *reversed(facts[2:])][:7]
    return [
        Told(event, 0, at, language, title, tuple(facts)),
        Told(event, 1, at + timedelta(hours=3), language, f"{title} {facts[2].split()[1]}", tuple(other)),
        *([Told(event, 2, at + timedelta(days=2), language, title, tuple(facts))] if event % 3 == 0 else []),
    ]


def write(folder: Path, *, files: int = 3, events: int = 12, every: timedelta = timedelta(hours=8)) -> list[Path]:
    """WARC files of so many events each, in the order in which pages were fetched over all files."""
    told = sorted(
        (one for event in range(files * events) for one in tellings(event, every=every)), key=lambda one: one.at
    )
    size = -(-len(told) // files)
    paths = []
    for number in range(files):
        paths.append(folder / f"CC-NEWS-{number:03}.warc.gz")
        paths[-1].write_bytes(b"".join(one.record() for one in told[number * size : (number + 1) * size]))
    return paths


def rows(out: Path) -> Iterator[dict]:
    """The rows of all results of a folder, in the order of the files' names."""
    for path in sorted(out.glob("*.warc.gz.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)
