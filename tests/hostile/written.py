"""What a request wrote, and whether it is read back as it was written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from django.db import DatabaseError, connection, transaction

STATEMENT = re.compile(r'\W*(?:INSERT(?: OR \w+)? INTO|UPDATE) "(?P<table>\w+)" (?P<rest>.*)', re.I | re.S)
# Not of what a reader wrote: how it is looked up, counted and signed.
LEAST = 12  # signs; shorter ones are words of our own, and updates that met no row
DERIVED = re.compile(r"django_session|readers_counted|account_|usersessions|mfa_|django_admin_log")


class Written:
    """The texts that went into columns since `clear`, in order."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str, str]] = []

    def clear(self) -> None:
        self.texts.clear()

    def note(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """To be given to connection.execute_wrapper."""
        found = STATEMENT.match(sql)
        if found and not DERIVED.search(found["table"]):
            for row in params if many else [params or ()]:
                columns = _columns(found["rest"], len(row))
                texts = ((column, one) for column, one in zip(columns, row, strict=False) if isinstance(one, str))
                self.texts += [(found["table"], column, one) for column, one in texts]
        return execute(sql, params, many, context)

    def lost(self, sent: Collection[str]) -> Iterator[tuple[str, str, str]]:
        """(table, column, text) of what was sent, was written last and is not read back equal.

        To be asked before it is taken back.
        """
        of_these = [row for row in self.texts if row[1] and len(row[2]) >= LEAST and any(row[2] in one for one in sent)]
        last = {(table, column): text for table, column, text in of_these}
        for (table, column), text in last.items():
            name = connection.ops.quote_name
            ask = f"SELECT {name(column)} FROM {name(table)} WHERE {name(column)} = %s"
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(ask, [text])
                    is_there = any(row[0] == text or not isinstance(row[0], str) for row in cursor.fetchmany(10))
            except DatabaseError:  # a column of another kind than text
                continue
            if not is_there:
                yield table, column, text


def _columns(rest: str, count: int) -> list[str]:
    """Which column each value of a statement goes to, "" where the statement does not say."""
    if rest.startswith("("):
        named = re.findall(r'"(\w+)"', rest.partition(")")[0])
        return [named[place % len(named)] for place in range(count)]
    said = rest.partition(" WHERE ")[0]
    named = re.findall(r'"(\w+)" = %s', said)
    return [*(named if said.count("%s") == len(named) else []), *[""] * count][:count]
