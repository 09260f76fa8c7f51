"""Is a sentence whole: begun and ended, with a verb, its quotation marks closed; no caption, list or question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from newstext.language import CAPITALISED_NOUNS
from newstext.signs import Signs, Token, phrase_at

NOUNS_IN_ED = frozenset("seed weed deed reed steed creed greed breed".split())
FEWEST_WORDS = 6
MOST_WORDS = 60
MARK = re.compile("[“”„‟\"«»‘’'「」『』]")
CLOSES = {
    "“": "”", "„": "“”\"", "‟": "”", '"': '"', "«": "»", "»": "«", "‘": "’", "'": "'", "「": "」", "『": "』", "”": "”",
}  # fmt: skip
SINGLE = frozenset("‘'’")
# A scheme, a host (a dot between two words, the last small), an address of mail; tags, braces, code.
ADDRESS_OR_CODE = re.compile(
    r"://|\bwww\.|\S@\S|(?<![\w.])[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}(?=[\s/,;:)?]|\.?$)|[<>`|{}\\^~]|\]\s*\(|\*\w|\w\*|__|&#?\w+;|"
    r"\w\(\w*\)|[=;]\s*$|\w\s?=\s?[\w\"']|==|\b(?:def|import|return|print|const|var) \w+[(.=:]"
)
UNSEEN = frozenset({"Co", "Cs", "Cn"})
SHORTENED = re.compile(r"(?:s|t|d|m|ll|re|ve|em|til|cause|tis|twas|n)\b", re.I)
ENDS = ".!…。！۔।؟"
AGENCY_FIRST = re.compile(r"\((?:[A-Z]{2,}|[A-Z][a-z]+)\)(?: [-–—])? (?=[A-Z])")  # "(KNA) Otto Vane said"
CLOSING_MARKS = "\"'”’»)」』]›"
# What ends in a stop without ending a sentence: the splitter was taken in, or the text was cut there.
CUT_OFF = re.compile(
    r"(?:^|[\s(])(?:(?:[A-Z][a-z]+\.-)?(?:Sen|Rep|Gov|Gen|Lt|Col|Sgt|Capt|Maj|Adm|Dr|Mr|Mrs|Ms|St|Prof|Rev|Hon|No|vs|Jan|Feb|Aug|Sept|Oct|Nov|Dec|"
    r"Pres|Mt|Ft|Cpl|Pvt|Det|Supt|Insp|Dep|Atty|Messrs|Bros|approx|incl|ca|bzw|vgl|Nr|Cong|Sens|Reps|Ret|Hwy|Ave|Blvd)|[A-Z])\.$"
)
CREDIT = re.compile(
    r"\((?:pictured|left|right|above|below|centre|center|file|photo|inset|far left|far right)[^)]*\)|, pictured\b|"
    r"\bpictured (?:above|below|left|right|here)\b|^By [A-Z]|\bnewsletters?\b.*\b(?:sign|inbox|alerts)\b|"
    r"\b(?:sign|inbox|alerts)\b.*\bnewsletters?\b",
    re.I,
)
CREDIT_SIGNS = ("(", "pictured", "By ", "newsletter")
PAGE_MARKS = (
    *("Getty Images", "AP Photo", "REUTERS/", "AFP/Getty", "http://", "https://", "www.", "@", "©", "|", " ... "),
    *("contributed to this", "Get breaking news", "►", "▶", "UPDATE:", " posted in ", "•", "●", "■"),
)
OPENS_WITH_CLOCK = re.compile(r"\W*\d{1,2}[:.]\d\d\b")
STATE_CUT = re.compile(
    r"(?<![,\s]) (?:Va|Pa|Ga|Fla|Calif|Tex|Mass|Conn|Okla|Tenn|Ky|Md|Miss|Ala|Ariz|Colo|Ill|Kan|Minn|Mont|Neb|Nev|"
    r"Wis|Wyo|Del)\.$"
)
STAMPED = re.compile(
    r"\d{4}\W+(?:at )?\d{1,2}: ?\d\d|^\w+,? \d{1,2} \w+ \d{4}(?:[,|]| (?=[A-Z]))|^CLOSE |"
    r"^[A-Z][a-z]{2}\.? \d{1,2},? \d{1,2}: ?\d|"
    r"^(?:[A-Z][a-z]+day,? )?[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4} (?=[A-Z])|"
    r"^\d{4} ?- ?\d\d ?- ?\d\d|[A-Z][a-z]+day, [A-Z][a-z]{2,8}\.? \d{1,2}, \d{4} (?=[A-Z])|"
    r"\b\d{1,2}(?:st|nd|rd|th) [A-Z][a-z]+ \d{4} (?=[A-Z])|^\d{1,2} [A-Z][a-z]+ \d{4} (?=[A-Z])|"
    r"^\d{1,2} ?/ ?\d{1,2} ?/ ?\d{2,4}\b|\bUpdated:? \d{1,2}|"
    r"^(?:Posted|Published|Updated|UPDATED?|POSTED|PUBLISHED)\b.{0,30}\d"
)
# "Team has a plan A.M. FEB. 4, 2026 Two years ago", a headline and its stamp before the first sentence.
STAMPED_WITHIN = re.compile(r"\b[A-Z]{3,9}\.? \d{1,2}, \d{4} (?=[A-Z])")
# "Karsa Tower is seen from the quay on Tuesday": a picture.
SEEN = re.compile(r"\b(?:is|are) (?:seen|shown|pictured)(?: (?:in|on|at|from|during|near|here|as)\b|\.$)")
PICTURED_ON = re.compile(
    r", (?:[A-Z][a-z]+day|[A-Z][\w.]+),? [A-Z][a-z]+\.? \d{1,2}, \d{4}(?:\.$|,? in [A-Z])"
)  # as agencies date their pictures
ASKED = re.compile(r"[\"“‘][^\"”’]*\?[\"”’]")  # "“Really?” Otto Vane asked": what was asked is told before
GLUED = re.compile(r"\b[a-z]{2,}[A-Z][a-z]{2,}")  # "said the ministerMore news"
SEEN_CHARS = 200
STAMP_CHARS = 140
TAIL_CHARS = 12
TITLE_WORDS = 5
TITLE_RATIO = 0.85
LIST_ITEM = re.compile(r"^(?:\(?\d{1,2}[.)]|\(?[a-z]\)|[-–—•*·▪])\s")
LABEL = re.compile(r"^(?:Q|A|[A-Z]{2,}(?: [A-Z]{2,})*):\s")
PARTS = (("(", ")"), ("[", "]"), ("（", "）"))
CAPITALS_RATIO = 0.6


@dataclass(frozen=True, slots=True)
class Quotations:
    """What of a text stands inside quotation marks.

    spans: (start, end) between the marks, closed ones. broken: (start, end) from
    a mark that is never closed, or to one that was never opened.
    """

    spans: tuple[tuple[int, int], ...]
    broken: tuple[tuple[int, int], ...]


def quotations(text: str, paragraphs: Sequence[tuple[int, int]] = ()) -> Quotations:
    """The quotations of a text; a mark left open is broken from there to its paragraph's end. Linear.

    It asks whether a sentence may be cut out there, so that what does not match
    is told too; what people say is found by `quotation_marks.find`.
    """
    spans: list[tuple[int, int]] = []
    broken: list[tuple[int, int]] = []
    for start, end in paragraphs or [(0, len(text))]:
        _read_marks(text, start, end, spans, broken)
    return Quotations(tuple(spans), tuple(broken))


def _read_marks(text: str, start: int, end: int, spans: list[tuple[int, int]], broken: list[tuple[int, int]]) -> None:
    opened, kind, last = -1, "", start
    for match in MARK.finditer(text, start, end):
        mark, place = match.group(), match.start()
        before = text[place - 1] if place > start else " "
        after = text[place + 1] if place + 1 < end else " "
        looks_open = (before.isspace() or before in "([—–-“\"‘'«¿¡") and not after.isspace()
        if mark in SINGLE and not _is_single(text, place, before, after, opens=looks_open, kind=kind):
            continue
        if kind and mark in CLOSES[kind] and not (looks_open and mark == kind and after.isalnum()):
            spans.append((opened + 1, place))
            opened, kind, last = -1, "", place + 1
        elif not kind and mark in CLOSES and (looks_open or mark in "“„«「『‘") and mark != "”":
            opened, kind = place, mark
        elif kind and mark == kind and looks_open:
            broken.append((opened, place))  # opened again: the first was never closed
            opened = place
        elif not kind and mark in '”»"' and not (mark == '"' and before.isdigit()):
            broken.append((last, place + 1))
            last = place + 1
    if kind and kind not in "'":
        broken.append((opened, end))


def _is_single(text: str, place: int, before: str, after: str, *, opens: bool, kind: str) -> bool:
    """True if a single mark quotes, and is no apostrophe."""
    if kind in SINGLE and kind:
        if before.isalnum() and after.isalnum():
            return False
        return before in ".,!?…" or (not after.isalnum() and before != "s")
    if kind or text[place] == "’":
        return False
    return opens and after.isalnum() and not after.isdigit() and not SHORTENED.match(text, place + 1)


def has_shape(sentence: str, language: str = "") -> bool:
    """Long and short enough, begun and ended, its brackets closed: what shows with no list of the language's words."""
    words = sentence.split()
    count = len(words) or 1
    has_spaces = count > 1 or len(sentence) < 30
    if has_spaces and not FEWEST_WORDS <= count <= MOST_WORDS:
        return False
    if agency := AGENCY_FIRST.match(sentence):
        sentence = sentence[agency.end() :]
    bare = sentence.rstrip(CLOSING_MARKS)
    if bare[-1:] not in ENDS or bare.endswith(("...", "…")) or is_cut_off(bare):
        return False
    if sentence[0].isdigit() and OPENS_WITH_CLOCK.match(sentence):
        return False
    if (
        sentence[0].islower()
        or sentence[0] in "-–—•*,;:)”»([（"
        or sentence[:2] in ('" ', "' ")
        or LIST_ITEM.match(sentence)
        or LABEL.match(sentence)
    ):
        return False
    if any(sentence.count(opens) != sentence.count(closes) for opens, closes in PARTS):
        return False
    if STAMPED.search(sentence, 0, STAMP_CHARS) or any(mark in sentence for mark in PAGE_MARKS):
        return False
    if ASKED.match(sentence) or PICTURED_ON.search(sentence) or GLUED.search(sentence):
        return False
    if STAMPED_WITHIN.search(sentence) or (len(sentence) < SEEN_CHARS and SEEN.search(sentence)):
        return False
    if any(sign in sentence for sign in CREDIT_SIGNS) and CREDIT.search(sentence):
        return False
    return not _is_headline(words, language)


