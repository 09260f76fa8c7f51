"""./run measure [NAME …]: what newstext and the pages reach, written to docs/measured.md."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import platform
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "measured.md"
HEAD = """# Measured

Made by `./run measure` on the development data (`NEWSTEXT_DATA`); every table shows a plain baseline from
the same run. Speeds are of one shared, noisy core: read them as ratios. What falls short stands at the end.
"""
SHORT = ROOT / "docs" / "falls-short.md"
OF_SITE = ("pages", "comments", "spam")  # each measured in a data folder of its own


def main(argv: list[str]) -> int:
    """Measure all, or those that are named; the others keep what was measured before, with its day."""
    from newstext.__main__ import measures

    names = [*measures(), *OF_SITE]
    unknown = sorted(set(argv) - set(names))
    if unknown:
        print(f"./run measure: no measure {', '.join(unknown)}. There are: {', '.join(names)}.", file=sys.stderr)
        return 2
    kept = _kept() if argv else {}
    parts = [HEAD]
    for name in names:
        if name in kept and name not in argv:
            parts.append(kept[name])
            continue
        print(f"measuring {name}", file=sys.stderr, flush=True)
        call = f"./run measure {name}" if name in OF_SITE else f"newstext measure {name}"
        parts.append(f"## `{call}`\n\n{_line()}\n{_measured(name).strip()}\n")
    parts.append(SHORT.read_text(encoding="utf-8"))
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


def _measured(name: str) -> str:
    """What a measure prints."""
    if name in OF_SITE:
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "BACKSTORY_DATA": folder, "DATABASE_URL": ""}
            done = subprocess.run(
                [sys.executable, "-m", f"newsroom.measure_{name}"], env=environment, stdout=subprocess.PIPE, check=True
            )
        return done.stdout.decode()
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        importlib.import_module(f"newstext.measure_{name}").main([])
    return said.getvalue()


def _kept() -> dict[str, str]:
    """What the page has of each measure."""
    parts = re.split(r"^(?=## )", PAGE.read_text(encoding="utf-8"), flags=re.M)
    named = ((re.match(r"## `(?:newstext|\./run) measure (\w+)`", part), part.rstrip() + "\n") for part in parts)
    return {found[1]: part for found, part in named if found}


def _line() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("trafilatura", "selectolax", "feedparser", "numpy"))
    return f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {libraries}.\n"
