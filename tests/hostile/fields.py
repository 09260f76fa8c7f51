"""The fields of the site: of the forms and links of its pages, of the API's document, and of what views ask for.

Nothing is named here, so that a new field is tried the day it is made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

from django.contrib import admin
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve
from lxml import html

from newsroom.access import PREFIXES, ROUTES, name_of
from newsroom.readers.models import Reader
from tests.hostile.asked_names import AskedNames
from tests.hostile.sending import asking
from tests.site.routes import PASSWORD, Site, every_pattern

HOST = "http://localhost"
NOT_OURS = {"csrfmiddlewaretoken"}  # the test client needs none, and a wrong one would end every try
GAP = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
VALUES = {"email": "ada@meren.example", "url": "https://meren.example/feed", "number": "1", "password": PASSWORD}
OTHERWISE = "The ferry of Orrin is late"


@dataclass(frozen=True, slots=True)
class Form:
    """What takes strings at one address. base: what is sent with them; fields: what they are put in; roles: as whom.

    files: which fields are files. encoding: query, form, multipart, path (the gaps of a pattern, base being what stands in them) or header.
    """

    route: str
    method: str
    path: str
    base: tuple[tuple[str, str], ...]
    fields: tuple[str, ...]
    roles: tuple[str, ...]
    encoding: str
    files: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        return self.route, self.method, self.encoding, frozenset(self.fields)


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who asks: a client for each role, the reader behind it, and what an app knows by name."""

    clients: dict[str, Client]
    owners: dict[str, Reader]
    known: dict[str, str]


class Survey:
    """Every form that each role finds. owners: whose things a role is led to, where an address is about somebody's own.

    known: values that a view wants by a name of its own, as a token.
    """

    def __init__(self, asking: Somebody, site: Site, names: AskedNames) -> None:
        self.clients, self.owners, self.known = asking.clients, asking.owners, asking.known
        self.site, self.names = site, names
        self.found: dict[tuple[object, ...], Form] = {}
        self.asked: dict[tuple[str, str, str], set[str]] = {}
        self.paths: dict[tuple[str, str, str], tuple[str, set[str]]] = {}

    def look(self, patterns: list[tuple[str, str]]) -> list[Form]:
        """Ask these addresses as each role, and read what fields they have."""
        for name, pattern in patterns:
            gaps: dict[str, str] = {}
            for role in self.clients:
                path, gaps = self._filled(name, pattern, self.owners.get(role))
                self._ask("GET", name, path, role)
                if "POST" in ROUTES[name].methods() if name in ROUTES else True:
                    self._ask("POST", name, path, role)
            if gaps:
                self._keep(Form(name, "GET", pattern, tuple(gaps.items()), tuple(gaps), tuple(self.clients), "path"))
        for form in self._of_document():
            self._keep(form)
        for (name, method, encoding), names in sorted(self.asked.items()):
            self._keep_asked(name, method, encoding, names)
        return sorted(self.found.values(), key=lambda form: (form.route, form.method, form.encoding, form.fields))

    def note(self, name: str, method: str, path: str, role: str, answer: HttpResponse) -> None:
        """Remember what the view asked for of that request."""
        query, form = self.names.of(answer.wsgi_request)  # type: ignore[attr-defined]
        for encoding, names in (("query", query), ("form", form if method == "POST" else set())):
            if names := {one for one in names - NOT_OURS if one.isprintable() and len(one) < 60}:
                self.asked.setdefault((name, method, encoding), set()).update(names)
                self.paths.setdefault((name, method, encoding), (path, set()))[1].add(role)

    def _ask(self, method: str, name: str, path: str, role: str) -> None:
        self.names.forget()
        wants_known = method == "POST" and ((name in ROUTES and ROUTES[name].by_app) or "fever" in name)
        sent = self.known if wants_known else {}
        with asking(self.clients[role]):
            answer = getattr(self.clients[role], method.lower())(path, sent)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        self.note(name, method, path, role, answer)
        if answer.get("Content-Type", "").startswith("text/html") and b"<" in body:
            page = html.document_fromstring(body, base_url=HOST + path)
            for form in (*self._of_forms(page, path, role), *self._of_links(page, path, role)):
                self._keep(form)

    def _filled(self, name: str, pattern: str, owner: Reader | None) -> tuple[str, dict[str, str]]:
        """(an address of the pattern, what stands in its gaps)."""
        known = self.site.arguments(name, owner) if not pattern.startswith(PREFIXES) else {"object_id": _row_of(name)}
        gaps = {(one[0] or one[1]): "" for one in GAP.findall(pattern)}
        gaps = {gap: str(known.get(gap, "1")) for gap in gaps}
        return fill(pattern, gaps), gaps

    def _of_forms(self, page: Any, at: str, role: str) -> Iterator[Form]:
        for form in page.iter("form"):
            path = _own(form.get("action") or at, at)
            if path is None:
                continue
            elements = [*form.iter("input", "select", "textarea", "button")]
            if form.get("id"):
                elements += page.xpath("//*[@form=$id]", id=form.get("id"))
            base, fields, files = _read(elements)
            method = (form.get("method") or "get").upper()
            encoding = "query" if method == "GET" else "multipart" if files else "form"
            told = tuple(base.items()), tuple(fields), (role,), encoding, tuple(files)
            yield Form(_route(path), method, path, *told)

    def _of_links(self, page: Any, at: str, role: str) -> Iterator[Form]:
        for href in set(page.xpath("//a/@href")):
            path = _own(href, at)
            if path is None or not urlsplit(path).query:
                continue
            pairs = dict(parse_qsl(urlsplit(path).query, keep_blank_values=True))
            yield Form(_route(path), "GET", urlsplit(path).path, tuple(pairs.items()), tuple(pairs), (role,), "query")

    def _of_document(self) -> Iterator[Form]:
        """The API's parameters, as its own document has them."""
        document = json.loads(self.clients["anonymous"].get("/api/v1/openapi.json").content)
        for path, does in document["paths"].items():
            for method, told in does.items():
                named = [one["name"] for one in told.get("parameters", []) if one["in"] == "query"]
                filled = re.sub(r"{(\w+)}", lambda gap: str(self.site.arguments("", None).get(gap[1], "1")), path)
                assert "requestBody" not in told, f"{path} takes a body now: try its fields here."
                if named:
                    yield Form(_route(filled), method.upper(), filled, (), tuple(named), ("anonymous",), "query")

    def _keep(self, form: Form) -> None:
        fields = tuple(one for one in form.fields if one not in NOT_OURS)
        if not fields or not form.route:
            return
        base = tuple(pair for pair in form.base if pair[0] not in NOT_OURS)
        form = replace(form, fields=fields, base=base)
        held = self.found.get(form.key)
        roles = tuple(dict.fromkeys((*(held.roles if held else ()), *form.roles)))
        self.found[form.key] = replace(held or form, roles=roles)

    def _keep_asked(self, name: str, method: str, encoding: str, names: set[str]) -> None:
        """What views ask for and no form has, with the longest form of that address as base."""
        same = [one for one in self.found.values() if (one.route, one.method) == (name, method)]
        same = [one for one in same if (one.encoding == "query") == (encoding == "query")]
        more = names.difference(*(one.fields for one in same))
        path, roles = self.paths[name, method, encoding]
        if not more:
            return
        longest = max(same, key=lambda one: len(one.fields), default=None)
        known = {key: value for key, value in self.known.items() if key in names}
        base = {**known, **dict(longest.base if longest else ())}
        self._keep(Form(name, method, path, tuple(base.items()), tuple(sorted(more)), tuple(sorted(roles)), encoding))


