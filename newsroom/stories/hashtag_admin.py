"""What editors do with hashtags: unite, rename, block; each asks before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from newsroom.roles import EDITORS, RoleAdmin, has_role
from newsroom.stories import hashtag_keeping
from newsroom.stories.editing import Radios, act
from newsroom.stories.models import Hashtag, HashtagAlias

MOST_UNITED = 20
BLOCKED = "These hashtags leave all stories, their pages end, and the same subject does not bring them back."


class UniteForm(forms.Form):
    """Asks which of several hashtags stays."""

    stays = forms.ModelChoiceField(
        label="Which one stays",
        queryset=Hashtag.objects.none(),
        widget=Radios,
        empty_label=None,
        help_text="The stories of the others move to it, and their addresses lead there.",
    )

    def __init__(self, *args: Any, tags: Sequence[Hashtag], **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = Hashtag.objects.filter(pk__in=[tag.pk for tag in tags])
        self.fields["stays"].queryset = chosen  # type: ignore[attr-defined]


class RenameForm(forms.Form):
    """Asks for the new name."""

    new_name = forms.CharField(
        label="New name",
        max_length=hashtag_keeping.LONGEST,
        help_text="The address follows the name; the old one leads to it.",
    )


class AliasInline(admin.TabularInline):  # type: ignore[type-arg]
    """Other addresses of the hashtag; taking one away lets that name be a hashtag of its own again."""

    model = HashtagAlias
    extra = 0
    fields = ("key",)
    readonly_fields = ("key",)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return has_role(request, EDITORS)

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

    @admin.action(description="Unite into one…")
    def unite(self, request: HttpRequest, tags: QuerySet[Hashtag]) -> HttpResponse | None:
        """The stories of several hashtags into one of them, to which their addresses lead."""
        chosen = list(tags[: MOST_UNITED + 1])
        if not 2 <= len(chosen) <= MOST_UNITED:
            return self._refuse(request, f"Choose 2 to {MOST_UNITED} hashtags to unite.")

        def do(form: Any) -> str:
            stays = form.cleaned_data["stays"]
            for tag in chosen:
                if tag.pk != stays.pk:
                    hashtag_keeping.unite(tag, stays)
            return f"United into #{stays.name}; the other addresses lead there."

        def form(data: Any) -> forms.Form:
            return UniteForm(data, tags=chosen)

        title = "Unite these hashtags"
        return act(self, request, tags, form, do, action="unite", title=title, button="Unite", listed=chosen)

    @admin.action(description="Rename…")
    def rename(self, request: HttpRequest, tags: QuerySet[Hashtag]) -> HttpResponse | None:
        """Another name, which the address follows."""
        chosen = list(tags[:2])
        if len(chosen) != 1:
            return self._refuse(request, "Choose one hashtag to rename.")

        def do(form: Any) -> str:
            renamed = hashtag_keeping.rename(chosen[0], form.cleaned_data["new_name"])
            return f"Renamed #{renamed.name}; the old address leads there."

        def form(data: Any) -> forms.Form:
            return RenameForm(data, initial={"new_name": chosen[0].name})

        title = "Rename this hashtag"
        return act(self, request, tags, form, do, action="rename", title=title, button="Rename")

    @admin.action(description="Block…")
    def block(self, request: HttpRequest, tags: QuerySet[Hashtag]) -> HttpResponse | None:
        """Take hashtags off all stories for good."""

        def do(form: Any) -> str:
            count = tags.count()
            hashtag_keeping.block(tags)
            return f"{count} blocked; they do not come back."

        title = "Block these hashtags"
        return act(self, request, tags, forms.Form, do, action="block", title=title, button="Block", note=BLOCKED)

    @admin.action(description="Unblock")
    def unblock(self, request: HttpRequest, tags: QuerySet[Hashtag]) -> None:
        """Let hashtags come back."""
        hashtag_keeping.unblock(tags)
        self.message_user(request, "They come back with the next notes of their stories.", messages.SUCCESS)

    def _refuse(self, request: HttpRequest, reason: str) -> None:
        self.message_user(request, reason, messages.ERROR)
