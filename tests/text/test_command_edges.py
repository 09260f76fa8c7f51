"""The newstext command at its edges: odd characters, files, counts, memory, pipes, archives."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from newstext.__main__ import main
from tests.text.test_archives import records, written


def run(monkeypatch, capsys, arguments: list[str], lines: list[object]) -> tuple[int, list[dict], str]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
    code = main(arguments)
    said = capsys.readouterr()
    return code, [json.loads(line) for line in said.out.splitlines()], said.err


def html(number: int) -> str:
    lines = "".join(
        f"<p>Ferry report {number}, part {part}: the boat from Port Ilva was late, and nobody said why it was.</p>"
        for part in range(6)
    )
    return f"<html><head><title>Ferry late {number}</title></head><body><article>{lines}</article></body></html>"


def test_texts_are_printed_as_given_whatever_they_hold(monkeypatch, capsys):
    text = "Rain fell\u2028in Port \ud800Ilva on Tuesday, and the river rose by two metres\x85before noon."
    story = {"id": "s", "articles": [{"id": "a", "text": text}]}
    code, rows, _ = run(monkeypatch, capsys, ["brief"], [story])
    assert (code, len(rows)) == (0, 1)
    for sentence in rows[0]["sentences"]:
        assert sentence["text"] == text[sentence["start"] : sentence["end"]]


def test_an_id_used_twice_is_rejected_where_answers_name_ids(monkeypatch, capsys):
    lines = [{"id": "a", "text": "One."}, {"id": "b", "text": "Two."}, {"id": "a", "text": "Three."}]
    for name in ("group", "related"):
        code, rows, _ = run(monkeypatch, capsys, [name], lines)
        assert code == 3
        assert sorted(row["id"] for row in rows if "rejected" not in row) == ["a", "b"]
        [rejected] = [row for row in rows if "rejected" in row]
        assert (rejected["id"], rejected["line"]) == ("a", 3)
        assert "line 1" in rejected["rejected"]["reason"]
    assert run(monkeypatch, capsys, ["hashtags"], lines)[0] == 0


@pytest.mark.parametrize("said", ["2026-11-17", "20261117", "2026-W47-2"])
def test_a_day_alone_in_any_iso_form_is_a_day(monkeypatch, capsys, said):
    line = {"id": "a", "text": "It rained on Monday.", "published_at": said}
    _, [row], _ = run(monkeypatch, capsys, ["dates"], [line])
    assert [one["value"] for one in row["dates"]] == ["2026-11-16"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({"id": "a", "text": "x", "seen_at": "soon"}, "seen_at 'soon'"),
        ({"id": "a", "text": 5}, "'text': must be text"),
        ({"id": True, "text": "x"}, "'id'"),
        ('{"id": "a", "text": "x"', "is no JSON"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_a_bad_line_says_its_field_and_value(monkeypatch, capsys, line, says):
    code, rows, _ = run(monkeypatch, capsys, ["group"], [line, {"id": "ok", "text": "Fine."}])
    assert code == 3
    assert says in rows[0]["rejected"]["reason"]
    assert rows[0]["line"] == 1
    assert rows[1]["id"] == "ok"


@pytest.mark.parametrize(
    "arguments",
    [["related", "--top", "0"], ["brief", "--words", "-3"], ["timeline", "--from", "soon"], ["archive", "x"], ["nope"]],
)
def test_a_wrong_option_ends_with_2_before_anything_is_read(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_files_that_cannot_serve_are_named(monkeypatch, capsys, tmp_path):
    (tmp_path / "cut.html.gz").write_bytes(gzip.compress(html(1).encode())[:-20])
    (tmp_path / "bomb.html.gz").write_bytes(gzip.compress(b"<p>" * 20_000_000))
    (tmp_path / "good.html.gz").write_bytes(gzip.compress(html(1).encode()))
    names = ["missing.html", "", "cut.html.gz", "bomb.html.gz", "good.html.gz"]
    lines = [{"id": name or "folder", "file": str(tmp_path / name)} for name in names]
    code, rows, _ = run(monkeypatch, capsys, ["extract"], lines)
    assert code == 3
    assert [row["id"] for row in rows if "rejected" in row] == ["missing.html", "folder", "cut.html.gz", "bomb.html.gz"]
    assert "over 32 MB" in rows[3]["rejected"]["reason"]
    assert rows[4]["title"] == "Ferry late 1"


HEADLINES = ("Bakers strike", "Wolf seen", "Choir buys cinema", "Mill burns down", "Fog over the sound", "New mayor")


def test_two_passes_say_each_bad_line_once_and_keep_the_order(monkeypatch, capsys, tmp_path):
    furniture = "<p>Subscribe to the Herald letter for every ferry story, each morning before six.</p>"
    pages = [
        {
            "id": str(n),
            "url": f"https://herald.example/{n}",
            "html": html(n).replace("</article>", furniture + "</article>").replace("Ferry late", HEADLINES[n]),
        }
        for n in range(6)
    ]
    lines = [*pages[:3], {"id": "bad"}, "no json", *pages[3:]]
    memory = tmp_path / "memory.json"
    arguments = ["extract", "--passes", "2", "--memory", str(memory)]
    code, rows, _ = run(monkeypatch, capsys, arguments, lines)
    assert code == 3
    assert [row["id"] for row in rows if "text" in row] == [str(n) for n in range(6)]
    assert sorted(row["line"] for row in rows if "rejected" in row) == [4, 5]
    assert "Subscribe" not in rows[-6]["text"] + rows[-1]["text"]
    assert json.loads(memory.read_text("utf-8"))


def test_a_memory_that_is_none_is_named(monkeypatch, capsys, tmp_path):
    memory = tmp_path / "memory.json"
    memory.write_text("no memory")
    code, rows, err = run(monkeypatch, capsys, ["extract", "--memory", str(memory)], [{"id": "a", "html": html(1)}])
    assert (code, rows) == (1, [])
    assert str(memory) in err
    assert memory.read_text() == "no memory"


def test_an_archive_becomes_one_result_file_and_is_done_once(capsys, tmp_path):
    path = written(tmp_path / "a.warc.gz", *records(2))
    arguments = ["archive", str(path), "--engine", "inline", "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    said = capsys.readouterr()
    [row] = [json.loads(line) for line in said.out.splitlines()]
    assert (row["articles"], row["was_done"]) == (2, False)
    assert len(Path(row["result_path"]).read_text("utf-8").splitlines()) == 2
    assert "1 of 1 files" in said.err
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["was_done"] is True
    assert main(["archive", str(tmp_path / "none"), "--out", str(tmp_path)]) == 1


def test_processes_read_what_inline_reads(tmp_path):
    pages = tmp_path / "pages.jsonl"
    pages.write_text("".join(json.dumps({"id": str(n), "html": html(n)}) + "\n" for n in range(8)), "utf-8")
    outputs = [
        subprocess.run(
            [sys.executable, "-m", "newstext", "extract", "--engine", engine, str(pages)],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        for engine in ("inline", "processes")
    ]
    assert outputs[0].stdout == outputs[1].stdout
    assert len(outputs[0].stdout.splitlines()) == 8
    assert "8 lines" in outputs[0].stderr


def test_a_reader_that_leaves_early_is_no_error(tmp_path):
    lines = tmp_path / "lines.jsonl"
    lines.write_text("".join(json.dumps({"id": n, "text": "It rained on Monday. " * 50}) + "\n" for n in range(300)))
    command = [sys.executable, "-m", "newstext", "dates", str(lines)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        assert "Traceback" not in child.stderr.read()
        assert child.wait(60) == 0
