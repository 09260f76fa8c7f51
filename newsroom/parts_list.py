"""What the site is made of: the packages of the hashed lock, and under which licence each is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "site.txt"
LISTED = ROOT / "docs" / "reference" / "licences.md"
PINNED = re.compile(r"^(?P<name>[a-z0-9.-]+)==(?P<version>\S+)(?: ; (?P<marker>.*?))?(?: \\)?$", re.MULTILINE)
ROW = re.compile(r"^\| `(?P<name>[a-z0-9.-]+)` \| (?P<licence>[^|]+?) \| (?P<home>[^|]*?) \|$", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
CLASSIFIED = {
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-2.1-or-later",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
# As their authors write them, in the short form.
WRITTEN = {
    "MIT License": "MIT",
    "The MIT License": "MIT",
    "BSD": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD-2-clause": "BSD-2-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
}


@dataclass(frozen=True, slots=True)
class Locked:
    """A package as the lock has it. hashes: SHA-256 of each file that may be installed. marker: where it is."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A package as the list of licences has it."""

    name: str
    licence: str
    home: str


def locked(text: str | None = None) -> list[Locked]:
    """The packages of requirements/site.txt, in its order."""
    text = LOCK.read_text(encoding="utf-8") if text is None else text
    starts = list(PINNED.finditer(text))
    ends = [found.start() for found in starts[1:]] + [len(text)]
    return [
        Locked(found["name"], found["version"], found["marker"] or "", tuple(HASH.findall(text[found.end() : end])))
        for found, end in zip(starts, ends, strict=True)
    ]


def listed() -> dict[str, Listed]:
    """The list of licences as it stands, by name."""
    text = LISTED.read_text(encoding="utf-8") if LISTED.exists() else ""
    return {row["name"]: Listed(row["name"], row["licence"], row["home"]) for row in ROW.finditer(text)}


def told_by(name: str) -> Listed | None:
    """Licence and home as the installed package says; None where it is not installed here."""
    try:
        package = distribution(name)
    except PackageNotFoundError:
        return None
    return Listed(name, _licence(package), _home(package))


def _licence(package: Distribution) -> str:
    said = package.metadata
    if expression := said.get("License-Expression"):
        return str(expression)
    classes = [one.rpartition(" :: ")[2] for one in said.get_all("Classifier", []) if one.startswith("License :: ")]
    known = sorted({CLASSIFIED[one] for one in classes if one in CLASSIFIED})
    if known:
        return " OR ".join(known) if len(known) > 1 else known[0]
    written = (said.get("License") or "").strip()
    return WRITTEN.get(written, written if 0 < len(written) <= 80 and "\n" not in written else "?")


def _home(package: Distribution) -> str:
    said = package.metadata
    urls = dict(one.split(", ", 1) for one in said.get_all("Project-URL", []) if ", " in one)
    wanted = ("source", "source code", "repository", "homepage", "home")
    by_name = {name.casefold(): url for name, url in urls.items()}
    return next((by_name[name] for name in wanted if name in by_name), said.get("Home-page") or "")


def table(rows: Iterable[Listed]) -> str:
    """Rows of Markdown, in order of their names."""
    return "\n".join(f"| `{one.name}` | {one.licence} | {one.home} |" for one in sorted(rows, key=lambda row: row.name))
