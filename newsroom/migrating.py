"""Changes of tables that hold up nobody for long: a lock that is not free is let go of soon and asked for anew.

On PostgreSQL who changes a table waits for all who use it, and whoever comes
later waits behind. A page that is made for a minute would so stop the site for
a minute. On SQLite nobody else is there while tables change.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection

# Others wait behind us for as long, at most. Longer than deadlock_timeout (1 s): only then a vacuum of the
# database's own, which may take hours, gives way.
LOCK_WAIT_S = 2.0
RESTS_S = (1.0, 2.0, 5.0, 10.0)  # in which those who queued are served
PATIENCE_S = 600.0
LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED = "55P03", "40P01"
NAMED_MOST = 3


class Held(OperationalError):
    """What is to be changed was in use all the time; the message names by whom."""


def patiently(apply: Callable[[], object], *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Call `apply`, again while what it changes is in use; it goes on where it was. Raises Held after PATIENCE_S."""
    if connection.vendor != "postgresql":
        apply()
        return
    until = time.monotonic() + PATIENCE_S
    with lock_wait(connection, LOCK_WAIT_S):
        for tried, rest_s in enumerate(itertools.chain(RESTS_S, itertools.repeat(RESTS_S[-1])), start=1):
            try:
                apply()
                return
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", "") not in (LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED):
                    raise
                holders = _who_holds()
                if time.monotonic() + rest_s > until:
                    raise Held(f"in use for {PATIENCE_S:.0f} s, {tried} times tried ({holders})") from error
            print(f"Tables are in use ({holders}); tried again in {rest_s:.0f} s.", file=sys.stderr, flush=True)
            sleep(rest_s)


@contextmanager
def lock_wait(database: Any, wait_s: float) -> Iterator[None]:
    """Wait for locks of PostgreSQL so long at most; 0: as long as it takes."""
    with database.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{wait_s * 1000:.0f}ms"])
    try:
        yield
    finally:
        if not database.needs_rollback and database.is_usable():
            with database.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])


def _who_holds() -> str:
    """The transactions that have been open for longest, in words; not what they ask, which may be private."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, application_name, extract(epoch FROM clock_timestamp() - xact_start) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
            " ORDER BY xact_start LIMIT %s",
            [NAMED_MOST],
        )
        found = cursor.fetchall()
    named = (f"process {pid} of PostgreSQL, {name or 'no name'}, for {age_s:.0f} s" for pid, name, age_s in found)
    return "; ".join(named) or "by somebody who has left since"
