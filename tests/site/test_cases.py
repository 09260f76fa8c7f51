"""Editors' choices are kept as cases, written by ./run cases, and measured by newstext measure grouping --cases."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from newsroom.articles.models import Article
from newsroom.commands import cases as command
from newsroom.readers.models import Reader
from newsroom.stories import changing
from newsroom.stories.cases import MEMBERS_KEPT, case_lines
from newsroom.stories.models import GroupingCase
from newstext.__main__ import main
from newstext.grouping_cases import by_rule, read_case
from tests.site.test_story_changes import NOW, article, story

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(db) -> Reader:
    return Reader.objects.create(username="ed", email="ed@paper.example", role="editor")


@pytest.fixture
def here(monkeypatch):
    """The command opens the site that the test has open already."""
    monkeypatch.setattr(command.site, "open_site", lambda data: None)


def kept() -> list[tuple[str, bool]]:
    return list(GroupingCase.objects.values_list("how", "together"))


def test_each_act_of_an_editor_is_a_case_and_a_rules_is_none(editor):
    rows = [article(0, 0), article(0, 1), article(1, 0)]
    one, law, late = story(*rows), story(article(1, 1)), story(article(0, 2))
    changing.move(rows[2], law, NOW, by=editor, why="it is the law")
    assert kept() == [("moved", False), ("moved", True)]
    changing.pin(rows[1], NOW, by=editor)
    changing.merge_stories(one, late, NOW, by=editor, why="the same ferry")
    changing.split(one, rows[1:2], NOW, by=editor, why="another ferry")
    assert kept()[2:] == [("pinned", True), ("merged", True), ("split", False)]
    row = GroupingCase.objects.first()
    assert (row.article, row.story, row.editor) == (rows[2], one, editor)
    assert {member["id"] for member in row.marks["members"]} == {str(rows[0].pk), str(rows[1].pk)}
    changing.merge_stories(law, story(article(1, 2)), NOW, by="settling-v1", why="")
    with pytest.raises(changing.CannotChange, match="An editor keeps articles"):
        changing.merge_stories(one, law, NOW, by="settling-v1", why="")
    assert len(kept()) == 5


def test_the_same_choice_twice_is_one_case(editor):
    rows = [article(0, 0), article(1, 0)]
    one, law = story(*rows), story(article(1, 1))
    for _ in range(2):
        changing.move(rows[1], law, NOW, by=editor, why="the law")
        changing.pin(rows[0], NOW, by=editor)
        changing.merge_stories(law, one, NOW, by=editor, why="one")
    assert kept() == [("moved", False), ("moved", True), ("merged", True)]  # alone, there was nothing to be pinned to


def test_a_case_holds_no_text_and_few_members(editor):
    text = "The captain of the grounded ferry said nothing of a whale with an umbrella. " * 5
    rows = [
        article(0, number % 3, text=f"{text} {number}", at=NOW + timedelta(hours=number))
        for number in range(MEMBERS_KEPT + 4)
    ]
    one = story(*rows)
    changing.pin(rows[-1], NOW, by=editor)
    [line] = case_lines()
    row = json.loads(line)
    assert [member["id"] for member in row["members"]] == [str(one.pk) for one in [rows[0], *rows[-MEMBERS_KEPT:-1]]]
    assert "said nothing of a whale" not in line
    assert (row["together"], row["how"], row["by"]) == (True, "pinned", f"editor {editor.pk}")
    assert one.key == str(rows[0].pk)


def test_articles_without_marks_make_no_case(editor):
    rows = [article(0, 0), article(0, 1)]
    Article.objects.filter(pk=rows[1].pk).update(marks=None)
    one = story(*rows)
    changing.split(one, [Article.objects.get(pk=rows[1].pk)], NOW, by=editor, why="")
    assert kept() == []


def test_cases_written_by_the_command_are_measured(editor, here, tmp_path, capsys):
    rows = [article(0, 0), article(0, 1), article(1, 0), article(2, 0)]
    one, law = story(*rows), story(article(1, 1), article(1, 2))
    changing.move(rows[2], law, NOW, by=editor, why="the law")
    changing.move(rows[3], None, NOW, by=editor, why="a comet")
    changing.pin(rows[1], NOW, by=editor)
    file = tmp_path / "cases.jsonl"
    assert command.main(["--out", str(file)]) == 0
    assert "4 cases" in capsys.readouterr().err
    assert main(["measure", "grouping", "--cases", str(file)]) == 0
    told = capsys.readouterr().out
    assert "| all |  | 4 | 4 (100%) |" in told
    assert "| moved | apart | 2 |" in told
    assert "TF-IDF nearest" in told
    assert command.main([]) == 0
    assert capsys.readouterr().out == file.read_text()
    assert one.pk


def test_the_rule_is_asked_anew_for_each_case_and_can_be_wrong(editor):
    rows = [article(0, 0), article(0, 1)]
    one = story(*rows)
    changing.split(one, rows[1:], NOW, by=editor, why="an editor's slip: it is the same ferry")
    [line] = case_lines()
    case = read_case(line)
    assert by_rule([case, case]) == [True, True]
    assert not case.together


def test_bad_lines_are_named_by_their_number_and_the_rest_is_measured(editor, tmp_path, capsys):
    rows = [article(0, 0), article(0, 1)]
    story(*rows)
    changing.pin(rows[1], NOW, by=editor)
    [good] = case_lines()
    row = json.loads(good)
    bad = [
        "{no json",
        "[]",
        json.dumps({**row, "together": "yes"}),
        json.dumps({**row, "members": []}),
        json.dumps({**row, "article": "x"}),
        json.dumps({**row, "article": {**row["article"], "terms": {"ferry": "two"}}}),
        json.dumps({**row, "members": [{"at": "yesterday"}]}),
        json.dumps({**row, "members": [{"words": None}]}),
    ]
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join([*bad, "", good]))
    assert main(["measure", "grouping", "--cases", str(file)]) == 3
    told = capsys.readouterr()
    assert [line.split(":")[0] for line in told.err.splitlines()] == [
        f"{file} line {n}" for n in range(1, len(bad) + 1)
    ]
    assert "| all |  | 1 | 1 (100%) |" in told.out


def test_a_file_without_cases_or_a_wrong_measure_says_what_to_do(tmp_path, capsys):
    file = tmp_path / "cases.jsonl"
    file.write_text("")
    assert main(["measure", "grouping", "--cases", str(file)]) == 0
    assert "no case" in capsys.readouterr().out
    assert main(["measure", "grouping", "--cases", str(tmp_path / "nowhere")]) == 1
    assert "nowhere" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["measure", "brief", "--cases", str(file)])
    assert "newstext measure grouping --cases" in capsys.readouterr().err


def test_the_command_names_a_file_it_cannot_write(here, tmp_path, capsys):
    assert command.main(["--out", str(tmp_path / "no" / "cases.jsonl")]) == 1
    assert "--out" in capsys.readouterr().err
