"""JSON as people and programs send it in a form: refused where no column could keep it, whatever it was made of."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import JSONField
from django.forms.fields import InvalidJSONInput

# What Python raises of numbers of 5,000 digits, of half a pair of surrogates, of infinity, and of the deepest lists.
UNKEPT = (ValueError, RecursionError)


class KeptJSONField(JSONField):
    """Takes what both databases keep and a page can show again."""

    def to_python(self, value: Any) -> Any:
        try:
            return _kept(super().to_python(value))
        except UNKEPT as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return _kept(super().bound_data(data, initial))
        except UNKEPT:
            return InvalidJSONInput(data)


def _kept(found: Any) -> Any:
    """The same; raises one of UNKEPT where it cannot be kept."""
    said = json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    if rb"\u0000" in said:
        raise ValueError("PostgreSQL keeps no NUL")
    return found
