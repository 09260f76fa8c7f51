"""Passwords for apps: made once, proved by an app, revoked; and how many tries a name or an address has."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from newsroom.readers.asked_numbers import row_number
from newsroom.readers.models import AppPassword, AppTry, Reader
from newsroom.readers.origin import network_of

MOST = 20  # living ones of a reader
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when it is typed from a screen
GROUPS, GROUP = 6, 5  # 30 of 31 letters: 148 bits
TRIES_OF_A_NAME, TRIES_OF_AN_ADDRESS = 10, 60
TRY_RESTS = timedelta(hours=1)
TRY_KEPT = timedelta(days=1)
USE_IS_NOTED = timedelta(minutes=10)
AUTH, WRITE_TOKEN = "newsroom.app_passwords.auth", "newsroom.app_passwords.token"
LIVING = Q(revoked_at=None, reader__is_active=True)
LONGEST_NAME = 254


class TooManyPasswords(ValueError):
    """The reader has as many as anybody may; the message is for the log, the page says it in words."""


class TooManyTries(Exception):
    """This name or this address had its tries of the hour."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new password: its row, and the secret, which nothing else holds."""

    row: AppPassword
    secret: str


def user_name(reader: Reader) -> str:
    """What a reader gives as user name in an app."""
    return reader.email or reader.username


def make(reader: Reader, name: str, purpose: str, now: datetime) -> Made:
    """A new password of a reader. Raises TooManyPasswords."""
    if living_of(reader).count() >= MOST:
        raise TooManyPasswords(f"{MOST} app passwords are in use, more than that are not kept. Revoke one.")
    secret = "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
    proof = fever_key(user_name(reader), secret) if purpose == AppPassword.Purpose.FEVER else secret
    row = AppPassword.objects.create(reader=reader, name=name, digest=_digest(proof), purpose=purpose, created_at=now)
    return Made(row, secret)


def fever_key(name: str, secret: str) -> str:
    """What a Fever app sends of user name and password; MD5 by that protocol's rule, over 148 random bits."""
    return hashlib.md5(f"{name}:{secret}".encode(), usedforsecurity=False).hexdigest()


def living_of(reader: Reader) -> QuerySet[AppPassword]:
    """A reader's passwords that work, the newest first."""
    return AppPassword.objects.filter(reader=reader, revoked_at=None)


def revoke(reader: Reader, number: str, now: datetime) -> bool:
    """Let one of the reader's own passwords end at once; False if there is none of that number."""
    return bool(living_of(reader).filter(pk=row_number(number)).update(revoked_at=now))


def sign_in(name: str, secret: str, address: str, now: datetime) -> AppPassword | None:
    """The living password of that user name, None for a wrong one. Raises TooManyTries.

    A name that nobody bears costs the same look-up: it is made by the password.
    """
    taken = _take_tries(name, address, now)
    row = _proved(secret.strip(), AppPassword.Purpose.GREADER)
    said = name.strip().casefold()
    names = (row.reader.email, row.reader.username) if row else ("", "")
    is_theirs = any(constant_time_compare(said, one.casefold()) for one in names if one)
    if row is None or not is_theirs:
        return None
    _give_back(taken, now)
    note_use(row, now)
    return row


def by_fever_key(key: str) -> AppPassword | None:
    """The living Fever password of that key, None for a wrong one."""
    return _proved(key.strip().lower(), AppPassword.Purpose.FEVER)


def auth_of(row: AppPassword) -> str:
    """What an app shows with each request instead of its password."""
    return f"{row.pk}/{_keyed(AUTH, row)}"


def by_auth(said: str) -> AppPassword | None:
    """The living password that this was given for."""
    number, _, proof = said.strip().partition("/")
    if not proof.isascii():
        return None
    row = AppPassword.objects.filter(LIVING, pk=row_number(number)).select_related("reader").first()
    return row if row and constant_time_compare(proof, _keyed(AUTH, row)) else None


def write_token_of(row: AppPassword) -> str:
    """What an app fetches before it changes something, and sends along."""
    return _keyed(WRITE_TOKEN, row)


def note_use(row: AppPassword, now: datetime) -> None:
    """Keep that it was used; to ten minutes, so that an app that marks a hundred stories writes once."""
    stale = AppPassword.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=now - USE_IS_NOTED), pk=row.pk)
    if row.last_used_at is None or row.last_used_at < now - USE_IS_NOTED:
        stale.update(last_used_at=now)


def _proved(proof: str, purpose: str) -> AppPassword | None:
    rows = AppPassword.objects.filter(LIVING, digest=_digest(proof), purpose=purpose)
    return rows.select_related("reader").first()


def _take_tries(name: str, address: str, now: datetime) -> list[AppTry]:
    """A try of the address and one of the name, known or not. Raises TooManyTries."""
    AppTry.objects.filter(at__lt=now - TRY_KEPT).delete()
    of_address = _take(f"address {network_of(address)}", TRIES_OF_AN_ADDRESS, now)
    of_name = _take(_account_of(name), TRIES_OF_A_NAME, now) if of_address else None
    if of_address is None or of_name is None:
        raise TooManyTries
    return [of_address, of_name]


def _account_of(name: str) -> str:
    """What tries are counted by: the account, by whichever of its names; a name that nobody bears by itself."""
    said = name.strip().casefold()[:LONGEST_NAME]
    known = Reader.objects.filter(Q(email__iexact=said) | Q(username__iexact=said)).order_by("pk").first()
    return f"reader {known.pk}" if known else f"name {said}"


def _take(what: str, most: int, now: datetime) -> AppTry | None:
    """One of the tries of this hour; None if none is left. Two at once never take the same."""
    key = salted_hmac("newsroom.app_passwords.tries", what, algorithm="sha256").hexdigest()
    held = {row.slot: row for row in AppTry.objects.filter(key=key)}
    for row in held.values():
        was = row.at
        if was <= now - TRY_RESTS and AppTry.objects.filter(pk=row.pk, at=was).update(at=now):
            row.at = now
            return row
    for slot in range(most):
        if slot not in held:
            try:
                with transaction.atomic():
                    return AppTry.objects.create(key=key, slot=slot, at=now)
            except IntegrityError:  # another took it meanwhile
                continue
    return None


def _give_back(tries: list[AppTry], now: datetime) -> None:
    """Who proved to be right has used no try."""
    AppTry.objects.filter(pk__in=[row.pk for row in tries]).update(at=now - TRY_RESTS)


def _digest(proof: str) -> str:
    """Of a secret of 148 random bits, which no list of guesses holds: a slow hash would add nothing."""
    return hashlib.sha256(proof.encode("utf-8", "replace")).hexdigest()


def _keyed(use: str, row: AppPassword) -> str:
    return salted_hmac(use, f"{row.pk} {row.digest}", secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()
