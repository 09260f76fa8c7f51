"""What is well and what is not, for people: the model, and the work that waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from newsroom.articles.models import Article
from newsroom.stories import model_calls
from newsroom.stories.models import ModelCall, ModelState, Notes, Story


@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """The page of what waits, and of how the model does."""
    now = timezone.now()
    waits = {
        "pages": Article.objects.due_to_read(now).count(),
        "notes": Story.objects.due_for_notes(now).count(),
    }
    return render(request, "health.html", {"waits": waits, "model": _model(now)})


def _model(now: datetime) -> dict[str, Any]:
    """How the model does; empty where none is named."""
    if not model_calls.is_on():
        return {}
    calls = list(
        ModelCall.objects.filter(at__gt=now - model_calls.DAY).values_list("outcome", "items", "dropped", "at")
    )
    answered = [(items or [], dropped) for outcome, items, dropped, _ in calls if outcome == ModelCall.Outcome.ANSWERED]
    state = ModelState.objects.filter(pk=1).first()
    return {
        "name": settings.MODEL_NAME,
        "waiting": Notes.objects.filter(written_at=None, story__in=Story.objects.public()).count(),
        "hour": sum(at > now - model_calls.HOUR for *_, at in calls),
        "hour_most": settings.MODEL_CALLS_AN_HOUR,
        "day": len(calls),
        "day_most": settings.MODEL_CALLS_A_DAY,
        "failed": sum(outcome == ModelCall.Outcome.FAILED for outcome, *_ in calls),
        "kept": sum(len(items) for items, _ in answered),
        "dropped": sum(len(dropped) for _, dropped in answered),
        "problem": state.problem if state else "",
        "rests_until": state.rests_until if state and state.rests_until and state.rests_until > now else None,
    }
