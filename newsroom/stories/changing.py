"""How stories change shape after their articles arrived: moved, merged, split, pinned, renamed.

Rules and editors come through here, so that what follows from a change is done
once: the address that leads on, the history, the editors' cases, the copies
that go along, counts, lead, hashtags and notes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from django.db import transaction

from newsroom.articles.models import Article
from newsroom.readers.models import Reader
from newsroom.stories import hashtag_keeping, origins, save
from newsroom.stories.cases import keep_case
from newsroom.stories.history import EDITOR, By, CannotChange, keep_change
from newsroom.stories.models import Apart, Hashtag, MemberReport, Placement, Story, StoryChange, Storyline
from newstext import records

Kind = StoryChange.Kind
NOTHING_SAID: Mapping[str, str] = MappingProxyType({})
CASES_A_CHOICE = 10  # articles of one choice that are kept as cases
# What the story that articles left says, for what the story that took them says.
LEFT = {
    Kind.MOVED_IN: Kind.MOVED_OUT,
    Kind.OPENED: Kind.MOVED_OUT,
    Kind.SPLIT_FROM: Kind.SPLIT,
    Kind.MERGED: Kind.MERGED_INTO,
}


def pinned() -> dict[str, str]:
    """Article -> the story an editor pinned it to, both by key: what the settling pass leaves where it is."""
    rows = Placement.objects.filter(is_pinned=True, story__is_private=False).values_list("article_id", "story__key")
    return {str(article): story for article, story in rows}


def apart() -> set[frozenset[str]]:
    """Pairs of articles, by key, that no rule may put into one story again.

    An article that was taken out of a story is apart from all that stand there.
    """
    rows = Apart.objects.values_list("article_id", "story__placements__article_id")
    return {frozenset((str(one), str(other))) for one, other in rows if other and one != other}


# --- what the rules do --------------------------------------------------------
@dataclass(slots=True)
class _Group:
    """The corrections of one call that go from one story to another."""

    was: str
    to: str
    articles: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Moved:
    """Articles that went from one story to another; here: what the story that took them says of it."""

    was: Story
    to: Story
    here: Kind
    articles: list[int]
    why: str


def apply_corrections(
    corrections: Iterable[records.Correction],
    now: datetime,
    *,
    rule: str,
    because: Mapping[str, str] = NOTHING_SAID,
) -> list[Story]:
    """Move articles as a rule corrected itself; the stories that changed, counted anew.

    because: key of an article -> why, in words. A correction is passed over
    where its article is gone or stands elsewhere by now, and where an editor
    decided otherwise (`pinned`, `apart`). Twice is as good as once.
    """
    with transaction.atomic():
        moved = [
            done
            for group in _groups(corrections)
            if (done := _follow(group, now, rule=rule, because=because)) is not None
        ]
        went: dict[int, Counter[int]] = defaultdict(Counter)
        for one in moved:
            went[one.was.pk][one.to.pk] += len(one.articles)
        leads_on = {was: to for was, targets in went.items() if (to := _lead_on_if_empty(was, targets))}
        for one in moved:
            is_merged = leads_on.get(one.was.pk) == one.to.pk
            _tell(one, Kind.MERGED if is_merged else one.here, now, by=rule)
        return _refreshed([one.to.pk for one in moved], [one.was.pk for one in moved], now)


def _groups(corrections: Iterable[records.Correction]) -> list[_Group]:
    """The corrections by where they lead; of an article corrected twice, from its first story to its last."""
    final: dict[str, tuple[str, str]] = {}
    for one in corrections:
        was, _ = final.get(one.article, (one.was, ""))
        final[one.article] = (was, one.story)
    groups: dict[tuple[str, str], _Group] = {}
    for article, (was, to) in final.items():
        if was != to and article.isdecimal():
            groups.setdefault((was, to), _Group(was, to)).articles.append(int(article))
    return list(groups.values())


def _follow(group: _Group, now: datetime, *, rule: str, because: Mapping[str, str]) -> _Moved | None:
    """Carry the articles of one group over; None where nothing is to be done."""
    was = Story.objects.filter(key=group.was).first()
    if was is None:
        return None
    was = save.stands_for(was)
    to = Story.objects.filter(key=group.to).first()
    # What was merged into `was` before stands by itself again: its old address leads to it once more.
    returns = to is not None and to != was and save.stands_for(to) == was
    target = to if to is None or returns else save.stands_for(to)
    _lock(was, target)
    rows = Placement.objects.filter(article__in=group.articles, story=was, is_pinned=False).order_by("article_id")
    leaving = _allowed(list(rows.select_related("article__publisher", "story")), was, target)
    if not leaving:
        return None
    here = Kind.MOVED_IN
    if to is None or target is None or returns:
        here = Kind.SPLIT_FROM
        target = _stand_again(to) if to else save.open_story(group.to, was.storyline, leaving[0].article)
        save.keep_out_too(was, target)
    keys = [one.article_id for one in leaving]
    why = next((because[str(key)] for key in keys if str(key) in because), "")
    is_all = was.placements.count() == len(leaving)
    _carry(leaving, target, now, because=None if is_all else [why] if why else [], rule=rule)
    return _Moved(was, target, here, keys, why)


def _stand_again(story: Story) -> Story:
    story.merged_into = None
    story.save(update_fields=["merged_into"])
    return story


def _allowed(leaving: list[Placement], was: Story, to: Story | None) -> list[Placement]:
    """Those that no editor keeps out of `to`; none where the two stories as a whole are kept apart."""
    if to is None or to == was:
        return leaving if to is None else []
    kept_out = set(Apart.objects.filter(story=to).values_list("article_id", flat=True))
    if was.placements.count() == len(leaving):
        is_apart = Apart.objects.filter(story=was, article__placement__story=to).exists()
        return [] if is_apart or kept_out.intersection(one.article_id for one in leaving) else leaving
    return [one for one in leaving if one.article_id not in kept_out]


def _lead_on_if_empty(was: int, targets: Counter[int]) -> int | None:
    """Let a story that is left without articles lead to where most of them went; that story's number."""
    if Placement.objects.filter(story=was).exists():
        return None
    to = targets.most_common(1)[0][0]
    save.point_to(Story.objects.get(pk=was), Story.objects.get(pk=to))
    return to


