"""./run backup FILE: write all rows of the site into one file, while it goes on."""

from __future__ import annotations

import sys
from pathlib import Path

from newsroom.commands import site


def main(argv: list[str]) -> int:
    parser = site.parser("backup", "Write all rows of the site into one file. The site may run meanwhile.")
    parser.add_argument("file", metavar="FILE", type=Path)
    options = parser.parse_args(argv)
    site.set_up(options.data)
    from django.conf import settings
    from django.utils import timezone

    from newsroom import backups, tables

    site.share(settings.DATA_DIR)
    found = tables.state()  # tables of an older version are kept as they are: before an upgrade is when it is wanted
    if found.is_new or found.newer:
        why = f"of a newer version ({found.newer[0]}); back it up with that" if found.newer else "no site stands there"
        print(f"Backup {options.file}: {tables.place()}: {why}.", file=sys.stderr)
        return 1
    if not options.file.parent.is_dir():
        print(f"Backup {options.file}: {options.file.parent} is no folder. Make it, or give another.", file=sys.stderr)
        return 1
    try:
        manifest = backups.make(options.file.absolute(), timezone.now())
    except backups.BackupError as error:
        print(error, file=sys.stderr)
        return 1
    size = options.file.stat().st_size
    print(f"{options.file}: {size / 2**20:.1f} MB, version {manifest['version']}. It holds readers' addresses:")
    print(f"keep it where only you can read it. {settings.DATA_DIR / 'secret-key'} is not in it; keep a copy apart.")
    return 0
