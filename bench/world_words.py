"""The words of bench/world.py: frames in plain English, names that nobody bears. All invented for it."""

from __future__ import annotations

import random

HEADS = "b d f g h k l m n p r s t v z br dr gr kl pr st tr sh th wh".split()
MIDDLES = "a e i o u ai ea ou".split()
TAILS = ["", "", "n", "r", "s", "l", "th", "nd", "ck"]
PAPERS = "Post Herald Tribune Journal Chronicle Gazette Mirror Observer Courier Echo".split()
SECTIONS = "politics business science health sport technology environment culture world local".split()
BODIES = (
    "ministry council court union railway board hospital university regulator agency airline club museum port police "
    "parliament commission laboratory bank federation"
).split()
# Each matter and each act twice, for those who tell it in words of their own.
MATTERS = (
    ("budget plan", "spending bill"), ("trade pact", "customs deal"), ("rail line", "train route"),
    ("vaccine study", "clinical trial"), ("flood wall", "river barrier"), ("cup final", "deciding match"),
    ("merger", "takeover"), ("peace talks", "truce negotiations"), ("chip plant", "semiconductor factory"),
    ("wildfire", "forest fire"), ("pension reform", "retirement law"), ("satellite launch", "rocket flight"),
    ("data leak", "records breach"), ("housing scheme", "homes programme"), ("fishing limit", "catch quota"),
    ("strike", "walkout"), ("bridge repair", "viaduct works"), ("school closure", "end of the school"),
)  # fmt: skip
ACTS = (
    ("approves", "backs"), ("rejects", "turns down"), ("opens", "starts"), ("halts", "suspends"),
    ("warns of", "cautions about"), ("delays", "puts off"), ("widens", "extends"), ("investigates", "looks into"),
    ("defends", "stands by"), ("abandons", "gives up"),
)  # fmt: skip
TITLES = (
    "{body} {act} {matter} in {place}",
    "{place}: {matter} leaves {number} waiting as {body} {act} it",
    "{matter} in {place}: what {body} said about it",
    "{person} of {body} says {number} are touched by the {matter}",
    "After {number} days, {body} {act} the {matter}",
)
# {0} to {5}: rare words of the event. The second form tells the same in other words.
FACTS = (
    (
        "The {body} {act} the {matter} in {place}, where {count} people live beside the {0} and the {1} works.",
        "In {place} the {body} {act} the {matter}; beside the {0} and the {1} works there live {count} people.",
    ),
    (
        "“We did not expect the {0} to fail so soon,” {person} said after {count} hours of talks about the {2}.",
        "{person} told reporters that nobody had thought the {0} would fail, after {count} hours about the {2}.",
    ),
    (
        "About {count} households in the {3} quarter were told to keep their {1} closed until the evening.",
        "Until the evening {count} households of the {3} quarter had to keep their {1} closed.",
    ),
    (
        "{other}, who leads the {4} group, called the decision a mistake and asked for {count} more inspectors.",
        "It was a mistake, said {other} of the {4} group, who wants {count} more inspectors.",
    ),
    (
        "According to the {body}, the {5} cost {count} million more than the plan of the {2} office had foreseen.",
        "The {2} office had planned for less: by the {body}'s own count the {5} cost {count} million more.",
    ),
    (
        "Officials in {place} put the figure at {count}, and said that the {0} and the {3} were not counted in it.",
        "The figure is {count}, officials of {place} said, without the {0} and the {3}.",
    ),
    (
        "The {matter} follows {count} days of argument over the {4}, the {1} and the road to the {5}.",
        "For {count} days there had been argument over the {4}, the {1} and the road to the {5}.",
    ),
    (
        "A report that the {2} institute published in spring had found {count} faults in the {0} of the region.",
        "The {2} institute had found {count} faults in the {0} of the region; its report came out in spring.",
    ),
    (
        "Shops near the {5} stayed open, but {count} buses on the {3} route were sent round by the old harbour.",
        "While shops near the {5} stayed open, {count} buses of the {3} route went round by the old harbour.",
    ),
    (
        "{person} will meet the {4} committee on Thursday, and a vote with {count} members is due after that.",
        "A vote of {count} members is due once {person} has met the {4} committee on Thursday.",
    ),
)


def name(chance: random.Random) -> str:
    """A place's or a paper's name."""
    return rare(chance).capitalize()


def person(chance: random.Random) -> str:
    return f"{rare(chance).capitalize()} {rare(chance).capitalize()}"


def body(chance: random.Random) -> str:
    return f"{rare(chance).capitalize()} {chance.choice(BODIES)}"


def rare(chance: random.Random) -> str:
    """An invented word of one to three syllables; some come up often, as in a language."""
    # Drawn by a square, so that a few syllables make up much of what is said.
    parts = []
    for _ in range(chance.choice((2, 2, 3))):
        parts.append(HEADS[int(len(HEADS) * chance.random() ** 2)] + chance.choice(MIDDLES))
    return "".join(parts) + chance.choice(TAILS)


def background(chance: random.Random) -> tuple[int, int, tuple[str, ...]]:
    """A sentence of the publisher's own, which no other telling has."""
    return chance.randrange(len(FACTS)), chance.randint(2, 900), tuple(rare(chance) for _ in range(6))
