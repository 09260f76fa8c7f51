"""Sites as earlier versions left them, with a row in every table: small files of tests/samples/upgrades.

`python -m tests.site.old_sites v0.5.0 …` makes them of the tags of this repository, each with
the code of its day: its own sample edition, an administrator, and an invented row in each table
that is empty still. It is run once a release.
"""

from __future__ import annotations

import lzma
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "tests" / "samples" / "upgrades"
ENDING = ".sqlite3.xz"
OLDEST = "v0.2.0"  # the first with a site
Rows = dict[str, dict[int, dict[str, object]]]
# Columns that migrations change of rows that are there.
MADE_ANEW = frozenset({("stories_story", "notes_due_at")})


def versions() -> list[str]:
    """The versions whose sites are kept, the oldest first."""
    return sorted(path.name.removesuffix(ENDING) for path in KEPT.glob(f"*{ENDING}"))


def lay_out(version: str, data: Path) -> Path:
    """The site of that version in a data folder; its database."""
    data.mkdir(parents=True, exist_ok=True)
    database = data / "site.sqlite3"
    database.write_bytes(lzma.decompress((KEPT / f"{version}{ENDING}").read_bytes()))
    return database


def tags() -> list[str]:
    """The tags of this repository that have a site; [] where there are none, as in a shallow clone."""
    said = subprocess.run(["git", "tag", "--list", "v*"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return [tag for tag in said.split() if _order(tag) >= _order(OLDEST)]


def _order(tag: str) -> list[int]:
    return [int(part) if part.isdigit() else 0 for part in tag.lstrip("v").split(".")]


def rows(data: Path, of: Path | None = None) -> Rows:
    """Each table's rows, by their key, each as column: value."""
    found: Rows = {}
    with closing(sqlite3.connect(of or data / "site.sqlite3")) as database:
        database.row_factory = sqlite3.Row
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1").fetchall():
            if not name.startswith(("sqlite_", "articles_search")):
                found[name] = {
                    row["key"]: dict(row) for row in database.execute(f'SELECT rowid AS key, * FROM "{name}"')
                }
    return found


def lost(before: Rows, after: Rows) -> list[str]:
    """What an upgrade took or changed of these rows, but for what migrations make anew on purpose."""
    found = []
    for table, old in before.items():
        for key, row in old.items():
            now = after.get(table, {}).get(key)
            if now is None:
                found.append(f"{table} {key} is gone")
                continue
            found += [
                f"{table} {key}: {column} was {value!r}, is {now.get(column)!r}"
                for column, value in row.items()
                if now.get(column) != value and (table, column) not in MADE_ANEW
            ]
    return found


def main(tags: list[str]) -> int:
    KEPT.mkdir(parents=True, exist_ok=True)
    for tag in tags:
        with tempfile.TemporaryDirectory(prefix=f"old-site-{tag}-") as folder:
            made = _made(tag, Path(folder))
            (KEPT / f"{tag}{ENDING}").write_bytes(lzma.compress(made.read_bytes(), preset=9 | lzma.PRESET_EXTREME))
        print(f"{tag}: {(KEPT / f'{tag}{ENDING}').stat().st_size // 1024} KB", flush=True)
    return 0


def _made(tag: str, folder: Path) -> Path:
    code, data = folder / "code", folder / "data"
    code.mkdir()
    packed = subprocess.run(["git", "archive", tag], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x"], cwd=code, input=packed, check=True)
    there = {
        **os.environ, "BACKSTORY_DATA": str(data), "STARTING_PUBLISHERS": "no", "READ_WORKERS": "1", "PYTHONPATH": "",
        "DJANGO_SETTINGS_MODULE": "newsroom.settings", "PICTURES": "no",
    }  # fmt: skip

    def run(*arguments: str, typed: str = "") -> None:
        subprocess.run([sys.executable, *arguments], cwd=code, env=there, input=typed.encode(), check=True)

    run("-m", "newsroom", "sample", "--data", str(data))
    run("-m", "newsroom", "admin", "ada@paper.example", "--data", str(data), typed="a long password of Ada\n")
    run("-c", FILL)
    small = folder / "small.sqlite3"
    with closing(sqlite3.connect(data / "site.sqlite3")) as database:
        database.execute("VACUUM INTO ?", [str(small)])
    return small


# Run by the old version's code: an invented row in each table of its own that has none.
FILL = """
import datetime, django
django.setup()
from django.apps import apps
from django.db import IntegrityError, models, transaction

MOMENT = datetime.datetime(2026, 11, 24, 9, 30, tzinfo=datetime.timezone.utc)

def value(field):
    if field.is_relation:
        return field.related_model._base_manager.order_by("pk").first()
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.DateTimeField):
        return MOMENT
    if isinstance(field, models.DateField):
        return MOMENT.date()
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, (models.IntegerField, models.FloatField)):
        return 1
    if isinstance(field, models.JSONField):
        return []
    if isinstance(field, models.BinaryField):
        return b"invented"
    if isinstance(field, models.GenericIPAddressField):
        return "192.0.2.7"
    return f"invented {field.name}"[:field.max_length or 80]

def make(model):
    given = {}
    for field in model._meta.concrete_fields:
        if field.primary_key and isinstance(field, models.AutoField):
            continue
        if field.has_default() and not field.primary_key and not field.is_relation:
            continue
        given[field.attname if not field.is_relation else field.name] = value(field)
    model._base_manager.create(**given)

empty = [model for model in apps.get_models(include_auto_created=True) if not model._base_manager.exists()]
for _ in range(4):
    for model in list(empty):
        try:
            with transaction.atomic():
                make(model)
            empty.remove(model)
        except (IntegrityError, ValueError) as error:
            why = error
print("no row in", [(model._meta.db_table) for model in empty], why if empty else "")
"""

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
