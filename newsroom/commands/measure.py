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
SAFETY = "safety"  # hours long: run only where it is named
BY_THEMSELVES = (SAFETY, "bench")
BAD_CALL = 2
ABOUT_SAFETY = """What attacks us in `tests/hostile`, at full size, on the development half of the hostile data.
Each row says on which commit it was run (`+`: with changes not committed); each harness has a test that turns
its guard off and sees it fail."""


def main(argv: list[str]) -> int:
    """Measure all, or those that are named; the others keep what was measured before, with its day."""
    from newstext.__main__ import measures

    if argv[:1] == [SAFETY]:
        return _safety(argv[1:])
    names = [*measures(), *OF_SITE]
    unknown = sorted(set(argv) - set(names))
    if unknown:
        print(f"./run measure: no measure {', '.join(unknown)}. There are: {', '.join(names)}.", file=sys.stderr)
        return 2
    before = _kept()
    kept = before if argv else {}
    parts = [HEAD]
    for name in names:
        if name in kept and name not in argv:
            parts.append(kept[name])
            continue
        print(f"measuring {name}", file=sys.stderr, flush=True)
        call = f"./run measure {name}" if name in OF_SITE else f"newstext measure {name}"
        parts.append(f"## `{call}`\n\n{_line()}\n{_measured(name).strip()}\n")
    _write([*parts, *(before[name] for name in BY_THEMSELVES if name in before)])
    return 0


def _safety(argv: list[str]) -> int:
    """Run the harnesses of tests/hostile that are named, or not done yet on this commit; the rest of the page stays."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.safety", *argv], cwd=ROOT, stdout=subprocess.PIPE, check=False
    )
    if done.returncode == BAD_CALL:
        return BAD_CALL
    replace_part(SAFETY, f"## `./run measure {SAFETY}`\n\n{ABOUT_SAFETY}\n\n{done.stdout.decode().strip()}\n")
    return done.returncode


def replace_part(name: str, part: str) -> None:
    """Put a part of the page in place of what was measured before, or at its end; the other parts stay."""
    _write([HEAD, *{**_kept(), name: part}.values()])


def _write(parts: list[str]) -> None:
    PAGE.write_text("\n".join([*parts, SHORT.read_text(encoding="utf-8")]), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")


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
    named = (
        (re.match(r"## `(?:(?:newstext|\./run) measure|\./run) (\w+)`", part), part.rstrip() + "\n") for part in parts
    )
    return {found[1]: part for found, part in named if found}


def _line() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("trafilatura", "selectolax", "feedparser", "numpy"))
    return f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {libraries}.\n"
