"""More pages to learn from: trafilatura's own test pages, whose true bodies are known by snippets alone.

What trafilatura takes from such a page counts as its body if it holds every
snippet that must be there and none that must not: silver beside the extraction
set's gold, and it weighs less. The pages are not ours to ship; the weights say
that they were learned from (`silver` in the archive).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import trafilatura

from newstext.extract.decoding import decode

MODES: tuple[dict[str, Any], ...] = ({}, {"favor_precision": True}, {"favor_recall": True})
FOLDERS = ("eval", "cache")


def silver_pages(folder: Path) -> Iterator[tuple[str, str, str]]:
    """(address, html, body) of each page that trafilatura reads as its snippets say.

    folder: `tests` of a checkout of github.com/adbar/trafilatura.
    """
    for url, told in json.loads((folder / "evaldata.json").read_bytes()).items():
        path = next((path for name in FOLDERS if (path := folder / name / told["file"]).exists()), None)
        if path is None or not told.get("with"):
            continue
        html = decode(path.read_bytes(), "")
        if body := _as_told(html, told):
            yield url, html, body


def silver_digest(folder: Path) -> str:
    return hashlib.sha256((folder / "evaldata.json").read_bytes()).hexdigest()


def _as_told(html: str, told: dict[str, Any]) -> str:
    for mode in MODES:
        text = _text(html, mode)
        if (
            text
            and all(part in text for part in told["with"])
            and not any(part in text for part in told.get("without", []))
        ):
            return text
    return ""


def _text(html: str, mode: dict[str, Any]) -> str:
    try:
        return trafilatura.extract(html, include_comments=False, include_tables=True, **mode) or ""
    except Exception:  # lxml raises many kinds on broken trees; such a page teaches nothing
        return ""
