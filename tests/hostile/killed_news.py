"""The news of the site that is killed: what its papers told before, and what they tell while it is killed."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

from tests.site import loopback, news

CHANGED = "Inspectors of the coast guard questioned the captain on Friday; he said that the buoy had been dark."


def before(site: loopback.Site) -> list[str]:
    """One paper tells of two events, two others of nothing yet; the feeds' addresses."""
    _pictures(site)
    feeds = [_paper(site, 0, events=2)]
    return feeds + [site.feed(f"/{paper}/feed.xml", [], title=news.PAPERS[paper]) for paper in (1, 2)]


def after(site: loopback.Site) -> None:
    """All papers tell of four events; one text is edited, one stands at a second address as well."""
    for paper in range(3):
        _paper(site, paper, events=4)
    edited = [*news.paragraphs_of(0, 0), CHANGED]
    _page(site, "/0/story-0.html", news.title_of(0, 0), edited)
    _paper(site, 0, events=4, told={0: CHANGED})
    twin = "/0/again/story-1.html"
    body = site.answers["/0/story-1.html"].body
    there = f'<link rel="canonical" href="{site.url("/0/story-1.html")}">'.encode()
    site.answers[twin] = loopback.Answer(body.replace(b"</head>", there + b"</head>", 1))


def _paper(site: loopback.Site, paper: int, *, events: int, told: dict[int, str] | None = None) -> str:
    items = []
    for event in range(events):
        path = f"/{paper}/story-{event}.html"
        if path not in site.answers:
            _page(site, path, news.title_of(event, paper), news.paragraphs_of(event, paper))
        items.append(_item(path, event, paper, (told or {}).get(event, news.EVENTS[event][1][0])))
    if events > 2 and paper == 0:
        items.append({**_item("/0/again/story-1.html", 1, 0, news.EVENTS[1][1][0])})
    return site.feed(f"/{paper}/feed.xml", items, title=news.PAPERS[paper])


def _item(path: str, event: int, paper: int, told: str) -> dict[str, str]:
    today = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    at = news.date_for_rss(today - timedelta(hours=20 - 3 * event - paper))
    return {"path": path, "title": news.title_of(event, paper), "description": told, "at": at}


def _page(site: loopback.Site, path: str, title: str, paragraphs: list[str]) -> None:
    site.page(path, title, paragraphs)
    picture = f'<meta property="og:image" content="{site.url("/lead.png")}"></head>'.encode()
    site.answers[path].body = site.answers[path].body.replace(b"</head>", picture, 1)


def _pictures(site: loopback.Site) -> None:
    from PIL import Image

    for path, size in (("/lead.png", (800, 450)), ("/favicon.ico", (64, 64))):
        file = io.BytesIO()
        Image.linear_gradient("L").resize(size).convert("RGB").save(file, "PNG")
        site.answers[path] = loopback.Answer(file.getvalue(), "image/png")
