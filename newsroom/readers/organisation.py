"""Signing in by an organisation's own provider (OpenID Connect), set by OIDC_URL.

The one place of the site that asks a server without newstext.fetch:
docs/decisions/0012-oidc-asks-the-operators-provider.md says why.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class Organisation(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """True unless nobody may sign up: whom the provider knows is invited by that."""
        return settings.SIGN_UP != "closed"

    def get_requests_session(self) -> Any:
        """A session that asks by https alone, as the provider's own address does; by http only on this machine."""
        session = super().get_requests_session()
        if urlsplit(settings.OIDC_URL).scheme == "https":
            session.adapters.pop("http://")
        return session
