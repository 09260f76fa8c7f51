"""Sends one string to one field and judges the answer; all that it wrote is taken back."""

from __future__ import annotations

import re
import time
import traceback
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.test import Client
from lxml import html

from newsroom.page_cache import PageCache
from tests.hostile.child import MOST_S
from tests.hostile.written import Written

if TYPE_CHECKING:
    from tests.hostile.fields import Form

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]|\\s+"
)
A_PART = 12  # so many signs of a string that are kept without the others are a part of it
SHORTEST_MESSAGE = 12
OWN_HOSTS = {"", "localhost", "localhost:80", "testserver"}
# What a browser leaves out of an address before it reads it.
LEFT_OUT = str.maketrans("", "", "\t\r\n")


@dataclass(slots=True)
class Tally:
    """What was sent and what was answered. faults: (kind, route, place) with how often, and the first of each."""

    sent: int = 0
    taken: int = 0
    refused: int = 0
    kept_whole: int = 0
    kept_without_unseen: int = 0
    slowest_s: float = 0.0
    slowest: str = ""
    faults: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    first: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def fault(self, kind: str, route: str, place: str, example: str) -> None:
        self.faults[kind, route, place] += 1
        self.first.setdefault((kind, route, place), example)


class Attack:
    """Sends to the site of this process. raised: what the site's own code let through, while an answer is made."""

    def __init__(self, clients: dict[str, Client], tally: Tally) -> None:
        from newsroom.wsgi import application

        self.clients, self.tally, self.raised = clients, tally, list[str]()
        self.written = Written()
        self.application: PageCache = application
        got_request_exception.connect(self._note_error)

    def close(self) -> None:
        got_request_exception.disconnect(self._note_error)

    def send(self, form: Form, role: str, tried: dict[str, str]) -> Any:
        """The answer to the form with these strings in it, None to a header."""
        self.raised.clear()
        self.written.clear()
        self.tally.sent += 1
        began, answer = time.process_time(), None
        with asking(self.clients[role]), connection.execute_wrapper(self.written.note):
            if form.encoding == "header":
                status, location, said = self._through_the_door(form, role, tried)
            else:
                answer = self._ask(form, role, tried)
                status, location, said = answer.status_code, answer.get("Location", ""), _body(answer)
                self._after_commit()
            lost = list(self.written.lost(tried.values()))
        for table, column, text in lost:
            self.tally.fault("not read back", f"{form.method} {form.route}", f"{table}.{column}", repr(text[:80]))
        self._judge(form, role, tried, (status, location, said), time.process_time() - began)
        return answer

    def post(self, form: Form, role: str, body: bytes, content_type: str) -> None:
        """A body of any shape to the form's address."""
        self.raised.clear()
        self.written.clear()
        self.tally.sent += 1
        began = time.process_time()
        with asking(self.clients[role]):
            answer = self.clients[role].generic("POST", form.path, body, content_type)
            told = answer.status_code, answer.get("Location", ""), _body(answer)
        self._judge(form, role, {content_type: repr(body[:80])}, told, time.process_time() - began)

    def _ask(self, form: Form, role: str, tried: dict[str, str]) -> Any:
        from tests.hostile.fields import fill

        client, said = self.clients[role], {**dict(form.base), **tried}
        if form.encoding == "path":
            return client.generic("GET", fill(form.path, said))
        if form.encoding == "query":
            return client.generic(form.method, form.path, QUERY_STRING=_pairs(said))
        if form.encoding == "form":
            return client.generic("POST", form.path, _pairs(said).encode(), "application/x-www-form-urlencoded")
        return client.generic("POST", form.path, _parts(said, form.files), "multipart/form-data; boundary=ferry")

    def _through_the_door(self, form: Form, role: str, tried: dict[str, str]) -> tuple[int, str, bytes]:
        """Ask the whole application, as gunicorn would: it lets no line's end and no NUL into a header."""
        environ = self.clients[role]._base_environ(PATH_INFO=form.path, QUERY_STRING="")
        for name, text in tried.items():
            value = re.sub("[\r\n\0]", "", text).encode("utf-8", "surrogatepass").decode("latin-1")
            environ["HTTP_COOKIE" if name.startswith("cookie ") else name] = (
                f"{name.removeprefix('cookie ')}={value}" if name.startswith("cookie ") else value
            )
        said: list[Any] = []
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)  # it would end the transaction that is taken back
        try:
            body = b"".join(self.application(environ, lambda status, headers, *rest: said.extend((status, headers))))
        except Exception as error:  # what gets past Django ends the request in gunicorn
            self.raised.append(_place(error))
            return 500, "", b""
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)
        headers = {name.lower(): value for name, value in said[1]}
        return int(said[0][:3]), headers.get("location", ""), body

    def _after_commit(self) -> None:
        for _, act, _ in list(connection.run_on_commit):
            try:
                act()
            except Exception as error:
                self.raised.append(_place(error))

    def _note_error(self, **_told: Any) -> None:
        import sys

        error = sys.exc_info()[1]
        if error is not None:
            self.raised.append(_place(error))

    def _judge(self, form: Form, role: str, tried: dict[str, str], told: tuple[int, str, bytes], took_s: float) -> None:
        status, location, body = told
        where = f"{form.method} {form.route} {form.encoding} {'+'.join(tried)}"
        example = f"as {role}, {form.path}, {next(iter(tried.values()), '')[:60]!r}"
        tally = self.tally
        if status >= 500:
            tally.fault(f"answered {status}", where, "; ".join(self.raised) or "no exception", example)
        elif self.raised and status not in (400, 403, 404, 413):
            tally.fault("raised afterwards", where, "; ".join(self.raised), example)
        if took_s > MOST_S:
            tally.fault(f"took over {MOST_S:.0f} s", where, "", f"{took_s:.1f} s {example}")
        if took_s > tally.slowest_s:
            tally.slowest_s, tally.slowest = took_s, f"{where} {example}"
        if location and not leads_home(location):
            tally.fault("leads to another site", where, location[:80], example)
        if 400 <= status < 500:
            tally.refused += 1
            if not _says_something(body):
                tally.fault("refused without a word", where, str(status), example)
            return
        tally.taken += 1
        for text in tried.values():
            self._compare(text, where, example)

    def _compare(self, text: str, where: str, example: str) -> None:
        """What was written of a string: all of it, or a part that nobody was told of."""
        whole, seen = _even(text), _seen(text)
        if len(seen) < A_PART:
            return
        kept = [(table, one) for table, _, one in self.written.texts if len(one) >= A_PART]
        found = {table for table, one in kept if whole in _even(one)} | self._tables_of_all_lines(text)
        without = {table for table, one in kept if seen in _seen(one)} | found
        self.tally.kept_whole += bool(found)
        self.tally.kept_without_unseen += bool(without and not found)
        for table, one in kept:
            said = _seen(one)
            if table not in without and A_PART <= len(said) < len(seen) and said in seen:
                self.tally.fault("kept a part", where, f"{table}: {len(one)} of {len(text)}", example)

    def _tables_of_all_lines(self, text: str) -> set[str]:
        """The tables that keep a list of several lines line by line, none of them left out."""
        lines = [seen for line in text.splitlines() if (seen := _seen(line))]
        by_table: dict[str, list[str]] = {}
        for table, _, one in self.written.texts:
            by_table.setdefault(table, []).append(_seen(one))
        return {table for table, texts in by_table.items() if all(any(one in kept for kept in texts) for one in lines)}


