"""The page where a reader chooses language, light or dark, digits and keys."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from newsroom.readers import choices
from newsroom.readers.account_choices import has_carried, keep_in_account
from newsroom.readers.next_page import own_page
from newsroom.readers.origin import own_form
from newsroom.readers.who_asks import SEE_OTHER


@own_form
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choices_page(request: HttpRequest) -> HttpResponse:
    """The form of choices; a post saves those that it names, or forgets all, and leads back to where one was."""
    if request.method != "POST":
        is_saved, is_forgotten = (request.GET.get("done") == said for said in ("saved", "forgotten"))
        is_carried = request.user.is_authenticated and has_carried(request.user)
        context = {"is_saved": is_saved, "is_forgotten": is_forgotten, "is_carried": is_carried}
        return render(request, "choices.html", {**context, "next": _next(request.GET.get("next", ""))})
    is_forgetting = "forget" in request.POST
    now = choices.NOTHING_CHOSEN if is_forgetting else choices.changed(choices.of(request), request.POST.dict())
    done = "forgotten" if is_forgetting else "saved"
    response = HttpResponseRedirect(_next(request.POST.get("next", "")) or f"/choices?done={done}", status=SEE_OTHER)
    choices.keep(response, now, request)
    if request.user.is_authenticated and has_carried(request.user):
        keep_in_account(request.user, now)
    return response


def _next(address: str) -> str:
    """The page of this site that one came from; "" for another site's, and for this page itself."""
    return "" if address.partition("?")[0] == "/choices" else own_page(address)
