"""Fixtures that all tests may use."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Each test process keeps its secret key, pictures and locks in a folder of its own, away from var/. Django's
# settings are read before a worker of pytest-xdist comes here: its folder is given to it.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["BACKSTORY_DATA"] = tempfile.mkdtemp(prefix="backstory-test-")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs) -> None:
    for spec in specs:
        spec.env["BACKSTORY_DATA"] = tempfile.mkdtemp(prefix="backstory-test-")


def pytest_sessionfinish() -> None:
    shutil.rmtree(os.environ["BACKSTORY_DATA"], ignore_errors=True)


@pytest.fixture(scope="session")
def newstext_data() -> Path:
    """The folder of the data sets: NEWSTEXT_DATA, else ../shared/data."""
    folder = Path(os.environ.get("NEWSTEXT_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the data sets are not here ({folder.name} of NEWSTEXT_DATA)")
    return folder


@pytest.fixture(scope="session")
def sample_dir() -> Path:
    """Small invented inputs."""
    return ROOT / "tests" / "samples"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Load the sample edition once; each test's own changes are rolled back."""
    from newsroom.desk import sample
    from newsroom.desk.work import Desk

    with django_db_blocker.unblock():
        desk = Desk()
        try:
            sample.load(desk, stays=True)
            while desk.write_notes():
                pass
        finally:
            desk.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; the test is skipped where there is none."""
    found = os.environ.get("CHROMIUM") or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), "")
    if not found:
        pytest.skip("no Chromium here; install it or name it in CHROMIUM")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[object]:
    """A headless Chromium under Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield running
        running.close()
