"""The forms by which an editor moves, merges, splits and pins, and the page on which every such act is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from newsroom.stories.history import CannotChange
from newsroom.stories.models import Placement, Story
from newsroom.stories.save import stands_for
from newsroom.stories.search import search_articles
from newstext.language import normal_code

NUMBER = re.compile(r"^#?\s*(\d{1,18})$")
ADDRESS = re.compile(r"(?:^|/)story/(\d{1,18})(?:[/?#]|$)")
OFFERED = 10
WHY_MAX_CHARS = 300
CONFIRMED = "confirmed"


class Radios(forms.RadioSelect):
    """Radio buttons as the admin draws them."""

    def __init__(self, attrs: dict[str, str] | None = None, choices: Any = ()) -> None:
        super().__init__({"class": "radiolist", **(attrs or {})}, choices)


class WhyForm(forms.Form):
    """Asks for a reason, which the story's page shows."""

    why = forms.CharField(
        label="Why",
        max_length=WHY_MAX_CHARS,
        required=False,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text="In a few words; readers see it in the story's history.",
    )


class StoryField(forms.CharField):
    """A story by its number, by its address, or by words of its headlines."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "Its number, its address, or words of its headlines.")
        super().__init__(max_length=300, widget=forms.TextInput(attrs={"size": 60}), **options)


class ToForm(WhyForm):
    """Asks for one story; where words or a merged story are given, offers those that may be meant."""

    chosen = forms.ChoiceField(label="Which one", required=False, widget=Radios)
    to = StoryField(label="To which story", required=False)
    field_order = ("to", "chosen", "why")

    def __init__(self, *args: Any, needs_story: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        self.needs_story = needs_story
        self.story: Story | None = None
        self.offered: list[Story] = []
        told = str(self.data.get("chosen") or "") if self.is_bound else ""
        self.fields["chosen"].choices = [(told, told)] if told.isdecimal() else []  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data.get("chosen") or self.cleaned_data.get("to", "")
        if said:
            self.story = self._found(said)
        elif self.needs_story:
            self.add_error("to", "Say which story: its number, its address, or words of its headlines.")
        self.fields["chosen"].choices = [(str(one.pk), described(one)) for one in self.offered]  # type: ignore[attr-defined]
        return self.cleaned_data

    def _found(self, said: str) -> Story | None:
        number = NUMBER.match(said.strip()) or ADDRESS.search(said)
        if number is None:
            return self._offer(said)
        story = Story.objects.filter(pk=int(number[1]), is_private=False).first()
        if story is None:
            self.add_error("to", f"There is no story {number[1]}. Look its number up in its address: /story/12 is 12.")
        elif (stays := stands_for(story)) != story:
            self.offered = [stays]
            self.add_error("to", f"Story {story.pk} was merged into {described(stays)}. Choose it, or another.")
        else:
            return story
        return None

    def _offer(self, words: str) -> None:
        stories: dict[int, Story] = {}
        for article in search_articles(words, most=3 * OFFERED):
            placement = Placement.objects.filter(article=article).select_related("story").first()
            if placement:
                stories.setdefault(placement.story_id, placement.story)
        self.offered = list(stories.values())[:OFFERED]
        if self.offered:
            self.add_error("to", "Several may be meant. Choose one.")
        else:
            self.add_error("to", f"No story has the words “{words}”. Try fewer words, or the story's number.")

    @property
    def shows_choice(self) -> bool:
        return bool(self.offered)


class HeadlineForm(forms.ModelForm):  # type: ignore[type-arg]
    """A story's own headline and its language."""

    def clean_given_language(self) -> str:
        said = self.cleaned_data["given_language"]
        code = normal_code(said)
        if said and not code:
            raise forms.ValidationError(f"“{said}” is no code of a language. Write en, ar or fr, or leave it empty.")
        return code


class SplitForm(WhyForm):
    """Asks which part keeps the story's address."""

    keeps = forms.ChoiceField(
        label="Which part keeps the address",
        widget=Radios,
        choices=[("rest", "the tellings that were not chosen"), ("chosen", "the chosen tellings")],
        help_text="The other part gets a new address, and says that it came from here.",
    )
    same_course = forms.BooleanField(
        label="Both belong to one course of events",
        required=False,
        initial=True,
        help_text="As a dismissal and the funeral that followed. Two quakes do not.",
    )
    field_order = ("keeps", "same_course", "why")


class KeepForm(WhyForm):
    """Asks which of several stories stays."""

    keep = forms.ModelChoiceField(
        label="Which one stays", queryset=Story.objects.none(), widget=Radios, empty_label=None
    )
    field_order = ("keep", "why")

    def __init__(self, *args: Any, stories: Sequence[Story] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["keep"]
        field.queryset = Story.objects.filter(pk__in=[story.pk for story in stories]).order_by("pk")  # type: ignore[attr-defined]
        field.label_from_instance = described  # type: ignore[attr-defined]
        field.help_text = "The addresses of the others lead to it from then on."


def described(story: Story) -> str:
    """A story as an editor knows it: number, headline, size."""
    return f"{story.pk}, “{story.title}” ({story.article_count} article{'s' * (story.article_count != 1)})"


def act(
    page: admin.ModelAdmin,  # type: ignore[type-arg]
    request: HttpRequest,
    rows: QuerySet[Any],
    make_form: Callable[[Any], forms.Form],
    do: Callable[[Any], str],
    *,
    action: str,
    title: str,
    button: str,
    listed: Sequence[Model] | None = None,
    note: str = "",
) -> HttpResponse | None:
    """The page on which an editor says how something is to be done, and, once that is right, the doing.

    do: takes the valid form and returns what was done, in words; a CannotChange
    is shown on the page. note: what the editor should know before. Returns None
    when it is done: the list is shown again.
    """
    form = make_form(request.POST if CONFIRMED in request.POST else None)
    if form.is_bound and form.is_valid() and (said := _done(form, do)):
        page.message_user(request, said, messages.SUCCESS)
        for row in rows:
            page.log_change(request, row, title)
        return None
    context = {
        **page.admin_site.each_context(request),
        "title": title,
        "opts": page.model._meta,
        "form": form,
        "fields": [form[name] for name in form.fields if name != "chosen" or getattr(form, "shows_choice", True)],
        "rows": rows if listed is None else listed,
        "keys": [row.pk for row in rows],
        "action": action,
        "button": button,
        "note": note,
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "media": page.media,
    }
    return TemplateResponse(request, "admin/stories/act.html", context)


def _done(form: forms.Form, do: Callable[[Any], str]) -> str:
    """What was done, in words; "" where nothing was, and the form says why."""
    try:
        with transaction.atomic():
            return do(form)
    except CannotChange as error:
        form.add_error(None, str(error))
        return ""
