"""What a page is, and whether it has a body that may be shown."""

from __future__ import annotations

import re
import unicodedata

from newstext.extract.metadata import Metadata
from newstext.words import content_words

FEWEST_WORDS = 15  # a shorter body is a caption or a teaser
FEWEST_BESIDE_MEDIA = 60  # a video, gallery or podcast page with less has no text of its own
SHORT_WORDS = 120
FEWEST_TITLE_WORDS = 6  # a shorter headline may well play on words that its text never uses
UNSPACED_WORD_CHARS = 2
WRITING_READ_CHARS = 2000
FEWEST_WRITTEN = 0.5  # of a text's characters that are letters, marks on letters or spaces; else it is no writing
CHALLENGE = re.compile(
    r"verify(?:ing)? (?:that )?you are (?:a )?human|checking your browser|enable javascript and cookies|"
    r"are you a robot|unusual (?:traffic|activity) from|access (?:to this page )?(?:has been )?denied|"
    r"ddos protection|please complete the security check|captcha",
    re.I,
)
CONSENT = re.compile(
    r"we (?:and our (?:\d+ )?partners )?(?:use|value|care about)\b.{0,60}\b(?:cookies|privacy)|before you continue to|"
    r"accept (?:all )?cookies|manage (?:your )?(?:consent|privacy|cookie)|cookie[- ]?(?:einstellungen|richtlinie)|"
    r"nous utilisons des cookies|utilizamos cookies|wir verwenden cookies|consent to the (?:use|processing)",
    re.I,
)
PAYWALL = re.compile(
    r"subscribe (?:now )?to (?:continue|read)|to continue reading|already a subscriber|subscribers only|"
    r"this (?:article|story|content) is (?:for|only available to|exclusive to) (?:paying )?(?:subscribers|members)|"
    r"register (?:now )?to (?:continue|read)|pour lire la suite|réservé aux abonnés|nur für abonnenten|"
    r"weiterlesen mit|solo para suscriptores|riservato agli abbonati|للمشتركين فقط",
    re.I,
)
ERROR = re.compile(
    r"^(?:404|403|500|error)\b|page (?:not found|cannot be found|could not be found|you (?:requested|are looking for))|"
    r"this page (?:is no longer available|doesn[’']t exist|does not exist)|seite nicht gefunden|page introuvable|"
    r"página no encontrada|الصفحة غير موجودة",
    re.I,
)
# The first path segment or type that names a kind.
PATH_KINDS = {
    "video": "video",
    "videos": "video",
    "watch": "video",
    "av": "video",
    "gallery": "gallery",
    "galleries": "gallery",
    "photos": "gallery",
    "pictures": "gallery",
    "picture-gallery": "gallery",
    "podcast": "podcast",
    "podcasts": "podcast",
    "audio": "podcast",
    "opinion": "opinion",
    "opinions": "opinion",
    "commentisfree": "opinion",
    "editorial": "opinion",
    "editorials": "opinion",
    "columnists": "opinion",
    "comment": "opinion",
    "letters": "letters",
    "live": "live",
    "liveblog": "live",
    "live-blog": "live",
    "newsletter": "newsletter",
    "newsletters": "newsletter",
    "sponsored": "sponsored",
    "advertorial": "sponsored",
    "partner-content": "sponsored",
    "brandvoice": "sponsored",
    "explainer": "explainer",
    "explainers": "explainer",
}
TYPE_KINDS = {
    "VideoObject": "video",
    "ImageGallery": "gallery",
    "PodcastEpisode": "podcast",
    "OpinionNewsArticle": "opinion",
    "LiveBlogPosting": "live",
    "AdvertiserContentArticle": "sponsored",
}
TITLE_KINDS = (
    (re.compile(r"^(?:opinion|comment|editorial|op-ed|analysis and opinion|رأي)\b\s*[:|]", re.I), "opinion"),
    (re.compile(r"^letters?\b\s*(?:to the editor)?\s*[:|]?|^letters to the editor", re.I), "letters"),
    (re.compile(r"\blive\b\s*(?:updates|blog)?\s*[:|]|^live\b|\blive updates\b|– live$|- live$", re.I), "live"),
    (re.compile(r"^(?:watch|video)\s*[:|]", re.I), "video"),
    (re.compile(r"^(?:in pictures|photos|gallery)\b\s*[:|]?", re.I), "gallery"),
    (re.compile(r"^(?:podcast|listen)\s*[:|]", re.I), "podcast"),
    (re.compile(r"\b(?:morning|evening|daily|weekly) (?:briefing|newsletter)\b|^newsletter\b", re.I), "newsletter"),
    (re.compile(r"\bexplainer\b|^explained\b|\bwhat (?:we know|to know)\b|\bwhy now\b", re.I), "explainer"),
)
PATH = re.compile(r"^[a-z][a-z0-9+.-]{0,30}://[^/?#]*", re.I)  # what stands before it; urlsplit raises for http://[::1
BODILESS = frozenset({"video", "gallery", "podcast"})


