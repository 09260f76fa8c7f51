"""The lead pictures of articles: which is wanted, which is held, under what signed address it is had.

The desk fetches what is due, and a worker process makes it anew
(newsroom.articles.reencoding); a reader's request reads files of the data
folder and never the network. Files: pictures/NNN/ARTICLE-DIGEST-WIDTH.webp.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from newsroom.articles.made_pictures import WIDTHS, Reencoded
from newsroom.articles.models import Article, Picture
from newstext.records import ArticleText

AGAIN_AFTER = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
FINAL_AGAIN_AFTER = (timedelta(days=1), timedelta(days=7))  # what asking again soon would not mend
DISK_AGAIN_AFTER = timedelta(hours=1)
SIGN_OF_A_PUBLISHER = 5  # articles of one publisher with one picture: it shows none of them
ROOM_LEFT_RATIO = 0.9  # of PICTURES_MAX_MB, once it was over: not each picture makes one leave
USED_EVERY_S = 3600  # a file's time of use is kept this exactly
ALT_MOST, CAPTION_MOST, CREDIT_MOST = 500, 1000, 200
WANTED = ("alt", "caption", "credit", "url", "url_key", "due_at", "tries", "problem")
BIGGEST_ID = 2**63 - 1  # of a row; a larger number is an error to the database
FILE_NAME = re.compile(r"(?P<article>\d+)-(?P<digest>[0-9a-f]{16})-(?P<width>\d+)\.webp")
A_FILES_NAME = re.compile(r"[^\s/]+\.(?:jpe?g|png|webp|gif|avif)", re.I)


def folder() -> Path:
    return Path(settings.DATA_DIR) / "pictures"


# What is wanted.
def wanted_picture(article: Article, read: ArticleText, now: datetime, held: Picture | None) -> Picture | None:
    """The picture that a read article names, as a row for `keep_wanted`; None if it is the one that is `held`.

    What is said of that one is mended at once. Earlier articles that an archive
    brought, what a reader brought and what has no body get none.
    """
    is_page = article.image in ("", article.url, article.canonical_url)
    if is_page or article.private_key or article.is_backfilled or not article.has_body:
        return None
    told = {
        "alt": _alt(read.image_alt, article.title)[:ALT_MOST],
        "caption": read.image_caption[:CAPTION_MOST],
        "credit": read.image_credit[:CREDIT_MOST],
    }
    if held and held.url == article.image:
        said = {name: text for name, text in told.items() if text and getattr(held, name) != text}
        if said:
            Picture.objects.filter(pk=held.pk).update(**said)
        return None
    return Picture(article=article, **told, url=article.image, url_key=url_key(article.image), due_at=now)


def keep_wanted(pictures: Sequence[Picture]) -> None:
    """Write rows that `wanted_picture` made, each in place of the one its article had."""
    Picture.objects.bulk_create(pictures, update_conflicts=True, unique_fields=["article"], update_fields=WANTED)


def url_key(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _alt(told: str, title: str) -> str:
    """The publisher's own words for who cannot see it; "" for a file's name and for the headline again."""
    return "" if A_FILES_NAME.fullmatch(told) or told.casefold() == title.casefold() else told


def take_over(later: Article, kept: Article) -> None:
    """The article that stays takes the picture of the one merged into it, if it has none."""
    if not Picture.objects.filter(article=kept).exists():
        Picture.objects.filter(article=later).update(article=kept, width=0, height=0, digest="", due_at=kept.seen_at)


# What came of it.
def keep(picture: Picture, made: Reencoded, now: datetime) -> None:
    """Write the files, then say in the row that they are held: a kill between the two loses nothing."""
    digest = hashlib.sha256(b"".join(body for _, body in made.files)).hexdigest()[:16]
    if Picture.objects.filter(pk=picture.pk, url=picture.url).exists():
        for width, body in made.files:
            _write(path_of(picture.article_id, digest, width), body)
    _update(
        picture, width=made.width, height=made.height, digest=digest, due_at=None, tries=0, problem="", fetched_at=now
    )
    if picture.digest and picture.digest != digest:
        _remove(picture.article_id, picture.digest)
    _take_for_a_sign(picture)


def keep_problem(picture: Picture, problem: str, now: datetime, *, is_final: bool = False) -> None:
    """Remember why there is no picture, and when to ask again; what is held of an earlier one stays."""
    after = FINAL_AGAIN_AFTER if is_final else AGAIN_AFTER
    due_at = now + after[picture.tries - 1] if 0 < picture.tries <= len(after) else None
    _update(picture, problem=problem, due_at=due_at, fetched_at=now)


def keep_disk_problem(picture: Picture, error: OSError, now: datetime) -> None:
    """The disk's fault, not the picture's: it is fetched again when there may be room."""
    problem = f"Cannot be written to {folder()}: {error}. Make room, or lower PICTURES_MAX_MB."
    _update(picture, problem=problem, due_at=now + DISK_AGAIN_AFTER, tries=max(0, picture.tries - 1))


def _update(picture: Picture, **fields: object) -> None:
    """Say it in the row, unless the article names another picture since."""
    same = Picture.objects.filter(pk=picture.pk, url=picture.url)
    same.update(**fields, claimed_by="", claimed_until=None)


def _take_for_a_sign(picture: Picture) -> None:
    """Show a picture no more that stands on many articles of one publisher: it is the house's, not the news's."""
    if problem := is_a_sign(picture):
        _let_go(_alike(picture), problem)


def is_a_sign(picture: Picture) -> str:
    """Why a picture need not be fetched: it was found to be its publisher's sign; "" if it may show something."""
    count = _alike(picture).count()
    if count < SIGN_OF_A_PUBLISHER:
        return ""
    return f"It stands on {count} articles of this publisher: its sign, not a picture of the news."


