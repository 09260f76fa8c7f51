"""Who tells a story, as its page shows it: all tellings of the moment, copies and other languages too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from newsroom.articles.models import Article
from newsroom.stories import charts
from newsroom.stories.noted import Sections
from newsroom.stories.showing import Telling

SHOWN = 5  # rows of the table that stand open


@dataclass(frozen=True, slots=True)
class PublisherRow:
    """A publisher of a story with its first telling. lag: behind the very first; text_of: whose text it carries.

    Plain data, since the section is kept under it. first_at: as the page and the API write it, a day where no clock
    time is known.
    """

    name: str
    country: str
    country_name: str
    article: int
    language: str
    at: datetime
    first_at: str
    lag: timedelta | None
    tellings: int
    text_of: str = ""


def complete(sections: Sections, tellings: Sequence[Telling]) -> None:
    """Put into the coverage who tells the story and where its texts began, without a query of its own.

    Notes are made of originals in the story's language; what is shown of
    publishers are all tellings that `tellings_of` gave. A story of one
    publisher has no coverage. What stands in a text that another publisher
    carries too is no longer told by one alone.
    """
    noted: dict[str, Any] = sections.body.setdefault("coverage", {})
    rows = _rows(tellings)
    if len(rows) < 2:
        sections.body["coverage"] = {}
        return
    noted["publishers"] = rows[:SHOWN]
    noted["more"] = rows[SHOWN:]
    noted["chart"] = _chart(rows)
    noted["countries"] = len({row.country or row.country_name for row in rows} - {""})
    noted["languages"] = len({row.language for row in rows} - {"", "und"})
    noted["origins"] = _origins(tellings)
    kept = sections.notes.body.get("coverage", {}).get("only", ()) if sections.notes else ()
    noted.update(_standing(noted, _carried_names(kept, tellings)))


def as_json(coverage: dict[str, Any], tellings: Sequence[Telling]) -> dict[str, Any]:
    """The coverage of notes in their form, with all publishers and origins of the moment as `complete` has them."""
    return {
        **coverage,
        "publishers": [
            {
                "publisher": row.name,
                "article": str(row.article),
                "country": row.country,
                "language": row.language,
                "first_at": row.first_at,
                "lag_min": None if row.lag is None else int(row.lag.total_seconds() // 60),
                "tellings": row.tellings,
                "agency": row.text_of,
            }
            for row in _rows(tellings)
        ],
        "origins": [{**one, "article": str(one["article"] or "")} for one in _origins(tellings)],
        **_standing(coverage, _carried_names(coverage["only"], tellings)),
    }


def _standing(coverage: dict[str, Any], carried: Container[str]) -> dict[str, Any]:
    """What one publisher still tells alone, and disagreements that still have two sides."""
    return {
        "only": [one for one in coverage.get("only", ()) if one["publisher"] not in carried],
        "disagreements": [one for one in coverage.get("disagreements", ()) if len(one["stands"]) > 1],
    }


def _rows(tellings: Iterable[Telling]) -> list[PublisherRow]:
    """Each publisher once, the first to tell it first."""
    held: dict[int, list[Article]] = defaultdict(list)
    for telling in tellings:
        for article in (telling.article, *telling.copies):
            held[article.publisher_id].append(article)
    firsts = sorted((min(articles, key=lambda one: one.at) for articles in held.values()), key=lambda one: one.at)
    return [
        PublisherRow(
            name=first.publisher.shown_name,
            country=first.publisher.country,
            country_name=first.publisher.country_name,
            article=first.pk,
            language=first.language,
            at=first.at,
            first_at=first.at.isoformat() if _has_time(first) else first.at.date().isoformat(),
            lag=first.at - firsts[0].at if _has_time(first) and _has_time(firsts[0]) else None,
            tellings=len(held[first.publisher_id]),
            text_of=_text_of(first),
        )
        for first in firsts
    ]


def _has_time(article: Article) -> bool:
    return article.published_at is None or article.published_precision == "time"


def _text_of(article: Article) -> str:
    """Whose text an article carries; "" if it is its own."""
    name: str = (article.placement.origin or {}).get("from", "")
    return name if name != article.publisher.shown_name else ""


def _origins(tellings: Iterable[Telling]) -> list[dict[str, Any]]:
    """The texts that others carry: with whom each began, the origin's own text where it is held, and who carries it."""
    found: dict[str, dict[str, Any]] = {}
    for telling in tellings:
        origin = telling.placement.origin or {}
        name = origin.get("from") or telling.article.publisher.shown_name
        carriers = [
            article.publisher.shown_name
            for article in (telling.article, *telling.copies)
            if article.publisher.shown_name != name
        ]
        if not carriers:
            continue
        kind = "agency" if telling.article.agency == name else "publisher"
        one = found.setdefault(name, {"name": name, "kind": kind, "carried_by": [], "article": None})
        one["carried_by"] += [carrier for carrier in dict.fromkeys(carriers) if carrier not in one["carried_by"]]
        if telling.article.publisher.shown_name == name:
            one["article"] = telling.article.pk
    return list(found.values())


def _carried_names(only: Iterable[dict[str, Any]], tellings: Iterable[Telling]) -> set[str]:
    """Publishers of which a sentence told by them alone stands in a text that others carry; only: as notes keep it."""
    shared = {
        str(telling.article.pk)
        for telling in tellings
        if any(copy.publisher_id != telling.article.publisher_id for copy in telling.copies)
    }
    return {one["publisher"] for one in only if any(said["article"] in shared for said in one["sentences"])}


def _chart(rows: Sequence[PublisherRow]) -> charts.Chart | None:
    """The publishers over the time from the first to the last; None where all came at once."""
    return charts.blocks(
        "coverage-band",
        [(row.at, row.name, bool(row.text_of)) for row in rows],
        title=_("Publishers by the time of their first telling"),
        caption=_("Each block is a publisher at its first telling; a pale one carries another’s text."),
    )
