"""Readers who write while the site is killed, and a journal of what was acknowledged to them.

A line is in the journal, and on the disk, only after the answer that said "taken"
came. What was sent without such an answer may be there or not, but never by half.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

PASSWORD = "a long and quiet password"
ANSWER_S = 30
REST_S = 0.02  # between two writings of one reader
ACCOUNTS_MOST = 12  # below what one address may make in an hour
SEE_OTHER = (302, 303)
TOO_OFTEN = 429


class Unanswered(Exception):
    """The site went away before it answered."""


@dataclass
class Browser:
    """One visitor's cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """The answer's status, body and Location. Raises Unanswered."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            token = {"csrfmiddlewaretoken": self.cookies["csrftoken"]} if "csrftoken" in self.cookies else {}
            body = urlencode({**form, **token})
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_S)
        try:
            connection.request("GET" if form is None else "POST", path, body, headers)
            answer = connection.getresponse()
            said = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise Unanswered(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, said, answer.headers.get("Location", "")


class Journal:
    """What was acknowledged, and what was sent without an answer, each line on the disk before the next is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = open(path, "ab")  # noqa: SIM115  closed by close
        self._lock = threading.Lock()

    def keep(self, kind: str, what: str, *, is_taken: bool) -> None:
        line = json.dumps({"kind": kind, "what": what, "is_taken": is_taken, "at": time.time()})
        with self._lock:
            self._file.write(line.encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]


@contextmanager
def writing(port: int, journal: Journal, place: str) -> Iterator[None]:
    """Two readers who write to the site on that port as long as the block lasts, whatever becomes of the site.

    place: the address of a story, as /story/1. Raises AssertionError where a living site refused one of them.
    """
    stop = threading.Event()
    refused: list[AssertionError] = []
    tasks = (_comment_on, _sign_up_and_follow)
    threads = [
        threading.Thread(target=_go_on, args=(task, port, journal, place, stop, refused), daemon=True) for task in tasks
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(2 * ANSWER_S)
    if refused:
        raise refused[0]


def _go_on(
    task: Any, port: int, journal: Journal, place: str, stop: threading.Event, refused: list[AssertionError]
) -> None:
    number = 0
    while not stop.is_set():
        try:
            number = task(port, journal, place, number)
        except Unanswered:
            number += 1
        except AssertionError as error:
            refused.append(error)
            return
        stop.wait(REST_S)


def _comment_on(port: int, journal: Journal, place: str, number: int) -> int:
    """One comment, sent again in the same words where no answer came to it."""
    browser = Browser(port)
    _, page, _ = browser.ask(f"{place}/comments")
    started = re.search(r'name="started" value="([^"]*)"', page)
    words = f"Comment {number}: the gauge at the old bridge stood at {number * 7} this morning."
    form = {"name": f"Passer-by {number}", "text": words, "started": started[1] if started else ""}
    try:
        status, said, _ = browser.ask(f"{place}/comments", form)
    except Unanswered:
        journal.keep("comment", words, is_taken=False)
        status, said, _ = browser.ask(f"{place}/comments", form)
    if status in SEE_OTHER:
        journal.keep("comment", words, is_taken=True)
    elif status < 500:
        raise AssertionError(f"a comment was refused with {status}: {said[:2000]}")
    return number + 1


def _sign_up_and_follow(port: int, journal: Journal, place: str, number: int) -> int:
    """One account, then what its reader follows and saves."""
    if number >= ACCOUNTS_MOST:
        return number
    browser, mail = Browser(port), f"reader{number}@meren.example"
    browser.ask("/accounts/signup/")
    try:
        status, said, _ = browser.ask("/accounts/signup/", {"email": mail, "password1": PASSWORD})
    except Unanswered:
        journal.keep("account", mail, is_taken=False)
        raise
    if status == TOO_OFTEN:
        return ACCOUNTS_MOST  # the limit also counts tries that a kill left unanswered: no more accounts are made
    if status not in SEE_OTHER:
        return number + 1 if status >= 500 else _refused(status, said)
    journal.keep("account", mail, is_taken=True)
    marks = (
        ("follow", "/follow", {"do": "follow", "kind": "section", "key": "world"}),
        ("save", "/keep", {"do": "save", "kind": "story", "key": place.rpartition("/")[2]}),
    )
    for kind, path, form in marks:
        try:
            status, said, _ = browser.ask(path, form)
        except Unanswered:
            journal.keep(kind, mail, is_taken=False)
            raise
        if status in SEE_OTHER:
            journal.keep(kind, mail, is_taken=True)
        elif status < 500:
            _refused(status, said)
    return number + 1


def _refused(status: int, said: str) -> int:
    raise AssertionError(f"a reader was refused with {status}: {said[:2000]}")
