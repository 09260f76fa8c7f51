from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from newsroom.readers.models import Reader
from newsroom.readers.save import vouch_for
from newsroom.roles import ADMINS, RoleAdmin

# What a reader's account consists of is theirs to look at, and set by the settings, not by rows.
for theirs in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession):
    admin.site.unregister(theirs)


@admin.register(Reader)
class ReaderAdmin(RoleAdmin, UserAdmin):  # type: ignore[type-arg]
    roles = ADMINS
    list_display = ("username", "email", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("email", "role", "is_active")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )

    def save_model(self, request: HttpRequest, obj: Reader, form: object, change: bool) -> None:
        super().save_model(request, obj, form, change)
        vouch_for(obj)
