"""Opens pages in Chromium and tells what ran, what was asked of others, and what stands there that may not."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --no-proxy-server"
).split()
KEEP_TO_LOOPBACK = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
AT_ONCE = 2
LOAD_MOST_MS = 90_000
NEW_BROWSER_AFTER = 60  # bound pages; what Chromium holds grows
LOOKING = (Path(__file__).parent / "looking.js").read_text("utf-8")
TELLING = (Path(__file__).parent / "telling.js").read_text("utf-8")
NETWORK = ("http", "https", "ws", "wss", "ftp")


@dataclass(frozen=True, slots=True)
class Page:
    """What is opened, by whom: the cookies of who is signed in."""

    path: str
    cookies: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Seen:
    """What a page did.

    ran: calls of dialogs. asked: addresses of others. odd: elements and
    attributes that the site does not write. shown: the signs it holds. blocked:
    what the policy stopped. cookies: of the window when it was looked at.
    """

    page: Page
    ran: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    shown: set[int] = field(default_factory=set)
    cookies: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Watching:
    """How pages are looked at.

    has_policy False: the site's Content-Security-Policy does not count. wait_ms:
    how long it is waited for what comes after loading. known: element to
    attributes, all that may stand there; None: all may. bound: where the paths
    of bound pages are told (attacked_web).
    """

    base: str
    bound: Path
    has_policy: bool = True
    wait_ms: int = 0
    known: dict[str, list[str]] | None = None
    together: int = 25


def chromium() -> str:
    """The path of a Chromium. Raises FileNotFoundError where there is none."""
    found = os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), "")
    if not found:
        raise FileNotFoundError("no Chromium here; install it or name it in CHROMIUM")
    return found


def watch(pages: Iterable[Page], how: Watching) -> list[Seen]:
    """Open them all, many bound into one, those that cannot be by themselves; what each did."""
    with ThreadPoolExecutor(1) as threads:  # in this one a browser of other tests may have its loop
        return threads.submit(asyncio.run, _watch(list(pages), how)).result()


async def _watch(pages: list[Page], how: Watching) -> list[Seen]:
    from playwright.async_api import async_playwright

    waiting = _bound(pages, how)
    how.bound.write_text(json.dumps([[page.path for page in group] for group in waiting]), "utf-8")
    queue = list(enumerate(waiting))[::-1]
    seen: list[Seen] = []
    async with async_playwright() as playwright:
        while queue:
            some = [queue.pop() for _ in range(min(NEW_BROWSER_AFTER, len(queue)))][::-1]
            browser = await playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, KEEP_TO_LOOPBACK])
            await asyncio.gather(*(_windows(browser, some, how, seen) for _ in range(AT_ONCE)))
            await browser.close()
    return seen


def _bound(pages: list[Page], how: Watching) -> list[list[Page]]:
    """Pages of HTML together, by who opens them; feeds and data alone."""
    alike: dict[tuple[tuple[str, str], ...], list[Page]] = {}
    groups = [[page] for page in pages if is_alone(page.path) or how.together == 1]
    for page in pages:
        if how.together > 1 and not is_alone(page.path):
            alike.setdefault(page.cookies, []).append(page)
    for some in alike.values():
        groups += [some[start : start + how.together] for start in range(0, len(some), how.together)]
    return groups


def is_alone(path: str) -> bool:
    """Whether it is no page of HTML."""
    is_data = path.partition("?")[0].endswith((".xml", ".json", ".opml", ".txt", ".webmanifest"))
    return not path.startswith("/as-apps-show-it/") and (is_data or path.startswith("/api/"))


async def _windows(browser: Any, queue: list[tuple[int, list[Page]]], how: Watching, seen: list[Seen]) -> None:
    """One window a person, until nothing waits."""
    windows: dict[tuple[tuple[str, str], ...], Window] = {}
    while queue:
        number, group = queue.pop()
        cookies = group[0].cookies
        if cookies not in windows:
            windows[cookies] = Window(browser, how, cookies)
            await windows[cookies].open()
        seen += await windows[cookies].look(number, group)


class Window:
    """A window of the browser that tells what it does."""

    def __init__(self, browser: Any, how: Watching, cookies: tuple[tuple[str, str], ...]) -> None:
        self.browser, self.how, self.cookies = browser, how, cookies
        self.seen: list[Seen] = []

    async def open(self) -> None:
        self.context = await self.browser.new_context(bypass_csp=not self.how.has_policy, service_workers="block")
        await self.context.add_cookies(
            [{"name": name, "value": value, "url": self.how.base} for name, value in self.cookies]
        )
        await self.context.expose_binding("__ran", self._ran)
        await self.context.add_init_script(TELLING)
        self.context.on("request", self._asked)
        self.context.on("dialog", self._dialog)
        self.page = await self.context.new_page()

    async def look(self, number: int, group: list[Page]) -> list[Seen]:
        """What a group did; one that was led away or stopped is opened page by page."""
        if len(group) == 1:
            return [await self._alone(group[0])]
        self.seen = [Seen(page) for page in group]
        try:
            await self.page.goto(f"{self.how.base}/bound/{number}", timeout=LOAD_MOST_MS, wait_until="load")
            if self.how.wait_ms:
                await self.page.wait_for_timeout(self.how.wait_ms)
            looked = await self.page.evaluate(LOOKING, [self.how.known, True])
            if len(looked["frames"]) != len(group):
                raise ValueError("frames went away")
        except Exception:
            ran = {seen.page: seen for seen in self.seen if seen.ran or seen.asked}
            await self._anew()
            return [ran.get(page) or await self._alone(page) for page in group]
        cookies = len(await self.context.cookies())
        for seen, told in zip(self.seen, looked["frames"], strict=True):
            seen.cookies = cookies
            _take(seen, told)
            seen.problem = "answered 5xx" if seen.page.path in looked["failed"] else ""
        await self._close_others()
        return self.seen

    async def _alone(self, page: Page) -> Seen:
        seen = Seen(page)
        self.seen = [seen]
        try:
            answer = await self.page.goto(f"{self.how.base}{page.path}", timeout=LOAD_MOST_MS, wait_until="load")
            if self.how.wait_ms and not seen.ran:
                await self.page.wait_for_timeout(self.how.wait_ms)
            if answer is None or answer.status >= 500:
                seen.problem = f"answered {answer.status if answer else 'nothing'}"
            looked = await self.page.evaluate(LOOKING, [self.how.known, False])
            _take(seen, looked["frames"][0])
            seen.cookies = len(await self.context.cookies())
        except Exception as error:
            if "Download is starting" not in str(error):
                seen.problem = f"{type(error).__name__}: {str(error)[:200]}"
            await self._anew()
        await self._close_others()
        return seen

    async def _anew(self) -> None:
        with suppress(Exception):
            await self.page.close()
        self.page = await self.context.new_page()

    async def _close_others(self) -> None:
        for page in self.context.pages:
            if page is not self.page:
                with suppress(Exception):
                    await page.close()

    def _of(self, frame: Any) -> Seen | None:
        """Whose frame it is, or a frame within it."""
        while frame is not None:
            if frame.name.isdecimal() and int(frame.name) < len(self.seen):
                return self.seen[int(frame.name)]
            frame = frame.parent_frame
        return self.seen[0] if len(self.seen) == 1 else None

    def _ran(self, source: dict[str, Any], what: str) -> None:
        seen = self._of(source["frame"])
        if seen is not None:
            (seen.blocked if what.startswith("csp ") else seen.ran).append(what)

    async def _dialog(self, dialog: Any) -> None:
        for seen in self.seen:  # which frame opened it is not told
            seen.ran.append(f"dialog {dialog.type}({dialog.message})")
        await dialog.dismiss()

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in NETWORK and f"{parts.scheme}://{parts.netloc}" != self.how.base:
            seen = None
            with suppress(Exception):
                seen = self._of(request.frame)
            for one in [seen] if seen else self.seen:
                one.asked.append(request.url)


def _take(seen: Seen, told: dict[str, Any]) -> None:
    seen.odd = told["odd"]
    seen.shown = {int(sign[2:-1]) for sign in told["shown"]}
