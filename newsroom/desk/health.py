"""The pages of what is well and what is not: for people, and for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from newsroom.desk.condition import as_json, condition, failing_feeds
from newsroom.desk.reading_health import reading_of_all
from newsroom.publishers.health import advice_for
from newsroom.stories import model_calls
from newsroom.stories.models import ModelCall, ModelState, Notes, Story


@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """The page of how each part does, which feeds fail, and of how the model does."""
    now = timezone.now()
    parts = condition(now)
    failing = failing_feeds()
    in_all = next(figure.value for part in parts for figure in part.figures if figure.key == "failing")
    context = {
        "parts": parts,
        "ill": sum(not part.is_well for part in parts),
        "failing": [(feed, advice_for(feed)) for feed in failing],
        "more_failing": max(0, int(in_all or 0) - len(failing)),
        "reading": reading_of_all(),
        "model": _model(now),
    }
    return render(request, "health.html", context)


@never_cache
def health_json(request: HttpRequest) -> JsonResponse:
    """The same for programs that watch; 200 also where a part is ill, for the site answers."""
    now = timezone.now()
    return JsonResponse(as_json(condition(now), now), json_dumps_params={"ensure_ascii": False})


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
