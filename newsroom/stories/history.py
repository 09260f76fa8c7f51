"""How a story came together: the lines kept when it changes shape, and the section of its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from newsroom.articles.models import Article
from newsroom.readers.models import Reader
from newsroom.stories.models import Placement, Story, StoryChange
from newsroom.stories.showing import Telling

EDITOR = "editor"  # stands in a placement's `rule` where a person chose the story
By = Reader | str  # the editor, or the name of the rule


class CannotChange(ValueError):
    """A change that makes no sense; the message names the story, article or hashtag, and the way out."""


@dataclass(frozen=True, slots=True)
class History:
    """opened_by: the article whose number the story bears, if it stands here. joined: (rule, how many articles)."""

    opened_by: Article | None
    joined: tuple[tuple[str, int], ...]
    changes: tuple[StoryChange, ...]

    def made_of(self) -> tuple[Any, ...]:
        """All that the section shows, as {% kept %} wants it."""
        return self.opened_by, self.joined, self.changes


def keep_change(
    story: Story,
    kind: StoryChange.Kind,
    now: datetime,
    *,
    by: By,
    why: str = "",
    other: Story | None = None,
    articles: Sequence[int] = (),
) -> StoryChange:
    """Add a line to a story's history. articles: the numbers of those that it is about."""
    return StoryChange.objects.create(
        story=story,
        kind=kind,
        at=now,
        other=other,
        article_id=articles[0] if len(articles) == 1 else None,
        article_count=len(articles),
        rule=by[:60] if isinstance(by, str) else "",
        editor=by if isinstance(by, Reader) else None,
        why=why,
    )


def history_of(story: Story, tellings: Sequence[Telling]) -> History:
    """What the page shows of how the story came together, the first first."""
    placements = [placement for telling in tellings for placement in _placements(telling)]
    opened_by = next((one.article for one in placements if str(one.article_id) == story.key), None)
    rules = Counter(one.rule for one in placements if one.rule != EDITOR and one.article != opened_by)
    changes = list(story.changes.all())
    if changes:  # few stories have any: what these are about is read for those alone
        prefetch_related_objects(
            changes,
            Prefetch("other", Story.objects.only("title", "language")),
            Prefetch("article", Article.objects.only("title", "url", "language")),
        )
    return History(opened_by, tuple(rules.most_common()), tuple(changes))


def _placements(telling: Telling) -> list[Placement]:
    return [telling.placement, *(copy.placement for copy in telling.copies)]
