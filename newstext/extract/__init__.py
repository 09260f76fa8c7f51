"""From a page to an article: metadata, body, cleaning, kind of page.

What is asked of here stands in `page` and `memory`, which are imported when it
is asked for: who wants one small module of this package is not to hold all
parsers, some 20 MB, as well.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newstext.extract.memory import Furniture, PublisherMemory
    from newstext.extract.page import apply_memory, from_entry, read_page

__all__ = ["Furniture", "PublisherMemory", "apply_memory", "from_entry", "read_page"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "memory" if name in ("Furniture", "PublisherMemory") else "page"
    return getattr(importlib.import_module(f"{__name__}.{module}"), name)
