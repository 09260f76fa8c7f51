"""./run translate: what it collects, what it says is missing, and what ./run check finds wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsroom.commands import translate

TEMPLATE = """{% load i18n %}{# an open ( bracket, \" and { #}<h1>{% translate "Stories" %}</h1>
  {% if x %}
<p title="{{ _("The title") }}">{% blocktranslate count n=x with who=y %}{{ n }} story of <b>{{ who }}</b>{% plural %}{{ n }} stories of <b>{{ who }}</b>{% endblocktranslate %}</p>
{% endif %}{% translate "On" context "a switch" %}{% blocktranslate trimmed %}
   Two lines
   are one.{% endblocktranslate %}
"""
CODE = """from django.utils.translation import gettext_lazy as _, ngettext
NAMES = {"a": _("Politics")}
def told(n):
    return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}
"""
ARABIC = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;\\n"

"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A little site with one template and one file of code."""
    for name, text in (("templates/a.html", TEMPLATE), ("code.py", CODE)):
        path = tmp_path / "newsroom" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(translate, "ROOT", tmp_path)
    monkeypatch.setattr(translate, "SITE", tmp_path / "newsroom")
    monkeypatch.setattr(translate, "LOCALE", tmp_path / "newsroom" / "locale")
    return tmp_path / "newsroom"


def po(site: Path, language: str = "fr") -> Path:
    return site / "locale" / language / "LC_MESSAGES" / "django.po"


def fill(site: Path, language: str = "fr") -> None:
    """Translate every text by itself."""
    catalog = translate._read(po(site, language))
    for message in catalog:
        if message.id:
            text = message.id if isinstance(message.id, str) else message.id[1]
            message.string = (text,) * catalog.num_plurals if message.pluralizable else text
    translate._write(po(site, language), catalog)


def test_translations_of_the_site_are_whole():
    assert not translate.problems()
    assert [path.parents[1].name for path in translate.files()] == ["ar"]


def test_texts_of_templates_and_code_are_collected_with_their_plurals(site):
    found = {translate._key(message): message.id for message in translate.extracted() if message.id}
    assert set(found) == {
        ("Stories", ""), ("The title", ""), ("On", "a switch"), ("Two lines are one.", ""), ("Politics", ""),
        ("%(n)s story of <b>%(who)s</b>", ""), ("%(n)d day", ""),
    }  # fmt: skip
    assert found["%(n)d day", ""] == ("%(n)d day", "%(n)d days")


def test_a_new_language_is_begun_filled_and_then_whole(site, capsys):
    assert translate.main(["--add", "fr"]) == 1
    said = capsys.readouterr().out
    assert "7 texts, 7 to be translated" in said
    assert "'Stories' is not translated." in said
    assert ".mo" not in said  # what is compiled is all that is there
    fill(site)
    assert translate.main([]) == 0
    assert not translate.problems()
    written = po(site).read_bytes(), po(site).with_suffix(".mo").read_bytes()
    assert b"POT-Creation-Date: 2026-01-01" in written[1]  # not the day of the run: what is compiled stays the same
    assert translate.main([]) == 0
    assert (po(site).read_bytes(), po(site).with_suffix(".mo").read_bytes()) == written


@pytest.mark.parametrize("code", ["x", "qqq", "../fr", "fr/../x", "fr-FR-FR-FR"])
def test_language_that_is_none_is_not_begun(site, code, capsys):
    assert translate.main([f"--add={code}"]) == 2
    assert not list(site.rglob("*.po"))


def test_language_that_is_there_is_not_begun_anew(site, capsys):
    translate.main(["--add", "fr"])
    fill(site)
    assert translate.main(["--add", "fr"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert not translate.problems()


def test_text_that_came_or_went_is_told_by_the_check(site):
    translate.main(["--add", "fr"])
    fill(site)
    (site / "code.py").write_text(CODE.replace("Politics", "World"), encoding="utf-8")
    said = "\n".join(translate.problems())
    assert "'World' is not in it." in said
    assert "'Politics' stands in no template and no code." in said
    assert "./run translate" in said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('msgstr "Stories"', 'msgstr "Histoires"', "is not that of the .po beside it"),
        ('msgstr[1] "%(n)d days"', 'msgstr[1] "jours"', "form 1 has no beside, and lacks ['n']"),
        ('msgstr[1] "%(n)d days"', 'msgstr[1] "%(days)d jours"', "form 1 has ['days'] beside"),
        ('msgstr[0] "%(n)s stories of <b>%(who)s</b>"', 'msgstr[0] "%(n)s de %(who)s"', "form 0 has other HTML tags"),
        ('msgid "Stories"', '#, fuzzy\nmsgid "Stories"', "marked fuzzy"),
        ('msgstr "Stories"', 'msgstr ""', "is not translated"),
    ],
)
def test_what_is_wrong_in_a_translation_is_told(site, before, after, said):
    translate.main(["--add", "fr"])
    fill(site)
    text = po(site).read_text(encoding="utf-8")
    assert before in text
    po(site).write_text(text.replace(before, after), encoding="utf-8")
    assert said in "\n".join(translate.problems())


def test_form_of_one_number_may_leave_the_number_out(site):
    path = po(site, "ar")
    path.parent.mkdir(parents=True)
    path.write_text(ARABIC, encoding="utf-8")
    translate.main([])
    fill(site, "ar")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('msgstr[2] "%(n)d days"', 'msgstr[2] "يومان"'), encoding="utf-8")
    assert translate.main([]) == 0
    path.write_text(text.replace('msgstr[3] "%(n)d days"', 'msgstr[3] "أيام"'), encoding="utf-8")
    assert translate.main([]) == 1


def test_compiled_file_that_is_missing_is_told(site):
    translate.main(["--add", "fr"])
    fill(site)
    po(site).with_suffix(".mo").unlink()
    assert "django.mo is missing." in "\n".join(translate.problems())


def test_template_text_with_an_escaped_quotation_mark_is_refused(site):
    (site / "templates" / "b.html").write_text('{% translate "a \\"phrase\\"" %}', encoding="utf-8")
    with pytest.raises(SystemExit, match=r"b\.html:1"):
        translate.extracted()
