from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from newsroom.articles.models import Address, Article, Rejection
from newsroom.roles import EDITORS, RoleAdmin


@admin.register(Article)
class ArticleAdmin(RoleAdmin):
    roles = EDITORS
    list_display = ("title", "publisher", "kind", "published_at", "read_at", "refused")
    list_filter = ("kind", "language")
    search_fields = ("title", "url")
    raw_id_fields = ("publisher", "feed")
    exclude = ("marks", "entry", "sentences", "claimed_by", "claimed_until")
    readonly_fields = ("text", "text_key", "passages")  # sentences and all that stands on them count its letters
    actions = ("remove",)

    @admin.action(description="Remove: the address answers why, and it is not read again")
    def remove(self, request: HttpRequest, articles: QuerySet[Article]) -> HttpResponse:
        """Lead to the page that asks why, with the first chosen article and the others ticked."""
        first, *others = articles.order_by("pk").values_list("pk", flat=True)
        query = QueryDict(mutable=True)
        query.setlist("also", [str(key) for key in others])
        return HttpResponseRedirect(f"/article/{first}/remove" + (f"?{query.urlencode()}" if others else ""))


@admin.register(Rejection)
class RejectionAdmin(RoleAdmin):
    roles = EDITORS
    list_display = ("at", "publisher", "step", "reason")
    list_filter = ("step",)


@admin.register(Address)
class AddressAdmin(RoleAdmin):
    roles = EDITORS
    list_display = ("url_key", "kind", "article")
    list_filter = ("kind",)
    search_fields = ("url_key", "url")
    raw_id_fields = ("article",)
