"""Who's who: the people, organisations and places of a story, with the roles that its tellings give them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from newstext import alone, entities, roles
from newstext.note_records import Person, Role
from newstext.once import once_an_article
from newstext.records import ArticleText, Kind, Name
from newstext.roles import Told
from newstext.when import day_of
from newstext.words import fold, read_list, stop_words, words

MOST = 12
MOST_ROLES = 3
OFTEN = 3  # times named, to be listed without a role
MOST_WITHOUT_ROLE = 4  # of places and organisations
READ_CHARS = 30_000  # of a text; whom a longer one dwells on has been named by then
IN_HEADLINE = 3  # mentions that being named in a headline counts for
WITH_ROLE = 4
ROLE_COUNTS = 3  # of what a role says of the kind, beside one mention's
LONGEST_NAME = 3  # words of what may be a person and is not surely one
CLEARLY = 4  # times as often as others of that surname: they are misread, or by the way
PARTICLES = frozenset("bin ibn bint al el de da do dos del della di du des la le van von der den ten ter af av".split())
COMPANY_ENDS = entities.ORGANISATION_ENDS | frozenset(
    "partners technologies industries holdings ventures systems studios motors airlines brothers sons labs".split()
)
GENERATIONS = frozenset("jr sr ii iii iv".split())
BRACKETED = re.compile(r"\s?\(\s?([A-ZÀ-ÞА-Я][\w.-]{1,9})\s?\)")
ORDER: Mapping[Kind | None, int] = {"person": 0, "organisation": 1, "place": 2, None: 3}


@dataclass(slots=True)
class _Entity:
    """Somebody or something over all tellings. spellings: how it is written, and how often."""

    spellings: Counter[str] = field(default_factory=Counter)
    kinds: Counter[Kind] = field(default_factory=Counter)
    told: list[tuple[ArticleText, Told]] = field(default_factory=list)
    tellings: set[str] = field(default_factory=set)
    in_headline: bool = False

    @property
    def mentions(self) -> int:
        return self.spellings.total()

    @property
    def kind(self) -> Kind | None:
        said = Counter({kind: ROLE_COUNTS * many for kind, many in Counter(one.kind for _, one in self.told).items()})
        said += self.kinds
        if not said:
            return None
        (first, count), *others = said.most_common()
        if first == "person" and fold(self.spellings.most_common(1)[0][0].split()[-1]) in COMPANY_ENDS:
            return "organisation"
        return first if count >= 2 * sum(many for _, many in others) else None

    @property
    def weight(self) -> int:
        return self.mentions + 2 * len(self.tellings) + IN_HEADLINE * self.in_headline + WITH_ROLE * bool(self.told)


def write_people(articles: Sequence[ArticleText]) -> tuple[Person, ...]:
    """Who is named in a story, people first, then the most dwelt on; at most MOST.

    articles: its tellings, with sentences. Whoever no telling gives a role is
    listed only if named often or in a headline. Every role is a phrase of the
    sentence it stands on.
    """
    entities_of = _entities(articles)
    chosen = sorted(
        (one for one in entities_of if _is_worth_listing(one)), key=lambda one: (-one.weight, _name_of(one))
    )
    kept = _not_twice(list(_not_too_many_bare(_without_first_names(chosen))))[:MOST]
    kept.sort(key=lambda one: ORDER[one.kind])
    return tuple(Person(_name_of(one), one.kind, tuple(_roles(one.told)), one.mentions) for one in kept)


def _is_worth_listing(one: _Entity) -> bool:
    """Given a role, in a headline, or named often; one word alone may be no person: Sam of Sam's Club."""
    if one.told or one.kind is None:
        return bool(one.told)
    is_bare = one.kind == "person" and " " not in _name_of(one)
    return not is_bare and (one.in_headline or one.mentions >= OFTEN)


