"""The first run in a real browser: choosing, adding and watching, with and without scripts, and over a kill."""

from __future__ import annotations

import re
import signal
import time

import pytest

from tests.site import loopback, running
from tests.site.serving import free_port, get

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def papers():
    """Papers on loopback, each with a feed that its front page names."""
    with loopback.serve() as served:
        for number in range(12):
            served.feed(f"/{number}/rss", [], title=f"Paper {number}")
            link = f'<link rel="alternate" type="application/rss+xml" href="/{number}/rss">'
            served.answers[f"/{number}/"] = loopback.Answer(f"<!doctype html>{link}<h1>Paper</h1>".encode())
        yield served


def start(data, papers, port: int):
    process = running.start("--data", str(data), "--port", str(port), allow=papers.host)
    wait_for(lambda: get(port, "/healthz"), 60)
    return process


def wait_for(wanted, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory, papers):
    """A site on its first run: its address, and what it said when it started."""
    data, port = tmp_path_factory.mktemp("fresh"), free_port()
    running.run("sample", "--data", str(data))
    process = start(data, papers, port)
    yield f"http://127.0.0.1:{port}"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_what_is_pasted_is_followed_while_one_watches(browser, fresh, papers, has_scripts):
    number = 1 if has_scripts else 2
    context = browser.new_context(base_url=fresh, java_script_enabled=has_scripts)
    page = context.new_page()
    page.goto("/setup/publishers")
    page.get_by_label("Addresses, or an OPML list").fill(f"{papers.url(f'/{number}/')}\nlorem ipsum")
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url(re.compile("/setup/publishers/added"))
    page.get_by_text(f"Paper {number}").first.wait_for(timeout=40_000)  # it comes without a hand on the page
    assert "This is no address" in page.locator("#progress").inner_text()
    context.close()


def test_a_choice_is_kept_and_shown_without_scripts(browser, fresh):
    context = browser.new_context(base_url=fresh, java_script_enabled=False)
    page = context.new_page()
    page.goto("/setup/publishers")
    page.get_by_label("Norway").check()
    page.get_by_role("button", name="Follow these").click()
    assert "Your choice is kept" in page.locator("main").inner_text()
    assert page.get_by_label("Norway").is_checked()
    page.get_by_label("Norway").uncheck()
    page.get_by_role("button", name="Follow these").click()
    assert not page.get_by_label("Norway").is_checked()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_the_first_run_have_no_fault_that_axe_finds(browser, fresh, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(
        base_url=fresh, color_scheme=scheme, bypass_csp=True, viewport={"width": 320, "height": 700}
    )
    page = context.new_page()
    for address in ("/setup/publishers", "/setup/publishers/added", "/health", "/about", "/publishers"):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
        assert found.violations_count == 0, (address, found.generate_report())
    context.close()


def test_a_killed_site_goes_on_with_what_was_pasted(tmp_path, papers):
    port = free_port()
    process = start(tmp_path, papers, port)
    process.kill()
    process.wait()
    lines = [papers.url(f"/{number}/") for number in range(3, 12)]
    keep = (
        "INSERT INTO publishers_addition (claimed_by, claimed_until, said, url, title, home_url, section, state, tries, "
        "items, reason, asked_at) VALUES ('{by}', '{until}', '{url}', '{url}', '', '', '', 'waiting', 1, 0, '', "
        "'2026-11-26 09:00:00')"
    )
    for url in lines:  # held by a worker of this machine that is gone
        running.rows(tmp_path, keep.format(by=f"{_host()}/{process.pid}/x", until="2099-01-01 00:00:00", url=url))
    again = start(tmp_path, papers, port)
    try:
        wait_for(lambda: _states(tmp_path) == [("followed", len(lines))], 60)
    finally:
        again.send_signal(signal.SIGINT)
        again.communicate(timeout=60)


def _host() -> str:
    from newsroom.claims import new_owner

    return new_owner().partition("/")[0]


def _states(data) -> list[tuple[object, ...]]:
    return running.rows(data, "SELECT state, count(*) FROM publishers_addition GROUP BY state")


def test_the_first_administrator_signs_in_to_the_choice(browser, tmp_path, papers):
    port = free_port()
    process = start(tmp_path, papers, port)
    context = browser.new_context(base_url=f"http://127.0.0.1:{port}")
    page = context.new_page()
    try:
        link = ""
        while not link:
            line = process.stderr.readline().decode()
            link = (re.search(r"/setup/(?!publishers)\S+", line) or [""])[0]
        page.goto(link)
        page.get_by_label("Mail address").fill("boss@paper.example")
        page.get_by_label("Password").fill("a long enough password")
        page.get_by_role("button", name="Make the account").click()
        page.locator("input[name=login]").fill("boss@paper.example")
        page.locator("input[name=password]").fill("a long enough password")
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(re.compile("/setup/publishers$"))
        page.get_by_role("button", name="Follow these").click()
        assert "Your choice is kept" in page.locator("main").inner_text()
        stranger = browser.new_context(base_url=f"http://127.0.0.1:{port}").new_page()
        assert stranger.goto("/setup/publishers").status == 403
        stranger.context.close()
    finally:
        context.close()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
