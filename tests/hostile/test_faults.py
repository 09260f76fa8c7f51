"""Faults under a running site: what a harness of them says, and that it can say no."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client

from newsroom import urls
from tests.hostile import faults
from tests.hostile.faulty_site import Answered, Told, faulty_site
from tests.hostile.figures import Run

BRIEF_S = 4.0


@pytest.mark.slow
def test_a_broken_disk_leaves_clean_pages_and_passes(tmp_path):
    [gone] = [fault for fault in faults.FAULTS if fault.name == "database gone"]
    with faulty_site(tmp_path, papers=2) as site:
        found = faults.trial(site, gone, lasts_s=BRIEF_S)
    assert not found.unclean, found
    assert not found.damage, found
    assert found.is_told, found
    assert found.recovered_s < faults.WAITED_MOST_S, found  # how soon is measured where nothing else runs


@pytest.mark.long
def test_a_tenth_of_the_faults(tmp_path):
    found = faults.measure(Run(0.1, 7, Path(), tmp_path))
    assert all(one.is_reached for one in found), found


# --- the harness can fail -----------------------------------------------------
def trial(answer: Answered, **different: object) -> faults.Trial:
    unclean = Counter([answer.fault] if answer.fault else [])
    stood = faults.Trial(faults.FAULTS[0], 1, int(answer.status == 503), unclean, True, 4.0, ())
    return dataclasses.replace(stood, **different)


@pytest.fixture
def asked(db, monkeypatch):
    """What a reader is told of a story while the database is away."""

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("disk I/O error")

    def ask(path: str = "/about") -> Answered:
        with monkeypatch.context() as away:
            away.setattr("newsroom.stories.context.model_calls.is_on", gone)
            answer = Client(raise_request_exception=False).get(path)
        told = {name.lower(): value for name, value in answer.headers.items()}
        return Answered(path, answer.status_code, 0.1, told, answer.content.decode())

    return ask


def test_our_page_of_a_database_that_is_away_is_clean(asked):
    answer = asked()
    assert (answer.status, answer.fault) == (503, "")
    assert trial(answer).is_stood


def test_without_the_page_of_our_own_the_figure_is_red(asked, monkeypatch):
    monkeypatch.setattr(urls, "handler500", "django.views.defaults.server_error")
    found = trial(asked())
    assert not found.is_stood
    assert "1 x HTTP 500" in found.as_figure().got
    assert not faults.in_all([found]).is_reached


@pytest.mark.parametrize(
    ("different", "told"),
    [
        ({"is_told": False}, "health does not tell"),
        ({"recovered_s": 61.0}, "again well after 61 s"),
        ({"recovered_s": faults.WAITED_MOST_S + 1}, "not well again"),
        ({"damage": ("the database is corrupt",)}, "the database is corrupt"),
    ],
)
def test_each_thing_that_is_asked_turns_it_red_alone(asked, different, told):
    found = trial(asked(), **different)
    assert not found.is_stood
    assert told in found.as_figure().got


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answered("/", 0, 0.1, {}, ""), "no answer"),
        (Answered("/", 200, 33.0, {}, "news"), "after 33 s"),
        (Answered("/", 200, 0.1, {}, "sqlite3.OperationalError: no such table"), "a raw error is shown"),
        (Answered("/", 200, 0.1, {}, "Back in a moment"), "the page of a fault as a good one"),
        (Answered("/", 503, 0.1, {"cache-control": "no-store"}, "Back in a moment"), "503 without Retry-After"),
        (Answered("/", 503, 0.1, {"retry-after": "30"}, "Back in a moment"), "503 that may be kept"),
        (Answered("/", 503, 0.1, {"retry-after": "30", "cache-control": "no-store"}, "<h1>"), "503 that is no page of ours"),
    ],
)  # fmt: skip
def test_an_answer_that_is_not_clean_is_named(answer, fault):
    assert answer.fault == fault


def test_health_that_says_nothing_does_not_count_as_told():
    silent = Told("ready\n", {"disk": {"is_well": True}}, {"waiting": 3.0})
    for fault in faults.FAULTS:
        assert not fault.tells(silent, silent), fault.name
