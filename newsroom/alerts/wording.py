"""Foreign words as mails may carry them: on one line, without what turns or hides text, and without a link."""

from __future__ import annotations

import re

from newsroom.stories.search_query import UNSEEN

# Beside what a search drops: marks of direction, spaces of no width, separators of lines.
HIDDEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u2060-\u2064\ufeff\ufff9-\ufffb]")
# Programs that show mails make links of these; only our own links may stand in ours.
ADDRESS = re.compile(r"(?i)\b[a-z][a-z0-9+.-]*://|\bwww\.|\bmailto:")
LONGEST = 300


def plain(text: str, *, most: int = LONGEST) -> str:
    """The text on one line, cut after `most` signs."""
    line = " ".join(ADDRESS.sub(" ", HIDDEN.sub("", UNSEEN.sub(" ", text))).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
