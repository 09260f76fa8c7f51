"""What a comment's form carries against machines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from newsroom.articles.models import Article
from newsroom.stories.models import Story


def of_form(sent: Mapping[str, str], place: Story | Article, now: datetime) -> tuple[float | None, str]:
    """(seconds since the form was made, or None where it does not say so; the proof as it was sent)."""
    return None, sent.get("proof", "")[:300]
