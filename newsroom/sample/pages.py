from __future__ import annotations
from collections.abc import Iterator
from dataclasses import dataclass
from newstext.records import Page


@dataclass(frozen=True, slots=True)
class SamplePublisher:
    slug: str
    name: str
    home: str
    country: str
    country_name: str
    language: str
    note: str


def sample_pages() -> Iterator[tuple[SamplePublisher, Page]]:
    return iter(())
