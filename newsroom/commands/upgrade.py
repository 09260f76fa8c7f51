"""./run upgrade: bring the tables up to this version, with what stands there kept before."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from newsroom.commands import site


def main(argv: list[str]) -> int:
    parser = site.parser(
        "upgrade",
        "Bring the tables up to this version; what stands there is kept before. ./run does it by itself at its start; "
        "this is for sites that are served by gunicorn or on several machines.",
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--backup", metavar="FILE", type=Path, help="keep what stands there in this file (as ./run backup)"
    )
    way.add_argument("--no-backup", action="store_true", help="keep nothing: you have a copy of your own")
    options = parser.parse_args(argv)
    site.set_up(options.data)
    from newsroom import tables

    found = tables.state()
    site.bring_up_to_date(
        lambda: tables.bring_up_to_date(by_itself=False, keep=_keep(options.backup, options.no_backup))
    )
    if not found.missing:
        print(f"{tables.place()}: nothing to do.")
        return 0
    print(f"{tables.place()}: {len(found.missing)} migrations applied, {found.missing[0]} to {found.missing[-1]}.")
    return 0


def _keep(file: Path | None, is_none: bool) -> Callable[[], str] | None:
    from newsroom import tables

    if is_none:
        print("Nothing is kept of what stands there.", file=sys.stderr)
        return lambda: ""
    return (lambda: tables.keep_in(file)) if file else None
