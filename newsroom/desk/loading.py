"""From an archive's results (newstext archive) to rows, by the way that earlier articles take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import islice

from django.db import transaction

from newsroom.articles import known, removal
from newsroom.articles import save as article_save
from newsroom.articles.models import Article
from newsroom.desk import keeping
from newsroom.desk.work import Desk
from newsroom.publishers import save as publisher_save
from newsroom.publishers.models import Publisher
from newstext import archive_groups, archive_results, archive_rows, pipeline
from newstext.addresses import registrable_domain, url_key
from newstext.jsonlines import BadLine
from newstext.records import ArticleText, RawEntry

AT_ONCE = 50  # articles in one transaction: others write between


@dataclass(slots=True)
class Loaded:
    """What was done, counted. `as_dict` is the last line of `./run archive load`.

    known: articles that stood here before, or were removed. left_out: what is no article.
    """

    files: int = 0
    articles: int = 0
    known: int = 0
    left_out: int = 0
    articles_placed: int = 0
    notes_written: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def load(folder: str, desk: Desk, *, tell: Callable[[str], None]) -> Loaded:
    """Keep the articles of a folder's results that are not known here yet; they are in no story then.

    What is kept is kept whole, fifty at a time, so that it may end at any moment and be begun again.
    Raises FileNotFoundError where there are no results, OSError, ImportError and ValueError where one cannot be read.
    """
    done = Loaded()
    for path in archive_results.results_in(folder):
        articles = _articles(path, done)
        while some := list(islice(articles, AT_ONCE)):
            _keep(some, desk, done)
        done.files += 1
        tell(f"{done.files} files, {done.articles} articles kept, {done.known} known before")
    return done


def _articles(path: str, done: Loaded) -> Iterator[ArticleText]:
    for row in archive_rows.read(path):
        if row.get("rejected") or row.get("refused"):
            done.left_out += 1
            continue
        try:
            article = archive_groups.dated(archive_rows.article_of(row))
        except BadLine:
            article = None
        if article is None or not url_key(article.url) or article.published_at is None:
            done.left_out += 1
        else:
            yield article


def _keep(articles: Sequence[ArticleText], desk: Desk, done: Loaded) -> None:
    by_key: dict[str, ArticleText] = {}
    for article in articles:
        by_key.setdefault(url_key(article.url), article)
    there = {*known.known_ids(by_key), *removal.removed_keys(by_key)}
    new = {key: article for key, article in by_key.items() if key not in there}
    marked = {}
    for key, article in zip(new, desk.processes(pipeline.mark_article, new.values()), strict=True):
        if isinstance(article, ArticleText):
            marked[key] = article
    done.known += len(articles) - len(new)
    done.left_out += len(new) - len(marked)  # over the limits of the reading processes
    with transaction.atomic():
        done.articles += _store(marked, desk.clock())


def _store(marked: dict[str, ArticleText], now: datetime) -> int:
    """Make rows of articles that have none, and keep what was read in them; how many."""
    for publisher, articles in _by_publisher(marked.values()):
        told = [_told(article) for article in articles]
        room = Counter(at.date().isoformat() for _, at, _ in told)
        article_save.take_earlier(publisher, told, now, room=room)
    rows = Article.objects.filter(url_key__in=marked, read_at=None, backfilled_at=now).select_related("publisher")
    reads = [(row, replace(marked[row.url_key], id=str(row.pk)), "") for row in rows.order_by("published_at", "pk")]
    return len(keeping.keep_all(reads, now))


def _told(article: ArticleText) -> tuple[RawEntry, datetime, str]:
    """The article as take_earlier wants it: with when it was published, and how exactly that is known."""
    assert article.published_at is not None
    entry = RawEntry(guid="", url=article.url, title=article.title, published_at=article.published_at)
    return entry, article.published_at, article.published_precision


def _by_publisher(articles: Iterable[ArticleText]) -> Iterator[tuple[Publisher, list[ArticleText]]]:
    by_domain: dict[str, list[ArticleText]] = {}
    for article in articles:
        by_domain.setdefault(registrable_domain(article.url), []).append(article)
    for domain, some in by_domain.items():
        here = Publisher.objects.filter(domain=domain, is_sample=False).order_by("pk").first()
        name = next((article.publisher for article in some if article.publisher), domain)
        language = some[0].language if some[0].language != "und" else ""
        yield here or publisher_save.get_publisher(name[:200], f"https://{domain}/", language=language), some