def _alike(picture: Picture) -> QuerySet[Picture]:
    publisher = Article.objects.filter(pk=picture.article_id).values("publisher")
    return Picture.objects.filter(url_key=picture.url_key, article__publisher__in=publisher)


def forget(article: Article) -> None:
    """Take an article's picture off the site and off the disk, for good."""
    for picture in Picture.objects.filter(article=article):
        _remove(picture.article_id, picture.digest)
        picture.delete()


def _let_go(pictures: Iterable[Picture], problem: str) -> None:
    """The rows first: no page names a file that is about to go."""
    pictures = list(pictures)
    Picture.objects.filter(pk__in=[one.pk for one in pictures]).update(
        width=0, height=0, digest="", due_at=None, problem=problem
    )
    for picture in pictures:
        _remove(picture.article_id, picture.digest)


# Files.
def path_of(article_id: int, digest: str, width: int) -> Path:
    return folder() / f"{article_id % 1000:03}" / f"{article_id}-{digest}-{width}.webp"


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(body)
    part.replace(path)


def _remove(article_id: int, digest: str) -> None:
    if digest:
        for width in WIDTHS:
            path_of(article_id, digest, width).unlink(missing_ok=True)


def make_room() -> int:
    """Let pictures leave, the longest unused first, while they take more than PICTURES_MAX_MB; how many left.

    The folder itself is counted: what an article that is gone left there leaves too.
    """
    most = int(settings.PICTURES_MAX_MB * 1024 * 1024)
    sizes: dict[int, int] = defaultdict(int)
    used_at: dict[int, float] = defaultdict(float)
    files: dict[int, list[Path]] = defaultdict(list)
    for path in folder().glob("[0-9][0-9][0-9]/*-*"):
        if not (found := FILE_NAME.fullmatch(path.name)) and path.suffix != ".part":
            continue
        article = int(found["article"]) if found else 0  # a part that was cut off by a kill is nobody's
        told = path.stat()
        sizes[article] += told.st_size
        used_at[article] = max(used_at[article], told.st_mtime) if article else 0.0
        files[article].append(path)
    room = most - sum(sizes.values())
    if room >= 0:
        return 0
    leaving = []
    for article in sorted(files, key=lambda one: used_at[one]):
        leaving.append(article)
        room += sizes[article]
        if room >= most * (1 - ROOM_LEFT_RATIO):
            break
    _let_go(Picture.objects.filter(article__in=leaving), "It made room for newer ones (PICTURES_MAX_MB).")
    for article in leaving:
        for path in files[article]:
            path.unlink(missing_ok=True)
    return len(leaving)


# What pages and readers get.
@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as a page names it. srcset: its copies by their width."""

    src: str
    srcset: str
    width: int
    height: int
    alt: str
    caption: str
    credit: str


def shown(picture: Picture) -> Shown | None:
    """The picture for a page; None if none is held, or none is shown here."""
    if not settings.PICTURES or not picture.width:
        return None
    copies = [(min(width, picture.width), address_of(picture, width)) for width in _widths(picture)]
    return Shown(
        src=copies[min(1, len(copies) - 1)][1],
        srcset=", ".join(f"{address} {width}w" for width, address in copies),
        width=picture.width,
        height=picture.height,
        alt=picture.alt,
        caption=picture.caption if picture.caption != picture.alt else "",
        credit=picture.credit,
    )


def _widths(picture: Picture) -> list[int]:
    """The widths that copies are asked for by: up to the first that holds the whole picture."""
    return [width for place, width in enumerate(WIDTHS) if place == 0 or WIDTHS[place - 1] < picture.width]


def address_of(picture: Picture, width: int) -> str:
    """The signed address of a copy; another picture of the same article has another address."""
    return f"/picture/{_signature(picture, width)}/{width}/{picture.article_id}"


def _signature(picture: Picture, width: int) -> str:
    said = f"{picture.article_id}/{width}/{picture.digest}"
    return salted_hmac("newsroom.pictures", said, algorithm="sha256").hexdigest()[:24]


def read_copy(signature: str, width: int, article_id: int, now: datetime) -> tuple[bytes, str] | None:
    """The bytes of a copy and what names them; None for what was not signed here or is not held any more."""
    if not settings.PICTURES or width not in WIDTHS or article_id > BIGGEST_ID:
        return None
    picture = Picture.objects.filter(article=article_id).exclude(width=0).first()
    if picture is None or not hmac.compare_digest(_signature(picture, width).encode(), signature.encode()):
        return None
    path = path_of(article_id, picture.digest, width)
    try:
        body = path.read_bytes()
        _note_use(picture, now)
    except FileNotFoundError:  # somebody emptied the folder
        _update(picture, width=0, height=0, digest="", due_at=now, tries=0, problem="Its files went; it is asked anew.")
        return None
    return body, f"{picture.digest}-{width}"


def _note_use(picture: Picture, now: datetime) -> None:
    """Put the time of use on the smallest copy: one file speaks for all."""
    path = path_of(picture.article_id, picture.digest, WIDTHS[0])
    if abs(path.stat().st_mtime - now.timestamp()) > USED_EVERY_S:
        os.utime(path, (now.timestamp(), now.timestamp()))
