"""The least that Django can do over the same rows, without middleware: a list of thirty, one item, fifty comments.

The floor that `./run measure pages` and `./run measure comments` divide by.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from newsroom.articles.models import Article
from newsroom.comments.models import Comment

LIST = """<!doctype html><title>news</title><ul>{% for one in articles %}
<li><a href="/item/{{ one.pk }}">{{ one.title }}</a> <i>{{ one.publisher_id }}</i> <time>{{ one.published_at }}</time>
<p>{{ one.summary }}</p></li>{% endfor %}</ul>"""
ITEM = """<!doctype html><title>{{ one.title }}</title><h1>{{ one.title }}</h1>
<time>{{ one.published_at }}</time>{{ one.text|linebreaks }}"""
COMMENTS = """<!doctype html><title>comments</title><ul>{% for one in comments %}
<li id="c{{ one.pk }}"><b>{{ one.reader.name|default:one.name }}</b> <time>{{ one.created_at }}</time>
{{ one.text|linebreaks }}<i>{{ one.ups }}, {{ one.downs }}</i></li>{% endfor %}</ul>"""
A_LIST = 30
A_THREAD = 50


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


def comments(request: HttpRequest, key: int) -> HttpResponse:
    """The fifty best comments of one article."""
    rows = Comment.objects.filter(article=key, state="shown").select_related("reader").order_by("-best", "-pk")
    return HttpResponse(template(COMMENTS).render({"comments": rows[:A_THREAD]}))


urlpatterns = [path("list", articles), path("item/<int:key>", item), path("comments/<int:key>", comments)]
