"""./run archive load: put what newstext archive read into the site."""

from __future__ import annotations

import json
import sys

from newsroom.commands import site


def main(argv: list[str]) -> int:
    parser = site.parser(
        "archive",
        "Put the articles that `newstext archive` read into the site, and group them into its stories. It may be "
        "stopped at any moment; run again, it keeps what is missing. The last line says what was done, as JSON.",
    )
    parser.add_argument("what", choices=("load",))
    parser.add_argument("folder", metavar="DIR", help="where `newstext archive` wrote its results")
    options = parser.parse_args(argv)
    site.open_site(options.data)
    from newsroom.desk import loading
    from newsroom.desk.work import Desk

    desk = Desk()
    try:
        done = loading.load(options.folder, desk, tell=_tell)
        _tell_stories(desk)
    except (OSError, ImportError, ValueError) as error:
        print(f"archive: {error}", file=sys.stderr)
        return 1
    finally:
        desk.close()
    done.articles_placed, done.notes_written = desk.done.articles_placed, desk.done.notes_written
    print(json.dumps(done.as_dict()), flush=True)
    return 0


def _tell_stories(desk: Desk) -> None:  # noqa: F821
    began = desk.clock()
    while desk.group():
        _tell(f"{desk.done.articles_placed} articles in stories")
    while desk.settle(at_once=True):
        pass
    desk.want_notes_at_once(began)
    while desk.write_notes():
        _tell(f"notes of {desk.done.notes_written} stories written")
    while desk.keep_sections():
        pass


def _tell(line: str) -> None:
    print(f"archive: {line}", file=sys.stderr, flush=True)
