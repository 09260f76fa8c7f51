"""The pages in Arabic: nothing of their own is left in English, every foreign passage says its language and direction."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import lxml.html
import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from newsroom.articles.models import Article, Rejection, Version
from newsroom.comments.models import Comment
from newsroom.publishers.models import Feed
from newsroom.stories import editions
from newsroom.stories.models import Placement, Story
from newstext.language import is_right_to_left

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).resolve().parents[2] / "newsroom" / "templates"
OF_A_KIND = 2  # pages of one kind that are looked at
NOT_PAGES = ("/admin/", "/api/", "/static/")
KEPT = ("bdi", "code", "kbd", "script", "style", "title", "textarea")
# What is the same in every language: abbreviations, names of keys and files, and what is typed.
THE_SAME = re.compile(
    r"\./run \w+(?: MAIL| FILE)?|--\w+ DIR|\b[A-Z][A-Z0-9_]+\b|\b(?:Backstory|Apache License|BCubed|Ctrl|Alt|Cmd|Shift|pg_dump|sqlite3)\b"
    r"|\b(?:https?|robots\.txt|site\.log|docs/[\w-]+\.md)\b|\b(?:country|lang|publisher|tag|before|after):\w*"
)
LATIN = re.compile(r"[A-Za-z]{2,}")
READ_OUT = ("title", "aria-label", "placeholder", "alt")
DAY_FORM = re.compile(r"\|date:[\"'](?!Y-m-d|Ymd|c[\"'])")


ARABIC = {"accept-language": "ar-EG,ar;q=0.9,en;q=0.5"}
Walked = list[tuple[str, lxml.html.HtmlElement]]


@pytest.fixture(scope="module")
def walks(django_db_setup, django_db_blocker) -> dict[str, Walked]:
    """The pages met on a walk through the whole site, by the digits chosen; what it was made of is rolled back."""
    found = {}
    with django_db_blocker.unblock(), transaction.atomic():
        complete_the_site()
        for digits in ("latn", "arab"):
            client = Client(headers=ARABIC)
            client.cookies["choices"] = f"digits:{digits}"
            found[digits] = list(pages(client))
        transaction.set_rollback(True)
    return found


@pytest.fixture
def walked(walks) -> Walked:
    return walks["latn"]


def complete_the_site() -> None:
    """What the sample has not: an edition, an edited article, a refused one, a failing feed, a comment."""
    editions.make_due(Story.objects.public().latest("last_at").last_at.replace(hour=23))
    edited, refused = Article.objects.public().exclude(text="").order_by("pk")[:2]
    now = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    Version.objects.create(
        article=edited, replaced_at=now, title="Another headline", text=f"One more sentence.\n\n{edited.text}",
        change="substance", reasons=["headline", "figures"], times=2, notices=["An earlier text was wrong."],
    )  # fmt: skip
    Article.objects.filter(pk=edited.pk).update(
        notices=["Corrected: it was a Monday."], agency="Tidewire", kind="opinion"
    )
    reason = "No article text was found on the page."
    Article.objects.filter(pk=refused.pk).update(refused=reason, kind="empty", text="", next_read_at=now)
    Rejection.objects.create(article=refused, publisher=refused.publisher, step="extract", reason=reason, at=now)
    why = ["tells the same event, two weeks later", "also names Ostra and Velmark", "a reason nobody translated"]
    Placement.objects.filter(article=edited).update(related=[{"article": refused.pk, "kind": "names", "because": why}])
    Feed.objects.create(
        publisher=refused.publisher, url="https://a.example/rss", failures=2, next_check_at=now, problem_kind="dns",
        problem="a.example: this name has no address. Check its spelling and the network.",
    )  # fmt: skip
    Comment.objects.create(
        article=edited, name="Ada", text="Well said.", state="shown", created_at=now, address_hash="x"
    )


def pages(client: Client) -> Iterator[tuple[str, lxml.html.HtmlElement]]:
    """The site's pages as its links lead to them, some of each kind."""
    edited = Version.objects.latest("pk").article_id
    waiting = [
        "/",
        f"/article/{edited}",
        "/search?q=the+dam",
        "/ask?q=Who+leads+Velmark%3F",
        "/choices",
        "/explain",
        "/story/999999",
    ]
    waiting += [f"/publisher/{feed.publisher.slug}/health" for feed in Feed.objects.all()]
    seen, kinds = set(waiting), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        try:
            kind = resolve(address.partition("?")[0]).url_name or "other"
        except Resolver404:
            kind = "missing"
        kinds[kind] += 1
        if kinds[kind] > OF_A_KIND:
            continue
        response = client.get(address)
        if not response.headers.get("Content-Type", "").startswith("text/html") or response.status_code not in (
            200,
            404,
        ):
            continue
        page = lxml.html.fromstring(response.content.decode())
        yield address, page
        links = [link.partition("#")[0] for link in page.xpath("//a/@href")]
        new = [link for link in dict.fromkeys(links) if link.startswith("/") and not link.startswith(NOT_PAGES)]
        waiting += [link for link in new if link not in seen]
        seen |= set(new)


