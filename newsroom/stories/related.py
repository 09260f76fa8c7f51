"""What else to read beside a story and beside each of its tellings, of which kind, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import Any

from django.db.models import Max, QuerySet

from newsroom.articles.models import Article
from newsroom.stories.models import Placement, Story
from newsroom.stories.search import find_keys
from newsroom.updates import update_each
from newstext.marks import from_json
from newstext.nearness import Rarity
from newstext.prominence import NO_NEWS
from newstext.records import Marks, RelatedArticle
from newstext.related import Known, RelatedPool, search_terms

Entry = dict[str, Any]  # {"article": id, "kind": …, "because": […]}
STORY_MOST, TELLING_MOST = 6, 8
SAME_EVENT_MOST = 4  # a telling shows so many others of its own event,
SAME_STORY_MOST = 2  # and so many of one other story
NEAR_ENOUGH = 0.5  # for names or words in common alone: below it one in seven read by hand had nothing to do with it
TELLINGS_RANKED = 40  # the newest of a story have a list of their own; others show the story's
SEARCH_TERMS, PAIRED_TERMS = 10, 3
FOUND_BY_ANY, FOUND_BY_PAIR = 40, 12
EARLIER_MOST, LATER_MOST = 20, 8  # stories of the same storyline, or with a hashtag in common, nearest in time
RARITY_FROM = 1_500  # so many of the newest articles say how rare a word is
NEVER_RELATED = NO_NEWS - {"live"}


@dataclass(frozen=True, slots=True)
class Related:
    """The lists of a story, best first: its own, and by article those of its tellings."""

    of_story: list[Entry] = field(default_factory=list)
    of_article: dict[int, list[Entry]] = field(default_factory=dict)


def find_related(story: Story, *, hashtags: Collection[str] = ()) -> Related:
    """What goes with a story and with each of its tellings; nothing rather than noise.

    hashtags: keys of what the story is about, beside those it has already.
    """
    lead = story.lead
    tellings = _tellings(story)
    if lead is None or not lead.marks:
        return Related()
    tellings.setdefault(lead.pk, lead)
    in_storyline = _leads(_beside(story, Story.objects.filter(storyline=story.storyline)))
    rarity = rarity_now(is_sample=story.is_sample)
    rows = _candidates(story, _marks(lead), rarity, in_storyline, hashtags)
    rows = {key: row for key, row in rows.items() if key not in tellings}
    pool = RelatedPool([_marks(row) for row in (*tellings.values(), *rows.values())], rarity)
    stories = {row.pk: row.placement.story_id for row in rows.values()}
    known = Known(
        same_event={str(key) for key in tellings}, storyline={str(key) for key in in_storyline}, says_all=True
    )
    ranked = {key: pool.related(str(key), known, top=30) for key in tellings}
    return Related(
        _chosen(ranked[lead.pk], stories, STORY_MOST, same_event_most=0),
        {key: _chosen(found, stories, TELLING_MOST, same_event_most=SAME_EVENT_MOST) for key, found in ranked.items()},
    )


def keep_for_tellings(story: Story, related: Related) -> None:
    """Keep each telling's own list with its placement, in the caller's transaction."""
    placements = list(Placement.objects.filter(story=story, article__in=related.of_article))
    for placement in placements:
        placement.related = related.of_article[placement.article_id]
    update_each(placements, ["related"])


def _chosen(
    ranked: Sequence[RelatedArticle], stories: dict[int, int], most: int, *, same_event_most: int
) -> list[Entry]:
    """Entries for what may be shown, not too many of one event."""
    of_story: Counter[int] = Counter()
    same_event, others = [], []
    for one in ranked:
        key = int(one.id)
        entry = {"article": key, "kind": one.kind, "because": list(one.because)}
        if key not in stories:
            same_event += [entry] if len(same_event) < same_event_most else []
        elif one.shown and (one.likeness >= NEAR_ENOUGH or one.kind not in ("names", "subject")):
            of_story[stories[key]] += 1
            others += [entry] if of_story[stories[key]] <= SAME_STORY_MOST else []
    return [*same_event, *others[: most - len(same_event)]]


def _tellings(story: Story) -> dict[int, Article]:
    rows = Article.objects.filter(placement__story=story, marks__isnull=False).defer("text", "sentences", "entry")
    newest = rows.order_by("-published_at", "-seen_at")[:TELLINGS_RANKED]
    return {row.pk: row for row in newest}


def _marks(row: Article) -> Marks:
    return from_json({**(row.marks or {}), "id": str(row.pk)})


def _candidates(
    story: Story, marks: Marks, rarity: Rarity, in_storyline: Iterable[int], hashtags: Collection[str]
) -> dict[int, Article]:
    """Articles of other stories that share names, words, hashtags or the storyline; originals alone."""
    tags = {*hashtags, *story.hashtags.values_list("key", flat=True)}
    keys = {*in_storyline, *_found_by_words(marks, rarity)}
    if tags:
        keys |= set(_leads(_beside(story, Story.objects.filter(hashtags__key__in=tags).distinct())))
    rows = Article.objects.public().filter(pk__in=keys, marks__isnull=False, placement__isnull=False)
    rows = rows.exclude(placement__story=story).filter(placement__copy_of=None).exclude(kind__in=NEVER_RELATED)
    if not story.is_private:
        rows = rows.filter(publisher__is_sample=story.is_sample)
    rows = rows.select_related("placement").defer("text", "sentences", "entry", "placement__related")
    return {row.pk: row for row in rows.order_by("pk")}


def _found_by_words(marks: Marks, rarity: Rarity) -> set[int]:
    """Articles with any of the terms that say most; and, however old, those with two of the first few."""
    terms = search_terms(marks, rarity, SEARCH_TERMS)
    found = set(find_keys(terms, most=FOUND_BY_ANY, with_all=False))
    for pair in combinations(terms[:PAIRED_TERMS], 2):
        found.update(find_keys(pair, most=FOUND_BY_PAIR, with_all=True))
    return found


def _beside(story: Story, stories: QuerySet[Story]) -> list[Story]:
    """Those of the other stories that are nearest in time: by the story's own time, not by now."""
    others = stories.filter(merged_into=None, is_private=False, is_sample=story.is_sample).exclude(pk=story.pk)
    earlier = others.filter(last_at__lte=story.last_at).order_by("-last_at", "-pk")[:EARLIER_MOST]
    later = others.filter(last_at__gt=story.last_at).order_by("last_at", "pk")[:LATER_MOST]
    return [*earlier, *later]


def _leads(stories: Iterable[Story]) -> list[int]:
    return [story.lead_id for story in stories if story.lead_id]


def rarity_now(*, is_sample: bool) -> Rarity:
    """In how many of the newest articles each stem stands; counted again when a twentieth more has come."""
    newest = Article.objects.filter(publisher__is_sample=is_sample).aggregate(last=Max("pk"))["last"] or 0
    return _rarity(newest // max(25, newest // 20), is_sample=is_sample)


@lru_cache(maxsize=2)
def _rarity(step: int, *, is_sample: bool) -> Rarity:
    rows = Article.objects.public().filter(publisher__is_sample=is_sample, marks__isnull=False)
    bodies = rows.order_by("-pk").values_list("marks", flat=True)[:RARITY_FROM]
    return Rarity.of(from_json({**body, "print": ""}) for body in bodies)
