"""Odd input over every kind of page: each comes whole, in seconds and of a size to read, and says what is so."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone

from newsroom.articles.models import Article, Version
from newsroom.articles.text import PART_CHARS
from newsroom.comments.models import Comment
from newsroom.desk import telling
from newsroom.publishers.models import Publisher
from newsroom.stories import save
from newsroom.stories.models import Edition, EditionStory, Hashtag, Story, StoryCountry
from newstext import pipeline, records

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
PLAIN = (
    "The dam above Ostra held on Monday after engineers opened two gates, the Brask Water Board said. "
    "Some 4,000 people spent the night in schools in Ostra, mayor Sten Aldous said. "
    "The Brask had risen by 3 metres since Saturday after heavy rain in the hills of Karsa."
)
MOST_BYTES = 400_000
MOST_S = 10.0  # on a machine that does other things too; what is quadratic takes minutes
RTL_NAME = "صحيفة الميناء (1)"
HEADLINES = {
    "10,000 characters": "Dam above Ostra holds " * 455,
    "no headline": "",
    "an unbroken word": "Dam" + "o" * 5_000 + "stra",
    "right-to-left in left-to-right": f"Ostra’s {RTL_NAME}: dam holds",
    "override marks": "\u202edloh maD\u202c",
    "emoji": "🌊" * 300 + " Dam 👩🏽‍🚒 holds 🇳🇴",
    "markup": "</title></h1><script>alert(1)</script> {{ 7*7 }} {% now 'Y' %}",
    "line breaks and a null": "Dam\n\r\tabove\u2028Ostra\u0085holds",
}
TEXTS = {
    "an unbroken word": f"{PLAIN} {'a' * 5_000}. {PLAIN}",
    "emoji": f"{PLAIN} {'👩🏽‍🚒🌊' * 2_000}",
    "right-to-left": f"{PLAIN}\n\nقال رئيس البلدية ستين ألدوس إن السد صامد. {RTL_NAME}",
    "nothing": "",
}


class Outline(HTMLParser):
    """What stands open at the end of a page, and what was closed that never stood open."""

    VOID = frozenset("area base br col embed hr img input link meta source track wbr rect circle line path".split())

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.wrong.append(tag)
        else:
            self.open.pop()


def paper(number: int, name: str = "") -> Publisher:
    row, _ = Publisher.objects.get_or_create(
        slug=f"odd-paper-{number}",
        defaults={"name": name or f"Odd Paper {number}", "domain": f"odd{number}.example", "language": "en"},
    )
    return row


def make_story(
    titles: list[str], text: str = PLAIN, *, has_notes: bool = True, name: str = "", image: str = ""
) -> Story:
    """A story of one telling a headline, each of its own paper, that stands on every kind of page."""
    spans = [list(span) for span in pipeline.mark_article(records.ArticleText(url="", text=text)).sentences]
    first = None
    for number, title in enumerate(titles):
        url = f"https://odd{number}.example/news/{Article.objects.count()}"
        row = Article.objects.create(
            publisher=paper(number, name), url=url, url_key=url, title=title, text=text, language="en", sentences=spans,
            published_at=NOW - timedelta(hours=number + 1), seen_at=NOW, read_at=NOW, grouped_at=NOW, image=image,
            authors=[name] if name else [],
        )  # fmt: skip
        first = first or row
        story = save.place(records.Placement(str(row.pk), str(first.pk), str(first.pk)), row, NOW)
    save.refresh([story], NOW)
    if has_notes:
        telling.write_notes([Story.objects.get(pk=story.pk)], NOW, engine=map)
    Story.objects.filter(pk=story.pk).update(section="world")
    StoryCountry.objects.get_or_create(story=story, code="no")
    tag, _ = Hashtag.objects.get_or_create(key="odd-ostra", defaults={"name": "Odd Ostra"})
    tag.stories.add(story)
    Hashtag.objects.filter(pk=tag.pk).update(article_count=9)
    edition, _ = Edition.objects.get_or_create(on=NOW.date(), defaults={"made_at": NOW})
    EditionStory.objects.create(edition=edition, place=edition.stories.count() + 1, story=story, title=story.title)
    return Story.objects.get(pk=story.pk)


def addresses_of(story: Story) -> list[str]:
    """The story on every kind of page that can show it."""
    lead = story.placements.order_by("pk").first().article
    version, _ = Version.objects.get_or_create(
        article=lead,
        state="odd",
        defaults={"title": lead.title + " then", "text": lead.text + " Then.", "replaced_at": NOW},
    )
    return [
        "/", f"/story/{story.pk}", f"/story/{story.pk}?since=2026-11-01", story.get_absolute_url(),
        f"/article/{lead.pk}", f"/article/{lead.pk}/changes/{version.pk}", "/section/world", "/country/no", "/countries",
        "/hashtag/odd-ostra", "/hashtags", f"/edition/{NOW:%Y-%m-%d}", "/edition", "/publishers",
        f"/publisher/{lead.publisher.slug}", f"/publisher/{lead.publisher.slug}/health", "/search?q=dam+Ostra",
        "/ask?q=How+many+people+spent+the+night+in+schools", f"/story/{story.pk}/ask?q=Who+said+so", "/about", "/health",
        "/feed.xml", "/section/world/feed.xml", "/country/no/feed.xml", "/hashtag/odd-ostra/feed.xml",
        "/edition/feed.xml", "/api/v1/stories?limit=5", f"/api/v1/stories/{story.pk}", f"/api/v1/editions/{NOW:%Y-%m-%d}",
    ]  # fmt: skip


def get(address: str, status: int = 200, most_bytes: int = MOST_BYTES) -> str:
    """The page, which must be whole, come in time, and be of a size to read."""
    began = time.process_time()
    answer = Client().get(address)
    took_s = time.process_time() - began
    assert answer.status_code == status, (address, answer.content[:300])
    body = answer.content.decode()
    assert len(answer.content) < most_bytes, (address, len(answer.content))
    assert took_s < MOST_S, (address, took_s)
    if answer["Content-Type"].startswith("text/html"):
        assert body.rstrip().endswith("</html>"), address
        outline = Outline()
        outline.feed(body)
        assert (outline.open, [tag for tag in outline.wrong if tag != "p"]) == ([], []), address
        assert body.count("<h1") == 1, address
        assert "<script>alert" not in body, address
    return body


# --- headlines and texts ----------------------------------------------------
@pytest.mark.parametrize("title", HEADLINES.values(), ids=HEADLINES)
def test_story_with_an_odd_headline_has_every_page(title):
    story = make_story([title, title, "Dam above Ostra holds"])
    for address in addresses_of(story):
        get(address)


@pytest.mark.parametrize("title", HEADLINES.values(), ids=HEADLINES)
def test_every_link_of_an_odd_headline_can_be_seen_and_named(title):
    """A link without words cannot be found by who hears the page."""
    story = make_story([title])
    for address in ("/", f"/story/{story.pk}", f"/article/{story.lead_id}", "/section/world", "/publisher/odd-paper-0"):
        body = get(address)
        links = re.findall(r"<a [^>]*>(.*?)</a>", body, re.S)
        assert all(re.sub(r"<[^>]+>", "", link).strip() for link in links), address
        assert re.sub(r"<[^>]+>", "", re.search(r"<h1[^>]*>(.*?)</h1>", body, re.S).group(1)).strip(), address
        assert re.search(r"<title>\s*[^\s·]", body), address


def test_a_story_shows_the_start_of_a_headline_that_its_article_has_whole():
    story = make_story([HEADLINES["10,000 characters"]])
    for address in ("/", f"/story/{story.pk}", "/section/world"):
        assert max(map(len, re.findall(r"<h[12][^>]*>(.*?)</h[12]>", get(address), re.S))) < 1000
    assert HEADLINES["10,000 characters"].strip() in get(f"/article/{story.lead_id}")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_story_with_an_odd_text_has_every_page(text):
    story = make_story(["Dam above Ostra holds"], text)
    for address in addresses_of(story):
        get(address)


def test_a_right_to_left_name_is_set_apart_where_it_stands_in_a_line():
    story = make_story(["Dam holds"], name=RTL_NAME)
    for address in ("/", f"/story/{story.pk}", f"/article/{story.lead_id}", "/search?q=dam+Ostra"):
        body = get(address)
        shown = body.count(RTL_NAME) - len(re.findall(f"<title>[^<]*{re.escape(RTL_NAME)}", body))
        assert shown >= 1
        # What stands in an attribute, or is for machines, is in no line.
        told = re.sub(r'="[^"]*"|<script type="application/ld.json">.*?</script>', "", body)
        assert told.count(RTL_NAME) == len(
            re.findall(rf"<(?:bdi|h1|p|title|cite)[^>]*>[^<]*{re.escape(RTL_NAME)}", told)
        ), address


# --- a very long article ----------------------------------------------------
def long_article(paragraphs: int = 8_000) -> Story:
    """Some 2 MB of it."""
    return make_story(["Minutes of the council"], "\n\n".join([PLAIN] * paragraphs), has_notes=False)


def test_an_article_of_two_megabytes_comes_in_parts_of_which_none_is_lost():
    story = long_article()
    article = story.lead
    assert len(article.text) > 1_900_000
    first = get(f"/article/{article.pk}")
    parts = int(re.search(r"Part 1 of (\d+)", first).group(1))
    assert parts == -(-len(article.text) // PART_CHARS)
    told = []
    for part in range(1, parts + 1):
        body = get(f"/article/{article.pk}?part={part}")
        told += re.findall(r'<span id="s(\d+)">', body)
    assert [int(number) for number in told] == list(range(1, len(article.sentences) + 1))
    assert 'rel="next"' in first
    assert 'rel="prev"' in get(f"/article/{article.pk}?part={parts}")


def test_a_short_article_has_no_parts():
    story = make_story(["Dam above Ostra holds"])
    assert "Part 1 of" not in get(f"/article/{story.lead_id}")


@pytest.mark.parametrize("part", ["0", "-1", "x", "999999", "1e3", "٢", "2" * 400])
def test_a_part_that_is_none_is_the_first(part):
    story = make_story(["Dam above Ostra holds"])
    assert "The dam above Ostra held" in get(f"/article/{story.lead_id}?part={part}")


def test_a_mark_leads_to_the_part_that_its_sentence_stands_in():
    story = long_article(1_000)
    article = story.lead
    start, end = article.sentences[-1]
    said = {"article": str(article.pk), "start": start, "end": end, "text": article.text[start:end], "shown": ""}
    from newsroom.stories.noted import shown

    link = shown(said, {str(article.pk): article}).url
    page, _, place = link.partition("#")
    assert f'id="{place}"' in get(page)


def test_the_other_pages_of_a_very_long_article_come():
    story = long_article()
    for address in addresses_of(story):
        if "/changes/" not in address and not address.startswith("/article/"):
            get(address)


@pytest.mark.slow
def test_a_change_of_a_very_long_article_is_a_page_to_read():
    article = long_article().lead
    changed = article.text.replace("4,000", "5,000", 1)
    version = Version.objects.create(article=article, title=article.title, text=changed, replaced_at=NOW, state="odd")
    body = get(f"/article/{article.pk}/changes/{version.pk}")
    assert "5,000" in body


# --- many publishers, pictures ----------------------------------------------
@pytest.mark.slow
def test_a_story_of_three_hundred_publishers_has_every_page():
    story = make_story([f"Dam above Ostra holds, says paper {number}" for number in range(300)])
    assert story.publisher_count == 300
    for address in addresses_of(story):
        get(address, most_bytes=600_000)


@pytest.mark.parametrize(
    "image",
    [
        "https://gone.invalid/a.jpg",
        "https://odd0.example/page.html",
        "javascript:alert(1)",
        "data:text/html,x",
        "x" * 5000,
    ],
)
def test_a_picture_that_is_missing_or_none_takes_nothing_from_the_page(image):
    story = make_story(["Dam above Ostra holds"], image=image)
    for address in ("/", f"/story/{story.pk}", f"/article/{story.lead_id}"):
        body = get(address)
        assert "Dam above Ostra holds" in body
        assert image not in body


# --- removed while open -----------------------------------------------------
def test_an_article_removed_while_it_is_open_answers_every_form_in_words():
    story = make_story(["Dam above Ostra holds", "Dam holds, mayor says"])
    gone, kept = (placement.article for placement in story.placements.order_by("pk"))
    version = Version.objects.create(article=gone, text="Then.", replaced_at=NOW, state="odd")
    gone_key, version_key = gone.pk, version.pk
    gone.delete()
    for address in (
        f"/article/{gone_key}",
        f"/article/{gone_key}/changes/{version_key}",
        f"/api/v1/articles/{gone_key}",
    ):
        answer = Client().get(address)
        assert answer.status_code in (404, 410)
    assert Client().post(f"/article/{gone_key}/comments", {"name": "Ilse", "text": "So?"}).status_code in (404, 410)
    assert not Comment.objects.exists()
    for address in (
        "/",
        f"/story/{story.pk}",
        f"/article/{kept.pk}",
        f"/story/{story.pk}/ask?q=Who+said+so",
        "/section/world",
    ):
        assert f"/article/{gone_key}" not in get(address)


def test_a_story_whose_last_article_is_removed_answers_in_words():
    story = make_story(["Dam above Ostra holds"])
    story.lead.delete()
    for address in (f"/story/{story.pk}", f"/api/v1/stories/{story.pk}", f"/story/{story.pk}/ask?q=Who"):
        assert Client().get(address).status_code in (200, 404, 410)
    answer = Client().post(f"/story/{story.pk}/report", {"section": "brief"})
    assert answer.status_code in (302, 404, 410, 422)
    for address in (
        "/",
        "/section/world",
        "/country/no",
        "/hashtag/odd-ostra",
        f"/edition/{NOW:%Y-%m-%d}",
        "/feed.xml",
    ):
        assert Client().get(address).status_code == 200, address


# --- what readers type ------------------------------------------------------
QUERIES = {
    "10 kB of words": "dam Ostra " * 1_000,
    "10 kB of one word": "o" * 10_000,
    "10 kB of operators": 'publisher: tag: -"" ' * 500,
    "operators alone": 'publisher: tag: country: lang: before: after: - "" -""',
    "marks alone": "\"'()*^:+-/\\&|!{}[]~?",
    "a null": "dam\x00Ostra",
    "a lone surrogate": "dam %ED%A0%80",
    "odd days": "before:9999-99-99 after:0000-00-00 before:tomorrow",
    "right-to-left marks": "\u202e\u2066dam\u2069\u202c",
    "spaces": "   \t ",
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("address", ["/search", "/ask", "/api/v1/ask"])
def test_any_query_is_answered_plainly(address, query):
    began = time.process_time()
    answer = Client().get(address, {"q": query})
    assert answer.status_code in (200, 400, 404, 422)
    assert len(answer.content) < MOST_BYTES
    assert time.process_time() - began < MOST_S


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_any_word_in_an_address_is_answered_plainly(query):
    for address in (
        "/section/{}",
        "/country/{}",
        "/hashtag/{}",
        "/edition/{}",
        "/publisher/{}",
        "/between/{}/x",
        "/text/{}",
    ):
        from urllib.parse import quote

        assert Client().get(address.format(quote(query, safe=""))).status_code in (200, 301, 302, 400, 404), address


@pytest.mark.parametrize("field", ["before", "since", "part", "page", "edits", "comment", "reported", "limit"])
@pytest.mark.parametrize(
    "value", ["\x00", "9" * 5_000, "-1", "0001-01-01", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "<odd>"]
)
def test_any_value_behind_an_address_is_answered_plainly(field, value):
    story = Story.objects.public().first()
    for address in (
        "/",
        f"/story/{story.pk}",
        f"/article/{story.lead_id}",
        "/section/world",
        "/hashtags",
        "/api/v1/stories",
    ):
        answer = Client().get(address, {field: value})
        assert answer.status_code in (200, 400, 404, 422), address
        assert "<odd>" not in answer.content.decode() or answer["Content-Type"].startswith("application/json"), address


@pytest.mark.parametrize("number", ["9" * 30, str(2**63), str(2**63 - 1), "0"])
def test_a_number_no_row_can_have_is_not_found(number):
    for address in (
        "/story/{}",
        "/article/{}",
        "/article/{}/changes/{}",
        "/article/{}/changes/1",
        "/article/1/changes/{}",
        "/story/{}/ask?q=x",
        "/api/v1/stories/{}",
        "/api/v1/articles/{}",
    ):
        assert Client().get(address.replace("{}", number)).status_code in (404, 422), address


# --- what readers send ------------------------------------------------------
def test_a_text_that_is_too_large_to_explain_is_refused_in_words():
    answer = Client().post("/explain", {"text": "The dam held. " * 120_000})
    assert answer.status_code == 413
    body = answer.content.decode()
    assert "limit" in body
    assert 'name="text"' in body


@pytest.mark.parametrize("text", ["\x00", "🌊" * 500, "a" * 5_000, "<script>alert(1)</script>", "{{ 7*7 }}"])
def test_any_text_to_explain_is_answered_plainly(text):
    answer = Client().post("/explain", {"text": text})
    assert answer.status_code in (302, 422)
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize(
    "sent", [{}, {"name": "x" * 100, "text": "y"}, {"name": "Ilse", "text": "y" * 5_000}, {"name": "\x00", "text": "\x00"},
             {"name": "Ilse", "text": "z" * 1_500_000}],
    ids=["nothing", "long name", "long text", "nulls", "over a megabyte"],
)  # fmt: skip
def test_any_comment_is_answered_plainly(sent):
    article = Article.objects.public().first()
    answer = Client().post(f"/article/{article.pk}/comments", sent)
    assert answer.status_code in (413, 422)
    assert "<h1" in answer.content.decode()


def test_a_comment_of_an_unbroken_word_emoji_and_markup_stands_as_text():
    article = Article.objects.public().first()
    text = f"{'o' * 3_000} 🌊👩🏽‍🚒 <script>alert(1)</script> {RTL_NAME}"
    Comment.objects.create(
        article=article,
        name=RTL_NAME,
        text=text,
        state=Comment.State.SHOWN,
        created_at=timezone.now(),
        address_hash="x",
    )
    body = get(f"/article/{article.pk}")
    assert "&lt;script&gt;alert(1)" in body
    assert 'dir="auto"' in body
