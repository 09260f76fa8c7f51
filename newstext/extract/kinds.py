"""What kind of page this is, as its address, its own data, its headline and its build tell.

The words that name a kind are in wordlists/kinds.toml, in many languages.
Whether its body may be shown is decided in refusals.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

from newstext.addresses import host_of
from newstext.extract.metadata import Metadata
from newstext.extract.shape import Shape
from newstext.extract.walls import plain
from newstext.words import read_list

MOST_LABEL_WORDS = 7  # a label with the sponsor's name behind it
FEWEST_STAMPS = 5  # clock times standing by themselves, from which a long text is a live page
TYPE_KINDS = {
    "OpinionNewsArticle": "opinion",
    "LiveBlogPosting": "live",
    "AdvertiserContentArticle": "sponsored",
    "ImageGallery": "gallery",
    "PodcastEpisode": "podcast",
}
SECTION_KINDS = ("opinion", "letters", "newsletter", "podcast", "sponsored")
HOST_KINDS = ("opinion", "video", "podcast", "newsletter")
WRITTEN_TYPES = re.compile(r"Article$|^Report$|BlogPosting$|^Review$")
LIST_TYPES = frozenset({"CollectionPage", "SearchResultsPage", "ProfilePage", "ItemList"})
LIST_PATHS = frozenset(
    "tag tags topic topics category categories author authors search archive archives section sections thema themen "
    "schlagwort rubrik autor autoren theme themes sujet rubrique auteur tema temas etiqueta etiquetas categoria "
    "autores argomenti sezione autore topico assunto onderwerp auteurs konu etiket yazar kategori tematy kategoria "
    "wyniki tegi rubriki avtor".split()
)
BEFORE_PATH = re.compile(r"^[a-z][a-z0-9+.-]{0,30}://[^/?#]*", re.I)  # urlsplit raises for http://[::1
FEWEST_LINKED = 5
LINKED_A_PARAGRAPH = 0.8  # linked headlines among the body's paragraphs, from which it is a list of other stories
FEW_OWN_WORDS = 30  # of a page that is mostly linked headlines
FEWEST_LIVE_WORDS = 60


@dataclass(frozen=True, slots=True)
class _Words:
    """What names each kind."""

    paths: dict[str, str]
    labels: dict[str, str]  # a whole label -> its kind
    headlines: tuple[tuple[str, re.Pattern[str]], ...]
    sponsored: re.Pattern[str]
    advertisement: frozenset[str]


def kind_of(url: str, title: str, found: Metadata, shape: Shape, *, words: int) -> str:
    """The kind that the page's own data, labels, address, headline or build name; "article" where none does."""
    named = _told(found) or ("sponsored" if _is_sponsored(shape) else "") or _of_address(url)
    named = named or _of_headline(title, found) or _of_section(found.section) or _of_media(found)
    if named:
        return named
    if is_list(url, found, shape, words=words):
        return "list"
    return "live" if shape.stamps >= FEWEST_STAMPS and words > FEWEST_LIVE_WORDS else "article"


def is_list(url: str, found: Metadata, shape: Shape, *, words: int) -> bool:
    """True for a front, section, subject or search page: headlines that lead elsewhere."""
    if _is_written(found):
        return False
    path = _folders(url)
    if url and not path and "?" not in url and shape.linked >= FEWEST_LINKED:
        return True
    is_listing = bool(LIST_PATHS.intersection(path[-2:])) or bool(found.page_types & LIST_TYPES)
    if is_listing and (words < FEW_OWN_WORDS or (shape.linked >= FEWEST_LINKED and shape.parts < 2 * shape.among)):
        return True
    return is_made_of_links(shape) or (shape.linked >= 2 * FEWEST_LINKED and words < FEW_OWN_WORDS)


def is_made_of_links(shape: Shape) -> bool:
    """True if linked headlines stand between the body's paragraphs, about one to each."""
    return shape.among >= FEWEST_LINKED and shape.among >= LINKED_A_PARAGRAPH * shape.parts


def _is_written(found: Metadata) -> bool:
    """True if the page says of itself that it is an article."""
    return found.meta.get("og:type", "") == "article" or any(map(WRITTEN_TYPES.search, found.page_types))


