"""What grouping needs of an article, taken out of its text once and kept."""

from __future__ import annotations

import base64
import struct
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from newstext import entities, numbers, places
from newstext.copies import FINGERPRINT_RULE
from newstext.records import ArticleText, Marks
from newstext.words import content_words, length, opening

TERMS = 60  # the strongest terms of a body are enough to group by (research/stories.md, 2a)
LEAD_WORDS = 60
NAMES = 40
OPENING_CHARS = 1500  # numbers and places of the event stand in the opening; further down they are background
TITLE_WEIGHT = 2


def of(article: ArticleText, *, fingerprint: tuple[int, ...]) -> Marks:
    """The marks of an article that has its names."""
    language = article.language
    title = content_words(article.title, language)
    body = content_words(article.text, language)
    lead = content_words(opening(article.text, LEAD_WORDS), language)
    terms = Counter(body)
    for word in title:
        terms[word] += TITLE_WEIGHT
    first = article.text[:OPENING_CHARS]
    names = entities.counts(article.names + entities.find(article.title, language=language))
    return Marks(
        id=article.id,
        title=article.title,
        publisher=article.publisher,
        language=language,
        kind=article.kind,
        published_at=article.published_at or article.seen_at,
        terms=dict(terms.most_common(TERMS)),
        lead_terms=dict(Counter(title + lead)),
        names=dict(list(names.items())[:NAMES]),
        fingerprint=fingerprint,
        fingerprint_rule=FINGERPRINT_RULE,
        words=length(article.text),
        agency=article.agency,
        numbers=_numbers(article, first),
        places=places.find(f"{article.title}\n{first}", language=language),
    )


def _numbers(article: ArticleText, first: str) -> tuple[str, ...]:
    dated = [(mention.start, mention.end) for mention in article.dates]
    found = (
        *numbers.find(article.title, language=article.language),
        *numbers.find(first, language=article.language, outside=dated),
    )
    return tuple(dict.fromkeys(found))


def to_json(marks: Marks) -> dict[str, Any]:
    """A compact form for a database row; `from_json` reads it back."""
    return {
        "id": marks.id,
        "title": marks.title,
        "publisher": marks.publisher,
        "language": marks.language,
        "kind": marks.kind,
        "at": marks.published_at.isoformat() if marks.published_at else None,
        "terms": dict(marks.terms),
        "lead": dict(marks.lead_terms),
        "names": dict(marks.names),
        "fingerprint": base64.b64encode(_packed(marks.fingerprint)).decode("ascii"),
        "rule": marks.fingerprint_rule,
        "words": marks.words,
        "agency": marks.agency,
        "numbers": list(marks.numbers),
        "places": list(marks.places),
        **({"vector": marks.vector} if marks.vector else {}),
    }


def _packed(fingerprint: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(fingerprint)}I", *fingerprint)


def _fingerprint(body: dict[str, Any]) -> bytes:
    """By the C of base64; in rows up to 0.6.0 it is "sketch", by base85, which Python alone decodes, slowly."""
    return base64.b64decode(body["fingerprint"]) if "fingerprint" in body else base64.b85decode(body.get("sketch", ""))


def from_json(body: dict[str, Any]) -> Marks:
    """The marks that `to_json` wrote; what is missing is empty, as is a fingerprint of another rule."""
    rule = body.get("rule", FINGERPRINT_RULE)
    values = _fingerprint(body) if rule == FINGERPRINT_RULE else b""
    return Marks(
        id=body.get("id", ""),
        title=body.get("title", ""),
        publisher=body.get("publisher", ""),
        language=body.get("language", "und"),
        kind=body.get("kind", "article"),
        published_at=datetime.fromisoformat(body["at"]) if body.get("at") else None,
        terms=body.get("terms", {}),
        lead_terms=body.get("lead", {}),
        names=body.get("names", {}),
        fingerprint=struct.unpack(f"<{len(values) // 4}I", values),
        fingerprint_rule=rule,
        words=body.get("words", 0),
        agency=body.get("agency", ""),
        numbers=tuple(body.get("numbers", ())),
        places=tuple(body.get("places", ())),
        vector=body.get("vector", ""),
    )
