"""A page's bytes into text: BOM, HTTP, the page's own word, UTF-8, then a guess."""

from __future__ import annotations

import codecs
import re

import cchardet

META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.I)
XML = re.compile(rb"^\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w:.-]{2,40})", re.I)
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# The web means the larger set when it names the smaller one (WHATWG Encoding).
WIDER = {"iso-8859-1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252", "iso-8859-9": "cp1254", "gb2312": "gb18030"}


def decode(body: bytes, charset: str = "") -> str:
    """The text of `body`; never fails, undecodable bytes become U+FFFD."""
    for bom, name in BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    head = body[:4096]
    told = [match.group(1).decode() for match in (XML.search(head), META.search(head)) if match]
    for name in (charset, *told, "utf-8"):
        if text := _strictly(body, name):
            return text
    guess = cchardet.detect(body[:200_000]).get("encoding") or "utf-8"
    return _strictly(body, guess) or body.decode("utf-8", "replace")


def _strictly(body: bytes, name: str) -> str:
    wide = WIDER.get(name.lower(), name.lower())
    if not wide or (wide.startswith("utf-16") and b"\x00" not in body[:200]):
        return ""
    try:
        return body.decode(wide)
    except (LookupError, ValueError):
        return ""