# --- what an editor does ------------------------------------------------------
def move(article: Article, to: Story | None, now: datetime, *, by: By, why: str) -> Story:
    """Put an article, with its copies, into another story, or into one of its own (None); that story.

    An editor's move is kept as a case, pins the article to where it went, and
    keeps it out of where it was. Raises CannotChange.
    """
    return move_all([article], to, now, by=by, why=why)


def move_all(articles: Sequence[Article], to: Story | None, now: datetime, *, by: By, why: str) -> Story:
    """The same for several articles, which go together: with None into one new story, a course of events of its own."""
    with transaction.atomic():
        to = _as_it_stands(to) if to else None
        rows = _with_copies(articles, by=by)
        leaving = [row for row in rows if row.story_id != (to.pk if to else None)]
        if to is not None and not leaving:
            return to
        _check_kinds([to, *(row.story for row in leaving)])
        if to is None:
            _check_something_stays(leaving)
            first = _first(leaving)
            key = save.free_key(first)
            to = save.open_story(key, _own_storyline(key, first), first)
            return _shift(leaving, to, now, by=by, why=why, here=Kind.OPENED, how="moved")
        return _shift(leaving, to, now, by=by, why=why, here=Kind.MOVED_IN, how="moved")


def split(
    story: Story, articles: Sequence[Article], now: datetime, *, by: By, why: str, same_course: bool = True
) -> Story:
    """Take articles, with their copies, out of a story into a new one, which says where it came from; the new story.

    The story keeps its number with what stays. same_course: the two are one
    course of events still. Raises CannotChange.
    """
    with transaction.atomic():
        story = _as_it_stands(story)
        leaving = _with_copies(articles, by=by)
        for row in leaving:
            if row.story_id != story.pk:
                raise CannotChange(f"“{row.article}” stands in story {row.story_id}, not in {story.pk}. Look again.")
        _check_kinds([story])
        _check_something_stays(leaving)
        first = _first(leaving)
        key = save.free_key(first)
        storyline = story.storyline if same_course else _own_storyline(key, first)
        new = save.open_story(key, storyline, first)
        return _shift(leaving, new, now, by=by, why=why, here=Kind.SPLIT_FROM, how="split")


