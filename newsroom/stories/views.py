"""Front page, story, and the outgoing feed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsroom.readers import seeing
from newsroom.readers.models import Item
from newsroom.readers.origin import address_of, hash_address, network_of
from newsroom.readers.who_asks import reader_of
from newsroom.stories import coverage_page, marks, muting
from newsroom.stories.course import course_of
from newsroom.stories.front_page import front_page
from newsroom.stories.history import history_of
from newsroom.stories.listing import with_lead
from newsroom.stories.models import Story
from newsroom.stories.noted import Sections, sections_of
from newsroom.stories.outgoing import feed_of
from newsroom.stories.plain_pages import plain, too_many
from newsroom.stories.reports import CannotReport, TooManyReports, report_section
from newsroom.stories.save import stands_for
from newsroom.stories.showing import (
    Began,
    Telling,
    began_of,
    newest_of_each_publisher,
    related_of,
    tellings_of,
)
from newsroom.stories.since import asked_moment, changes_since

OTHERS_SHOWN = 6  # of the same storyline
REDIRECT_KEPT_S = 3600  # a merge may be taken back, and browsers keep a 301 for ever unless told


def front(request: HttpRequest) -> HttpResponse:
    """Stories: what is new and carried by independent publishers first, then by section."""
    return front_page(request, timezone.now())


def story(request: HttpRequest, story_id: int, slug: str = "") -> HttpResponse:
    """One event with all its tellings."""
    found = get_object_or_404(with_lead(Story.objects.all()), pk=story_id, is_private=False)
    if found.merged_into_id:
        answer = HttpResponsePermanentRedirect(stands_for(found).get_absolute_url())
        answer["Cache-Control"] = f"max-age={REDIRECT_KEPT_S}"
        return answer
    sections, tellings, muted = muting.shown_to(request, sections_of(found), tellings_of(found))
    coverage_page.complete(sections, tellings)
    others = Story.objects.public().filter(storyline=found.storyline_id).exclude(pk=found.pk).order_by("-last_at")
    others = muting.of(request).without(others).only("title", "language", "last_at")[:OTHERS_SHOWN]
    if found.lead and not muting.shows_all(request) and found.lead.publisher_id in muting.of(request).publishers:
        found.lead = None  # nor its picture; of this page alone
    began = began_of(found, tellings)
    context = {
        "story": found,
        "muted": muted,
        **_since(request, found, tellings, sections),
        "sections": sections,
        "course": course_of(tellings, sections),
        "tellings": tellings,
        "began": began if not muted or _is_told(began, tellings) or muted.is_shown else None,
        "newest": newest_of_each_publisher(tellings),
        "hashtags": found.hashtags.all(),
        "related": muting.related_to(request, related_of(sections.notes.related, found) if sections.notes else []),
        "storyline": others,
        "history": history_of(found, tellings),
        "reported": _("Thank you. An editor will look at it.") if request.GET.get("reported") else "",
    }
    return render(request, "story.html", context)


def _since(request: HttpRequest, story: Story, tellings: list[Telling], sections: Sections) -> dict[str, object]:
    """What is new since the moment that the address names, or since whoever is signed in last read the story."""
    if moment := asked_moment(request.GET.get("since", "")):
        return {"since": changes_since(story, tellings, sections, moment)}
    reader = reader_of(request)
    read_at = seeing.last_read(reader, Item.STORY, marks.keys_of(Item.STORY, story.pk)) if reader else None
    since = changes_since(story, tellings, sections, read_at) if read_at else None
    return {"since": since if since and not since.is_empty else None, "is_since_read": True}


def _is_told(began: Began | None, tellings: list[Telling]) -> bool:
    """True of a beginning whose text, where it is held, is among the tellings."""
    if began is None or began.article is None:
        return True
    return any(began.article == one.pk for telling in tellings for one in (telling.article, *telling.copies))


@csrf_exempt  # no cookie to protect; SameOriginMiddleware refuses posts of other sites
@require_POST
def report(request: HttpRequest, story_id: int) -> HttpResponse:
    """Take a reader's report of a section, and lead back to the page, which says so."""
    found = stands_for(get_object_or_404(Story, pk=story_id, is_private=False))
    section = request.POST.get("section", "")
    try:
        report_section(found, section, timezone.now(), address_hash=hash_address(network_of(address_of(request))))
    except TooManyReports as error:
        return too_many(request, str(error))
    except CannotReport as error:
        return plain(request, 422, _("This was not taken"), str(error))
    return HttpResponseRedirect(f"/story/{found.pk}?reported={section}#{section}")


def feed(request: HttpRequest, form: str) -> HttpResponseBase:
    """The newest stories as a feed."""
    return feed_of(request, Story.objects.public(), page="/", form=form)


def healthz(request: HttpRequest) -> HttpResponse:
    """Says that the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")
