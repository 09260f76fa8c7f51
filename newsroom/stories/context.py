"""What every template may use."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from newsroom.stories import model_calls


def site(request: HttpRequest) -> dict[str, object]:
    model_name = settings.MODEL_NAME if model_calls.is_on() else ""
    return {
        "site_name": settings.SITE_NAME,
        "version": settings.VERSION,
        "model_name": model_name,
        "has_ai_features": settings.AI_FEATURES,
    }
