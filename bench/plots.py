"""Bars as SVG: ours beside the floor and the peers, readable on light and on dark."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.row import Row

WIDTH, LABEL, VALUE = 720, 190, 70
BAR, GAP, TOP = 20, 8, 46
STYLE = """
svg{font:13px system-ui,sans-serif;background:#fff}text{fill:#222}.small{font-size:11px;fill:#555}
.ours{fill:#0b66c3}.peer{fill:#9aa5b1}.asked{stroke:#b3261e;stroke-width:2;stroke-dasharray:5 3}
@media(prefers-color-scheme:dark){svg{background:#15181c}text{fill:#e8eaed}.small{fill:#b0b6bd}
.ours{fill:#6cb2ff}.peer{fill:#707b87}.asked{stroke:#ff8a80}}
"""


def write(folder: Path, found: Mapping[str, Sequence[Row]]) -> list[Path]:
    """A file bench-NAME.svg for each row's module that has peers to show; which."""
    written = []
    for name, rows in found.items():
        shown = [row for row in rows if row.peers]
        if shown:
            path = folder / f"bench-{name}.svg"
            path.write_text(drawn(shown), encoding="utf-8")
            written.append(path)
    return written


def drawn(rows: Sequence[Row]) -> str:
    """The rows one below another, each a group of bars on a scale of its own."""
    parts, top = [], 0
    for row in rows:
        part, height = _group(row, top)
        parts.append(part)
        top += height
    title = html.escape("; ".join(row.figure for row in rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img"><title>{title}</title>'
        f"<style>{STYLE.strip()}</style>{''.join(parts)}</svg>\n"
    )


def _group(row: Row, top: int) -> tuple[str, int]:
    bars = sorted(
        [("ours", row.ratio, ""), *((one.name, one.ratio, one.day) for one in row.peers)], key=lambda bar: bar[1]
    )
    limit = _limit(row.asked)
    least = min(value for _, value, _ in bars if value > 0)
    most = max(*(value for _, value, _ in bars), limit or 0.0)
    is_wide = most / least > 30  # then steps of ten are drawn equal

    def width(value: float) -> float:
        room = WIDTH - LABEL - VALUE
        if not is_wide:
            return room * value / most
        low = math.log10(least) - 0.3
        return max(2.0, room * (math.log10(max(value, least)) - low) / (math.log10(most) - low))

    scale = ", logarithmic" if is_wide else ""
    said = [
        f'<text x="10" y="{top + 18}" font-weight="600">{html.escape(row.figure)}</text>',
        f'<text x="10" y="{top + 34}" class="small">asked: {html.escape(row.asked)}{scale}</text>',
    ]
    at = top + TOP
    for name, value, day in bars:
        kind = "ours" if name == "ours" else "peer"
        label = html.escape(f"{name} ({day})" if day else name)
        said.append(
            f'<text x="{LABEL - 8}" y="{at + 15}" text-anchor="end">{label}</text>'
            f'<rect x="{LABEL}" y="{at}" width="{width(value):.1f}" height="{BAR}" class="{kind}"/>'
            f'<text x="{LABEL + width(value) + 6:.1f}" y="{at + 15}">{value:.3g}</text>'
        )
        at += BAR + GAP
    if limit:
        x = LABEL + width(limit)
        said.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top + TOP - 4}" y2="{at - 4}" class="asked"/>')
    return "".join(said), at - top + GAP


def _limit(asked: str) -> float | None:
    """The number in "<= 4" or ">= 0.8 of …"; None where there is none."""
    words = asked.split()
    if len(words) > 1 and words[0] in ("<=", ">="):
        try:
            return float(words[1])
        except ValueError:
            return None
    return None
