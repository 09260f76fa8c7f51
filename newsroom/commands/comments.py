"""./run comments export: what readers wrote, as JSON."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from newsroom.commands import site


def main(argv: list[str]) -> int:
    parser = site.parser(
        "comments", "Write every comment with its state, votes and earlier versions as one JSON object."
    )
    parser.add_argument("what", choices=["export"], help="export: write them")
    of = parser.add_mutually_exclusive_group()
    of.add_argument("--story", type=int, metavar="ID", help="of this story's thread alone")
    of.add_argument("--article", type=int, metavar="ID", help="of this article's thread alone")
    parser.add_argument("--out", metavar="FILE", type=Path, help="where to write (default: standard output)")
    options = parser.parse_args(argv)
    site.open_site(options.data)
    from django.utils import timezone

    from newsroom.comments.export import write_comments
    from newsroom.comments.places import find_place

    kind, number = ("article", options.article) if options.article else ("story", options.story)
    place = find_place(kind, number) if number else None
    if number and place is None:
        print(f"There is no {kind} {number}. Its number stands in its address, as /{kind}/12.", file=sys.stderr)
        return 1
    try:
        with contextlib.ExitStack() as stack:
            out = stack.enter_context(options.out.open("w", encoding="utf-8")) if options.out else sys.stdout
            count = write_comments(out, timezone.now(), place=place)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}. Give another file with --out.", file=sys.stderr)
        return 1
    print(f"{count} comment{'s' * (count != 1)}", file=sys.stderr)
    return 0
