"""{% kept "parts/menu.html" name=value … %}: a part of a page that is made once and shown again.

The part sees the values that are named and nothing else, and is kept under
all that they hold, the language, the time zone and whether pictures are shown. So it is never older than
they are, and nothing has to tell it of a change. Of a row it may show what was
read, and what was read of the rows beside it by the same query; it asks
nothing of the database and knows nothing of who reads. What a clock changes is
made at each showing.
"""

from __future__ import annotations

import pickle
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import partial
from hashlib import blake2b
from typing import Any

from django import template
from django.conf import settings
from django.db.models import Model
from django.template.base import FilterExpression, Node, Parser, Token, token_kwargs
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST_CHARS = 16 * 1024 * 1024  # of a process, as many bytes for most languages
# What no text can hold, since nobody can guess it.
PLACE = f"later-{secrets.token_hex(16)}-"
PLACES = re.compile(rf"{PLACE}(\d+)-")
Showing = Callable[[], str]
Pieces = tuple[str | Showing, ...]
_waiting: ContextVar[list[Showing] | None] = ContextVar("waiting", default=None)
register = template.Library()


class KeptParts:
    """The HTML of parts by all that they were made of; what was shown longest ago goes first."""

    def __init__(self, most_chars: int = MOST_CHARS) -> None:
        self.made = 0  # how many were made since the process began
        self._most_chars = most_chars
        self._parts: OrderedDict[bytes, Pieces] = OrderedDict()
        self._chars = 0
        self._lock = threading.Lock()

    def get(self, key: bytes) -> Pieces | None:
        with self._lock:
            pieces = self._parts.get(key)
            if pieces is not None:
                self._parts.move_to_end(key)
            return pieces

    def keep(self, key: bytes, pieces: Pieces) -> None:
        with self._lock:
            self.made += 1
            self._chars += _chars(pieces) - _chars(self._parts.pop(key, ()))
            self._parts[key] = pieces
            while self._chars > self._most_chars:
                self._chars -= _chars(self._parts.popitem(last=False)[1])

    def clear(self) -> None:
        with self._lock:
            self._parts.clear()
            self._chars = 0

    def __len__(self) -> int:
        return len(self._parts)


PARTS = KeptParts()


def _chars(pieces: Pieces) -> int:
    return sum(len(piece) for piece in pieces if isinstance(piece, str))


def at_each_showing(make: Callable[..., str], *values: Any) -> str:
    """What `make` says of the values; in a kept part a place for it, filled whenever the part is shown."""
    waiting = _waiting.get()
    if waiting is None:
        return make(*values)
    waiting.append(partial(make, *values))
    return f"{PLACE}{len(waiting) - 1}-"


def columns_of(row: Model) -> dict[str, Any]:
    """What was read of a row itself."""
    held = vars(row)
    return {field.attname: held[field.attname] for field in row._meta.concrete_fields if field.attname in held}


def kept_part(part: str, values: Mapping[str, Any]) -> SafeString:
    """The part's HTML for these values, made anew only where it is not held.

    Values are plain data, records of it, or rows; a record that holds rows says
    by `made_of` what it is made of.
    """
    of = [(name, _made_of(value)) for name, value in values.items()]
    # A hash, so that a key is not as large as what it stands for. The same in two shapes is made twice, no more.
    beside = (part, get_language(), settings.TIME_ZONE, settings.PICTURES)
    made_of = pickle.dumps((beside, of), pickle.HIGHEST_PROTOCOL)
    key = blake2b(made_of, digest_size=16).digest()
    pieces = PARTS.get(key)
    if pieces is None:
        pieces = _make(part, values)
        PARTS.keep(key, pieces)
    return SafeString("".join([piece if isinstance(piece, str) else piece() for piece in pieces]))


def _made_of(value: Any) -> Any:
    if isinstance(value, Model):
        beside = value._state.fields_cache.items()
        rows = {name: columns_of(row) for name, row in beside if isinstance(row, Model)}
        return type(value).__name__, columns_of(value), rows
    if isinstance(value, list | tuple):
        return [_made_of(one) for one in value]
    return _made_of(value.made_of()) if hasattr(value, "made_of") else value


def _make(part: str, values: Mapping[str, Any]) -> Pieces:
    waiting: list[Showing] = []
    before = _waiting.set(waiting)
    try:
        found = PLACES.split(get_template(part).template.render(Context(values)))  # type: ignore[attr-defined]
    finally:
        _waiting.reset(before)
    return tuple(waiting[int(piece)] if place % 2 else piece for place, piece in enumerate(found))


class Kept(Node):
    def __init__(self, part: FilterExpression, values: dict[str, FilterExpression]) -> None:
        self.part = part
        self.values = values

    def render(self, context: Context) -> str:
        values = {name: value.resolve(context) for name, value in self.values.items()}
        return kept_part(str(self.part.resolve(context)), values)


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """{% kept "parts/menu.html" has_ai_features=has_ai_features %}"""
    name, *rest = token.split_contents()[1:]
    values = token_kwargs(rest, parser)
    if rest:
        raise template.TemplateSyntaxError(f"{{% kept %}}: {rest[0]!r} is no name=value.")
    return Kept(parser.compile_filter(name), values)
