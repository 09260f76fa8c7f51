"""The forms that take a passkey's answer, which refuse what is none: the library behind them raises what it meets."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms
from django.forms import HiddenInput

from newsroom.json_field import KeptJSONField

# What parsing of base64, CBOR and keys raises where any of them is malformed.
MALFORMED = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, struct.error)


@contextmanager
def refusing_malformed() -> Iterator[None]:
    try:
        yield
    except MALFORMED as error:
        raise get_adapter().validation_error("incorrect_code") from error


class CredentialField(KeptJSONField):
    """A passkey's answer, shown to nobody again: it serves once."""

    widget = HiddenInput

    def prepare_value(self, value: Any) -> str:
        return ""


class AddPasskey(forms.AddWebAuthnForm):
    credential = CredentialField()

    def clean(self) -> dict[str, Any]:
        with refusing_malformed():
            cleaned: dict[str, Any] = super().clean()
        return cleaned


class _Answering:
    """Mixed into the forms that sign somebody in by a passkey, or ask for it once more."""

    def clean_credential(self) -> Any:
        with refusing_malformed():
            return super().clean_credential()  # type: ignore[misc]


class AnswerAsSecondFactor(_Answering, forms.AuthenticateWebAuthnForm):
    credential = CredentialField()


class SignInByPasskey(_Answering, forms.LoginWebAuthnForm):
    credential = CredentialField()


class ConfirmByPasskey(_Answering, forms.ReauthenticateWebAuthnForm):
    credential = CredentialField()
