"""Favicons of publishers: asked for once a month, kept as a PNG of 32 pixels, served from the data folder."""

from __future__ import annotations

import hashlib
import hmac
import logging
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

from newsroom.publishers.models import Favicon, Publisher

MONTH = timedelta(days=30)
AGAIN_AFTER = (timedelta(hours=1), timedelta(days=1))  # then with what is never mended: once a month
NOTED_AT_ONCE = 50

log = logging.getLogger(__name__)


def folder() -> Path:
    return Path(settings.DATA_DIR) / "pictures" / "publishers"


def note_new(now: datetime) -> None:
    """A row for each publisher with a home page that has none yet; sample publishers have no page to ask."""
    new = Publisher.objects.filter(favicon=None, is_sample=False).filter(home_url__startswith="http")
    Favicon.objects.bulk_create(
        [Favicon(publisher=publisher, next_at=now) for publisher in new[:NOTED_AT_ONCE]], ignore_conflicts=True
    )


def keep(row: Favicon, png: bytes, now: datetime) -> None:
    """Write the file, then say in the rows that it is held."""
    if keep_file(row.publisher, png):
        _update(row, problem="", tries=0, next_at=now + MONTH, fetched_at=now)
    else:
        _update(row, next_at=now + AGAIN_AFTER[0], fetched_at=now)


def keep_file(publisher: Publisher, png: bytes) -> bool:
    """Write a publisher's favicon; False if the disk does not take it."""
    digest = hashlib.sha256(png).hexdigest()[:16]
    path = path_of(publisher.pk, digest)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(png)
        part.replace(path)
    except OSError as error:
        log.error("Favicon of %s: cannot be written to %s: %s.", publisher.name, path, error)
        return False
    before, publisher.favicon_digest = publisher.favicon_digest, digest
    Publisher.objects.filter(pk=publisher.pk).update(favicon_digest=digest)
    if before and before != digest:
        path_of(publisher.pk, before).unlink(missing_ok=True)
    return True


def keep_problem(row: Favicon, problem: str, now: datetime, *, is_final: bool) -> None:
    """Remember why there is none and when to ask again; one that is held stays."""
    is_soon = not is_final and row.tries <= len(AGAIN_AFTER)
    after = AGAIN_AFTER[max(0, row.tries - 1)] if is_soon else MONTH
    _update(row, problem=problem, next_at=now + after, fetched_at=now)


def _update(row: Favicon, **fields: object) -> None:
    Favicon.objects.filter(pk=row.pk).update(**fields, claimed_by="", claimed_until=None)


def path_of(publisher_id: int, digest: str) -> Path:
    return folder() / f"{publisher_id}-{digest}.png"


def address_of(publisher: Publisher) -> str:
    """The signed address of a publisher's favicon; "" if none is held, or the row was read without saying."""
    if not settings.PICTURES or "favicon_digest" in publisher.get_deferred_fields() or not publisher.favicon_digest:
        return ""
    return f"/favicon/{_signature(publisher.pk, publisher.favicon_digest)}/{publisher.pk}"


def _signature(publisher_id: int, digest: str) -> str:
    said = f"{publisher_id}/{digest}"
    return salted_hmac("newsroom.favicons", said, algorithm="sha256").hexdigest()[:24]


def read_favicon(signature: str, publisher_id: int, now: datetime) -> tuple[bytes, str] | None:
    """The file's bytes and what names them; None for what was not signed here or is not held any more."""
    held = Publisher.objects.filter(pk=publisher_id).values_list("favicon_digest", flat=True).first()
    if not settings.PICTURES or not held:
        return None
    if not hmac.compare_digest(_signature(publisher_id, held).encode(), signature.encode()):
        return None
    try:
        return path_of(publisher_id, held).read_bytes(), held
    except FileNotFoundError:  # somebody emptied the folder
        Publisher.objects.filter(pk=publisher_id).update(favicon_digest=None)
        Favicon.objects.filter(publisher=publisher_id).update(next_at=now, tries=0)
        return None
