"""Posting a comment."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsroom.articles.known import moved_to
from newsroom.articles.models import Article
from newsroom.comments.models import Comment
from newsroom.comments.save import TooMany, take_comment
from newsroom.readers.origin import address_of
from newsroom.stories.removal_page import gone_or_404


class CommentForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=60, strip=True)
    text = forms.CharField(label=_("Your comment"), max_length=4000, strip=True, widget=forms.Textarea)
    website = forms.CharField(required=False)  # people do not see it; what fills it in is no person


@csrf_exempt  # no cookie to protect; SameOriginMiddleware refuses posts of other sites
@require_POST
def post(request: HttpRequest, article_id: int) -> HttpResponse:
    """Take a comment and lead back to the page, which says what became of it."""
    article = moved_to(article_id) or Article.objects.public().filter(pk=article_id).first()
    if article is None:
        return gone_or_404(request, article_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return render(request, "comment_refused.html", {"article": article, "form": form}, status=422)
    if form.cleaned_data["website"]:
        return _back(article, Comment.State.HELD)
    try:
        comment = take_comment(
            article,
            form.cleaned_data["name"],
            form.cleaned_data["text"],
            address_of(request),
            timezone.now(),
        )
    except TooMany:
        return render(request, "comment_refused.html", {"article": article, "is_too_many": True}, status=429)
    return _back(article, comment.state)


def _back(article: Article, state: str) -> HttpResponse:
    return HttpResponseRedirect(f"/article/{article.pk}?comment={state}#comments")
