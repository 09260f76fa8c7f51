"""Figure 2: every hostile address, name and redirect through every feature that fetches; what is connected to.

The visits run in a process of their own (limits of time and memory, a net of the
harness's own: tripwire.py). A connection to an address that is not public trips
the wire, be it refused later or not.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from tests.hostile.empty_site import open_empty_site
from tests.hostile.figures import Figure, Run

if TYPE_CHECKING:
    from tests.hostile.fetching_features import Visit
    from tests.hostile.tripwire import Net

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 3 * 2**30
MOST_S = 3600
UNGUARDED = 5  # cases that are visited once more without the guard
OWN_NET = "23.32."  # where the harness's own servers lie
NOWHERE = "http://127.0.0.1:9"  # a proxy that nobody may ask
EMBEDDED = re.compile(r"(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})\.(?:nip|sslip)\.io$")
PUBLIC_NAME = re.compile(r"(?:^|\.)(?:example\.(?:com|org|net)|[^.]+\.example)$")
ANSWERED = {"new", "unchanged", "empty-answer", "not-a-feed"}
REFUSED = {"bad-address", "refused-address", "redirect-refused", "redirect-loop", "too-many-redirects"}
# What the data ask to be named -> our names for it.
NAMED = {
    "dns_loop": {"dns", "dns-failed"},
    "dns_not_found": {"dns"},
    "dns_no_address": {"dns"},
    "dns_failed": {"dns-failed"},
    "dns_timeout": {"dns-failed"},
    "redirect_no_target": {"redirect-nowhere"},
    "redirect_loop": {"redirect-loop"},
    "redirect_too_many": {"too-many-redirects"},
}


@dataclass(frozen=True, slots=True)
class Case:
    """An address to visit. kind: url, name or redirect. wanted: block, allow, or what is to be named."""

    kind: str
    id: str
    url: str
    wanted: str


@dataclass(slots=True)
class Found:
    """What the visits came to. Every line names feature, case and where it went."""

    visits: int = 0
    cases: dict[str, int] = field(default_factory=dict)
    features: int = 0
    connected: int = 0
    tripped: list[str] = field(default_factory=list)
    controls: int = 0
    not_passed: list[str] = field(default_factory=list)
    misnamed: list[str] = field(default_factory=list)
    named: int = 0
    broke: list[str] = field(default_factory=list)
    unguarded: list[str] = field(default_factory=list)  # what was tripped without the guard
    used: list[str] = field(default_factory=list)  # methods of the desk's Fetching that were gone through


def measure(run: Run) -> list[Figure]:
    """The row. The last cases are visited once more without the judgement of addresses: the wire must be tripped."""
    found = visited(run)
    assert found.unguarded, "the wire sees nothing, so it says nothing"
    cases = ", ".join(f"{count} {kind}s" for kind, count in found.cases.items())
    tried = (
        f"{cases} x {found.features} features, {found.visits:,} visits, {found.connected:,} connections; "
        f"{len(found.unguarded)} tripped where {UNGUARDED} of them are visited without the guard"
    )
    return [
        _figure("SSRF: connections to addresses that are not public", "0", found.tripped, tried),
        _figure("SSRF: public controls that are kept out", "0", found.not_passed, f"{found.controls:,} visits"),
        _figure("SSRF: refusals without their name", "0", found.misnamed + found.broke, f"{found.named:,} visits"),
    ]


def _figure(name: str, reach: str, faults: list[str], counts: str) -> Figure:
    shown = f"{len(faults):,}" + (f", as {faults[0]}" if faults else "")
    return Figure(name, reach, shown, not faults, counts)


def visited(run: Run) -> Found:
    """Run the visits in a process of their own."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), NOWHERE)
    told = [str(run.share), str(run.seed), str(run.hostile), str(run.scratch)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.ssrf", *told],
        cwd=ROOT,
        env={
            **kept,
            **proxies,
            "BACKSTORY_DATA": str(run.scratch / "data"),
            "STARTING_PUBLISHERS": "no",
            "FETCH_ALLOW_PRIVATE": "",
            "FETCH_SPACING_S": "0.0",
            "OIDC_URL": "https://login.harness.example",
            "OIDC_CLIENT": "harness",
            "SSL_CERT_FILE": str(run.scratch / "authority.pem"),
            "REQUESTS_CA_BUNDLE": str(run.scratch / "authority.pem"),
        },
        capture_output=True,
        text=True,
        timeout=MOST_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Found(**json.loads(done.stdout.splitlines()[-1]))


class Names:
    """What names mean: `scenarios` answer by the count of look-ups, the others as the data say."""

    def __init__(self) -> None:
        self.scenarios: dict[str, list[list[str]]] = {}
        self.asked: dict[str, int] = {}

    def __call__(self, name: str) -> list[str]:
        name = name.rstrip(".").lower()
        if name in self.scenarios:
            count = self.asked[name] = self.asked.get(name, 0) + 1
            answers = self.scenarios[name]
            return self._scenario(answers[min(count, len(answers)) - 1])
        spread = zlib.crc32(name.encode())
        if name.endswith("harness.example"):
            return [f"{OWN_NET}{spread >> 8 & 255}.{spread % 254 + 1}"]
        if found := EMBEDDED.search(name):
            return [".".join(found.groups())]
        if PUBLIC_NAME.search(name):
            return [f"93.184.{spread >> 8 & 255}.{spread % 254 + 1}"]
        return ["10.0.0.5"] if spread % 2 else ["127.0.0.1"]

    def _scenario(self, answer: list[str]) -> list[str]:
        import socket
        import threading

        found: list[str] = []
        for one in answer:
            if one == "NXDOMAIN":
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            if one == "SERVFAIL" or one == "CNAME self":  # as glibc tells a loop
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            if one == "TIMEOUT":
                threading.Event().wait(5)  # longer than the harness lets a look-up last
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            found += self(one.removeprefix("CNAME ")) if one.startswith("CNAME ") else [one]
        return found


def addresses(path: Path) -> list[Case]:
    return [Case("URL", row["id"], row["url"], row["expect"]) for row in _rows(path / "ssrf" / "urls.jsonl")]


def scenarios(path: Path, names: Names) -> list[Case]:
    found = []
    for row in _rows(path / "ssrf" / "dns_scenarios.jsonl"):
        name = f"{re.sub('[^a-z0-9]+', '-', row['id'].lower())}.scenario.example"
        names.scenarios[name] = row["answers"]
        found.append(Case("DNS scenario", row["id"], f"http://{name}/news", _wanted(row["expect"])))
    return found


def redirects(path: Path, net: Net) -> list[Case]:
    """Each redirect at one address, and at every address of a host: robots.txt, icons and all."""
    found = []
    for row in _rows(path / "ssrf" / "redirects.jsonl"):
        wanted = _wanted(row["expect"]) if int(row["status"]) >= 300 else ""
        for place in (f"http://{row['id']}.example/news", f"http://{row['id']}-all.example/*"):
            _serve_redirect(net, place, int(row["status"]), row["location"])
            found.append(Case("redirect", row["id"], place.replace("*", "news"), wanted))
    return found


def _wanted(expect: str) -> str:
    """block, allow, or the name that is asked for; "" where the data ask for no name."""
    named = re.search(r"named error (\w+)", expect)
    return named[1] if named else expect if expect in ("block", "allow") else ""


def _serve_redirect(net: Net, place: str, status: int, said: str) -> None:
    url = place.replace("*", "news")
    if status < 300:
        target = re.search(r"https?://[^\s>]+", said)
        _serve_leading(net, place, target[0] if target else said)
    elif hops := re.match(r"(?:chain of )?(\d+) public hops(?: then (\S+))?", said):
        last = f"http://{hops[2]}/" if hops[2] else "http://end.example/"
        chain = [place, *(f"{url}/{number}" for number in range(int(hops[1]) - 1)), last]
        for here, there in pairwise(chain):
            net.serve(here, f"{status} Moved\nLocation: {there}")
    elif said == "(missing header)":
        net.serve(place, f"{status} Moved")
    else:
        there = {"(empty)": "", "(self) loop": url, "other origin": "http://other.example/"}.get(said, said)
        if "downgrade" in said:
            there = "http://open.example/"
        net.serve(place, f"{status} Moved\nLocation: {there}")


def _serve_leading(net: Net, place: str, target: str) -> None:
    """A document whose every reference leads to `target`: a feed at places that say so, else a page."""
    heads = (
        f"200 OK\nRefresh: 0;url={target}\nLink: <{target}>; rel=alternate, <{target}>; rel=hub\nLocation: {target}\n"
    )
    words = "<p>The harbour of Orrin reopened on Monday after a winter of repairs, the council said.</p>" * 20
    links = "".join(
        f'<link rel="{rel}" href="{target}">'
        for rel in ("icon", "canonical", "amphtml", "hub", "self", "stylesheet", "search", "manifest")
    )
    page = (
        f'<!doctype html><html><head><title>Harbour reopens</title><meta http-equiv="refresh" content="0;url={target}">'
        f'{links}<link rel="alternate" type="application/rss+xml" href="{target}"><link rel="alternate" '
        f'type="application/json+oembed" href="{target}"><meta property="og:image" content="{target}"></head><body>'
        f'<article><h1>Harbour reopens</h1><img src="{target}"><iframe src="{target}"></iframe>{words}</article>'
    )
    feed = (
        f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="{target}"?><!DOCTYPE rss SYSTEM "{target}">'
        f'<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>Tarn Echo</title>'
        f'<link>{target}</link><a:link rel="hub" href="{target}"/><a:link rel="self" href="{target}"/>'
        f"<image><url>{target}</url></image><item><title>Harbour reopens</title><link>{target}</link>"
        f'<enclosure url="{target}" type="image/jpeg" length="9"/></item></channel></rss>'
    )
    net.serve(place, f"{heads}Content-Type: text/html", page.encode())
    net.serve(place.replace("*", "feed") + ".xml", f"{heads}Content-Type: application/rss+xml", feed.encode())


def _rows(path: Path) -> list[dict[str, object] | dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# --- in the process of its own ---------------------------------------------
def main(argv: list[str]) -> None:
    share, seed, hostile, scratch = argv
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_S, MOST_S))
    from tests.hostile.certificates import authority

    tls = authority(Path(scratch)).server("*.example", "*.harness.example", "*.scenario.example")
    open_empty_site()
    from newstext import fetch
    from tests.hostile import tripwire

    fetch.DNS_TIMEOUT_S = 0.3
    run = Run(float(share), int(seed), Path(hostile), Path(scratch))
    names = Names()
    with tripwire.installed(tripwire.Net(names, tls=tls)) as net:
        print(json.dumps(asdict(_visit_all(run, net, names))))


