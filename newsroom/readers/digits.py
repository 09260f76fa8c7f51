"""A page's own numbers in Arabic digits, for readers who chose them.

Done on the finished page, so that no template, message or library has to know
of it. What is not the page's own words stays as it was written: whatever
stands under a `lang` attribute of its own, names in <bdi>, <code>, and all
attributes but those that are read out.
"""

from __future__ import annotations

import re

ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
# Not in a word of Latin letters ("v1", "5G"); what Arabic writes in one with the number ("و5") is none.
NUMBER = re.compile(r"(?<![&#A-Za-z_0-9])[0-9]++(?:[.,][0-9]++)*+%?(?![A-Za-z_])")
DECIMAL = re.compile(r"\d+\.\d+")
KEPT = frozenset("bdi code kbd pre samp".split())
RAW = frozenset("script style textarea".split())
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
TAG = re.compile(
    r"""<!--.*?-->|<(?P<closes>/?)(?P<name>[a-zA-Z][\w-]*)(?P<attributes>(?:[^>"']|"[^"]*"|'[^']*')*)>|<![^>]*>""", re.S
)
HAS_LANGUAGE = re.compile(r"\slang=")
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


def with_arabic_digits(page: str) -> str:
    """The HTML page with its own numbers in Arabic digits. A page that templates made: a "<" in it begins a tag."""
    out: list[str] = []
    done = kept = 0  # how far it was copied; how many elements are open in one that stays as it is
    while tag := TAG.search(page, done):
        text = page[done : tag.start()]
        out.append(text if kept else in_arabic_digits(text))
        closes, name, attributes = tag["closes"], (tag["name"] or "").lower(), tag["attributes"] or ""
        is_foreign = kept or (name != "html" and HAS_LANGUAGE.search(attributes) is not None)
        out.append(tag[0] if is_foreign or closes else READ_OUT.sub(_in_attribute, tag[0]))
        done = tag.end()
        if closes:
            kept -= bool(kept)
        elif name in RAW:  # until its end there are no tags
            end = page.find(f"</{name}", done)
            end = end if end >= 0 else len(page)
            out.append(page[done:end])
            done = end
            kept += 1
        elif (is_foreign or name in KEPT) and name and name not in VOID and not attributes.endswith("/"):
            kept += 1
    out.append(page[done:] if kept else in_arabic_digits(page[done:]))
    return "".join(out)


def _in_attribute(found: re.Match[str]) -> str:
    return found[1] + in_arabic_digits(found[2])
