"""Records as JSON Lines and back: the form of the newstext command and of stored notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from newstext.language import detect_language, normal_code
from newstext.records import (
    ArticleText,
    FeedEntry,
    ParsedFeed,
    RelatedArticle,
)
from newstext.sanitise import clean_entry

Json = dict[str, Any]
TEXT_MAX_CHARS = 1_000_000  # some 150,000 words, which are marked in two or three seconds


class BadLine(ValueError):
    """A line that cannot be used; the message names the field, its value and what is wanted."""


def read_moment(value: Any, name: str = "published_at") -> datetime | None:
    """A day alone, or a time with or without an offset (none means UTC). Raises BadLine naming the field."""
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise BadLine(f"{name} {value!r}: must be ISO 8601 text, as 2025-06-27 or 2025-06-27T08:30:00+02:00.")
    try:
        moment = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
    except ValueError as error:
        raise BadLine(
            f"{name} {value[:60]!r}: is no ISO 8601 date; write 2025-06-27 or 2025-06-27T08:30:00Z."
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and not any(sign in value.strip() for sign in "T: ")


def moment_text(moment: datetime | None, precision: str) -> str | None:
    """A moment with its own offset, or the day alone."""
    if moment is None:
        return None
    return moment.date().isoformat() if precision == "day" else moment.isoformat()


def text_field(row: Json, name: str, *, needed: bool = False) -> str:
    """A text of a line; "" for null or missing. Raises BadLine for another type, or if needed and not there."""
    value = row.get(name)
    if value is None:
        if needed:
            raise BadLine(f"field {name!r}: is missing.")
        return ""
    if not isinstance(value, str):
        raise BadLine(f"field {name!r}: must be text, is {type(value).__name__}.")
    return value


def id_field(row: Json) -> str:
    """The line's id, which may be a text or a number. Raises BadLine if there is none."""
    value = row.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise BadLine("field 'id': is missing or empty; it must be text or a number.")
    return str(value)


def list_field(row: Json, name: str) -> list[Any]:
    value = row.get(name)
    if not isinstance(value, list):
        raise BadLine(f"field {name!r}: must be a list.")
    return value


def article_from_json(row: Json) -> ArticleText:
    """An article as the commands take it; its text is kept letter for letter. Raises BadLine."""
    if not isinstance(row, dict):
        raise BadLine("an article must be a JSON object.")
    text = text_field(row, "text", needed=True)
    if len(text) > TEXT_MAX_CHARS:
        raise BadLine(f"field 'text': has {len(text):,} characters, limit {TEXT_MAX_CHARS:,}. Give a part of it.")
    title = text_field(row, "title")
    language = normal_code(text_field(row, "language")) or detect_language(f"{title}\n{text}")
    said = row.get("published_at")
    return ArticleText(
        url=text_field(row, "url"),
        id=id_field(row),
        title=title,
        text=text,
        paragraphs=tuple(part for part in text.split("\n\n") if part.strip()),
        published_at=read_moment(said),
        published_precision="day" if _is_day(said) else "time",
        publisher=text_field(row, "publisher"),
        language=language,
        kind=text_field(row, "kind") or "article",
        dateline=text_field(row, "dateline"),
        agency=text_field(row, "agency"),
        section=text_field(row, "section"),
        tags=_texts(row, "tags"),
        country=text_field(row, "country"),
        seen_at=read_moment(row.get("seen_at"), "seen_at"),
        tickers=_texts(row, "tickers"),
        passages=_passages(row, text),
    )


def _texts(row: Json, name: str) -> tuple[str, ...]:
    said = row.get(name)
    return tuple(str(one) for one in said) if isinstance(said, list) else ()


def _passages(row: Json, text: str) -> tuple[tuple[int, int, str], ...]:
    """The passages a line tells of, in order. Raises BadLine for one that is not inside the text."""
    told = row.get("passages")
    if told is None:
        return ()
    if not isinstance(told, list):
        raise BadLine("field 'passages': must be a list of {start, end, language}.")
    return tuple(sorted(_passage(one, len(text)) for one in told))


def _passage(told: Any, length: int) -> tuple[int, int, str]:
    said = told if isinstance(told, dict) else {}
    start, end, language = said.get("start"), said.get("end"), normal_code(str(said.get("language", "")))
    if type(start) is int and type(end) is int and 0 <= start < end <= length and language:
        return start, end, language
    raise BadLine(
        f"field 'passages': {str(told)[:60]!r} is no {{start, end, language}} inside a text of {length} characters."
    )


def article_to_json(article: ArticleText) -> Json:
    """What `newstext extract` prints of a page."""
    return {
        "id": article.id,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "title": article.title,
        "authors": list(article.authors),
        "published_at": moment_text(article.published_at, article.published_precision),
        "updated_at": moment_text(article.updated_at, article.updated_precision),
        "language": article.language,
        "publisher": article.publisher,
        "kind": article.kind,
        "section": article.section,
        "tags": list(article.tags),
        "image": article.image,
        "image_alt": article.image_alt,
        "image_caption": article.image_caption,
        "image_credit": article.image_credit,
        "dateline": article.dateline,
        "agency": article.agency,
        "source": article.source,
        "notices": list(article.notices),
        "tickers": list(article.tickers),
        "passages": [{"start": start, "end": end, "language": code} for start, end, code in article.passages],
        "paragraphs": list(article.paragraphs),
        "text": article.text,
        "related": [
            {"title": one.title, "publisher": one.publisher, "url": one.url, "age": one.age} for one in article.related
        ],
        "confidence": round(article.confidence, 3),
        "refused": {"reason": article.refused} if article.refused else None,
    }


def feed_to_json(feed_id: str, feed: ParsedFeed) -> Json:
    info = feed.info
    return {
        "id": feed_id,
        "feed": {
            "title": info.title,
            "home_url": info.home_url,
            "description": info.description,
            "language": info.language,
        },
        "entries": [_entry_to_json(clean_entry(entry)) for entry in feed.entries],
        "rejected": None,
    }


def _entry_to_json(entry: FeedEntry) -> Json:
    return {
        "id": entry.guid,
        "url": entry.url,
        "title": entry.title,
        "authors": list(entry.authors),
        "published_at": moment_text(entry.published_at, "time"),
        "updated_at": moment_text(entry.updated_at, "time"),
        "summary": entry.summary,
        "content": entry.content,
        "tags": list(entry.tags),
        "image": entry.image,
        "image_caption": entry.image_caption,
        "image_credit": entry.image_credit,
        "source": entry.source,
    }


def related_to_json(related: Sequence[RelatedArticle]) -> list[Json]:
    return [
        {"id": one.id, "score": one.score, "shown": one.shown, "kind": one.kind, "because": list(one.because)}
        for one in related
    ]


def read_day(value: str) -> date:
    """A day from the command line. Raises ValueError for what is none."""
    return date.fromisoformat(value)
