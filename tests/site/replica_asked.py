"""A process of a site with a replica, which does what each line of its input says: `python -m tests.site.replica_asked`.

"get PATH [COOKIE]" asks for a page; the answer says how many questions it asked each database. "look SECONDS": how
often the replica is looked at from now on. "changed": as after a form that changed something. "told": what is known
of the replica. Each is answered by a line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from typing import Any

import django

REST_S = 1.0
asked: Counter[str] = Counter()


def main() -> None:
    django.setup()
    from django.db import connections

    from newsroom import replica

    replica.REST_S = REST_S
    for alias in ("default", replica.ALIAS):
        connections[alias].execute_wrappers.append(_count)
    for line in sys.stdin:
        do, *words = line.split()
        print(json.dumps({"get": _get, "look": _look, "changed": _changed, "told": _told}[do](*words)), flush=True)


def _count(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    if "_lsn()" not in sql:  # a look at how near the replica is
        asked[context["connection"].alias] += 1
    return execute(sql, params, many, context)


def _get(path: str, cookie: str = "") -> dict[str, Any]:
    from django.test import Client

    asked.clear()
    headers = {"host": "127.0.0.1", **({"cookie": cookie} if cookie else {})}
    answer = Client(raise_request_exception=False).get(path, headers=headers)
    return {"status": answer.status_code, "default": asked["default"], "replica": asked["replica"]}


def _look(seconds: str) -> dict[str, Any]:
    from newsroom import replica

    replica.LOOK_S = float(seconds)
    replica.replica._look_at = time.monotonic() + replica.LOOK_S
    return {}


def _changed() -> dict[str, Any]:
    from django.conf import settings

    from newsroom import page_cache

    page_cache.mark_changed(settings.DATA_DIR / page_cache.CHANGED)
    return {}


def _told() -> dict[str, Any]:
    from newsroom.replica import replica

    return {"is_near": replica.is_near(), "problem": replica.problem}


if __name__ == "__main__":
    main()