def fill(pattern: str, gaps: Mapping[str, str]) -> str:
    """The address of a pattern with these in its gaps, quoted as a browser does."""
    said = GAP.sub(lambda gap: quote(gaps[gap[1] or gap[2]].encode("utf-8", "surrogatepass"), safe=""), pattern)
    return "/" + said.replace("^", "").rstrip("$")


def _read(elements: list[Any]) -> tuple[dict[str, str], list[str], list[str]]:
    """(what a browser would send, all fields, those that are files)."""
    base: dict[str, str] = {}
    fields: list[str] = []
    files: list[str] = []
    for one in elements:
        name, kind = one.get("name"), one.get("type") or ""
        if not name:
            continue
        fields += [name] if name not in fields else []
        files += [name] if kind == "file" else []
        value = _value_of(one, kind)
        if value is not None:
            base.setdefault(name, value)
    return base, fields, files


def _value_of(one: Any, kind: str) -> str | None:
    """What the field is sent with; None if it is not sent."""
    if one.tag == "select":
        offered = [option.get("value", option.text or "") for option in one.iter("option")]
        return next((value for value in offered if value), "")
    if one.tag == "textarea":
        return (one.text or "").strip() or OTHERWISE
    if kind == "file":
        return None
    if kind == "checkbox" and one.get("checked") is None:
        return None
    if kind in ("radio", "checkbox"):
        return one.get("value", "on")
    return one.get("value") or ("" if kind == "hidden" else VALUES.get(kind, OTHERWISE))


def _own(href: str, at: str) -> str | None:
    """Path and query of an address of this site, None of another's."""
    try:
        parts = urlsplit(urljoin(HOST + at, href))
    except ValueError:
        return None
    if f"{parts.scheme}://{parts.netloc}" != HOST:
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _route(path: str) -> str:
    """By what name the site knows the address, "" if by none."""
    try:
        return name_of(resolve(urlsplit(path).path))
    except Resolver404:
        return ""


def _row_of(name: str) -> str:
    """The key of a row that a page of the administration is about."""
    for model in admin.site._registry:
        if f"{model._meta.app_label}_{model._meta.model_name}_" in name:
            row = model._default_manager.order_by("pk").first()
            return str(row.pk) if row else "1"
    return "1"


def all_patterns() -> list[tuple[str, str]]:
    """Every address of the site."""
    return sorted(dict.fromkeys(every_pattern()))
