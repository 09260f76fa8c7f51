"""How readers come to be."""

from __future__ import annotations

from allauth.account.models import EmailAddress
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
    vouch_for(reader)
    return reader


def vouch_for(reader: Reader) -> None:
    """Count the reader's mail address as proven: who runs the site wrote it."""
    if not reader.email:
        return
    address, _ = EmailAddress.objects.get_or_create(user=reader, email=reader.email.lower())
    if address.set_verified():
        address.set_as_primary()
