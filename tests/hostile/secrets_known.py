"""The canary secrets of a run: what each is, who may be shown it, and how it is looked for."""

from __future__ import annotations

import base64
import html
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret. shown_at: beginnings of the places where its owner, and nobody else, is shown it."""

    name: str
    value: str
    shown_at: tuple[str, ...] = ()

    def forms(self) -> set[bytes]:
        """How it may stand in what is read: as it is, escaped, or somewhere inside a run of base64."""
        said = self.value.encode()
        found = {said, quote(self.value, safe="").encode(), html.escape(self.value).encode()}
        for before in range(3):
            run = base64.b64encode(b"\0" * before + said + b"\0" * ((3 - (before + len(said)) % 3) % 3)).rstrip(b"=")
            found.add(run[4 if before else 0 : -4])  # without what depends on its neighbours
        return {form for form in found if len(form) >= 6}


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that the site said. place: as "page /health as nobody", "site.log", "backup: database.sqlite3".

    asked: what was sent for it; who sent a secret may have it back.
    """

    place: str
    body: bytes
    asked: bytes = b""


@dataclass(slots=True)
class Secrets:
    """All secrets of a run, by name."""

    choice: random.Random
    known: dict[str, Secret] = field(default_factory=dict)

    def make(self, name: str, *, shown_at: Iterable[str] = (), long: int = 12) -> str:
        """A new secret of our own choice."""
        value = "Canary" + "".join(self.choice.choice("bcdfghjkmnpqrstvwxz23456789") for _ in range(long))
        return self.keep(name, value, shown_at=shown_at)

    def keep(self, name: str, value: str, *, shown_at: Iterable[str] = ()) -> str:
        """A secret that the site made."""
        if len(value) < 6:
            raise ValueError(f"{name}: {value!r} is too short to be looked for")
        self.known[name] = Secret(name, value, tuple(shown_at))
        return value

    def found_in(self, heard: Iterable[Heard]) -> list[tuple[str, str]]:
        """(secret, place) wherever one stands that nobody may be shown there."""
        forms = [(secret, secret.forms()) for secret in self.known.values()]
        return [
            (secret.name, one.place)
            for one in heard
            for secret, ways in forms
            if not one.place.startswith(secret.shown_at or ("\0",))
            and any(way in one.body for way in ways)
            and not any(way in one.asked for way in ways)
        ]
