"""The page where a reader chooses language, light or dark, digits and keys."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.readers import choices

SEE_OTHER = 303
LONGEST_NEXT = 2000


@csrf_exempt  # no cookie to protect; SameOriginMiddleware refuses posts of other sites
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choices_page(request: HttpRequest) -> HttpResponse:
    """The form of choices; a post saves those that it names, or forgets all, and leads back to where one was."""
    if request.method != "POST":
        is_saved, is_forgotten = (request.GET.get("done") == said for said in ("saved", "forgotten"))
        context = {"is_saved": is_saved, "is_forgotten": is_forgotten}
        return render(request, "choices.html", {**context, "next": _next(request.GET.get("next", ""))})
    is_forgetting = "forget" in request.POST
    now = choices.NOTHING_CHOSEN if is_forgetting else choices.changed(choices.of(request), request.POST.dict())
    done = "forgotten" if is_forgetting else "saved"
    response = HttpResponseRedirect(_next(request.POST.get("next", "")) or f"/choices?done={done}", status=SEE_OTHER)
    choices.keep(response, now, request)
    return response


def _next(address: str) -> str:
    """The page of this site that one came from; "" for another site's, and for this page itself."""
    is_page = address.startswith("/") and len(address) <= LONGEST_NEXT
    is_ours = is_page and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours and address.partition("?")[0] != "/choices" else ""
