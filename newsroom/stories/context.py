"""What every template may use."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from newsroom.readers import choices
from newsroom.stories import model_calls

LONGEST_HERE = 500  # a search of 10 kB need not stand in its page's footer again


def site(request: HttpRequest) -> dict[str, object]:
    address = request.get_full_path() if request.method in ("GET", "HEAD") else "/"  # some only take posts
    model_name = settings.MODEL_NAME if model_calls.is_on() else ""
    return {
        "choices": choices.of(request),
        "html_lang": translation.get_language() or settings.LANGUAGE_CODE,
        "html_dir": "rtl" if translation.get_language_bidi() else "ltr",
        "html_digits": choices.digits_of(choices.of(request), translation.get_language() or ""),
        "here": address if len(address) <= LONGEST_HERE else request.path,
        "site_languages": settings.LANGUAGES,
        "site_name": settings.SITE_NAME,
        "version": settings.VERSION,
        "model_name": model_name,
        "has_ai_features": settings.AI_FEATURES,
        "sign_up": settings.SIGN_UP,
        "sends_mail": settings.SENDS_MAIL,
    }
