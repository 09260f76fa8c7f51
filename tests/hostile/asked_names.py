"""Which names of a request a view asks for, so that a parameter is tried that no form and no document names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from django.http import HttpRequest, QueryDict
from django.http.request import HttpHeaders
from django.utils.datastructures import MultiValueDict


class AskedNames:
    """What was asked for since `forget`: parameters of the address, fields of the form, cookies and headers."""

    def __init__(self) -> None:
        self._asked: list[tuple[Any, str]] = []
        self.of_apps: set[str] = set()
        self.cookies: set[str] = set()
        self.headers: set[str] = set()

    def forget(self) -> None:
        self._asked.clear()
        self.of_apps.clear()

    def note(self, asked: Any, name: Any) -> None:
        if isinstance(name, str):
            self._asked.append((asked, name))

    def of(self, request: HttpRequest) -> tuple[set[str], set[str]]:
        """(names of the address's parameters, names of the form's fields) that were asked of that request."""
        seen = request.__dict__
        query = {name for asked, name in self._asked if asked is seen.get("GET")}
        form = {name for asked, name in self._asked if asked is seen.get("_post")}
        (form if request.method == "POST" else query).update(self.of_apps)
        return query, form


class _Noting(dict):  # type: ignore[type-arg]
    """A dictionary that tells which names it was asked for."""

    def __init__(self, held: Any, told: set[str]) -> None:
        super().__init__(held)
        self.told = told

    def __getitem__(self, name: str) -> Any:
        self.told.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.told.add(str(name))
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.told.add(name)
        return super().get(name, default)


@contextmanager
def listening() -> Iterator[AskedNames]:
    """Note what views ask of the requests of this process meanwhile."""
    from django.core.handlers import wsgi

    from newsroom.greader import asking, fever

    names = AskedNames()
    getting, listing, heading = MultiValueDict.__getitem__, MultiValueDict._getlist, HttpHeaders.__getitem__
    parsing, of_app = wsgi.parse_cookie, asking.parameters_of

    def get(self: Any, key: Any) -> Any:
        names.note(self, key)
        return getting(self, key)

    def getlist(self: Any, key: Any, *rest: Any, **more: Any) -> Any:
        names.note(self, key)
        return listing(self, key, *rest, **more)

    def contains(self: Any, key: Any) -> bool:
        names.note(self, key)
        return dict.__contains__(self, key)

    def header(self: Any, key: str) -> Any:
        names.headers.add(key)
        return heading(self, key)

    with ExitStack() as stack:
        for owner, name, stand_in in (
            (MultiValueDict, "__getitem__", get),
            (MultiValueDict, "_getlist", getlist),
            (HttpHeaders, "__getitem__", header),
            (wsgi, "parse_cookie", lambda text: _Noting(parsing(text), names.cookies)),
            (asking, "parameters_of", lambda request: _Noting(of_app(request), names.of_apps)),
            (fever, "parameters_of", lambda request: _Noting(of_app(request), names.of_apps)),
        ):
            stack.enter_context(patch.object(owner, name, stand_in))
        stack.enter_context(patch.object(QueryDict, "__contains__", contains, create=True))
        yield names
