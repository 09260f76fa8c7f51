"""Figure 6: what servers do wrong is survived and named, and other hosts do not wait for it."""

from __future__ import annotations

import pytest

from tests.hostile import misbehaviours
from tests.hostile.figures import Run


@pytest.mark.slow
def test_misbehaving_servers_are_survived_and_named(hostile, tmp_path):
    found = misbehaviours.looked(Run(0.1, 7, hostile, tmp_path))
    assert (found.unscripted, found.not_survived, found.not_named, found.not_kept) == ([], [], [], [])
    assert not found.good_failed


@pytest.mark.long
def test_a_third_of_the_kinds_beside_good_hosts(hostile, tmp_path):
    short = [figure for figure in misbehaviours.measure(Run(0.3, 8, hostile, tmp_path)) if not figure.is_reached]
    assert not short, short
