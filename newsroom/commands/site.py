"""What the commands that touch the site's data share: --data, and opening it."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_S = 10.0


def parser(command: str, description: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog=f"./run {command}", description=description)
    made.add_argument("--data", metavar="DIR", type=Path, help="the folder of all state (default: var/)")
    return made


def open_site(data: Path | None) -> None:
    """Set Django up on this data folder and bring its tables up to date.

    Raises SystemExit naming the folder when it cannot be written, while a backup is being put back there,
    and where its tables are a newer version's or may not be changed now.
    """
    set_up(data)
    from django.conf import settings
    from django.db import connection

    from newsroom import tables

    require_model(settings.EMBEDDINGS)
    bring_up_to_date(lambda: tables.bring_up_to_date(by_itself=True))
    share(settings.DATA_DIR)
    connection.close()  # opened before it was ours: a restore may have put another file there since


def share(data: Path) -> None:
    """Use the folder beside others. Raises SystemExit while a backup is being put back there."""
    from newsroom import in_use

    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            in_use.share(data)
            return
        except in_use.InUse as error:  # for a moment only, where another has just made the tables
            if time.monotonic() > until:
                raise SystemExit(str(error)) from error
        time.sleep(0.2)


def set_up(data: Path | None) -> None:
    """Set Django up on this data folder, and look at none of its tables. Raises SystemExit as open_site does."""
    if data is not None:
        os.environ["BACKSTORY_DATA"] = str(data.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    import django
    from django.conf import settings

    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        django.setup()
    except OSError as error:
        raise SystemExit(f"Data folder {error.filename}: {error.strerror}. Give another with --data DIR.") from error


def require_model(dotted_name: str) -> None:
    """Nothing where no model is named. Raises SystemExit saying how to bring one that is missing."""
    if not dotted_name:
        return
    from newstext import embedding

    try:
        embedding.embedder(dotted_name)
    except embedding.MissingModel as error:
        raise SystemExit(f"EMBEDDINGS: {error}") from error


def bring_up_to_date(bring: Callable[[], str]) -> None:
    """Change the tables by `bring`, and say where what stood there before is kept. Raises SystemExit if it cannot."""
    from newsroom import tables

    try:
        kept = bring()
    except tables.NotCurrent as error:
        raise SystemExit(str(error)) from error
    if kept:
        print(f"The tables are up to date. What stood there before is kept: {kept}.", file=sys.stderr, flush=True)
