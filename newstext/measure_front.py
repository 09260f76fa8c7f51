"""newstext measure front: what the first thirty places show over four days of a real stream, beside newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from statistics import mean, median

from newstext import pipeline
from newstext.grouping import StoryIndex
from newstext.measure_grouping import article_of, utc
from newstext.measuring import data_folder, read_rows, table
from newstext.prominence import Telling, standing
from newstext.records import Placement

FIRST, LAST = datetime(2026, 8, 3, tzinfo=UTC), datetime(2026, 8, 7, tzinfo=UTC)
LOOK_EVERY = timedelta(hours=3)
PLACES = 30
CARRIED = 10  # the most widely told stories of the day, which a reader would miss

Tellings = Mapping[str, list[Telling]]


def main(argv: list[str]) -> int:
    """Print for both orders: places told by two or more, the day's most told stories shown, ages."""
    told = list(_told())
    rows = []
    for name, order in (("ours", _ours), ("newest first", _newest)):
        looks = [_look(order, told, at) for at in _moments()]
        shares, found, ages = zip(*looks, strict=True)
        rows.append((name, f"{mean(shares):.0%}", f"{mean(found):.0%}", f"{median(ages):.1f}"))
    head = ("order", "places told by two publishers or more", "ten most told of 24 h shown", "median age, hours")
    print(table(f"front page, {PLACES} places, looked at every 3 h", head, rows))
    return 0


def _told() -> Iterator[tuple[str, Telling]]:
    """(story, telling) in order of arrival; a copy counts as its original's publisher."""
    index = StoryIndex()
    publisher_of: dict[str, str] = {}
    for row in read_rows(data_folder() / "stream" / "raw.jsonl.gz"):
        seen_at = datetime.fromisoformat(row["first_seen_at"])
        if row["language"] == "und" or not FIRST - timedelta(days=1) <= seen_at < LAST:
            continue
        article = article_of(row, utc(row["published_at"]))
        for placed in pipeline.group_articles([article], index):
            if isinstance(placed, Placement):
                origin = publisher_of.get(placed.copy_of or "", str(row["publisher"]))
                publisher_of[article.id] = origin
                yield placed.story, Telling(origin, min(article.published_at or seen_at, seen_at))


def _moments() -> Iterator[datetime]:
    at = FIRST
    while at < LAST:
        yield at
        at += LOOK_EVERY


def _look(
    order: Callable[[list[Telling]], datetime], told: list[tuple[str, Telling]], at: datetime
) -> tuple[float, float, float]:
    """Share of places told by several, share of the day's most told that are shown, median age in hours."""
    stories: dict[str, list[Telling]] = defaultdict(list)
    for story, telling in told:
        if telling.at <= at:
            stories[story].append(telling)
    shown = sorted(stories, key=lambda story: order(stories[story]), reverse=True)[:PLACES]
    most = sorted(stories, key=lambda story: (-_carried(stories[story], at), story))[:CARRIED]
    several = sum(len({telling.origin for telling in stories[story]}) > 1 for story in shown) / len(shown)
    ages = [(at - max(telling.at for telling in stories[story])).total_seconds() / 3600 for story in shown]
    return several, len(set(most) & set(shown)) / len(most), median(ages)


def _carried(tellings: list[Telling], at: datetime) -> int:
    return len({telling.origin for telling in tellings if telling.at > at - timedelta(hours=24)})


def _ours(tellings: list[Telling]) -> datetime:
    return standing(tellings).at


def _newest(tellings: list[Telling]) -> datetime:
    return max(telling.at for telling in tellings)


if __name__ == "__main__":
    main([])
