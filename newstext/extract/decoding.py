"""A page's bytes into text: BOM, HTTP, the page's own word, UTF-8, then a guess."""

from __future__ import annotations

import codecs
import re

import cchardet

from newstext.language import detect_language

META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.I)
XML = re.compile(rb"^\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w:.-]{2,40})", re.I)
BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# The web means the larger set when it names the smaller one (WHATWG Encoding).
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # no writing has them (0x1b opens a shift in ISO 2022)
DETECTED_BYTES = 200_000
LANGUAGE_CHARS = 3000
BROKEN_SHARE = 0.2  # of its characters beyond ASCII, up to which a text is UTF-8 with broken places
WIDER = {"iso-8859-1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252", "iso-8859-9": "cp1254", "gb2312": "gb18030"}

# Charsets of old machines, which detectors know and pages do not use; what they see is typographic quotes.
NEVER_ON_THE_WEB = frozenset(
    {"maccentraleurope", "maccyrillic", "macroman", "ibm852", "ibm855", "ibm865", "ibm866", "utf-8", ""}
)
MANY_BYTES = ("big5", "cp949", "gb18030", "shift_jis", "euc-jp", "euc-kr", "uhc")
LATIN_CHARSETS = {
    "cp1250": frozenset("pl cs hu sk ro hr sl bs".split()),
    "cp1254": frozenset("tr az".split()),
    "cp1257": frozenset("lt lv et".split()),
    "cp1258": frozenset({"vi"}),
}
ONE_BYTE_LATIN = frozenset(
    "cp1252 windows-1252 windows-1250 cp1250 iso-8859-2 windows-1254 cp1254 windows-1257 iso-8859-4 iso-8859-13 "
    "windows-1258 iso-8859-3 iso-8859-10 iso-8859-15 iso-8859-16".split()
)


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
    return _guessed(body)


def _guessed(body: bytes) -> str:
    """The text of bytes that no one named and that are no whole UTF-8; bytes full of controls are no text at all."""
    loose = body.decode("utf-8", "replace")
    beyond = sum(character > "\x7f" for character in loose)
    controls = len(CONTROLS.findall(body[:DETECTED_BYTES]))
    if loose.count("\ufffd") <= BROKEN_SHARE * beyond or controls * 100 > len(body[:DETECTED_BYTES]):
        return loose
    guess = (cchardet.detect(body[:DETECTED_BYTES]).get("encoding") or "").lower()
    told = "cp1252" if guess in NEVER_ON_THE_WEB else WIDER.get(guess, guess)
    many = next((text for name in MANY_BYTES if (text := _strictly(body, name))), "") if told in MANY_BYTES else ""
    text = _strictly(body, told) or many or body.decode("cp1252", "replace")
    return _of_its_language(body, text, told)


def _of_its_language(body: bytes, text: str, told: str) -> str:
    """The text, or what the charset gives that its language is written in: a few accents look alike in several."""
    if told not in ONE_BYTE_LATIN:
        return text
    language = detect_language(text[:LANGUAGE_CHARS])
    wanted = next((name for name, languages in LATIN_CHARSETS.items() if language in languages), "cp1252")
    is_named = any(language in languages for languages in LATIN_CHARSETS.values())
    if language == "und" or wanted == told or (wanted == "cp1252" and is_named):
        return text
    if wanted == "cp1250" and told == "iso-8859-2":
        return text
    return _strictly(body, wanted) or text


def _strictly(body: bytes, name: str) -> str:
    wide = WIDER.get(name.lower(), name.lower())
    if not wide or (wide.startswith("utf-16") and b"\x00" not in body[:200]):
        return ""
    try:
        return body.decode(wide)
    except (LookupError, ValueError):
        return ""
