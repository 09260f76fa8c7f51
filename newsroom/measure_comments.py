"""What a page of comments costs: CPU of one request, beside a bare Django list of the same fifty; how it grows.

Run by `./run measure comments` in a data folder of its own.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

ROUNDS, REQUESTS = 9, 10
SHAPES = ("each by itself", "all answer one", "each answers the last")
LONG = 10_000
SETTINGS = {"MIDDLEWARE": [], "ROOT_URLCONF": "newsroom.bare_pages"}
WORDS = (
    "The siren in our town is painted shut too, and nobody knows who has the **key**. I asked at the town hall "
    "in March and again in June; both times they said that the board decides.\n\n"
    "> A line of the news that somebody quotes\n\nSee https://council.example/minutes, page {n}."
)


def main() -> None:
    """Print the tables for docs/measured.md."""
    from newsroom.commands import sample
    from newstext.measuring import table

    with contextlib.redirect_stdout(sys.stderr):
        sample.main(["--data", os.environ["BACKSTORY_DATA"]])
    from newsroom.articles.models import Article

    places = list(Article.objects.exclude(text="").order_by("pk")[: 1 + len(SHAPES)])
    fill(places[0], 50, SHAPES[0])
    for place, shape in zip(places[1:], SHAPES, strict=True):
        fill(place, LONG, shape)
    pages = [("bare list of 50", f"/comments/{places[0].pk}", True), ("50 comments", _address(places[0]), False)]
    pages += [
        (f"{LONG:,} comments, {shape}", _address(at), False) for at, shape in zip(places[1:], SHAPES, strict=True)
    ]
    costs = measure(pages)
    bare, page = costs["bare list of 50"], costs["50 comments"]
    rows = [(name, f"{ms:.2f}", f"{ms / bare:.2f}", f"{ms / page:.2f}") for name, ms in costs.items()]
    print(
        table("CPU of a page of a thread, made anew", ("page", "ms", "times the bare one", "times 50 comments"), rows)
    )
    parts = of_what(places[0].pk, places[1].pk)
    print(table("Of it", ("what", "ms"), [(name, f"{ms:.2f}") for name, ms in parts.items()]))
    print(f"Queries of a thread of {LONG:,}: {', '.join(str(queries_of(at)) for at in places[1:])}.\n")


def _address(place: Any) -> str:
    return f"/article/{place.pk}/comments"


def fill(place: Any, count: int, shape: str) -> None:
    """Comments under an article: half of them by accounts, some with votes."""
    from django.utils import timezone

    from newsroom.comments.models import Comment
    from newsroom.comments.votes import best_of
    from newsroom.readers.models import Reader

    now = timezone.now()
    readers = [Reader.objects.get_or_create(username=f"r{number}", defaults={"name": f"Reader {number}"})[0]
               for number in range(10)]  # fmt: skip
    rows = []
    for number in range(count):
        ups, downs = number * 7 % 9, number * 5 % 4
        rows.append(Comment(
            article=place, name=f"Writer {number % 40}", text=WORDS.format(n=number), state="shown",
            reader=readers[number % 10] if number % 2 else None, created_at=now - timedelta(seconds=count - number),
            ups=ups, downs=downs, best=best_of(ups, downs),
        ))  # fmt: skip
    Comment.objects.bulk_create(rows, batch_size=500)
    if shape == SHAPES[0]:
        return
    root, rest = rows[0], rows[1:]
    for above, below in zip(rows, rest, strict=False):
        below.root, below.parent = root, root if shape == SHAPES[1] else above
        below.has_answers = shape == SHAPES[2]
    root.has_answers = True
    Comment.objects.bulk_update(rows, ["root", "parent", "has_answers"], batch_size=500)


def measure(pages: list[tuple[str, str, bool]]) -> dict[str, float]:
    """CPU ms of a request of each: the median of rounds in turn. Each with a flag: whether it is the bare one."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connection
    from django.test import override_settings

    from newsroom.measure_pages import ask

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    ours = WSGIHandler()
    with override_settings(**SETTINGS):
        bare = WSGIHandler()
    taken: dict[str, list[float]] = {name: [] for name, *_ in pages}
    for _ in range(ROUNDS):
        for name, address, is_bare in pages:
            with override_settings(**(SETTINGS if is_bare else {})):
                taken[name].append(_cost(lambda: ask(bare if is_bare else ours, address)))  # noqa: B023
    return {name: sorted(many)[len(many) // 2] for name, many in taken.items()}


def _cost(do: Callable[[], object]) -> float:
    do()
    began = time.process_time()
    for _ in range(REQUESTS):
        do()
    return (time.process_time() - began) * 1000 / REQUESTS


def of_what(short: int, long: int) -> dict[str, float]:
    """CPU ms of what a page is made of: the thread's rows, their HTML, and all that stands around it."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.utils import timezone

    from newsroom.articles.models import Article
    from newsroom.comments.drawing import Viewer, draw
    from newsroom.comments.threads import thread_of
    from newsroom.measure_pages import ask

    place, other, viewer = (
        Article.objects.get(pk=short),
        Article.objects.get(pk=long),
        Viewer(timezone.now(), may_answer=True),
    )
    page, ours = thread_of(place), WSGIHandler()
    return {
        "rows of 50": _cost(lambda: thread_of(place)),
        f"rows of {LONG:,}": _cost(lambda: thread_of(other)),
        "their HTML": _cost(lambda: draw(page.said, viewer)),
        "a page that says one thing (/about)": _cost(lambda: ask(ours, "/about")),
    }


def queries_of(place: Any) -> int:
    """How many queries the first page of a thread takes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from newsroom.comments.threads import thread_of

    with CaptureQueriesContext(connection) as seen:
        thread_of(place)
    return len(seen)


if __name__ == "__main__":
    main()
