"""./run cases: editors' choices about stories as JSON Lines."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from newsroom.commands import site


def main(argv: list[str]) -> int:
    parser = site.parser(
        "cases",
        "Write each choice that editors made about stories as a line of JSON, on which "
        "newstext measure grouping --cases FILE measures the grouping rule.",
    )
    parser.add_argument("--out", metavar="FILE", type=Path, help="where to write (default: standard output)")
    options = parser.parse_args(argv)
    site.open_site(options.data)
    from newsroom.stories.cases import case_lines

    try:
        with contextlib.ExitStack() as stack:
            out = stack.enter_context(options.out.open("w", encoding="utf-8")) if options.out else sys.stdout
            count = sum(1 for line in case_lines() if out.write(f"{line}\n"))
    except OSError as error:
        print(f"{error.filename}: {error.strerror}. Give another file with --out.", file=sys.stderr)
        return 1
    print(f"{count} case{'s' * (count != 1)}", file=sys.stderr)
    return 0
