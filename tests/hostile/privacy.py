"""Figure 13: real article pages, read by the site and opened by a reader and by nobody in particular.

The pages come with all that they came with: their scripts, counters, pictures,
frames and cookies. They are served from loopback, read by the site, and opened
with the Content-Security-Policy off, so that what a page asks for is seen even
where the policy would stop it. Whoever did not sign in is given no cookie.
"""

from __future__ import annotations

import gzip
from pathlib import Path

from newstext.measuring import read_rows
from tests.hostile.attacked_feeds import Carriers
from tests.hostile.figures import Figure, Run
from tests.hostile.watched_pages import Page, Seen, is_alone
from tests.hostile.xss import Attacked, fill, open_pages
from tests.site import loopback

NAMED_MOST = 8
ALSO = ("/about", "/choices", "/search?q=a", "/ask?q=who", "/explain", "/saved", "/keys", "/offline", "/for-you")


def measure(run: Run) -> list[Figure]:
    """Requests and cookies, of a reader and of nobody in particular."""
    pages = real_pages(run.hostile.parent / "extraction", run)
    return look(read_site(pages, run.scratch / "read"), len(pages))


def real_pages(folder: Path, run: Run) -> list[bytes]:
    """The run's share of the real article pages, as they came."""
    rows = [row for row in read_rows(folder / "manifest.jsonl.gz") if row.get("file")]
    return [_page(folder / "html" / Path(row["file"]).name) for row in run.some(rows, "pages")]


def _page(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if path.suffix == ".gz" else body


def read_site(pages: list[bytes], folder: Path) -> Attacked:
    """A site that has read these pages."""
    folder.mkdir(parents=True)
    with loopback.serve() as origin:
        carriers = Carriers(origin, folder)
        carriers.carry_pages(pages)
        return fill(folder, carriers, [])


def look(site: Attacked, count: int) -> list[Figure]:
    """What every page of the site asked for and set."""
    paths = [page.path for page in site.pages if not is_alone(page.path)] + list(ALSO)
    figures = []
    for who, cookies in (("anonymous", ()), ("a reader", site.cookies["reader"])):
        seen = open_pages(site, has_policy=False, pages=[Page(path, cookies) for path in paths])
        figures.append(asked_and_set(who, seen, count, has_cookies=bool(cookies)))
    return figures


def asked_and_set(who: str, seen: list[Seen], count: int, *, has_cookies: bool) -> Figure:
    """Whether a page asked another host for anything, or set a cookie for who did not sign in."""
    asked = [one for one in seen if one.asked]
    failed = [one for one in seen if one.problem]
    cookies = 0 if has_cookies else max((one.cookies for one in seen), default=0)
    named = "; ".join(
        f"{one.page.path[:60]}: {[*one.asked, one.problem][0][:100]}" for one in [*asked, *failed][:NAMED_MOST]
    )
    got = f"{sum(len(one.asked) for one in asked)} third-party requests, {len(failed)} pages failed"
    got += "" if has_cookies else f", {cookies} cookies"
    return Figure(
        f"privacy, {who}",
        "0 third-party requests" + ("" if has_cookies else ", 0 cookies"),
        got + (f" [{named}]" if named else ""),
        not (asked or failed or cookies),
        f"{count:,} real article pages read, {len(seen):,} pages opened, policy off",
    )
