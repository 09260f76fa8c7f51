"""How an app signs in: ClientLogin with user name and app password, and the token that its writes bear."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsroom.greader.asking import Asked, CannotAnswer, for_apps, parameters_of, refused, unshared
from newsroom.readers.app_passwords import TooManyTries, auth_of, sign_in, write_token_of
from newsroom.readers.origin import address_of

RETRY_AFTER_S = 3600


@csrf_exempt  # no cookie is read
@require_POST
def client_login(request: HttpRequest) -> HttpResponseBase:
    """What an app shows from now on; 401 for a wrong password, and for a user name that there is none of."""
    try:
        said = {name: values[-1] for name, values in parameters_of(request).items()}
    except CannotAnswer as error:
        return refused(error)
    address = address_of(request)
    try:
        row = sign_in(said.get("Email", ""), said.get("Passwd", ""), address, timezone.now())
    except TooManyTries:
        response = _said("Error=TooManyTries\n", status=429)
        response["Retry-After"] = str(RETRY_AFTER_S)
        return unshared(response)
    if row is None:
        return unshared(_said("Error=BadAuthentication\n", status=401))
    proof = auth_of(row)
    if said.get("output") == "json":
        return unshared(JsonResponse({"SID": proof, "LSID": proof, "Auth": proof}))
    return unshared(_said(f"SID={proof}\nLSID={proof}\nAuth={proof}\n"))


@for_apps()
def token(asked: Asked) -> HttpResponseBase:
    """The token that writes bear. It lasts as long as the password: apps keep it for as long as they run."""
    return _said(write_token_of(asked.password))


def _said(text: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
