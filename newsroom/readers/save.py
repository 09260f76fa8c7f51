"""How readers come to be."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from newsroom.readers.models import Reader


class ReaderError(ValueError):
    """The mail address or the password will not do; the message says why."""


def make_admin(mail: str, password: str) -> Reader:
    """The administrator of that mail address, made or given this password."""
    try:
        validate_email(mail)
        validate_password(password)
    except ValidationError as error:
        raise ReaderError(f"{mail}: {' '.join(error.messages)}") from error
    reader, _ = Reader.objects.get_or_create(username=mail, defaults={"email": mail})
    reader.role = Reader.Role.ADMIN
    reader.set_password(password)
    reader.save()
    return reader
