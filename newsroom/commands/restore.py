"""./run restore FILE: put a backup in the place of the site's rows."""

from __future__ import annotations

import sys
from pathlib import Path

from newsroom.commands import site


def main(argv: list[str]) -> int:
    parser = site.parser("restore", "Put a backup in place, of this version or an older one. The site must not run.")
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--replace", action="store_true", help="also where a site stands; on SQLite it is kept beside")
    options = parser.parse_args(argv)
    site.set_up(options.data)
    from django.conf import settings

    from newsroom import backups, in_use, tables

    try:
        with in_use.alone(settings.DATA_DIR):
            if tables.is_postgres() and (others := tables.others_connected()):
                raise in_use.InUse(f"DATABASE_URL: a site runs on it ({others}). Stop it on every machine first.")
            kept = backups.restore(options.file.absolute(), replace=options.replace)
            site.bring_up_to_date(lambda: tables.apply_missing(lambda: ""))  # the backup itself is what was before
    except (backups.BackupError, in_use.InUse) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{options.file} is in place in {settings.DATA_DIR}. Start the site with ./run.")
    if kept:
        print(f"What stood there is kept as {kept.name}; delete it when you are sure.")
    return 0
