"""What the filters of comments stop by the text alone, on labelled comments, by folds.

Run by `./run measure spam`. A site holds first comments, comments without a
proof of work and much else besides, whatever their text; that is left out
here, since it would stop all spam and all else. SPAM_COMMENTS names a folder of
CSV files as the YouTube Spam Collection has them (Alberto et al. 2015: AUTHOR,
CONTENT, and 1 for spam in the last column); it is public, and not kept here.
"""

from __future__ import annotations

import csv
import html
import os
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsroom.comments.bayes import Counts

FOLDS = 5
TAG = re.compile(
    r"</?[a-z][^>]*>", re.IGNORECASE
)  # the platform made links of times and addresses; written was the text alone


@dataclass(frozen=True, slots=True)
class Labelled:
    """A comment and what it is. group: what is held out together."""

    text: str
    is_spam: bool
    group: str


@dataclass(frozen=True, slots=True)
class Reached:
    """Shares of the spam that was stopped, and of the rest that was."""

    stopped: float
    false: float


def main() -> None:
    """Print the tables for docs/measured.md."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()
    from newsroom.spam_cases import made_by_rule
    from newstext.measuring import table

    rows = []
    if folder := os.environ.get("SPAM_COMMENTS"):
        read = read_folder(Path(folder))
        name = f"YouTube Spam Collection ({len(read):,})"
        rows += [(name, "random", *told) for told in compared(read, by_group=False)]
        rows += [(name, "each video held out", *told) for told in compared(read, by_group=True)]
    made = made_by_rule()
    name = f"made by rule ({len(made):,})"
    rows += [(name, "wordings held out", *told) for told in compared(made, by_group=True, has_copies=False)]
    heads = ("comments", "folds", "by", "spam stopped", "honest ones held")
    print(table("Spam stopped by the text alone", heads, rows))
    if not os.environ.get("SPAM_COMMENTS"):
        print("The public set was not here (`SPAM_COMMENTS`).\n")


def compared(comments: Sequence[Labelled], *, by_group: bool, has_copies: bool = True) -> list[tuple[str, str, str]]:
    """What each rule reaches, by name: (rule, stopped, false).

    has_copies: False of comments that are of few wordings by themselves, where each would be another's near copy.
    """
    ours = filtered(comments, by_group=by_group, has_copies=has_copies)
    from newsroom.comments import bayes

    ways = {
        "a link": of_links(comments, most=0),
        "more than two links": of_links(comments, most=2),
        f"Bayes from {bayes.SPAM_FROM}, links{', the same or nearly the same text' if has_copies else ''}": ours,
    }
    return [(name, f"{one.stopped:.1%}", f"{one.false:.1%}") for name, one in ways.items()]


def of_links(comments: Sequence[Labelled], *, most: int) -> Reached:
    """The plain baseline: held where it has more links than that."""
    from newsroom.comments.bayes import LINK

    return reached([(one.is_spam, len(LINK.findall(one.text.lower())) > most) for one in comments])


def filtered(comments: Sequence[Labelled], *, by_group: bool, has_copies: bool = True) -> Reached:
    """What comments.holding says of the texts: each fold judged by what was learnt of the others."""
    from newsroom.comments import bayes, holding, prints

    told = []
    for held_out in folds(comments, by_group=by_group):
        counts = learnt(one for place, one in enumerate(comments) if place not in held_out)
        before: list[tuple[str, int]] = []
        for place in sorted(held_out):
            text = comments[place].text
            is_stopped = len(holding.LINK.findall(text)) > holding.LINKS_MOST
            is_stopped |= bayes.score(bayes.signs_of(text), counts) >= bayes.SPAM_FROM
            words = len(prints.folded(text).split())
            if has_copies and words >= prints.FEWEST_WORDS:
                key, near = prints.key_of(text), prints.near_of(text)
                most = prints.NEAR_BITS if words >= prints.NEAR_FEWEST_WORDS else -1
                is_stopped |= any(key == one or (near ^ other).bit_count() <= most for one, other in before)
                before.append((key, near))
            told.append((comments[place].is_spam, is_stopped))
    return reached(told)


def learnt(comments: Iterable[Labelled]) -> Counts:
    """What comments.bayes would have in its rows after these."""
    from newsroom.comments import bayes

    spam, good = Counter[str](), Counter[str]()
    for one in comments:
        (spam if one.is_spam else good).update([bayes.ALL, *bayes.signs_of(one.text)])
    return lambda sign: (spam[sign], good[sign])


def folds(comments: Sequence[Labelled], *, by_group: bool) -> list[set[int]]:
    """Places of the comments, in parts; what is of one group in one part, where that is asked for."""
    if by_group:
        groups = sorted({one.group for one in comments})
        part_of = {group: place % FOLDS for place, group in enumerate(groups)}
        return [{i for i, one in enumerate(comments) if part_of[one.group] == part} for part in range(FOLDS)]
    places = list(range(len(comments)))
    random.Random(1).shuffle(places)
    return [set(places[part::FOLDS]) for part in range(FOLDS)]


def reached(told: Sequence[tuple[bool, bool]]) -> Reached:
    spam = [is_stopped for is_spam, is_stopped in told if is_spam]
    honest = [is_stopped for is_spam, is_stopped in told if not is_spam]
    return Reached(sum(spam) / len(spam), sum(honest) / len(honest))


def read_folder(folder: Path) -> list[Labelled]:
    """The comments of every CSV file there, the file's name as their group."""
    found = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            for row in csv.reader(file):
                if len(row) >= 5 and row[-1] in ("0", "1"):
                    found.append(Labelled(html.unescape(TAG.sub(" ", row[-2])), row[-1] == "1", path.stem))
    if not found:
        raise SystemExit(
            f"SPAM_COMMENTS={str(folder)!r}: no CSV file with labelled comments. Unset it, or name another."
        )
    return found


if __name__ == "__main__":
    main()
