"""./run translate: collect the pages' words, bring the translations up to date, compile them, say what is missing.

Babel does it, so no machine needs GNU gettext. Templates are read by Django's
own `templatize`, which makes them look like Python.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "newsroom"
LOCALE = SITE / "locale"
PLAIN, COUNTED = DEFAULT_KEYWORDS["gettext"], DEFAULT_KEYWORDS["ngettext"]
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": PLAIN,
    "gettext_noop": PLAIN,
    "ngettext_lazy": COUNTED,
    "pgettext_lazy": DEFAULT_KEYWORDS["pgettext"],
    "npgettext_lazy": DEFAULT_KEYWORDS["npgettext"],
}
NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # of the file's head: what is compiled is the same on each day
CALL = re.compile(r"""(?<!\w)n?p?(?:gettext|_)\((?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*"|count|[\s,])+\)""")
PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
TAG = re.compile(r"</?\w+[^<>]*>")
NUMBERS_TRIED = range(2000)
HEAD = """\
# {language} of the pages' own words. How to translate: docs/how-to/translate.md.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: {code}\\n"
"Plural-Forms: {plural}\\n"

"""


def main(argv: list[str]) -> int:
    made = argparse.ArgumentParser(prog="./run translate", description="Bring the translations up to date.")
    made.add_argument("--add", metavar="CODE", help="begin a language, as fr or pt-BR")
    asked = made.parse_args(argv)
    if asked.add and (problem := _begin(asked.add)):
        print(problem, file=sys.stderr)
        return 2
    wanted, problems = extracted(), []
    for path in files():
        catalog = _read(path)
        catalog.update(wanted, no_fuzzy_matching=True)
        _write(path, catalog)
        problems += _problems_of(path, catalog, wanted)
        print(f"{path.relative_to(ROOT)}: {len(wanted)} texts, {len(_untranslated(catalog))} to be translated")
    print("\n".join(problems))
    return 1 if problems else 0


def problems() -> list[str]:
    """What is wrong with the translations, for ./run check; each line says what to do."""
    wanted = extracted()
    found = [line for path in files() for line in _problems_of(path, _read(path), wanted)]
    return [*found, "Mend it with: ./run translate, then write what is missing."] if found else []


def files() -> list[Path]:
    """The translations there are, one a language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def extracted() -> Catalog:
    """Every text of the site's templates and Python that is to be translated, with the files it stands in."""
    catalog = Catalog(charset="utf-8")
    for path in _sources():
        name = path.relative_to(ROOT).as_posix()
        for line, message, _comments, context in _texts_of(path):
            if str(message).endswith("\\"):
                raise SystemExit(f'{name}:{line}: a text ends at its first \\". Write “ and ” in it.')
            catalog.add(message, locations=[(name, 0)], context=context)
    return catalog


def _sources() -> Iterator[Path]:
    yield from sorted(path for path in SITE.rglob("*.py") if "migrations" not in path.parts)
    yield from sorted(path for folder in SITE.rglob("templates") for path in folder.rglob("*.*") if path.is_file())


def _texts_of(path: Path) -> Iterable[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        lines = templatize(source, origin=str(path)).splitlines()
        # The calls alone: what else stands there is no Python, a bracket of a comment may be open in it.
        source = "\n".join("; ".join(call[0] for call in CALL.finditer(line)) for line in lines)
    return extract("python", io.BytesIO(source.encode()), KEYWORDS)


def _begin(code: str) -> str:
    """Make the empty file of a language; returns what is wrong, "" if nothing is."""
    try:
        locale = Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return f"./run translate --add {code}: no language known by this code. Give one as fr or pt-BR."
    path = LOCALE / str(locale) / "LC_MESSAGES" / "django.po"
    if path.exists():
        return f"{path.relative_to(ROOT)} is there already. Run ./run translate without --add."
    path.parent.mkdir(parents=True)
    plural = get_plural(locale)
    path.write_text(HEAD.format(language=locale.english_name, code=code, plural=plural), encoding="utf-8")
    return ""


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        catalog = read_po(file, charset="utf-8")
    return catalog


def _write(path: Path, catalog: Catalog) -> None:
    """The .po with texts in the order of the alphabet, so that two branches seldom touch one place; and the .mo."""
    catalog.creation_date = catalog.revision_date = NO_DAY
    body = io.BytesIO()
    write_po(body, catalog, width=0, sort_output=True, include_lineno=False, omit_header=True, ignore_obsolete=True)
    code = path.parents[1].name
    name = Locale.parse(code).english_name
    head = HEAD.format(language=name, code=code.replace("_", "-"), plural=catalog.plural_forms)
    path.write_bytes(head.encode() + body.getvalue())
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)


def _problems_of(path: Path, catalog: Catalog, wanted: Catalog) -> list[str]:
    name = path.relative_to(ROOT).as_posix()
    held = {_key(message) for message in catalog if message.id}
    needed = {_key(message) for message in wanted if message.id}
    texts = [message for message in catalog if message.id and _key(message) in needed]
    return [
        *(f"{name}: {key[0]!r} is not in it." for key in sorted(needed - held)),
        *(f"{name}: {key[0]!r} stands in no template and no code." for key in sorted(held - needed)),
        *(f"{name}: {_key(message)[0]!r} is not translated." for message in _untranslated(catalog)),
        *(f"{name}: {_key(message)[0]!r} is marked fuzzy: look at it." for message in texts if message.fuzzy),
        *(f"{name}: {_key(message)[0]!r}: {what}" for message in texts for what in _differences(message, catalog)),
        *_not_compiled(path, catalog),
    ]  # fmt: skip


def _key(message: Message) -> tuple[str, str]:
    """(text, context); Babel's reader of .mo gives the context as bytes."""
    context = message.context or ""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return text, context.decode() if isinstance(context, bytes) else context


def _untranslated(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id and not all(_strings(message))]


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)


