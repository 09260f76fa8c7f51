"""What becomes of a foreign picture, as it is kept. Imports no Pillow: who shows pictures needs none (3 MB)."""

from __future__ import annotations

from dataclasses import dataclass

WIDTHS = (320, 640, 1280)  # of the copies that are kept; a narrower picture has its own width last


@dataclass(frozen=True, slots=True)
class Reencoded:
    """A picture as it is kept: WebP by the width it is asked for by. width, height: of the largest."""

    width: int
    height: int
    files: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why bytes are no picture that is shown."""

    reason: str
