"""What ./run hands over to: finds the command and runs it."""

from __future__ import annotations

import importlib
import sys

# Name, module under newsroom.commands, what it does. The first is the default.
COMMANDS = (
    ("serve", "start the site, read the publishers, and go on reading them (the default)"),
    ("add", "follow a feed, a site, or the feeds of an OPML or TOML file"),
    ("worker", "read for a site on many machines, told by messages what to do"),
    ("ingest", "read all that is due once, then exit"),
    ("backfill", "read earlier articles of the publishers followed"),
    ("archive", "put what `newstext archive` read into the site: archive load DIR"),
    ("explain", "make the article page of any text: a file, an address, or - for standard input"),
    ("sample", "load the sample edition, or remove it"),
    ("admin", "make an administrator"),
    ("backup", "write all rows of the site into one file, while it goes on"),
    ("restore", "put a backup in place"),
    ("upgrade", "bring the tables up to this version, with what stands there kept before"),
    ("cases", "write editors' choices about stories as JSON Lines, for newstext measure grouping --cases"),
    ("comments", "export what readers wrote as JSON, of the site or one thread"),
    ("measure", "run every measure and write docs/measured.md"),
    ("bench", "measure how fast and lean it is, beside a floor and peers, into docs/measured.md"),
    ("shots", "photograph every kind of page, to be looked at on contact sheets"),
    ("test", "run the tests: fast, all, browser, or any pytest arguments"),
    ("check", "format, lint, types, import contracts, docs"),
    ("translate", "bring the translations of the pages up to date, and say what is missing"),
    ("lock", "compile requirements/*.txt from pyproject.toml"),
    ("licences", "write the licences of all packages of the lock into docs/reference/licences.md"),
    ("sbom", "write what the site is made of as CycloneDX JSON, from the lock"),
    ("audit", "look the packages of the lock up in the list of known holes"),
)


def usage() -> str:
    lines = [f"  ./run {name:<9} {summary}" for name, summary in COMMANDS]
    return (
        "Usage: ./run [command] [options]\n\n"
        + "\n".join(lines)
        + "\n\n./run COMMAND --help tells a command's options."
    )


def main(argv: list[str]) -> int:
    if argv and argv[0] in ("help", "--help", "-h"):
        print(usage())
        return 0
    name, rest = (argv[0], argv[1:]) if argv and not argv[0].startswith("-") else (COMMANDS[0][0], argv)
    if name not in {known for known, _ in COMMANDS}:
        print(f"./run: no command {name!r}.\n\n{usage()}", file=sys.stderr)
        return 2
    module = importlib.import_module(f"newsroom.commands.{name}")
    code: int = module.main(rest)
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
