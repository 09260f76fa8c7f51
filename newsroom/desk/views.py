"""Pages that need the desk: a text a reader brings, and the first administrator."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.articles.models import Article
from newsroom.readers.models import Token
from newsroom.readers.save import ReaderError, make_admin
from newsroom.stories.article_page import article_page


@csrf_exempt  # no cookie to protect; SameOriginMiddleware refuses posts of other sites
@require_http_methods(["GET", "HEAD", "POST"])
def explain(request: HttpRequest) -> HttpResponse:
    """The form to bring a text; makes the page of a pasted text or an address, and leads there."""
    if request.method != "POST":
        return render(request, "explain.html")
    from newsroom.desk import explain as explaining  # brings the whole text engine: not at the site's start

    try:
        text, url = request.POST.get("text", ""), request.POST.get("url", "").strip()
    except RequestDataTooBig:
        most_mb = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
        problem = _("The text is over the limit of %(most)d MB. Paste a part of it, or use ./run explain FILE.")
        return render(request, "explain.html", {"problem": problem % {"most": most_mb}}, status=413)
    now = timezone.now()
    try:
        if url and not text.strip():
            article = explaining.explain_url(url, now, writer=settings.WRITER)
        else:
            article = explaining.explain_text(text, now, writer=settings.WRITER)
    except explaining.CannotExplain as error:
        return render(request, "explain.html", {"problem": str(error), "text": text, "url": url}, status=422)
    return HttpResponseRedirect(article.get_absolute_url())


@never_cache
def text(request: HttpRequest, key: str) -> HttpResponse:
    """The page of a text that a reader brought; whoever has its address may read it."""
    article = get_object_or_404(Article, private_key=key)
    response = article_page(request, article)
    response["X-Robots-Tag"] = "noindex"
    return response


class FirstAdmin(forms.Form):
    mail = forms.EmailField(label=gettext_lazy("Mail address"))
    password = forms.CharField(
        widget=forms.PasswordInput, label=gettext_lazy("Password"), help_text=gettext_lazy("At least 10 characters.")
    )


@csrf_exempt  # the secret in the address is what proves who asks
@never_cache
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first administrator, for whoever holds the one-time link."""
    now = timezone.now()
    if not Token.living(Token.SETUP, token, now).exists():
        return render(request, "setup.html", {"is_used": True}, status=410)
    form = FirstAdmin(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            make_admin(form.cleaned_data["mail"], form.cleaned_data["password"])
        except ReaderError as error:
            form.add_error("password", str(error))
        else:
            Token.use(Token.SETUP, token, now)
            return HttpResponseRedirect("/admin/login/?next=/setup/publishers")
    return render(request, "setup.html", {"form": form})
