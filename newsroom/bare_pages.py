"""The least that Django can do over the same rows: a list of thirty and one item, without middleware.

The floor that `./run measure pages` divides by.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from newsroom.articles.models import Article

LIST = """<!doctype html><title>news</title><ul>{% for one in articles %}
<li><a href="/item/{{ one.pk }}">{{ one.title }}</a> <i>{{ one.publisher_id }}</i> <time>{{ one.published_at }}</time>
<p>{{ one.summary }}</p></li>{% endfor %}</ul>"""
ITEM = """<!doctype html><title>{{ one.title }}</title><h1>{{ one.title }}</h1>
<time>{{ one.published_at }}</time>{{ one.text|linebreaks }}"""
A_LIST = 30


@cache
def template(text: str) -> Any:
    return engines["django"].from_string(text)


def articles(request: HttpRequest) -> HttpResponse:
    """The thirty newest."""
    rows = Article.objects.defer("text", "marks", "sentences", "entry").order_by("-seen_at")[:A_LIST]
    return HttpResponse(template(LIST).render({"articles": rows}))


def item(request: HttpRequest, key: int) -> HttpResponse:
    """One article."""
    return HttpResponse(template(ITEM).render({"one": Article.objects.get(pk=key)}))


urlpatterns = [path("list", articles), path("item/<int:key>", item)]
