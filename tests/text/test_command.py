"""The newstext command: JSON Lines in, JSON Lines out, bad lines named, exit codes kept."""

from __future__ import annotations

import base64
import io
import json
import sys

import pytest

from newstext.__main__ import main, measures
from tests.site import news
from tests.text.test_extract import BODY, html
from tests.text.test_feeds import RSS


def run(monkeypatch, capsys, arguments: list[str], lines: list[object]) -> tuple[int, list[dict]]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    stdin = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stdin)
    code = main(arguments)
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def articles(events: int = 2, papers: int = 3) -> list[dict]:
    return [
        {"id": f"{event}-{paper}", "title": news.title_of(event, paper), "text": "\n\n".join(news.paragraphs_of(event, paper)),
         "published_at": f"2026-11-{16 + event}T0{paper + 1}:00:00", "publisher": news.PAPERS[paper], "language": "en"}
        for event in range(events) for paper in range(papers)
    ]  # fmt: skip


def test_extract(monkeypatch, capsys, tmp_path):
    page = tmp_path / "page.html"
    page.write_bytes(html(BODY))
    lines = [
        {"id": 1, "url": "https://p.example/a", "file": str(page)},
        {"id": "b", "url": None, "html": "<html><title>404 Not found</title><body>Sorry</body></html>"},
        {"id": "c", "text": "Water law passes\n\n" + "\n\n".join(BODY)},
    ]
    code, rows = run(monkeypatch, capsys, ["extract"], lines)
    assert (code, [row["id"] for row in rows]) == (0, ["1", "b", "c"])
    assert set(rows[0]) == {
        "id",
        "url",
        "canonical_url",
        "title",
        "authors",
        "published_at",
        "updated_at",
        "language",
        "publisher",
        "kind",
        "section",
        "tags",
        "image",
        "image_alt",
        "image_caption",
        "image_credit",
        "dateline",
        "agency",
        "source",
        "notices",
        "tickers",
        "passages",
        "paragraphs",
        "text",
        "related",
        "confidence",
        "refused",
    }
    assert rows[0]["refused"] is None
    assert rows[1]["refused"]["reason"]
    assert rows[2]["title"] == "Water law passes"


def test_extract_remembers_publishers(monkeypatch, capsys, tmp_path):
    memory = tmp_path / "memory.json"
    promo = "Become a friend of the Courier and keep its presses running for another hundred years."
    lines = [
        {
            "id": str(n),
            "url": f"https://c.example/{n}",
            "html": html([*news.EVENTS[n][1], promo], title=news.EVENTS[n][0]).decode(),
        }
        for n in range(3)
    ]
    _, once = run(monkeypatch, capsys, ["extract", "--memory", str(memory)], lines)
    assert [promo in row["text"] for row in once] == [True, True, False]
    _, again = run(monkeypatch, capsys, ["extract", "--memory", str(memory)], lines)
    assert not any(promo in row["text"] for row in again)
    _, twice = run(monkeypatch, capsys, ["extract", "--passes", "2"], lines)
    assert not any(promo in row["text"] for row in twice)


def test_feed(monkeypatch, capsys):
    data = base64.b64encode(RSS.encode()).decode()
    code, rows = run(
        monkeypatch,
        capsys,
        ["feed"],
        [
            {"id": "a", "url": "https://post.example/feed", "data_b64": data},
            {"id": "b", "url": "", "data_b64": "aGVsbG8="},
        ],
    )
    assert code == 3
    assert rows[0]["entries"][0]["url"] == "https://post.example/a?x=1"
    assert (rows[1]["id"], rows[1]["rejected"]["step"]) == ("b", "feed")


@pytest.mark.parametrize("stream", [[], ["--stream"]])
def test_group(monkeypatch, capsys, stream):
    code, rows = run(monkeypatch, capsys, ["group", *stream], articles())
    assert (code, len(rows)) == (0, 6)
    assert len({row["story"] for row in rows}) == 2
    assert set(rows[0]) == {"id", "story", "storyline", "copy_of", "because"}


