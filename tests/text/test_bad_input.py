"""Texts that no newsroom would write: every section gives less, none fails, and the time is bounded."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newstext import alone, pipeline
from newstext.__main__ import main
from newstext.notes_json import notes_to_json
from newstext.records import ArticleText

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
TRUE = (
    "The dam above Ostra held on Monday after engineers opened two gates, the Brask Water Board said. "
    "Some 4,000 people spent the night in schools in Ostra, mayor Sten Aldous said. “The water is falling,” he said."
)
KEYS = {
    "id", "hashtags", "brief", "why_now", "timeline", "people", "quotes", "numbers", "coverage", "questions",
}  # fmt: skip
EVIDENCE = {"text", "article", "start", "end", "shown"}
LONG = 200_000
MOST_S = 3.0  # of processor time, a section over 200 kB

TEXTS = {
    "nothing": "",
    "one sentence": "The dam above Ostra held on Monday, the Brask Water Board said.",
    "one word": "Dam",
    "a mark": "“",
    "a stop": ".",
    "only spaces": " \n\n \t ",
    "only numbers": "13 24 52 104. 547,000 548,000. 1/2/3 4-5-6 7:8:9.",
    "all in capitals": TRUE.upper(),
    "quotes never closed": f"{TRUE} “The dam held, the mayor said. “Nobody was hurt, he said.\n\n„Alles gut, sagte er. «Rien.",
    "quotes closed that were never opened": "The dam held.” The mayor said so.» It rained.“",
    "sixty thousand marks": '"' * 60_000,
    "sixty thousand opening marks": "“" * 60_000,
    "marks within marks": "“‘«„" * 5_000 + TRUE + "”’»“" * 5_000,
    "one sentence without a space": "a" * LONG + ".",
    "one sentence of words": "The dam above Ostra " + "held and held and " * 11_000 + "held.",
    "thai": "เขื่อนเหนือเมืองออสตรายังคงอยู่ นายกเทศมนตรีกล่าวว่าไม่มีผู้บาดเจ็บ ",
    "khmer": "ទំនប់ទឹកខាងលើទីក្រុងអូស្ត្រានៅតែរឹងមាំ។ អភិបាលក្រុងបាននិយាយ។",
    "chinese": "奥斯特拉上游的大坝在星期一仍然坚固。市长说：“没有人受伤。”",
    "many scripts": "The dam held. 大坝仍然坚固。 Плотина выстояла. صمد السد. เขื่อนยังอยู่ הסכר החזיק. ダムは持ちこたえた。",
    "from the right": "\u202eThe dam above Ostra held\u202c on Monday, \u200fthe board\u200e said.\u2066 So.\u2069",
    "null characters": f"\x00{TRUE}\x00The\x00dam\x00held.\x00",
    "markup": "<script>alert(1)</script><b>The dam</b> &amp; {{ 7*7 }} {% now %} held. <!-- The dam --> ]]> </article>",
    "lone surrogates": "The dam \ud800 above Ostra held on Monday, the board said. \udfff",
    "datelines that contradict": "OSTRA, Nov. 23 -- The dam held.\n\nVELMARK, Nov. 31, 2025 -- The dam above Ostra broke on Feb. 30.\n\n"
    "KARSA (12 March 2031) - On Monday, 99 May 2026, the dam of Karsa stood.",
    "odd days": "On 31 February 2026, on 0 May, on 2026-13-45, in the year 99999, in 1BC, on Monday, Tuesday and yesterday.",
}


def article(text: str, key: str = "1", **more: Any) -> dict[str, Any]:
    return {"id": key, "url": f"https://a.example/{key}", "title": "Dam above Ostra holds", "text": text, **more}


def answers(
    name: str, rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> list[dict[str, Any]]:
    """What the command answers to these lines: one each, and no traceback."""
    told = "".join(json.dumps(row) + "\n" for row in rows)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(told.encode())))
    main([name])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    found = [json.loads(line) for line in out.splitlines()]
    assert [str(row["id"]) for row in found] == [str(row["id"]) for row in rows]
    return found


def all_evidence(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for one in node:
            yield from all_evidence(one)
    elif isinstance(node, dict):
        if node.keys() >= EVIDENCE:
            yield node
        else:
            yield from all_evidence(list(node.values()))


def without_brackets(one: dict[str, Any]) -> str:
    """What is shown, without what we put into it; brackets of the text's own stay."""
    text, shown = one["text"], one["shown"] or one["text"]
    found, place = "", 0
    while place < len(shown):
        if shown.startswith(" [", place) and not text.startswith(" [", len(found)):
            place = shown.index("]", place) + 1
        elif text[len(found) : len(found) + 1] == shown[place]:
            found, place = found + shown[place], place + 1
        else:
            return f"differs: {shown}"
    return found


def notes_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    marked = tuple(
        pipeline.mark_article(
            ArticleText(
                url=one["url"],
                id=one["id"],
                title=one["title"],
                text=one["text"],
                language=one.get("language", "en"),
                publisher=f"Paper {one['id']}",
                published_at=one.get("published_at"),
            )
        )
        for one in rows
    )
    return notes_to_json(pipeline.write_notes(marked))


