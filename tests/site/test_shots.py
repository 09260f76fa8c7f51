"""./run shots: the pages that it photographs are there."""

from __future__ import annotations

import pytest
from django.urls import resolve

from newsroom.commands import shots


@pytest.mark.parametrize("kind", sorted(set(shots.PAGES) - {"not found"}))
def test_every_kind_of_page_on_the_contact_sheets_has_an_address(kind):
    assert resolve(shots.PAGES[kind][0].partition("?")[0])


def test_a_kind_that_is_not_there_is_named_with_those_that_are(capsys):
    with pytest.raises(SystemExit) as ended:
        shots.main(["frontpage"])
    assert ended.value.code == 2
    assert "no kind of page frontpage. There are: front" in capsys.readouterr().err
