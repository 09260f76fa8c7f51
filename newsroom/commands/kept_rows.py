"""Rows of a long measure, each kept as it ends with the code it was made on, so that a run can be taken up again."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

ROOT = Path(__file__).resolve().parents[2]
CODE = (".", ":!tests/hostile/found", ":!docs", ":!*.md")  # what a figure may depend on

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Kept(Generic[Line]):
    """What a row gave, as lines of its table. load: of the machine as it began, where that is known."""

    lines: tuple[Line, ...]
    commit: str
    day: str
    share: float
    seed: int
    took_s: float
    load: float | None

    @property
    def when(self) -> str:
        """How large, how long, beside what, when and on which code, for the table."""
        share = "" if self.share == 1 else f"share {self.share:g}, "
        load = "" if self.load is None else f"load {self.load:g}, "
        return f"{share}seed {self.seed}, {self.took_s:,.0f} s, {load}{self.day}, {self.commit}"


class KeptRows(Generic[Line]):
    """The rows of these names, each in FOLDER/NAME.json. line: makes a line of what stands there of one."""

    def __init__(self, folder: Path, names: Sequence[str], line: Callable[..., Line]) -> None:
        self.folder, self.names, self.line = folder, names, line

    def asked(self, parser: argparse.ArgumentParser, argv: Sequence[str], *, seed: int) -> argparse.Namespace:
        """What is to be run: `rows`, `share` and `seed` beside the parser's own. Raises SystemExit by name."""
        parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of: {', '.join(self.names)}")
        parser.add_argument("--share", type=float, default=1.0, help="how much of it, above 0 to 1 (1)")
        parser.add_argument("--seed", type=int, default=seed)
        asked = parser.parse_args(argv)
        if not 0 < asked.share <= 1:
            parser.error(f"--share {asked.share} is not above 0 and at most 1.")
        if unknown := sorted(set(asked.rows) - set(self.names)):
            parser.error(f"no row {', '.join(unknown)}. There are: {', '.join(self.names)}.")
        return asked

    def run(self, asked: argparse.Namespace, measure: Callable[[str, Path], Sequence[Line]]) -> int:
        """Measure the rows asked for by name, or those not kept for this code; 1 if one could not be measured.

        measure: is given a row's name and an empty folder.
        """
        code = 0
        for name in asked.rows or [name for name in self.names if not self._is_kept(name, asked)]:
            print(f"measuring {name}", file=sys.stderr, flush=True)
            try:
                self._keep(name, asked, measure)
            except Exception as problem:
                print(f"{name}: {type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
                code = 1
        return code

    def kept(self, name: str) -> Kept[Line] | None:
        try:
            said = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return Kept(**{**said, "lines": tuple(self.line(**one) for one in said["lines"])})

    def _keep(self, name: str, asked: argparse.Namespace, measure: Callable[[str, Path], Sequence[Line]]) -> None:
        started, load = time.monotonic(), os.getloadavg()[0]
        with tempfile.TemporaryDirectory(prefix=f"{name}-") as scratch:
            lines: tuple[Any, ...] = tuple(measure(name, Path(scratch)))
        took_s = round(time.monotonic() - started, 1)
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        load = max(load, os.getloadavg()[0])  # at its begin or its end: nothing may have been at work before
        found = Kept(lines, commit(), day, asked.share, asked.seed, took_s, round(load, 1))
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{name}.json.part"
        part.write_text(json.dumps(asdict(found), indent=1), encoding="utf-8")
        os.replace(part, self.folder / f"{name}.json")

    def _is_kept(self, name: str, asked: argparse.Namespace) -> bool:
        found = self.kept(name)
        return found is not None and (found.commit, found.share, found.seed) == (commit(), asked.share, asked.seed)


def commit() -> str:
    """The newest commit that changed more than texts and what was found; with + where files differ from it."""
    newest = _git("log", "-1", "--format=%h", "--", *CODE)
    differs = _git("status", "--porcelain", "--untracked-files=no", "--", *CODE)
    return newest + ("+" if differs else "") if newest else "no commit"


def _git(*words: str) -> str:
    command = ["git", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
