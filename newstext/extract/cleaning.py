"""Paragraphs without what is not the article: widgets, promos, credits, counters, code."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newstext.sanitise import plain_text
from newstext.words import fold

# Whole paragraphs that are furniture, whatever the publisher.
JUNK = re.compile(
    r"""^(?:
    (?:story\ continues|article\ continues|continues)\ below.*|advertise?ment(?:\s.*)?|scroll\ to\ continue.*|
    (?:read|see)\ (?:more|also|next)\b.{0,120}|also\ read\b.*|more(?:\ on\ this|\ from)?\s*:.*|recommended\ reading.*|
    related\ (?:topics?|articles?|stories|content)\b.{0,80}|(?:sponsored\ links?|by\ taboola|undo|promoted).{0,20}|
    article\ content|listen\ to\ (?:this\ )?article.*|share(?:\ this(?:\ article|\ story)?)?|copy\ link|tweet|print|
    (?:sign\ up|subscribe)\b.{0,160}|want\ all\ of\b.*subscribe\.?|
    for\ (?:all\ )?the\ latest\b.*(?:follow|download|channel).*|
    follow\ us\ on\b.*|click\ here\b.*|post\ views?\s*:?\s*\d*|short\ link\s*:?.*|tags?\s*:.*|topics?\s*:.*|
    filed\ under.*|
    \d{1,3}\s*/\s*\d{1,3}|\d{1,2}:\d\d(?:\s*/\s*\d{1,2}:\d\d)?|has\ video\ duration.*|show\ all\ \d+|
    (?:file\ )?(?:photo|image|picture|pic|video|credit|source)\s*(?:credit)?\s*:.{0,160}|
    .{0,90}\((?:ap|afp|reuters|getty\ images?|epa|file)(?:\ photo)?(?:/[^)]{0,60})?\)|
    learn\ more\ about\ your\ ad\ choices.*|.{0,60}newsletter\b.{0,60}(?:inbox|sign).*|explore\ courses.*|
    reset\ restore\ all\ settings.*|end\ of\ dialog\ window.*|pinned\ read\ the\ latest.*|posts\ area.*|latest\ posts|
    !?\[[^\]]*\]\([^)]*\)|&?\w{0,12}=\d+(?:&\w+=\d+)+\)?.*|https?://\S+|\.[\w-]+\{.*\}|update:\ date:\ title:.*|
    all\ rights\ reserved.*|copyright\ .{0,120}|©.*|tired\ of\ too\ many\ ads.*|remove\ ads|
    lesen\ sie\ (?:auch|mehr)\b.*|mehr\ zum\ thema.*|anzeige|werbung|à\ lire\ aussi.*|lire\ aussi.*|publicité|
    lea\ también.*|te\ puede\ interesar.*|publicidad|leggi\ anche.*|اقرأ\ أيضا.*|إقرأ\ أيضا.*|اقرأ\ المزيد.*|إعلان
    )$""",
    re.I | re.X,
)
BYLINE = re.compile(r"^(?:by|von|par|por|di|بقلم)\s+[^.!?]{3,80}$", re.I)
CREDIT = re.compile(
    r"^\(?(?:(?:additional )?reporting|writing|editing|edited|written|compiled|with (?:inputs?|additional reporting))"
    r"\s+(?:by|from)\b.{0,300}$|^-?\s*(?:ends|with (?:agencies|agency inputs?))\.?$",
    re.I,
)
NOTICE = re.compile(
    r"^(?:\*|_)?\s*(?:correction|clarification|editor[’']s note|update|this (?:story|article|report) (?:has been|was) "
    r"(?:corrected|updated|amended)|korrektur|rectificatif|corrección|تصحيح|تصويب)\b[:\s,]",
    re.I,
)
INLINE = (
    (re.compile(r"\s*[,(]?\s*opens (?:in )?(?:a )?new (?:tab|window)\s*\)?", re.I), " "),
    (re.compile(r"\s*\(\s*\)"), ""),
    (re.compile(r"\s+([,.;:!?])(?=\s|$)"), r"\1"),
    (re.compile(r"(\w) ([’']s)\b"), r"\1\2"),
    (
        re.compile(r"(\w) (-(?:era|led|backed|based|held|born|style|controlled|occupied|made|run|owned|wide))\b"),
        r"\1\2",
    ),
    (re.compile(r"([a-zà-ÿ]{2}[.!?])([A-ZÀ-Ý][a-zà-ÿ]+ )"), r"\1 \2"),
    (re.compile(r"[ \t\u00a0\u202f]+"), " "),
)
# The joins look from every space to the end of its run: a long run would take the square of its length.
LONG_SPACE = re.compile(r"\s{20,}")
# Markup that a feed escaped twice comes out as text; a paragraph that opens with it is taken for such.
LITERAL_TAG = re.compile(
    r"^\s*</?(?:p|br|div|span|a|strong|em|b|i|ul|ol|li|h[1-6]|blockquote|figure|img)\b[^<>]*>", re.I
)
DATELINE = re.compile(
    r"^(?P<place>[A-ZÀ-Ý][A-ZÀ-Ý'’.\- ]{2,40}(?:,\s*[A-ZÀ-Ý][\w'’. ]{2,30})?"
    r"|[A-ZÀ-Ý][\w'’\- ]{2,30}(?:,\s*[A-ZÀ-Ý][\w'’. ]{2,30})?(?=\s*\())"
    r"(?:,\s*(?P<day>[A-Z][a-z]{2,8}\.?\s+\d{1,2}))?\s*(?:\((?P<agency>[A-Z][\w /.\-]{1,40})\))?\s*[-–—]{1,2}\s+"
)
AGENCY_LEAD = re.compile(r"^\((?P<agency>[A-Z][\w /.\-]{1,40})\)\s*[-–—]{1,2}\s+")
AGENCIES = {
    "reuters": "Reuters",
    "ap": "AP",
    "associated press": "AP",
    "the associated press": "AP",
    "afp": "AFP",
    "agence france-presse": "AFP",
    "dpa": "dpa",
    "efe": "EFE",
    "ansa": "ANSA",
    "xinhua": "Xinhua",
    "tass": "TASS",
    "interfax": "Interfax",
    "pti": "PTI",
    "ani": "ANI",
    "bloomberg": "Bloomberg",
    "upi": "UPI",
    "press association": "PA",
    "pa": "PA",
    "kyodo": "Kyodo",
    "yonhap": "Yonhap",
    "anadolu": "Anadolu",
    "apa": "APA",
    "sda": "SDA",
    "keystone-sda": "SDA",
    "رويترز": "Reuters",
    "أ ف ب": "AFP",
}
LONGEST_JUNK = 400
REPEATED_CHARS = 80  # a shorter line may well stand twice: a list item, a table's row, a question


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The article's paragraphs, and what was taken out of them into fields."""

    paragraphs: tuple[str, ...]
    notices: tuple[str, ...] = ()
    dateline: str = ""
    agency: str = ""
    byline: str = ""


