"""Other stories worth reading beside one, each with its reason."""

from __future__ import annotations

from typing import Any

from newsroom.articles.models import Article
from newsroom.stories.models import Story
from newsroom.stories.search import search_articles
from newstext.marks import from_json
from newstext.records import Marks
from newstext.related import rank_related

FOUND_BY_SEARCH = 40
SEARCH_WORDS = 8
STORYLINE_STORIES = 10


def find_related(story: Story, *, most: int = 6) -> list[dict[str, Any]]:
    """Articles of other stories, best first, one a story: {"article": id, "because": [...]}.

    Nothing rather than noise: what shares too little is left out.
    """
    lead = story.lead
    if lead is None or not lead.marks:
        return []
    marks = from_json({**lead.marks, "id": str(lead.pk)})
    earlier = _earlier_in_storyline(story)
    found = _candidates(story, marks) | {row.pk: row for row in earlier}
    ranked = rank_related(
        marks, [from_json({**(row.marks or {}), "id": str(row.pk)}) for row in found.values()], top=3 * most
    )
    related: list[dict[str, Any]] = []
    stories: set[int] = {story.pk}
    in_storyline = {row.pk for row in earlier}
    for one in ranked:
        row = found[int(one.id)]
        is_earlier = row.pk in in_storyline
        if row.placement.story_id in stories or not (one.shown or is_earlier):
            continue
        stories.add(row.placement.story_id)
        because = (["earlier in the same course of events"] if is_earlier else []) + list(one.because)
        related.append({"article": row.pk, "because": because})
    return related[:most]


def _earlier_in_storyline(story: Story) -> list[Article]:
    others = Story.objects.public().filter(storyline=story.storyline, is_sample=story.is_sample).exclude(pk=story.pk)
    leads = others.order_by("-last_at").values_list("lead", flat=True)[:STORYLINE_STORIES]
    rows = Article.objects.filter(pk__in=[key for key in leads if key], marks__isnull=False)
    return list(rows.select_related("placement"))


def _candidates(story: Story, marks: Marks) -> dict[int, Article]:
    """Articles with some of the lead's names and words, not of this story."""
    names = [f'"{name}"' for name in list(marks.names)[: SEARCH_WORDS // 2]]
    words = [word for word, _ in sorted(marks.terms.items(), key=lambda pair: -pair[1])[:SEARCH_WORDS]]
    found = search_articles(" ".join([*names, *words]), most=FOUND_BY_SEARCH)
    rows = Article.objects.filter(pk__in=[row.pk for row in found], marks__isnull=False, placement__isnull=False)
    rows = rows.exclude(placement__story=story).filter(placement__copy_of=None, private_key="")
    if not story.is_private:
        rows = rows.filter(publisher__is_sample=story.is_sample)
    return {row.pk: row for row in rows.select_related("placement")}
