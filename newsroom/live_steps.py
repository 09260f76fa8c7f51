"""Steps of migrations that a big table is read and written through, on PostgreSQL; on SQLite they are the plain ones.

Each may be repeated: what stands is passed over, what was broken off is made
anew. So a migration of them has `atomic = False` and holds nothing else.
`./run check` asks for them (migration_rules.py); docs/how-to/change-big-tables.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, transaction
from django.db.migrations.operations import AddConstraint, AddIndex
from django.db.migrations.operations.base import Operation
from django.db.models import BaseConstraint, CheckConstraint, UniqueConstraint

from newsroom.migrating import lock_wait

ROWS_AT_ONCE = 1_000


class AddIndexLive(AddIndex):
    """AddIndex that holds no writer up: CREATE INDEX CONCURRENTLY."""

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            _make_index(schema_editor, self.index.name, str(self.index.create_sql(model, schema_editor)))


class AddConstraintLive(AddConstraint):
    """AddConstraint that holds no writer up while rows are looked through; of checks and of plain unique fields.

    Raises ValueError for other constraints: they cannot be made so. On SQLite the table is made anew, as by
    AddConstraint: the triggers of the search index on articles_article go with it and are to be made again.
    """

    atomic = False

    def __init__(self, model_name: str, constraint: BaseConstraint) -> None:
        is_odd = getattr(constraint, "deferrable", None) or getattr(constraint, "nulls_distinct", None) is not None
        if is_odd or not isinstance(constraint, CheckConstraint | UniqueConstraint):
            raise ValueError(
                f"Constraint {constraint.name}: only checks and unique fields, neither deferrable nor with "
                "nulls_distinct, can be added to a table in use. Use AddConstraint, and have the site stopped for it."
            )
        super().__init__(model_name, constraint)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            with transaction.atomic(schema_editor.connection.alias):  # the table is made anew: all of it or nothing
                super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        make = _make_check if isinstance(self.constraint, CheckConstraint) else _make_unique
        make(schema_editor, model, self.constraint)


class ChangeRowsLive(Operation):
    """Calls `change(apps, rows)` with a table's rows, some at a time, each time in a transaction of its own.

    rows: a queryset of the model as it was then. `change` passes over what it changed before: broken off, it begins
    at the first row again.
    """

    atomic = False
    reduces_to_sql = False
    reversible = True

    def __init__(
        self, model_name: str, change: Callable[[Any, Any], object], *, rows_at_once: int = ROWS_AT_ONCE
    ) -> None:
        self.model_name, self.change, self.rows_at_once = model_name, change, rows_at_once

    def describe(self) -> str:
        return f"Change rows of {self.model_name}, {self.rows_at_once} at a time"

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The tables stay as they are."""

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """What was changed may stay."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        alias = schema_editor.connection.alias
        model = from_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(alias, model):
            return
        every, last = model._base_manager.using(alias).order_by("pk"), None
        while keys := list(
            (every.filter(pk__gt=last) if last else every).values_list("pk", flat=True)[: self.rows_at_once]
        ):
            with transaction.atomic(alias):
                self.change(from_state.apps, every.filter(pk__in=keys))
            last = keys[-1]


def _make_index(schema_editor: Any, name: str, statement: str) -> None:
    """An index by Django's statement, beside those who read and write; one that was broken off is made anew."""
    is_valid = _one(schema_editor, _INDEX, [name])
    if is_valid:
        return
    # CONCURRENTLY waits for those who use the table, but nobody waits behind it.
    with lock_wait(schema_editor.connection, 0):
        drop = f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(name)}"
        if is_valid is False:
            schema_editor.execute(drop)
        begun, made = statement.split(" INDEX ", 1)
        try:
            schema_editor.execute(f"{begun} INDEX CONCURRENTLY {made}", params=None)
        except DatabaseError:
            schema_editor.execute(drop)  # a unique one that is left unfinished refuses rows all the same
            raise


def _make_check(schema_editor: Any, model: Any, constraint: CheckConstraint) -> None:
    """First for new rows, under a short lock; then the others are looked through without one."""
    table = schema_editor.quote_name(model._meta.db_table)
    is_valid = _one(schema_editor, _CONSTRAINT, [table, constraint.name])
    if is_valid is None:
        schema_editor.execute(f"{constraint.create_sql(model, schema_editor)} NOT VALID", params=None)
    if not is_valid:
        with lock_wait(schema_editor.connection, 0):
            schema_editor.execute(
                f"ALTER TABLE {table} VALIDATE CONSTRAINT {schema_editor.quote_name(constraint.name)}"
            )


def _make_unique(schema_editor: Any, model: Any, constraint: UniqueConstraint) -> None:
    """The index first, without a lock; where it is to be a constraint, it becomes one under a short lock."""
    table, name = (schema_editor.quote_name(one) for one in (model._meta.db_table, constraint.name))
    if _one(schema_editor, _CONSTRAINT, [table, constraint.name]) is not None:
        return
    statement = str(constraint.create_sql(model, schema_editor))
    if statement.startswith("CREATE UNIQUE INDEX "):  # of some rows, or of an expression: never a constraint
        _make_index(schema_editor, constraint.name, statement)
        return
    columns = ", ".join(schema_editor.quote_name(model._meta.get_field(one).column) for one in constraint.fields)
    _make_index(schema_editor, constraint.name, f"CREATE UNIQUE INDEX {name} ON {table} ({columns})")
    schema_editor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}")


_INDEX = """SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relname = %s AND pg_table_is_visible(c.oid)"""
_CONSTRAINT = "SELECT convalidated FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s"


def _one(schema_editor: Any, query: str, parameters: list[str]) -> bool | None:
    """Whether it is whole; None where there is none."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(query, parameters)
        found = cursor.fetchone()
    return found[0] if found else None
