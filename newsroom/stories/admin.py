"""What editors do with stories, their tellings, readers' reports and cases; each act asks before it is done."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm, Textarea
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from newsroom.articles.models import Article
from newsroom.roles import EDITORS, RoleAdmin
from newsroom.stories import (
    changing,
    hashtag_admin,  # noqa: F401  it registers itself
    notes_admin,  # noqa: F401  it registers itself
    removal_admin,  # noqa: F401  it registers itself
    reports,
    section_keeping,
)
from newsroom.stories.editing import HeadlineForm, KeepForm, SplitForm, ToForm, WhyForm, act, described
from newsroom.stories.history import CannotChange
from newsroom.stories.models import GroupingCase, MemberReport, Placement, Story


class KeptAdmin(RoleAdmin):
    """Rows that come from what is read or done: shown here, changed by the actions alone."""

    roles = EDITORS

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Story)
class StoryAdmin(KeptAdmin):
    form = HeadlineForm
    list_display = ("title", "number", "article_count", "publisher_count", "first_at", "last_at", "is_sample")
    search_fields = ("title", "=pk")
    search_help_text = "Words of the headline, or the number."
    fields = (
        "given_title",
        "given_language",
        "section_chosen",
        "shown",
        "where",
        "article_count",
        "publisher_count",
        "merged_into",
        "course",
    )
    readonly_fields = ("shown", "where", "article_count", "publisher_count", "merged_into", "course")
    actions = ("merge",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Story]:
        return super().get_queryset(request).filter(is_private=False).order_by("-last_at", "-pk")

    def get_form(self, request: HttpRequest, obj: Story | None = None, **options: Any) -> type[ModelForm]:  # type: ignore[type-arg]
        labels = {"given_title": "Headline given by an editor", "given_language": "Language of that headline"}
        helps = {
            "given_title": "Stands instead of the lead's headline until it is emptied.",
            "given_language": "Its code, as en or ar. Empty: the story's.",
        }
        widgets = {"given_title": Textarea(attrs={"rows": 2, "cols": 60})}
        return super().get_form(request, obj, labels=labels, help_texts=helps, widgets=widgets, **options)

    @admin.display(description="headline shown")
    def shown(self, story: Story) -> str:
        return story.title

    @admin.display(description="number", ordering="pk")
    def number(self, story: Story) -> int:
        return story.pk

    @admin.display(description="course of events")
    def course(self, story: Story) -> str:
        return str(story.storyline)

    @admin.display(description="tellings")
    def where(self, story: Story) -> str:
        listed = reverse("admin:stories_placement_changelist")
        return format_html(
            '<a href="{}?story__id__exact={}">Its tellings, to move, split off or pin</a> · <a href="{}">Its page</a>',
            listed, story.pk, story.get_absolute_url(),
        )  # fmt: skip

    def save_model(self, request: HttpRequest, obj: Story, form: Any, change: bool) -> None:
        """The headline and the section alone may be changed here."""
        section_keeping.choose(obj, obj.section_chosen or "")
        changing.rename(obj, obj.given_title, timezone.now(), by=request.user, language=obj.given_language)  # type: ignore[arg-type]

    @admin.action(description="Merge")
    def merge(self, request: HttpRequest, stories: QuerySet[Story]) -> HttpResponse | None:
        """Several stories into one of them, or one into another that is asked for."""
        rows = list(stories.filter(merged_into=None).order_by("pk"))
        if len(rows) < stories.count():
            self.message_user(request, "What was merged already was left out.", messages.WARNING)
        if not rows:
            return None

        def do(form: Any) -> str:
            kept = form.cleaned_data["keep"] if len(rows) > 1 else form.story
            others = [story for story in rows if story != kept]
            if not others:
                raise CannotChange(f"Story {kept.pk} is the one that was chosen. Give another.")
            for gone in others:
                changing.merge_stories(kept, gone, timezone.now(), by=request.user, why=form.cleaned_data["why"])  # type: ignore[arg-type]
            kept.refresh_from_db()
            return f"{len(others)} merged into {described(kept)}."

        def form(data: Any) -> WhyForm:
            return KeepForm(data, stories=rows, initial={"keep": _largest(rows)}) if len(rows) > 1 else ToForm(data)

        title, button = "Merge stories", "Merge"
        return act(self, request, stories, form, do, action="merge", title=title, button=button, listed=rows)


def _largest(stories: list[Story]) -> int:
    """The story with most articles; of equals, the one that was there first."""
    return min(stories, key=lambda story: (-story.article_count, story.pk)).pk


@admin.register(Placement)
class PlacementAdmin(KeptAdmin):
    list_display = ("article", "story_link", "publisher", "is_pinned", "is_copy", "rule", "placed_at")
    list_select_related = ("article__publisher", "story")
    list_filter = ("is_pinned",)
    search_fields = ("article__title", "article__publisher__name")
    search_help_text = "Words of the headline, or the publisher."
    actions = ("move", "split", "pin", "unpin")
    ordering = ("-pk",)
    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Placement]:
        rows = super().get_queryset(request).filter(story__is_private=False)
        return rows.defer("article__text", "article__sentences", "article__marks", "article__entry")

    @admin.display(ordering="article__publisher__name")
    def publisher(self, row: Placement) -> str:
        return row.article.publisher.name

    @admin.display(description="story", ordering="story")
    def story_link(self, row: Placement) -> str:
        address = reverse("admin:stories_story_change", args=(row.story_id,))
        return format_html('<a href="{}" title="{}">{}</a>', address, row.story.title, row.story_id)

    @admin.display(description="copy", boolean=True)
    def is_copy(self, row: Placement) -> bool:
        return row.copy_of_id is not None

    @admin.action(description="Move to another story")
    def move(self, request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
        """The chosen tellings, with their copies, into a story that is asked for."""

        def do(form: Any) -> str:
            to = changing.move_all(_articles(rows), form.story, timezone.now(), by=request.user, why=_why(form))  # type: ignore[arg-type]
            return f"{len(keys)} moved to {described(to)}, with their copies, and pinned there."

        keys = list(rows.values_list("pk", flat=True))
        title = "Move to another story"
        return act(self, request, rows, ToForm, do, action="move", title=title, button="Move")

    @admin.action(description="Split off into a new story")
    def split(self, request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
        """The chosen tellings, with their copies, or all others, into a new story."""
        stories = list(Story.objects.filter(placements__in=rows).distinct())
        if len(stories) != 1:
            said = f"The chosen tellings stand in {len(stories)} stories. Choose tellings of one story to split it."
            self.message_user(request, said, messages.ERROR)
            return None
        [story] = stories

        def do(form: Any) -> str:
            leaving = _articles(rows)
            if form.cleaned_data["keeps"] == "chosen":
                leaving = _rest(story, leaving)
            course = form.cleaned_data["same_course"]
            new = changing.split(
                story, leaving, timezone.now(), by=request.user, why=_why(form), same_course=course  # type: ignore[arg-type]
            )  # fmt: skip
            return f"Split: the new story is {described(new)}."

        def form(data: Any) -> WhyForm:
            return SplitForm(data, initial={"keeps": _main_part(story, rows), "same_course": True})

        title = f"Split story {described(story)}"
        return act(self, request, rows, form, do, action="split", title=title, button="Split")

    @admin.action(description="Pin to their story")
    def pin(self, request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
        """No rule takes the chosen tellings out of their story."""
        return self._pin(request, rows, is_pinned=True)

    @admin.action(description="Unpin")
    def unpin(self, request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
        """Rules may take the chosen tellings out of their story again."""
        return self._pin(request, rows, is_pinned=False)

    def _pin(self, request: HttpRequest, rows: QuerySet[Placement], *, is_pinned: bool) -> HttpResponse | None:
        word, title = ("pin", "Pin to their story") if is_pinned else ("unpin", "Unpin: rules may move them again")

        def do(form: Any) -> str:
            articles = _articles(rows)
            for article in articles:
                changing.pin(article, timezone.now(), by=request.user, why=_why(form), is_pinned=is_pinned)  # type: ignore[arg-type]
            return f"{len(articles)} {word}ned."

        return act(self, request, rows, WhyForm, do, action=word, title=title, button=word.capitalize())


def _why(form: WhyForm) -> str:
    return str(form.cleaned_data["why"])


def _articles(rows: QuerySet[Placement]) -> list[Article]:
    return list(Article.objects.filter(placement__in=list(rows.values_list("pk", flat=True))).order_by("pk"))


def _rest(story: Story, chosen: list[Article]) -> list[Article]:
    """The articles of a story that are neither chosen nor copies of what is."""
    keys = [article.pk for article in chosen]
    others = story.placements.exclude(article__in=keys).exclude(copy_of__in=keys)
    return list(Article.objects.filter(placement__in=others).order_by("pk"))


def _main_part(story: Story, rows: QuerySet[Placement]) -> str:
    """Which part keeps the address, unless the editor says otherwise: the larger, of equals that which opened it."""
    chosen = _articles(rows)
    rest = _rest(story, chosen)
    if len(chosen) != len(rest):
        return "chosen" if len(chosen) > len(rest) else "rest"
    return "chosen" if story.key in {str(article.pk) for article in chosen} else "rest"


@admin.register(MemberReport)
class MemberReportAdmin(KeptAdmin):
    list_display = ("created_at", "state", "article", "story", "reason")
    list_select_related = ("article", "story")
    list_filter = ("state",)
    actions = ("take_out", "dismiss")

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.action(description="The reader is right: take it out of the story")
    def take_out(self, request: HttpRequest, rows: QuerySet[MemberReport]) -> HttpResponse | None:
        """Each reported article into a story that is asked for, or into one of its own."""

        def do(form: Any) -> str:
            now, done = timezone.now(), 0
            for report in rows.filter(state=MemberReport.State.OPEN).order_by("pk"):
                report.refresh_from_db()
                if report.state == MemberReport.State.OPEN:  # a report before it may have answered it
                    reports.follow(report, form.story, now, by=request.user, why=_why(form))  # type: ignore[arg-type]
                    done += 1
            return f"{done} followed."

        def form(data: Any) -> WhyForm:
            made = ToForm(data, needs_story=False)
            made.fields["to"].help_text += " Empty: each into a story of its own."
            return made

        title = "Take out of the story"
        return act(self, request, rows, form, do, action="take_out", title=title, button="Take out")

    @admin.action(description="Dismiss: it belongs there")
    def dismiss(self, request: HttpRequest, rows: QuerySet[MemberReport]) -> None:
        """Leave the articles where they are."""
        done = sum(reports.dismiss(report, timezone.now(), by=request.user) for report in rows)  # type: ignore[arg-type]
        self.message_user(request, f"{done} dismissed.", messages.SUCCESS)


@admin.register(GroupingCase)
class GroupingCaseAdmin(KeptAdmin):
    """What `./run cases` writes; one that was a slip may be deleted."""

    list_display = ("at", "how", "together", "article", "story", "editor")
    list_select_related = ("article", "story", "editor")
    list_filter = ("how", "together")
    exclude = ("marks",)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self._may(request)
