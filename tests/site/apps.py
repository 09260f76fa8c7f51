"""An app on a phone, for tests: it signs in with a password of its own and asks as such apps do."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from django.test import Client
from django.utils import timezone

from newsroom.readers import app_passwords
from newsroom.readers.models import AppPassword, Follow, Reader

MAIL = "ada@reader.example"
STATE = "user/-/state/com.google/"
READING_LIST, READ, STARRED, KEPT_UNREAD = (
    f"{STATE}{one}" for one in ("reading-list", "read", "starred", "kept-unread")
)


def make_reader(mail: str = MAIL, **more: Any) -> Reader:
    return Reader.objects.create(username=mail, email=mail, **more)


def follow(reader: Reader, kind: str, key: str, name: str = "") -> Follow:
    return Follow.objects.create(reader=reader, kind=kind, key=key, name=name or key, since=timezone.now())


def make_password(reader: Reader, purpose: str = AppPassword.Purpose.GREADER) -> str:
    return app_passwords.make(reader, "A phone", purpose, timezone.now()).secret


class App:
    """A signed-in app. base: "" or FreshRSS's prefix."""

    def __init__(self, reader: Reader, base: str = "") -> None:
        self.client = Client()
        self.base = base
        self.reader = reader
        said = self.sign_in(reader.email, make_password(reader))
        assert said.status_code == 200, said.content
        self.auth = dict(line.split("=", 1) for line in said.content.decode().splitlines())["Auth"]
        self.headers = {"Authorization": f"GoogleLogin auth={self.auth}"}

    def sign_in(self, name: str, password: str) -> Any:
        return self.client.post(f"{self.base}/accounts/ClientLogin", {"Email": name, "Passwd": password})

    def get(self, path: str, query: str = "", **headers: str) -> Any:
        return self.client.get(f"{self.base}/reader/{path}?{query}", headers={**self.headers, **headers})

    def read(self, path: str, query: str = "") -> Any:
        """The JSON of a call of the interface."""
        answer = self.get(f"api/0/{path}", f"output=json&{query}")
        assert answer.status_code == 200, (path, answer.status_code, answer.content)
        return json.loads(answer.content)

    def token(self) -> str:
        return self.get("api/0/token").content.decode()

    def send(self, path: str, body: str, *, token: str | None = None) -> Any:
        """A form as apps write it by hand, with the token."""
        shown = self.token() if token is None else token
        return self.client.post(
            f"{self.base}/reader/api/0/{path}",
            f"{body}&T={shown}",
            content_type="application/x-www-form-urlencoded",
            headers=self.headers,
        )

    def ids(self, stream: str, query: str = "", *, n: int = 1000) -> list[str]:
        """Every id of a stream, by as many pages as it takes."""
        found: list[str] = []
        goes_on = ""
        while True:
            page = self.read("stream/items/ids", f"s={quote(stream, safe='')}&n={n}&{query}{goes_on}")
            found += [one["id"] for one in page["itemRefs"]]
            if "continuation" not in page:
                return found
            goes_on = f"&c={page['continuation']}"

    def items(self, ids: list[str]) -> list[Any]:
        """Their items, asked for by the long form."""
        said = "&".join(f"i=tag:google.com,2005:reader/item/{int(one):016x}" for one in ids)
        answer = self.client.post(
            f"{self.base}/reader/api/0/stream/items/contents",
            f"output=json&{said}",
            content_type="application/x-www-form-urlencoded",
            headers=self.headers,
        )
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)["items"]
