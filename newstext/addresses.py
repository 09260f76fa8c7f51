"""Addresses: made absolute, without tracking keys, and the key that says two are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, unquote_plus, urlsplit, urlunsplit

import ada_url
from tld import get_fld

MAX_LENGTH = 2048
# Keys that say where a reader came from. A key that may name an article (id, sid, story, p, v) is never here.
TRACKING_PREFIXES = tuple(
    "utm_ at_ mc_ pk_ piwik_ matomo_ mtm_ hsa_ oly_ ns_ __hs _hs hsctatracking vero_ aspsessionid ga_ itm_ "
    "cm_mmc wt.mc wt_mc wt.srch trk_ sc_c sc_lid ml_sub yptr fb_ action_object_map "
    "action_type_map action_ref_map".split()
)
TRACKING_KEYS = frozenset(
    "fbclid gclid gclsrc dclid msclkid yclid twclid igshid igsh ttclid wbraid gbraid gad_source gad_campaignid srsltid "
    "li_fat_id epik rb_clickid s_cid s_kwcid ef_id mibextid _openstat ysclid rdt_cid sccid irclickid "
    "cmpid cmp ocid icid intcid ncid ito ftag smid smtyp taid traffic_source xtor cid_source wtrid mbid tblci "
    "dicbo oborigurl rssfeed ref_src ref_url referrer referer mkt_tok sharetype shared_from share_id share_from "
    "share_medium share_source share_app_id shareadtoken sh_kit soc_src soc_trk partner_source feature_source "
    "share_token spm rss feedtype feedname feedref origin_source syndication __twitter_impression s_source "
    "amp_js_v amp_gsa usqp guccounter guce_referrer guce_referrer_sig guestaccesstoken unlocked_article_code "
    "phpsessid jsessionid sessionid session_id cfid cftoken zenid _ga _gl _gid _ke _kx campaign_id instance_id "
    "emc edm_source nl_art newsletter_id sfmc_id email_hash emailid".split()
)
# Keys that may well name something real; only some of their values say where a reader came from.
CHANNEL_KEYS = frozenset("ref r src source from via origin medium channel maca partner campaign".split())
CHANNEL = re.compile(
    r"(?:^|[-_.:])(?:rss|feeds?|atom|newsletter|e?mail|social|facebook|twitter|instagram|linkedin|whatsapp|telegram|"
    r"homepage|share|push)(?:$|[-_.:])",
    re.I,
)
# Labels before a registered domain that name a rendering of the same page, not another site.
RENDERING_LABEL = re.compile(r"www\d{0,2}|m|mobile|mobil|amp|wap|touch")
CACHED_AMP = re.compile(r"/(?:[acvw]|amp|amp/[acv])/s/((?:[a-z0-9-]+\.)+[a-z]{2,24}/.+)", re.I)
SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.I)
INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:x?html?|shtml|php\d?|aspx?|jsp|cfm)$", re.I)
RENDERING_SEGMENT = re.compile(r"/(?:amp|print|printable|printview)(?=/|$)", re.I)
AMP_ENDING = re.compile(r"\.amp(?=\.x?html?$|$)", re.I)
RENDERING_KEYS = frozenset("amp print printable printview printerfriendly printer_friendly singlepage fullpage".split())
RENDERING_VALUES = {
    name: frozenset(values.split())
    for name, values in {
        "output": "amp print",
        "outputtype": "amp print",
        "format": "amp print",
        "mode": "amp print",
        "view": "amp print printable",
        "page": "all",
        "seite": "all",
        "pagewanted": "all print",
        "pagenum": "all",
    }.items()
}
ROUTE = re.compile(r"!|/[^/]")  # a fragment that names a page, in the manner of pages drawn by script
ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
REMEMBERED_CHARS = 300  # the key of an article's address is asked for some twenty times while it is read
SLUG_CHARS = 24  # a last path segment as long is a headline in any script
# An absolute address that the WHATWG rules leave as it is: no dots as path, no coding, no numbers for a host.
SETTLED = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.){1,6}[a-z]{2,20}"
    r"(?:(?:/[\w~=+,:;@!$()*&-][\w~=+,:;@!$()*&.%-]*)+/?|/)(?:\?[\w~=+,:;@!$()*&.%/?-]+)?",
    re.A,
)


def absolute_url(url: str, base: str = "") -> str:
    """`url` as seen from `base`, by the WHATWG rules; "" if it is no http address."""
    if len(url) <= MAX_LENGTH and SETTLED.fullmatch(url) and "xn--" not in url:
        return url
    try:
        joined = ada_url.URL(url.strip(), base=base or None) if base else ada_url.URL(url.strip())
    except ValueError:
        return ""
    if joined.protocol not in ("http:", "https:") or not joined.hostname:
        return ""
    return str(joined.href) if len(joined.href) <= MAX_LENGTH else ""


def clean_url(url: str, base: str = "") -> str:
    """The address without fragment and tracking keys; real keys and #! routes stay. "" if unusable."""
    parts = _parts(absolute_url(url, base))
    if parts is None:
        return ""
    # What is kept is kept letter for letter: some servers read queries by eye, and not all speak UTF-8.
    query = "&".join(piece for name, value, piece in _pairs(parts.query) if not _is_tracking(name, value))
    fragment = parts.fragment if ROUTE.match(parts.fragment) else ""
    return urlunsplit(parts._replace(query=query, fragment=fragment))


def _parts(absolute: str) -> SplitResult | None:
    try:
        return urlsplit(absolute) if absolute else None
    except ValueError:  # urlsplit refuses some hosts that browsers take
        return None


