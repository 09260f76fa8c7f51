"""What AI_FEATURES=no takes away: pages that are nothing else say so, with 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

WHY = "AI_FEATURES=no: the operator of this site has turned the AI features off."


def needs_ai_features(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, or a page that says that the AI features are off, with 404."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if settings.AI_FEATURES:
            return view(request, *args, **named)
        return render(request, "ai_off.html", {"query": request.GET.get("q", "")[:300]}, status=404)

    return answer