def _visit_all(run: Run, net: Net, names: Names) -> Found:
    from tests.hostile.fetching_features import FEATURES, OPERATORS

    found = Found(features=len(FEATURES) + len(OPERATORS))
    with _noting_use(found):
        given = addresses(run.hostile)
        controls = [case for case in given if case.wanted == "allow"]
        others = run.some([case for case in given if case.wanted != "allow"], "urls")
        led = run.some(redirects(run.hostile, net), "redirects")
        cases = [*others, *run.some(controls, "controls"), *run.some(scenarios(run.hostile, names), "names"), *led]
        for case in cases:
            found.cases[case.kind] = found.cases.get(case.kind, 0) + 1
            operators = OPERATORS if case.kind == "redirect" else {}
            for feature, visit in {**FEATURES, **operators}.items():
                names.asked.clear()
                _visit(found, net, case, feature, visit)
                if case.kind == "redirect" and feature == "feed":
                    _visit(found, net, Case(case.kind, case.id, f"{case.url}.xml", ""), feature, visit)
    with patch("newstext.fetch.is_public", lambda address: True):
        without = Found()
        for case in others[:UNGUARDED]:
            for feature, visit in FEATURES.items():
                _visit(without, net, case, feature, visit)
        found.unguarded = without.tripped
    return found


