"""A comment's words as safe HTML: a small Markdown, and newstext.sanitise as the last word."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from newstext.sanitise import LINK, clean_comment, safe_comment, safe_link

# Headings, rules, pictures, HTML and references to notes are shown as they were typed.
SMALL = ("image", "html_block", "html_inline", "heading", "lheading", "hr", "reference", "entity", "code")
DEEPEST = 20  # blocks within blocks; markdown-it drops the words of what lies deeper
# Each may be in a language of its own.
DIRECTED = {"paragraph_open", "bullet_list_open", "ordered_list_open", "list_item_open", "blockquote_open"}
KEPT = 4096  # comments whose HTML is held ready in a process


@lru_cache(maxsize=KEPT)
def as_html(text: str) -> SafeString:
    """Emphasis, strong, code, lists, quotes, links and paragraphs; a line break is one.

    What nests deeper than DEEPEST is shown as plain paragraphs, with every word.
    """
    tokens = MARKDOWN.parse(text)
    if _deepest(tokens) >= DEEPEST - 1:
        return SafeString(safe_comment(text))
    for token in tokens:
        if token.type in DIRECTED:
            token.attrSet("dir", "auto")
    return SafeString(clean_comment(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})))


def _deepest(tokens: Iterable[Token]) -> int:
    return max((max((one.level, *(child.level for child in one.children or ()))) for one in tokens), default=0)


def _link_addresses(state: StateCore) -> None:
    """Make links of the addresses that stand in the text by themselves."""
    for block in state.tokens:
        children = block.children or []
        if not any(child.type == "text" and "://" in child.content for child in children):
            continue
        made: list[Token] = []
        depth = 0
        for child in children:
            depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            made += _linked(child) if child.type == "text" and not depth else [child]
        block.children = made


def _linked(token: Token) -> list[Token]:
    parts, end, text = [], 0, token.content
    for match in LINK.finditer(text):
        shown = match.group().rstrip(".,;:!?")
        link = safe_link(shown)
        if not link:
            continue
        parts.append(Token("text", "", 0, content=text[end : match.start()], level=token.level))
        opened = Token("link_open", "a", 1, level=token.level)
        opened.attrSet("href", link)
        parts += [opened, Token("text", "", 0, content=shown, level=token.level), Token("link_close", "a", -1)]
        end = match.start() + len(shown)
    return [*parts, Token("text", "", 0, content=text[end:], level=token.level)]


def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": DEEPEST})
    made.disable(list(SMALL))
    made.validateLink = lambda url: bool(safe_link(url))  # type: ignore[method-assign]  # its own lets //host pass
    made.core.ruler.push("addresses", _link_addresses)
    return made


MARKDOWN = _markdown()
