"""Which new migrations would hold a big table of PostgreSQL up, and what to write instead. `./run check` asks it.

Quick on any size, and so let through: a new table, a column without a check,
index or unique (with a constant default or none), wider text, no longer NOT
NULL, whatever is taken away. What each takes: docs/scale.md.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, models
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from newsroom.live_steps import AddConstraintLive, AddIndexLive, ChangeRowsLive

ROOT = Path(__file__).resolve().parents[1]
# The last of each app that stood before this rule; these and those before them may hold tables. Never added to.
RELEASED = (
    ("alerts", "0001_alerts"), ("articles", "0012_thinning"), ("comments", "0004_moderation"),
    ("desk", "0001_worker_lease"), ("publishers", "0009_home_without_key"), ("readers", "0006_account_choices"),
    ("stories", "0018_corrections"),
)  # fmt: skip
# Tables that grow with the articles, their readers or the looks at feeds. A new one that does: add it.
BIG = frozenset(
    "alerts.alert alerts.mail alerts.notice articles.address articles.article articles.mainparagraph articles.picture "
    "articles.rejection articles.removedkey articles.version comments.comment comments.commentversion comments.report "
    "comments.told comments.vote publishers.check readers.follow readers.saved readers.seen stories.groupingcase "
    "stories.hashtag stories.modelcall stories.notes stories.placement stories.story stories.storychange "
    "stories.storycountry stories.storyline".split()
)
LIVE = (AddIndexLive, AddConstraintLive, ChangeRowsLive)
CHECKED = (models.PositiveIntegerField, models.PositiveSmallIntegerField, models.PositiveBigIntegerField)
HOLDS = "holds_big_tables"  # of a Migration: why it may, and the site is stopped for it

_NAMED = re.compile(r"""get_model\(\s*["'](\w+)(?:["'],\s*["']|\.)(\w+)["']""")
_HEAVY_SQL = re.compile(
    r"CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)|ADD\s+CONSTRAINT(?!.*NOT\s+VALID)|\bUPDATE\b|\bDELETE\b|"
    r"\bALTER\s+COLUMN\b|\bSTORED\b|\bREINDEX\b(?!.*CONCURRENTLY)|\bCLUSTER\b|\bVACUUM\s+FULL\b",
    re.IGNORECASE | re.DOTALL,
)


def problems(loader: MigrationLoader | None = None) -> list[str]:
    """Each operation of a new migration that would hold a big table: file, operation, table, way out."""
    loader = loader or MigrationLoader(None)
    released = {key for last in RELEASED if last in loader.graph.nodes for key in loader.graph.forwards_plan(last)}
    found: list[str] = []
    state = ProjectState()
    for key in _in_order(loader):
        migration = loader.graph.nodes[key]
        if _is_ours(key[0]) and key not in released and not getattr(migration, HOLDS, ""):
            found += _of_migration(migration, state)
        state = migration.mutate_state(state, preserve=False)
    return found


def _is_ours(app: str) -> bool:
    return apps.get_app_config(app).name.startswith("newsroom.")


def _in_order(loader: MigrationLoader) -> Iterator[tuple[str, str]]:
    done: dict[tuple[str, str], None] = {}
    for leaf in sorted(loader.graph.leaf_nodes()):
        done.update(dict.fromkeys(loader.graph.forwards_plan(leaf)))
    yield from done


def _of_migration(migration: Any, state: ProjectState) -> Iterator[str]:
    app, now = migration.app_label, state.clone()
    file = _file(migration)
    live = [one for one in migration.operations if isinstance(one, LIVE)]
    if live and (migration.atomic or len(live) < len(migration.operations)):
        yield (
            f"{file}: {type(live[0]).__name__}: needs a migration with `atomic = False` that holds nothing but live "
            "steps: what may be repeated beside what may not cannot be begun again. Make it a migration of its own."
        )
    made: set[str] = set()  # here, and so empty
    for operation in migration.operations:
        if isinstance(operation, operations.CreateModel):
            made.add(f"{app}.{_model(operation)}")
        for table, why, instead in _heavy(operation, app, now, migration):
            if table in made:
                continue
            yield (
                f"{file}: {type(operation).__name__} {_name(operation)} on {table}: {why}. {instead} "
                f'Or give the migration `{HOLDS} = "why"` and a line “stop the site” in CHANGELOG.md.'
            )
        operation.state_forwards(app, now)


def _heavy(operation: Any, app: str, state: ProjectState, migration: Any) -> Iterator[tuple[str, str, str]]:
    """Table, what it would do there, and what to write instead."""
    if isinstance(operation, LIVE):
        return
    if isinstance(operation, operations.SeparateDatabaseAndState):
        for one in operation.database_operations:
            yield from _heavy(one, app, state, migration)
    elif isinstance(operation, operations.RunSQL | operations.RunPython):
        for table in _tables_named(operation, migration):
            yield (
                table, "changes rows or makes an index within one transaction, which locks them all until its end",
                "Use ChangeRowsLive, AddIndexLive or AddConstraintLive of newsroom/live_steps.py.",
            )  # fmt: skip
    elif (table := f"{app}.{_model(operation)}") in BIG and (told := _of_table(operation, app, state)):
        yield table, *told


