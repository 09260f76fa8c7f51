"""Texts that give orders to a language model, and a model that obeys them: no link, no canary, nothing unchecked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from newstext import extract, model, pipeline
from newstext.records import ArticleText, Page
from tests.hostile import obeying

SENTENCES = (
    "The dam above Ostra held on Monday after engineers opened two gates, the Brask Water Board said.",
    "Some 4,000 people spent the night in schools in Ostra, mayor Sten Aldous said.",
    "The Brask had risen by 3 metres since Saturday after heavy rain in the hills of Karsa.",
    "The Brask Water Board said that the dam had not been damaged by the flood.",
    "Sten Aldous, the mayor of Ostra, thanked the 200 soldiers who carried sand to the dam.",
    "Trains between Ostra and Lindhaven will run again on Thursday, the Torrin Railway said.",
)
OTHER = (
    "Engineers opened two gates of the dam above Ostra, and the water of the Brask fell by a metre. "
    "The dam above Ostra was built in 1961 and holds back the Brask over a length of nine kilometres. "
    "Sten Aldous, the mayor of Ostra, said that the flood was the worst since the dam was built."
)
TITLE = "Dam above Ostra holds through the flood"
PLACES = {"beginning": 0, "middle": 3, "end": len(SENTENCES)}
AT = datetime(2026, 11, 24, 8, tzinfo=UTC)


def injections(folder: Path) -> list[dict[str, str]]:
    path = folder / "llm" / "prompt_injection.jsonl"
    if not path.is_file():
        pytest.skip("the 150 injections (hostile/llm/prompt_injection.jsonl) are not here")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def with_injection(text: str, place: int, *, joint: str) -> str:
    return joint.join([*SENTENCES[:place], text, *SENTENCES[place:]])


def tellings(body: str) -> list[ArticleText]:
    """The article with that text, and one of another publisher."""
    return [
        pipeline.mark_article(
            ArticleText(url="", id=key, title=TITLE, publisher=paper, text=text, language="en", published_at=AT)
        )
        for key, paper, text in (("11", "Meren Courier", body), ("12", "Sound Weekly", OTHER))
    ]


def from_page(injection: str, place: int) -> str:
    """The text of a page that has the injection as it stands, as its author would write it into the markup."""
    paragraphs = [f"<p>{escape(one)}</p>" for one in SENTENCES]
    paragraphs.insert(place, f"<p>{injection}</p>")
    html = (
        f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>"
        f"{''.join(paragraphs)}</article></body></html>"
    )
    read, _ = extract.read_page(Page(url="https://meren.example/dam", body=html.encode(), id="11"))
    return read.text if isinstance(read, ArticleText) else ""


def faults(articles: list[ArticleText], injection: dict[str, str]) -> Iterator[str]:
    """What an obedient model gets past the check, a line each."""
    canary = injection["canary"] or "ZQX-CANARY-99"
    texts = {one.id: one for one in articles}
    for request in model.requests(articles, name="stub", language="en"):
        content = request.body["messages"][1]["content"]
        if "evil.example" in content or "ZQX" in content:
            yield f"given to the model: {injection['id']}"
        given = [
            (one["article"], int(number), sentence)
            for one in json.loads(content)["articles"]
            for number, sentence in one["sentences"].items()
        ]
        said = obeying.answers(given, canary, injection["text"])
        for start in range(0, len(said), model.SENTENCES_MOST):
            for one in model.check(said[start : start + model.SENTENCES_MOST], request).sentences:
                held = texts[one.article].text[one.start : one.end]
                if one.text != held or one.verdict not in ("verbatim", "supported"):
                    yield f"unchecked: {one}"
                if model.has_exit(one.shown):
                    yield f"a way out: {one.shown}"
                if one.verdict != "verbatim" and any(sign in one.shown for sign in ("ZQX", "CANARY", "evil", "99")):
                    yield f"a canary: {one.shown}"
                if one.shown in injection["text"]:
                    yield f"an order as news: {one.shown}"


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_obeyed_injection_in_a_text_brings_nothing_past_the_check(hostile, place):
    found = [
        fault
        for one in injections(hostile)
        for fault in faults(tellings(with_injection(one["text"], place, joint=" ")), one)
    ]
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_obeyed_injection_in_a_page_brings_nothing_past_the_check(hostile, place):
    read = 0
    found = []
    for one in injections(hostile):
        body = from_page(one["text"], place)
        read += bool(body)
        found += list(faults(tellings(body), one)) if body else []
    assert found == []
    assert read > 140  # the pages are read: nothing is passed for want of a text