def is_own(element: lxml.html.HtmlElement) -> bool:
    """True where a text is the page's own: of no language of its own, no name and no code."""
    around = [element, *element.iterancestors()]
    has_language = any(one.get("lang") is not None for one in around if one.tag != "html")
    return not has_language and not any(one.tag in KEPT for one in around)


def own_texts(page: lxml.html.HtmlElement) -> Iterator[str]:
    """What the page says in its own language, read aloud too."""
    for element in page.body.iter("*"):
        if is_own(element):
            yield element.text or ""
            yield from (element.get(name, "") for name in READ_OUT)
        if element is not page.body and is_own(element.getparent()):
            yield element.tail or ""


def test_no_english_is_left_in_the_pages_own_words(walked):
    left = {
        f"{address}: {text.strip()[:90]}"
        for address, page in walked
        for text in own_texts(page)
        if LATIN.search(THE_SAME.sub("", text))
    }
    assert not left, "\n".join(sorted(left))


def test_walk_through_the_site_meets_every_kind_of_page(walked):
    met = {resolve(address.partition("?")[0]).url_name for address, _page in walked if address != "/story/999999"}
    assert met >= {
        "front", "story", "article", "changes", "hashtag", "hashtags", "section", "edition", "search", "ask",
        "publishers", "publisher", "publisher-health", "about", "explain", "health", "choices", "countries",
    }  # fmt: skip


def test_every_passage_in_another_direction_has_that_direction(walked):
    wrong = set()
    for address, page in walked:
        for element in page.xpath("//body//*[@lang]"):
            if element.tag in ("bdi", "option", "button") or element.get("lang") == "und":
                continue
            wanted = "rtl" if is_right_to_left(element.get("lang")) else "ltr"
            found = next(one.get("dir") for one in (element, *element.iterancestors()) if one.get("dir"))
            if found not in (wanted, "auto"):
                wrong.add(f"{address}: <{element.tag} lang={element.get('lang')}> {element.text_content()[:60]}")
    assert not wrong


def test_page_says_its_language_and_direction(client):
    response = client.get("/", headers=ARABIC)
    page = lxml.html.fromstring(response.content.decode())
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    assert response.headers["Content-Language"] == "ar"


def test_dates_in_machine_form_stay_iso(walked):
    moments = [moment for _address, page in walked for moment in page.xpath("//time/@datetime")]
    assert moments
    assert not [moment for moment in moments if not re.match(r"\d{4}(-\d\d(-\d\d)?)?(T|$)", moment)]


def test_arabic_digits_stand_in_the_pages_own_words(walks):
    left = {
        f"{address}: {text.strip()[:90]}"
        for address, page in walks["arab"]
        for text in own_texts(page)
        if re.search(r"(?<![\w.])[0-9]+(?![\w.])", THE_SAME.sub("", text))
    }
    assert not left, "\n".join(sorted(left))


def test_arabic_digits_change_no_address_and_no_article(walks, walked):
    for (address, page), (_same, latin) in zip(walks["arab"], walked, strict=True):
        assert page.xpath("//@href") == latin.xpath("//@href"), address
        foreign = "//*[@lang and not(self::html)]"
        assert [one.text_content() for one in page.xpath(foreign)] == [
            one.text_content() for one in latin.xpath(foreign)
        ], address


def test_no_template_writes_a_day_in_one_language_alone():
    """`|day` and `{% full_time %}` know the reader's language; Django's `|date:"j M"` has its own, other month names."""
    found = [path.name for path in TEMPLATES.rglob("*.html") if DAY_FORM.search(path.read_text(encoding="utf-8"))]
    assert not found