def _told(found: Metadata) -> str:
    if found.is_sponsored:
        return "sponsored"
    told = [name for name in TYPE_KINDS if name in found.types]
    if "LiveBlogPosting" in found.page_types:
        return "live"
    return TYPE_KINDS[told[0]] if told else ""


def _of_media(found: Metadata) -> str:
    """A page that holds a video or an episode, and says of itself no more than that."""
    if _is_written(found):
        return ""
    if "VideoObject" in found.page_types or found.meta.get("og:type", "").startswith("video"):
        return "video"
    return "podcast" if found.page_types & {"AudioObject", "PodcastEpisode", "RadioEpisode"} else ""


def _is_sponsored(shape: Shape) -> bool:
    """A label beside the headline that says who paid, or a bare "Anzeige" right above it."""
    words = _words()
    labels = [plain(text).strip(" :.|–—-[]()*") for text in shape.near]
    if any(words.sponsored.match(label) and len(label.split()) <= MOST_LABEL_WORDS for label in labels):
        return True
    if plain(shape.above).strip(" :.|–—-[]()*") in words.advertisement:
        return True
    return any(sponsor and sponsor in text for sponsor in shape.sponsors for text in shape.near)


def _of_address(url: str) -> str:
    """The kind that the last of the address's folders names, else its host."""
    folders = _folders(url)[:-1]
    paths = _words().paths
    for before, folder in reversed(list(zip(["", *folders], folders, strict=False))):
        is_blog_name = folder == "live" and before in ("blog", "blogs")
        if folder in paths and not is_blog_name:
            return paths[folder]
    host = paths.get(host_of(url).partition(".")[0], "")
    return host if host in HOST_KINDS else ""


def _folders(url: str) -> list[str]:
    path = BEFORE_PATH.sub("", url).partition("?")[0].partition("#")[0]
    return [unquote(part).lower() for part in path.split("/") if part]


def _of_headline(title: str, found: Metadata) -> str:
    for said in dict.fromkeys((title, found.meta.get("og:title", ""))):
        told = plain(said)
        for kind, pattern in _words().headlines:
            if told and pattern.search(told):
                return kind
    return ""


def _of_section(section: str) -> str:
    kind = _words().labels.get(plain(section), "")
    return kind if kind in SECTION_KINDS else ""


@cache
def _words() -> _Words:
    listed = read_list("kinds")
    whole, named = (f"(?:{'|'.join(_alternatives(listed['sponsored'][key]))})" for key in ("labels", "sponsors"))
    return _Words(
        paths={part: kind for kind, lists in listed.items() for part in lists["paths"]},
        labels={plain(label): kind for kind, lists in listed.items() for label in lists["labels"]},
        headlines=tuple(
            (kind, _headline_pattern(lists["labels"], lists.get("phrases", []), is_inside=kind == "live"))
            for kind, lists in listed.items()
        ),
        sponsored=re.compile(rf"{whole}$|{named}\s"),
        advertisement=frozenset(map(plain, listed["sponsored"]["advertisement"])),
    )


def _headline_pattern(labels: list[str], phrases: list[str], *, is_inside: bool) -> re.Pattern[str]:
    """A label that opens or ends a headline, set off by a sign; or a phrase anywhere in it.

    is_inside: the label may also stand before a colon further in ("Storm LIVE: ...").
    """
    named = "|".join(_alternatives(labels))
    parts = [
        rf"^\W*(?:{named})(?:\s*[:|–—\]】)»/]|\s+[-•·]\s|\s*\.\.|\W*$)",
        rf"(?:[|–—:]\s*|\s[-•·]\s|[\[(【])(?:{named})\W*$",
    ]
    parts += [rf"\s(?:{named})\s*[:|]"] if is_inside else []
    parts += [rf"(?<![^\W_]){phrase}(?![^\W_])" for phrase in _alternatives(phrases)]
    return re.compile("|".join(parts))


def _alternatives(phrases: list[str]) -> list[str]:
    return [re.escape(plain(phrase)) for phrase in sorted(set(phrases), key=len, reverse=True)]