def _differences(message: Message, catalog: Catalog) -> Iterator[str]:
    """Placeholders and tags in which a translation and its text are not the same.

    A form that stands for one number alone may leave that number out: "two articles" has a word for it.
    """
    text = message.id if isinstance(message.id, str) else message.id[1]
    places, tags = _places(text), Counter(TAG.findall(text))
    for number, string in enumerate(_strings(message)):
        if not string:
            continue
        lost, more = places - _places(string), _places(string) - places
        may_lack = 1 if message.pluralizable and _is_of_one_number(catalog, number) else 0
        if more or len(lost) > may_lack:
            yield f"form {number} has {sorted(more) or 'no'} beside, and lacks {sorted(lost) or 'nothing'}."
        if Counter(TAG.findall(string)) != tags:
            yield f"form {number} has other HTML tags."


def _places(text: str) -> set[str]:
    return {found[1] or found[2] for found in PLACE.finditer(text)}


def _is_of_one_number(catalog: Catalog, form: int) -> bool:
    from gettext import c2py  # type: ignore[attr-defined]

    choose = c2py(catalog.plural_expr)
    return sum(choose(number) == form for number in NUMBERS_TRIED) <= 1


def _not_compiled(path: Path, catalog: Catalog) -> list[str]:
    name = path.with_suffix(".mo").relative_to(ROOT).as_posix()
    try:
        with path.with_suffix(".mo").open("rb") as file:
            compiled = read_mo(file)
    except FileNotFoundError:
        return [f"{name} is missing."]
    written = {_key(message): _strings(message) for message in catalog if message.id and all(_strings(message))}
    empty = {_key(message) for message in _untranslated(catalog)}  # of those Babel compiles the English forms
    said = {_key(message): _strings(message) for message in compiled if message.id and _key(message) not in empty}
    return [] if said == written else [f"{name} is not that of the .po beside it."]
