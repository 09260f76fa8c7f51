"""What each role may do in the admin; one table."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

# The roles of readers.Reader.Role that may do what an editor, a moderator, an administrator does.
EDITORS = frozenset({"editor", "admin"})
MODERATORS = EDITORS | {"moderator"}
ADMINS = frozenset({"admin"})


def has_role(request: HttpRequest, roles: frozenset[str]) -> bool:
    """True of somebody signed in whose role is one of these."""
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and user.is_active and getattr(user, "role", "") in roles)


class RoleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin page that is open to the roles it names."""

    roles: frozenset[str] = ADMINS

    def _may(self, request: HttpRequest) -> bool:
        return has_role(request, self.roles)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._may(request)
