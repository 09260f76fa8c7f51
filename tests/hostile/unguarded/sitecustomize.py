"""Takes the guards off a process of the site: a harness that finds nothing then is a harness that finds nothing.

Python reads this by itself where the folder stands in PYTHONPATH; nothing of
the product knows it. GUARDS_OFF: "sanitiser", "escaping", or both.
"""

from __future__ import annotations

import os


def _as_it_came(text: object, **_options: object) -> str:
    return str(text)


def _take_off(guards: str) -> None:
    if "sanitiser" in guards:
        from newstext import sanitise

        for name in ("clean_html", "plain_text", "plain_start", "safe_comment", "clean_comment", "safe_link"):
            setattr(sanitise, name, _as_it_came)
    if "escaping" in guards:
        from django.utils import html, safestring

        def unescaped(text: object) -> str:
            return safestring.SafeString(str(text))

        html.escape = html.conditional_escape = unescaped


_take_off(os.environ.get("GUARDS_OFF", ""))
