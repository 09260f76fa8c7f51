"""One child for all tests of a test process; it is replaced when it dies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.hostile.running import Case, Child, faults


@pytest.fixture(scope="session")
def child() -> Iterator[Child]:
    made = Child()
    yield made
    made.close()


@pytest.fixture
def faults_of(child) -> Callable[[Iterable[Case]], list[str]]:
    """What is wrong with how cases are taken, a line each."""
    return lambda cases: faults(cases, child)


@pytest.fixture(scope="session")
def hostile(newstext_data) -> Path:
    folder = newstext_data / "hostile"
    if not folder.is_dir():
        pytest.skip("the hostile data set is not here")
    return folder
