"""What an article said before: which states are kept, and what kind of change each met."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsroom.articles.models import Article, Version
from newstext.changes import Change, Told, between

VERSIONS_KEPT = 100  # of one article; a page that differs at each look must not fill the disk
REASONS: dict[str, Promise] = {
    "headline": _("the headline"),
    "notice": _("a notice of correction or update"),
    "figures": _("figures"),
    "dates": _("dates"),
    "names": _("names"),
    "negation": _("a “not”"),
    "quotes": _("a quotation"),
    "question": _("a question mark"),
    "added": _("sentences added"),
    "removed": _("sentences removed"),
    "words": _("wording"),
    "order": _("the order of paragraphs"),
}


@dataclass(frozen=True, slots=True)
class State:
    """What an article says at one time, and when its publisher says it was updated."""

    told: Told
    updated_at: datetime | None
    is_whole: bool  # a body that was read, not a teaser or a refusal


def state_of(article: Article) -> State:
    """The state of a row before it is read again."""
    return State(Told(article.title, article.text, tuple(article.notices)), article.updated_at, is_whole(article))


def is_whole(article: Article) -> bool:
    """True if the article's body is held, not a teaser of it."""
    return article.has_body and article.kind != "teaser"


def keep_version(article: Article, before: State, now: datetime) -> Change | None:
    """Keep the state that `article` has left, if it was edited; returns the change.

    A teaser or a refusal that gave way to the body is no edit: the article was
    read whole for the first time. A state that comes back and goes again moves
    to the front of the versions; it is not stored twice.
    """
    after = state_of(article)
    if not (before.is_whole and after.is_whole):
        return None
    change = between(before.told, after.told, article.language)
    if change is None:
        return None
    _keep(article, before, change, now)
    old = article.versions.values_list("pk", flat=True)[VERSIONS_KEPT:]
    Version.objects.filter(pk__in=list(old)).delete()
    return change


def keep_other(article: Article, other: State, now: datetime) -> None:
    """Keep what another row said of the same article as an earlier state of it."""
    change = between(other.told, state_of(article).told, article.language)
    if change is not None:
        _keep(article, other, change, now)


def take_over(later: Article, kept: Article) -> None:
    """Give one article's versions to another; a state that both had stays once."""
    held = kept.versions.exclude(state="").values("state")
    later.versions.filter(state__in=held).delete()
    later.versions.update(article=kept)


def _keep(article: Article, before: State, change: Change, now: datetime) -> None:
    told = before.told
    row, is_new = Version.objects.get_or_create(
        article=article,
        state=_hash(told),
        defaults={"replaced_at": now, "title": told.title, "text": told.text, "notices": list(told.notices)},
    )
    row.replaced_at, row.updated_at = now, before.updated_at
    row.change, row.reasons = change.kind, list(change.reasons)
    row.times += not is_new
    row.save(update_fields=["replaced_at", "updated_at", "change", "reasons", "times"])


def _hash(told: Told) -> str:
    said = "\x00".join((told.title, told.text, *told.notices))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def following(version: Version) -> State:
    """The state that took a version's place."""
    later = version.article.versions.filter(replaced_at__gt=version.replaced_at).order_by("replaced_at", "pk").first()
    if later is None:
        return state_of(version.article)
    return State(Told(later.title, later.text, tuple(later.notices)), later.updated_at, is_whole=True)
