"""A made-up world of news, of which everything is known: which items tell one event, one story, or are copies.

Every byte follows from the seed and the numbers of feed and item, so two runs
read the same. Round n is the n-th item of all feeds: the feeds are shuffled and
cut into groups, and a group tells one event; the first tells it first, some
print a copy of that telling, the others tell it in words of their own. The
language is English in its frame and invented in its names: right for speed,
copies and grouping by words, no measure of reading itself.
"""

from __future__ import annotations

import hashlib
import html
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate
from functools import lru_cache

from bench import world_words as words

GROUPS = ((1, 40), (2, 22), (4, 25), (8, 10), (18, 3))  # how many tell an event, and how often of a hundred
COPIES = 0.3  # of those that tell it after the first
GOES_ON = 0.15  # of events continue a story of earlier rounds
FACTS = 16
CHARS_LEAST, CHARS_MOST = 2600, 5200
BETWEEN_S = 5400  # between two items of a feed
ATOM_EVERY = 3
ATOM_CONTENT = '<content type="html">'


@dataclass(frozen=True, slots=True)
class Event:
    """What happened. story: shared by an event and what it goes on from."""

    key: str
    story: str
    place: str
    people: tuple[str, str]
    body: str
    matter: tuple[str, str]
    act: tuple[str, str]
    number: int
    facts: tuple[tuple[int, int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One article of one feed. copy_of: the (feed, number) whose text it prints."""

    feed: int
    number: int
    title: str
    paragraphs: tuple[str, ...]
    author: str
    section: str
    at: float
    changed: int
    event: str
    story: str
    copy_of: tuple[int, int] | None

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


class World:
    """feeds: how many; items: how many each shows at once; now: when the newest of the first window was published.

    has_teasers: feeds give the first words alone, so that each page is to be fetched.
    """

    def __init__(self, seed: int, feeds: int, items: int, now: float, *, has_teasers: bool = False) -> None:
        self.seed, self.feeds, self.items, self.now, self.has_teasers = seed, feeds, items, now, has_teasers
        self.groups = lru_cache(4096)(self._groups)
        self.event = lru_cache(8192)(self._event)
        self.furniture = lru_cache(512)(self._furniture)

    def chance(self, *key: object) -> random.Random:
        said = " ".join(map(str, (self.seed, *key)))
        return random.Random(hashlib.blake2b(said.encode(), digest_size=8).digest())

    def publisher(self, feed: int) -> str:
        chance = self.chance("publisher", feed)
        return f"{words.name(chance)} {chance.choice(words.PAPERS)}"

    def _groups(self, number: int) -> dict[int, tuple[int, int, bool]]:
        """Feed → (which event of the round, the feed that tells it first, does it print that one's text)."""
        chance = self.chance("round", number)
        order = list(range(self.feeds))
        chance.shuffle(order)
        found: dict[int, tuple[int, int, bool]] = {}
        event = 0
        while order:
            size = chance.choices([count for count, _ in GROUPS], [share for _, share in GROUPS])[0]
            group, order = order[:size], order[size:]
            for place, feed in enumerate(group):
                found[feed] = event, group[0], place > 0 and chance.random() < COPIES
            event += 1
        return found

    def _event(self, number: int, which: int) -> Event:
        chance = self.chance("event", number, which)
        back = chance.randint(1, 5)
        if number >= back and chance.random() < GOES_ON:
            before = self.event(number - back, 0 if which > 3 else which)
            place, people, body, matter, story = before.place, before.people, before.body, before.matter, before.story
        else:
            place, body, matter = words.name(chance), words.body(chance), chance.choice(words.MATTERS)
            people, story = (words.person(chance), words.person(chance)), f"s{number}-{which}"
        own = [words.rare(chance) for _ in range(50)]
        facts = tuple(
            (chance.randrange(len(words.FACTS)), chance.randint(2, 900), tuple(chance.sample(own, 6)))
            for _ in range(FACTS)
        )
        key = f"e{number}-{which}"
        return Event(key, story, place, people, body, matter, chance.choice(words.ACTS), chance.randint(3, 9800), facts)

    def item(self, feed: int, number: int, changed: int = 0) -> Item:
        which, first, is_copy = self.groups(number)[feed]
        event = self.event(number, which)
        teller = first if is_copy else feed
        chance = self.chance("text", number, which, teller)
        title, paragraphs = self._told(event, chance, is_first=teller == first)
        if is_copy:
            paragraphs.append(f"This text came from the wire of {self.publisher(first)}.")
        if changed:
            title += f" (updated {changed})"
            paragraphs.insert(1, f"Correction {changed}: an earlier text named {event.number}, which was wrong.")
        own = self.chance("item", feed, number)
        at = self.now - (self.items - number) * BETWEEN_S + own.randint(0, BETWEEN_S // 2) + 60 * changed
        return Item(
            feed, number, title, tuple(paragraphs), words.person(self.chance("author", feed, number % 7)),
            words.SECTIONS[(feed + number) % len(words.SECTIONS)], at, changed, event.key, event.story,
            (first, number) if is_copy else None,
        )  # fmt: skip

    def _told(self, event: Event, chance: random.Random, *, is_first: bool) -> tuple[str, list[str]]:
        matter, act = chance.choice(event.matter), chance.choice(event.act)
        slots = {
            "place": event.place, "body": event.body, "matter": matter, "act": act, "number": event.number,
            "person": event.people[0], "other": event.people[1],
        }  # fmt: skip
        title = words.TITLES[0 if is_first else chance.randrange(len(words.TITLES))].format(**slots)
        facts = list(event.facts)
        if not is_first:
            chance.shuffle(facts)
            facts = facts[: chance.randint(9, FACTS - 2)]
        wanted = chance.randint(CHARS_LEAST, CHARS_MOST)
        paragraphs: list[str] = []
        while sum(map(len, paragraphs)) < wanted:
            sentences = []
            for _ in range(chance.randint(2, 4)):
                kind, count, own = facts.pop(0) if facts else words.background(chance)
                form = words.FACTS[kind][0 if is_first else chance.randrange(2)]
                sentences.append(form.format(*own, count=count, **slots))
            paragraphs.append(" ".join(sentences))
        paragraphs[0] = f"{event.place.upper()} — {paragraphs[0]}" if is_first else paragraphs[0]
        return title[0].upper() + title[1:], paragraphs

    # --- the forms it is served in ----------------------------------------------
    def body(self, item: Item) -> str:
        """The item's text as HTML, with links, a picture and marks as publishers set them."""
        out = []
        for place, paragraph in enumerate(item.paragraphs):
            said = html.escape(paragraph, quote=False)
            if place % 3 == 1:
                first, linked, rest = said.split(" ", 2)
                said = f'{first} <a href="/p/{item.feed}/{max(0, item.number - place)}">{linked}</a> <em>{rest}</em>'
            out.append(f"<p>{said}</p>")
            if place == 1:
                out.append(
                    f'<figure><img src="/i/{item.feed}/{item.number}.jpg" width="800" height="450" alt="The place"/>'
                    f"<figcaption>{html.escape(item.author)}</figcaption></figure>"
                )
        return "\n".join(out)

    def feed(self, base: str, feed: int, top: int, changed: int = 0) -> tuple[bytes, float]:
        """The feed with the items below `top`, the newest first, and when it last changed."""
        numbers = range(top - 1, max(-1, top - 1 - self.items), -1)
        items = [self.item(feed, number, changed if number == top - 1 else 0) for number in numbers]
        form = self._atom if feed % ATOM_EVERY == 2 else self._rss
        return form(base, feed, items).encode(), max(item.at for item in items)

    def _content(self, opens: str, item: Item, closes: str, *, is_escaped: bool = False) -> str:
        if self.has_teasers:
            return ""
        body = self.body(item)
        return f"{opens}{html.escape(body) if is_escaped else body}{closes}"

    def _rss(self, base: str, feed: int, items: list[Item]) -> str:
        said = "".join(
            f"<item><title>{html.escape(item.title)}</title><link>{base}/p/{feed}/{item.number}</link>"
            f'<guid isPermaLink="false">{feed}-{item.number}</guid>'
            f"<pubDate>{formatdate(item.at, usegmt=True)}</pubDate>"
            f"<dc:creator>{html.escape(item.author)}</dc:creator><category>{item.section}</category>"
            f"<description>{html.escape(item.paragraphs[0][:220])}</description>"
            f"{self._content('<content:encoded><![CDATA[', item, ']]></content:encoded>')}</item>\n"
            for item in items
        )
        name = html.escape(self.publisher(feed))
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/'
            'content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
            f"<title>{name}</title><link>{base}/</link><description>{name}</description>{said}</channel></rss>"
        )

    def _atom(self, base: str, feed: int, items: list[Item]) -> str:
        said = "".join(
            f"<entry><title>{html.escape(item.title)}</title><id>{feed}-{item.number}</id>"
            f'<link href="{base}/p/{feed}/{item.number}"/><published>{_iso(item.at)}</published>'
            f"<updated>{_iso(item.at)}</updated><author><name>{html.escape(item.author)}</name></author>"
            f'<category term="{item.section}"/><summary>{html.escape(item.paragraphs[0][:220])}</summary>'
            f"{self._content(ATOM_CONTENT, item, '</content>', is_escaped=True)}</entry>\n"
            for item in items
        )
        return (
            f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><id>{base}/</id>'
            f'<title>{html.escape(self.publisher(feed))}</title><link href="{base}/"/>'
            f"<updated>{_iso(max(item.at for item in items))}</updated>{said}</feed>"
        )

    def _furniture(self, feed: int) -> dict[str, str]:
        """What stands around every article of a publisher."""
        chance = self.chance("furniture", feed)

        def some(count: int) -> str:
            return " ".join(words.rare(chance) for _ in range(count))

        css = "".join(
            f".{words.rare(chance)}-{number}{{margin:{number}px;color:#{chance.randrange(1 << 24):06x};padding:0 3px}}"
            for number in range(chance.randint(400, 1000))
        )
        slots = [{"id": number, "slot": some(2)} for number in range(chance.randint(400, 1200))]
        cards = "".join(
            f'<div class="card"><a href="/p/{feed}/{number}"><img src="/i/{feed}/{number}.jpg" alt=""/>'
            f"<h3>{some(7)}</h3></a><span>{some(3)}</span></div>"
            for number in range(chance.randint(20, 50))
        )
        said = "".join(
            f'<li class="comment"><b>{some(2)}</b><p>{some(chance.randint(8, 40))}</p></li>'
            for _ in range(chance.randint(0, 40))
        )
        menu = "".join(f'<li class="menu-item"><a href="/s/{number}">{some(1)}</a></li>' for number in range(40))
        foot = "".join(f'<a href="/l/{number}">{some(2)}</a> ' for number in range(60))
        return {"css": css, "slots": json.dumps(slots), "menu": menu, "cards": cards, "said": said, "foot": foot}

    def page(self, base: str, feed: int, number: int, changed: int = 0) -> bytes:
        """The article's page: 70 to 140 kB, of which its text is a twentieth."""
        item, around = self.item(feed, number, changed), self.furniture(feed)
        title, paper = html.escape(item.title), html.escape(self.publisher(feed))
        url, at = f"{base}/p/{feed}/{number}", datetime.fromtimestamp(item.at, UTC).isoformat()
        told = {
            "@context": "https://schema.org", "@type": "NewsArticle", "headline": item.title, "datePublished": at,
            "author": {"@type": "Person", "name": item.author}, "publisher": {"@type": "Organization", "name": paper},
        }  # fmt: skip
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | {paper}</title>'
            f'<link rel="canonical" href="{url}"><meta property="og:title" content="{title}">'
            f'<meta property="og:type" content="article"><meta property="article:published_time" content="{at}">'
            f'<meta name="author" content="{html.escape(item.author)}">'
            f'<script type="application/ld+json">{json.dumps(told)}</script><style>{around["css"]}</style>'
            f"<script>var PAGE={around['slots']};</script></head><body><header><nav><ul>{around['menu']}</ul></nav>"
            '</header><div class="banner"><p>This site and its partners keep cookies.</p><button>Agree</button></div>'
            f'<main><article><h1>{title}</h1><div class="byline">By {html.escape(item.author)} '
            f'<time datetime="{at}">{at[:10]}</time></div>\n{self.body(item)}\n<div class="share"><a href="#">Share</a>'
            ' <a href="#">Print</a></div></article><aside class="related">'
            f"<h2>More stories</h2>{around['cards']}</aside>"
            f'<section class="comments"><h2>Comments</h2><ul>{around["said"]}</ul></section></main>'
            f"<footer>{around['foot']}</footer></body></html>"
        ).encode()


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
