"""What the buttons post: follow and mute, save and mark as read. Answered with the page one came from, or as JSON."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from newsroom.articles.known import moved_to
from newsroom.articles.models import Article
from newsroom.readers import following, saving, seeing
from newsroom.readers.asked_numbers import row_number
from newsroom.readers.following import LONGEST_KEY, CannotKeep
from newsroom.readers.models import Follow, Item, Mute, Reader
from newsroom.readers.next_page import own_page
from newsroom.readers.origin import own_form
from newsroom.readers.who_asks import SEE_OTHER, for_readers, signed_in, wants_json
from newsroom.stories import marks
from newsroom.stories.models import Story
from newsroom.stories.plain_pages import plain
from newsroom.stories.save import stands_for
from newsroom.stories.subjects import Subject, all_keys, find_muted, find_subject, page_of

SHOWN_OF_A_VALUE = 60


@require_POST
@own_form
@for_readers
def follow(request: HttpRequest) -> HttpResponse:
    """Follow or mute something, or no longer: do, kind, key."""
    reader = signed_in(request)
    do, kind, key = (request.POST.get(name, "") for name in ("do", "kind", "key"))
    try:
        if do in ("follow", "unfollow"):
            words, name = _follow(reader, kind, key, is_on=do == "follow")
        elif do in ("mute", "unmute"):
            words, name = _mute(reader, kind, key, is_on=do == "mute")
        else:
            raise CannotKeep(_no_such("do", do, ("follow", "unfollow", "mute", "unmute")))
    except CannotKeep as error:
        return refused(request, str(error))
    return _done(request, do, words % {"name": name}, page_of(kind, key) or "/following")


@require_POST
@own_form
@for_readers
def keep(request: HttpRequest) -> HttpResponse:
    """Save a story or an article, mark it as read, note that it was opened, or take that back: do, kind, key."""
    reader = signed_in(request)
    do, kind, key = (request.POST.get(name, "") for name in ("do", "kind", "key"))
    if do not in KEEPING:
        return refused(request, _no_such("do", do, KEEPING))
    found = find_item(kind, key)
    if found is None:
        return refused(request, _("There is no %(kind)s %(key)s here: nothing was kept.") % _cut(kind=kind, key=key))
    try:
        words = _keep(reader, do, kind, found)
    except CannotKeep as error:
        return refused(request, str(error))
    return _done(request, do, words, f"/{kind}/{found}")


KEEPING = ("save", "unsave", "read", "unread", "opened")


def find_item(kind: str, key: str) -> int | None:
    """The number of the story or article that stands at that number now; None where none does."""
    number = row_number(key)
    if kind not in Item.values or number is None:
        return None
    if kind == Item.STORY:
        story = Story.objects.filter(pk=number, is_private=False).select_related("merged_into").first()
        kept = stands_for(story) if story else None
        return kept.pk if kept and not kept.is_private else None
    article = Article.objects.public().filter(pk=number).only("pk").first() or moved_to(number)
    return article.pk if article else None


def refused(request: HttpRequest, why: str) -> HttpResponse:
    """422 with the reason, as a page or for the script."""
    if wants_json(request):
        return JsonResponse({"problem": why}, status=422)
    return plain(request, 422, _("This was not taken"), why)


def _follow(reader: Reader, kind: str, key: str, *, is_on: bool) -> tuple[str, str]:
    if kind not in Follow.Kind.values:
        raise CannotKeep(_no_such("kind", kind, Follow.Kind.values))
    found = find_subject(kind, key)
    if found is None and is_on:
        if kind == Follow.Kind.SEARCH:
            raise CannotKeep(_cannot_follow_search(key))
        raise CannotKeep(_("There is no %(kind)s %(key)s here: nothing was kept.") % _cut(kind=kind, key=key))
    if is_on and found:
        keys = all_keys(found)
        if not Follow.objects.filter(reader=reader, kind__in=following.kinds_like(kind), key__in=keys).exists():
            following.follow(reader, found.kind, found.key, found.name[:LONGEST_KEY], timezone.now())
        return _("You follow %(name)s."), found.name
    following.unfollow(reader, kind, _keys(found, key))
    return _("You no longer follow %(name)s."), found.name if found else key


def _mute(reader: Reader, kind: str, key: str, *, is_on: bool) -> tuple[str, str]:
    if kind not in Mute.Kind.values:
        raise CannotKeep(_no_such("kind", kind, Mute.Kind.values))
    found = find_muted(kind, key)
    if found is None and is_on:
        if kind == Mute.Kind.WORD:
            raise CannotKeep(_cannot_mute_word(key))
        raise CannotKeep(_("There is no %(kind)s %(key)s here: nothing was kept.") % _cut(kind=kind, key=key))
    if is_on and found:
        if not Mute.objects.filter(reader=reader, kind=kind, key__in=all_keys(found)).exists():
            following.mute(reader, found.kind, found.key, found.name[:LONGEST_KEY], timezone.now())
        return _("You mute %(name)s."), found.name
    following.unmute(reader, kind, _keys(found, key))
    return _("You no longer mute %(name)s."), found.name if found else key


def _keys(found: Subject | None, said: str) -> set[str]:
    """Every key under which it may be kept; what is gone is taken off by the key that was said."""
    return {said.replace("\0", ""), *(all_keys(found) if found else ())}


def _keep(reader: Reader, do: str, kind: str, key: int) -> str:
    now, keys = timezone.now(), marks.keys_of(kind, key)
    if do == "save":
        held = reader.saved.filter(kind=kind, key__in=keys).exists()
        if not held:
            saving.save(reader, kind, str(key), now)
        return _("Saved in your account.")
    if do == "unsave":
        saving.unsave(reader, kind, keys)
        return _("No longer saved.")
    if do == "opened":
        seeing.note_opened(reader, kind, str(key), now)
        return ""
    for one in keys if do == "unread" else [str(key)]:
        seeing.mark(reader, kind, one, now, is_read=do == "read")
    return _("Marked as read.") if do == "read" else _("Marked as unread.")


def _done(request: HttpRequest, do: str, words: str, page: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"of": do.removeprefix("un"), "is": not do.startswith("un"), "words": words})
    return HttpResponseRedirect(own_page(request.POST.get("next", "")) or page, status=SEE_OTHER)


def _cut(**values: str) -> dict[str, str]:
    return {name: value[:SHOWN_OF_A_VALUE] for name, value in values.items()}


def _no_such(name: str, value: str, known: object) -> str:
    offered = ", ".join(known)  # type: ignore[call-overload]
    return _("%(name)s=%(value)s is not known. Send one of: %(offered)s.") % {
        "name": name, "value": value[:SHOWN_OF_A_VALUE], "offered": offered,
    }  # fmt: skip


def _cannot_follow_search(line: str) -> str:
    said = {"line": line[:SHOWN_OF_A_VALUE], "n": LONGEST_KEY}
    return _("%(line)s: a search that can be followed asks for a word and has at most %(n)d signs.") % said


def _cannot_mute_word(word: str) -> str:
    said = {"word": word[:SHOWN_OF_A_VALUE], "n": LONGEST_KEY}
    return _("%(word)s: a word to mute has a letter or digit, no unseen sign, and at most %(n)d signs.") % said
