"""A site with 5,000 invented stories for apps to read: `python -m tests.site.phone_site DATA_DIR LOG`.

Prints the port, the app password and the stories that stand in each section,
then serves until it is ended. Each answer is a line of LOG: method, path,
status and how many bytes went out. A line on the standard input is an order:
"grow N" tells N more stories' worth of news, "read ID" and "star ID" do what
another app of the reader would.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

SECTIONS = ("world", "politics", "business", "science", "sport")
STORIES = 5_000
MAIL = "ada@reader.example"


def fill() -> str:
    """Make the reader, what they follow, and the stories; the app password."""
    from django.utils import timezone

    from newsroom.readers import app_passwords
    from newsroom.readers.models import Follow, Reader

    now = timezone.now()
    reader = Reader.objects.create(username=MAIL, email=MAIL)
    Follow.objects.bulk_create(
        Follow(reader=reader, kind="section", key=name, name=name.title(), since=now) for name in SECTIONS
    )
    tell_stories(STORIES)
    return app_passwords.make(reader, "newsboat", "greader", now).secret


def tell_stories(count: int) -> list[int]:
    """So many new stories, spread over the sections; their numbers."""
    from django.utils import timezone

    from newsroom.articles.models import Article
    from newsroom.publishers.models import Publisher
    from newsroom.stories.models import Placement, Story, Storyline

    now = timezone.now()
    papers = [
        Publisher.objects.get_or_create(
            slug=f"paper-{n}", defaults={"name": f"Paper {n}", "domain": f"paper{n}.example"}
        )[0]
        for n in range(20)
    ]
    begins = Story.objects.count()
    numbers = range(begins, begins + count)
    at = [now - timedelta(minutes=5 + number % 20_000) for number in numbers]
    titles = [f"Council of Town {number} votes on bridge {number}" for number in numbers]
    urls = [f"https://paper{number % 20}.example/{number}" for number in numbers]
    articles = Article.objects.bulk_create(
        [
            Article(
                publisher=papers[number % 20], url=url, url_key=url, title=title, language="en",
                summary=f"{title}. The vote was {number % 40} to {number % 7}. " * 4,
                published_at=moment, seen_at=moment, read_at=moment, grouped_at=moment,
            )
            for number, url, title, moment in zip(numbers, urls, titles, at, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    lines = Storyline.objects.bulk_create([Storyline(key=f"line-{number}") for number in numbers], batch_size=500)
    stories = Story.objects.bulk_create(
        [
            Story(
                key=f"story-{number}", storyline=line, lead=article, title=article.title, language="en",
                first_at=article.published_at, last_at=article.published_at, section=SECTIONS[number % len(SECTIONS)],
                article_count=1, publisher_count=1,
            )
            for number, line, article in zip(numbers, lines, articles, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip
    Placement.objects.bulk_create(
        [
            Placement(article=article, story=story, placed_at=now)
            for article, story in zip(articles, stories, strict=True)
        ],
        batch_size=500,
    )
    return [story.pk for story in stories]


def obey(order: str) -> object:
    from django.utils import timezone

    from newsroom.greader import state
    from newsroom.readers.models import Reader, Saved, Seen

    reader = Reader.objects.get(username=MAIL)
    what, _, said = order.partition(" ")
    if what == "grow":
        return tell_stories(int(said))
    if what == "read":
        state.mark_read(reader, [int(said)], timezone.now(), is_read=True)
    elif what == "unread":
        state.mark_read(reader, [int(said)], timezone.now(), is_read=False)
    return {
        "read": sorted(map(int, Seen.objects.filter(is_read=True).values_list("key", flat=True))),
        "starred": sorted(map(int, Saved.objects.values_list("key", flat=True))),
    }


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def counted(application: Callable[..., Iterable[bytes]], log: Path) -> Callable[..., Iterable[bytes]]:
    lock = threading.Lock()

    def serve(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        said: list[str] = []

        def listen(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            said.append(status[:3])
            return start(status, headers, *rest)

        answer = application(environ, listen)
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        line = json.dumps([environ["REQUEST_METHOD"], environ["PATH_INFO"], int(said[0]), len(body)])
        with lock, log.open("a") as file:
            file.write(f"{line}\n")
        return [body]

    return serve


def main(data: Path, log: Path) -> None:
    from newsroom.commands.site import open_site

    open_site(data)
    secret = fill()
    from newsroom.stories.models import Story
    from newsroom.wsgi import application

    server = make_server("127.0.0.1", 0, counted(application, log), server_class=Server, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    held = {name: list(Story.objects.filter(section=name).values_list("pk", flat=True)) for name in SECTIONS}
    print(json.dumps({"port": server.server_address[1], "secret": secret, "stories": held}), flush=True)
    for order in sys.stdin:
        print(json.dumps(obey(order.strip())), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
