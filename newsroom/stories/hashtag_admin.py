"""What editors do with hashtags: unite, rename, block; each asks before it is done."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from newsroom.roles import EDITORS, RoleAdmin
from newsroom.stories import hashtag_keeping
from newsroom.stories.models import Hashtag, HashtagAlias

MOST_UNITED = 20


class AliasInline(admin.TabularInline):  # type: ignore[type-arg]
    """Other addresses of the hashtag; taking one away lets that name be a hashtag of its own again."""

    model = HashtagAlias
    extra = 0
    fields = ("key",)
    readonly_fields = ("key",)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return getattr(request.user, "role", "") in EDITORS

    has_change_permission = has_view_permission = has_delete_permission


@admin.register(Hashtag)
class HashtagAdmin(RoleAdmin):
    roles = EDITORS
    list_display = ("name", "key", "kind", "article_count", "first_seen_at", "is_blocked")
    list_filter = ("is_blocked", "kind")
    search_fields = ("name", "key", "aliases__key")
    ordering = ("-article_count", "name")
    fields = ("name", "key", "kind", "article_count", "first_seen_at", "is_blocked")
    readonly_fields = ("name", "key", "article_count", "first_seen_at", "is_blocked")
    inlines = (AliasInline,)
    actions = ("unite", "rename", "block", "unblock")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # hashtags come from stories

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False  # a deleted one would come back with the next notes: block it

    @admin.action(description=_("Unite into one…"))
    def unite(self, request: HttpRequest, tags: QuerySet[Hashtag]) -> HttpResponse | None:
        chosen = list(tags[: MOST_UNITED + 1])
        if not 2 <= len(chosen) <= MOST_UNITED:
            return self._refuse(request, _("Choose 2 to %(n)d hashtags to unite.") % {"n": MOST_UNITED})
        stays = {str(tag.pk): tag for tag in chosen}.get(request.POST.get("stays", ""))
        if stays is None:
            return self._ask(request, chosen, "unite", _("Unite these hashtags"))
        try:
            for tag in chosen:
                if tag.pk != stays.pk:
                    hashtag_keeping.unite(tag, stays)
        except hashtag_keeping.CannotChange as error:
            return self._refuse(request, str(error))
        return self._done(request, _("United into #%(name)s; the other addresses lead there.") % {"name": stays.name})

    @admin.action(description=_("Rename…"))
    def rename(self, request: HttpRequest, tags: QuerySet[Hashtag]) -> HttpResponse | None:
        chosen = list(tags[:2])
        if len(chosen) != 1:
            return self._refuse(request, _("Choose one hashtag to rename."))
        if "new_name" not in request.POST:
            return self._ask(request, chosen, "rename", _("Rename this hashtag"))
        try:
            renamed = hashtag_keeping.rename(chosen[0], request.POST["new_name"])
        except hashtag_keeping.CannotChange as error:
            return self._refuse(request, str(error))
        return self._done(request, _("Renamed #%(name)s; the old address leads there.") % {"name": renamed.name})

    @admin.action(description=_("Block…"))
    def block(self, request: HttpRequest, tags: QuerySet[Hashtag]) -> HttpResponse | None:
        if "sure" not in request.POST:
            return self._ask(request, list(tags), "block", _("Block these hashtags"))
        count = tags.count()
        hashtag_keeping.block(tags)
        return self._done(request, _("%(n)d blocked; they do not come back.") % {"n": count})

    @admin.action(description=_("Unblock"))
    def unblock(self, request: HttpRequest, tags: QuerySet[Hashtag]) -> None:
        hashtag_keeping.unblock(tags)
        self._done(request, _("They come back with the next notes of their stories."))

    def _ask(self, request: HttpRequest, tags: list[Hashtag], action: str, title: str) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": title, "tags": tags, "action": action}
        return TemplateResponse(request, "admin/hashtag_action.html", {**context, "opts": self.model._meta})

    def _refuse(self, request: HttpRequest, reason: str) -> None:
        self.message_user(request, reason, messages.ERROR)

    def _done(self, request: HttpRequest, said: str) -> None:
        self.message_user(request, said, messages.SUCCESS)
