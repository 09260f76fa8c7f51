"""Stories of a whole archive: articles are sharded by language and a window of days, and each shard is grouped.

    result files -> marked/LANGUAGE/DAY/NAME.jsonl -> placed/LANGUAGE/DAY.jsonl -> placements, stories

A window also reads the last days of the one before it, so a story goes on where
windows meet: what those articles' story was called there, it is called here.
Each file is whole or not there, and a record says what it was made from, so a
run that was stopped goes on, and one with more results does only what changed.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from operator import itemgetter
from typing import Any

from newstext import archive_results, archive_rows, grouping, marks, pipeline, storage
from newstext.addresses import registrable_domain
from newstext.archives import ArchiveError
from newstext.jsonlines import BadLine, Json
from newstext.records import ArticleText, Correction, Marks, Placement

WINDOW_DAYS = 7
OVERLAP_DAYS = 3  # of the window before; a story that rests longer there begins anew
FUTURE_ALLOWED = timedelta(hours=12)
UNDATED = "undated"
MARKED, PLACED = "marked", "placed"
PLACEMENT_COLUMNS = {
    "id": "text", "url": "text", "title": "text", "publisher": "text", "language": "text", "at": "text",
    "story": "text", "storyline": "text", "copy_of": "text", "because": "texts",
}  # fmt: skip
STORY_COLUMNS = {
    "story": "text", "storyline": "text", "title": "text", "language": "text", "first_at": "text", "last_at": "text",
    "articles": "number", "copies": "number", "publishers": "texts",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shard:
    """The articles of one language and window; `before` are files of the window before it."""

    out: str
    language: str
    day: str
    files: tuple[str, ...]
    before: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return storage.inside(self.out, PLACED, self.language, f"{self.day}.jsonl")

    def made_from(self) -> str:
        """Changes when the shard would be placed otherwise."""
        sizes = [(path, storage.size_of(path)) for path in (*self.files, "", *self.before)]
        return hashlib.sha256(json.dumps([archive_results.VERSION, grouping.RULE, sizes]).encode()).hexdigest()


def mark_result(job: tuple[str, str, int]) -> list[str] | ArchiveError:
    """Mark the articles of one result file into a file a shard; those files, whether made now or before."""
    result, out, days = job
    try:
        record = archive_results.record_of(storage.inside(out, MARKED, storage.name_of(result)))
        made_from = [archive_results.VERSION, days, storage.size_of(result)]
        if record is None or record["made_from"] != made_from:
            record = {"made_from": made_from, "files": _mark(result, out, days)}
            archive_results.keep_record(storage.inside(out, MARKED, storage.name_of(result)), record)
        return [storage.inside(out, MARKED, *names) for names in record["files"]]
    except (OSError, ValueError) as error:
        return ArchiveError(f"Result {result}: cannot be marked ({error}).")


def mark_results(out: str, engine: pipeline.Engine, *, days: int = WINDOW_DAYS) -> list[str]:
    """Mark all results of a folder; the marked files. Raises as `group` does."""
    jobs = [(result, out, days) for result in archive_results.results_in(out)]
    return [path for files in carried(engine, mark_result, jobs) for path in files]


def _mark(result: str, out: str, days: int) -> list[list[str]]:
    rows: dict[tuple[str, str], list[bytes]] = {}
    for row in archive_rows.read(result):
        if row.get("rejected") or row.get("refused"):
            continue
        try:
            article = dated(archive_rows.article_of(row))
        except BadLine as error:
            raise ArchiveError(f"row {row.get('id')!r}: {error}") from error
        named = replace(article, publisher=article.publisher or registrable_domain(article.url))
        article = pipeline.mark_article(named)
        assert article.marks is not None
        told = marks.to_json(article.marks) | {"url": article.url}
        rows.setdefault((article.language or "und", window_of(article.marks, days)), []).append(archive_rows.line(told))
    files = []
    storage.make_folder(storage.inside(out, MARKED))
    for (language, day), lines in sorted(rows.items()):
        names = [language, day, f"{storage.name_of(result)}.jsonl"]
        storage.make_folder(storage.inside(out, MARKED, language, day))
        with storage.whole(storage.inside(out, MARKED, *names)) as file:
            file.writelines(lines)
        files.append(names)
    return files


def dated(article: ArticleText) -> ArticleText:
    """The same, published when it was fetched where its page says nothing, or a later time."""
    seen, said = article.seen_at, article.published_at
    return replace(article, published_at=seen) if seen and (said is None or said > seen + FUTURE_ALLOWED) else article


def window_of(article: Marks, days: int = WINDOW_DAYS) -> str:
    """The first day of the window of so many days that an article belongs to."""
    if article.published_at is None:
        return UNDATED
    number = article.published_at.astimezone(UTC).date().toordinal()
    return date.fromordinal(max(1, number - number % days)).isoformat()


def shards(out: str, files: Iterable[str], days: int = WINDOW_DAYS) -> list[Shard]:
    """The shards that marked files belong to, each language's windows in the order of time."""
    held: dict[tuple[str, str], list[str]] = {}
    for path in sorted(files):
        language, day, _ = path.rsplit("/", 3)[-3:]
        held.setdefault((language, day), []).append(path)
    return [
        Shard(out, language, day, tuple(paths), tuple(held.get((language, _window_before(day, days)), ())))
        for (language, day), paths in sorted(held.items())
    ]


