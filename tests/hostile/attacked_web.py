"""The site as its web server serves it, and beside it `/bound/N`: many of its pages in one, each in a frame.

`python -m tests.hostile.attacked_web ADDRESS FOLDER`: bound.json there has the
paths of each N, answered.json what forms answered. A frame holds the very answer of the site, under the
Content-Security-Policy that came with it. Chromium opens twenty pages so in
the time that it takes to go to two.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Any

from newsroom.desk.supervise import leave_with_parent
from newsroom.desk.web import Server

POLICY = "content-security-policy"
PAGES, ANSWERED, SHOWN = "/bound/", "/answered/", "/as-apps-show-it/"


class BoundServer(Server):
    """Gunicorn as the site runs it, with the bound pages in front."""

    def __init__(self, address: str, folder: Path) -> None:
        self.folder = folder
        super().__init__(address, 1)

    def load(self) -> Any:
        return Bound(super().load(), self.folder)


class Bound:
    """A WSGI application that answers what is bound itself, all else by the site's own."""

    def __init__(self, site: Callable[..., Iterable[bytes]], folder: Path) -> None:
        self.site, self.folder = site, folder
        answered = folder / "answered.json"
        self.answered = json.loads(answered.read_text("utf-8")) if answered.exists() else []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(PAGES):
            status, headers, page = self._bind(environ, int(path.removeprefix(PAGES)))
        elif path.startswith((ANSWERED, SHOWN)):
            status, headers, page = self._ask(environ, path)
        else:
            return self.site(environ, start)
        body = page.encode("utf-8", "replace")
        said = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
        said += [(POLICY, headers[POLICY])] if POLICY in headers else []
        start(f"{status} as it is", said)
        return [body]

    def _bind(self, environ: dict[str, Any], number: int) -> tuple[int, dict[str, str], str]:
        paths = json.loads((self.folder / "bound.json").read_text("utf-8"))[number]
        answers = [self._ask(environ, one) for one in paths]
        frames = "".join(
            f'<iframe name="{place}" srcdoc="{escape(body)}"></iframe>' for place, (_, _, body) in enumerate(answers)
        )
        failed = escape(
            json.dumps([path for path, (status, _, _) in zip(paths, answers, strict=True) if status >= 500])
        )
        policies = [headers for _, headers, _ in answers if POLICY in headers] or [{}]
        head = f'<!doctype html><meta charset="utf-8"><meta name="failed" content="{failed}"><title>bound</title>'
        return 200, policies[0], head + frames

    def _ask(self, environ: dict[str, Any], path: str) -> tuple[int, dict[str, str], str]:
        """The site's answer to a path: status, headers, text; to a form that was sent before; or a feed's HTML alone."""
        if path.startswith(ANSWERED):
            status, headers, _ = self._ask(environ, "/about")
            return status, headers, self.answered[int(path.removeprefix(ANSWERED))]
        if path.startswith(SHOWN):
            status, headers, feed = self._ask(environ, path.replace(SHOWN, "/", 1))
            items = json.loads(feed)["items"] if status == 200 else []
            parts = "".join(f"<div>{one.get('content_html', '')}</div>" for one in items)
            return status, headers, f"<!doctype html><meta charset=utf-8><title>an app</title>{parts}"
        heard: dict[str, Any] = {}

        def hear(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            heard.update(status=int(status[:3]), headers={name.lower(): value for name, value in headers})

        where, _, query = path.partition("?")
        asked = {**environ, "PATH_INFO": where.encode().decode("latin-1"), "QUERY_STRING": query}
        asked.pop("HTTP_ACCEPT_ENCODING", None)
        answer = self.site(asked, hear)
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        return heard["status"], heard["headers"], body.decode("utf-8", "replace")


def main(address: str, folder: str) -> None:
    leave_with_parent()
    BoundServer(address, Path(folder)).run()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    main(sys.argv[1], sys.argv[2])