def _visit(found: Found, net: Net, case: Case, feature: str, visit: Visit) -> None:
    net.forget()
    found.visits += 1
    what = f"{feature}: {case.id} {case.url!r}"
    said: object = ""
    try:
        said = visit(net, case.url)
    except Exception as error:
        found.broke.append(f"{what} raised {type(error).__name__}: {str(error)[:200]}")
    found.connected += len(net.connected)
    found.tripped += [f"{what} went to {where}" for where in net.tripped]
    if any(b"\r\nauthorization:" in one.lower() or b"\r\ncookie:" in one.lower() for one in net.requests[1:]):
        found.tripped.append(f"{what} took a secret along")
    if case.wanted == "allow":
        found.controls += 1
        if not any(not address.startswith(OWN_NET) for address in net.connected):
            found.not_passed.append(what)
    # What only looks like a private address leads to who it names; that one's answer needs no refusal.
    is_answered = case.wanted == "block" and (str(said).startswith("http-") or str(said) in ANSWERED)
    if feature == "feed" and case.wanted not in ("", "allow") and not is_answered:
        found.named += 1
        if said not in (REFUSED if case.wanted == "block" else NAMED[case.wanted]):
            found.misnamed.append(f"{what} is called {said!r}, wanted {case.wanted}")


def _noting_use(found: Found) -> ExitStack:
    """While it lasts, the public methods of Fetching that are called are noted."""
    from newsroom.desk.fetching import Fetching

    def noting(name: str, method: Callable[..., object]) -> Callable[..., object]:
        def called(*arguments: object, **named: object) -> object:
            if name not in found.used:
                found.used.append(name)
            return method(*arguments, **named)

        return called

    stack = ExitStack()
    for name in public_methods():
        stack.enter_context(patch.object(Fetching, name, noting(name, getattr(Fetching, name))))
    return stack


def public_methods() -> Iterator[str]:
    """The ways by which the desk fetches."""
    from newsroom.desk.fetching import Fetching

    for name, method in vars(Fetching).items():
        if callable(method) and not name.startswith("_"):
            yield name


if __name__ == "__main__":
    main(sys.argv[1:])
