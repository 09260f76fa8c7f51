"""What each role may do; one table. Which address is open to whom: access.py."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponse]
Roles = frozenset[str]

# The roles of readers.Reader.Role that may do what each of them may; from the narrowest to the widest.
ADMINS = frozenset({"admin"})  # everything
EDITORS = ADMINS | {"editor"}  # stories, hashtags, removals, corrections
MODERATORS = EDITORS | {"moderator"}  # what readers write
TRUSTED = MODERATORS | {"trusted"}  # their comments are not held for what is held of strangers
READERS = TRUSTED | {"reader"}  # comment under their own name, vote, report, appeal


def has_role(request: HttpRequest, roles: frozenset[str]) -> bool:
    """True of somebody signed in whose role is one of these."""
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and user.is_active and getattr(user, "role", "") in roles)


def for_roles(roles: frozenset[str]) -> Callable[[View], View]:
    """A view for these roles alone: who has not signed in is asked to, others are told that they may not."""

    def closed(view: View) -> View:
        @never_cache
        @wraps(view)
        def asked(request: HttpRequest, *args: object, **options: object) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not has_role(request, roles):
                raise PermissionDenied(_("Your account may not do this. An administrator gives the role for it."))
            return view(request, *args, **options)

        return asked

    return closed


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
