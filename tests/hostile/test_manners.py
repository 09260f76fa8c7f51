"""HTTP manners over simulated days; and that a site without manners is found out."""

from __future__ import annotations

import logging

import pytest

from tests.hostile import manners
from tests.hostile.manners import Manners, poll_plainly, simulate

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
SEED = "7"


@pytest.fixture(autouse=True)
def _quiet():
    """Each failed look is told in the log; here they are meant."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def breaches(found: Manners) -> dict[str, int]:
    """What is not 0 of what must be."""
    counted = {
        "unconditional": found.unconditional,
        "waits broken": found.waits_broken,
        "too close": found.too_close,
        "asked after gone": found.asked_after_gone,
        "asked again": found.asked_again,
        "moved wrongly": found.moved_wrongly,
    }
    return {name: count for name, count in counted.items() if count}


def test_days_of_feeds_are_asked_with_manners():
    found = simulate(26, 2.2, SEED, restarts=4)
    assert breaches(found) == {}, found.breaches
    assert found.moves_made == found.moves_to_make == 3
    assert min(found.to_be_conditional, found.waits, found.gone, found.restarts) > 0
    assert 0 < found.p50_s < manners.SOON_S


def without_validators(desk):
    look = desk.fetching._get
    desk.fetching._get = lambda url, options, **_: look(url, options)


def without_waiting(desk):
    look = desk.fetching.look_at_feed

    def hurried(feed):
        looked = look(feed)
        return manners.replace(looked, retry_after_s=0)

    desk.fetching.look_at_feed = hurried


def without_spacing(desk):
    desk.fetching.spacing.spacing_s = 0


def forgetting_when_feeds_are_due(desk):
    from newsroom.publishers.models import Feed

    Feed.objects.update(next_check_at=desk.clock())


def taking_gone_for_missing(desk):
    look = desk.fetching.look_at_feed

    def deaf(feed):
        looked = look(feed)
        return manners.replace(looked, status=404) if looked.status == 410 else looked

    desk.fetching.look_at_feed = deaf


def moved_at_once(monkeypatch):
    from newsroom.publishers import save

    monkeypatch.setattr(save, "MOVES_BELIEVED", 1)
    monkeypatch.setattr(save, "MOVED_FOR", manners.timedelta(0))


OFF = {
    without_validators: "unconditional",
    without_waiting: "waits broken",
    without_spacing: "too close",
    forgetting_when_feeds_are_due: "asked again",
    taking_gone_for_missing: "asked after gone",
}


@pytest.mark.long
def test_a_site_without_any_manners_is_found_out_in_each(monkeypatch):
    moved_at_once(monkeypatch)

    def change(desk):
        for off in OFF:
            off(desk)

    assert set(breaches(simulate(26, 1, SEED, restarts=2, change=change))) == {*OFF.values(), "moved wrongly"}


@pytest.mark.long
@pytest.mark.parametrize("off", OFF, ids=lambda off: off.__name__)
def test_a_site_without_one_of_its_manners_is_found_out(off):
    assert OFF[off] in breaches(simulate(26, 2.5, SEED, restarts=4, change=off))


@pytest.mark.long
def test_a_move_believed_at_once_is_found_out(monkeypatch):
    moved_at_once(monkeypatch)
    assert "moved wrongly" in breaches(simulate(26, 3, SEED, restarts=0))


def test_plain_hourly_polling_has_none_of_these_manners():
    found = poll_plainly(26, 3, SEED)
    assert {"unconditional", "waits broken", "asked after gone"} <= set(breaches(found))


@pytest.mark.long
def test_a_tenth_of_the_month_is_asked_with_manners():
    found = simulate(round(manners.FEEDS / 10), manners.DAYS, SEED, restarts=manners.RESTARTS)
    assert breaches(found) == {}, found.breaches
    assert found.moves_made == found.moves_to_make > 0
    assert 0 < found.p50_s < manners.SOON_S
