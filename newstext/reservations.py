"""What a publisher reserves of its texts against machines: read from headers, meta elements, and its host's files.

Names: "noai" (robots values noai and noimageai, ai-input=no of robots.txt),
"tdm" (the TDM Reservation Protocol), "agents" (robots.txt lets us read, and
turns the agents of AI companies away).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

NOAI, TDM, AGENTS = "noai", "tdm", "agents"
NO_NOTES = frozenset({NOAI, TDM})  # nothing is made of such a text; "agents" keeps it from language models alone
ROBOTS_VALUES = frozenset({"noai", "noimageai"})
OUR_NAME = "backstory"
FILE_MAX_BYTES = 200 * 1024
RULES_MOST = 500
PATTERN_MAX_CHARS = 300
# Who takes texts for language models, by the names of their robots. Each is turned away in a robots.txt by name only.
AI_AGENTS = (
    "GPTBot", "OAI-SearchBot", "ChatGPT-User", "ClaudeBot", "anthropic-ai", "Google-Extended", "CCBot",
    "Applebot-Extended", "Meta-ExternalAgent", "PerplexityBot", "Bytespider", "Amazonbot", "cohere-ai",
    "MistralAI-User",
)  # fmt: skip
# "X-Robots-Tag: otherbot: noindex, noai" is said to that robot alone.
NAMED_ROBOT = re.compile(r"^\s*([A-Za-z][\w.-]*)\s*:\s*(.*)$", re.DOTALL)
VALUED = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
CONTENT_SIGNAL = re.compile(r"(?:^|[,\s])ai-input\s*=\s*no\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TdmRule:
    """One rule of tdmrep.json: of which paths, and whether they are reserved."""

    location: str
    is_reserved: bool


def joined(names: Iterable[str]) -> str:
    """The names as a row keeps them: sorted, one blank between."""
    return " ".join(sorted(set(names)))


def allows_notes(reserved: Iterable[str]) -> bool:
    """True unless the publisher reserved the text against what notes are."""
    return not NO_NOTES & set(reserved)


def in_headers(headers: Mapping[str, str]) -> frozenset[str]:
    """What the headers of an answer reserve; their names in small letters."""
    found = {TDM} if headers.get("tdm-reservation", "").strip() == "1" else set()
    return frozenset(found | _in_robots_values(headers.get("x-robots-tag", ""), may_name=True))


def in_meta(meta: Mapping[str, str]) -> frozenset[str]:
    """What the meta elements of a page reserve: name in small letters -> content."""
    found = {TDM} if meta.get("tdm-reservation", "").strip() == "1" else set()
    for name in ("robots", OUR_NAME):
        found |= _in_robots_values(meta.get(name, ""))
    return frozenset(found)


def _in_robots_values(said: str, *, may_name: bool = False) -> set[str]:
    robot = ""
    for part in re.split(r"[,\n;]", said):
        named = NAMED_ROBOT.match(part) if may_name else None
        if named and named[1].lower() not in VALUED:
            robot, part = named[1].lower(), named[2]
        if robot in ("", OUR_NAME, "*") and part.strip().lower() in ROBOTS_VALUES:
            return {NOAI}
    return set()


def read_tdmrep(body: bytes) -> tuple[TdmRule, ...]:
    """The rules of /.well-known/tdmrep.json in their order; none where it cannot be read."""
    try:
        told = json.loads(body[:FILE_MAX_BYTES].decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return ()
    rules = told if isinstance(told, list) else [told]
    return tuple(
        TdmRule(str(one["location"])[:PATTERN_MAX_CHARS], str(one.get("tdm-reservation")) == "1")
        for one in rules[:RULES_MOST]
        if isinstance(one, dict) and isinstance(one.get("location"), str)
    )


def in_tdmrep(rules: Iterable[TdmRule], url: str) -> frozenset[str]:
    """What the rules say of an address: the first that fits it decides."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    for rule in rules:
        if _fits(rule.location, path):
            return frozenset({TDM} if rule.is_reserved else ())
    return frozenset()


def _fits(pattern: str, path: str) -> bool:
    """True of a path that a pattern of robots.txt's kind stands for; it may write its host before."""
    if pattern.startswith(("http://", "https://")):
        pattern = urlsplit(pattern).path or "/"
    is_whole = pattern.endswith("$")
    parts = pattern.removesuffix("$").split("*")
    if not path.startswith(parts[0]):
        return False
    place = len(parts[0])
    for part in parts[1:-1]:  # found one after another: no pattern can take longer than the path is long
        place = path.find(part, place)
        if place < 0:
            return False
        place += len(part)
    if len(parts) == 1:
        return not is_whole or place == len(path)
    last = parts[-1]
    if is_whole:
        return path.endswith(last) and len(path) - len(last) >= place
    return path.find(last, place) >= 0


def in_robots(text: str) -> frozenset[str]:
    """What the lines Content-Signal of a robots.txt reserve, in the groups that are said to us or to all."""
    groups: dict[str, bool] = {}
    names: list[str] = []
    is_open = False  # still naming whom the group is said to
    for line in text.splitlines():
        key, _, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if key == "user-agent":
            names = [*names, value.lower()] if is_open else [value.lower()]
            is_open = True
        elif key:
            is_open = False
        if key == "content-signal" and CONTENT_SIGNAL.search(value):
            groups.update(dict.fromkeys(names, True))
        for name in names:
            groups.setdefault(name, False)
    said = groups[OUR_NAME] if OUR_NAME in groups else groups.get("*", False)
    return frozenset({NOAI} if said else ())
