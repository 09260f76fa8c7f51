"""The sample edition as pages: invented news, told by invented publishers, read like all pages.

articles/*.txt holds one file a subject. An article begins with a line
`=== publisher | moment | author | section | option`, then a dateline if it has
one, `# headline`, and its paragraphs. The option `copy N` repeats the text of
the file's Nth article under another headline; `page KIND` makes another kind of
page. revisions.txt holds how some articles stood before they were edited.
"""

from __future__ import annotations

import html
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from newsroom.sample.drawings import SamplePicture, sample_pictures
from newstext.records import FeedEntry, Page

FOLDER = Path(__file__).parent
SUMMARY_CHARS = 200
RIGHT_TO_LEFT = frozenset({"ar"})
PATHS = {"opinion": "opinion", "letters": "letters", "live": "live", "newsletter": "newsletters", "video": "video"}


@dataclass(frozen=True, slots=True)
class SamplePublisher:
    """A publisher that nobody runs."""

    slug: str
    name: str
    country_name: str
    language: str
    note: str

    @property
    def home(self) -> str:
        return f"https://{self.slug}.example/"


@dataclass(frozen=True, slots=True)
class SampleArticle:
    """One article as it is written here. paragraphs: its whole text, the dateline apart."""

    key: str  # file and number; the feed's guid
    publisher: SamplePublisher
    at: datetime
    author: str
    section: str
    dateline: str
    title: str
    paragraphs: tuple[str, ...]
    kind: str = "article"
    copy_of: str = ""
    revised_at: datetime | None = None

    @property
    def url(self) -> str:
        folder = PATHS.get(self.kind, "news")
        return f"{self.publisher.home}{folder}/{self.at:%Y/%m/%d}/{self.key}.html"

    @property
    def picture(self) -> SamplePicture | None:
        return sample_pictures().get(self.key)

    @property
    def picture_url(self) -> str:
        return f"{self.publisher.home}pictures/{self.key}.png"


def sample_pages() -> Iterator[tuple[SamplePublisher, Page]]:
    """Every page, and the earlier states of those that were edited, as pages of the same address."""
    for article in sample_articles():
        yield article.publisher, _page(article)


def sample_articles() -> Iterator[SampleArticle]:
    """The articles of all files, an edited one once for each state, the earlier first."""
    publishers = _publishers()
    revisions = {row[0]: row[1:] for row in _revisions()}
    for path in sorted((FOLDER / "articles").glob("*.txt")):
        for article in _articles(path, publishers):
            yield from _with_revision(article, revisions.get(article.key))


def _publishers() -> dict[str, SamplePublisher]:
    listed = tomllib.loads((FOLDER / "publishers.toml").read_text(encoding="utf-8"))["publisher"]
    return {row["slug"]: SamplePublisher(**row) for row in listed}


def _articles(path: Path, publishers: dict[str, SamplePublisher]) -> list[SampleArticle]:
    found: list[SampleArticle] = []
    for number, block in enumerate(re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.M)[1:], 1):
        head, _, rest = block.partition("\n")
        slug, at, author, section, *options = (part.strip() for part in head.split("|"))
        before, _, told = rest.partition("# ")
        title, _, body = told.partition("\n")
        option = options[0] if options else ""
        article = SampleArticle(
            key=f"{path.stem}-{number}",
            publisher=publishers[slug],
            at=datetime.fromisoformat(at),
            author=author,
            section=section,
            dateline=before.strip(),
            title=title.strip(),
            paragraphs=tuple(part.strip() for part in body.split("\n\n") if part.strip()),
            kind=option.removeprefix("page ") if option.startswith("page ") else "article",
        )
        found.append(_copied(article, found, option))
    return found


def _copied(article: SampleArticle, earlier: list[SampleArticle], option: str) -> SampleArticle:
    """An agency's text under the paper's own headline."""
    if not option.startswith("copy "):
        return article
    original = earlier[int(option.removeprefix("copy ")) - 1]
    return replace(article, paragraphs=original.paragraphs, dateline=original.dateline, copy_of=original.key)


def _revisions() -> Iterator[tuple[str, datetime, str, str, str]]:
    for line in (FOLDER / "revisions.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, number, at, title, change = (part.strip() for part in line.split("|"))
            now, _, then = change.partition("=>")
            yield f"{name}-{number}", datetime.fromisoformat(at), title, now.strip(), then.strip()


def _with_revision(article: SampleArticle, revision: tuple[datetime, str, str, str] | None) -> Iterator[SampleArticle]:
    if revision is None:
        yield article
        return
    at, title, now, then = revision
    if not any(now in paragraph for paragraph in article.paragraphs):
        raise ValueError(f"revisions.txt: {article.key} does not hold {now!r}")
    first = replace(
        article,
        at=min(at, article.at),
        title=title,
        paragraphs=tuple(paragraph.replace(now, then) for paragraph in article.paragraphs),
    )
    yield replace(first, at=article.at)
    yield replace(article, revised_at=max(at, article.at))


def _page(article: SampleArticle) -> Page:
    entry = FeedEntry(
        guid=article.key,
        url=article.url,
        title=article.title,
        authors=(article.author,) if article.author else (),
        published_at=article.at,
        updated_at=article.revised_at,
        summary=article.paragraphs[0][:SUMMARY_CHARS],
    )
    body = _html(article).encode()
    return Page(article.url, body, charset="utf-8", entry=entry, publisher=article.publisher.name)


def _html(article: SampleArticle) -> str:
    publisher = article.publisher
    direction = "rtl" if publisher.language in RIGHT_TO_LEFT else "ltr"
    paragraphs = list(article.paragraphs)
    if article.dateline:
        paragraphs[0] = f"{article.dateline} - {paragraphs[0]}"
    told = "\n".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)
    title = html.escape(article.title)
    byline = f'<p class="byline">{html.escape(article.author)}</p>' if article.author else ""
    return (
        f'<!doctype html><html lang="{publisher.language}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{title} | {html.escape(publisher.name)}</title>"
        f'<link rel="canonical" href="{article.url}"><meta property="og:title" content="{title}">'
        f'<meta property="og:site_name" content="{html.escape(publisher.name)}">'
        f'{_shared_picture(article)}<script type="application/ld+json">{_json_ld(article)}</script></head>'
        f'<body><header><nav><a href="/">Home</a> <a href="/news/">News</a></nav></header>'
        f"<main><article><h1>{title}</h1>{byline}{told}</article></main>"
        f"<footer><p>{html.escape(publisher.note)}</p></footer></body></html>"
    )


def _shared_picture(article: SampleArticle) -> str:
    if not article.picture:
        return ""
    alt = html.escape(article.picture.alt)
    told = f'<meta property="og:image:alt" content="{alt}">' if alt else ""
    return f'<meta property="og:image" content="{article.picture_url}">{told}'


def _json_ld(article: SampleArticle) -> str:
    kinds = {"opinion": "OpinionNewsArticle", "live": "LiveBlogPosting", "video": "VideoObject"}
    said: dict[str, object] = {
        "@type": kinds.get(article.kind, "NewsArticle"),
        "headline": article.title,
        "datePublished": article.at.isoformat(),
        "dateModified": (article.revised_at or article.at).isoformat(),
        "articleSection": article.section,
        "publisher": {"@type": "Organization", "name": article.publisher.name},
    }
    if article.picture:
        told = {"caption": article.picture.caption, "creditText": article.picture.credit}
        said["image"] = {"@type": "ImageObject", "url": article.picture_url, **told}
    if article.author:
        said["author"] = {"@type": "Person", "name": article.author}
    return json.dumps(said, ensure_ascii=False).replace("</", "<\\/")
