"""A site at rest holds nothing of what reads news: it is imported when there is something to read."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.site import running

# What the text engine brings: 40 MB in each process that imports it.
OF_READING = frozenset(
    "numpy lxml PIL selectolax rapidfuzz simplemma trafilatura htmldate feedparser fastfeedparser".split()
)
IMPORTED = "import sys, django; django.setup(); import {modules}; print(*sys.modules)"


@pytest.mark.slow
@pytest.mark.parametrize("modules", ["newsroom.urls", "newsroom.desk.work, newsroom.desk.clock"])
def test_neither_the_web_server_nor_the_desk_imports_what_reads_news(modules, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED.format(modules=modules)],
        cwd=running.ROOT, env=running.environment(BACKSTORY_DATA=str(tmp_path), DJANGO_SETTINGS_MODULE="newsroom.settings"), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert OF_READING & set(done.stdout.split()) == set()
