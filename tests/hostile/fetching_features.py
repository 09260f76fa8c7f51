"""Every feature of the site that fetches what a stranger may have named, each as a visit to one address.

A feature that fetches and does not stand here fails a test of test_ssrf.py. Those
of the operator alone (the model, the sign-in provider) are visited with what
their servers answer, since nobody else names their address.
"""

from __future__ import annotations

import html
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import quoteattr

import requests as requests_library  # noqa: TID251 its errors are what signing in raises
from django.test import Client
from django.utils import timezone

from newsroom.desk import adding, following
from newsroom.desk.fetching import Fetching
from newsroom.desk.picturing import Picturing
from newsroom.desk.walking import Wanted, walk
from newsroom.publishers.models import Addition, BackfillSource, Feed
from newsroom.readers.organisation import Organisation
from newstext import model, pipeline
from newstext.article_addresses import learn_addresses
from newstext.records import ArticleText, Page
from tests.hostile.tripwire import Net

OWN = "harness.example"  # names of the harness's own servers end so
Visit = Callable[[Net, str], object]


def _page_of(net: Net, name: str, markup: str, media_type: str = "text/html") -> str:
    """An address of the harness that serves this."""
    body = markup.encode("utf-8", "replace")
    return net.serve(f"http://{name}.{OWN}/", f"200 OK\nContent-Type: {media_type}; charset=utf-8", body)


def feed(net: Net, url: str) -> str:
    return Fetching().look_at_feed(Feed(url=url)).outcome


def article_page(net: Net, url: str) -> object:
    """The page with its host's robots.txt, and the picture that it names."""
    got = Fetching().get_page(url)
    if not isinstance(got, Page):
        return got
    for read in pipeline.process_pages([got]):
        if isinstance(read, ArticleText) and read.image:
            picture(net, read.image)
    return got


def whole_item(net: Net, url: str) -> object:
    """An item that carries its whole text: only what its host reserves is asked for."""
    return Fetching().reserved_by_host(url)


def picture(net: Net, url: str) -> object:
    return _picturing()._picture(url)


def favicon(net: Net, url: str) -> object:
    return _picturing()._icon(url)


def named_favicon(net: Net, url: str) -> object:
    return favicon(net, _page_of(net, "icons", f"<link rel=icon href={quoteattr(url)}><h1>Tarn Echo</h1>"))


def sitemap(net: Net, url: str) -> object:
    return _walk(url, BackfillSource.SITEMAP)


def page_of_feed(net: Net, url: str) -> object:
    return _walk(url, BackfillSource.FEED)


def robots(net: Net, url: str) -> object:
    return _walk(url, BackfillSource.ROBOTS)


def run_add(net: Net, url: str) -> object:
    return adding.add(url)


def named_feed(net: Net, url: str) -> object:
    """./run add of a site that names its feed."""
    named = f"<link rel=alternate type=application/rss+xml href={quoteattr(url)}>"
    return adding.add(_page_of(net, "sites", f"{named}<h1>Tarn Echo</h1><a href={quoteattr(url)}>RSS feed</a>"))


def added_on_site(net: Net, url: str) -> object:
    return _followed(url)


def opml_list(net: Net, url: str) -> object:
    """An OPML list, and the favicon of the home page that it names."""
    outline = f"<outline type='rss' text='Tarn Echo' xmlUrl={quoteattr(url)} htmlUrl={quoteattr(url)}/>"
    return _followed(f"<opml version='2.0'><body>{outline}</body></opml>")


def explain(net: Net, url: str) -> object:
    answer = Client(headers={"host": "localhost"}).post("/explain", {"url": url})
    assert answer.status_code < 500, f"/explain answers {answer.status_code}"
    return html.unescape(answer.content.decode())


def model_endpoint(net: Net, url: str) -> object:
    """The operator's own address; what it answers may lead nowhere."""
    asked = model.ModelRequest("brief", {}, {}, "en", "", frozenset())
    try:
        return model.ask(model.Endpoint(url=url, name="harness", key="a-key-of-the-harness"), asked)
    except model.ModelError as error:
        return error


def sign_in_provider(net: Net, url: str) -> object:
    """The operator's own address, by https; a redirect of it may not lead into the open."""
    session = Organisation().get_requests_session()
    session.trust_env, session.verify = False, os.environ["SSL_CERT_FILE"]  # a proxy there is the operator's own
    try:
        return session.get(url.replace("http://", "https://", 1), timeout=5)
    except (requests_library.RequestException, ValueError) as error:
        return error


FEATURES: dict[str, Visit] = {
    "feed": feed,
    "article page": article_page,
    "item with its whole text": whole_item,
    "lead picture": picture,
    "favicon": favicon,
    "favicon that a page names": named_favicon,
    "sitemap": sitemap,
    "earlier page of a feed": page_of_feed,
    "robots.txt": robots,
    "./run add": run_add,
    "feed that a site names": named_feed,
    "address added on the site": added_on_site,
    "OPML list": opml_list,
    "address to explain": explain,
}
OPERATORS: dict[str, Visit] = {"model": model_endpoint, "sign-in provider": sign_in_provider}


def _walk(url: str, kind: str) -> object:
    now = timezone.now()
    wanted = Wanted(addresses=learn_addresses([url], []), since=now - timedelta(days=7), now=now, room={})
    return walk(BackfillSource(url=url, kind=kind), Fetching(), wanted)


def _followed(pasted: str) -> object:
    now = timezone.now()
    try:
        following.ask_to_follow(pasted, now)
    except following.CannotAsk as error:
        return error
    try:
        return following.follow_due("harness", Fetching(), _threads(), timezone.now)
    finally:
        Addition.objects.all().delete()


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2)


def _picturing() -> Picturing:
    made: Any = _inline  # in place of worker processes
    return Picturing(Fetching(), made)


def _inline(job: Callable[[bytes], object], bodies: list[bytes]) -> list[object]:
    return [job(body) for body in bodies]