@contextmanager
def asking(client: Client) -> Iterator[None]:
    """What is written meanwhile is taken back; who was signed out by it is signed in again."""
    cookies = {name: one.value for name, one in client.cookies.items()}
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(cookies)


def leads_home(location: str) -> bool:
    """True if a browser stays on this site: it takes a backslash for a slash, and leaves out tabs and line ends."""
    said = location.strip().translate(LEFT_OUT).replace("\\", "/")
    try:
        parts = urlsplit(said)
    except ValueError:
        return False
    return (
        parts.scheme in ("", "http", "https") and parts.netloc in OWN_HOSTS and not (parts.scheme and not parts.netloc)
    )


def _body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def _pairs(said: dict[str, str]) -> str:
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in said.items())


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _parts(said: dict[str, str], files: tuple[str, ...]) -> bytes:
    made = b""
    for name, value in said.items():
        file = '; filename="list.opml"\r\nContent-Type: text/xml' if name in files else ""
        head = f'--ferry\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        made += head.encode("utf-8", "replace") + value.encode("utf-8", "surrogatepass") + b"\r\n"
    return made + b"--ferry--\r\n"


def _says_something(body: bytes) -> bool:
    """True if a person could read why."""
    text = body.decode("utf-8", "replace")
    if text.lstrip().startswith("<"):
        text = html.document_fromstring(body).text_content()
    return len(text.strip()) >= SHORTEST_MESSAGE


def _even(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def _seen(text: str) -> str:
    """The signs that are seen, in the form that is compared."""
    return UNSEEN.sub("", unicodedata.normalize("NFC", text))


def _place(error: BaseException) -> str:
    """What was raised and where in our code, else where at last."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if "/newsroom/" in one.filename or "/newstext/" in one.filename]
    last = (own or frames)[-1] if frames else None
    where = f"{last.filename.rpartition('/new')[2] or last.filename}:{last.lineno}" if last else ""
    return f"{type(error).__name__}: {str(error)[:120]!r} at {where}"
