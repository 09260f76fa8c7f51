from __future__ import annotations

from django.contrib import admin

from newsroom.roles import EDITORS, RoleAdmin
from newsroom.stories import hashtag_admin  # noqa: F401  it registers itself
from newsroom.stories.models import Story


@admin.register(Story)
class StoryAdmin(RoleAdmin):
    roles = EDITORS
    list_display = ("title", "article_count", "publisher_count", "first_at", "last_at", "is_sample")
    search_fields = ("title",)
    raw_id_fields = ("lead", "storyline", "merged_into")
