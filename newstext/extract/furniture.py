"""Is a paragraph furniture of the page: a widget, promo, advert, credit, counter or code?"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from newstext.words import fold

LONGEST = 400
LONGEST_START = 260
LONGEST_LABEL = 200
LONGEST_PROMO = 250
HEAD_CHARS = 3  # by which most paragraphs show that they open with none of the phrases; none is shorter
LOOKED_AT = 80  # characters in which a paragraph's opening stands
TAIL_CHARS = 6  # by which most show that they end with none; none is shorter
ROUND_A_LINE = 20
NOTICE_READ = 160  # of a paragraph, for the words that open a notice
FEWEST_HEADLINE_WORDS = 5  # after a word that may begin a sentence; "Video: 4K, 60 frames" is a list's item
LEAD = re.compile(r"^[\s»›>•●▪▶►➤➔→⇒*|–—\-#:_~=+\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]+")
EDGES = " .:!?…»›>()[]|-–—*•→_\u061f"
BEFORE_HEADLINE = ":|–—-»>›→"
STOPS = (".", "。", "۔", "।", ".”", '."', ".’", ".»")
BEHIND_TAILS = " \t\n\u00a0\u2009\u202f.…»›>→"
OPENING_KINDS = ("promos", "weak", "labels", "starts", "notices", "notice_starts")
PHOTO_HOUSES = (
    r"(?:getty(?: images)?|reuters|ap(?: photo| images)?|afp|epa|epa-efe|efe|ansa|shutterstock|istock(?:photo)?|alamy"
    r"|dpa|picture alliance|imago|pa(?: wire| media| images)?|xinhua|bloomberg|anadolu(?: agency)?|nurphoto|rex"
    r"|unsplash|pixabay|keystone|apa|belga|anp|lusa|tass|pap|adobe stock|zuma(?: press)?)"
).replace(" ", r"\ ")  # the patterns below are verbose
SOCIAL = (
    "twitter|x|facebook|instagram|youtube|tiktok|telegram|whatsapp|bluesky|threads|linkedin|google\\ news|apple\\ news"
)
# The whole paragraph, whatever the language.
SHAPES = re.compile(
    rf"""^(?:
    \d{{1,3}}\s*(?:/|of|von|sur|de|di|van|из|z)\s*\d{{1,3}}|\(\d{{1,2}}\ images?\)|\d{{9,}}|
    \d{{1,2}}:\d\d(?::\d\d)?(?:\s*/\s*\d{{1,2}}:\d\d(?::\d\d)?)?|
    show\ all\ \d+|[\d.,]+\s?[km]?\ (?:views|shares|comments)|
    \d{{1,2}}:\d\d(?:KEY\ EVENT|[A-Z][\w'’-]+(?:\ [A-Z][\w'’-]+){{1,2}})|          # a live blog's time with no space
    (?:\d+\ ?(?:-|to)?\ ?)?\d*\ ?(?:min(?:ute)?s?\.?)\ read|
    ©.{{1,240}}|has\ video\ duration.*|update:\ date:\ title:.*|
    [.#@][\w-][^{{}}]*\{{(?:[^{{}}]*:|\s*[.#\w-]+\s*\{{)[^{{}}]*\}}.*|
    (?:window\.|document\.|googletag|_taboola|dataLayer|var\ \w+\ ?=\ ?(?:window|document)|\(function\s?\().*|
    \[/?\w+[^\]]*\].*\[/\w+\]|
    (?:>>|[▶►]).{{4,180}}[^.!?…”"]|
    (?:follow|subscribe\ to|join)\ .{{1,60}}\ (?:on|auf|sur|en|su|no|op)\ (?:{SOCIAL})\b.*|
    more\ \w.{{0,40}}:\ https?://\S+.*|
    il\ vous\ reste\ [\d.,]+\ ?%.*|\([a-z]{{2,4}}(?:/[a-z]{{2,4}})?\)|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{4}}|
    !\[[^\]]*\]\([^)]*\)|\[[^\]]*[^\].!?]\]\([^)]*\)|
    https?://\S+\.(?:jpe?g|png|gif|webp|avif|svg|mp3|mp4|m3u8)\b\S*|
    https?://\S*(?:adchoices|adclick|doubleclick|/ads?[/.?]|utm_source=|/pixel|tracking|pic\.twitter|//t\.co/)\S*|pic\.twitter\.com/\w+|
    [\w.+-]+@[\w-]+\.[\w.-]+|(?:www\.)?(?:twitter|x|facebook|instagram)\.com/\S+|
    [\w.'’\ -]{{2,60}}(?:/|\|)[\w.'’/\ -]{{0,60}}\b{PHOTO_HOUSES}|
    (?:photograph|photo|foto|bild|credit)?\s*:?\s*[\w.'’/\ -]{{0,60}}/\s?{PHOTO_HOUSES}
    )$""",
    re.I | re.X,
)
# Those that open with a letter hold one of these signs, or open with one of these words.
SHAPE_SIGNS = ("@", "/", "|")
SHAPE_HEADS = frozenset(
    word[:HEAD_CHARS]
    for word in (
        "show all", "has video", "update:", "window.", "document.", "googletag", "datalayer", "var ", "follow ",
        "subscribe ", "join ", "il vous",
    )
)  # fmt: skip
# The same, for paragraphs that hold the word before it.
SHAPES_WITH = (
    ("AI is in beta", re.compile(r"^.{2,40} AI is in beta\b")),
    ("newsletter", re.compile(r"^(?:.{0,120}[:.!,?] )?sign up (?:for|to) .{0,60}\bnewsletters?\b", re.I)),
    ("@", re.compile(r"^(?:.{0,140}[.!?] )?get in touch .{0,40}\S+@\S+$", re.I)),
    ("]", re.compile(r"\[[A-Z]{4,12}\].*\[[A-Z]{4,12}\]")),
    (" (", re.compile(r"^.{10,180}[^.!?]\s\($")),
)
CAPTION_READ = 300  # characters at a paragraph's end in which its credit stands,
CAPTION_BRACKETS = 170  # and those in which the credit's bracket opens
CAPTION_WORDS = ("photo", "foto", "bild")  # with a colon
# A caption shows by the credit at its end.
CAPTION = re.compile(
    rf"""(?:[(\[]\s*(?:(?:file\ |handout\ )?(?:photos?|fotos?|images?|pictures?|pic|bild|video|photograph|фото)\s*
          (?:by\b|credit\b|via\b|courtesy\b|:|/|©|[)\]])|(?:{PHOTO_HOUSES}(?:\ photo)?(?:/|\ file|\ via\ ))|
          (?:credits?|courtesy|supplied|handout|symbolbild|archivbild|archive)\b\s*(?:of\b|:|[)\]]))[^()]{{0,100}}[)\]]?
        |[.!?”"’]\s?[A-Z][\w.'’-]+(?:\ [A-Z][\w.'’-]+){{0,3}}(?:/[\w.'’\ -]+){{0,2}}/{PHOTO_HOUSES}
        |[(\[][^()\[\]]{{2,60}}/\s?{PHOTO_HOUSES}(?:\ (?:pic|photo|image))?[)\]]
        |\b(?:photograph|photo|foto|fotografía|bild)\s*:\s*(?-i:[A-ZÀ-Þ©@])[^.:]{{2,60}}(?:/[\w\ ]+)?
        |\|\s*(?:photo|foto|image|bild)\b[^|]{{0,60}}
        |^[^.!?]{{4,110}}[^.!?”"»\s]\s*[(\[](?:{PHOTO_HOUSES}|file)[)\]]
        )\s*\.?$""",
    re.I | re.X,
)
# "Reporting by" and its like, before names and nothing else; "Written by hand in 1830, …" is a sentence.
CREDITS = (
    "additional reporting|editing and reporting|writing and reporting|reporting|writing|editing|edited|written|"
    "compiled|translated|graphics|production|with input|with inputs|with reporting|with reports|"
    "with additional reporting|inputs|bearbeitet|redaktion|redigiert|reportage|rédaction|édité|avec|reporte|"
    "información|editado|redacción|a cura|bewerking|redacja|oprac."
).split("|")
CREDIT = re.compile(
    rf"^(?:{'|'.join(map(re.escape, CREDITS))})\s+(?:by|from|von|de|par|por|di|door)\s+(?P<names>.{{3,300}})$", re.I
)
ENDS = re.compile(
    r"^-?\s*(?:ends|with (?:agencies|agency inputs?)|with inputs? from agencies|"
    r"mit (?:material von )?(?:dpa|afp|apa|sda|reuters|agenturen))\.?$",
    re.I,
)
CREDIT_HEADS = frozenset(word[:HEAD_CHARS] for word in (*CREDITS, "ends", "mit "))
CONTRIBUTED = re.compile(
    r"^[A-ZÀ-Þ].{3,240}\b(?:contributed (?:to (?:this|the) (?:report|story|article)|reporting)|"
    r"reported from [A-ZÀ-Þ][\w'’ ,.-]{2,60})[^.]{0,60}\.?$"
)
SMALL_IN_CREDITS = frozenset(
    "and in by for from editing writing reporting additional with at of the by, agencies agency staff writer writers "
    "correspondent reporter und et y e en i in von de par por di".split()
)


Openers = Mapping[str, tuple[str, ...]]  # the phrases by their first HEAD_CHARS, the longest first


@dataclass(frozen=True, slots=True)
class Phrases:
    """The furniture's words in all languages, folded; see the comment in wordlists/furniture/en.toml."""

    lines: frozenset[str]
    promos: Openers
    weak: Openers
    labels: Openers
    starts: Openers
    notices: Openers
    notice_starts: Openers
    bylines: tuple[str, ...]
    tails: re.Pattern[str]
    tail_ends: frozenset[str]  # the last TAIL_CHARS of each
    longest_line: int  # characters of a line, with room for bullets and signs around it
    heads: frozenset[str]  # the first HEAD_CHARS of all that furniture may begin with


@cache
def phrases() -> Phrases:
    """Every language at once: pages mix them, and few phrases of one are words of another."""
    read: dict[str, set[str]] = {}
    tails: set[str] = set()
    for path in resources.files("newstext.wordlists").joinpath("furniture").iterdir():
        if not path.name.endswith(".toml"):
            continue
        for kind, text in tomllib.loads(path.read_text(encoding="utf-8")).items():
            said = [" ".join(part.split()) for part in text.replace("\n", ";").split(";") if part.strip()]
            tails.update(said if kind == "tails" else ())
            read.setdefault(kind, set()).update(key_of(phrase) for phrase in said)
    ordered = {kind: tuple(sorted(said, key=lambda one: (-len(one), one))) for kind, said in read.items()}
    longest_first = "|".join(re.escape(tail) for tail in sorted(tails, key=lambda one: (-len(one), one)))
    openers = {kind: _by_head(ordered[kind]) for kind in OPENING_KINDS}
    return Phrases(
        heads=frozenset(head for kind in ("starts", "promos", "weak", "labels") for head in openers[kind]),
        lines=frozenset(line.strip(EDGES) for line in ordered["lines"]),
        longest_line=max(map(len, ordered["lines"])) + ROUND_A_LINE,
        tails=re.compile(rf"(?<=[.!?…”\"’»])\s*(?:{longest_first})[\s.…»›>→]*$", re.I),
        tail_ends=frozenset(tail[-TAIL_CHARS:].lower() for tail in tails),
        bylines=ordered["bylines"],
        **openers,
    )


def _by_head(ordered: Iterable[str]) -> Openers:
    found: dict[str, tuple[str, ...]] = {}
    for phrase in ordered:
        head = phrase[:HEAD_CHARS]
        found[head] = (*found.get(head, ()), phrase)
    return found


def key_of(text: str) -> str:
    """Folded, one space between words, straight apostrophes, without bullets and arrows before it."""
    bare = text if text[:1].isalnum() else LEAD.sub("", text) or text.strip()
    return " ".join(fold(bare).split()).replace("’", "'") if bare else ""


def _head_of(text: str) -> str:
    """The first HEAD_CHARS of the text's key."""
    first = text[: HEAD_CHARS + 1]
    if first.isascii() and first[:1].isalnum() and first.isprintable() and "  " not in first:
        return first[:HEAD_CHARS].lower()
    return key_of(text[:LOOKED_AT])[:HEAD_CHARS]


def is_junk(text: str) -> bool:
    """True for a paragraph that is furniture as a whole. A sentence of an article is never taken for it knowingly."""
    return is_furniture(text) or (len(text) <= LONGEST and is_credit(text))


def is_furniture(text: str) -> bool:
    """True for all of it but credits."""
    if len(text) > LONGEST:
        return False
    if not (text[:1].isalnum() or any(map(str.isalnum, text))):
        return True
    return _has_its_words(text) or _has_shape(text.strip()) or _is_caption(text)


def _has_its_words(text: str) -> bool:
    """A whole line of it, or one of its phrases at the beginning."""
    known, head = phrases(), _head_of(text)
    if len(text) > known.longest_line and head not in known.heads and head[:1] not in ("(", "["):
        return False
    key = key_of(text)
    opener = key.lstrip("([")
    return (
        key.strip(EDGES) in known.lines
        or (len(text) <= LONGEST_START and key.startswith(known.starts.get(key[:HEAD_CHARS], ())))
        or _is_promo(opener, known)
        or _is_weak_promo(opener, text, known)
        or _is_label(opener, text, known)
    )


def _has_shape(text: str) -> bool:
    may_match = not text[0].isalpha() or text[:HEAD_CHARS].lower() in SHAPE_HEADS or holds(text, SHAPE_SIGNS)
    if may_match and SHAPES.match(text):
        return True
    return any(form.search(text) for word, form in SHAPES_WITH if word in text)


def holds(text: str, signs: Iterable[str]) -> bool:
    """True if the text has one of them. A plain loop, for it is asked of every paragraph."""
    for sign in signs:  # noqa: SIM110 - any() takes three times as long
        if sign in text:
            return True
    return False


def _is_caption(text: str) -> bool:
    end = text[-CAPTION_BRACKETS:]
    may_match = "(" in end or "[" in end or "/" in text or "|" in text
    if not may_match and not (":" in text and holds(text.lower(), CAPTION_WORDS)):
        return False
    return bool(CAPTION.search(text, max(0, len(text) - CAPTION_READ)))


def is_credit(text: str) -> bool:
    """Who reported, wrote, edited: a line that names somebody and says no more."""
    said = text.strip("()[] ")
    may_open = said[:1] == "-" or said[:HEAD_CHARS].lower() in CREDIT_HEADS
    if may_open and ENDS.match(said):
        return True
    if may_open and (credit := CREDIT.match(said)):
        names = [word.strip(".,;:()") for word in re.split(r"[\s/]+", credit["names"])]
        return all(name[0].isupper() or name.lower() in SMALL_IN_CREDITS for name in names if name)
    if "contributed " not in said and "reported from " not in said:
        return False
    reported = CONTRIBUTED.match(said)
    before = said.partition(" reported from ")[0] if reported and " reported from " in said else ""
    return bool(reported) and all(word[0].isupper() or word in SMALL_IN_CREDITS for word in before.split())


def _opened_by(key: str, openers: Openers) -> str:
    """The phrase that the key begins with as a whole word, the longest first; "" if none."""
    for opener in openers.get(key[:HEAD_CHARS], ()):
        if key.startswith(opener) and not key[len(opener) : len(opener) + 1].isalnum():
            return opener
    return ""


def _is_promo(key: str, known: Phrases) -> bool:
    opener = _opened_by(key, known.promos)
    if not opener or len(key) > LONGEST_PROMO:
        return False
    rest = key[len(opener) :].strip()
    return not rest or rest[0] in BEFORE_HEADLINE or not rest.endswith(STOPS)


def _is_weak_promo(key: str, text: str, known: Phrases) -> bool:
    """A word that may begin a sentence, a colon, and what has the form of a headline."""
    opener = _opened_by(key, known.weak)
    rest = key[len(opener) :].strip()
    if not opener or not rest or rest[0] not in ":|>»" or len(key) > LONGEST_PROMO:
        return False
    said = LEAD.sub("", text).lstrip("([")[: len(opener)]
    is_shouted = said.isupper() and not text.isupper()
    if is_shouted or opener in SURE_BEFORE_COLON:
        return True
    headline = rest.strip(EDGES)
    return not rest.endswith(STOPS) and len(headline.split()) >= FEWEST_HEADLINE_WORDS and ". " not in headline


SURE_BEFORE_COLON = frozenset({"read more", "see more", "also see", "learn more", "find out more", "en savoir plus"})


def _is_label(key: str, text: str, known: Phrases) -> bool:
    """A label and what it labels; but "Photo: that was the word he used." is a sentence."""
    opener = _opened_by(key, known.labels)
    rest = key[len(opener) :].lstrip()
    if not opener or len(key) > LONGEST_LABEL or not rest.startswith((":", "：")):
        return False
    said = text[text.find(":") + 1 :].strip()
    return not (said[:1].islower() and said.endswith(STOPS) and len(said.split()) >= FEWEST_HEADLINE_WORDS)


def is_notice(text: str) -> bool:
    """True for a paragraph that tells of a correction or change to the article."""
    known, head = phrases(), _head_of(text)
    if head not in known.notices and head not in known.notice_starts:
        return False
    key = key_of(text[:NOTICE_READ])
    if key.startswith(known.notice_starts.get(head, ())):
        return True
    opener = _opened_by(key, known.notices)
    return bool(opener) and _is_notice_behind(key[len(opener) :].lstrip())


def _is_notice_behind(rest: str) -> bool:
    """A notice's heading stands alone, or a colon, dash or day in brackets follows it."""
    return not rest or rest[0] in ":–—|" or (rest[0] == "(" and any(character.isdigit() for character in rest[:30]))


def strip_tail(text: str) -> str:
    """Without a widget's words that stick to the end of a sentence."""
    known = phrases()
    if text.rstrip(BEHIND_TAILS)[-TAIL_CHARS:].lower() not in known.tail_ends:
        return text
    return known.tails.sub("", text)
