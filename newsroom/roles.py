"""What each role may do; one table. Which address is open to whom: access.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from newsroom.json_field import KeptJSONField

View = Callable[..., HttpResponse]
KEY = re.compile("[0-9]{1,18}")  # databases hold no longer numbers
SEARCH_MOST_CHARS = 200  # of the administration's lists
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
    formfield_overrides = {models.JSONField: {"form_class": KeptJSONField}}  # noqa: RUF012  Django's own name for it

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

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> models.Model | None:
        """By the key where an address names an empty field to look by, of which Django's own raises."""
        found: models.Model | None = super().get_object(request, object_id, from_field or None)
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Of more than a line nothing is looked for, and that is said: each word is a condition on every row."""
        if len(search_term) <= SEARCH_MOST_CHARS:
            return super().get_search_results(request, queryset, search_term)
        told = _("The search has %(n)d characters, it may have %(most)d. Shorten it.")
        self.message_user(request, told % {"n": len(search_term), "most": SEARCH_MOST_CHARS}, messages.ERROR)
        return queryset.none(), False

    def response_action(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> HttpResponseBase | None:
        """Lines that are no row's number count as not chosen; Django's own raises of them."""
        sent = request.POST.copy()
        said = sent.getlist(ACTION_CHECKBOX_NAME)
        sent.setlist(ACTION_CHECKBOX_NAME, [one for one in said if KEY.fullmatch(one)])
        request.POST = sent  # type: ignore[assignment]
        return super().response_action(request, queryset)
