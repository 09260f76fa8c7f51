"""A thread as pages show it: which comments stand on a page, in which order, how deep.

A page has A_PAGE comments at most. Answers stand under what they answer, the
first FIRST_ANSWERS of each comment that opens a conversation; the rest has
pages of its own. So a page costs the same however long or deep the thread is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from newsroom.comments.models import Comment, CommentQuerySet, Vote
from newsroom.comments.places import Place, said_under
from newsroom.readers.asked_numbers import row_number
from newsroom.readers.models import Reader

A_PAGE = 50
FIRST_ANSWERS = 20
DEEPEST = 4  # answers within answers; what is deeper stands beside its parent and names it
BEST, NEWEST, OLDEST = "best", "newest", "oldest"
SORTS = (BEST, NEWEST, OLDEST)
# What a page shows; of an account its name and role, which is all that anybody may know of it.
SHOWN = (
    "article_id", "story_id", "parent_id", "root_id", "name", "text", "state", "created_at", "edited_at",
    "has_answers", "ups", "downs", "best", "reader__name", "reader__role",
)  # fmt: skip
SHOWN_OF_PARENT = ("parent__state", "parent__name", "parent__reader__name", "parent__reader__role")
# By each order: the columns to sort by, and whether the largest comes first.
ORDERS = {BEST: ("-best", "-pk"), NEWEST: ("-pk",), OLDEST: ("pk",)}


@dataclass(slots=True)
class Said:
    """A comment on a page. depth: 0 for what opens a conversation; names_parent: its parent does not stand above it.

    more: how many shown answers stand on pages of their own; vote: the reader's own, 0 for none.
    """

    comment: Comment
    depth: int = 0
    names_parent: bool = False
    more: int = 0
    vote: int = 0
    answers: list[Said] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Thread:
    """A page of a thread. count: all shown comments; after: the token of the next page, "" on the last."""

    said: list[Said]
    count: int
    sort: str
    after: str
    is_first: bool


def sort_named(said: str) -> str:
    """The order that an address asks for; the best first where it names none."""
    return said if said in SORTS else BEST


def thread_of(place: Place, *, sort: str = BEST, after: str = "", at: int = 0, reader: Reader | None = None) -> Thread:
    """A page of what stands under a place.

    after: the token that the page before gave; at: the number of the comment
    to begin with, instead. Three queries, one more for a reader's votes and
    one for a story, which has those of merged ones too.
    """
    here = said_under(place)
    rows = _roots(here, sort)
    opening = Comment.objects.filter(here, pk=at, root=None).first() if at else None
    if opening:
        rows = rows.filter(_behind(sort, opening.best, opening.pk) | Q(pk=opening.pk))
    elif token := read_token(after, sort):
        rows = rows.filter(_behind(sort, *token))
    found = list(rows[: A_PAGE + 1])
    roots, is_last = _fitting(found)
    answers = _first_answers(roots)
    said = _nested(roots, answers, sort)
    for one in said:
        if one.comment.answer_count > FIRST_ANSWERS:  # type: ignore[attr-defined]
            shown = sum(answer.root_id == one.comment.pk and answer.state == "shown" for answer in answers)
            one.more = one.comment.answer_count - shown  # type: ignore[attr-defined]
    _mark_votes(said, reader)
    count = Comment.objects.shown().filter(here).aggregate(n=Count("pk"))["n"]
    token = "" if is_last else token_of(roots[-1], sort)
    return Thread(said, count, sort, token, is_first=not (opening or after))


def answers_to(root: Comment, *, after: int = 0, reader: Reader | None = None) -> tuple[list[Said], int]:
    """A page of all that answers a comment, in order of time; where the next page goes on, 0 on the last."""
    rows = _with_names(Comment.objects.seen().filter(root=root, pk__gt=after)).order_by("pk")
    found = list(rows[: A_PAGE + 1])
    said = _nested([], found[:A_PAGE], OLDEST, under=root.pk)
    _mark_votes(said, reader)
    return said, found[A_PAGE - 1].pk if len(found) > A_PAGE else 0


def page_of(comment: Comment) -> str:
    """The rest of the address of the page that shows a comment, behind the thread's: "?at=12#comment-34".

    Of an answer that stands on a page of its own conversation, the whole: "/comment/12/answers?after=30#comment-34".
    """
    if comment.root_id is None:
        return f"?at={comment.pk}#comment-{comment.pk}"
    before = Comment.objects.seen().filter(root=comment.root_id, pk__lt=comment.pk).order_by("pk")
    number = before.count()
    if number < FIRST_ANSWERS:
        return f"?at={comment.root_id}#comment-{comment.pk}"
    first = number - number % A_PAGE
    last_before = before.values_list("pk", flat=True)[first - 1] if first else 0
    after = f"?after={last_before}" if last_before else ""
    return f"/comment/{comment.root_id}/answers{after}#comment-{comment.pk}"


# --- which ----------------------------------------------------------------------
def _roots(here: Q, sort: str) -> CommentQuerySet:
    """What opens conversations, with how many answers are shown and the first that has no room beside it."""
    under = Comment.objects.filter(root=OuterRef("pk"))
    counted = under.shown().order_by().values("root").annotate(n=Count("pk")).values("n")
    cut = under.seen().order_by("pk").values("pk")[FIRST_ANSWERS : FIRST_ANSWERS + 1]
    rows = Comment.objects.seen().filter(here, root=None).select_related("reader").only(*SHOWN)
    rows = rows.order_by(*ORDERS[sort])
    return rows.annotate(answer_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0), cut=Subquery(cut))


def _fitting(found: Sequence[Comment]) -> tuple[list[Comment], bool]:
    """As many as have room on a page with their first answers, one at least; whether these are the last."""
    roots: list[Comment] = []
    room = A_PAGE
    for one in found:
        room -= 1 + (FIRST_ANSWERS if one.cut else min(one.answer_count, FIRST_ANSWERS))  # type: ignore[attr-defined]
        if room < 0 and roots:
            return roots, False
        roots.append(one)
    return roots, True


def _first_answers(roots: Sequence[Comment]) -> list[Comment]:
    """The first answers of each, in order of time."""
    whole = [one.pk for one in roots if one.has_answers and not one.cut]  # type: ignore[attr-defined]
    wanted = Q(root__in=whole)
    for one in roots:
        if one.cut:  # type: ignore[attr-defined]
            wanted |= Q(root=one.pk, pk__lt=one.cut)  # type: ignore[attr-defined]
    return list(_with_names(Comment.objects.seen().filter(wanted)).order_by("pk"))


def _with_names(rows: CommentQuerySet) -> CommentQuerySet:
    """With who wrote them, and whom they answer."""
    return rows.select_related("reader", "parent__reader").only(*SHOWN, *SHOWN_OF_PARENT)


def _behind(sort: str, best: float, pk: int) -> Q:
    if sort == BEST:
        return Q(best__lt=best) | Q(best=best, pk__lt=pk)
    return Q(pk__lt=pk) if sort == NEWEST else Q(pk__gt=pk)


def token_of(comment: Comment, sort: str) -> str:
    """What the address of the next page holds: where this one ended."""
    return f"{comment.best!r}:{comment.pk}" if sort == BEST else f"{comment.pk}"


def read_token(said: str, sort: str) -> tuple[float, int] | None:
    """(best, number) of a token; None for what is none, which shows the first page."""
    best, _, pk = said.rpartition(":")
    number = row_number(pk)
    try:
        value = float(best or 0)
    except ValueError:
        return None
    return (value, number) if number is not None and -1 <= value <= 1 else None


# --- how deep -------------------------------------------------------------------
def _nested(roots: Iterable[Comment], answers: Iterable[Comment], sort: str, *, under: int = 0) -> list[Said]:
    """Comments with their answers below them, DEEPEST deep.

    An answer whose parent lies deeper stands beside it; one whose parent is on
    another page stands at the top, or under its root. under: the number of a
    comment that stands above all of them.
    """
    top = [Said(one) for one in roots]
    places = {one.comment.pk: one for one in top}
    above: dict[int, Said] = {}
    for one in answers:
        parent = places.get(one.parent_id or 0) or places.get(one.root_id or 0)
        is_named = one.parent_id is not None and one.parent_id != under
        said = Said(one, names_parent=is_named and (parent is None or parent.comment.pk != one.parent_id))
        if parent and parent.depth >= DEEPEST:
            said.names_parent, parent = True, above[parent.comment.pk]
        if parent is None:
            top.append(said)
        else:
            said.depth = parent.depth + 1
            parent.answers.append(said)
            above[one.pk] = parent
        places[one.pk] = said
    if sort == BEST:
        for said in places.values():
            said.answers.sort(key=lambda answer: -answer.comment.best)
    return top


def every(said: Iterable[Said]) -> Iterable[Said]:
    """All of a page, each before its answers."""
    waiting = list(said)[::-1]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(one.answers)


def _mark_votes(said: Sequence[Said], reader: Reader | None) -> None:
    if reader is None:
        return
    rows = {one.comment.pk: one for one in every(said)}
    for key, value in Vote.objects.filter(reader=reader, comment__in=rows).values_list("comment", "value"):
        rows[key].vote = value
