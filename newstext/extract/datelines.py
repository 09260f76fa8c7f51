"""Dateline, agency, byline and tickers: what stands before, behind and inside an article's first sentences."""

from __future__ import annotations

import re

from newstext.extract.furniture import key_of, phrases
from newstext.words import read_list

SHORTEST_REST = 30  # what is left of a first paragraph without its dateline; else it was none
LONGEST_BYLINE = 100
AGENCIES = {
    spelling.strip(): name for name, spellings in read_list("agencies").items() for spelling in spellings.split(";")
}
WRITTEN_SMALL = frozenset("reuters ap afp dpa dpa-afx efe ansa apa sda afx sid kna epd anp".split())


def _spellings() -> list[str]:
    """The ways in which agencies are signed; "(pa)" and "(tt)" in small letters are other things."""
    told: set[str] = set(AGENCIES.values())
    for name in AGENCIES:
        told |= {name.upper(), name} if name in WRITTEN_SMALL or " " in name or not name.isascii() else {name.upper()}
        told |= {name.title()} if len(name) > 4 else set()
    return sorted(told, key=lambda one: (-len(one), one))


AGENCY = r"(?:" + "|".join(map(re.escape, _spellings())) + r")"
UP = "A-ZÀ-ÖØ-ÞĀ-ŽА-ЯЁΑ-Ω"
PLACE = rf"[{UP}][\w'’.\- ]{{1,40}}?(?:,\s*[{UP}][\w'’. ]{{2,30}}?)?"
SHOUTED = rf"[{UP}][{UP}'’.\-]+(?:[ \-][{UP}][{UP}'’.\-]*){{0,3}}(?:,\s*[{UP}][\w'’. ]{{1,30}}?)?"
DAY = r"(?:,?\s*(?:\d{1,2}\.?\s+[^\W\d_]{3,12}\.?|[^\W\d_]{3,12}\.?\s+\d{1,2})(?:,?\s+\d{4})?)?"
DAY_BEHIND = re.compile(r",\s*(?:[^\W\d_]{3,12}\.?\s+\d{1,2}|\d{1,2}\.?\s+[^\W\d_]{3,12}\.?)$")
DASH = r"\s*\.?\s*[-–—‒―]{1,2}\s*"
# "Port Meren, Nov 12 (Reuters) - ", "PARIS (AFP) — ", "Berlin (dpa/abc) - ": a place by any case, an agency we know.
WITH_AGENCY = re.compile(
    rf"^(?P<place>{PLACE}|[\u0600-\u06ff][\u0600-\u06ff ]{{1,30}})?{DAY}\s*[(\[/]\s*(?P<agency>{AGENCY})"
    rf"(?:[/\-, ][^()\[\]/]{{1,40}})?\s*[)\]/]{DAY}\s*(?:\.?\s*[-–—‒―:]{{1,2}}\s*|\.\s+)"
)
AGENCY_FIRST = re.compile(
    rf"^[(\[]\s*(?P<agency>{AGENCY})\s*[)\]]\s*[-–—]\s*"
    rf"(?P<place>[{UP}][{UP} '’\-]{{2,30}}),\s*\d{{1,2}}\s+[{UP}]{{3}}\s*[-–—]\s*"
)
# "القاهرة - رويترز: "
ARABIC = re.compile(
    rf"^(?P<place>[\u0600-\u06ff][\u0600-\u06ff ]{{1,30}}?)\s*[-–—]\s*[\"«(]?(?P<agency>{AGENCY})[\"»)]?\s*[:\-–—]\s*"
)
# "PORT MEREN, Velmark — ", with or without an agency that we do not know.
BY_CASE = re.compile(rf"^(?P<place>{SHOUTED}){DAY}\s*(?:\([{UP}][\w /.\-]{{1,40}}\))?{DASH}(?=[\"“«‘„(\d{UP}])")
# Headings in capitals that are no places.
NO_PLACE = re.compile(
    r"^(?:breaking|exclusive|watch|update|live|video|opinion|analysis|review|explainer|photos?|read|listen|just in|new|"
    r"the|a|in|on|q|warning|spoilers?|note|factbox|timeline|urgent|alert|top|news|eilmeldung|direct|urgente|"
    r"última hora)\b",
    re.I,
)
ALONE = re.compile(rf"^(?P<place>{SHOUTED})\s*(?:\((?P<agency>{AGENCY})\))?\s*[-–—]{{1,2}}$")
SIGN_OFF = re.compile(
    rf"\s*(?:[(\[]\s*(?P<agency>{AGENCY})(?:[/\-, ][\w/ .\-]{{1,30}})?\s*[)\]]|/(?P<slashed>{AGENCY})/)\.?$"
)
AGENCY_LINE = re.compile(
    rf"^(?:(?i:by|von|par|por|de|di|door) )?[(\[/]?\s*(?P<agency>{AGENCY})(?:[/,][\w/ .\-]{{1,30}})?\s*[)\]/]?\.?$"
)
WIDGET_WORDS = re.compile(r"\s+(?:save|share|listen|follow|print|email|comments?)$", re.I)
SMALL_IN_NAMES = frozenset(
    "and und et y e & i и و en ja og och ve von van de da di del der den la le el al bin ibn zu dos du".split()
)
# Reuters' codes of exchanges, and the names that stand before a colon.
EXCHANGES = (
    "N O OQ K A P L DE F PA AS BR MI MC S SW VX ST HE CO OL VI WA IS T HK SS SZ KS KQ TW TWO SI KL BK JK AX NZ NS BO "
    "TO V SA MX BA JO TA SE QA AD DU KW IR LS AT PR BU"
)
REUTERS_CODE = re.compile(rf"^[A-Z][A-Za-z0-9]{{0,7}}\.(?:{'|'.join(EXCHANGES.split())})$")
LISTED = re.compile(
    r"^(?:NYSE(?: American| Arca)?|Nasdaq(?:GS|GM)?|NASDAQ|AMEX|LON|LSE|TSX|TSXV|ASX|HKEX|HKG|SEHK|TSE|TYO|FRA|ETR|"
    r"XETRA|EPA|AMS|BME|BIT|SIX|SWX|NSE|BSE|SGX|KRX|BVMF|B3|OTC(?:QB|QX|MKTS)?|CSE|JSE|TADAWUL|BIST)"
    r"\s*:\s*(?P<code>[A-Z0-9][A-Z0-9.\-]{0,9})$"
)
NO_TICKERS = frozenset({"U.S", "U.N", "U.K", "E.U", "D.C", "U.A", "A.A"})
IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]{2,40})[)\]]")
MOST_TICKERS = 12