def _without_first_names(ranked: Sequence[_Entity]) -> Iterator[_Entity]:
    """All but the Sten that is Sten Aldous, more often named in full, whatever it was taken for."""
    full: dict[str, int] = {}
    for one in ranked:
        name = _name_of(one)
        if one.kind == "person" and " " in name:
            full[fold(name.split()[0])] = max(one.mentions, full.get(fold(name.split()[0]), 0))
    for one in ranked:
        if one.told or one.mentions > full.get(fold(_name_of(one)), 0):
            yield one


def _not_too_many_bare(ranked: Iterable[_Entity]) -> Iterator[_Entity]:
    bare = 0
    for one in ranked:
        if not one.told and one.kind != "person":
            bare += 1
            if bare > MOST_WITHOUT_ROLE:
                continue
        yield one


def _not_twice(ranked: Sequence[_Entity]) -> list[_Entity]:
    """The same with two forms of one name made one: Joe and Joseph Quill, both senators, never in one telling."""
    kept: list[_Entity] = []
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)  # form -> where in kept
    for one in ranked:
        form = _form(one)
        other = next((kept[place] for place in sorted(alike[form]) if _is_other_form(one, kept[place])), None)
        if other is None:
            alike[form].append(len(kept))
            kept.append(one)
            continue
        other.spellings += one.spellings
        other.kinds += one.kinds
        other.told += one.told
        other.tellings |= one.tellings
        alike[_form(other)].append(kept.index(other))  # its usual spelling may be another now
    return kept


def _form(one: _Entity) -> tuple[str, str]:
    """The last word of its name and how the first begins."""
    said = _key(_name_of(one)).split()
    return said[-1], said[0][:2]


def _is_other_form(one: _Entity, other: _Entity) -> bool:
    first, second = _key(_name_of(one)).split(), _key(_name_of(other)).split()
    if first == second and one.kind == other.kind:
        return True  # by its short form in one telling and in full in another
    return (
        min(len(first), len(second)) > 1
        and _form(one) == _form(other)
        and not one.tellings & other.tellings
        and bool(_plain_roles(one) & _plain_roles(other))
    )


def _plain_roles(one: _Entity) -> set[frozenset[str]]:
    return {_said(*pair).words for pair in one.told}


def _name_of(one: _Entity) -> str:
    """Its usual spelling; of a person, the usual full one."""
    full = {name: many for name, many in one.spellings.items() if " " in name}
    spellings = full if full and one.kind == "person" else one.spellings
    return max(spellings, key=lambda name: (spellings[name], len(name), name))


def _entities(articles: Sequence[ArticleText]) -> list[_Entity]:
    """Everybody that any telling names, each once."""
    named = [_named_in(article) for article in articles]
    full = _full_names(one.names for one in named)
    named = [_without_titles(article, one, full) for article, one in zip(articles, named, strict=True)]
    full = _full_names(one.names for one in named)
    unwanted = _unwanted(articles)
    found: dict[str, _Entity] = defaultdict(_Entity)
    for article, one in zip(articles, named, strict=True):
        here = set(one.keys.values())
        whole = {name: _whole(one.aliases.get(key, key), full, here) for name, key in one.keys.items()}
        for name, kinds in one.kinds.items():
            key = whole[name]
            if not key or key in unwanted:
                continue
            entity = found[key]
            entity.spellings[name] += kinds.total()
            for kind, many in kinds.items():
                if kind:
                    entity.kinds[kind] += many
            entity.tellings.add(article.id)
            entity.in_headline = entity.in_headline or name in one.in_headline
        for told in one.told:
            key = whole[told.name.text]
            if key and key not in unwanted:
                found[key].told.append((article, told))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Named:
    """Whom one article names, by name. keys: what its spellings have in common. kinds: how often it is which."""

    names: Sequence[Name]
    keys: Mapping[str, str]
    kinds: Mapping[str, Counter[Kind | None]]
    aliases: Mapping[str, str]
    told: Sequence[Told]
    in_headline: frozenset[str]


@once_an_article
def _named_in(article: ArticleText) -> _Named:
    return _named_by(article, entities.named(_shortened(article)))


