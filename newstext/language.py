"""Which language a text is in, and which way it runs."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

try:
    import pycld2
except ImportError:  # no wheel for this Python; py3langid serves alone
    pycld2 = None

PIDGIN = "pcm"  # Nigerian Pidgin, which detectors take for English
LONG_CHARS = 200  # from here on pycld2 is as right as any and nine times faster (research/extraction.md, 5)
SURE_CHARS = 300  # and from here on more to be trusted than what the page says of itself
READ_CHARS = 3000
SHORTEST_CHARS = 12
SHORTEST_RUN_BYTES = 40  # of another language that makes a text a mixed one
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "dv", "ckb", "ku-arab"})
# Guesses for short texts in Latin letters that are wrong far more often than right.
SELDOM_RIGHT = frozenset("pcm la gd zu sn xh jv mg rw ht br eo vo oc an wa lb fo se qu sw tl ceb so ku".split())
CAPITALISED_NOUNS = frozenset({"de", "lb"})  # every noun has a capital: a capital alone makes no name
CHANGING_ENDS = frozenset("ru uk bg mk pl cs sk sl fi et hu lt lv el".split())  # of names; their dictionaries are here
UNSPACED_LANGUAGES = frozenset({"ja", "zh", "th"})  # written without spaces between words
WITH_PREFIXES = frozenset({"ar", "he"})  # small words are written on to the next
PIDGIN_SHARE = 0.05  # of a text's words that are words of Nigerian Pidgin alone
PIDGIN_KINDS = 3
PLAIN_WORD = re.compile(r"[a-z]+")
SAME = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "nb": "no", "nn": "no", "zh-hant": "zh", "zh-hans": "zh"}


def detect_language(text: str, *, hint: str = "") -> str:
    """ISO 639-1 code of the text's language, or "und".

    hint: what the page or feed says (html lang, en-GB). It decides for texts
    too short to tell, and where the two detectors differ.
    """
    told = normal_code(hint)
    sample = " ".join(text[:READ_CHARS].split())
    letters = sum(map(str.isalpha, sample[: 2 * SURE_CHARS]))
    if letters < SURE_CHARS:
        letters = sum(map(str.isalpha, sample))
    if letters < SHORTEST_CHARS:
        return told or "und"
    found = by_cld2(sample) if letters >= LONG_CHARS else ""
    if (found == "en" or not found) and is_pidgin(sample):
        return PIDGIN
    if found and (found == told or not told or letters >= SURE_CHARS):
        return found
    second = by_langid(sample)
    if found:
        return found if second != told else told
    if letters >= LONG_CHARS:
        return second
    if told and _same_script(sample, told):
        return told
    return second if second not in SELDOM_RIGHT else "und"


def by_cld2(sample: str) -> str:
    if pycld2 is None:
        return ""
    try:
        is_reliable, _, details = pycld2.detect(_printable(sample), bestEffort=False)
    except pycld2.error:
        return ""
    return normal_code(details[0][1]) if is_reliable and details[0][1] != "un" else ""


def is_wholly_in(text: str, language: str) -> bool:
    """True where a quick look at the whole text sees this language alone; False in doubt."""
    if pycld2 is None:
        return False
    try:
        *_, runs = pycld2.detect(_printable(text), returnVectors=True)
    except pycld2.error:
        return False
    seen = {normal_code(code) for _, size, _, code in runs if code != "un" and size >= SHORTEST_RUN_BYTES}
    return seen == {language}


def _printable(text: str) -> str:
    """Without what pycld2 stumbles over; most texts have nothing of it but the ends of their lines."""
    whole = text.replace("\n", "")
    return whole if whole.isprintable() else "".join(filter(str.isprintable, whole))


def by_langid(sample: str) -> str:
    import py3langid  # brings numpy: not for who asks only which way a language runs

    return normal_code(py3langid.classify(sample)[0])


def _same_script(sample: str, told: str) -> bool:
    """False where a short text is plainly in another script than its hint's."""
    arabic = sum("\u0600" <= character <= "\u06ff" for character in sample)
    is_arabic = arabic * 2 > len(sample)
    return is_arabic == (told in RIGHT_TO_LEFT and told not in ("he", "yi", "dv"))


def normal_code(code: str) -> str:
    """en for en-GB and EN_us; "" for what is no code."""
    lowered = code.strip().lower().replace("_", "-")
    main = SAME.get(lowered) or lowered.partition("-")[0]
    main = SAME.get(main, main)
    return main if main.isalpha() and 2 <= len(main) <= 3 and main not in ("und", "mul", "zxx", "un") else ""


def is_right_to_left(language: str) -> bool:
    """True if texts of this language run from right to left."""
    return language in RIGHT_TO_LEFT


def is_pidgin(text: str) -> bool:
    """True for Nigerian Pidgin: enough words that are its own, whatever English stands between them."""
    lowered = text.lower()
    if " dey " not in lowered and " wey " not in lowered:
        return False
    said = PLAIN_WORD.findall(lowered)
    own = [word for word in said if word in _pidgin_words()]
    return len(set(own)) >= PIDGIN_KINDS and len(own) >= PIDGIN_SHARE * len(said)


@cache
def _pidgin_words() -> frozenset[str]:
    path = resources.files("newstext") / "wordlists" / "pidgin.txt"
    return frozenset(path.read_text(encoding="utf-8").split())
