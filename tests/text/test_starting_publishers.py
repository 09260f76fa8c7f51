"""The starting publishers are data, and the data are whole."""

from __future__ import annotations

import tomllib
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "feeds"


def publishers() -> list[dict[str, object]]:
    return [
        one for path in sorted(FOLDER.glob("*.toml")) for one in tomllib.loads(path.read_text("utf-8"))["publisher"]
    ]


def feeds() -> list[str]:
    return [feed["url"] for one in publishers() for feed in one["feed"]]


def test_there_are_many_from_many_countries_english_and_arabic_among_them():
    assert len(feeds()) >= 60
    assert len({one["country"] for one in publishers()}) >= 25
    assert {"en", "ar"} <= {one["language"] for one in publishers()}


def test_every_entry_is_whole():
    for one in publishers():
        assert all(one.get(field) for field in ("name", "home", "country", "language", "beat", "feed")), one
        assert len(one["country"]) == 2
        assert one["country"].isupper()


def test_every_feed_has_an_address_of_its_own():
    assert all(url.startswith(("http://", "https://")) for url in feeds())
    assert len(feeds()) == len(set(feeds()))
