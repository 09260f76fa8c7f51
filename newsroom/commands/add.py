"""./run add: follow a feed, a site, or the feeds of an OPML or TOML file."""

from __future__ import annotations

import sys

from newsroom.commands import site


def main(argv: list[str]) -> int:
    parser = site.parser("add", "Follow feeds: by a feed's address, a site's, or from an OPML or TOML file.")
    parser.add_argument("what", nargs="+", metavar="URL-or-FILE")
    options = parser.parse_args(argv)
    site.open_site(options.data)
    from newsroom.desk.adding import add

    failed = 0
    for what in options.what:
        result = add(what)
        for problem in result.problems:
            print(problem, file=sys.stderr)
        print(f"{what}: {result.new} new feeds, {result.known} followed already, {len(result.problems)} problems")
        failed += not (result.new or result.known)
    return 1 if failed else 0