def kind_of(url: str, title: str, found: Metadata) -> str:
    """The kind that address, type and headline name; "article" where none does."""
    path = PATH.sub("", url).partition("?")[0].partition("#")[0]
    segments = [segment.lower() for segment in path.split("/") if segment][:-1]
    for segment in segments:
        if segment in PATH_KINDS:
            return PATH_KINDS[segment]
    for name in found.types:
        if name in TYPE_KINDS:
            return TYPE_KINDS[name]
    if found.meta.get("og:type", "").startswith("video"):
        return "video"
    for pattern, kind in TITLE_KINDS:
        if pattern.search(title):
            return kind
    return "article"


def count_words(text: str) -> int:
    """Words of a text; scripts without spaces count two characters a word."""
    spaced = len(text.split())
    unspaced = sum(1 for character in text if "\u3040" <= character <= "\u9fff" or "\u0e00" <= character <= "\u0e7f")
    return max(spaced, unspaced // UNSPACED_WORD_CHARS)


def judge(kind: str, title: str, text: str, found: Metadata, *, language: str) -> tuple[str, str]:
    """(kind, why there is no body that may be shown, or "")."""
    words = count_words(text)
    if words < SHORT_WORDS:
        if CHALLENGE.search(f"{title}\n{text}"):
            return "challenge", "The publisher's site answered with a check for robots instead of the article."
        if ERROR.search(title) or (ERROR.search(text[:200]) and words < 60):
            return "error", "The publisher's site answered with an error page."
        if PAYWALL.search(text):
            return "paywall", "The article is for the publisher's subscribers; only its first lines were sent."
        if CONSENT.search(text[:1500]):
            return "consent", "The publisher's site answered with a consent form instead of the article."
    if not found.is_free and words < SHORT_WORDS:
        return "paywall", "The publisher marks this article as closed, and sent only a part of it."
    if words < (FEWEST_BESIDE_MEDIA if kind in BODILESS else FEWEST_WORDS):
        return _bodiless(kind, words)
    if not _is_writing(text):
        return "empty", "What stands where the article should is no writing: most of it is signs and figures."
    if words < 4 * SHORT_WORDS and _says_nothing_of(title, text, language):
        return "error", "The text found on the page has no word of its headline; it is another text."
    return kind, ""


def _bodiless(kind: str, words: int) -> tuple[str, str]:
    if kind in BODILESS:
        return kind, f"This is a {kind} page without a text of its own."
    return "empty", f"No article text was found on the page ({words} words)."


def _is_writing(text: str) -> bool:
    start = text[:WRITING_READ_CHARS]
    written = sum(unicodedata.category(character)[0] in "LMZ" for character in start)
    return written >= FEWEST_WRITTEN * len(start)


def _says_nothing_of(title: str, text: str, language: str) -> bool:
    wanted = {word for word in content_words(title, language) if len(word) > 2}
    if len(wanted) < FEWEST_TITLE_WORDS:
        return False
    held = set(content_words(text, language))
    stems = {word[:5] for word in held}
    return not any(word in held or word[:5] in stems for word in wanted)
