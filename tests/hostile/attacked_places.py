"""Which places of the data set a site of ours has."""

from __future__ import annotations

from tests.hostile.vectors import Slot

# Filled by what feeds answer (attacked_feeds.Carriers.carry_answers).
ANSWERED = ("app-HTTP-error-message-shown-to-operator", "app-server-banner-header")
# Filled by forms and interfaces (attacked_forms.PLACES).
BY_FORMS = frozenset(
    f"app-{name}"
    for name in (
        "comment-body", "comment-author", "username", "report-reason", "moderation-reason", "note-on-article",
        "feed-custom-title", "collection-name", "tag-name", "search-query", "admin-note", "api-token-name",
        "LLM-output-sentence", "outgoing-feed-title", "outgoing-feed-content", "filename-of-upload",
        "user-agent-in-audit-log",
    )
)  # fmt: skip


def has_place(slot: Slot) -> bool:
    """Whether the site has such a field: it has no profiles, no mail of HTML, no log of referrers, no WARC by a page."""
    return slot.form != "app" or slot.id in BY_FORMS or slot.id in ANSWERED
