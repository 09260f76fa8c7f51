"""Modules that are imported when something of them is first asked for.

For what is heavy and of use to few: a process that rests holds what it uses alone.
Beside it stands the import that type checkers and the import contracts read:

    if TYPE_CHECKING:
        import numpy as np
    else:
        np = later("numpy")  # 9 MB
"""

from __future__ import annotations

import importlib
from types import ModuleType


def later(name: str) -> ModuleType:
    """The module of that name, imported by the first who asks for anything of it; any thread may be that."""
    return _Later(name)


class _Later(ModuleType):
    def __getattr__(self, name: str) -> object:
        if name == "__path__":  # asked of what may be a package, by those who look through all modules
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)  # asked anew: it may have been set since
