"""Names that look alike: nobody writes here under a name that a reader takes for that of who works for the site."""

from __future__ import annotations

import unicodedata

from newsroom.readers.models import Reader
from newsroom.roles import MODERATORS

# Letters that no name is written with, and that let one name look like another.
UNSEEN_KINDS = frozenset("Cc Cf Cs Co Cn Zl Zp".split())
# Letters and marks, by their kind, that are drawn as nothing or as a space (Unicode: Default_Ignorable_Code_Point).
UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, range(0xFE00, 0xFE10)))
)
# Greek capitals look like Latin ones that their small letters do not look like.
CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")
# Letters that are drawn as Latin ones, and Latin ones and digits that are taken for each other.
# After Unicode Technical Standard 39, as far as names of people need it.
ALIKE = str.maketrans("авекмнорстухѕіјһԁԛԝαικνορτυχγɑɡıi1|0", "abekmhopctyxsljhdqwalkvoptuxyagllllo")
ACCENTS_FROM = 200  # combining classes: what stands over or under a letter of any script, and belongs to none


def unseen_in(name: str) -> list[str]:
    """The signs of a name that cannot be seen, as U+200B."""
    found = {sign for sign in name if sign in UNSEEN or unicodedata.category(sign) in UNSEEN_KINDS}
    return sorted(f"U+{ord(sign):04X}" for sign in found)


def look_of(name: str) -> str:
    """Equal for names that look alike: without case, accents, spaces and signs, look-alikes as one letter."""
    apart = unicodedata.normalize("NFKD", name.translate(CAPITALS)).translate(CAPITALS)
    plain = "".join(sign for sign in apart if unicodedata.combining(sign) < ACCENTS_FROM)
    drawn = plain.casefold().translate(ALIKE)
    letters = "".join(sign for sign in drawn if unicodedata.category(sign)[0] in "LNM" and sign not in UNSEEN)
    return letters.replace("rn", "m").replace("vv", "w")


def is_of_staff(name: str, *, but: int | None = None) -> bool:
    """True if a moderator, editor or administrator is called so, or looks so. but: a reader who is not meant."""
    look = look_of(name)
    rows = Reader.objects.filter(role__in=MODERATORS, is_active=True).exclude(name="").exclude(pk=but)
    return bool(look) and any(look_of(one) == look for one in rows.values_list("name", flat=True))