def _pairs(query: str) -> Iterator[tuple[str, str, str]]:
    """(name, folded; value; the pair as it stands) of each pair of a query."""
    for piece in query.split("&"):
        name, _, value = piece.partition("=")
        if piece:
            yield unquote_plus(name).strip().lower(), unquote_plus(value), piece


def _is_tracking(name: str, value: str) -> bool:
    if name in TRACKING_KEYS or name.startswith(TRACKING_PREFIXES):
        return True
    return name in CHANNEL_KEYS and bool(CHANNEL.search(value))


def url_key(url: str) -> str:
    """One key for all forms of an article's address; "" if it is unusable.

    Folded: scheme, port of the scheme, www, m and amp hosts, AMP and print
    pages, a last slash, index pages, coding of letters, order of the query.
    """
    return _known_key(url) if len(url) <= REMEMBERED_CHARS else _key_of(url)


def _key_of(url: str) -> str:
    parts = _parts(clean_url(url))
    if parts is None:
        return ""
    if cached := CACHED_AMP.fullmatch(parts.path):
        parts = _parts(absolute_url(f"https://{cached.group(1)}?{parts.query}")) or parts
    pairs = sorted(
        _same_coding(piece) if "=" in piece else f"{_same_coding(piece)}="
        for name, value, piece in _pairs(parts.query)
        if not _is_rendering(name, value)
    )
    query = f"?{'&'.join(pairs)}" if pairs else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{_same_host(parts)}{_same_path(parts.path)}{query}{fragment}"


_known_key = lru_cache(maxsize=4096)(_key_of)


def _is_rendering(name: str, value: str) -> bool:
    """Whether a pair of the query asks for the same page in another dress."""
    return name in RENDERING_KEYS or value.lower() in RENDERING_VALUES.get(name, ())


def _same_host(parts: SplitResult) -> str:
    """The host without labels that name a rendering; a registered domain's own labels stay."""
    netloc = parts.netloc.rpartition("@")[2].lower()
    if netloc.startswith("["):
        return netloc
    host, _, port = netloc.partition(":")
    host = host.rstrip(".")
    domain = _registrable(host)
    if domain and host.endswith(f".{domain}"):
        labels = host[: -len(domain) - 1].split(".")
        host = ".".join([label for label in labels if not RENDERING_LABEL.fullmatch(label)] + [domain])
    return f"{host}:{port}" if port else host


def _same_path(path: str) -> str:
    """The path in one coding, without what names an index page, a rendering or a session."""
    path = re.sub("/{2,}", "/", _same_coding(SESSION_IN_PATH.sub("", path)))
    path = INDEX_PAGE.sub("/", path)
    shorter = AMP_ENDING.sub("", RENDERING_SEGMENT.sub("", path)).rstrip("/")
    return shorter or path.rstrip("/") or "/"


def _same_coding(text: str) -> str:
    """Letters that need no coding bare, all other codes in capitals."""

    def bare(match: re.Match[str]) -> str:
        letter = chr(int(match.group(1), 16))
        return letter if letter in UNRESERVED else match.group().upper()

    return ESCAPE.sub(bare, quote(text, safe="%/:@!$&'()*+,;=?~[]|"))


def host_of(url: str) -> str:
    """Host and port of an address, lower-cased; "" if it has none or is none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:  # as for http://[::1
        return ""


@lru_cache(maxsize=8192)
def _registrable(host: str) -> str:
    """The registered part of a host name; "" for a bare number or a single word.

    What a portal hands out (paper.blogs.example) counts as registered where the
    public suffix list says so. An ending that is on no list counts as one label.
    """
    known = get_fld(f"http://{host}", fail_silently=True, search_private=True)
    labels = host.rstrip(".").split(".")
    if known or len(labels) < 2 or labels[-1].isdigit() or ":" in host:
        return known or ""
    return ".".join(labels[-2:])


def registrable_domain(url: str) -> str:
    """The domain a publisher registers (bbc.co.uk); host and port where there is none."""
    try:
        host = host_of(url)
    except ValueError:
        return ""
    name = host.partition(":")[0] if not host.startswith("[") else host
    return _registrable(name) or host


def names_an_article(url: str, seen_from: str = "") -> bool:
    """Whether an address looks like one article's own, not a home page's or a section's.

    seen_from: the page that names it as its own; what lies above that page is a section.
    """
    parts = _parts(clean_url(url))
    if parts is None:
        return False
    key, own = url_key(url), url_key(seen_from) if seen_from else ""
    if own and key == own:
        return True
    if own.partition("?")[0].startswith(f"{key}/"):
        return False
    if any(value.strip() for _, value, _ in _pairs(parts.query)) or ROUTE.match(parts.fragment):
        return True
    last = unquote(_same_path(parts.path)).rpartition("/")[2]
    is_slug = len(re.findall(r"[-_]", last)) >= 2 or len(last) >= SLUG_CHARS
    return bool(last) and (is_slug or any(letter.isdigit() for letter in last) or bool(re.search(r"\.\w{2,5}$", last)))


def article_number(url: str) -> str:
    """The number or hash by which a site's own system knows an article; "" if its address has none."""
    parts = _parts(clean_url(url))
    if parts is None:
        return ""
    found = re.findall(r"(?<![0-9a-z])(?:[0-9]{5,}|(?=[a-f]*[0-9])[0-9a-f]{10,40})(?![0-9a-z])", parts.path.lower())
    numbers = [one for one in found if not DAY.fullmatch(one)]
    return numbers[-1] if numbers else ""
