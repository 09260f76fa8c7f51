"""The forms of signing in and up, and of one's own account."""

from __future__ import annotations

import unicodedata
import zoneinfo
from functools import lru_cache
from typing import Any

from allauth.account import forms as theirs
from allauth.account.models import Login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.readers.models import Invitation, Reader
from newsroom.readers.public_names import is_of_staff, unseen_in


class LoginForm(theirs.LoginForm):
    """Mail address and password. Accounts that an administrator made may have a user name instead."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attributes = {"autocomplete": "username webauthn", "inputmode": "email", "autocapitalize": "none"}
        self.fields["login"] = forms.CharField(
            label=_("Mail address"), max_length=254, widget=forms.TextInput(attrs=attributes)
        )
        self.order_fields(["login", "password"])
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""

    def _clean_with_password(self, credentials: dict[str, Any]) -> Any:
        super()._clean_with_password(credentials)
        if self.user:  # what was typed may be a user name: the address to prove is the account's own
            self._login = Login(user=self.user, email=self.user.email or None)
        return self.cleaned_data


class SignupForm(theirs.SignupForm):
    """Mail address and password, with the invitation if one is needed."""

    invitation = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("email", "password1"):
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["invitation"].initial = context.request.GET.get("invitation", "")
        self.fields["email"].label = _("Mail address")

    def save(self, request: HttpRequest) -> Reader:
        """The new reader. An invitation is used up together with it, by one alone."""
        with transaction.atomic():
            reader: Reader = super().save(request)
            if settings.SIGN_UP == "invitation" and not self._use(reader):
                raise ImmediateHttpResponse(render(request, "account/signup_closed.html", status=403))
        return reader

    def try_save(self, request: HttpRequest) -> Any:
        try:
            return super().try_save(request)
        except ImmediateHttpResponse as refused:
            return None, refused.response

    def _use(self, reader: Reader) -> bool:
        now = timezone.now()
        living = Invitation.living(self.cleaned_data.get("invitation", ""), now)
        return bool(living.update(used_at=now, used_by=reader))


class ResetPasswordForm(theirs.ResetPasswordForm):
    """The address that a new password is asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Mail address")
        self.fields["email"].widget.attrs.pop("placeholder", None)


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a reader is called in public, and where their day begins."""

    name = forms.CharField(
        label=_("Public name"),
        max_length=60,
        required=False,
        help_text=_("Stands beside what you write. Leave it empty to be called “a reader”."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "dir": "auto"}),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = Reader
        fields = ("name", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            ("", _("As the site: %(zone)s") % {"zone": settings.TIME_ZONE}),
            *time_zones(),
        ]

    def clean_name(self) -> str:
        name = " ".join(unicodedata.normalize("NFC", self.cleaned_data["name"]).split())
        if unseen := unseen_in(name):
            raise forms.ValidationError(
                _("The name has signs that cannot be seen (%(signs)s). Leave them out."), params={"signs": unseen[0]}
            )
        if name and Reader.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another reader is called so. Choose another name."))
        if is_of_staff(name, but=self.instance.pk):
            raise forms.ValidationError(_("It looks like the name of somebody of this site. Choose another name."))
        return name

    def keep(self) -> bool:
        """Save it; False if another reader took the name at the same moment."""
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError:
            self.add_error("name", _("Another reader is called so. Choose another name."))
            return False
        return True


@lru_cache(maxsize=1)
def time_zones() -> tuple[tuple[str, str], ...]:
    """The zones by place that this machine knows, and how they are shown."""
    zones = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC")
    return tuple((zone, zone.replace("_", " ")) for zone in zones)


class InvitationForm(forms.Form):
    note = forms.CharField(
        label=_("For whom"), max_length=100, help_text=_("A note for you alone, as a name. It is not sent anywhere.")
    )
