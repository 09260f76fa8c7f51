"""What an address or a hashtag that somebody names means here: a section, a subject or a publisher to follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest

from newsroom.greader.streams import FOLDERS
from newsroom.publishers.models import Feed, Publisher
from newsroom.readers.following import OF_A_HASHTAG
from newsroom.readers.models import Follow
from newsroom.stories.subjects import Subject, find_subject
from newstext import hashtags
from newstext.addresses import absolute_url, url_key

FILES = ("feed.xml", "atom.xml", "feed.json")
LONGEST = 2000
AT_ONCE = 500


def find(request: HttpRequest, said: str) -> Subject | None:
    """What is meant by "#word", the address of a page or feed of ours, of a feed that is read here, or of its site."""
    said = said.strip().removeprefix("feed/")[:LONGEST]
    if said.startswith("#"):
        return find_subject(Follow.Kind.HASHTAG, hashtags.key(said[1:]))
    if found := _of_ours(request, said):
        return found
    return publishers_of([said]).get(said)


def publishers_of(addresses: Iterable[str]) -> Mapping[str, Subject]:
    """Each of these addresses that is a feed read here, or the home page of a publisher, with the publisher.

    As many queries for many as for one: two for each few hundred.
    """
    keys = {address: key_of(address) for address in addresses}
    homes = {address: _host(address) for address in keys if _host(address)}
    by_key: dict[str, Publisher] = {}
    by_host: dict[str, Publisher | None] = {}
    wanted = sorted({one for address in keys for one in _spellings(address)})
    for part in _parts(wanted):
        for feed in Feed.objects.filter(url__in=part).select_related("publisher"):
            by_key.setdefault(key_of(feed.url), feed.publisher)
    for part in _parts(sorted(set(homes.values()))):
        for publisher in Publisher.objects.filter(domain__in=part):
            by_host[publisher.domain] = None if publisher.domain in by_host else publisher  # two papers: which?
    found = {address: by_key.get(key) or by_host.get(homes.get(address, "")) for address, key in keys.items()}
    return {address: Subject(Follow.Kind.PUBLISHER, row.slug, row.shown_name) for address, row in found.items() if row}


def key_of(address: str) -> str:
    """What an address has in common with other spellings of it, "" for what is none."""
    try:
        return url_key(absolute_url(address))
    except ValueError:
        return ""


def _spellings(address: str) -> list[str]:
    """The address as a feed's row may have it: with http or https, with a slash at its end or without."""
    whole = absolute_url(address)
    if not whole:
        return []
    rest = whole.partition("://")[2].rstrip("/")
    return [f"{scheme}://{rest}{end}" for scheme in ("https", "http") for end in ("", "/")]


def _host(address: str) -> str:
    """The host of a site's home page, without www; "" for a page within a site."""
    try:
        parts = urlsplit(absolute_url(address))
        is_home = parts.path in ("", "/") and not parts.query
        return (parts.hostname or "").removeprefix("www.") if is_home else ""
    except ValueError:
        return ""


def _of_ours(request: HttpRequest, said: str) -> Subject | None:
    """By the address of a page of this site, or of its feed in any form."""
    try:
        parts = urlsplit(said)
    except ValueError:
        return None
    if parts.netloc and parts.netloc not in (request.get_host(), urlsplit(settings.SITE_URL).netloc):
        return None
    if not parts.path.startswith("/"):
        return None
    steps = [unquote(step) for step in parts.path.strip("/").split("/")]
    steps = steps[:-1] if steps[-1] in FILES else steps
    if len(steps) != 2:
        return None
    kind, key = steps
    if kind in OF_A_HASHTAG - {Follow.Kind.HASHTAG}:
        key = hashtags.key(key)
    return find_subject(kind, key) if kind in FOLDERS else None


def _parts(values: list[str]) -> Iterable[list[str]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))
