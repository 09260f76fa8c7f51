"""./run explain: make the article page of any text a person brings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from newsroom.commands import site


def main(argv: list[str]) -> int:
    parser = site.parser("explain", "Make the article page of any text, show what is behind it, and say where it is.")
    parser.add_argument("what", metavar="FILE, URL or -", help="a saved page or text, an address, or standard input")
    parser.add_argument("--port", type=int, default=8000, help="the port of the site, for the address printed")
    options = parser.parse_args(argv)
    site.open_site(options.data)
    from newsroom.desk.explain import CannotExplain

    try:
        article = _explain(options.what)
    except (CannotExplain, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    _show(article)
    print(f"\nIts page: http://127.0.0.1:{options.port}{article.get_absolute_url()}  (./run serves it)")
    return 0


def _explain(what: str) -> Any:
    from django.conf import settings
    from django.utils import timezone

    from newsroom.desk import explain

    if what.startswith(("http://", "https://")):
        return explain.explain_url(what, timezone.now(), writer=settings.WRITER)
    content = sys.stdin.buffer.read() if what == "-" else Path(what).read_bytes()
    return explain.explain_file(content, timezone.now(), writer=settings.WRITER)


def _show(article: Any) -> None:
    notes = article.placement.story.notes.body
    print(article.title)
    print(" ".join(notes["hashtags"]))
    why_now = notes["why_now"]
    steps = [*why_now["trigger"], *why_now["steps"], *why_now["background"], *why_now["ahead"]]
    for heading, sentences in (("Brief", notes["brief"]), ("Why now?", steps)):
        if sentences:
            print(f"\n{heading}")
        for sentence in sentences:
            print(f"- {sentence['shown'] or sentence['text']}")
    if notes["timeline"]:
        print("\nTimeline")
    for event in notes["timeline"]:
        print(f"- {event['date']}: {event['sentences'][0]['shown'] or event['sentences'][0]['text']}")