def test_related_hashtags_keyphrases_dates(monkeypatch, capsys):
    lines = articles(events=4)
    for command, key in (
        ("related", "related"),
        ("hashtags", "hashtags"),
        ("keyphrases", "keyphrases"),
        ("dates", "dates"),
    ):
        code, rows = run(monkeypatch, capsys, [command], lines)
        assert (code, [row["id"] for row in rows]) == (0, [line["id"] for line in lines])
        assert any(row[key] for row in rows)
    _, rows = run(monkeypatch, capsys, ["keyphrases", "--top", "3"], lines)
    assert all(len(row["keyphrases"]) <= 3 for row in rows)
    _, [row] = run(
        monkeypatch, capsys, ["dates"], [{"id": "d", "text": "On Monday it rained.", "published_at": "2026-11-20"}]
    )
    assert row["dates"] == [{"start": 3, "end": 9, "text": "Monday", "value": "2026-11-16"}]


def test_quotes_come_with_speaker_verb_and_offsets(monkeypatch, capsys):
    line = {"id": 7, "text": "“We stay here,” said Ann Lee. Police said the road was closed.", "language": "en"}
    code, [row] = run(monkeypatch, capsys, ["quotes"], [line])
    assert (code, row["id"]) == (0, "7")
    assert row["quotes"] == [
        {"start": 1, "end": 14, "quote": "We stay here,", "speaker": "Ann Lee", "verb": "said", "direct": True},
        {
            "start": 42,
            "end": 61,
            "quote": "the road was closed",
            "speaker": "Police",
            "verb": "said",
            "direct": False,
        },
    ]


def test_brief_timeline_notes_give_sentences_word_for_word(monkeypatch, capsys):
    story = {"id": "s", "articles": articles(events=1)}
    texts = {one["id"]: one["text"] for one in story["articles"]}
    _, [brief] = run(monkeypatch, capsys, ["brief", "--words", "40"], [story])
    _, [timeline] = run(
        monkeypatch, capsys, ["timeline", "--dates", "2", "--from", "2026-11-01", "--to", "2026-11-30"], [story]
    )
    _, [notes] = run(monkeypatch, capsys, ["notes"], [story])
    sentences = [
        *brief["sentences"],
        *(one for event in timeline["events"] for one in event["sentences"]),
        *notes["brief"],
    ]
    assert len(sentences) >= 3
    assert all(texts[one["article"]][one["start"] : one["end"]] == one["text"] for one in sentences)
    assert sum(len(one["text"].split()) for one in brief["sentences"]) <= 40
    assert len(timeline["events"]) <= 2
    assert {
        "id",
        "hashtags",
        "brief",
        "why_now",
        "timeline",
        "people",
        "quotes",
        "numbers",
        "coverage",
        "questions",
    } <= set(notes)
    assert set(notes["why_now"]) == {"trigger", "steps", "background", "sides", "ahead"}


@pytest.mark.parametrize(
    "stamp", ["2026-11-20", "2026-11-20T08:00:00", "2026-11-20T08:00:00+02:00", "2026-11-20T08:00:00Z", None, ""]
)
def test_times_of_every_form_are_taken(monkeypatch, capsys, stamp):
    code, _ = run(
        monkeypatch, capsys, ["group"], [{**articles()[0], "published_at": stamp, "title": None, "publisher": None}]
    )
    assert code == 0


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{broken", "JSON"),
        ("[1]", "object"),
        ({"text": "x"}, "'id'"),
        ({"id": "a"}, "'text'"),
        ({"id": "a", "text": 5}, "'text'"),
        ({"id": "a", "text": "x", "published_at": "soon"}, "soon"),
    ],
)
def test_a_bad_line_is_named_and_the_run_goes_on(monkeypatch, capsys, line, says):
    code, rows = run(monkeypatch, capsys, ["group"], [articles()[0], line, articles()[1]])
    assert code == 3
    [rejected] = [row for row in rows if "rejected" in row]
    assert (rejected["line"], says in rejected["rejected"]["reason"]) == (2, True)
    assert len(rows) == 3


def test_a_wrong_call_exits_with_2():
    for arguments in (["nothing"], ["group", "--what"], ["timeline", "--from", "soon"]):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2


def test_every_measure_has_a_name():
    assert {"brief", "dates", "extraction", "grouping"} <= set(measures())


def test_names(monkeypatch, capsys):
    lines = [{"id": 1, "text": "Prime Minister Ada Brink went to Ankara."}, {"id": 2, "text": ""}, {"id": 3}]
    code, rows = run(monkeypatch, capsys, ["names"], lines)
    assert code == 3
    assert rows[0]["names"][0] == {"start": 15, "end": 24, "text": "Ada Brink", "kind": "person"}
    assert rows[1] == {"id": "2", "names": []}
    assert rows[2]["rejected"]["step"] == "input"
