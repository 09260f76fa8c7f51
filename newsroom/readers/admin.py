from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from newsroom.readers.models import Reader
from newsroom.roles import ADMINS, RoleAdmin


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
