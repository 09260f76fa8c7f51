"""What a page costs: CPU of one request in this process, beside a bare Django list and item over the same rows.

Run by `./run measure pages` in a data folder of its own. The archive is the
sample edition many times over, each time some hours earlier.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

SIZES = (3_000, 30_000)
ROUNDS, REQUESTS = 9, 20
STEP = timedelta(hours=3)
SETTINGS = {"MIDDLEWARE": [], "ROOT_URLCONF": "newsroom.bare_pages"}
Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


def main() -> None:
    """Print the tables for docs/measured.md."""
    from newsroom.commands import sample
    from newstext.measuring import table

    with contextlib.redirect_stdout(sys.stderr):
        sample.main(["--data", os.environ["BACKSTORY_DATA"]])
    costs, fronts = [], {}
    for size in SIZES:
        grow(size)
        rows = measure()
        bare = dict(rows)
        fronts[size] = bare["front, made anew"]
        for name, ms in rows:
            under = bare["bare item" if name.startswith(("article", "bare item")) else "bare list"]
            costs.append((f"{size:,}", name, f"{ms:.2f}", f"{ms / under:.2f}"))
    print(table("CPU of a request", ("articles", "page", "ms", "times the bare one"), costs))
    small, large = (fronts[size] for size in SIZES)
    print(f"Front page at {SIZES[1]:,} articles beside {SIZES[0]:,}: {large / small:.2f} times.\n")


def measure() -> list[tuple[str, float]]:
    """CPU ms of a request of each page: the median of rounds in turn."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import override_settings

    from newsroom.articles.models import Article
    from newsroom.page_cache import PageCache
    from newsroom.stories.models import Story

    story = Story.objects.public().order_by("-article_count", "-last_at").first()
    article = Article.objects.filter(placement__story=story).exclude(text="").first()
    if story is None or article is None:
        raise RuntimeError("the sample edition has no story")
    ours: Application = WSGIHandler()
    with override_settings(**SETTINGS):
        bare: Application = WSGIHandler()
    kept = PageCache(ours, Path(os.environ["BACKSTORY_DATA"]) / "pages-changed", fresh_s=600)
    pages: list[tuple[str, Application, str]] = [
        ("bare list", bare, "/list"),
        ("bare item", bare, f"/item/{article.pk}"),
        ("front, made anew", ours, "/"),
        ("story with all sections, made anew", ours, f"/story/{story.pk}"),
        ("article, made anew", ours, f"/article/{article.pk}"),
        ("front, kept", kept, "/"),
        ("story, kept", kept, f"/story/{story.pk}"),
    ]
    taken: dict[str, list[float]] = {name: [] for name, *_ in pages}
    for _ in range(ROUNDS):
        for name, application, address in pages:
            is_bare = application is bare
            with override_settings(**(SETTINGS if is_bare else {})):
                ask(application, address)
                began = time.process_time()
                for _ in range(REQUESTS):
                    ask(application, address)
                taken[name].append((time.process_time() - began) * 1000 / REQUESTS)
    return [(name, sorted(many)[len(many) // 2]) for name, many in taken.items()]


def ask(application: Application, address: str) -> None:
    """One request as a browser of a stranger sends it; an answer other than 200 is an error of the measure."""
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": address, "QUERY_STRING": "", "SERVER_NAME": "localhost",
        "SERVER_PORT": "80", "HTTP_HOST": "localhost", "REMOTE_ADDR": "192.0.2.7", "HTTP_ACCEPT_LANGUAGE": "en",
        "HTTP_ACCEPT_ENCODING": "gzip", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr, "wsgi.version": (1, 0), "wsgi.multithread": True,
        "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip
    answer = application(environ, lambda status, headers, *rest: said.append(status))
    b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    if not said or not said[0].startswith("200"):
        raise RuntimeError(f"{address}: answered {said}")


def grow(size: int) -> None:
    """Add the sample edition again and again, each time earlier, until so many articles are held."""
    from django.db import connection, transaction

    from newsroom.articles.models import Article
    from newsroom.stories.models import Story

    stories = list(Story.objects.public().filter(key__regex=r"^\d+$").select_related("notes"))
    held = Article.objects.count()
    copies = held // max(1, Article.objects.exclude(url_key__startswith="again:").count())
    while held < size:
        with transaction.atomic():
            for _ in range(20):
                for story in stories:
                    again(story, copies)
                copies += 1
        held = Article.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def again(story: Any, number: int) -> None:
    """The story once more, `number` steps earlier, with articles, placements, notes and hashtags of its own."""
    from newsroom.articles.models import Article
    from newsroom.stories.models import Notes, Placement, Story

    back = STEP * number
    tags = list(story.hashtags.all())
    placements = list(Placement.objects.filter(story=story).select_related("article"))
    rows = []
    for placement in placements:
        row = placement.article
        fields = {field.attname: getattr(row, field.attname) for field in Article._meta.concrete_fields}
        fields |= {"id": None, "url_key": f"again:{number}:{row.pk}", "seen_at": row.seen_at - back}
        if row.published_at:
            fields["published_at"] = row.published_at - back
        rows.append(Article(**fields))
    new = dict(zip((one.article_id for one in placements), Article.objects.bulk_create(rows), strict=True))
    fields = {field.attname: getattr(story, field.attname) for field in Story._meta.concrete_fields}
    fields |= {"id": None, "key": f"again-{number}-{story.pk}", "lead_id": new[story.lead_id].pk}
    moments = ("first_at", "last_at", "front_at")
    fields |= {name: fields[name] - back for name in moments if fields[name]}
    made = Story.objects.create(**fields)
    Placement.objects.bulk_create(
        Placement(article=new[one.article_id], story=made, placed_at=one.placed_at - back, because=one.because)
        for one in placements
    )
    made.hashtags.set(tags)
    if hasattr(story, "notes"):
        body = of_new(story.notes.body, {old: row.pk for old, row in new.items()})
        Notes.objects.create(
            story=made, body=body, made_by=story.notes.made_by, made_at=story.notes.made_at,
            article_count=story.notes.article_count,
        )  # fmt: skip


def of_new(value: Any, keys: dict[int, int]) -> Any:
    """Notes whose sentences stand in the new articles."""
    if isinstance(value, list):
        return [of_new(one, keys) for one in value]
    if isinstance(value, dict):
        return {
            name: str(keys.get(int(one), one)) if name == "article" and str(one).isdecimal() else of_new(one, keys)
            for name, one in value.items()
        }
    return value


if __name__ == "__main__":
    main()
