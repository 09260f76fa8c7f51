"""newsboat, as Debian has it, reads 5,000 stories through the Google Reader interface, and marks them both ways.

It asks as it does of FeedHQ, the one service of its kind in every version
whose address can be set. What it writes of stars it never reads back (it has
no call for that), so what another app stars is looked for by the interface.
"""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.site import running
from tests.site.phone_site import MAIL, SECTIONS, STORIES

pytestmark = pytest.mark.slow
WAIT_S = 120
LONG = "tag:google.com,2005:reader/item/"


class Site:
    """The site of tests.site.phone_site in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.site.phone_site", str(folder / "data"), str(self.log)],
            cwd=running.ROOT,
            env=running.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        begun = json.loads(self._line())
        self.port, self.secret, self.stories = begun["port"], begun["secret"], begun["stories"]

    def _line(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the site ended"
        return line

    def do(self, order: str) -> Any:
        assert self.process.stdin
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()
        return json.loads(self._line())

    def state(self) -> dict[str, list[int]]:
        return self.do("state")

    def answers(self) -> list[tuple[str, str, int, int]]:
        """(method, path, status, bytes) of each answer since the last look."""
        lines = self.log.read_text().splitlines()
        self.log.write_text("")
        return [tuple(json.loads(line)) for line in lines]

    def end(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=60)


class Newsboat:
    def __init__(self, folder: Path, site: Site) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "urls").write_text("")
        (folder / "config").write_text(
            f'urls-source "feedhq"\nfeedhq-url "http://127.0.0.1:{site.port}"\nfeedhq-login "{MAIL}"\n'
            f'feedhq-password "{site.secret}"\nfeedhq-min-items 1000\nfeedhq-show-special-feeds no\n'
            'feedhq-flag-star "s"\ndownload-timeout 120\nreload-threads 2\nconfirm-exit no\n'
            "feed-sort-order title\narticle-sort-order title-asc\n"
        )
        self.cache = folder / "cache.db"
        self.command = [
            "newsboat", "-q", "-C", str(folder / "config"), "-u", str(folder / "urls"), "-c", str(self.cache),
        ]  # fmt: skip
        self.env = {
            **os.environ,
            "HOME": str(folder),
            "TERM": "xterm",
            "LC_ALL": "C.UTF-8",
            "LINES": "40",
            "COLUMNS": "120",
        }

    def sync(self) -> None:
        done = subprocess.run(
            [*self.command, "-x", "reload"], env=self.env, capture_output=True, text=True, timeout=WAIT_S, check=False
        )
        assert done.returncode == 0, done.stderr

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.cache) as database:
            return database.execute(query).fetchall()

    def unread(self) -> set[int]:
        return {number_of(guid) for (guid,) in self.rows("SELECT guid FROM rss_item WHERE unread = 1")}

    def type_keys(self, *keys: str, until: Any) -> None:
        """Press keys as a person at a terminal does, each when the screen has settled; until: what must come true."""
        process, screen = pty.fork()
        if process == 0:
            os.execvpe(self.command[0], self.command, self.env)
        try:
            for key in keys:
                _settle(screen)
                os.write(screen, key.encode())
            end = time.monotonic() + WAIT_S
            while not until():
                assert time.monotonic() < end, "it never came true"
                _settle(screen)
            os.write(screen, b"qqq")  # it keeps what it did as it does it
            _settle(screen)
        finally:
            os.kill(process, signal.SIGKILL)
            os.close(screen)
            os.waitpid(process, 0)


def _settle(screen: int, quiet_s: float = 0.7) -> None:
    """Read what is drawn until nothing more is."""
    while select.select([screen], [], [], quiet_s)[0]:
        try:
            if not os.read(screen, 65536):
                return
        except OSError:
            return


def number_of(guid: str) -> int:
    return int(guid.removeprefix(LONG), 16)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    if not shutil.which("newsboat"):
        pytest.skip("no newsboat here; ./run test installs it by apt-get, or install it")
    running_site = Site(tmp_path)
    yield running_site
    running_site.end()


def test_newsboat_reads_five_thousand_stories_and_marks_both_ways(site: Site, tmp_path: Path) -> None:
    newsboat = Newsboat(tmp_path / "newsboat", site)
    every = sorted(number for numbers in site.stories.values() for number in numbers)
    assert len(every) == STORIES

    newsboat.sync()
    first = site.answers()
    guids = [guid for (guid,) in newsboat.rows("SELECT guid FROM rss_item")]
    assert sorted(map(number_of, guids)) == every  # nothing lost, nothing doubled
    assert newsboat.unread() == set(every)

    newsboat.sync()  # it keeps what a feed's answer is known by only where it knew the feed before
    assert len(newsboat.rows("SELECT id FROM rss_item")) == STORIES
    site.answers()
    newsboat.sync()  # nothing happened
    again = site.answers()
    feeds = [one for one in again if "/reader/atom/" in one[1]]
    assert [one[2] for one in feeds] == [304] * len(SECTIONS)
    assert sum(one[3] for one in feeds) == 0
    assert len(newsboat.rows("SELECT id FROM rss_item")) == STORIES

    new = site.do("grow 5")
    read_elsewhere = every[7]
    site.do(f"read {read_elsewhere}")
    newsboat.sync()
    held = sorted(number_of(guid) for (guid,) in newsboat.rows("SELECT guid FROM rss_item"))
    assert held == sorted([*every, *new])
    assert newsboat.unread() == {*every, *new} - {read_elsewhere}

    # Enter opens the first feed; N marks its first story as read and goes to the next; Ctrl-E s stars that.
    newsboat.type_keys("\r", "N", "\x05", "s\r", until=lambda: site.state()["starred"])
    after = site.state()
    [read_here] = set(after["read"]) - {read_elsewhere}
    assert len(after["starred"]) == 1
    newsboat.sync()
    assert newsboat.unread() == {*every, *new} - {read_elsewhere, read_here}
    assert site.state() == after

    site.do(f"unread {read_elsewhere}")
    newsboat.sync()
    assert newsboat.unread() == {*every, *new} - {read_here}
    assert len(newsboat.rows("SELECT id FROM rss_item")) == STORIES + len(new)

    newsboat.type_keys("\r", "\x05", "\x15\r", until=lambda: not site.state()["starred"])  # at the first unread: off
    print(
        f"first sync: {len(first)} answers, {sum(one[3] for one in first)} bytes; again: {sum(one[3] for one in again)}"
    )
