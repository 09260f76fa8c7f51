"""./run licences: write docs/reference/licences.md, the licence of every package of the lock."""

from __future__ import annotations

import sys

from newsroom.parts_list import LISTED, Listed, listed, locked, table, told_by

HEAD = """# Licences of what it is made of

{says}

| package | licence | where it comes from |
|---|---|---|
""".format(
    says="Every package that `requirements/site.txt` may install, with the licence that its authors state (SPDX names;"
    " two joined by OR are both offered, or its metadata names both). Made by `./run licences` from the packages;"
    " a test holds that none is missing. Backstory’s own: [Apache-2.0](../../LICENSE); word lists and weights:"
    " [NOTICE](../../NOTICE)."
)


def main(argv: list[str]) -> int:
    if argv:
        print("./run licences takes no options.", file=sys.stderr)
        return 2
    before = listed()
    rows: list[Listed] = []
    missing: list[str] = []
    for name in dict.fromkeys(one.name for one in locked()):
        found = told_by(name) or before.get(name)  # of another system's packages what was written by hand stays
        if found is None or found.licence == "?":
            found = before.get(name, found)
        if found is None or found.licence == "?":
            missing.append(name)
            found = found or Listed(name, "?", "")
        rows.append(found)
    LISTED.write_text(HEAD + table(rows) + "\n", encoding="utf-8")
    for name in missing:
        print(f"{name}: its metadata states no licence. Look it up, and write it into {LISTED.name}.", file=sys.stderr)
    print(f"{len(rows)} packages, {len(missing)} without a licence: docs/reference/{LISTED.name}")
    return 1 if missing else 0
