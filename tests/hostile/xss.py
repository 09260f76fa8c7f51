"""Figure 1: attacks on markup in every place that takes words, from feed and form to page, in a real Chromium.

All attacks come by the real way: feeds and pages of loopback that the site
follows and reads, forms and interfaces that are sent to it. Then every page and
feed that shows any of it is opened, with the site's Content-Security-Policy off
(the site's own cleaning alone) and on. Nothing may run, nothing may be asked of
another host, and nothing may stand in a page that no template of the site writes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.hostile import attacked_feeds, vectors, watched_pages
from tests.hostile.attacked_places import ANSWERED, has_place
from tests.hostile.figures import Figure, Run
from tests.hostile.own_markup import own_markup
from tests.hostile.vectors import Case, Slot
from tests.hostile.watched_pages import Page, Seen, Watching
from tests.site import loopback, running, serving

FILL_MOST_S = 4 * 3600
START_S = 180
FOUND_FEWEST = 0.95
LATE_MS = 2500  # what animations and media that fail do, comes after the page is loaded
NAMED_MOST = 8
BOTH_OFF = "sanitiser escaping"
# Invented places for attacks that run: as a reader sees a headline, and as a reader writes.
HEADLINE = Slot(
    "headline", "rss", "<rss><channel><title>t</title><item><title><![CDATA[{cdata}]]></title></item></channel></rss>"
)


@dataclass(frozen=True, slots=True)
class Attacked:
    """A site that was attacked, and what is to be opened of it. cookies: of its administrator and its reader."""

    folder: Path
    pages: list[Page]
    guards_off: str = ""
    cookies: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


def measure(run: Run) -> list[Figure]:
    """Policy off, policy on, what stands in the pages, and whether the harness finds what runs without guards."""
    tried = vectors.cases(run)
    site = attack(tried, run.scratch / "guarded")
    opened = {has_policy: open_pages(site, has_policy=has_policy) for has_policy in (False, True)}
    figures = [what_ran(opened[has_policy], tried, "on" if has_policy else "off") for has_policy in (False, True)]
    return [*figures, what_stands(opened[False], tried), *found_without_guards(run)]


def found_without_guards(run: Run) -> list[Figure]:
    """The attacks that run by themselves, on a site whose cleaning and escaping are taken off."""
    live = run.some([one for one in vectors.vectors(run.hostile) if one.is_live], "live")
    cases = [Case(number, one, HEADLINE) for number, one in enumerate(live, 1)]
    site = attack(cases, run.scratch / "unguarded", guards_off=BOTH_OFF)
    alone = [page for page in site.pages if page.path.startswith("/article/") and "/sentence/" not in page.path]
    off, on = (
        found(open_pages(site, has_policy=policy, wait_ms=LATE_MS, together=1, pages=alone)) for policy in (False, True)
    )
    share = len(off) / len(cases)
    counts = f"{len(cases)} live vectors as headlines, cleaning and escaping off in every process of the site"
    return [
        Figure(
            "XSS, the harness with the guards off",
            f"at least {FOUND_FEWEST:.0%} of the live vectors found",
            f"{len(off)} of {len(cases)} ({share:.1%})",
            share >= FOUND_FEWEST,
            counts,
        ),
        Figure("XSS, guards off, policy on", "0 executed: the policy alone", f"{len(on)} executed", not on, counts),
    ]


def found(seen: Iterable[Seen]) -> set[str]:
    """The pages of articles that ran something: each has one attack for its headline."""
    return {one.page.path for one in seen if one.ran}


def attack(cases: list[Case], folder: Path, *, guards_off: str = "") -> Attacked:
    """A site that was given all cases, by a process of its own, with no name looked up but this machine's."""
    folder.mkdir(parents=True)
    answered = [case for case in cases if case.slot.id in ANSWERED]
    forms = [case for case in cases if case.slot.form == "app" and case.slot.id not in ANSWERED]
    with loopback.serve() as origin:
        carriers = attacked_feeds.Carriers(origin, folder)
        carriers.carry([case for case in cases if case.slot.form != "app"])
        carriers.carry_answers(answered)
        told = [{"slot": case.slot.id, "number": case.number, "words": case.words} for case in forms]
        return fill(folder, carriers, told, guards_off=guards_off)


def fill(
    folder: Path, carriers: attacked_feeds.Carriers, forms: list[dict[str, object]], *, guards_off: str = ""
) -> Attacked:
    """A site that follows what is carried, and whose forms were sent."""
    plan = {
        "data": str(folder / "data"),
        "feeds": carriers.feeds,
        "lists": carriers.lists,
        "broken": carriers.broken,
        "forms": forms,
    }
    (folder / "plan.json").write_text(json.dumps(plan), "utf-8")
    said = subprocess.run(
        [sys.executable, "-m", "tests.hostile.attacked_site", str(folder / "plan.json")],
        cwd=running.ROOT,
        env=_environment(folder, guards_off, allow=carriers.site.host),
        capture_output=True,
        timeout=FILL_MOST_S,
        check=False,
    )
    if said.returncode:
        raise RuntimeError(f"the site could not be filled: {said.stderr.decode()[-3000:]}")
    written = json.loads((folder / "pages.json").read_text("utf-8"))
    cookies = {who: (("sessionid", value),) for who, value in written["cookies"].items()}
    pages = [Page(row["path"], cookies.get(row["who"], ())) for row in written["pages"]]
    return Attacked(folder, list(dict.fromkeys(pages)), guards_off, cookies)