def _without_titles(article: ArticleText, named: _Named, full: Mapping[str, Counter[str]]) -> _Named:
    """The same without the ends of titles that stand before names."""
    names = tuple(_untitled(name, article, full) for name in named.names)
    return named if names == tuple(named.names) else _named_by(article, names)


def _named_by(article: ArticleText, names: Sequence[Name]) -> _Named:
    short = _shortened(article)
    kinds: dict[str, Counter[Kind | None]] = defaultdict(Counter)
    for name in names:
        kinds[name.text][name.kind] += 1
    title = f" {' '.join(words(article.title))} "
    return _Named(
        names,
        {name: _key(name) for name in kinds},
        kinds,
        _aliases(article.text, names),
        sorted(roles.find(short, names), key=lambda one: one.name.start),
        frozenset(name for name in kinds if f" {' '.join(words(name))} " in title),
    )


def _shortened(article: ArticleText) -> ArticleText:
    """The article's beginning, as much of it as is read."""
    if len(article.text) <= READ_CHARS:
        return article
    within = tuple(span for span in article.sentences if span[1] <= READ_CHARS)
    return replace(article, text=article.text[:READ_CHARS], sentences=within)


@lru_cache(20_000)
def _key(name: str) -> str:
    """What two spellings of one name have in common."""
    return " ".join(word for word in words(name.replace(".", "")) if word not in PARTICLES) or fold(name)


def _last_name(key: str) -> str:
    said = key.split()
    return said[-2] if len(said) > 2 and said[-1] in GENERATIONS else said[-1]


def _full_names(all_names: Iterable[Sequence[Name]]) -> dict[str, Counter[str]]:
    """Last word of a person's name -> the keys of the full names that end with it, and how often they are named."""
    full: dict[str, Counter[str]] = defaultdict(Counter)
    for names in all_names:
        for name in names:
            key = _key(name.text)
            if " " in key and (name.kind == "person" or (name.kind is None and _may_be_person(name.text))):
                full[_last_name(key)][key] += 1
    return full


def _untitled(name: Name, article: ArticleText, full: Mapping[str, Counter[str]]) -> Name:
    """The name without the end of a title that was taken for its beginning: (General) Manager Ada Brink.

    "(Chief of) Staff Sten Aldous" is Sten Aldous only where the story names him so.
    """
    first, _, rest = name.text.partition(" ")
    if " " not in rest or name.kind not in ("person", None):
        return name
    grammar = roles.grammar_of(article.language)
    is_title = grammar is not None and grammar.heads.get(fold(first)) == "person" and first not in full
    key = _key(rest)
    is_of = article.text[max(0, name.start - 4) : name.start] == " of " and key in full.get(_last_name(key), ())
    if not (is_title or is_of) or not rest[0].isupper():
        return name
    return replace(name, start=name.end - len(rest), text=rest)


def _may_be_person(name: str) -> bool:
    """True for two or three words, each with a capital."""
    parts = name.split()
    return len(parts) <= LONGEST_NAME and all(part[0].isupper() for part in parts if fold(part) not in PARTICLES)


def _whole(key: str, full: Mapping[str, Counter[str]], here: set[str]) -> str:
    """The full name that a key stands for: its own, a longer one of the same person; "" where two bear the surname.

    here: the keys that the same telling names.
    """
    others = full.get(_last_name(key)) if key else None
    if not others:
        return key
    if " " in key:
        return _longer(key, others, here)
    near = [one for one in others if one in here] or list(others)
    count: Counter[str] = Counter()
    for one in near:
        count[_longer(one, others, here)] += others[one]
    (first, many), *rest = count.most_common()
    return first if many > CLEARLY * sum(times for _, times in rest) else ""


def _longer(key: str, others: Iterable[str], here: set[str]) -> str:
    """The longest name that begins and ends as this one and has its words: Sten Aldous, Sten R. Aldous.

    Sten Aldous is Sten Aldous Jr. too, but not in a telling that has both.
    """
    first, said = key.partition(" ")[0], set(key.split())
    longer = [
        one
        for one in others
        if one.startswith(f"{first} ")
        and said < set(one.split())
        and not (one in here and key in here and set(one.split()) - said <= GENERATIONS)
    ]
    return max(longer, key=lambda one: (len(one), one)) if longer else key