def clean_paragraphs(paragraphs: list[str], *, title: str = "") -> Cleaned:
    """Drop furniture, repair joins, take dateline, agency, byline and notices out."""
    kept: list[str] = []
    notices: list[str] = []
    byline = agency = ""
    seen: set[str] = set()
    for position, raw in enumerate(paragraphs):
        text = repair(plain_text(raw) if LITERAL_TAG.match(raw) else raw)
        key = fold(text) if text else ""
        is_repeated = len(text) >= REPEATED_CHARS and key in seen
        if not text or is_repeated or (position < 3 and title and key == fold(title)):
            continue
        seen.add(key)
        if NOTICE.match(text) and len(text) < 600:
            notices.append(text)
        elif position < 3 and BYLINE.match(text):
            byline = text
        elif not is_junk(text):
            kept.append(text)
    dateline = ""
    if kept:
        dateline, agency, kept[0] = take_dateline(kept[0])
    return Cleaned(tuple(kept), tuple(notices), dateline, agency, byline)


def repair(text: str) -> str:
    """Joins that lost a space or gained one, and words of the page's own furniture."""
    text = LONG_SPACE.sub(" ", text)
    for pattern, replacement in INLINE:
        text = pattern.sub(replacement, text)
    return text.strip()


def is_junk(text: str) -> bool:
    return len(text) <= LONGEST_JUNK and bool(JUNK.match(text) or CREDIT.match(text))


def take_dateline(first: str) -> tuple[str, str, str]:
    """(dateline, agency, paragraph without them); the paragraph as it was if it has none."""
    match = DATELINE.match(first) or AGENCY_LEAD.match(first)
    if not match or len(first) - match.end() < 30:
        return "", "", first
    found = match.groupdict()
    agency = AGENCIES.get((found.get("agency") or "").strip().lower(), "")
    if found.get("agency") and not agency and not found.get("place"):
        return "", "", first
    return (found.get("place") or "").strip(" ,"), agency, first[match.end() :]


def agency_of(said: str) -> str:
    """The news agency a byline or credit names, or ""."""
    return AGENCIES.get(said.strip().lower(), "")
