"""An invented paper with an archive on loopback: days of articles, sitemaps that list them, a feed of the newest."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

from tests.site import loopback, news

NOW = datetime.now(UTC).replace(microsecond=0)
TOWNS = "Halden Brimsey Corvane Dunmere Estrick Farrow Gellin Hask Ilverd Jorn Kestle Lund Morva Nystad".split()
THINGS = "bridge school harbour market library railway orchard museum reservoir bakery".split()


def day(back: float) -> datetime:
    return NOW - timedelta(days=back)


def path_of(back: int, number: int) -> str:
    return f"/news/{day(back):%Y/%m/%d}/the-{THINGS[number % 10]}-of-{TOWNS[back % 14].lower()}-{back}-{number}"


def serve_day(site, back: int, articles: int) -> list[str]:
    """Serve a day's articles; their paths."""
    paths = []
    for number in range(articles):
        town, thing = TOWNS[back % 14], THINGS[number % 10]
        title = f"The {thing} of {town} is rebuilt after {back + 3} years, part {number}"
        facts = [
            f"The council of {town} voted on the {thing} with {20 + number} votes to {back + 2} on the day {day(back):%d %B %Y}.",
            f"Builder {TOWNS[(back + number + 1) % 14]} Quist of the firm number {back}{number} said that work begins soon and costs {back * 7 + number} million crowns.",
            f"The old {thing} had stood since {1700 + back * 9 + number} and was closed when its roof fell in last winter.",
            f"People of {town} collected {3000 + 13 * back + number} names for a new {thing}, and the mayor promised to open it in {2027 + number % 3}.",
        ]
        paths.append(path_of(back, number))
        site.page(paths[-1], title, facts)
    return paths


def urlset(site, items: list[tuple[str, datetime | None]], *, is_news: bool = False) -> bytes:
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"']
    parts.append(' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">')
    for path, at in items:
        parts.append(f"<url><loc>{site.url(path)}</loc>")
        if at and is_news:
            parts.append(f"<news:news><news:publication_date>{at.isoformat()}</news:publication_date>")
            parts.append("<news:title>A title of the map</news:title></news:news>")
        elif at:
            parts.append(f"<lastmod>{at.isoformat()}</lastmod>")
        parts.append("</url>")
    return "".join([*parts, "</urlset>"]).encode()


def index(site, items: list[tuple[str, datetime | None]]) -> bytes:
    parts = ['<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for path, at in items:
        url = path if "://" in path else site.url(path)
        parts.append(f"<sitemap><loc>{url}</loc>{f'<lastmod>{at.isoformat()}</lastmod>' if at else ''}</sitemap>")
    return "".join([*parts, "</sitemapindex>"]).encode()


def serve_paper(site, *, days: int, articles: int = 3, newest_in_feed: int = 2) -> str:
    """A paper whose index names a sitemap for each day, gzipped; the address of its feed."""
    names = []
    for back in range(days):
        paths = serve_day(site, back, articles)
        name = f"/maps/articles-{day(back):%Y-%m-%d}.xml.gz"
        body = urlset(site, [(path, day(back)) for path in paths] + [("/news", day(back)), ("/tag/bridges", day(back))])
        site.answers[name] = loopback.Answer(gzip.compress(body), "application/gzip")
        names.append((name, day(back)))
    site.answers["/index.xml"] = loopback.Answer(index(site, names), "application/xml")
    site.answers["/robots.txt"] = loopback.Answer(
        f"User-agent: *\nDisallow: /private\nSitemap: {site.url('/index.xml')}\n".encode(), "text/plain"
    )
    newest = [(back, number) for back in range(days) for number in range(articles)][:newest_in_feed]
    items = [{"path": path_of(*one), "title": f"News {one}", "at": news.date_for_rss(day(one[0]))} for one in newest]
    return site.feed("/feed.xml", items, title="The Archive Post")
