"""Editors' choices kept as cases, on which the grouping rule is measured."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from newsroom.articles.models import Article
from newsroom.readers.models import Reader
from newsroom.stories.models import GroupingCase, Story

MEMBERS_KEPT = 12  # a story's first, and its newest: what the rule compares an article with


def keep_case(
    article: Article,
    story: Story,
    now: datetime,
    *,
    together: bool,
    how: str,
    editor: Reader,
    without: Collection[int] = (),
) -> GroupingCase | None:
    """Keep that an editor put an article with a story as it stands now, or took it out.

    without: numbers of articles that go the same way, and so are no part of the
    story that is compared with. None where either has no marks to compare.
    """
    members = _members(story, {article.pk, *without})
    if not article.marks or not members:
        return None
    return GroupingCase.objects.create(
        article=article,
        story=story,
        together=together,
        how=how,
        at=now,
        editor=editor,
        marks={"article": {**article.marks, "id": str(article.pk)}, "members": members},
    )


def _members(story: Story, without: set[int]) -> list[dict[str, Any]]:
    rows = Article.objects.filter(placement__story=story, marks__isnull=False).exclude(pk__in=without)
    keys = list(rows.order_by("seen_at", "pk").values_list("pk", flat=True))
    kept = keys[:1] + keys[1:][-(MEMBERS_KEPT - 1) :]
    marks = dict(rows.filter(pk__in=kept).values_list("pk", "marks"))
    return [{**marks[key], "id": str(key)} for key in kept if key in marks]


def case_lines() -> Iterator[str]:
    """Each case as a line of JSON, the oldest first, as `newstext measure grouping --cases` reads it."""
    for case in GroupingCase.objects.order_by("at", "pk").iterator(chunk_size=200):
        row = {
            "id": str(case.pk),
            "article": case.marks["article"],
            "members": case.marks["members"],
            "together": case.together,
            "how": case.how,
            "by": f"editor {case.editor_id}" if case.editor_id else "editor",
            "at": case.at.isoformat(),
        }
        yield json.dumps(row, ensure_ascii=False)
