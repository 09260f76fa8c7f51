"""Feeds and pages of loopback that carry attacks, as many together as do not hide one another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.vectors import Case, filled, packed
from tests.site.loopback import Answer, Site

ITEM = re.compile(r"<(item|entry)>(.*)</\1>", re.S)
ITEMS_A_FEED = 60
ADDRESS = re.compile("link|-url|permalink|content-src")
FIELDS = (
    ("channel", "channel"), ("xml-base", "base"), ("media-title", "media title"), ("title|jsonld", "title"),
    ("content-src", "elsewhere"), ("description|content|summary|body", "text"), ("author|creator", "author"),
    ("canonical", "canonical"), ("permalink|link|-url", "link"), ("category|tags", "tags"),
    ("image|thumbnail", "picture"),
)  # fmt: skip
SYLLABLES = "bar dol ven mir sta gol pra tun lek ros fin dar mel kov tas win hol ber nat pel".split()
MADE_UP = "The council of {0} met the builders of {1} on Monday about the bridge at {2} and put the work off."


class Carriers:
    """What is served, and what a site is to follow of it."""

    def __init__(self, site: Site, scratch: Path) -> None:
        self.site, self.scratch = site, scratch
        self.feeds: list[str] = []  # addresses, one publisher each
        self.lists: list[str] = []  # OPML files
        self.broken: list[str] = []  # addresses of feeds that answer with an attack
        self.count = 0

    def carry(self, cases: list[Case]) -> None:
        """Serve all cases that come by a feed, a page or a list of feeds."""
        of = {
            form: [case for case in cases if case.slot.form == form] for form in ("rss", "atom", "json", "html", "opml")
        }
        for form in ("rss", "atom"):
            inside = [case for case in of[form] if _is_inside(case)]
            outside = [case for case in of[form] if not _is_inside(case)]
            self._feeds(form, [self._xml_item(group) for group in _together(inside)])
            for group in packed(outside, FIELDS):
                self._whole(group)
        self._json_feeds([self._json_item(group) for group in _together(of["json"])])
        self._feeds("rss", [self._item_of_page(group) for group in packed(of["html"], FIELDS)])
        for group in packed(of["opml"], ()):
            self._list(group)

    def carry_pages(self, pages: list[bytes]) -> None:
        """Feeds that lead to these pages."""
        items = []
        for body in pages:
            number = self._next()
            self.site.answers[f"/page/{number}"] = Answer(body)
            items.append(f"<item><link>{self.site.url(f'/page/{number}')}</link><guid>{number}</guid></item>")
        self._feeds("rss", items)

    def carry_answers(self, cases: list[Case]) -> None:
        """Feeds whose answer is the attack: as the server's banner, or as the body of an error or of no feed."""
        for place, case in enumerate(cases):
            words = "".join(letter for letter in case.words if letter.isprintable()).encode("latin-1", "ignore")
            path = f"/broken/{case.number}"
            status = (200, 500, 403)[place % 3]
            headers = {"Server": words.decode("latin-1"), "Retry-After": words.decode("latin-1")}
            self.site.answers[path] = Answer(case.words.encode("utf-8", "replace"), "text/html", status, headers)
            self.broken.append(self.site.url(path))

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _named(self, number: int) -> list[str]:
        """Three made-up names that no other item has."""
        parts = [SYLLABLES[number // len(SYLLABLES) ** power % len(SYLLABLES)] for power in range(3)]
        return [
            f"{''.join(parts[turn:] + parts[:turn])}{end}".capitalize() for turn, end in enumerate(("ia", "or", "um"))
        ]

    def _title(self, number: int) -> str:
        one, other, third = self._named(number)
        return f"{one} puts the bridge of {third} off, says {other}"

    def _text(self, number: int) -> str:
        return MADE_UP.format(*self._named(number))

    def _xml_item(self, group: list[Case]) -> str:
        """One item with all of the group's fields, and what an item needs where none of them gives it."""
        number = self._next()
        inner = ""
        for case in group:
            said = ITEM.search(case.slot.template)
            assert said, case.slot.id
            inner += filled(_without(said.group(2)), case.words)
        is_atom = group[0].slot.form == "atom"
        if not re.search(r"<title[ >]", inner):
            inner += f"<title>{self._title(number)}</title>"
        if "<guid" not in inner and not is_atom:
            inner += f"<guid isPermaLink='false'>{number}</guid>"
        if not re.search(r"<(description|content:encoded|content|summary)[ >]", inner):
            name = "summary" if is_atom else "description"
            inner += f"<{name}>{self._text(number)}</{name}>"
        if "<link" not in inner and 'isPermaLink="true"' not in inner:
            url = self.site.url(f"/item/{number}")
            inner += f'<link href="{url}"/>' if is_atom else f"<link>{url}</link>"
        if not is_atom:
            return f"<item>{inner}</item>"
        return f"<entry><id>{number}</id><updated>2026-11-20T09:00:00Z</updated>{inner}</entry>"

    def _feeds(self, form: str, items: list[str]) -> None:
        for start in range(0, len(items), ITEMS_A_FEED):
            number = self._next()
            body = "".join(items[start : start + ITEMS_A_FEED])
            self._serve(f"/feed/{number}", _frame(form, f"The {self._named(number)[0]} Post", body), "application/xml")

    def _whole(self, group: list[Case]) -> None:
        """A feed of its own, with what stands around its items."""
        number = self._next()
        template = group[0].slot.template
        around = "".join(_around(case.slot.template) for case in group[1:])
        said = ITEM.search(template)
        assert said, template
        tag = said.group(1)
        item = self._xml_item_alone(number, tag, template)
        parts = [filled(template[: said.start()], group[0].words)]
        parts += [filled(_around(case.slot.template), case.words) for case in group[1:] if around]
        self._serve(f"/feed/{number}", "".join(parts) + item + template[said.end() :], "application/xml")

    def _xml_item_alone(self, number: int, tag: str, template: str) -> str:
        has_base = "xml:base" in template
        link = "x" if has_base else self.site.url(f"/item/{number}")
        if tag == "item":
            return (
                f"<item><title>{self._title(number)}</title><link>{link}</link>"
                f"<description>{self._text(number)}</description></item>"
            )
        return (
            f"<entry><id>{number}</id><updated>2026-11-20T09:00:00Z</updated><title>{self._title(number)}</title>"
            f'<link href="{link}"/><content type="html">{self._text(number)} &lt;a href="y"&gt;z&lt;/a&gt;</content></entry>'
        )

    def _json_item(self, group: list[Case]) -> dict[str, object]:
        number = self._next()
        item: dict[str, object] = {}
        for case in group:
            [said] = json.loads(filled(case.slot.template, case.words))["items"]
            item |= {key: value for key, value in said.items() if key not in item or key != "content_text"}
        if "content_html" in item:
            item.pop("content_text", None)
        elif item.get("content_text") == "x":
            item["content_text"] = self._text(number)
        item["id"] = str(number)
        item.setdefault("title", self._title(number))
        if "external_url" not in item:
            item.setdefault("url", self.site.url(f"/item/{number}"))
        return item

    def _json_feeds(self, items: list[dict[str, object]]) -> None:
        for start in range(0, len(items), ITEMS_A_FEED):
            number = self._next()
            said = {"version": "https://jsonfeed.org/version/1.1", "title": f"The {self._named(number)[0]} Post"}
            body = json.dumps({**said, "items": items[start : start + ITEMS_A_FEED]})
            self._serve(f"/feed/{number}", body, "application/feed+json")

    def _item_of_page(self, group: list[Case]) -> str:
        """An item that leads to a page with all of the group's fields."""
        number = self._next()
        heads = "".join(_head(case) for case in group)
        bodies = [_body(case) for case in group if "{raw}" in case.slot.template]
        paragraphs = "".join(f"<p>{self._text(number + turn)}</p>" for turn in range(3))
        body = bodies[0] if bodies else f"<article><h1>{self._title(number)}</h1>{paragraphs}</article>"
        page = f"<html><head>{heads}</head><body>{body}</body></html>"
        self.site.answers[f"/page/{number}"] = Answer(page.encode("utf-8", "replace"))
        url = self.site.url(f"/page/{number}")
        return f"<item><title>{self._title(number)}</title><guid isPermaLink='false'>{number}</guid><link>{url}</link></item>"

    def _list(self, group: list[Case]) -> None:
        number = self._next()
        feed = _frame("rss", "", self._xml_item_alone(number, "item", ""))
        self._serve(f"/feed/{number}", feed, "application/xml", is_followed=False)
        path = self.scratch / f"list-{number}.opml"
        title, outline = "<title>t</title>", f'<outline text="x" xmlUrl="{self.site.url(f"/feed/{number}")}"/>'
        for case in group:
            said = re.search(r"<outline[^>]*>", case.slot.template)
            if said and "{" in said.group():
                outline = re.sub(r'xmlUrl="[^"]*"', f'xmlUrl="{self.site.url(f"/feed/{number}")}"', said.group())
                outline = filled(outline, case.words)
            else:
                title = f"<title>{filled('{xml}', case.words)}</title>"
        path.write_text(f'<opml version="2.0"><head>{title}</head><body>{outline}</body></opml>', "utf-8", "replace")
        self.lists.append(str(path))

    def _serve(self, path: str, body: str, media_type: str, *, is_followed: bool = True) -> None:
        self.site.answers[path] = Answer(body.encode("utf-8", "replace"), media_type)
        if is_followed:
            self.feeds.append(self.site.url(path))


def _is_inside(case: Case) -> bool:
    """Whether the attack stands within the item, not around it."""
    said = ITEM.search(case.slot.template)
    return bool(said and re.search(r"\{[a-z_0-9]+\}", said.group(2)))


def _without(inner: str) -> str:
    """An item's fields less the plain ones that every item of the data set has."""
    return re.sub(r"<guid>1</guid>|<title>a</title>|<id>1</id>|<updated>[^<]*</updated>", "", inner)


def _around(template: str) -> str:
    """The fields before the item in which an attack stands."""
    said = ITEM.search(template)
    before = template[: said.start()] if said else template
    found = re.search(r"<(\w+)[^<>]*>(?:[^<]*\{\w+\}[^<]*)</\1>", before)
    return found.group() if found else ""


def _head(case: Case) -> str:
    said = re.search(r"<head>(.*)</head>", case.slot.template, re.S)
    return filled(said.group(1).replace("<title>t</title>", ""), case.words) if said else ""


def _body(case: Case) -> str:
    said = re.search(r"<body>(.*)</body>", case.slot.template, re.S)
    return filled(said.group(1), case.words) if said else ""


def _frame(form: str, title: str, body: str) -> str:
    """A feed around these items, with the names of elements that they may have."""
    spaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    )
    if form == "atom":
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><id>u</id><title>{title}</title><updated>2026-11-20T09:00:00Z</updated>{body}</feed>'
    return f'<rss version="2.0" {spaces}><channel><title>{title}</title><link>https://example.com/</link>{body}</channel></rss>'


def _together(cases: list[Case]) -> Iterator[list[Case]]:
    """Groups of one item each: an address that cannot be read may lose its item, so addresses are by themselves."""
    addresses = [case for case in cases if ADDRESS.search(case.slot.id)]
    yield from packed([case for case in cases if case not in addresses], FIELDS)
    yield from packed(addresses, FIELDS)
