"""The elements and attributes that the site's own templates, code and scripts write, and those of comments' Markdown."""

from __future__ import annotations

import re
from pathlib import Path

from newstext.sanitise import COMMENT_TAGS

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{\w*\}", re.S)
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
MADE = re.compile(r"\b(?:createElement|make)\(\s*[\"']([a-z][a-z0-9]*)[\"']")
ALWAYS = ("html", "head", "body", "title", "meta", "link", "tbody")  # a parser makes them, or base.html has them
OF_ALL = ("id", "class", "lang", "dir", "hidden", "title", "role", "tabindex", "open", "rel", "name", "content")
OF_FIELDS = (
    *"name type value maxlength minlength min max step checked selected required disabled rows cols multiple".split(),
    *"autocomplete autofocus placeholder for form inputmode pattern accept".split(),
)
NEVER = {"iframe", "object", "embed", "base", "frame", "frameset", "style", "applet"}


def own_markup() -> dict[str, list[str]]:
    """Each element with its attributes; none of NEVER, no handler, no style."""
    found: dict[str, set[str]] = {name: set() for name in (*ALWAYS, *COMMENT_TAGS)}
    for path in _sources():
        text = TEMPLATE.sub(" ", path.read_text("utf-8", "replace"))
        for name in MADE.findall(text):
            found.setdefault(name, set())
        # An attribute may stand after a condition that ends the tag in another case: it is any's of its file.
        parts = text.split("<")[1:]
        stray = {name for part in parts for name in re.findall(r"\s([a-z][\w:-]*)=\"", part.partition(">")[2])}
        for part in parts:
            if said := re.match(r"[a-z][a-z0-9]*\b", part):
                tag = QUOTED.sub('""', part[said.end() :].partition(">")[0])
                names = re.findall(r"(?:^|\s)([a-zA-Z][\w:-]*)", tag)
                found.setdefault(said.group(), set()).update(names, stray)
    for name in ("input", "textarea", "select", "option", "button", "label", "form"):
        found.setdefault(name, set()).update(OF_FIELDS)
    kept = {name: {*names, *OF_ALL} for name, names in found.items() if name not in NEVER}
    return {
        name: sorted(one for one in names if one != "style" and not one.startswith("on"))
        for name, names in kept.items()
    }


def _sources() -> list[Path]:
    import allauth
    import django

    folders = [ROOT / "newsroom", Path(allauth.__file__).parent / "templates", Path(django.__file__).parent / "forms"]
    folders.append(Path(django.__file__).parent / "contrib" / "admin" / "templates")
    return [path for folder in folders for kind in ("*.html", "*.py", "*.js") for path in sorted(folder.rglob(kind))]
