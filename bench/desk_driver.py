"""`python -m bench.desk_driver DATA [inline]`: our desk, a pass at a time, with what each step took.

A pass is what `./run ingest --all --once` does, in a desk that goes on running:
`feeds` (fetched, parsed, cleaned, stored), `pages` (each article's text read,
marked, fingerprinted, stored and indexed for search), `stories` (copies found,
placed, settled), `notes`. inline: all in this one thread, for the profile.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.driver import Parts, Said, answer

WATCHED = "bench_writes"


class AtOnce:
    """A pool of threads, and an engine, that does each thing at once, in its caller's thread."""

    def __call__(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        return map(function, items)

    def submit(self, job: Callable[..., Any], *arguments: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(job(*arguments))
        except Exception as error:
            done.set_exception(error)
        return done

    def shutdown(self, **_: Any) -> None:
        """There is nothing to end."""

    close = shutdown


class Ours:
    def __init__(self, data: Path, *, is_inline: bool) -> None:
        from newsroom.commands import site

        site.open_site(data)
        from newsroom.desk.work import Desk

        self.desk = Desk()
        if is_inline:
            self.desk.processes = self.desk.fetching.engine = AtOnce()  # type: ignore[assignment]
            self.desk.threads = self.desk.looking.threads = AtOnce()  # type: ignore[assignment]

    def add(self, urls: list[str]) -> Said:
        from django.db import transaction

        from newsroom.publishers import save

        now = self.desk.clock()
        with transaction.atomic():
            for url in urls:
                name = url.partition("//")[2].replace("/", " ")
                save.follow_feed(save.get_publisher(name, url), url, now)
        return {}

    def read(self, until: str = "stories") -> Said:
        """One pass, as far as that step."""
        before, parts = asdict(self.desk.done), Parts()
        now = self.desk.clock()
        self.desk.read_feeds(before=now)
        parts.took("feeds")
        if until == "feeds":
            return parts.said(**_since(before, asdict(self.desk.done)))
        _to_the_end(self.desk.read_pages)
        _to_the_end(self.desk.apply_memory)
        parts.took("pages")
        if until != "pages":
            _to_the_end(self.desk.group)
            self.desk.settle(at_once=True)
            parts.took("stories")
        if until == "notes":
            self.desk.want_notes_at_once(now)
            for step in (self.desk.write_notes, self.desk.keep_sections, self.desk.make_edition):
                _to_the_end(step)
            parts.took("notes")
        return parts.said(**_since(before, asdict(self.desk.done)))

    def watch_writes(self) -> Said:
        """Note from now on, by triggers, which rows of which table are written; to be asked for off the clock."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE IF NOT EXISTS {WATCHED} (name TEXT, row INT)")
            cursor.execute(f"DELETE FROM {WATCHED}")
            for table in connection.introspection.table_names(cursor):
                if "_search" in table or table.startswith(("sqlite_", "django_", "bench_")):
                    continue
                for act, row in (("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")):
                    name = f"{act.lower()} {table}"
                    cursor.execute(
                        f'CREATE TRIGGER IF NOT EXISTS "bench {name}" AFTER {act} ON "{table}" BEGIN '
                        f"INSERT INTO {WATCHED} VALUES ('{name}', {row}.rowid); END"
                    )
        return {}

    def written(self) -> Said:
        """What was written since `watch_writes`, by act and table, as "insert articles_article"; and forget it.

        writes: how often; articles: how many articles of all were written, once or more.
        """
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(f"SELECT name, count(*) FROM {WATCHED} GROUP BY name")
            writes = dict(cursor.fetchall())
            cursor.execute(f"SELECT count(DISTINCT row) FROM {WATCHED} WHERE name LIKE '% articles_article'")
            (articles,) = cursor.fetchone()
            cursor.execute(f"DELETE FROM {WATCHED}")
        return {"writes": writes, "articles": articles}

    def checkpoint(self) -> Said:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("PRAGMA freelist_count")
            (free,) = cursor.fetchone()
        return {"free_pages": free}

    def profile(self, file: str, until: str = "stories") -> Said:
        """A pass under cProfile, by CPU time; the desk is to be inline."""
        import cProfile
        import time

        profile = cProfile.Profile(time.process_time)
        said: Said = profile.runcall(self.read, until)
        profile.dump_stats(file)
        return said


def _to_the_end(step: Callable[[], int]) -> None:
    while step():
        pass


def _since(before: dict[str, int], now: dict[str, int]) -> dict[str, int]:
    return {name: count - before[name] for name, count in now.items()}


def main() -> None:
    ours = Ours(Path(sys.argv[1]), is_inline="inline" in sys.argv[2:])
    try:
        answer({
            "add": ours.add, "pass": ours.read, "watch_writes": ours.watch_writes, "written": ours.written,
            "checkpoint": ours.checkpoint, "profile": ours.profile,
        })  # fmt: skip
    finally:
        ours.desk.close()


if __name__ == "__main__":
    main()
