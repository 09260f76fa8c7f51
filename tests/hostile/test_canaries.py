"""A canary in every secret field is found nowhere; and it would be found if it were somewhere."""

from __future__ import annotations

import base64
import html
import logging
import random
from urllib.parse import quote

import pytest

from newsroom.log_lines import WithoutSecrets
from tests.hostile import canaries
from tests.hostile.figures import Run
from tests.hostile.secrets_known import Heard, Secrets

VALUE = "Can&ary<0451>/x+y"


def problems(run: Run) -> list[str]:
    return [f"{one.name}: {one.got}" for one in canaries.measure(run) if not one.is_reached]


@pytest.mark.slow
def test_no_secret_is_said_in_a_small_life_of_a_site(tmp_path):
    assert not problems(Run(0.01, 7, tmp_path, tmp_path))


@pytest.mark.long
def test_no_secret_is_said_on_a_tenth_of_the_pages(tmp_path):
    assert not problems(Run(0.1, 8, tmp_path, tmp_path))


@pytest.mark.long
def test_with_the_guard_of_the_log_off_the_harness_hears_secrets_in_it(tmp_path):
    secrets, heard = canaries.listen(Run(0.01, 7, tmp_path, tmp_path), settings_module="tests.hostile.leaky_settings")
    told, _ = canaries.figures(secrets, heard)
    assert not told.is_reached
    found = {place for _, place in secrets.found_in(heard) if not place.startswith(("rows:", "backup:"))}
    assert "site.log" in found


@pytest.fixture
def known() -> Secrets:
    secrets = Secrets(random.Random(1))
    secrets.keep("the key", VALUE, shown_at=["page /own"])
    return secrets


@pytest.mark.parametrize(
    "said",
    [
        VALUE,
        f"key={quote(VALUE, safe='')}",
        html.escape(VALUE),
        base64.b64encode(VALUE.encode()).decode(),
        base64.b64encode(f"a:{VALUE}:b".encode()).decode(),
        base64.b64encode(f"ab:{VALUE}".encode()).decode(),
    ],
)
def test_a_secret_is_found_however_it_is_written(known, said):
    assert known.found_in([Heard("site.log", f"before {said} after".encode())]) == [("the key", "site.log")]


def test_its_owner_and_who_sent_it_may_have_it_and_nobody_else(known):
    body = VALUE.encode()
    assert not known.found_in([Heard("page /own as reader", body), Heard("page /x as reader", body, asked=body)])
    assert known.found_in([Heard("page /x as reader", body, asked=b"/x")])
    assert not known.found_in([Heard("page /x as reader", b"nothing")])


def test_a_backup_that_holds_more_than_feed_addresses_turns_the_figure_red(known):
    known.make("feed key")
    feed = known.known["feed key"].value.encode()
    good, bad = ([Heard("backup: database.sqlite3", body)] for body in (feed, feed + VALUE.encode()))
    assert [one.is_reached for one in canaries.figures(known, good)] == [True, True]
    assert [one.is_reached for one in canaries.figures(known, bad)] == [True, False]


def test_the_log_is_where_it_would_be_heard_without_its_guard(known):
    secret = known.make("feed key")
    line = logging.LogRecord("newsroom.desk", logging.WARNING, "", 1, "dns: https://a.example/f?k=%s", (secret,), None)
    assert known.found_in([Heard("site.log", logging.Formatter().format(line).encode())])
    assert not known.found_in([Heard("site.log", WithoutSecrets().format(line).encode())])