def _window_before(day: str, days: int) -> str:
    return "" if day == UNDATED else (date.fromisoformat(day) - timedelta(days=days)).isoformat()


def place_shard(shard: Shard) -> str | ArchiveError:
    """Group one shard into its file of placements; the file, whether made now or before.

    Its rows are the placements of its articles, in order of time, and before them those of the days before it, with
    `is_before` set.
    """
    try:
        made_from = shard.made_from()
        record = archive_results.record_of(shard.path)
        if record and record["made_from"] == made_from and storage.size_of(shard.path) is not None:
            return shard.path
        storage.make_folder(storage.inside(shard.out, PLACED, shard.language))
        with storage.whole(shard.path) as file:
            archive_rows.write(_placed(shard), file, "jsonl")
        archive_results.keep_record(shard.path, {"made_from": made_from})
        return shard.path
    except (OSError, ValueError) as error:
        return ArchiveError(f"Articles in {shard.language} from {shard.day}: cannot be grouped ({error}).")


def _placed(shard: Shard) -> Iterator[Json]:
    begins = date.fromisoformat(shard.day) if shard.before else None
    before = _Marked(shard.before, since=begins - timedelta(days=OVERLAP_DAYS) if begins else None)
    marked = _Marked(shard.files)
    placed: dict[str, Placement] = {}
    for one in pipeline.group_articles(chain(before.articles(), marked.articles()), grouping.StoryIndex()):
        if isinstance(one, Correction):
            placed[one.article] = replace(placed[one.article], story=one.story)
        else:
            placed[one.article] = one
    for key, told in before.told.items():
        yield _placement_row(told, placed[key]) | {"is_before": True}
    for key, told in marked.told.items():
        yield _placement_row(told, placed[key])


def _placement_row(told: Json, placed: Placement) -> Json:
    return told | {
        "story": placed.story,
        "storyline": placed.storyline,
        "copy_of": placed.copy_of,
        "because": list(placed.because),
    }


class _Marked:
    """Marked articles in order of time; an id that two files have counts once.

    told: what the tables tell of each. The rest is held packed, and unpacked as it is placed: a shard may be large.
    """

    def __init__(self, files: Iterable[str], *, since: date | None = None) -> None:
        held: list[tuple[tuple[datetime, str], bytes, Json]] = []
        for row in chain.from_iterable(archive_rows.read(path) for path in files):
            at = time_of(row)
            if since is None or at[0].astimezone(UTC).date() >= since:
                told = {name: row[name] for name in ("id", "url", "title", "publisher", "language", "at")}
                held.append((at, zlib.compress(archive_rows.line(row), 1), told))
        held.sort(key=itemgetter(0))
        self.told = {told["id"]: told for _, _, told in held}
        self._packed = {told["id"]: packed for _, packed, told in held}

    def articles(self) -> Iterator[ArticleText]:
        """Each once; what was given is let go of."""
        for key, told in self.told.items():
            row = json.loads(zlib.decompress(self._packed.pop(key)))
            yield ArticleText(url=told["url"], id=key, title=told["title"], marks=marks.from_json(row))


@dataclass(slots=True)
class _Told:
    """A story as the table has it, while articles may still come."""

    row: Json
    publishers: dict[str, None] = field(default_factory=dict)

    def take(self, placed: Json) -> None:
        row = self.row
        row["articles"] += 1
        row["copies"] += bool(placed["copy_of"])
        if placed["at"]:
            row["first_at"] = row["first_at"] or placed["at"]  # they come in order of time
            row["last_at"] = placed["at"]
        self.publishers[placed["publisher"]] = None


