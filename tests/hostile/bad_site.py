"""A site of faults, for the harness of strings to find: each view does with its field what no view may."""

from __future__ import annotations

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from newsroom.publishers.models import Publisher


def falls(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(int(request.POST["said"])))


def leads_away(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(request.POST["said"])


def says_nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=422)


def keeps_a_part(request: HttpRequest) -> HttpResponse:
    Publisher.objects.create(slug="cut", name=request.POST["said"][:20], domain="cut.example")
    return HttpResponse("kept")


def keeps(request: HttpRequest) -> HttpResponse:
    Publisher.objects.create(slug="whole", name=request.POST["said"].strip(), domain="whole.example")
    return HttpResponse("kept")


def keeps_lines(request: HttpRequest) -> HttpResponse:
    return _keep_lines(request.POST["said"].splitlines())


def keeps_all_lines_but_one(request: HttpRequest) -> HttpResponse:
    return _keep_lines(request.POST["said"].splitlines()[:-1])


def _keep_lines(lines: list[str]) -> HttpResponse:
    for place, line in enumerate(lines):
        Publisher.objects.create(slug=f"line-{place}", name=line, domain=f"line-{place}.example")
    return HttpResponse("kept")


def keeps_another(request: HttpRequest) -> HttpResponse:
    kept = Publisher.objects.create(slug="other", name=request.POST["said"], domain="other.example")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE publishers_publisher SET name = upper(name) WHERE id = %s", [kept.pk])
    return HttpResponse("kept")


def fails_afterwards(request: HttpRequest) -> HttpResponse:
    transaction.on_commit(lambda: timezone.now().strftime("\ud800"))
    return HttpResponse("kept")


urlpatterns = [
    path("falls", falls, name="falls"),
    path("away", leads_away, name="away"),
    path("nothing", says_nothing, name="nothing"),
    path("part", keeps_a_part, name="part"),
    path("lines", keeps_lines, name="lines"),
    path("a-line-less", keeps_all_lines_but_one, name="a-line-less"),
    path("another", keeps_another, name="another"),
    path("whole", keeps, name="whole"),
    path("afterwards", fails_afterwards, name="afterwards"),
]
