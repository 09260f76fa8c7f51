"""{% moderation_of comment as told %}: what moderators did to a comment, for its writer alone."""

from __future__ import annotations

from typing import Any

from django import template

from newsroom.comments.holding import REASONS
from newsroom.comments.models import Comment
from newsroom.comments.moderation import ModerationAct

register = template.Library()
Kind = ModerationAct.Kind


@register.simple_tag
def moderation_of(comment: Comment) -> dict[str, Any]:
    """held: why it waits, in words; acts: each with its reason, the oldest first; may_appeal: once, while refused.

    A page of many comments prefetches their acts: prefetch_related("acts").
    """
    acts = sorted(comment.acts.all(), key=lambda act: act.pk)
    is_refused = comment.state == Comment.State.REFUSED
    has_refusal = any(act.kind in (Kind.REFUSED, Kind.BANNED) and act.undone_by_id is None for act in acts)
    has_appealed = any(act.kind == Kind.APPEALED for act in acts)
    held = [REASONS[key] for key in comment.held_because if key in REASONS]
    return {
        "held": held if comment.state == Comment.State.HELD else [],
        "acts": acts,
        "may_appeal": is_refused and has_refusal and not has_appealed,
    }
