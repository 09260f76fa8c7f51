"""The pages of the first run, and of later: which publishers are followed, and how those that were added do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.desk import following
from newsroom.publishers import choosing
from newsroom.publishers.models import Addition, Feed, StartingChoice
from newsroom.publishers.starting import listed_feeds
from newsroom.readers.operator import has_administrator, may_set_up
from newsroom.readers.wording import country_in_words, language_in_words

ADDRESS = "/setup/publishers"
LINES_A_PAGE = 600
REFRESH_S = 5
MOST_CHARS_KEPT = 20_000  # of a paste that was refused, shown again to be mended
BEATS: dict[str, str | Promise] = {
    "general": gettext_lazy("General news"),
    "world": gettext_lazy("World"),
    "politics": gettext_lazy("Politics"),
    "business": gettext_lazy("Business"),
    "technology": gettext_lazy("Technology"),
    "science": gettext_lazy("Science"),
    "climate": gettext_lazy("Climate"),
    "health": gettext_lazy("Health"),
    "sport": gettext_lazy("Sport"),
    "culture": gettext_lazy("Culture"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One box to tick."""

    value: str
    name: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the form with its boxes."""

    kind: str
    title: str
    options: list[Option]


@csrf_exempt  # SameOriginMiddleware refuses posts of other sites; the machine's own user has no cookie to compare
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publishers(request: HttpRequest) -> HttpResponse:
    """Which publishers are followed: the choice of the starting ones, and the form to add more."""
    if not may_set_up(request):
        return _closed(request)
    if request.method != "POST":
        return _page(request)
    try:
        posted, files = request.POST, request.FILES
    except RequestDataTooBig:
        return _page(request, {"add_problem": following.too_large()}, status=413)
    except SuspiciousOperation as error:  # more fields or files than any form of ours has
        return _page(request, {"add_problem": str(error)}, status=400)
    now = timezone.now()
    if posted.get("do") == "add":
        return _add(request, posted, files.get("file"), now)
    if posted.get("do") == "again":
        following.ask_again(now)
        return HttpResponseRedirect(f"{ADDRESS}/added")
    return _choose(request, now)


@never_cache
@require_http_methods(["GET", "HEAD"])
def added(request: HttpRequest) -> HttpResponse:
    """How the addresses that were added do, the newest paste first."""
    if not may_set_up(request):
        return _closed(request)
    now = timezone.now()
    page = _number(request.GET.get("page", ""))
    rows = Addition.objects.select_related("feed__publisher").order_by("-asked_at", "pk")
    shown = list(rows[(page - 1) * LINES_A_PAGE : page * LINES_A_PAGE + 1])
    states = dict(Addition.objects.order_by().values_list("state").annotate(Count("pk")))
    waits = states.get(Addition.WAITING, 0)
    context = {
        "rows": [(row, _is_looked_for(row, now)) for row in shown[:LINES_A_PAGE]],
        "states": states,
        "waits": waits,
        "refresh_s": REFRESH_S if waits and "still" not in request.GET else 0,
        "earlier": page + 1 if len(shown) > LINES_A_PAGE else 0,
        "page": page,
    }
    return render(request, "setup_added.html", context)


def _closed(request: HttpRequest) -> HttpResponse:
    context = {"has_administrator": has_administrator(), "back": request.path}
    return render(request, "setup_closed.html", context, status=403)


def _number(said: str) -> int:
    return int(said) if said.isdecimal() and said.isascii() and 1 <= len(said) <= 5 and int(said) else 1


def _is_looked_for(row: Addition, now: datetime) -> bool:
    return row.state == Addition.WAITING and row.claimed_until is not None and row.claimed_until > now


def _add(request: HttpRequest, posted: Mapping[str, Any], file: UploadedFile | None, now: datetime) -> HttpResponse:
    """Keep what was pasted or sent as rows, and lead to how they do."""
    pasted = str(posted.get("addresses", ""))
    try:
        if file is not None and (file.size or 0) > following.MOST_BYTES:
            raise following.CannotAsk(following.too_large())
        if file is not None and file.size:
            following.ask_to_follow(file.read(), now)
        if pasted.strip() or file is None or not file.size:
            following.ask_to_follow(pasted, now)
    except following.CannotAsk as error:
        context = {"add_problem": str(error), "addresses": pasted[:MOST_CHARS_KEPT]}
        return _page(request, context, status=422)
    return HttpResponseRedirect(f"{ADDRESS}/added")


def _choose(request: HttpRequest, now: datetime) -> HttpResponse:
    """Keep the choice, and follow and pause the starting publishers by it."""
    offered = choosing.counts(listed_feeds())
    wanted = choosing.Chosen(
        *(frozenset(value for value in request.POST.getlist(kind) if value in offered[kind]) for kind in choosing.KINDS)
    )
    try:
        choosing.choose(wanted, now)
    except choosing.NobodyLeft:
        problem = _("No starting publisher has all of this. Choose fewer, or nothing in one of the lists.")
        return _page(request, {"choice_problem": problem, "wanted": wanted}, status=422)
    return HttpResponseRedirect(f"{ADDRESS}?chosen=1#chosen")


def _page(request: HttpRequest, more: dict[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
    more = more or {}
    feeds = list(listed_feeds())
    wanted = more.get("wanted") or choosing.chosen()
    starting = choosing.starting(feeds)
    listed = {feed.pk for one in starting for feed in one.feeds}
    row = StartingChoice.objects.filter(pk=1).first()
    context = {
        "questions": _questions(choosing.counts(feeds), wanted),
        "starting": [
            (one, country_in_words(one.listed.country), language_in_words(one.listed.language)) for one in starting
        ],
        "followed": sum(one.is_followed for one in starting),
        "others": Feed.objects.filter(is_on=True).exclude(pk__in=listed).count(),
        "choice": row,
        "is_saved": "chosen" in request.GET,
        "waits": Addition.objects.due().count(),
        "has_added": Addition.objects.exists(),
        "has_administrator": has_administrator(),
        "most_lines": following.MOST_LINES,
        **more,
    }
    return render(request, "setup_publishers.html", context, status=status)


def _questions(offered: Mapping[str, Mapping[str, int]], wanted: choosing.Chosen) -> list[Question]:
    """Countries and languages by name, beats in the order of BEATS."""
    beats = list(BEATS)
    return [
        Question(
            "countries", _("Countries"), _options(offered["countries"], wanted.countries, country_in_words, sort=None)
        ),
        Question(
            "languages", _("Languages"), _options(offered["languages"], wanted.languages, language_in_words, sort=None)
        ),
        Question(
            "beats",
            _("Beats"),
            _options(
                offered["beats"],
                wanted.beats,
                lambda value: str(BEATS.get(value, value)),
                sort=lambda value: beats.index(value) if value in BEATS else len(beats),
            ),
        ),
    ]


def _options(
    offered: Mapping[str, int],
    chosen: Iterable[str],
    name_of: Callable[[str], str],
    *,
    sort: Callable[[str], Any] | None,
) -> list[Option]:
    chosen = frozenset(chosen)
    key = sort or (lambda value: name_of(value).casefold())
    return [Option(one, name_of(one), offered[one], one in chosen) for one in sorted(offered, key=key) if one]
