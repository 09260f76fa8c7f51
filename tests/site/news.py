"""Invented news for tests that need whole articles: events, each told by several papers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

FIRST_AT = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)

EVENTS = (
    (
        "Ferry Halda runs aground off Port Meren",
        [
            "The ferry Halda ran aground on Tuesday on the reef off Port Meren with 212 passengers on board.",
            "Harbour master Ilse Torvik said that all passengers were brought ashore in four hours and that nobody was hurt.",
            "The Halda had left Sandwick at six in the morning, an hour late, in thick fog over the Meren Sound.",
            "The Torrin Shipping Line said that it would keep its other ferries in port until divers had looked at the hull.",
            "Inspectors of the coast guard will question the captain, Anders Quill, on Thursday.",
        ],
    ),
    (
        "Parliament of Velmark passes the water law after night of debate",
        [
            "The parliament of Velmark passed the water law by 61 votes to 54 after a debate that went on until four.",
            "Minister Oda Brask said the law would bring clean wells to the northern valleys within three years.",
            "The opposition Harvest Party called the law a gift to the dam builders and promised to go to court.",
            "Farmers from the Ostra valley had blocked the road to the capital Lindhaven for nine days.",
            "The law enters into force in March, and the first permits will be given in May.",
        ],
    ),
    (
        "Astronomers at Mount Sela find a comet that returns each 80 years",
        [
            "Astronomers at the Mount Sela observatory have found a comet that comes back about every 80 years.",
            "The comet, named Sela-Okafor, was seen first by the student Ngozi Okafor on plates made in October.",
            "It will pass the Earth in April at a distance of 48 million kilometres and may be seen without a telescope.",
            "Old chronicles of the Tarn monastery tell of a bright star with a tail in the year 1947.",
            "The observatory will open its dome to visitors on six nights in spring.",
        ],
    ),
    (
        "Quake of magnitude 5.8 shakes Karsa, two bridges closed",
        [
            "An earthquake of magnitude 5.8 shook the town of Karsa before dawn on Wednesday and damaged 140 houses.",
            "Mayor Dilan Yurt said that eleven people were treated for cuts and that two bridges were closed.",
            "The quake lay ten kilometres deep under the Bazan hills, the seismic service in Orhan reported.",
            "Schools stay closed until Monday while engineers look at the walls.",
            "In 1998 a quake of magnitude 6.4 killed 37 people in the same valley.",
        ],
    ),
)
PAPERS = ("The Meren Courier", "Lindhaven Post", "Sound Weekly")


def date_for_rss(moment: datetime) -> str:
    return format_datetime(moment)


def paragraphs_of(event: int, paper: int) -> list[str]:
    """The event as that paper tells it: its own opening, and the facts in its own order."""
    title, facts = EVENTS[event]
    opening = (
        facts[0],
        f"{facts[0]} It is the talk of the day, our reporter writes.",
        f"What is known so far. {facts[0]}",
    )[paper]
    rest = facts[1:] if paper == 0 else [*facts[2:], facts[1]]
    return [opening, *rest]


def title_of(event: int, paper: int) -> str:
    title = EVENTS[event][0]
    return (title, f"{title}: what we know", f"Briefly: {title[0].lower()}{title[1:]}")[paper]


def serve_papers(site, *, papers: int = 3, events: int = 4) -> list[str]:
    """Serve each paper's feed and pages; the feeds' addresses."""
    feeds = []
    for paper in range(papers):
        items = []
        for event in range(events):
            path = f"/{paper}/story-{event}.html"
            site.page(path, title_of(event, paper), paragraphs_of(event, paper))
            at = FIRST_AT + timedelta(days=event, hours=paper)
            items.append(
                {
                    "path": path,
                    "title": title_of(event, paper),
                    "description": EVENTS[event][1][0],
                    "at": date_for_rss(at),
                }
            )
        feeds.append(site.feed(f"/{paper}/feed.xml", items, title=PAPERS[paper]))
    return feeds