class Joined:
    """Placements of all shards, one after another, with stories that go over from window to window.

    stories: is filled with the stories, each when no article can come to it any more.
    """

    def __init__(self, placed: Sequence[tuple[Shard, str]]) -> None:
        self._placed = placed
        self.stories: list[Json] = []

    def __iter__(self) -> Iterator[Json]:
        language, known, open_stories = "", dict[str, tuple[str, str]](), dict[str, _Told]()
        for shard, path in self._placed:
            if shard.language != language or not shard.before:
                language, known = shard.language, {}
                self._close(open_stories, but=())
            rows = list(archive_rows.read(path))
            known = self._names(rows, known)
            self._close(open_stories, but={story for story, _ in known.values()})
            for row in rows:
                if row.pop("is_before", False):
                    continue
                row["story"], row["storyline"] = known[row["id"]]
                self._count(open_stories, row)
                yield row
        self._close(open_stories, but=())

    def _names(self, rows: list[Json], known: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
        """id -> (story, storyline) by their names over all windows.

        A story is called as most of its articles of the days before; a copy stands where its original stands.
        """
        stories: dict[str, Counter[str]] = {}
        lines: dict[str, Counter[str]] = {}
        named: dict[str, tuple[str, str]] = {}
        for row in rows:
            if row.get("is_before") and row["id"] in known:
                named[row["id"]] = story, line = known[row["id"]]
                stories.setdefault(row["story"], Counter())[story] += 1
                lines.setdefault(row["storyline"], Counter())[line] += 1
        for row in rows:
            if row["id"] not in named:
                by_most = _most(stories, row["story"]), _most(lines, row["storyline"])
                named[row["id"]] = named.get(row["copy_of"] or "", by_most)
        return named

    def _count(self, open_stories: dict[str, _Told], row: Json) -> None:
        story = open_stories.get(row["story"])
        if story is None:
            names = ("story", "storyline", "title", "language")
            told = {name: row[name] for name in names} | {"first_at": None, "last_at": None}
            story = open_stories[row["story"]] = _Told(told | {"articles": 0, "copies": 0})
        story.take(row)

    def _close(self, open_stories: dict[str, _Told], but: Iterable[str]) -> None:
        kept = set(but)
        for key in [key for key in open_stories if key not in kept]:
            story = open_stories.pop(key)
            self.stories.append(story.row | {"publishers": sorted(filter(None, story.publishers))})


def group(out: str, engine: pipeline.Engine, *, form: str = "jsonl", days: int = WINDOW_DAYS) -> tuple[str, str]:
    """Group all results of a folder, in windows of so many days; (the table of placements, the table of stories).

    Raises FileNotFoundError where there are no results, ArchiveError naming what could not be done.
    """
    parts = shards(out, mark_results(out, engine, days=days), days)
    placed = carried(engine, place_shard, parts)
    joined = Joined(list(zip(parts, placed, strict=True)))
    tables = [storage.inside(out, f"{name}.{form}") for name in ("placements", "stories")]
    with storage.whole(tables[0]) as file:
        archive_rows.write(joined, file, form, PLACEMENT_COLUMNS)
    with storage.whole(tables[1]) as file:
        archive_rows.write(joined.stories, file, form, STORY_COLUMNS)
    return tables[0], tables[1]


def _most(names: dict[str, Counter[str]], name: str) -> str:
    return names[name].most_common(1)[0][0] if name in names else name


def carried(engine: pipeline.Engine, function: Callable[[Any], Any], jobs: Sequence[Any]) -> list[Any]:
    """What came of each job; one that failed is tried once more when all others are done.

    Raises ArchiveError where it failed again: what is done stays, and need not be done again.
    """
    done = list(engine(function, jobs))
    failed = [place for place, one in enumerate(done) if isinstance(one, Exception)]
    for place, again in zip(failed, engine(function, [jobs[place] for place in failed]), strict=True):
        if isinstance(again, Exception):
            raise ArchiveError(f"{again} What is done stays: run it again.") from again
        done[place] = again
    return done


def time_of(row: Json) -> tuple[datetime, str]:
    """What marked rows are put in order by: when they were published, else their ids."""
    return datetime.fromisoformat(row["at"]) if row["at"] else datetime.min.replace(tzinfo=UTC), row["id"]