def _aliases(text: str, names: Sequence[Name]) -> dict[str, str]:
    """Abbreviation -> name, where the text gives it in brackets: Hayat Tahrir al-Sham (HTS)."""
    found: dict[str, str] = {}
    for name in names:
        if bracket := BRACKETED.match(text, name.end):
            initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", name.text)).lower()
            short = bracket[1].replace(".", "")
            if " " in name.text and _is_subsequence(short.lower(), initials + name.text.lower()[1:]):
                found[_key(short)] = _key(name.text)
    return found


def _is_subsequence(short: str, text: str) -> bool:
    rest = iter(text)
    return all(sign in rest for sign in short if sign.isalpha())


def _unwanted(articles: Sequence[ArticleText]) -> set[str]:
    """Keys of who only writes or publishes: authors, agencies, publishers."""
    listed = set(_agencies())
    for article in articles:
        listed |= {_key(name) for name in (*article.authors, article.publisher, article.agency, article.source)}
        listed.add(_key(article.site_name))
    return listed - {""}


@cache
def _agencies() -> frozenset[str]:
    said = (one for spellings in read_list("agencies").values() for one in spellings.split(";"))
    return frozenset(_key(one) for one in said)


# The short forms of titles, as which they are one; and what says no more than "Ada Brink" beside a fuller role.
FULL_TITLES = {**entities.SHORT_TITLES, "prof": "professor", "pm": "minister"}
RANKS = frozenset(FULL_TITLES) | frozenset(FULL_TITLES.values()) - {"president", "minister", "governor", "senator"}
FORMER = frozenset(
    """former ex then late ousted retired outgoing incoming elect ehemalige ehemaliger frühere früherer ancien ancienne
    exministro бывший бывшая eski""".split()
)


@dataclass(frozen=True, slots=True)
class _Said:
    """A role taken apart. of: what follows its noun, "of Ostra"."""

    article: ArticleText
    told: Told
    noun: str
    words: frozenset[str]
    of: frozenset[str]
    is_former: bool

    @property
    def day(self) -> int:
        return int(day_of(self.article).replace("-", "") or 0)

    def says_same(self, other: _Said) -> bool:
        """True if two phrases say one thing: Karsan Foreign Minister, foreign minister of Karsa."""
        if self.words <= other.words or other.words <= self.words:
            return self.is_former == other.is_former
        same_noun = self.noun == other.noun and self.is_former == other.is_former
        return same_noun and (self.of <= other.of or other.of <= self.of)


def _roles(told: Sequence[tuple[ArticleText, Told]]) -> Iterator[Role]:
    """The roles that differ, the newest first; the same in other words once, in its fullest form."""
    kept: list[_Said] = []
    for said in sorted((_said(*pair) for pair in told), key=lambda one: -one.day):
        same = next((place for place, other in enumerate(kept) if said.says_same(other)), None)
        if same is None:
            kept.append(said)
        elif len(said.words) > len(kept[same].words):
            kept[same] = said
    if len(kept) > 1:
        kept = [one for one in kept if not one.words <= RANKS] or kept[:1]
    for one in sorted(kept, key=lambda one: -one.day)[:MOST_ROLES]:
        evidence = alone.evidence_for(one.article, one.told.sentence)
        yield Role(one.article.text[one.told.start : one.told.end], evidence, on=day_of(one.article))


def _said(article: ArticleText, told: Told) -> _Said:
    said = [FULL_TITLES.get(word, word) for word in words(article.text[told.start : told.end])]
    stops = stop_words(article.language)
    noun = fold(article.text[slice(*told.noun)])
    of = frozenset(words(article.text[told.noun[1] : told.end])) - stops
    kept = frozenset(said) - (stops - FORMER)
    return _Said(article, told, FULL_TITLES.get(noun, noun), kept or frozenset(said), of, bool(FORMER & set(said)))