def has_address_or_code(sentence: str) -> bool:
    """True if it has an address, markup, code or a sign that cannot be seen: nothing that a brief should say.

    Of what a press text has by right nothing is taken for it; a model's own
    sentences are held to more (`model.has_exit`).
    """
    return bool(ADDRESS_OR_CODE.search(sentence)) or any(unicodedata.category(sign) in UNSEEN for sign in sentence)


def is_cut_off(bare: str) -> bool:
    """True for an end in what is shortened, not in what is said: "a meeting Sept."."""
    tail = bare[-TAIL_CHARS:]
    return bool(CUT_OFF.search(tail) or STATE_CUT.search(tail))


def _is_headline(words: Sequence[str], language: str) -> bool:
    """In Title Case, or in CAPITALS."""
    shouted = sum(word.isupper() and len(word) > 1 for word in words)
    if shouted > CAPITALS_RATIO * len(words):
        return True
    if language in CAPITALISED_NOUNS:
        return False
    long = [word for word in words if len(word) > 3 and word[0].isalpha()]
    return len(long) >= TITLE_WORDS and sum(word[0].isupper() for word in long) > TITLE_RATIO * len(long)


def has_verb(tokens: Sequence[Token], signs: Signs | None) -> bool:
    """English: some word that can be a verb; elsewhere True."""
    if signs is None or not signs.verbs:
        return True
    return any(
        token.low in signs.verbs
        or (token.low.endswith("ed") and len(token.low) > 3 and token.low not in NOUNS_IN_ED)
        or (
            number > 0
            and token.text[:1].islower()
            and len(token.low) > 3
            and token.low.endswith("s")
            and not _is_after_noun_sign(tokens[number - 1], signs)
        )
        or token.low.endswith(("'s", "n't", "'re", "'ve", "'ll", "'d"))
        for number, token in enumerate(tokens)
        if token.is_word
    )


def _is_after_noun_sign(before: Token, signs: Signs) -> bool:
    """True after a number, an article or "of": what follows is a noun."""
    low = before.low
    return low[0].isdigit() or low == "of" or low in signs.definite | signs.indefinite | signs.before_places


def is_caption(sentence: str, tokens: Sequence[Token], signs: Signs | None) -> bool:
    """Opens as a caption, a teaser or a credit does."""
    first = next((number for number, token in enumerate(tokens) if token.is_word), None)
    if signs is None or first is None:
        return False
    if phrase_at(tokens, first, signs.teasers):
        return True
    length = phrase_at(tokens, first, signs.captions)
    return bool(length) and first + length < len(tokens) and tokens[first + length].text in ":,;|"
