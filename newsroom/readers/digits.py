"""A page's own numbers in Arabic digits, for readers who chose them.

Done on the finished page, so that no template, message or library has to know
of it. What is not the page's own words stays as it was written: whatever
stands under a `lang` attribute of its own, names in <bdi>, <code>, and all
attributes but those that are read out.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
# Not in a word of Latin letters ("v1", "5G"); what Arabic writes in one with the number ("و5") is none.
NUMBER = re.compile(r"(?<![&#A-Za-z_0-9])[0-9]++(?:[.,][0-9]++)*+%?(?![A-Za-z_])")
DECIMAL = re.compile(r"\d+\.\d+")
KEPT = frozenset("bdi code kbd script style pre textarea samp".split())
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
READ_OUT = re.compile(r"""(\s(?:title|aria-label|alt|placeholder)=)("[^"]*"|'[^']*')""")


def in_arabic_digits(text: str) -> str:
    """ "1,200 و 3.5%" as "١٬٢٠٠ و ٣٫٥٪"; digits inside a word ("v1", "G20") stay."""
    return NUMBER.sub(_converted, text)


def _converted(found: re.Match[str]) -> str:
    number = found[0]
    if number.count(".") > 1:  # a version, an address
        return number
    if DECIMAL.fullmatch(number.rstrip("%")):
        number = number.replace(".", "٫")
    return number.replace(",", "٬").replace("%", "٪").translate(ARABIC_DIGITS)


def _in_attribute(found: re.Match[str]) -> str:
    return found[1] + in_arabic_digits(found[2])


def with_arabic_digits(page: str) -> str:
    """The HTML page with its own numbers in Arabic digits."""
    parser = _Digits()
    parser.feed(page)
    parser.close()
    return "".join(parser.out)


class _Digits(HTMLParser):
    """Copies a page tag by tag; `kept` counts the open elements inside one that stays as it is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self.kept = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_foreign = self.kept or (tag != "html" and any(name == "lang" for name, _ in attrs))
        written = self.get_starttag_text() or ""
        self.out.append(written if is_foreign else READ_OUT.sub(_in_attribute, written))
        if (is_foreign or tag in KEPT) and tag not in VOID:
            self.kept += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self.kept:
            self.kept -= 1
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.out.append(data if self.kept else in_arabic_digits(data))

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")
