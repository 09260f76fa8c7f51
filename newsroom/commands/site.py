"""What the commands that touch the site's data share: --data, and opening it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def parser(command: str, description: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog=f"./run {command}", description=description)
    made.add_argument("--data", metavar="DIR", type=Path, help="the folder of all state (default: var/)")
    return made


def open_site(data: Path | None) -> None:
    """Set Django up on this data folder and bring its tables up to date.

    Raises SystemExit naming the folder when it cannot be written, or while a backup is being put back there.
    """
    set_up(data)
    from django.conf import settings

    from newsroom import in_use

    try:
        in_use.share(settings.DATA_DIR)
    except in_use.InUse as error:
        raise SystemExit(str(error)) from error
    _require_model(settings.EMBEDDINGS)
    bring_up_to_date()


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


def _require_model(dotted_name: str) -> None:
    """Nothing where no model is named. Raises SystemExit saying how to bring one that is missing."""
    if not dotted_name:
        return
    from newstext import embedding

    try:
        embedding.embedder(dotted_name)
    except embedding.MissingModel as error:
        raise SystemExit(f"EMBEDDINGS: {error}") from error


def bring_up_to_date() -> None:
    """Apply the migrations that are missing."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