def _of_table(operation: Any, app: str, state: ProjectState) -> tuple[str, str] | None:
    if isinstance(operation, AddIndexConcurrently):
        return "SQLite knows no such index", "Use AddIndexLive of newsroom/live_steps.py, which is plain there."
    if isinstance(operation, operations.AddIndex | operations.AlterIndexTogether):
        return "nobody writes while the index is made", "Use AddIndexLive of newsroom/live_steps.py."
    if isinstance(operation, operations.AddConstraint | operations.AlterUniqueTogether):
        return "nobody reads or writes while all rows are looked through", (
            "Use AddConstraintLive of newsroom/live_steps.py."
        )
    if isinstance(operation, operations.AddField):
        return _of_new_column(operation.field)
    if isinstance(operation, operations.AlterField):
        before = state.models[app, operation.model_name_lower].fields[operation.name]
        return _of_changed_column(before, operation.field)
    return None


def _of_new_column(field: models.Field[Any, Any]) -> tuple[str, str] | None:
    """An index, a check and values of their own are made for all rows while nobody reads or writes."""
    if isinstance(field, models.GeneratedField) or field.primary_key:
        return "the whole table is written anew", "Add it as null and fill it by ChangeRowsLive."
    if field.has_db_default() and not isinstance(field.db_default, bool | int | float | str):
        return "each row may be given a value of its own", "Add it as null and fill it by ChangeRowsLive."
    if field.unique or (field.db_index and not field.many_to_many):
        return "nobody reads or writes while its index is made", (
            "Give it db_index=False (and unique=False), with an index of Meta.indexes or a constraint of "
            "Meta.constraints in a migration of their own: AddIndexLive, AddConstraintLive."
        )
    if isinstance(field, CHECKED):
        return "nobody reads or writes while its check looks through all rows", (
            "Use a field without a check (IntegerField for PositiveIntegerField), and AddConstraintLive if need be."
        )
    return None


def _of_changed_column(before: models.Field[Any, Any], after: models.Field[Any, Any]) -> tuple[str, str] | None:
    if (after.unique and not before.unique) or (after.db_index and not before.db_index):
        return "nobody writes while its index is made", "Use AddIndexLive or AddConstraintLive."
    if before.null and not after.null:
        return "nobody reads or writes while all rows are looked through", (
            "Leave it null, or ask for it by a CheckConstraint and AddConstraintLive."
        )
    if _kind(before) != _kind(after) and not _is_wider_text(before, after):
        return "the whole table may be written anew", "Add a new column, and fill it by ChangeRowsLive."
    return None


def _kind(field: models.Field[Any, Any]) -> object:
    """What the database makes of it; that of another table's key by its name alone, for a state has no tables."""
    if isinstance(field, models.ForeignKey):
        return str(field.remote_field.model).lower(), field.db_constraint
    return None if field.many_to_many else field.db_parameters(connection)


def _is_wider_text(before: models.Field[Any, Any], after: models.Field[Any, Any]) -> bool:
    if not isinstance(before, models.CharField):
        return False
    if isinstance(after, models.TextField):
        return True
    return isinstance(after, models.CharField) and (after.max_length or sys.maxsize) >= (before.max_length or 0)


def _tables_named(operation: Any, migration: Any) -> list[str]:
    """The big tables that a step of Python or SQL seems to change, by what its file says; RunSQL by its statement."""
    if isinstance(operation, operations.RunSQL):
        text, is_heavy = str(operation.sql), bool(_HEAVY_SQL.search(str(operation.sql)))
        named = set[str]()
    else:
        text = inspect.getsource(inspect.getmodule(operation.code) or operation.code)
        named = {f"{app}.{model}".lower() for app, model in _NAMED.findall(text)}
        is_heavy = bool(_HEAVY_SQL.search(text))
    by_sql = {table for table in BIG if is_heavy and re.search(rf"\b{table.replace('.', '_')}\b", text)}
    return sorted((named & BIG) | by_sql)


def _file(migration: Any) -> str:
    file = Path(inspect.getfile(type(migration)))
    return str(file.relative_to(ROOT)) if file.is_relative_to(ROOT) else file.name


def _model(operation: Any) -> str:
    return str(getattr(operation, "model_name", getattr(operation, "name", ""))).lower()


def _name(operation: Any) -> str:
    named = getattr(operation, "index", None) or getattr(operation, "constraint", None) or operation
    return str(getattr(named, "name", "") or "").strip() or "(no name)"


def main() -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()
    found = problems()
    print("\n".join(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
