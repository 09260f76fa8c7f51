"""What every template may use."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from newsroom.readers import choices
from newsroom.stories import model_calls


def site(request: HttpRequest) -> dict[str, object]:
    model_name = settings.MODEL_NAME if model_calls.is_on() else ""
    return {
        "choices": choices.of(request),
        "html_lang": translation.get_language() or settings.LANGUAGE_CODE,
        "html_dir": "rtl" if translation.get_language_bidi() else "ltr",
        "html_digits": choices.digits_of(choices.of(request), translation.get_language() or ""),
        "site_languages": settings.LANGUAGES,
        "site_name": settings.SITE_NAME,
        "version": settings.VERSION,
        "model_name": model_name,
        "has_ai_features": settings.AI_FEATURES,
    }
