"""What an app asks: its parameters, who it asks for, and how the answer is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.crypto import constant_time_compare
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.readers.app_passwords import by_auth, note_use, write_token_of
from newsroom.readers.models import AppPassword, Reader
from newsroom.stories.feed_forms import legal

SCHEME = "GoogleLogin auth="
MOST_FIELDS = 20_000  # an app that marks all of a month's stories sends each by its id
UNSHARED = "private, no-store"


class CannotAnswer(ValueError):
    """What was asked for makes no sense; the message names the thing, the value and the way out."""

    def __init__(self, why: str, *, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of an app: whose password it shows, and its parameters, of the address and of the form."""

    request: HttpRequest
    password: AppPassword
    now: datetime
    said: Mapping[str, list[str]]

    @property
    def reader(self) -> Reader:
        return self.password.reader

    def one(self, name: str, default: str = "") -> str:
        """The parameter, the last if it was given twice."""
        return self.said[name][-1] if self.said.get(name) else default

    def all(self, name: str) -> list[str]:
        return self.said.get(name, [])


Answering = Callable[..., HttpResponseBase]


def for_apps(*methods: str, writes: bool = False) -> Callable[[Answering], Callable[..., HttpResponseBase]]:
    """A view of an app: with an app password alone, never by a session; one that writes is a POST with its token.

    No cookie is read, so no other site's page can ask in a reader's name.
    """

    def wrapped(view: Answering) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @require_http_methods(["POST"] if writes else [*methods] or ["GET", "HEAD"])
        @wraps(view)
        def answered(request: HttpRequest, **parts: str) -> HttpResponseBase:
            shown = request.headers.get("Authorization", "")
            password = by_auth(shown.removeprefix(SCHEME)) if shown.startswith(SCHEME) else None
            if password is None:
                return unshared(HttpResponse("Unauthorized\n", content_type="text/plain; charset=utf-8", status=401))
            try:
                asked = Asked(request, password, timezone.now(), parameters_of(request))
                if writes:
                    _check_token(asked)
                    note_use(password, asked.now)
                return unshared(view(asked, **parts))
            except CannotAnswer as error:
                return refused(error)

        return answered

    return wrapped


def _check_token(asked: Asked) -> None:
    if not constant_time_compare(asked.one("T").strip(), write_token_of(asked.password)):
        raise CannotAnswer("T: missing or not this password's token. Fetch it at reader/api/0/token.", status=401)


def parameters_of(request: HttpRequest) -> dict[str, list[str]]:
    """The address's parameters, then the form's: apps send more fields than Django takes of a form."""
    said = _pairs(request.META.get("QUERY_STRING", ""))
    kind = request.content_type or ""
    if request.method == "POST" and kind == "multipart/form-data":
        len(request.body)  # kept: what a list is taken from is the whole body, which cannot be had after its fields
        said += [(name, value) for name, values in request.POST.lists() for value in values]
    elif request.method == "POST" and "xml" not in kind:
        said += _pairs(request.body.decode("utf-8", "replace"))
    found: dict[str, list[str]] = {}
    for name, value in said:
        found.setdefault(name, []).append(value)
    return found


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise CannotAnswer(f"More than {MOST_FIELDS} fields. Send them in parts.", status=413) from None
    return [(name, value.replace("\0", "")) for name, value in pairs]


def refused(error: CannotAnswer) -> HttpResponse:
    response = HttpResponse(f"{error}\n", content_type="text/plain; charset=utf-8", status=error.status)
    if error.status == 401:
        response["X-Reader-Google-Bad-Token"] = "true"
    return unshared(response)  # type: ignore[return-value]


def unshared(response: HttpResponseBase) -> HttpResponseBase:
    """The same, kept by nobody on its way: it is one reader's."""
    response["Cache-Control"] = UNSHARED
    return response


def ok() -> HttpResponse:
    """What apps look for after a write; without a line's end, they compare it whole."""
    return HttpResponse("OK", content_type="text/plain; charset=utf-8")


def answer(asked: Asked, what: dict[str, Any]) -> HttpResponseBase:
    """The answer as JSON, or as the XML of objects that an app asked for; 304 where the app has it."""
    if asked.one("output") == "xml":
        response = HttpResponse(as_xml(what), content_type="text/xml; charset=utf-8")
    else:
        body = json.dumps(what, ensure_ascii=False, separators=(",", ":"))
        response = HttpResponse(body, content_type="application/json; charset=utf-8")
    return if_changed(asked, response, response.content)


def if_changed(asked: Asked, response: HttpResponse, state: bytes) -> HttpResponseBase:
    """The response with a tag of its state, or 304 to an app that shows this tag."""
    tag = tag_of(state)
    response["ETag"] = tag
    if asked.request.method not in ("GET", "HEAD"):
        return response
    return get_conditional_response(asked.request, etag=tag, response=response) or response


def tag_of(state: bytes) -> str:
    return f'"{hashlib.sha256(state).hexdigest()[:32]}"'


def has_it(asked: Asked, tag: str) -> bool:
    """True if the app holds what bears this tag, so that it need not be made."""
    held = asked.request.headers.get("If-None-Match", "")
    return any(one.strip().removeprefix("W/") == tag for one in held.split(","))


def as_xml(what: dict[str, Any]) -> str:
    """The answer as Google's XML: objects, lists, strings and numbers, each by its name."""
    out = StringIO()
    handler = SimplerXMLGenerator(out, "utf-8", short_empty_elements=False)
    handler.startDocument()
    _element(handler, what, {})
    handler.endDocument()
    return out.getvalue()


def _element(handler: SimplerXMLGenerator, value: Any, attributes: dict[str, str]) -> None:
    if isinstance(value, dict):
        handler.startElement("object", attributes)
        for name, held in value.items():
            _element(handler, held, {"name": legal(name)})
        handler.endElement("object")
    elif isinstance(value, list | tuple):
        handler.startElement("list", attributes)
        for held in value:
            _element(handler, held, {})
        handler.endElement("list")
    elif isinstance(value, bool):
        handler.addQuickElement("boolean", str(value).lower(), attributes)
    elif isinstance(value, int):
        handler.addQuickElement("number", str(value), attributes)
    else:
        handler.addQuickElement("string", legal(str(value)), attributes)


def joined(parts: Iterable[object]) -> bytes:
    """One value of many, to be tagged."""
    return "\n".join(map(str, parts)).encode("utf-8", "replace")
