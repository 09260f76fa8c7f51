"""Where a story's texts began, kept with the story: who copied whom, and how many independent origins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction

from newsroom.articles.models import Article
from newsroom.articles.save import as_record
from newsroom.stories import front, leading
from newsroom.stories.models import Placement, Story
from newsroom.updates import update_each
from newstext import marks
from newstext.origins import CopyGroup, Origin, Origins, trace_origin
from newstext.records import ArticleText

TEXTS_READ = 400  # of a story, the earliest; who copies after so many changes nothing


def trace(stories: Iterable[Story]) -> None:
    """Find out who copied whom in each story, and keep it. Twice is as good as once."""
    for story in stories:
        with transaction.atomic():
            keep(story, trace_origin([_telling(row) for row in _texts_of(story)]))


def _texts_of(story: Story) -> Iterable[Article]:
    rows = Article.objects.filter(placement__story=story).select_related("publisher")
    return rows.defer("entry", "related").order_by("published_at", "seen_at", "pk")[:TEXTS_READ]


def _telling(row: Article) -> ArticleText:
    read = replace(as_record(row), publisher=row.publisher.shown_name)
    return replace(read, marks=marks.from_json({**row.marks, "id": str(row.pk)})) if row.marks and row.text else read


def keep(story: Story, found: Origins) -> None:
    """Write what was found to the story and its placements, in the caller's transaction.

    An article that was taken for the original, since it arrived first, becomes
    a copy where a better original has come; what leads the story is no copy.
    """
    wanted = {int(key): state for group in found.groups for key, state in _states(group, found)}
    rows = list(Placement.objects.filter(story=story, article__in=wanted))
    changed = [row for row in rows if (row.copy_of_id, row.origin) != wanted[row.article_id]]
    for row in changed:
        row.copy_of_id, row.origin = wanted[row.article_id]
    update_each(changed, ["copy_of", "origin"])
    story.origin_count, story.began = found.count or None, _as_json(found.began) if found.began else None
    fields = ["origin_count", "began"]
    if changed:
        held = leading.articles_of(story)
        story.refresh_from_db(fields=["given_title", "given_language"])
        leading.lead(story, held)
        front.stand(story, held)
        fields += [*leading.FIELDS, *front.FIELDS]
    story.save(update_fields=fields)


def _states(group: CopyGroup, found: Origins) -> Iterable[tuple[str, tuple[int | None, dict[str, Any]]]]:
    """(article, (the original it repeats, what is kept of it)) of everyone in a copy group."""
    names = found.names.get(group.original, ())
    began = {"from": group.origin.name, "held": bool(group.origin.article)}
    yield group.original, (None, {"names": list(names)} if names else began)
    for copy in group.copies:
        yield copy.article, (int(group.original), {**began, "whole": copy.is_whole, "added": list(copy.added)})


def _as_json(origin: Origin) -> dict[str, Any]:
    return {
        "name": origin.name,
        "kind": origin.kind,
        "article": origin.article,
        "dateline": origin.dateline,
        "at": origin.at.isoformat() if origin.at else "",
        "because": list(origin.because),
    }


def mend_copies(story: Story) -> None:
    """Let every copy in a story repeat an original that stands there: the first of those whose own went elsewhere."""
    copies = Placement.objects.filter(story=story, copy_of__isnull=False)
    groups: dict[int | None, list[Placement]] = defaultdict(list)
    for row in copies.exclude(copy_of__placement__story=story).order_by("article_id"):
        groups[row.copy_of_id].append(row)
    for first, *others in groups.values():
        Placement.objects.filter(pk=first.pk).update(copy_of=None, origin=None)
        Placement.objects.filter(pk__in=[row.pk for row in others]).update(copy_of=first.article_id, origin=None)
    of_copies = copies.filter(copy_of__placement__copy_of__isnull=False)
    for row, above in of_copies.values_list("article_id", "copy_of__placement__copy_of").order_by("article_id"):
        copies.filter(article=row).update(copy_of=above if above != row else None, origin=None)