def open_pages(
    site: Attacked, *, has_policy: bool, wait_ms: int = 0, together: int = 25, pages: list[Page] | None = None
) -> list[Seen]:
    """What each page of the site did."""
    with served(site) as base:
        how = Watching(base, site.folder / "bound.json", has_policy, wait_ms, own_markup(), together)
        return watched_pages.watch(site.pages if pages is None else pages, how)


@contextmanager
def served(site: Attacked) -> Iterator[str]:
    """The address of the site while it is served."""
    port = serving.free_port()
    (site.folder / "bound.json").write_text("[]", "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.hostile.attacked_web", f"127.0.0.1:{port}", str(site.folder)],
        cwd=running.ROOT,
        env=_environment(site.folder, site.guards_off),
    )
    until = time.monotonic() + START_S
    try:
        while not serving.get(port, "/healthz"):
            if time.monotonic() > until or process.poll() is not None:
                raise RuntimeError("the attacked site did not start")
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _environment(folder: Path, guards_off: str, *, allow: str = "") -> dict[str, str]:
    more = {
        "BACKSTORY_DATA": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "BACKSTORY_SUPERVISOR": str(os.getpid()),
        "PUBLIC_TEXT": "whole",
    }
    if guards_off:
        places = [str(running.ROOT / "tests" / "hostile" / "unguarded"), os.environ.get("PYTHONPATH", "")]
        more |= {"GUARDS_OFF": guards_off, "PYTHONPATH": os.pathsep.join(filter(None, places))}
    return running.environment(allow, **more)


def what_ran(seen: list[Seen], cases: list[Case], policy: str) -> Figure:
    """Whether anything ran, was asked of another host, failed, or had to be stopped by the policy."""
    ran = [one for one in seen if one.ran]
    asked = [one for one in seen if one.asked]
    failed = [one for one in seen if one.problem]
    # Chromium shows a feed's bare XML in a style of its own, which a policy stops.
    blocked = [one for one in seen if one.blocked and not one.page.path.partition("?")[0].endswith(".xml")]
    named = _named([*ran, *asked, *failed, *blocked], cases)
    got = f"{len(ran)} executed, {len(asked)} outside requests, {len(failed)} pages failed"
    got += f", {len(blocked)} policy reports" if policy == "on" else ""
    is_reached = not (ran or asked or failed or blocked)
    reach = "0 executed, 0 outside requests" + (", 0 policy reports" if policy == "on" else "")
    return Figure(f"XSS, policy {policy}", reach, got + named, is_reached, _counts(seen, cases))


def what_stands(seen: list[Seen], cases: list[Case]) -> Figure:
    """Whether a page holds what the site's own templates do not write."""
    odd = [one for one in seen if one.odd]
    what = sorted({name for one in odd for name in one.odd})
    got = f"{len(what)} kinds on {len(odd)} pages" + (f": {', '.join(what[:NAMED_MOST])}" if what else "")
    return Figure(
        "XSS, what stands in the pages", "0 elements or attributes off the list", got + _named(odd, cases), not odd,
        f"{len(seen):,} pages and feeds against the markup of the site's own templates",
    )  # fmt: skip


def _named(seen: list[Seen], cases: list[Case]) -> str:
    """The first pages, with the attacks they hold."""
    by_number = {case.number: str(case) for case in cases}
    said = []
    for one in seen[:NAMED_MOST]:
        holds = ", ".join(by_number.get(number, "?") for number in sorted(one.shown)[:6])
        what = [*one.ran, *one.asked, *one.blocked, one.problem][:1]
        said.append(f"{one.page.path[:80]} ({''.join(what)[:80]}) holds {holds or 'no sign'}")
    return f" [{'; '.join(said)}]" if said else ""


def _counts(seen: list[Seen], cases: list[Case]) -> str:

    absent = sorted({case.slot.id for case in cases if not has_place(case.slot)})
    placed = [case for case in cases if has_place(case.slot)]
    signed = [case for case in placed if case.words.startswith(f"qz{case.number}z")]
    shown = set().union(*(one.shown for one in seen)) if seen else set()
    return (
        f"{len({case.vector.id for case in cases}):,} vectors in {len({case.slot.id for case in cases})} slots, "
        f"{len(placed):,} of {len(cases):,} placed ({len(absent)} slots the site does not have: {', '.join(absent)}); "
        f"{len(seen):,} pages and feeds opened; of {len(signed):,} that bear a sign {len(shown):,} were seen on a page"
    )
