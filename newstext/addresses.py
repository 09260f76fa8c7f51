"""Addresses: made absolute, without tracking keys, and the key that says two are the same."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import ada_url
from tld import get_fld

MAX_LENGTH = 2048
TRACKING_PREFIXES = ("utm_", "at_", "mc_", "pk_", "piwik_", "matomo_", "hsa_", "oly_", "ns_", "__hs", "_hs", "vero_")
TRACKING_KEYS = frozenset(
    "fbclid gclid gclsrc dclid msclkid yclid twclid igshid igsh ttclid wbraid gbraid gad_source srsltid cmpid cmp "
    "ocid icid ncid ito ftag smid smtyp taid traffic_source xtor cid_source wt_mc wt.mc_id wtrid ref_src ref_url "
    "mkt_tok sharetype shared_from spm share_id share_from partner_source feature_source rss feedtype feedname "
    "feedref origin_source syndication __twitter_impression amp_js_v guccounter guce_referrer guce_referrer_sig".split()
)
# Words in a host's first label that name a rendering of the same page.
SAME_SITE_LABELS = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
AMP_PATH = re.compile(r"(?:/amp/?|\.amp)$|^/amp(?=/)")


def absolute_url(url: str, base: str = "") -> str:
    """`url` as seen from `base`, by the WHATWG rules; "" if it is no http address."""
    try:
        joined = ada_url.URL(url.strip(), base=base or None) if base else ada_url.URL(url.strip())
    except ValueError:
        return ""
    if joined.protocol not in ("http:", "https:") or not joined.hostname:
        return ""
    return str(joined.href) if len(joined.href) <= MAX_LENGTH else ""


def clean_url(url: str, base: str = "") -> str:
    """The address without fragment and tracking keys; real keys stay. "" if unusable."""
    absolute = absolute_url(url, base)
    if not absolute:
        return ""
    parts = urlsplit(absolute)
    if not parts.query:
        return urlunsplit(parts._replace(fragment=""))
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracking(pair[0])]
    # Untouched queries are kept letter for letter: some servers read them by eye.
    query = parts.query if len(kept) == len(parts.query.split("&")) else urlencode(kept)
    return urlunsplit(parts._replace(query=query, fragment=""))


def _is_tracking(key: str) -> bool:
    lowered = key.lower()
    return lowered in TRACKING_KEYS or lowered.startswith(TRACKING_PREFIXES)


def url_key(url: str) -> str:
    """One key for all forms of an article's address: scheme, www, amp and the like folded."""
    cleaned = clean_url(url)
    if not cleaned:
        return ""
    parts = urlsplit(cleaned)
    host = SAME_SITE_LABELS.sub("", parts.netloc)
    path = AMP_PATH.sub("", parts.path).rstrip("/") or "/"
    query = urlencode(sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "amp"))
    return f"{host}{path}?{query}" if query else f"{host}{path}"


def host_of(url: str) -> str:
    """Host and port of an address, lower-cased; "" if it has none or is none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:  # as for http://[::1
        return ""


@lru_cache(maxsize=8192)
def _registrable(host: str) -> str:
    return get_fld(f"http://{host}", fail_silently=True) or ""


def registrable_domain(url: str) -> str:
    """The domain a publisher registers (bbc.co.uk); host and port where there is none."""
    host = host_of(url)
    name = host.partition(":")[0] if not host.startswith("[") else host
    return _registrable(name) or host
