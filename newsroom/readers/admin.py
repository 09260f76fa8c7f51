from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from newsroom.readers.leaving import LastAdministrator, delete_account
from newsroom.readers.models import Reader
from newsroom.readers.save import vouch_for
from newsroom.roles import ADMINS, RoleAdmin

# What a reader's account consists of is theirs to look at, and set by the settings, not by rows; groups give no right.
for not_here in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession, Group):
    admin.site.unregister(not_here)


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

    def delete_model(self, request: HttpRequest, obj: Reader) -> None:
        """As where readers delete themselves: their comments stay, without their name."""
        try:
            delete_account(obj, deletes_comments=False)
        except LastAdministrator:
            why = _("%(name)s is the only administrator. Make somebody else one first; nothing was deleted.")
            raise PermissionDenied(why % {"name": obj.username}) from None

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Reader]) -> None:
        with transaction.atomic():
            for reader in queryset.order_by("pk"):
                self.delete_model(request, reader)
