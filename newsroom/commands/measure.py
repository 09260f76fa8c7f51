"""./run measure: every newstext measure, written to docs/measured.md."""

from __future__ import annotations

import contextlib
import importlib
import io
import platform
import sys
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


def main(argv: list[str]) -> int:
    if argv:
        print("./run measure takes no options.", file=sys.stderr)
        return 2
    from newstext.__main__ import measures

    parts = [HEAD, _line()]
    for name in measures():
        print(f"measuring {name}", file=sys.stderr, flush=True)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            importlib.import_module(f"newstext.measure_{name}").main([])
        parts.append(f"## `newstext measure {name}`\n\n{said.getvalue().strip()}\n")
    parts.append(SHORT.read_text(encoding="utf-8"))
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


def _line() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("trafilatura", "selectolax", "feedparser", "numpy"))
    return f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {libraries}.\n"
