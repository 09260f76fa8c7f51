"""Row 5: sixteen connections at once, the list page beside a bare Django's, both behind the same server."""

from __future__ import annotations

from bench import filled, load, site
from bench.row import Row, Run, at_most, ratio

ARTICLES = 10_000
FEWEST = 3_000
SECONDS = 5.0
CONNECTIONS = 16
# To the cache of pages, which keeps them for 20 s, each is another page: all are made anew.
ANEW = tuple(f"/?anew={number}" for number in range(3000))
PAGES = {"bare": ("/list",), "made anew": ANEW, "kept": ("/",)}


def measure(run: Run) -> list[Row]:
    held = run.size(ARTICLES, least=FEWEST)
    place = filled.site_of(held, run.site, run.site.parent)
    data = site.copied(place, run.scratch / "data")
    seconds = max(1.0, SECONDS * run.share)
    taken: dict[str, list[load.Loaded]] = {name: [] for name in PAGES}
    log = run.scratch / "web.log"
    with (
        site.web_alone(data, log=log) as ours,
        site.web_alone(data, log=log, is_bare=True) as bare,
    ):
        for _ in range(run.rounds):
            for name, paths in PAGES.items():
                server = bare if name == "bare" else ours
                plan = load.Plan(server.port, paths, seconds, CONNECTIONS)
                taken[name].append(load.run(plan, server.process.pid))
    on = f"{held:,} articles, {run.rounds} rounds of {seconds:.0f} s in turn, gunicorn with 8 threads"
    return summed_up(taken, on=on)


def summed_up(taken: dict[str, list[load.Loaded]], *, on: str) -> list[Row]:
    said = {
        name: f"p99 {load.median_of(many, 'p99_ms'):.0f} ms, p50 {load.median_of(many, 'p50_ms'):.0f} ms, "
        f"{load.median_of(many, 'per_second'):,.0f} requests a second"
        for name, many in taken.items()
    }
    p99 = {name: [one.p99_ms for one in many] for name, many in taken.items()}
    rows = [
        at_most(
            f"List page, {name}: p99 at {CONNECTIONS} connections ÷ bare Django's", 2.0, ratio(p99[name], p99["bare"]),
            ours=said[name], floor=said["bare"], counts=on,
        )
        for name in ("made anew", "kept")
    ]  # fmt: skip
    errors = sum(one.errors for name in ("made anew", "kept") for one in taken[name])
    return [*rows, Row(f"Errors at {CONNECTIONS} connections", "0", f"{errors}", "", errors, errors == 0, on)]
