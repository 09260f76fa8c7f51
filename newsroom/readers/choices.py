"""What a reader chose of the site itself: language, light or dark, digits, keys. It lives in one cookie, nowhere else.

No cookie is set before somebody chooses. Without a choice of language the
browser's Accept-Language decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from newsroom.readers.digits import with_arabic_digits

COOKIE = "choices"
COOKIE_LIVES_S = 365 * 86_400
LONGEST_COOKIE = 200
THEMES = ("light", "dark")
DIGITS = ("latn", "arab")  # CLDR's names: 0123, ٠١٢٣
DIGITS_OF_A_LANGUAGE = {"ar": DIGITS}  # a language that is not here has one kind, and nothing to choose


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen; "" leaves it to the browser (language, theme) or to the language (digits)."""

    language: str = ""
    theme: str = ""
    digits: str = ""
    has_keys: bool = True

    def as_cookie(self) -> str:
        """ "language:ar&theme:dark&keys:off", with nothing in it that a cookie would need quoted."""
        said = {"language": self.language, "theme": self.theme, "digits": self.digits}
        kept = {name: value for name, value in said.items() if value}
        return "&".join(f"{name}:{value}" for name, value in {**kept, **({} if self.has_keys else NO_KEYS)}.items())


NO_KEYS = {"keys": "off"}
NOTHING_CHOSEN = Choices()


def read_cookie(cookie: str) -> Choices:
    """The choices of a cookie; what is not known in it counts as not chosen."""
    if len(cookie) > LONGEST_COOKIE:
        return NOTHING_CHOSEN
    return changed(NOTHING_CHOSEN, dict(part.partition(":")[::2] for part in cookie.split("&")))


def changed(choices: Choices, said: Mapping[str, str]) -> Choices:
    """The choices with what was said now (language, theme, digits, keys); what is left out stays.

    A value that is not offered counts as "", no choice.
    """
    offered = {"language": tuple(dict(settings.LANGUAGES)), "theme": THEMES, "digits": DIGITS}
    values = asdict(choices)
    values |= {name: said[name] if said[name] in known else "" for name, known in offered.items() if name in said}
    if "keys" in said:
        values["has_keys"] = said["keys"] != "off"
    return Choices(**values)


def keep(response: HttpResponse, choices: Choices, request: HttpRequest) -> None:
    """Save the choices with the reader; where nothing is chosen any more, their cookie goes."""
    if choices == NOTHING_CHOSEN:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    response.set_cookie(
        COOKIE,
        choices.as_cookie(),
        max_age=COOKIE_LIVES_S,
        secure=request.is_secure(),
        httponly=True,  # scripts read what they need from <html data-…>
        samesite="Lax",
    )


def language_of(choices: Choices, accepts: str) -> str:
    """The language of the page: the chosen one, else the first of Accept-Language that there is."""
    if choices.language:
        return choices.language
    for language, weight in parse_accept_lang_header(accepts):
        if language == "*":
            break
        try:
            if weight > 0:
                return get_supported_language_variant(language)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def digits_of(choices: Choices, language: str) -> str:
    """The kind of digits of a page in that language."""
    kinds = DIGITS_OF_A_LANGUAGE.get(language, ("latn",))
    return choices.digits if choices.digits in kinds else kinds[0]


def key_of(request: HttpRequest) -> str:
    """What two requests must share to be answered with one kept page: "ar.dark.arab.keys"."""
    return _key(of(request), translation.get_language() or settings.LANGUAGE_CODE)


def key_of_headers(cookies: str, accepts: str) -> str:
    """The same from the Cookie and Accept-Language headers, for what stands in front of Django.

    Read as the middleware reads them: a page kept under a language that it is
    not written in would be handed to others.
    """
    choices = read_cookie(parse_cookie(cookies).get(COOKIE, ""))
    return _key(choices, language_of(choices, accepts))


def _key(choices: Choices, language: str) -> str:
    keys = "keys" if choices.has_keys else "no-keys"
    return ".".join((language, choices.theme or "system", digits_of(choices, language), keys))


def of(request: HttpRequest) -> Choices:
    """The choices of whoever asks; none where no middleware read them."""
    return getattr(request, "choices", NOTHING_CHOSEN)


def of_account(request: HttpRequest) -> Choices | None:
    """The choices of the account that this request signed in to, None where it signed in to none."""
    return getattr(request, "choices_of_account", None)


class ChoicesMiddleware:
    """Sets request.choices, and answers in the reader's language and digits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        choices = read_cookie(request.COOKIES.get(COOKIE, ""))
        language = language_of(choices, request.headers.get("Accept-Language", ""))
        request.choices = choices  # type: ignore[attr-defined]
        with translation.override(language):
            response = self.get_response(request)
        if COOKIE not in request.COOKIES and COOKIE not in response.cookies and (account := of_account(request)):
            keep(response, account, request)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))  # else a cache hands one reader's page to another
        if _is_page(response):
            response.headers.setdefault("Content-Language", language)
            if digits_of(choices, language) == "arab":
                response.content = with_arabic_digits(response.content.decode()).encode()
        return response


def _is_page(response: HttpResponse) -> bool:
    return not response.streaming and response.headers.get("Content-Type", "").startswith("text/html")
