"""Who signs in: by which name, how often it may be tried, and what is said of it.

The limits are django-allauth's (ACCOUNT_RATE_LIMITS); here stands what they
count by, so that no other spelling of a name, host or address counts anew.
"""

from __future__ import annotations

import logging
import smtplib
import time
import unicodedata
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.stages import EmailVerificationStage
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from newsroom.readers import passwords
from newsroom.readers.models import Invitation, Reader
from newsroom.readers.next_page import own_page
from newsroom.readers.origin import address_of

log = logging.getLogger(__name__)
NAME_MOST_CHARS = 254  # of a mail address; SQLite looks for no name of 50,000
NO_ADDRESS = "0.0.0.0"  # noqa: S104  stands in a row of a session where the request had no address


def account_named(name: str) -> tuple[int, str]:
    """Number and kept password of the reader with this mail address or user name, the address first; (0, "") for none.

    Not the whole reader: to make one takes a tenth of a millisecond, which tells that there is one.
    """
    if len(name) > NAME_MOST_CHARS:
        return 0, ""
    rows = Reader.objects.filter(Q(email__iexact=name) | Q(username=name)).order_by("pk")
    found = rows.values_list("pk", "password", "email")[:9]
    key, password, _mail = min(found, key=lambda one: one[2].casefold() != name.casefold(), default=(0, "", ""))
    return key, password


class SignIn(AuthenticationBackend):
    """Signs in by mail address or user name, with the same work whether there is such an account or not."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Reader | None:
        name = credentials.get("email") or credentials.get("username") or ""
        password = credentials.get("password") or ""
        if not name or not password:
            return None
        key, encoded = account_named(name)
        if not passwords.is_right(password, encoded):
            return None
        reader = Reader.objects.get(pk=key)
        if not self.user_can_authenticate(reader):
            self._stash_user(reader)
            return None
        passwords.renew(reader, password)
        return reader


class ProvenAddress(EmailVerificationStage):
    """Asks for proof of a mail address, save of accounts without one, which only an administrator makes."""

    def handle(self) -> Any:
        if self.login.user and not self.login.user.email:
            return None, True
        return super().handle()


class Accounts(DefaultAccountAdapter):
    """django-allauth as this site wants it."""

    error_messages = {  # noqa: RUF012  as theirs
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "This account was tried too often. Wait an hour, sign in with a passkey, or ask for a new password by mail."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGN_UP == "open" or (settings.SIGN_UP == "invitation" and invitation_of(request)))

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or NO_ADDRESS

    def is_safe_url(self, url: str | None) -> bool:
        """True of a page of this site, named by its path alone."""
        return bool(own_page(url or ""))

    def get_login_stages(self) -> list[str]:
        theirs = f"{EmailVerificationStage.__module__}.{EmailVerificationStage.__name__}"
        ours = f"{ProvenAddress.__module__}.{ProvenAddress.__name__}"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        name = credentials.get("email") or credentials.get("username") or ""
        key, _password = account_named(name)
        plain = unicodedata.normalize("NFKC", name).casefold()
        return f"account:{key}" if key else f"nobody:{plain}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _at_site(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return _at_site(super().get_email_confirmation_url(request, emailconfirmation))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """As theirs; who can only sign in elsewhere, at the organisation, proves it by having done so just now."""
        request = context.request
        if self.get_reauthentication_methods(request.user):
            return bool(super().is_reauthentication_required(app=app, **more))
        records = get_authentication_records(request, request.user)
        if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        raise ImmediateHttpResponse(_sign_in_again(request))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send it, or say on a page that the mail server did not take it. No mail is sent where none is set up."""
        if not settings.SENDS_MAIL:
            return
        try:
            super().send_mail(template_prefix, email, context)
        except (smtplib.SMTPException, OSError) as error:
            raise ImmediateHttpResponse(_mail_failed(error)) from error


def _mail_failed(error: Exception) -> HttpResponse:
    # Not in the server's own words: they hold the address of whoever signs up.
    told = getattr(error, "smtp_code", "") or getattr(error, "strerror", "") or ""
    log.error("Mail server %s took no mail: %s %s", settings.EMAIL_HOST, type(error).__name__, told)
    said = {
        "title": _("No mail could be sent"),
        "why": _("The mail server did not answer as it should. Try again in a few minutes."),
    }
    return render(context.request, "plain.html", said, status=503)


def _sign_in_again(request: HttpRequest) -> HttpResponse:
    minutes = app_settings.REAUTHENTICATION_TIMEOUT // 60
    said = {
        "title": _("Sign in again first"),
        "why": ngettext(
            "Sign out, sign in again by your organisation, and do this within %(count)s minute.",
            "Sign out, sign in again by your organisation, and do this within %(count)s minutes.",
            minutes,
        )
        % {"count": minutes},
    }
    return render(request, "plain.html", said, status=403)


def _at_site(url: str) -> str:
    """A link of a mail, at SITE_URL if that is set, whatever host the request named."""
    path = url.partition("://")[2].partition("/")[2]
    return f"{settings.SITE_URL}/{path}" if settings.SITE_URL else url


def invitation_of(request: HttpRequest) -> Invitation | None:
    """The living invitation that a request brings, in its address or its form."""
    secret = request.POST.get("invitation") or request.GET.get("invitation") or ""
    return Invitation.living(secret, timezone.now()).first() if secret else None
