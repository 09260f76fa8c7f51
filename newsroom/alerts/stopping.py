"""Stopping mails by a signed address, without signing in: RFC 8058's one click, and a button for people.

The address is the proof: whoever has the mail may stop what sent it, and do
nothing else. It never runs out, for mails are kept for years.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.alerts.models import MailChoices, Notice
from newsroom.readers.models import Reader

SALT = "newsroom.alerts.stopping"
STOPPED = {
    "alerts": gettext_lazy("mails of your alerts"),
    "answers": gettext_lazy("mails of answers to your comments"),
    "edition": gettext_lazy("the daily edition by mail"),
}
LONGEST = 300


def stop_address(reader: Reader, what: str) -> str:
    """The whole address that stops these mails to that reader; what: a key of STOPPED."""
    return f"{settings.SITE_URL}/mails/stop/{signing.Signer(salt=SALT).sign_object([reader.pk, what])}"


@csrf_exempt  # a mail program posts here by RFC 8058: it has no cookie and no token but the signed address
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, signed: str) -> HttpResponse:
    """A button that stops some mails; a post stops them. Twice is as good as once."""
    reader, what = _read(signed)
    is_done = request.method == "POST"
    if is_done and reader is not None:
        stop_mails(reader, what)
    response = render(request, "mails_stop.html", {"what": STOPPED[what], "is_done": is_done, "signed": signed})
    response["Referrer-Policy"] = "no-referrer"
    return response


def stop_mails(reader: Reader, what: str) -> None:
    """Send this reader no more of these mails."""
    MailChoices.objects.get_or_create(reader=reader)
    wanted = {"alerts": False} if what == "alerts" else {"answers": False}
    if what == "edition":
        wanted = {"edition_hour": None, "edition_at": None}  # type: ignore[dict-item]
    MailChoices.objects.filter(reader=reader).update(**wanted)
    if what != "edition":
        waiting = Notice.objects.to_mail().filter(reader=reader, alert__isnull=what == "answers")
        waiting.update(wants_mail=False)


def _read(signed: str) -> tuple[Reader | None, str]:
    """(who, which mails); nobody where the account is gone, and so its mails."""
    try:
        if len(signed) > LONGEST:
            raise signing.BadSignature
        reader, what = signing.Signer(salt=SALT).unsign_object(signed)
    except (signing.BadSignature, ValueError, TypeError):
        raise Http404(gettext("This address stops no mails: it is not whole. Copy it from the mail again.")) from None
    if what not in STOPPED:
        raise Http404(f"No mails are called {what!r}.")
    return Reader.objects.filter(pk=reader).first(), what
