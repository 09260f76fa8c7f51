"""./run shots: every kind of page at three widths, light and dark, in both languages, on contact sheets to look at."""

from __future__ import annotations

import argparse
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

from newsroom.commands.test import ROOT, chromium

WIDTHS = (390, 768, 1280)
SCHEMES = ("light", "dark")
LANGUAGES = ("en", "ar")
TALLEST = 2600
START_S = 60
# A page's address, or what to click on the page before it: (address, selector of a link).
PAGES: dict[str, tuple[str, ...]] = {
    "front": ("/",),
    "section": ("/section/world",),
    "countries": ("/countries",),
    "story": ("/search?q=Kestrel+dam+burst", ".results a[href^='/story/']"),
    "article": ("/search?q=Kestrel+dam+burst", ".results a[href^='/article/']"),
    "hashtags": ("/hashtags",),
    "hashtag": ("/hashtag/velmark",),
    "between": ("/between/karsa/velmark",),
    "edition": ("/edition",),
    "search": ("/search?q=dam",),
    "nothing found": ("/search?q=xylophone",),
    "ask": ("/ask?q=How+many+people+died+in+Ostra%3F",),
    "explain": ("/explain",),
    "publishers": ("/publishers",),
    "publisher": ("/publisher/sample-tidewire",),
    "publisher's health": ("/publisher/sample-tidewire/health",),
    "about": ("/about",),
    "health": ("/health",),
    "choices": ("/choices",),
    "not found": ("/no/such/page",),
}
SHEET = """<!doctype html><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 16px sans-serif; margin: 16px; background: #777; color: #fff; }}
body {{ display: flex; flex-wrap: wrap; gap: 16px; align-items: start; }}
figure {{ margin: 0; }} img {{ display: block; zoom: .5; }} figcaption {{ padding: 4px 0; }}
</style>{figures}"""


def main(argv: list[str]) -> int:
    """Write one contact sheet a kind of page; 1 where a page could not be had."""
    parser = argparse.ArgumentParser(prog="./run shots", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of: {', '.join(PAGES)} (default: all)")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "shots", help="folder (default: var/shots)")
    options = parser.parse_args(argv)
    if unknown := [kind for kind in options.kinds if kind not in PAGES]:
        parser.error(f"no kind of page {', '.join(unknown)}. There are: {', '.join(PAGES)}.")
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        print("./run shots: playwright is not installed. ./run test brings it.", file=sys.stderr)
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    failed = 0
    with serving() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium() or None, args=["--no-sandbox"])
        for kind in options.kinds or PAGES:
            try:
                print(shoot(browser, address, kind, options.out), flush=True)
            except Error as error:
                failed += 1
                print(f"./run shots: {kind}: {str(error).splitlines()[0]}", file=sys.stderr)
        browser.close()
    return 1 if failed else 0


def shoot(browser: Any, address: str, kind: str, out: Path) -> Path:
    """Photograph a page in all ways; where its sheet is."""
    name = re.sub(r"\W+", "-", kind)
    figures = []
    for language in LANGUAGES:
        for scheme in SCHEMES:
            for width in WIDTHS:
                context = browser.new_context(
                    base_url=address,
                    locale=language,
                    color_scheme=scheme,
                    viewport={"width": width, "height": 900},
                )
                page = context.new_page()
                open_page(page, kind)
                height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
                path = out / f"{name}-{language}-{scheme}-{width}.png"
                clip = {"x": 0, "y": 0, "width": width, "height": height}
                page.screenshot(path=path, full_page=True, clip=clip)
                context.close()
                figures.append((path.name, f"{language}, {scheme}, {width}"))
    html = "".join(
        f'<figure><img src="{escape(src)}"><figcaption>{said}</figcaption></figure>' for src, said in figures
    )
    (out / f"{name}.html").write_text(SHEET.format(title=escape(kind), figures=html), encoding="utf-8")
    sheet = browser.new_page(viewport={"width": 2600, "height": 900})
    sheet.goto((out / f"{name}.html").as_uri())
    sheet.screenshot(path=out / f"{name}.png", full_page=True)
    sheet.close()
    return out / f"{name}.png"


def open_page(page: Any, kind: str) -> None:
    """Go to a page of that kind."""
    address, *links = PAGES[kind]
    page.goto(address)
    for link in links:
        page.goto(page.locator(link).first.get_attribute("href"))


@contextmanager
def serving() -> Iterator[str]:
    """The address of a site with the sample edition, while it is served."""
    with tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, "BACKSTORY_DATA": data, "STARTING_PUBLISHERS": "no", "DATABASE_URL": ""}
        call = [sys.executable, "-m", "newsroom"]
        subprocess.run([*call, "sample", "--data", data], cwd=ROOT, env=environment, check=True)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        process = subprocess.Popen([*call, "serve", "--data", data, "--port", str(port)], cwd=ROOT, env=environment)
        try:
            _wait(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def _wait(port: int) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
        finally:
            connection.close()
    raise TimeoutError(f"The site did not answer on port {port} within {START_S} s.")
