"""A site whose every field was attacked: run as a process of its own, which says what pages to open.

`python -m tests.hostile.attacked_site PLAN`: PLAN is a JSON file with the data
folder, the feeds to follow and the fields to fill. Beside it are written
pages.json, who opens which, and answered.json, what forms answered at once.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
from pathlib import Path
from typing import Any

MOST_BYTES = 4 * 2**30
LIST_PAGES, STORIES_A_PAGE, SENTENCE_EACH = 100, 20, 10


def main(argv: list[str]) -> int:
    """Fill the site as the plan says."""
    plan = json.loads(Path(argv[0]).read_text("utf-8"))
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
    _keep_to_loopback()
    from newsroom.commands import site

    site.open_site(Path(plan["data"]))
    _follow(plan)
    from newsroom.commands import ingest

    ingest.main(["--once"])
    _again(plan)
    read = [{"path": path, "who": ""} for path in _pages()]
    from tests.hostile import attacked_forms

    pages, answers, cookies = attacked_forms.fill(plan["forms"])
    pages += [{"path": f"/answered/{number}", "who": ""} for number in range(len(answers))]
    folder = Path(argv[0]).parent
    (folder / "answered.json").write_text(json.dumps([body.decode("utf-8", "replace") for body in answers]), "utf-8")
    (folder / "pages.json").write_text(json.dumps({"pages": read + pages, "cookies": cookies}), "utf-8")
    return 0


def _keep_to_loopback() -> None:
    """No name is looked up but those of this machine: an attack's own server is never asked."""
    known = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        if host not in (None, "127.0.0.1", b"127.0.0.1", "localhost"):
            raise socket.gaierror(socket.EAI_NONAME, f"{host!r} is not looked up here")
        return known(host, *rest, **more)

    socket.getaddrinfo = look_up


def _follow(plan: dict[str, Any]) -> None:
    """Follow all feeds as a person would, by address or by list; what cannot be followed is data."""
    from django.utils import timezone

    from newsroom.desk import adding
    from newsroom.publishers.save import follow_by_hand, get_publisher

    for what in [*plan["feeds"], *plan["lists"]]:
        adding.add(what)
    for place, url in enumerate(plan["broken"]):
        publisher = get_publisher(f"Broken Post {place // 25}", "")
        follow_by_hand(publisher, url, timezone.now())


def _again(plan: dict[str, Any]) -> None:
    """Nothing is in a hurry: what rests is written now."""
    from django.utils import timezone

    from newsroom.stories import editions

    editions.make_due(timezone.now().replace(hour=23))


def _pages() -> list[str]:
    """Every page and feed that shows what was read."""
    from newsroom.articles.models import Article
    from newsroom.publishers.models import Feed, Publisher
    from newsroom.stories.models import Hashtag, Story

    found = [row.get_absolute_url() for row in Article.objects.public().only("pk", "title")]
    numbers = Article.objects.public().order_by("pk").values_list("pk", flat=True)
    found += [f"/article/{key}/sentence/1" for key in numbers[::SENTENCE_EACH]]  # the article's page has its words
    found += [f"/story/{key}" for key in Story.objects.public().values_list("pk", flat=True)]
    for slug in Publisher.objects.values_list("slug", flat=True):
        found += [f"/publisher/{slug}", f"/publisher/{slug}/health", f"/publisher/{slug}/feed.xml"]
        found += [f"/publisher/{slug}/atom.xml", f"/publisher/{slug}/feed.json"]
        found += [f"/as-apps-show-it/publisher/{slug}/feed.json"]
    for key in Hashtag.objects.values_list("key", flat=True):
        found += [f"/hashtag/{key}"]
    found += ["/", "/stories", "/hashtags", "/publishers", "/health", "/edition", "/countries", "/sitemap.xml"]
    most = min(LIST_PAGES, Story.objects.public().count() // STORIES_A_PAGE + 2)
    found += [f"/stories?page={number}" for number in range(2, most)]
    found += ["/feed.xml", "/atom.xml", "/feed.json", "/edition/feed.xml", "/edition/atom.xml", "/news-sitemap.xml"]
    found += ["/as-apps-show-it/feed.json", "/api/v1/stories", "/robots.txt", "/manifest.webmanifest"]
    assert Feed.objects.exists()
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    sys.exit(main(sys.argv[1:]))
