"""Publishers as data: the TOML files of feeds/, and any a person brings in that form."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from newsroom.publishers.models import Publisher
from newsroom.publishers.save import follow_by_hand, follow_feed, get_publisher, site_of
from newstext.records import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """One feed of a list, with its publisher."""

    url: str
    title: str
    section: str
    name: str
    home: str
    country: str
    language: str
    beat: str
    owner: str = ""
    owner_kind: str = ""
    licence: str = ""
    text_access: str = ""


def lists_folder() -> Path:
    """feeds/ of the checkout, or its copy in an installed package."""
    beside = settings.ROOT / "feeds"
    return beside if beside.is_dir() else Path(__file__).parent.parent / "feeds"


def read_list(content: bytes, where: str) -> Iterator[ListedFeed | Rejected]:
    """The feeds of one TOML list; a bad entry is Rejected and the rest is read."""
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        yield Rejected(where, "toml", f"{where}: not TOML ({error}). See feeds/README.md for the form.")
        return
    for number, entry in enumerate(table.get("publisher", []), 1):
        yield from _read_publisher(entry, f"{where}, publisher {number}")


def _read_publisher(entry: Any, where: str) -> Iterator[ListedFeed | Rejected]:
    if not isinstance(entry, dict) or not entry.get("name") or not entry.get("feed"):
        yield Rejected(where, "toml", f"{where}: needs a name and a [[publisher.feed]] with a url.")
        return
    whose, problems = _whose(entry, where)
    yield from problems
    for feed in entry["feed"]:
        url = str(feed.get("url", ""))
        if not url.startswith(("http://", "https://")):
            yield Rejected(where, "toml", f"{where}: feed address {url!r} is not http or https.")
            continue
        yield ListedFeed(
            url=url,
            title=str(feed.get("title", "")),
            section=str(feed.get("section", "")),
            name=str(entry["name"]),
            home=str(entry.get("home", "")),
            country=str(entry.get("country", ""))[:2],
            language=str(entry.get("language", ""))[:12],
            beat=str(entry.get("beat", ""))[:40],
            **whose,
        )


def _whose(entry: dict[str, Any], where: str) -> tuple[dict[str, str], list[Rejected]]:
    """Owner, licence and openness of an entry; a word that is not known is named and left out."""
    whose = {"owner": str(entry.get("owner", ""))[:200], "licence": str(entry.get("licence", ""))[:80]}
    problems = []
    for name, choices in (("owner_kind", Publisher.OwnerKind), ("text_access", Publisher.TextAccess)):
        value = str(entry.get(name, ""))
        if value and value not in choices.values:
            reason = f"{where}: {name} {value!r} is not known. Write {', '.join(choices.values)}, or leave it out."
            problems.append(Rejected(where, "toml", reason))
            continue
        whose[name] = value
    return whose, problems


def follow_listed(feed: ListedFeed, now: datetime, *, is_by_hand: bool = False) -> bool:
    """Follow one feed of a list; False if it was followed already. is_by_hand: somebody named the list."""
    publisher = get_publisher(
        feed.name, feed.home or site_of(feed.url), country=feed.country, language=feed.language, beat=feed.beat
    )
    _tell_whose(publisher, feed)
    follow = follow_by_hand if is_by_hand else follow_feed
    return follow(publisher, feed.url, now, title=feed.title, section=feed.section)


def listed_feeds() -> Iterator[ListedFeed]:
    """Every feed of feeds/*.toml."""
    for path in sorted(lists_folder().glob("*.toml")):
        for feed in read_list(path.read_bytes(), path.name):
            if isinstance(feed, ListedFeed):
                yield feed


def _tell_whose(publisher: Publisher, feed: ListedFeed) -> None:
    """Fill in what the list says and nobody has said before: an editor's word stands."""
    told = [
        name
        for name in ("owner", "owner_kind", "licence", "text_access")
        if getattr(feed, name) and not getattr(publisher, name)
    ]
    for name in told:
        setattr(publisher, name, getattr(feed, name))
    if told:
        publisher.save(update_fields=told)


def follow_starting_publishers(now: datetime) -> int:
    """Follow every feed of feeds/*.toml when no publisher is known yet; how many."""
    if not settings.STARTING_PUBLISHERS or Publisher.objects.filter(is_sample=False).exists():
        return 0
    return sum(follow_listed(feed, now) for feed in listed_feeds())
