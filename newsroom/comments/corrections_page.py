"""Suggest a correction: the form, the page of what became of it, and the tasks of editors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from newsroom.articles import openness
from newsroom.articles.known import moved_to
from newsroom.articles.models import Article
from newsroom.comments import corrections
from newsroom.comments.moderation import Correction
from newsroom.readers.models import Reader
from newsroom.readers.origin import address_of, own_form
from newsroom.readers.who_asks import SEE_OTHER
from newsroom.roles import EDITORS, READERS, for_roles, has_role
from newsroom.stories.models import Story
from newsroom.stories.noted import check_of, sections_of, sentences_in
from newsroom.stories.plain_pages import plain, too_many
from newsroom.stories.removal_page import gone_or_404
from newsroom.stories.save import stands_for
from newsroom.stories.source_notes import shown_to_all

SHOWN_MOST = 100
FORM_METHODS = require_http_methods(["GET", "HEAD", "POST"])


class CorrectionForm(forms.Form):
    sentence = forms.CharField(label=gettext_lazy("The sentence that is wrong"), max_length=2000, strip=True)
    text = forms.CharField(label=gettext_lazy("What is wrong with it, and what is right"), max_length=2000, strip=True)
    source = forms.URLField(
        label=gettext_lazy("The address of a source, if you have one"),
        max_length=500,
        required=False,
        assume_scheme="https",
    )

    def clean_source(self) -> str:
        source = str(self.cleaned_data["source"])
        if source and not source.lower().startswith(("https://", "http://")):
            raise forms.ValidationError(_("Give an address that begins with https:// or http://."))
        return source


@own_form
@never_cache
@FORM_METHODS
def of_story(request: HttpRequest, story_id: int) -> HttpResponse:
    """The form for a sentence of a story."""
    found = get_object_or_404(Story.objects.select_related("merged_into"), pk=story_id, is_private=False)
    story = stands_for(found)
    return _form(request, {"story": story, "page": story, "action": f"/story/{story.pk}/correct"})


@own_form
@never_cache
@FORM_METHODS
def of_article(request: HttpRequest, article_id: int) -> HttpResponse:
    """The form for a sentence of an article, or for what its story says on the strength of one: ?sentence=NUMBER."""
    rows = Article.objects.public().select_related("publisher", "placement__story")
    article = moved_to(article_id) or rows.filter(pk=article_id).first()
    if article is None:
        return gone_or_404(request, article_id)
    said = request.POST if request.method == "POST" else request.GET
    number = said.get("number" if request.method == "POST" else "sentence", "")
    evidence = _evidence(request, article, int(number) if number.isdecimal() and len(number) < 7 else 0)
    if evidence and said.get("is", "") not in ("", check_of(evidence["text"])):
        evidence = None  # the article was edited since; another sentence has the number
    placement = getattr(article, "placement", None)
    story = placement.story if placement and not placement.story.is_private else None
    told = _told_on(story, evidence) if story and evidence else ""
    context = {
        "story": story if told else None,
        "article": article,
        "page": article,
        "evidence": evidence,
        "number": number if evidence else "",
        "check": check_of(evidence["text"]) if evidence else "",
        "prefilled": told or (evidence["text"] if evidence else ""),
        "action": f"/article/{article.pk}/correct",
    }
    return _form(request, context)


def _evidence(request: HttpRequest, article: Article, number: int) -> dict[str, Any] | None:
    """The source sentence of that number, if the asker may read it."""
    if not 0 < number <= len(article.sentences):
        return None
    opening = openness.openness_of(request, article)
    if not opening.is_whole and number not in shown_to_all(article, opening):
        return None
    start, end = article.sentences[number - 1]
    return {"article": str(article.pk), "start": start, "end": end, "text": article.text[start:end]}


def _told_on(story: Story, evidence: dict[str, Any]) -> str:
    """What the story says on the strength of that sentence, "" for nothing."""
    for one in sentences_in(sections_of(story).body):
        if one.stored.get("article") == evidence["article"] and one.stored.get("start") == evidence["start"]:
            return one.text
    return ""


def _form(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The form, and what was sent with it; leads to the page that will say what became of it."""
    if request.method != "POST":
        prefilled = context.get("prefilled") or request.GET.get("words", "")[:2000]
        form = CorrectionForm(initial={"sentence": prefilled})
        return render(request, "correct.html", {**context, "form": form})
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return render(request, "correct.html", {**context, "form": form}, status=422)
    if request.POST.get("website"):
        why = _("A field that people do not see was filled in. Leave it empty and send the form again.")
        return plain(request, 422, _("This was not taken"), why)
    try:
        found = corrections.suggest(
            form.cleaned_data,
            timezone.now(),
            story=context.get("story"),
            article=context.get("article"),
            evidence=context.get("evidence"),
            reader=request.user if isinstance(request.user, Reader) else None,
            address=address_of(request),
        )
    except corrections.TooManyCorrections as error:
        return too_many(request, str(error))
    return HttpResponseRedirect(f"/correction/{found.key}", status=SEE_OTHER)


@never_cache
@require_safe
def outcome(request: HttpRequest, key: str) -> HttpResponse:
    """What became of a suggestion: for who knows its address, or, of an account, for its reader and editors alone."""
    found = get_object_or_404(_with_places(), key=key)
    if found.reader_id and found.reader_id != request.user.pk and not has_role(request, EDITORS):
        raise Http404("A correction of another reader")
    response = render(request, "correction.html", {"correction": found})
    response["X-Robots-Tag"] = "noindex"
    return response


@for_roles(READERS)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What the reader suggested, the newest first."""
    rows = _with_places().filter(reader=request.user.pk)[:SHOWN_MOST]
    return render(request, "corrections_mine.html", {"corrections": rows})


@for_roles(EDITORS)
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """What readers suggested and nobody has answered yet, the oldest first; below, what was answered last."""
    rows = _with_places().select_related("story", "article", "by")
    context = {
        "open": rows.filter(state=Correction.State.OPEN).order_by("at", "pk")[:SHOWN_MOST],
        "answered": rows.exclude(state=Correction.State.OPEN).order_by("-decided_at", "-pk")[:20],
        "outcomes": Correction.Outcome.choices,
    }
    return render(request, "corrections.html", context)


@own_form
@for_roles(EDITORS)
@require_POST
def decide(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Accept or decline a suggestion with an answer."""
    found = get_object_or_404(_with_places(), pk=correction_id)
    sent, by = request.POST, request.user
    if not isinstance(by, Reader):
        raise TypeError(f"{request.path}: asked without a reader")
    try:
        corrections.decide(
            found,
            by,
            timezone.now(),
            is_accepted="accept" in sent,
            answer=sent.get("answer", ""),
            outcome=sent.get("outcome", ""),
        )
    except corrections.CannotCorrect as error:
        status = 409 if isinstance(error, corrections.Overtaken) else 422
        return plain(request, status, _("Nothing was changed"), str(error))
    return HttpResponseRedirect(f"/corrections#correction-{found.pk}", status=SEE_OTHER)


def _with_places() -> Any:
    return Correction.objects.select_related("story__merged_into", "article__publisher").defer("article__text")
