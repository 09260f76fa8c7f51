"""Pages that are the same for everybody are read from a replica of the database, where DATABASE_REPLICA_URL names one.

Everything else (who signed in, forms, desks, what a page writes and reads after
it) goes to the database itself. A replica that does not answer, or lacks what
the database held at the last look, is left alone until it has caught up; a page
that it breaks off is made anew from the database.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse

from newsroom import page_cache
from newsroom.tables import AWAY

log = logging.getLogger(__name__)

ALIAS = "replica"
LOOK_S = 5.0
LOOKS_MOST = 3  # what is read there is so many looks old at the most: the last one, and the two before it
REST_S = 30.0  # after it did not answer
READS_TOO = ("/search", "/api/v1/")  # beside the pages that are kept, and of nobody in particular either
READS_NOT = "/api/v1/texts/"  # who brought a text asks for it the next moment
NO_REPLICA = "DATABASE_REPLICA_URL: the database there takes writes. Name a replica of DATABASE_URL, or unset it."
BEHIND = "DATABASE_REPLICA_URL: the replica lacks what the database held seconds ago; it is not read until it has it."

_reads: ContextVar[bool] = ContextVar("reads", default=False)


class Router:
    """Where Django reads and writes: the replica for what such a page reads, until it writes."""

    def db_for_read(self, model: type, **hints: object) -> str:
        return ALIAS if _reads.get() and not connection.in_atomic_block else "default"

    def db_for_write(self, model: type, **hints: object) -> str:
        _reads.set(False)
        return "default"

    def allow_relation(self, one: object, other: object, **hints: object) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db == "default"


class Replica:
    """What this process knows of the replica. problem: why it is not read, in words; "" where it is."""

    def __init__(self) -> None:
        self.problem = BEHIND  # until a look has shown otherwise
        self._wanted = ""  # where the database's log stood at the last look
        self._looked_at = float("-inf")
        self._look_at = 0.0
        self._looking = threading.Lock()

    def is_near(self) -> bool:
        """True if it lacked nothing, at the last look, of what the database held at the look before.

        Where that one is long ago, for nobody asked for a page, it must have all that the database holds now.
        """
        if time.monotonic() >= self._look_at and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return not self.problem

    def leave_alone(self, error: Exception) -> None:
        """It broke a page off, or did not answer: it is asked again after REST_S, by another connection."""
        connections[ALIAS].close()
        self._tell(f"DATABASE_REPLICA_URL: {str(error).strip().rstrip('.')}. It is asked again in {REST_S:.0f} s.")
        self._look_at = time.monotonic() + REST_S

    def _look(self) -> None:
        now = time.monotonic()
        is_late = now - self._looked_at > (LOOKS_MOST - 1) * LOOK_S
        self._look_at = now + LOOK_S
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_wal_lsn()::text")
                stands = cursor.fetchone()[0]
        except AWAY:
            return  # the database is away: nothing is written that the replica could lack
        try:
            with connections[ALIAS].cursor() as cursor:
                wanted = stands if is_late else self._wanted
                cursor.execute("SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() >= %s::pg_lsn", [wanted])
                is_replica, has_all = cursor.fetchone()
        except AWAY as error:
            self.leave_alone(error)
            return
        self._wanted, self._looked_at = stands, now
        self._tell("" if is_replica and has_all else BEHIND if is_replica else NO_REPLICA)

    def _tell(self, problem: str) -> None:
        if problem and problem != self.problem:
            log.warning("%s", problem)
        elif self.problem and not problem:
            log.info("Pages for everybody are read from the replica.")
        self.problem = problem


replica = Replica()


class ReplicaMiddleware:
    """Lets what is the same for everybody be read from the replica."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_read = may_be_read_there(request.META) and not was_changed_lately() and replica.is_near()
        before = _reads.set(is_read)
        request.META[ALIAS] = is_read
        try:
            return self.get_response(request)
        finally:
            _reads.reset(before)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page once more, from the database, where the replica broke it off."""
        if not request.META.pop(ALIAS, False) or not isinstance(error, AWAY) or request.resolver_match is None:
            return None
        replica.leave_alone(error)
        _reads.set(False)
        view = request.resolver_match
        answer: HttpResponse = view.func(request, *view.args, **view.kwargs)
        return answer


def may_be_read_there(environ: dict[str, Any]) -> bool:
    path = environ.get("PATH_INFO", "")
    if environ.get("REQUEST_METHOD") not in ("GET", "HEAD") or not page_cache.is_of_nobody(environ):
        return False
    if path.startswith(READS_NOT):
        return False
    return path.startswith(READS_TOO) or not path.startswith(page_cache.NEVER)


def was_changed_lately() -> bool:
    """True while the replica may lack what a reader or editor changed on this machine."""
    try:
        changed_at = os.stat(settings.DATA_DIR / page_cache.CHANGED).st_mtime
    except OSError:
        return False
    return time.time() - changed_at < LOOKS_MOST * LOOK_S + 1
