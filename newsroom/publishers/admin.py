from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from newsroom.publishers.models import Feed, Publisher
from newsroom.roles import EDITORS, RoleAdmin


class FeedInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Feed
    extra = 1
    fields = ("url", "title", "section", "is_on", "next_check_at", "problem")
    readonly_fields = ("problem",)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True

    has_change_permission = has_delete_permission = has_view_permission = has_add_permission


@admin.register(Publisher)
class PublisherAdmin(RoleAdmin):
    roles = EDITORS
    list_display = ("name", "domain", "country", "language", "is_sample")
    list_filter = ("language", "country", "is_sample")
    search_fields = ("name", "domain")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    inlines = (FeedInline,)


@admin.register(Feed)
class FeedAdmin(RoleAdmin):
    roles = EDITORS
    list_display = ("url", "publisher", "is_on", "last_success_at", "next_check_at", "failures", "problem_kind")
    list_filter = ("is_on", "problem_kind")
    search_fields = ("url", "publisher__name")
    actions = ("check_now", "switch_off", "switch_on")

    @admin.action(description="Check now")
    def check_now(self, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
        feeds.update(next_check_at=timezone.now())

    @admin.action(description="Switch off")
    def switch_off(self, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
        feeds.update(is_on=False)

    @admin.action(description="Switch on")
    def switch_on(self, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
        feeds.update(is_on=True, next_check_at=timezone.now())
