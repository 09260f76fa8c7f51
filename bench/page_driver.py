"""`python -m bench.page_driver HOW FILE [DATA]`: pages read in this one process, by ours or by a peer's extractor.

FILE: lines of {url, html}. HOW: `stored` (ours, to rows of the site of DATA,
marked and fingerprinted), `extractor` (ours alone), `trafilatura`, or, in a
peer's own environment, `news-please`. `pass` reads all and says CPU seconds and
the texts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.driver import Parts, Said, answer

WARMED_BY = 5
STORED_AT_ONCE = 16
Pages = list[dict[str, str]]


def extractor(pages: Pages) -> list[str]:
    from newstext import extract
    from newstext.records import ArticleText, Page

    found = (extract.read_page(Page(one["url"], one["html"].encode(), charset="utf-8"))[0] for one in pages)
    return [one.text if isinstance(one, ArticleText) else "" for one in found]


def trafilatura(pages: Pages) -> list[str]:
    import trafilatura as library

    found = (library.bare_extraction(one["html"], url=one["url"], with_metadata=True) for one in pages)
    return [one.text or "" if one else "" for one in found]


def news_please(pages: Pages) -> list[str]:
    from newsplease import NewsPlease  # type: ignore[import-not-found]

    return [NewsPlease.from_html(one["html"], url=one["url"]).maintext or "" for one in pages]


class Stored:
    """Ours with all that a fetched page goes through: marks, fingerprint, row, search index."""

    def __init__(self) -> None:
        import django

        django.setup()
        from django.utils import timezone

        from newsroom.publishers.models import Publisher

        self.paper, _ = Publisher.objects.get_or_create(slug="bench", defaults={"name": "The Bench Post"})
        self.now = timezone.now()

    def rows(self, pages: Pages) -> list[Any]:
        """Articles as their feed told them, to be read, and no others, for they would be twins; off the clock."""
        from newsroom.articles.models import Article
        from newstext.addresses import url_key

        Article.objects.all().delete()
        made = Article.objects.bulk_create(
            Article(
                publisher=self.paper, url=one["url"], url_key=url_key(one["url"]), title="", seen_at=self.now,
                next_read_at=self.now,
            )
            for one in pages
        )  # fmt: skip
        return list(Article.objects.filter(pk__in=[row.pk for row in made]).select_related("publisher").order_by("pk"))

    def read(self, pages: Pages, rows: list[Any]) -> None:
        from django.db import transaction

        from newsroom.desk import keeping, reading
        from newstext import extract
        from newstext.records import Page

        fetched = (
            (row, Page(one["url"], one["html"].encode(), charset="utf-8", id=str(row.pk)))
            for row, one in zip(rows, pages, strict=True)
        )
        held: list[reading.Read] = []

        def keep() -> None:
            with transaction.atomic():
                keeping.keep_all(held, datetime.now(UTC))
            held.clear()

        for found in reading.read_pages(fetched, engine=map, memory=extract.PublisherMemory()):
            held.append(found)
            if len(held) == STORED_AT_ONCE:
                keep()
        keep()

    def texts(self, rows: list[Any]) -> list[str]:
        from newsroom.articles.models import Article

        held = dict(Article.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "text"))
        return [held.get(row.pk, "") for row in rows]


READERS: dict[str, Callable[[Pages], list[str]]] = {
    "extractor": extractor, "trafilatura": trafilatura, "news-please": news_please,
}  # fmt: skip


def main() -> None:
    how = sys.argv[1]
    pages: Pages = [json.loads(line) for line in Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()]
    stored = Stored() if how == "stored" else None

    def read(count: int = 0) -> Said:
        some = pages[: count or len(pages)]
        rows = stored.rows(some) if stored else []
        parts = Parts()
        if stored:
            stored.read(some, rows)
            parts.took("all")
            return parts.said(texts=stored.texts(rows))
        texts = READERS[how](some)
        parts.took("all")
        return parts.said(texts=texts)

    read(WARMED_BY)
    answer({"pass": read})


if __name__ == "__main__":
    main()
