"""Pages without a body that may be shown: kept by reason, read again later, and how a wrong body goes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from newsroom.articles.models import Article, MainParagraph, Rejection

HOUR_S, DAY_S = 3600, 86_400
WALL_S = (HOUR_S, 6 * HOUR_S, DAY_S, 3 * DAY_S)
# How long after each refusal in a row a page is asked for again; then no more.
AGAIN_S: Mapping[str, tuple[int, ...]] = {
    "challenge": WALL_S,
    "consent": WALL_S,
    "error": WALL_S,
    "empty": WALL_S,
    "list": (6 * HOUR_S, 3 * DAY_S),
    "paywall": (DAY_S, 3 * DAY_S),
    "video": (6 * HOUR_S,),
    "gallery": (6 * HOUR_S,),
    "podcast": (6 * HOUR_S,),
    "teaser": WALL_S,
}
HEADLINE_IS_THE_PAGE_S_OWN = frozenset({"challenge", "consent", "error", "list", "empty"})
TAKEN_OFF = (
    *("text", "text_key", "sentences", "passages", "confidence", "kind", "refused", "marks"),
    *("grouped_at", "next_read_at", "refused_times"),
)
SAME_BODY_MOST = 40  # articles of a publisher that are looked at for one body


def next_reading(article: Article, now: datetime) -> datetime | None:
    """When a page that had no body, or a stub, is to be asked for again; counts how often that was."""
    if not article.refused and article.kind != "teaser":
        article.refused_times = 0
        return None
    waits = AGAIN_S.get(article.kind, ())
    if article.refused_times >= len(waits) or article.private_key or article.publisher.is_sample:
        return None
    article.refused_times += 1
    return now + timedelta(seconds=waits[article.refused_times - 1])


def keep_reason(article: Article, now: datetime) -> None:
    """Keep why a page was refused, once a reason, with when it was last so."""
    Rejection.objects.update_or_create(
        article=article,
        publisher_id=article.publisher_id,
        step="extract",
        reason=article.refused,
        defaults={"url": article.url, "kind": article.kind, "at": now, "gone_at": None},
    )


def end(articles: Collection[int], now: datetime) -> None:
    """Mark the refusals of articles that have their body now as gone."""
    if articles:
        Rejection.objects.filter(article__in=articles, gone_at=None).update(gone_at=now)


def with_same_paragraphs(article: Article, keys: Collection[int]) -> tuple[list[Article], frozenset[int]]:
    """The publisher's other articles whose body has one of these paragraphs, the newest first.

    Also which of these paragraphs are known to be none of the publisher's articles.
    """
    rows = MainParagraph.objects.filter(publisher_id=article.publisher_id, key__in=keys).exclude(article=article)
    held = list(rows.values_list("key", "is_foreign").distinct())
    if not held:
        return [], frozenset()
    foreign = frozenset(key for key, is_foreign in held if is_foreign)
    others = Article.objects.public().filter(pk__in=rows.values("article"), publisher_id=article.publisher_id)
    return list(others.exclude(text="").order_by("-seen_at", "-pk")[:SAME_BODY_MOST]), foreign


def remember_paragraphs(article: Article, keys: Iterable[int]) -> None:
    """Keep the main paragraphs of an article's body in place of those it had; one never read had none."""
    replace_paragraphs([(article, keys)], earlier=[article.pk] if article.read_at else [])


def replace_paragraphs(bodies: Sequence[tuple[Article, Iterable[int]]], *, earlier: Collection[int]) -> None:
    """The same for several articles; `earlier`: those that had some."""
    if earlier:
        MainParagraph.objects.filter(article__in=earlier).delete()
    rows = [
        MainParagraph(publisher_id=article.publisher_id, article=article, key=key)
        for article, keys in bodies
        for key in keys
    ]
    MainParagraph.objects.bulk_create(rows)


def mark_foreign(articles: Iterable[Article], keys: Collection[int]) -> None:
    """Remember that these paragraphs, taken for the body of these articles, are none of theirs."""
    MainParagraph.objects.filter(article__in=list(articles), key__in=keys).update(is_foreign=True)


def take_off(article: Article, reason: str, marks: dict[str, Any], now: datetime) -> None:
    """Take the body off an article that has a wrong one: it stands as its feed tells it, and is placed anew.

    marks: what grouping is to know of it without the body.
    """
    article.text, article.text_key, article.confidence = "", "", 0.0
    article.sentences, article.passages = [], []
    article.kind, article.refused, article.marks = "error", reason, marks
    article.grouped_at = None
    article.next_read_at = next_reading(article, now)
    article.save(update_fields=TAKEN_OFF)
    keep_reason(article, now)