def merge_stories(kept: Story, gone: Story, now: datetime, *, by: By, why: str) -> Story:
    """Put all that stands in one story into another, to which its address leads from then on; the one that stays.

    Stories that were merged meanwhile stand for those they went into. After an
    editor's merge all tellings are pinned: no rule takes them apart again.
    Raises CannotChange.
    """
    with transaction.atomic():
        _lock(kept, gone)
        kept, gone = _as_it_stands(kept), _as_it_stands(gone)
        if kept == gone:
            return kept
        _check_kinds([kept, gone])
        _lock(kept, gone)
        rows = list(gone.placements.select_related("article").order_by("article_id"))
        kept_apart = Apart.objects.filter(story=gone, article__placement__story=kept)
        kept_apart |= Apart.objects.filter(story=kept, article__placement__story=gone)
        if not isinstance(by, Reader):
            _check_rule_may(by, kept_apart.exists() or any(row.is_pinned for row in rows), kept, gone)
        else:
            Apart.objects.filter(pk__in=list(kept_apart.values_list("pk", flat=True))).delete()
            lead = gone.lead or (rows[0].article if rows else None)
            if lead:
                keep_case(lead, kept, now, together=True, how="merged", editor=by)
        _carry(rows, kept, now)
        save.point_to(gone, kept)
        if isinstance(by, Reader):
            kept.placements.update(is_pinned=True)
        _tell(_Moved(gone, kept, Kind.MERGED, [row.article_id for row in rows], why), Kind.MERGED, now, by=by)
        return _refreshed([kept.pk], [], now)[0] if kept.placements.exists() else kept


def set_apart(article: Article, story: Story, now: datetime, *, by: Reader, why: str) -> Story | None:
    """Say that an article does not belong to a story: it leaves it for one of its own, and does not come back.

    Returns the story the article stands in, if any.
    """
    with transaction.atomic():
        story = _as_it_stands(story)
        stands = Placement.objects.filter(article=article).select_related("story").first()
        if stands and stands.story == story:
            return move(article, None, now, by=by, why=why)
        _, is_new = Apart.objects.get_or_create(article=article, story=story, defaults={"at": now})
        if is_new:
            keep_case(article, story, now, together=False, how="set apart", editor=by)
        return stands.story if stands else None


def pin(article: Article, now: datetime, *, by: Reader, why: str = "", is_pinned: bool = True) -> Story:
    """Keep an article in its story whatever a rule says, or (is_pinned=False) let the rules decide again; its story."""
    with transaction.atomic():
        row = Placement.objects.filter(article=article).select_related("story").first()
        if row is None:
            raise CannotChange(f"“{article}” stands in no story yet. Wait until it is grouped.")
        if row.is_pinned == is_pinned:
            return row.story
        Placement.objects.filter(pk=row.pk).update(is_pinned=is_pinned)
        kind = Kind.PINNED if is_pinned else Kind.UNPINNED
        keep_change(row.story, kind, now, by=by, why=why, articles=[article.pk])
        if is_pinned:
            keep_case(article, row.story, now, together=True, how="pinned", editor=by)
        return row.story


