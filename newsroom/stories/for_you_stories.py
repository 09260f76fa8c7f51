"""The stories that For you is chosen among, with what each has to do with, and what a reader's mutes take from them.

They are the foremost of the front page, and of what is followed the foremost
that its lead could bring among them: a fixed number of queries, whatever the
archive holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsroom.articles.models import Article
from newsroom.readers.asked_numbers import row_numbers
from newsroom.stories.for_you import MOST_LEAD_HOURS, Candidate, Line, Target
from newsroom.stories.for_you_lines import named_in
from newsroom.stories.front_page import LOOKED_THROUGH
from newsroom.stories.listing import Item, items_of, with_cards
from newsroom.stories.models import Hashtag, Placement, Story, StoryCountry
from newsroom.stories.muting import Mutes
from newsroom.stories.noted import Sections
from newsroom.stories.search_finding import find
from newsroom.stories.search_query import read_query

OF_A_KIND = 200  # stories looked for beside the foremost, of all that is followed of one kind
SEARCHES_MOST = 8  # that are asked; a search costs more than a hashtag
OF_A_SEARCH = 50  # articles, the newest


@dataclass(frozen=True, slots=True)
class _Row:
    """A story as its order needs it."""

    at: datetime
    section: str | None
    storyline: int
    title: str


def candidates_of(lines: Sequence[Line], mutes: Mutes, *, dial: int) -> list[Candidate]:
    """The stories to choose among, the muted ones left out; those followed beside the foremost where the dial asks."""
    public = Story.objects.public().filter(front_at__isnull=False)
    rows = _rows(public.order_by("-front_at", "-pk")[:LOOKED_THROUGH])
    used = lines if dial else ()
    found = _searched(used)
    tags, papers = named_in(used)
    if used and len(rows) == LOOKED_THROUGH:  # fewer are all there are
        floor = min(row.at for row in rows.values()) - timedelta(hours=MOST_LEAD_HOURS * min(dial, 100) / 100)
        further = _further(used, tags, papers, floor) | {story for stories in found.values() for story in stories}
        rows |= _rows(public.filter(front_at__gt=floor, pk__in=further.difference(rows)))
    about = _about(rows, used, tags, papers)
    for target, stories in found.items():
        for story in stories & rows.keys():
            about[story].add(target)
    muted = _muted(rows, mutes)
    return [Candidate(story, row.at, frozenset(about[story])) for story, row in rows.items() if story not in muted]


def _rows(stories: Iterable[Story]) -> dict[int, _Row]:
    values = stories.values_list("pk", "front_at", "section", "storyline", "title")  # type: ignore[attr-defined]
    return {pk: _Row(*row) for pk, *row in values}


def _searched(lines: Iterable[Line]) -> dict[Target, set[int]]:
    """The stories that the followed searches find."""
    searches = [line for line in lines if line.kind == "search"][:SEARCHES_MOST]
    matched: dict[Target, list[int]] = {}
    for line in searches:
        found = find(read_query(line.key), most=OF_A_SEARCH, or_some_words=False)
        matched[line.target] = [match.article for match in found.matches]
    articles = {article for many in matched.values() for article in many}
    placed = Placement.objects.filter(article__in=articles).values_list("article", "story") if articles else ()
    story_of = dict(placed)
    return {target: {story_of[one] for one in many if one in story_of} for target, many in matched.items()}


def _further(lines: Sequence[Line], tags: Iterable[int], papers: Iterable[int], floor: datetime) -> set[int]:
    """The numbers of the foremost stories since then that have to do with what is followed, kind by kind."""
    keys = _keys(lines)
    newest = Story.objects.public().filter(front_at__gt=floor).order_by("-front_at", "-pk")
    chosen = [
        newest.filter(pk__in=Hashtag.stories.through.objects.filter(hashtag__in=list(tags)).values("story")),
        newest.filter(pk__in=StoryCountry.objects.filter(code__in=keys["country"]).values("story")),
        newest.filter(section__in=keys["section"]),
        newest.filter(storyline__in=row_numbers(keys["storyline"])),
    ]
    wanted = (list(tags), keys["country"], keys["section"], keys["storyline"])
    found: set[int] = set()
    for rows, asked in zip(chosen, wanted, strict=True):
        if asked:
            found.update(rows.values_list("pk", flat=True)[:OF_A_KIND])
    if papers:
        articles = Article.objects.public().filter(publisher__in=list(papers), published_at__gt=floor)
        placed = articles.filter(placement__isnull=False).order_by("-published_at", "-pk")
        found.update(placed.values_list("placement__story", flat=True)[:OF_A_KIND])
    return found


def _keys(lines: Iterable[Line]) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        keys[line.kind].append(line.key)
    return keys


def _about(
    rows: dict[int, _Row], lines: Sequence[Line], tags: dict[int, str], papers: dict[int, str]
) -> dict[int, set[Target]]:
    """What of these lines each story has to do with, searches aside."""
    about: dict[int, set[Target]] = {story: set() for story in rows}
    targets = {line.target for line in lines}
    for story, row in rows.items():
        about[story] |= {("section", row.section or ""), ("storyline", str(row.storyline))} & targets
    codes = _keys(lines)["country"]
    if tags:
        tied = Hashtag.stories.through.objects.filter(story__in=rows, hashtag__in=list(tags))
        for story, tag in tied.values_list("story", "hashtag"):
            about[story].add(("hashtag", tags[tag]))
    if codes:
        for story, code in StoryCountry.objects.filter(story__in=rows, code__in=codes).values_list("story", "code"):
            about[story].add(("country", code))
    if papers:
        told = Placement.objects.filter(story__in=rows, article__publisher__in=list(papers))
        for story, paper in told.values_list("story", "article__publisher"):
            about[story].add(("publisher", papers[paper]))
    return about


def _muted(rows: dict[int, _Row], mutes: Mutes) -> set[int]:
    """Those not shown: of a muted hashtag, told by muted publishers alone, with a muted word in a headline."""
    muted: set[int] = set()
    if mutes.hashtags:
        tied = Hashtag.stories.through.objects.filter(story__in=rows, hashtag__in=mutes.hashtags)
        muted.update(tied.values_list("story", flat=True))
    if mutes.publishers:
        others = Placement.objects.filter(story__in=rows).exclude(article__publisher__in=mutes.publishers)
        muted |= rows.keys() - set(others.values_list("story", flat=True))
    if mutes.words:
        muted |= {story for story, row in rows.items() if mutes.holds(row.title)}
        told = Placement.objects.filter(story__in=rows.keys() - muted).values_list("story", "article__title")
        muted |= {story for story, title in told if mutes.holds(title)}
    return muted


def cards_of(stories: Sequence[int], mutes: Mutes) -> dict[int, Item]:
    """The cards of these stories with nothing of a muted publisher: neither its name, its headline nor its words."""
    rows = list(with_cards(Story.objects.public().filter(pk__in=stories)))
    if not mutes.publishers:
        return {story.pk: (story, _without_words(sections, mutes), told) for story, sections, told in items_of(rows)}
    other = Placement.objects.filter(story__in=rows).exclude(article__publisher__in=mutes.publishers)
    headlines: dict[int, tuple[str, str]] = {}
    for story, title, language in other.order_by("article__published_at", "pk").values_list(
        "story", "article__title", "article__language"
    ):
        if title:
            headlines[story] = title, language
    silent = Placement.objects.filter(story__in=rows, article__publisher__in=mutes.publishers)
    silenced = set(silent.values_list("article", flat=True))
    for story in rows:
        shown = story.shown_placements  # type: ignore[attr-defined]
        story.shown_placements = [one for one in shown if one.article.publisher_id not in mutes.publishers]  # type: ignore[attr-defined]
        if story.lead_id in silenced and not story.given_title:
            story.title, story.language = headlines.get(story.pk, ("", "und"))
    items = {}
    for story, sections, told in items_of(rows):
        kept = [one for one in sections.brief if one.article not in silenced]
        sections = replace(sections, body={**sections.body, "brief": kept})
        items[story.pk] = story, _without_words(sections, mutes), told
    return items


def _without_words(sections: Sections, mutes: Mutes) -> Sections:
    """The same without what of the brief has a muted word."""
    kept = [one for one in sections.brief if not mutes.holds(one.text)]
    return replace(sections, body={**sections.body, "brief": kept})
