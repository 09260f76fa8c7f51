"""A running site with the sample edition, for a real browser."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2  # noqa: TID251  the browser's tests look whether the site is up
import pytest
from playwright.sync_api import expect

from tests.site import running
from tests.site.serving import free_port

expect.set_options(timeout=30_000)  # that it comes at all: the machine does other tests too

NAMED_HOST = "news.localhost"  # of the same site: pages are kept for offline where the host is not this machine
MAKE_AN_EDITION = """
import django
django.setup()
from newsroom.stories.editions import make_due
from newsroom.stories.models import Story
newest = Story.objects.public().latest("last_at").last_at
raise SystemExit(make_due(newest.replace(hour=23)) != 1)
"""


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample edition and an edition of its last day, to be copied."""
    data = tmp_path_factory.mktemp("sample")
    running.run("sample", "--data", str(data))
    place = {"BACKSTORY_DATA": str(data), "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
    command = [sys.executable, "-c", MAKE_AN_EDITION]
    subprocess.run(command, cwd=running.ROOT, env=running.environment(**place), check=True, timeout=60)
    return data


@pytest.fixture(scope="module")
def live_data(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the site in the browser. Each file of tests has its own, for some write in it."""
    return Path(shutil.copytree(sample_data, tmp_path_factory.mktemp("live") / "data"))


@pytest.fixture(scope="module")
def live_site(live_data: Path) -> Iterator[str]:
    """The address of a site that `./run` serves; ended when the tests are."""
    port = free_port()
    limits = {"COMMENTS_PER_HOUR": "600"}  # the windows of all tests come from one address
    process = running.start("serve", "--data", str(live_data), "--port", str(port), SITE_HOSTS=NAMED_HOST, **limits)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _wait(address: str) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            if httpx2.get(f"{address}/healthz", trust_env=False).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise TimeoutError(f"{address} did not answer within 90 s")


@pytest.fixture
def page(browser, live_site):
    """A new browser window at the site, at phone width."""
    context = browser.new_context(base_url=live_site, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()
