"""Names of newspapers and agencies, folded so that two ways of writing one name are equal."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newstext.addresses import registrable_domain
from newstext.words import content_words, words

LEADING_ARTICLES = frozenset("the le la les el los las der die das il lo gli de het al".split())
# What a paper's name gains on the web or in a register, and loses again in talk.
SUFFIXES = frozenset(
    "online news website web site digital rss feed ltd limited inc llc plc gmbh ag kg sa spa srl bv nv ab oy corp "
    "company co sarl sas".split()
)
WEB_NAME = re.compile(r"^(?:www\.)?(\S.*?\w)(?:\.[a-z]{2,3})?\.[a-z]{2,4}$", re.I)
SHORTEST_LABEL = 3
SHORTEST_SHARED = 4  # letters of a word that makes two names one house's
SECOND_LEVEL_CHARS = 3  # co.uk, com.au: an ending of two parts


def fold_name(name: str) -> str:
    """A name in lower case without accents, spaces and leading article."""
    return "".join(_without_article(words(name)))


def short_name(name: str) -> str:
    """The same without what the web or a register adds: .com, Online, News, Ltd.

    Two names alike in this alone are one publisher only on one domain.
    """
    web = WEB_NAME.match(name.strip())
    found = _without_article(words(web.group(1) if web else name))
    while len(found) > 1 and found[-1] in SUFFIXES:
        found = found[:-1]
    return "".join(found)


def _without_article(found: list[str]) -> list[str]:
    return found[1:] if len(found) > 1 and found[0] in LEADING_ARTICLES else found


def is_same_label(domain: str, other: str) -> bool:
    """Whether two registered domains may be one publisher's: paper.co.uk and paper.com.

    Two countries' endings (paper.se, paper.co.uk) are two papers' until more is known.
    """
    label, _, ending = domain.partition(".")
    other_label, _, other_ending = other.partition(".")
    if label != other_label or len(label) < SHORTEST_LABEL or not (_is_ending(ending) and _is_ending(other_ending)):
        return False
    return any(len(each.rpartition(".")[2]) > 2 for each in (ending, other_ending))


def _is_ending(ending: str) -> bool:
    """Whether what follows the label is a registry's own ending, not a portal's host."""
    first, _, rest = ending.partition(".")
    if ":" in ending or not first or first.isdigit():
        return False
    return not rest or (len(rest) == 2 and len(first) <= SECOND_LEVEL_CHARS)


@dataclass(frozen=True, slots=True)
class Site:
    """Who shows the page: its address and the names it goes by."""

    url: str
    names: tuple[str, ...]

    def is_named(self, name: str) -> bool:
        """Whether a name is the site's own, its house's, or its domain."""
        folded, short = fold_name(name), short_name(name)
        label = registrable_domain(self.url).partition(".")[0].replace("-", "")
        if not short or (label and (short in label or label in folded or _initials(name) == label)):
            return True
        return any(_is_one_house(name, own) for own in self.names if own)


def _is_one_house(name: str, other: str) -> bool:
    one, two = short_name(name), short_name(other)
    if not one or not two or one in two or two in one:
        return True
    mine, theirs = set(content_words(name)), set(content_words(other))
    if any(len(word) >= SHORTEST_SHARED for word in mine & theirs):
        return True
    return _initials(name).startswith(two) or _initials(other).startswith(one)


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.findall(r"\w+", name.lower()))
