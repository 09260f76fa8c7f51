"""What an article said before, and how it was changed: the list on its page, and a page for each change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from newsroom.articles import openness
from newsroom.articles.models import Article, Version
from newsroom.articles.versions import REASONS, following
from newsroom.stories.removal_page import gone_or_404
from newstext.worddiff import Paragraph, Run, compare

MANY = 5  # from here on the changes of substance can be shown alone
LISTED = 10  # the rest stands folded
FOLDED_WORDS = 40  # an unchanged stretch that is worth folding
LEFT_OUT = Run("kept", "…", 0)
WORDS_SHOWN = 30_000  # of both texts; the rest is counted, so that minutes of 2 MB are still a page


@dataclass(frozen=True, slots=True)
class Listed:
    """A version with what its change touched, in words; its headline where that was another."""

    version: Version
    reasons: tuple[str | Promise, ...]
    title: str


@dataclass(frozen=True, slots=True)
class VersionList:
    """The earlier versions as the article page lists them, the last replaced first."""

    newest: tuple[Listed, ...]
    older: tuple[Listed, ...]
    count: int
    typos: int
    is_substance_only: bool

    @property
    def may_choose(self) -> bool:
        """True where there are many, and spellings among them."""
        return self.count > MANY and 0 < self.typos < self.count


@dataclass(frozen=True, slots=True)
class Stretch:
    """Paragraphs in a row, folded away where nothing in them changed. left_out: words that are only counted."""

    paragraphs: tuple[Paragraph, ...]
    is_folded: bool = False
    left_out: int = 0

    @property
    def words(self) -> int:
        return sum(paragraph.words for paragraph in self.paragraphs)


def versions_of(article: Article, *, substance_only: bool) -> VersionList:
    """The earlier versions of an article, without their texts."""
    rows = list(article.versions.defer("text", "notices"))
    titles = [article.title, *(row.title for row in rows)]  # that of the state which followed, for each row
    listed = [
        Listed(row, _in_words(row), row.title if row.title != next_title else "")
        for row, next_title in zip(rows, titles, strict=False)
        if not (substance_only and row.change == "typo")
    ]
    typos = sum(row.change == "typo" for row in rows)
    return VersionList(tuple(listed[:LISTED]), tuple(listed[LISTED:]), len(rows), typos, substance_only)


def _in_words(version: Version) -> tuple[str | Promise, ...]:
    return tuple(REASONS[reason] for reason in version.reasons if reason in REASONS)


def changes(request: HttpRequest, article_id: int, version_id: int) -> HttpResponse:
    """One change of an article: what was removed and added, word by word."""
    versions = Version.objects.select_related("article__publisher").filter(article__private_key="")
    version = versions.filter(pk=version_id).first()
    if version is None or version.article_id != article_id:  # asked of a row: the number may be larger than any of them
        return gone_or_404(request, article_id)
    after = following(version)
    opening = openness.openness_of(request, version.article)
    paragraphs = compare(version.text, after.told.text)
    context = {
        "article": version.article,
        "opening": opening,
        "earlier": version,
        "reasons": _in_words(version),
        "after": after,
        "title": compare(version.title, after.told.title),
        "stretches": _shown(_stretches(paragraphs) if opening.is_whole else _quoted(paragraphs, opening)),
        "notices_removed": [notice for notice in version.notices if notice not in after.told.notices],
        "notices_added": [notice for notice in after.told.notices if notice not in version.notices],
    }
    response = render(request, "changes.html", context)
    openness.mark_private(request, response)
    openness.pass_on(response, version.article)
    return response


def _quoted(paragraphs: Sequence[Paragraph], opening: openness.Openness) -> Iterator[Stretch]:
    """The changed words alone, as many as an excerpt has, for who may not read the whole text."""
    room = openness.EXCERPT_WORDS if opening.access == "excerpt" else 0
    for paragraph in paragraphs:
        runs = []
        for run in paragraph.runs:
            if run.kind == "kept" or paragraph.is_moved or room <= 0:
                continue
            text = openness.clip(run.text, room)
            runs += [LEFT_OUT, replace(run, text=text)]
            room -= run.words
        if runs:
            yield Stretch((replace(paragraph, runs=(*runs, LEFT_OUT)),))


def _stretches(paragraphs: Sequence[Paragraph]) -> Iterator[Stretch]:
    """The paragraphs, long unchanged stretches folded; the one before and after a change stays in sight."""
    near = {
        beside
        for place, paragraph in enumerate(paragraphs)
        if not paragraph.is_kept
        for beside in (place - 1, place, place + 1)
    }
    for is_near, places in groupby(range(len(paragraphs)), lambda place: place in near):
        stretch = Stretch(tuple(paragraphs[place] for place in places))
        yield stretch if is_near or stretch.words < FOLDED_WORDS else Stretch(stretch.paragraphs, is_folded=True)


def _shown(stretches: Iterator[Stretch]) -> list[Stretch]:
    """The stretches, of which WORDS_SHOWN words are shown: what changed first, then what did not."""
    rows = list(stretches)
    room = WORDS_SHOWN
    for place in sorted(range(len(rows)), key=lambda place: rows[place].is_folded):
        kept = []
        for paragraph in rows[place].paragraphs:
            room -= paragraph.words
            if room < 0:
                break
            kept.append(paragraph)
        left_out = sum(paragraph.words for paragraph in rows[place].paragraphs[len(kept) :])
        rows[place] = Stretch(tuple(kept), rows[place].is_folded, left_out)
    return rows
