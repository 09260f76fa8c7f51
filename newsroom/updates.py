"""Writes changed rows one by one, by one statement that is made once.

Django's `bulk_update` makes a CASE of every field and row: of 64 feeds with 14
fields 118 ms, where saving them one by one takes 13 and this 1.7 (SQLite, 2026-11-27).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connections, models, router


def update_each(rows: Sequence[models.Model], names: Iterable[str]) -> None:
    """Write these fields of rows that stand in the database; a row that is gone meanwhile stays gone.

    In the order of their keys, so that two who write the same rows wait for one another, not crosswise.
    """
    if not rows:
        return
    model = type(rows[0])
    fields = [model._meta.get_field(name) for name in names]
    connection = connections[router.db_for_write(model)]
    quoted = connection.ops.quote_name
    wanted = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
    statement = f"UPDATE {quoted(model._meta.db_table)} SET {wanted} WHERE {quoted(model._meta.pk.column)} = %s"  # noqa: S608 names of our own models
    values = [
        [*(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields), row.pk]
        for row in sorted(rows, key=lambda row: row.pk)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
