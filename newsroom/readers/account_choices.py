"""Choices that a reader carried into their account: a browser that has none takes them on when they sign in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from newsroom.readers.choices import NOTHING_CHOSEN, Choices, read_cookie
from newsroom.readers.models import AccountChoices, Reader


@receiver(user_logged_in)
def take_on(request: HttpRequest | None, user: Reader, **more: Any) -> None:
    """Tell ChoicesMiddleware what the account holds; a browser that has chosen keeps its own."""
    row = AccountChoices.objects.filter(reader=user).first() if request is not None else None
    if row is not None:
        request.choices_of_account = read_cookie(row.cookie)  # type: ignore[union-attr]


def keep_in_account(reader: Reader, choices: Choices) -> None:
    """Keep the choices with the account, for its next browser; nothing chosen, nothing kept."""
    if choices == NOTHING_CHOSEN:
        AccountChoices.objects.filter(reader=reader).delete()
    else:
        AccountChoices.objects.update_or_create(reader=reader, defaults={"cookie": choices.as_cookie()})


def has_carried(reader: Reader) -> bool:
    """True of a reader whose choices are kept with the account too."""
    return AccountChoices.objects.filter(reader=reader).exists()
