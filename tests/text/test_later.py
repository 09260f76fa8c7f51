"""A module that is imported when something of it is asked for is that module, also once something was set in it."""

from __future__ import annotations

import sys

import pytest

from newstext import note_records
from newstext.later import later


def test_it_is_imported_by_who_asks_first():
    wave = later("wave")
    sys.modules.pop("wave", None)
    assert "wave" not in sys.modules
    assert callable(wave.open)
    assert "wave" in sys.modules


def test_what_is_set_in_the_module_is_seen_by_all(monkeypatch):
    there = later("newstext.note_records")
    assert there.StoryNotes is note_records.StoryNotes
    monkeypatch.setattr(note_records, "StoryNotes", "another")
    assert there.StoryNotes == "another"


def test_what_is_not_there_is_not_there():
    with pytest.raises(AttributeError):
        _ = later("newstext.note_records").nothing
