"""Front page, story, and the outgoing feed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsroom.readers.origin import address_of, hash_address
from newsroom.stories import coverage_page
from newsroom.stories.course import course_of
from newsroom.stories.front_page import front_page
from newsroom.stories.history import history_of
from newsroom.stories.listing import with_lead
from newsroom.stories.models import Story
from newsroom.stories.noted import sections_of
from newsroom.stories.outgoing import feed_of
from newsroom.stories.plain_pages import plain, too_many
from newsroom.stories.reports import CannotReport, TooManyReports, report_section
from newsroom.stories.save import stands_for
from newsroom.stories.showing import (
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
    sections, tellings = sections_of(found), tellings_of(found)
    coverage_page.complete(sections, tellings)
    others = Story.objects.public().filter(storyline=found.storyline_id).exclude(pk=found.pk).order_by("-last_at")
    moment = asked_moment(request.GET.get("since", ""))
    context = {
        "story": found,
        "since": changes_since(found, tellings, sections, moment) if moment else None,
        "sections": sections,
        "course": course_of(tellings, sections),
        "tellings": tellings,
        "began": began_of(found, tellings),
        "newest": newest_of_each_publisher(tellings),
        "hashtags": found.hashtags.all(),
        "related": related_of(sections.notes.related, found) if sections.notes else [],
        "storyline": others.only("title", "language", "last_at")[:OTHERS_SHOWN],
        "history": history_of(found, tellings),
        "reported": _("Thank you. An editor will look at it.") if request.GET.get("reported") else "",
    }
    return render(request, "story.html", context)


@csrf_exempt  # no cookie to protect; SameOriginMiddleware refuses posts of other sites
@require_POST
def report(request: HttpRequest, story_id: int) -> HttpResponse:
    """Take a reader's report of a section, and lead back to the page, which says so."""
    found = stands_for(get_object_or_404(Story, pk=story_id, is_private=False))
    section = request.POST.get("section", "")
    try:
        report_section(found, section, timezone.now(), address_hash=hash_address(address_of(request)))
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
