"""How passwords are kept and looked at: Argon2id, and the same work for every name that is tried."""

from __future__ import annotations

from functools import lru_cache

from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher
from django.utils.crypto import get_random_string

from newsroom.readers.models import Reader


class Argon2id(Argon2PasswordHasher):
    """Argon2id with 19 MiB, twice through, one lane.

    Django's own 100 MiB on eight lanes is more than a small machine can give to
    eight people who sign in at once.
    Source: OWASP, Password Storage Cheat Sheet.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1


OLDER = PBKDF2PasswordHasher.algorithm  # by which Django kept them before


def is_right(password: str, encoded: str) -> bool:
    """True if that is the password; encoded "" is an account that does not exist.

    Each call does one Argon2id, and, while any account still has an older
    password, one of those too: which of them a name has, and whether it exists,
    is not to be read from the time that an answer takes.
    """
    kind = encoded.partition("$")[0]
    is_now = kind == Argon2id.algorithm
    right = Argon2id().verify(password, encoded if is_now else nobodys()) and is_now
    oldest = Reader.objects.filter(password__startswith=f"{OLDER}$").values_list("password", flat=True).first()
    if oldest:
        is_older = kind == OLDER
        right = (PBKDF2PasswordHasher().verify(password, encoded if is_older else oldest) and is_older) or right
    return right


@lru_cache(maxsize=1)
def nobodys() -> str:
    """The password of nobody, to do the work of looking at one."""
    hasher = Argon2id()
    return hasher.encode(get_random_string(40), hasher.salt())


def renew(reader: Reader, password: str) -> None:
    """Keep a password that was right by the newest rule, if it is not yet."""
    if not reader.password.startswith(f"{Argon2id.algorithm}$") or Argon2id().must_update(reader.password):
        reader.set_password(password)
        reader.save(update_fields=["password"])
