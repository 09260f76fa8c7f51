"""The page in place of a removed article, and the pages on which an editor removes one or takes that back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from newsroom.articles import removal
from newsroom.articles.models import Article, Removal
from newsroom.readers.models import Reader
from newsroom.roles import EDITORS, has_role
from newsroom.stories import removing

View = Callable[..., HttpResponse]
ALSO_MOST = 100


class RemovalForm(forms.Form):
    kind = forms.ChoiceField(label=_("Why it goes"), choices=Removal.Kind.choices, initial=Removal.Kind.WITHHELD)
    reason = forms.CharField(label=_("Reason, for all to read"), max_length=500, strip=True)
    asked_by = forms.CharField(label=_("Who asked, for all to read"), max_length=200, strip=True, required=False)


def is_editor(request: HttpRequest) -> bool:
    """True of a signed-in editor or administrator."""
    return has_role(request, EDITORS)


def for_editors(view: View) -> View:
    """Ask who has not signed in to do so; tell others that they may not."""

    @wraps(view)
    def asked(request: HttpRequest, *args: object, **options: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        if not is_editor(request):
            raise PermissionDenied(_("Editors alone may remove an article."))
        return never_cache(view)(request, *args, **options)

    return asked


def gone_or_404(request: HttpRequest, number: int) -> HttpResponse:
    """The page that says why an article is not here. Raises Http404 where nobody removed it."""
    gone = removal.removal_of(number)
    if gone is None:
        raise Http404(f"No article {number}")
    return gone_page(request, gone)


def gone_page(request: HttpRequest, gone: Removal) -> HttpResponse:
    """Status 451 or 410, with the reason, the day and who asked."""
    may_undo = is_editor(request) and bool(gone.kept) and gone.undo_until and gone.undo_until > timezone.now()
    context = {"gone": gone, "may_undo": may_undo, "status": gone.status}
    response = render(request, "gone.html", context, status=gone.status)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-cache"  # it may be undone
    return response


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, article_id: int) -> HttpResponse:
    """Ask, then remove the article with the copies that were ticked."""
    article = Article.objects.public().select_related("publisher", "feed").filter(pk=article_id).first()
    if article is None:
        return gone_or_404(request, article_id)
    form = RemovalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        also = _also(article, request.POST.getlist("also"))
        editor = request.user if isinstance(request.user, Reader) else None
        removing.take_off([article, *also], timezone.now(), editor=editor, **form.cleaned_data)
        return HttpResponseRedirect(f"/article/{article_id}")
    chosen = set(request.POST.getlist("also") or request.GET.getlist("also"))
    others = Article.objects.public().filter(
        pk__in=[int(one) for one in chosen if one.isdecimal() and len(one) < 19][:ALSO_MOST]
    )
    listed = {row.pk: row for row in (*removal.copies_of(article), *others.select_related("publisher"))}
    listed.pop(article.pk, None)
    copies = [(row, not chosen or str(row.pk) in chosen) for row in listed.values()]
    context = {"article": article, "form": form, "copies": copies}
    return render(request, "remove.html", context, status=422 if form.errors else 200)


def _also(article: Article, numbers: list[str]) -> list[Article]:
    wanted = {int(one) for one in numbers[:ALSO_MOST] if one.isdecimal() and len(one) < 19} - {article.pk}
    return list(Article.objects.public().filter(pk__in=wanted).select_related("publisher", "feed").order_by("pk"))


@for_editors
@require_POST
def undo(request: HttpRequest, removal_id: int) -> HttpResponse:
    """Take a removal back, and lead to the article."""
    gone = get_object_or_404(Removal, pk=removal_id)
    try:
        article = removing.put_back(gone, timezone.now())
    except removal.CannotUndo as error:
        return render(request, "plain.html", {"title": _("It cannot be undone"), "why": str(error)}, status=409)
    return HttpResponseRedirect(article.get_absolute_url())
