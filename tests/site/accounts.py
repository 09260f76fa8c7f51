"""Readers with accounts, for tests of what is theirs."""

from __future__ import annotations

import json
from pathlib import Path

from django.test import Client

from newsroom.readers.models import Reader


def make_reader(name: str = "ada", **fields: object) -> Reader:
    return Reader.objects.create(username=f"{name}@example.org", email=f"{name}@example.org", **fields)


def signed_in(reader: Reader, **options: object) -> Client:
    client = Client(**options)  # type: ignore[arg-type]
    client.force_login(reader)
    return client


def hostile_strings(newstext_data: Path, *, most: int = 40) -> list[str]:
    """Naughty strings and attacks on markup of the data set, so many of each file, evenly from its whole length."""
    found: list[str] = []
    for name, key in (("strings/naughty", "s"), ("xss/vectors", "payload"), ("url/open_redirect", "value")):
        path = newstext_data / "hostile" / f"{name}.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        values = [value for line in lines if isinstance(value := json.loads(line).get(key), str)]
        found += values[:: max(1, len(values) // most)]
    return list(dict.fromkeys(found))
