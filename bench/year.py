"""`python -m bench.year [--share F] [--seed N]`: a year of the world's news, invented, through the product's own rules.

Two parts: feeds by the rule of when each is looked at next, their articles
placed as they come; and the index of open stories asked at growing sizes.
Prints both as tables; docs/scale.md says what follows from them.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime

from bench import year_feeds, year_stories

SHARE = 0.001
PLACED = 5  # of so many feeds one's articles are placed
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
PARTS = ("year", "open", "candidates")
ASKED = 200
CPU_MOST_S = 180.0


def main(argv: Sequence[str] | None = None) -> int:
    """Print what was found; 1 where what is lost, what an article costs or what is found breaks its limit."""
    asked = _parser().parse_args(argv)
    _set_up()
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}, Python {platform.python_version()}"
    print(f"{year_stories.now()}, {machine}, seed {asked.seed}.")
    problems = _print_year(asked) if "year" in asked.part else []
    if "open" in asked.part:
        problems += _print_open(asked)
    if "candidates" in asked.part:
        problems += _print_candidates(asked)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.year", description=__doc__)
    parser.add_argument("--share", type=float, default=SHARE, help=f"of the world's feeds, above 0 to 1 ({SHARE})")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--open", type=_sizes, default=SIZES, metavar="N,N,…", help="open stories, growing")
    parser.add_argument("--cpu-s", type=float, default=CPU_MOST_S, help="no further size past this processor time")
    parser.add_argument("--part", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--same-words", action="store_true", help="the rare words of a language do not grow with it")
    parser.add_argument("--keep", action="store_true", help="forget no story that rests, over the year")
    parser.add_argument("--most", type=float, default=4.0, help="fail where an article costs more than so many times")
    parser.add_argument("--lost", type=float, default=0.01, help="fail where more of the articles are never seen")
    parser.add_argument(
        "--least", type=float, default=0.5, help="fail where less than this share of open stories is found"
    )
    return parser


def _sizes(told: str) -> tuple[int, ...]:
    return tuple(sorted(int(one) for one in told.split(",")))


def _set_up() -> None:
    """Django's models, with a data folder of their own; no row is read or written."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    os.environ.setdefault("BACKSTORY_DATA", tempfile.mkdtemp(prefix="year-"))
    import django

    django.setup()


def _print_year(asked: argparse.Namespace) -> list[str]:
    """The table; what is over its limit."""
    feeds = max(1, round(year_feeds.FEEDS * asked.share))
    year = year_feeds.simulate(feeds=feeds, days=asked.days, seed=asked.seed)
    placed = sorted(at for times in year.arrivals[::PLACED] for at in times)
    lived = _lived(placed, asked)
    print(f"\n{feeds} of {year_feeds.FEEDS:,} feeds ({asked.share:g}), {asked.days} days, {year.cpu_s:.0f} CPU s; "
          f"{len(placed):,} articles placed.\n")  # fmt: skip
    print("| days | articles a day | looks a day | unchanged | late, median | late, 95 of 100 | lost | busiest hour "
          "| placed | ms each | open stories | with their own | with another's |")  # fmt: skip
    print("|---" * 13 + "|")
    for number, (month, there) in enumerate(zip(year.months, lived, strict=False)):
        days = min(year_feeds.MONTH_DAYS, asked.days - number * year_feeds.MONTH_DAYS)
        print(
            f"| {number * year_feeds.MONTH_DAYS + 1} to {number * year_feeds.MONTH_DAYS + days} "
            f"| {month.items / days:,.0f} | {month.looks / days:,.0f} | {month.unchanged / month.looks:.0%} "
            f"| {month.late(0.5):.0f} min | {month.late(0.95):.0f} min | {month.lost / max(1, month.items):.2%} "
            f"| {month.busiest:.2f} x | {there.articles:,} | {there.ms:.2f} | {there.stories:,} "
            f"| {there.right:.1%} | {there.mixed:.1%} |"
        )
    lost = sum(month.lost for month in year.months) / max(1, sum(month.items for month in year.months))
    if lost <= asked.lost:
        return []
    return [f"{lost:.1%} of the articles slid out of their feeds between two looks; --lost {asked.lost:g}."]


def _lived(placed: Sequence[datetime], asked: argparse.Namespace) -> list[year_stories.Lived]:
    return year_stories.live(placed, seed=asked.seed, month_days=year_feeds.MONTH_DAYS, forgets=not asked.keep)


def _print_open(asked: argparse.Namespace) -> list[str]:
    """The table; what is over its limit."""
    grows = not asked.same_words
    print(f"\nStories as they are held. {_words(asked)}\n")
    print("| open stories | ms an article | of it the candidates | candidates | their story found "
          "| of the oldest tenth | ms to take one in | kB a story |")  # fmt: skip
    print("|---" * 8 + "|")
    found: list[year_stories.Asked] = []
    for one in year_stories.growth(asked.open, asked=ASKED, seed=asked.seed, cpu_most_s=asked.cpu_s, grows=grows):
        found.append(one)
        print(
            f"| {one.stories:,} | {one.ms:.2f} | {one.look_up_ms:.3f} | {one.candidates:.1f} | {one.found:.0%} "
            f"| {one.found_oldest:.0%} | {one.fill_ms:.2f} | {one.kb:.1f} |",
            flush=True,
        )
    problems = []
    if found[-1].ms > asked.most * found[0].ms:
        problems.append(
            f"{found[-1].stories:,} open stories: an article costs {found[-1].ms / found[0].ms:.1f} times what it does "
            f"among {found[0].stories:,}; --most {asked.most:g}."
        )
    return problems + [
        f"{one.stories:,} open stories: {one.found:.0%} of the articles find theirs; --least {asked.least:g}."
        for one in found
        if one.found < asked.least
    ]


def _print_candidates(asked: argparse.Namespace) -> list[str]:
    print(f"\nThe look-up of candidates alone. {_words(asked)}\n")
    print("| open stories | ms an article | candidates | their story among them | of the oldest tenth |")
    print("|---" * 5 + "|")
    problems = []
    for one in year_stories.candidates(
        asked.open, asked=ASKED, seed=asked.seed, cpu_most_s=asked.cpu_s, grows=not asked.same_words
    ):
        print(
            f"| {one.stories:,} | {one.ms:.3f} | {one.candidates:.1f} | {one.found:.0%} | {one.found_oldest:.0%} |",
            flush=True,
        )
        if one.found < asked.least:
            problems.append(
                f"{one.stories:,} open stories: {one.found:.0%} are among the candidates of their articles; "
                f"--least {asked.least:g}."
            )
    return problems


def _words(asked: argparse.Namespace) -> str:
    rare = year_stories.rare_words(max(asked.open), grows=not asked.same_words)
    return f"{rare:,} rare words, {'as a language of so many stories has' if not asked.same_words else 'always'}."


if __name__ == "__main__":
    sys.exit(main())