def rename(story: Story, title: str, now: datetime, *, by: Reader, language: str = "") -> Story:
    """Give a story a headline that stays whatever its lead is; "" gives it the lead's again."""
    with transaction.atomic():
        story = _as_it_stands(story)
        _lock(story)
        before, title = story.title, " ".join(title.split())
        language = (language or story.language) if title else ""
        if (story.given_title, story.given_language) == (title, language):
            return story
        story.given_title, story.given_language = title, language
        story.title, story.language = title or story.title, language or story.language
        story.save(update_fields=["given_title", "given_language", "title", "language"])
        [story] = _refreshed([story.pk], [], now) or [story]
        if story.title != before:
            keep_change(story, Kind.RENAMED, now, by=by, why=before)
        return story


# --- how it is done -----------------------------------------------------------
def _as_it_stands(story: Story) -> Story:
    """The story of that number as its row is now, or what it was merged into."""
    row = Story.objects.filter(pk=story.pk).first()
    if row is None:
        raise CannotChange(f"Story {story.pk} is gone. Look the stories up again.")
    return save.stands_for(row)


def _lock(*stories: Story | None) -> None:
    """Let nobody else change these stories before the transaction ends."""
    keys = [story.pk for story in stories if story]
    list(Story.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def _with_copies(articles: Sequence[Article], *, by: By) -> list[Placement]:
    """Where the articles stand, and the copies of each that stand beside it."""
    rows = Placement.objects.select_related("article__publisher", "story")
    found = {row.article_id: row for row in rows.filter(article__in=[article.pk for article in articles])}
    for article in articles:
        if article.pk not in found:
            raise CannotChange(f"“{article}” stands in no story: it was removed, or is not grouped yet. Choose others.")
    _lock(*(row.story for row in found.values()))
    for row in rows.filter(copy_of__in=list(found)):
        if row.story_id == found[row.copy_of_id or 0].story_id:
            found.setdefault(row.article_id, row)
    for row in found.values():
        if row.is_pinned and not isinstance(by, Reader):
            raise CannotChange(
                f"“{row.article}” is pinned to story {row.story_id} by an editor, which {by} may not undo."
            )
    return sorted(found.values(), key=lambda row: row.article_id)


def _check_kinds(stories: Iterable[Story | None]) -> None:
    there = [story for story in stories if story]
    if any(story.is_private for story in there):
        raise CannotChange("A text that a reader brought stands alone. Choose stories of the news.")
    if len({story.is_sample for story in there}) > 1:
        raise CannotChange("The sample edition and the news stay apart. Choose stories of one of them.")


def _check_rule_may(rule: str, is_decided: bool, kept: Story, gone: Story) -> None:
    """Raises CannotChange where an editor decided what the rule would undo."""
    if is_decided:
        raise CannotChange(
            f"An editor keeps articles of stories {kept.pk} and {gone.pk} apart, which {rule} may not undo."
        )


def _check_something_stays(leaving: Sequence[Placement]) -> None:
    """Raises CannotChange if the articles are all that their one story has."""
    stories = {row.story for row in leaving}
    if len(stories) == 1 and (story := stories.pop()).placements.count() == len(leaving):
        raise CannotChange(f"Nothing would be left in story {story.pk}. Choose some of its tellings, not all.")


def _first(rows: Sequence[Placement]) -> Article:
    """The article that opens a new story with these: the earliest that is no copy."""
    return min(rows, key=lambda row: (row.copy_of_id is not None, row.article.at, row.article_id)).article


def _own_storyline(key: str, article: Article) -> Storyline:
    return Storyline.objects.get_or_create(key=key, defaults={"title": article.title})[0]


def _shift(rows: Sequence[Placement], to: Story, now: datetime, *, by: By, why: str, here: Kind, how: str) -> Story:
    """Carry articles out of their stories into `to`, with all that follows; `to` as it stands then."""
    _lock(to)
    leaving: dict[Story, list[Placement]] = defaultdict(list)
    for row in rows:
        leaving[row.story].append(row)
    is_choice = isinstance(by, Reader)
    if isinstance(by, Reader):
        _keep_cases(leaving, to, now, how=how, editor=by)
        Apart.objects.filter(story=to, article__in=[row.article_id for row in rows]).delete()  # the later choice counts
    is_there = to.placements.exists()
    because = [why] if why else []
    _carry(rows, to, now, because=because, rule=EDITOR if is_choice else str(by), is_pinned=is_choice and is_there)
    for was, gone in leaving.items():
        keys = [row.article_id for row in gone]
        is_merged = not was.placements.exists()
        if is_choice and not is_merged:
            _keep_apart(keys, was, now)
        if is_merged:
            save.point_to(was, to)
        elif here == Kind.SPLIT_FROM:
            save.keep_out_too(was, to)
        _tell(_Moved(was, to, here, keys, why), Kind.MERGED if is_merged else here, now, by=by)
        if is_choice:
            _answer_reports(keys, was, now, by=by)
    return next(story for story in _refreshed([to.pk], [was.pk for was in leaving], now) if story.pk == to.pk)


def _keep_cases(leaving: Mapping[Story, list[Placement]], to: Story, now: datetime, *, how: str, editor: By) -> None:
    """Keep that these do not belong to their story, and, where it stands already, do belong to the other."""
    assert isinstance(editor, Reader)
    keys = [row.article_id for rows in leaving.values() for row in rows]
    for was, rows in leaving.items():
        for row in [row for row in rows if row.copy_of_id not in keys][:CASES_A_CHOICE]:
            keep_case(row.article, was, now, together=False, how=how, editor=editor, without=keys)
            keep_case(row.article, to, now, together=True, how=how, editor=editor, without=keys)


def _carry(
    rows: Sequence[Placement],
    to: Story,
    now: datetime,
    *,
    because: list[str] | None = None,
    rule: str = "",
    is_pinned: bool | None = None,
) -> None:
    """Place articles anew in `to`; because None: they came along with what they were placed beside.

    Rows are made anew, since a new number is how the desks see that what they
    hold of the stories is stale.
    """
    stories = {row.story for row in rows} | {to}
    Placement.objects.filter(pk__in=[row.pk for row in rows]).delete()
    made = []
    for row in rows:
        new = Placement(article_id=row.article_id, story=to, copy_of_id=row.copy_of_id, placed_at=now)
        new.because, new.score, new.rule = row.because, row.score, row.rule
        if because is not None:
            new.because, new.score, new.rule = because, 0, rule[:60]
        new.is_pinned = row.is_pinned if is_pinned is None else is_pinned
        made.append(new)
    Placement.objects.bulk_create(made)
    for story in stories:
        origins.mend_copies(story)


def _keep_apart(articles: Sequence[int], was: Story, now: datetime) -> None:
    """Keep these articles out of the story they left."""
    rows = [Apart(article_id=key, story=was, at=now) for key in articles]
    Apart.objects.bulk_create(rows, ignore_conflicts=True)


def _tell(moved: _Moved, here: Kind, now: datetime, *, by: By) -> None:
    """Write the change into the history of both stories."""
    told = {"by": by, "why": moved.why, "articles": moved.articles}
    keep_change(moved.to, here, now, other=moved.was, **told)
    keep_change(moved.was, LEFT[here], now, other=moved.to, **told)


def _answer_reports(articles: Sequence[int], was: Story, now: datetime, *, by: By) -> None:
    """Readers who said that these do not belong there are answered."""
    rows = MemberReport.objects.filter(article__in=articles, story=was, state=MemberReport.State.OPEN)
    rows.update(state=MemberReport.State.FOLLOWED, decided_at=now, decided_by=by)


def _refreshed(took: Iterable[int], left: Iterable[int], now: datetime) -> list[Story]:
    """Count the stories again and have their notes made, at once where articles left; those that stand."""
    left = set(left)
    stands = Story.objects.filter(pk__in={*took, *left}, merged_into=None)
    save.refresh(stands, now)
    stands.filter(pk__in=left, article_count__gt=0).update(notes_due_at=now)
    hashtag_keeping.count_articles(set(Hashtag.objects.filter(stories__in=stands).values_list("pk", flat=True)))
    return list(stands.order_by("pk"))