def check_notes(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The notes, of which every sentence stands word for word in its article."""
    notes = notes_of(rows)
    texts = {one["id"]: one["text"] for one in rows}
    for one in all_evidence(notes):
        assert one["text"] == texts[one["article"]][one["start"] : one["end"]]
        assert without_brackets(one) == one["text"]
    return notes


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("beside", [(), (TRUE,)], ids=["alone", "beside news"])
def test_odd_text_gives_notes_of_which_every_sentence_is_held(text, beside):
    rows = [article(one, str(number), published_at=AT) for number, one in enumerate((text, *beside), 1)]
    check_notes(rows)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_odd_text_without_any_date_gives_notes(text):
    check_notes([article(text), article(TRUE, "2")])


@pytest.mark.parametrize("command", ["names", "quotes", "notes", "ask", "check"])
def test_every_odd_text_has_its_line_and_none_ends_the_command(monkeypatch, capsys, command):
    rows: list[dict[str, Any]] = []
    for number, text in enumerate(TEXTS.values()):
        text = text[:20_000]
        if command in ("names", "quotes"):
            rows.append(article(text, str(number)))
        elif command == "notes":
            rows.append({"id": str(number), "articles": [article(text), article(TRUE, "2", published_at="tomorrow")]})
        elif command == "ask":
            asked = text[:200] if number % 2 else "How many people spent the night in schools?"
            rows.append({"id": str(number), "question": asked or "?", "articles": [article(text), article(TRUE, "2")]})
        else:
            rows.append({"id": str(number), "source": text or TRUE, "sentence": TRUE if number % 2 else text or TRUE})
    for row in answers(command, rows, monkeypatch, capsys):
        assert (
            "rejected" in row
            or set(row)
            >= {
                "names": {"names"},
                "quotes": {"quotes"},
                "notes": KEYS,
                "ask": {"answer", "held"},
                "check": {"verdict", "why"},
            }[command]
        )


def test_story_of_one_sentence_has_every_key_and_no_fault():
    notes = check_notes([article("The dam held.")])
    assert set(notes) >= KEYS - {"id"}
    assert not notes["questions"]


def test_story_of_three_hundred_articles_has_notes_in_bounded_time():
    rows = [
        article(f"{TRUE} Paper {number} counted {number} houses under water in Ostra on Tuesday.", str(number))
        for number in range(300)
    ]
    for number, row in enumerate(rows):
        row["published_at"] = AT + timedelta(minutes=number)
    began = time.process_time()
    notes = check_notes(rows)
    assert time.process_time() - began < 20
    assert notes["brief"]


def test_article_dated_tomorrow_gives_notes_and_no_event_after_it():
    tomorrow = AT + timedelta(days=1)
    notes = check_notes([article(TRUE, "1", published_at=tomorrow), article(TRUE, "2", published_at=AT)])
    assert notes["brief"]
    assert all(event["date"] <= tomorrow.date().isoformat() for event in notes["timeline"])


@pytest.mark.parametrize(
    "text",
    [
        "a" * LONG,
        "flood " * (LONG // 6),
        "“" * 60_000,
        '"a ' * 60_000,
        "“The dam held, he said.\n" * 8_000,
        "The dam held on 3 May 2026 and " * 6_000,
        "Otto Vane said that Ada Brask said " * 5_700,
        "เขื่อนยังอยู่" * 15_000,
        "大坝仍然坚固。" * 25_000,
        "1,234.5 2026 13 " * 12_000,
    ],
    ids=["a word", "words", "marks", "marks and words", "open quotes", "dates", "names", "thai", "chinese", "numbers"],
)
def test_two_hundred_thousand_signs_take_bounded_time(text):
    began = time.process_time()
    notes_of([article(text, "1", published_at=AT), article(TRUE, "2", published_at=AT)])
    assert time.process_time() - began < 8 * MOST_S  # of eight sections; CONTRIBUTING.md: marking is among them


PIECES = st.sampled_from(
    [
        *"“”„«»\"'‘’「」.,;:!?…()[]–—%$€# \n\t\u200f\u202e\u200d\x00",
        *(
            "\n\n",
            " said ",
            "he ",
            "He ",
            "But ",
            " on Monday ",
            "2026-11-24",
            "13",
            "1,300",
            " not ",
            "The dam ",
            "Ostra",
        ),
        *(
            "Sten Aldous ",
            "Brask Water Board",
            " people died. ",
            "mayor ",
            "大坝",
            "เขื่อน",
            "قال ",
            "Oda Pell, 54, ",
            " held. ",
        ),
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(st.lists(PIECES, max_size=60).map("".join), min_size=1, max_size=3), st.booleans())
def test_any_text_of_marks_digits_and_names_gives_notes_that_stand(texts, has_dates):
    rows = [article(one, str(n), published_at=AT if has_dates else None) for n, one in enumerate(texts)]
    notes = check_notes(rows)
    why_now = notes["why_now"]
    sides = [side["sentences"] for side in why_now["sides"]]
    for part in (notes["brief"], *(why_now[name] for name in ("trigger", "steps", "background", "ahead")), *sides):
        for place, one in enumerate(part):
            if opens_with_a_lean(one["shown"] or one["text"]):
                assert place, one
                assert part[place - 1]["article"] == one["article"]
                assert not texts[int(one["article"])][part[place - 1]["end"] : one["start"]].strip()


def opens_with_a_lean(shown: str) -> bool:
    return shown.lstrip("“\"'„«").startswith(("He ", "he ", "But ")) and not alone.stands_alone(shown, "en")
