"""What is known of a comment before it is taken: what `holding.reasons` judges by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newsroom.articles.models import Article
from newsroom.comments.models import Comment
from newsroom.readers.models import Reader
from newsroom.stories.models import Story


@dataclass(frozen=True, slots=True)
class Attempt:
    """Words that somebody sends to stand under a story or article.

    reader: None of who is not signed in; name: shown beside the words, whoever sends them.
    address: of the network, as `readers.origin` reads it; "" where none is known.
    seconds_taken: from the form's being made to its being sent, None without a valid start (no proof tag in the form).
    trap: what stands in the field that people do not see. proof: what the script worked out, "" without one.
    """

    reader: Reader | None
    name: str
    text: str
    place: Story | Article
    parent: Comment | None
    address: str
    now: datetime
    seconds_taken: float | None
    trap: str
    proof: str