def agency_of(said: str) -> str:
    """The news agency a byline or credit names, or ""."""
    return AGENCIES.get(" ".join(said.lower().split()), "")


def take_dateline(first: str) -> tuple[str, str, str]:
    """(dateline, agency, paragraph without them); the paragraph as it was if it has none."""
    for form in (AGENCY_FIRST, WITH_AGENCY, ARABIC, BY_CASE):
        match = form.match(first)
        if not match or len(first) - match.end() < SHORTEST_REST:
            continue
        found = match.groupdict()
        place = DAY_BEHIND.sub("", found.get("place") or "").strip(" ,.")
        if NO_PLACE.match(place) or (form is BY_CASE and len(place) < 4):
            continue
        return place, agency_of(found.get("agency") or ""), first[match.end() :]
    return "", "", first


def dateline_alone(text: str) -> tuple[str, str] | None:
    """(dateline, agency) of a line that is nothing else, as "PORT MEREN —"; None for other lines."""
    match = ALONE.match(text)
    if not match or NO_PLACE.match(match["place"]) or not match["place"].split(",")[0].isupper():
        return None
    return match["place"].strip(" ,."), agency_of(match["agency"] or "")


def take_sign_off(text: str) -> tuple[str, str]:
    """(agency, paragraph without it) where a whole sentence ends in an agency's sign; ("", paragraph) otherwise."""
    match = SIGN_OFF.search(text) if text.removesuffix(".")[-1:] in (")", "]", "/") else None
    if not match or not text[: match.start()].rstrip().endswith((".", "!", "?", "”", '"', "»", "“", "’", "؟")):
        return "", text
    return agency_of(match["agency"] or match["slashed"]), text[: match.start()].rstrip()


def agency_line(text: str) -> str:
    """The agency that a line by itself names, or ""."""
    match = AGENCY_LINE.match(text) if len(text) <= LONGEST_BYLINE else None
    return agency_of(match["agency"]) if match else ""


def is_byline(text: str) -> bool:
    """True for "By Ada Brask and Otto Vane": an opening word, and names alone."""
    if len(text) > LONGEST_BYLINE or text[-1:] in ".!?:…" or "—" in text:
        return False
    key = key_of(text)
    opener = next((word for word in phrases().bylines if key.startswith(f"{word} ") or key.startswith(f"{word}: ")), "")
    names = WIDGET_WORDS.sub("", text[len(opener) :].strip(" :")).split() if opener else []
    if not names or len(names) > 12:
        return False
    if not any(name[0].islower() or name[0].isupper() for name in names):
        return len(names) <= 5  # a script without capitals
    wordy = [name for name in names if name.strip(",").lower() not in SMALL_IN_NAMES]
    return bool(wordy) and sum(name[0].isupper() for name in wordy) >= 0.7 * len(wordy) and wordy[0][0].isupper()


def without_widgets(byline: str) -> str:
    """A byline without the button's word behind it, and without a joining word that lost its name."""
    return re.sub(r"^(\w+) (?:and|und|et|y|e) ", r"\1 ", WIDGET_WORDS.sub("", byline))


def tickers_in(text: str) -> tuple[str, ...]:
    """The stock exchange codes that stand in brackets, in order, each once: EIX.N, NYSE:EIX."""
    found: dict[str, None] = {}
    for inside in IN_BRACKETS.findall(text):
        if "." not in inside and ":" not in inside:
            continue
        for part in re.split(r"[,;]\s*", inside):
            said = part.strip()
            if REUTERS_CODE.match(said) and said not in NO_TICKERS:
                found[said] = None
            elif listed := LISTED.match(said):
                found[f"{said.partition(':')[0].strip()}:{listed['code']}"] = None
    return tuple(found)[:MOST_TICKERS]
