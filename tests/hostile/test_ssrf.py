"""Figure 2: nothing that fetches reaches an address that is not public, and the harness would see it if it did."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

import pytest

from newstext.public_addresses import is_public
from tests.hostile import ssrf, tripwire
from tests.hostile.figures import Run

ROOT = Path(__file__).resolve().parents[2]
# What asks servers that only the operator names, each with its own reason in its docstring.
OPERATORS_OWN = {"newstext/storage.py", "newsroom/readers/organisation.py", "newsroom/alerts/smtp.py"}


def assert_reached(run: Run) -> None:
    short = [figure for figure in ssrf.measure(run) if not figure.is_reached]
    assert not short, short


@pytest.mark.slow
def test_no_feature_reaches_what_is_not_public(hostile, tmp_path):
    found = ssrf.visited(Run(0.01, 7, hostile, tmp_path))
    assert (found.tripped, found.not_passed, found.misnamed, found.broke) == ([], [], [], [])
    assert found.controls
    assert found.unguarded, "without the judgement of addresses the wire must be tripped"
    missing = set(ssrf.public_methods()) - set(found.used)
    assert not missing, f"a way to fetch that no feature of the harness goes through: {missing}"


@pytest.mark.long
def test_a_tenth_of_the_addresses(hostile, tmp_path):
    assert_reached(Run(0.1, 8, hostile, tmp_path))


def test_the_product_judges_addresses_as_the_registries_do():
    """Two tables, written apart, over the ends of every special block and what is wrapped in them."""
    blocks = [*tripwire.SPECIAL_4, ipaddress.ip_network("8.8.8.0/24"), ipaddress.ip_network("93.184.0.0/16")]
    fours = [ipaddress.ip_address(int(block[place])) for block in blocks for place in (0, 1, -1)]
    sixes = [block[place] for block in tripwire.SPECIAL_6 for place in (0, 1, -1)]
    sixes += [ipaddress.ip_address(one) for one in ("::", "::1", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "4000::1")]
    for four in fours:
        number = int(four)
        sixes += [
            ipaddress.ip_address(0xFFFF << 32 | number),  # mapped
            ipaddress.ip_address(0x2002 << 112 | number << 80),  # 6to4
            ipaddress.ip_address(0x64FF9B << 96 | number),  # NAT64
            ipaddress.ip_address(0x20010000 << 96 | 0x08080808 << 64 | number ^ 0xFFFFFFFF),  # Teredo, who it is for
            ipaddress.ip_address(0x20010000 << 96 | number << 64 | 0x08080808 ^ 0xFFFFFFFF),  # and its server
            ipaddress.ip_address(number),  # ::a.b.c.d
        ]
    wrong = [str(one) for one in (*fours, *sixes) if is_public(one) and not tripwire.is_global(str(one))]
    assert not wrong
    assert all(is_public(ipaddress.ip_address(one)) for one in ("8.8.8.8", "2606:4700::1", "2002:808:808::1"))


def test_nothing_else_opens_a_way_out():
    """Every module that could open a connection is the fetcher, or asks the operator's own server."""
    way = re.compile(
        r"^\s*(?:import|from) (?:httpx2|httpcore2|requests|urllib\.request|urllib3|http\.client|ftplib|smtplib|aiohttp|"
        r"fsspec|websockets|pycurl|xmlrpc)\b",
        re.MULTILINE,
    )
    paths = [*(ROOT / "newstext").rglob("*.py"), *(ROOT / "newsroom").rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix() for path in paths if way.search(path.read_text(encoding="utf-8"))}
    naming_errors_of_mail = {"newsroom/readers/signing_in.py", "newsroom/alerts/mail.py"}
    of_developers = {"newsroom/commands/shots.py"}  # asks the site that it serves itself
    assert found - naming_errors_of_mail - of_developers <= {"newstext/fetch.py", *OPERATORS_OWN}


def test_a_connection_that_lands_elsewhere_is_dropped():
    """What answers must be what was judged: the peer is looked at after connecting."""
    from newstext import fetch

    net = tripwire.Net(lambda name: ["93.184.215.14"], lands_at="10.0.0.5")
    net.serve("http://a.example/", "200 OK", b"secret of the house")
    with tripwire.installed(net), pytest.raises(fetch.FetchError) as caught:
        fetch.get("http://a.example/")
    assert caught.value.kind == "refused-address"
    assert net.requests == []


def test_a_name_is_looked_up_once_a_connection_and_few_of_its_addresses_are_tried():
    from newstext import fetch

    many = [f"93.184.215.{number}" for number in range(1, 200)]
    net = tripwire.Net(lambda name: many)
    with tripwire.installed(net), pytest.raises(fetch.FetchError):
        net.port = 1  # nobody is there
        fetch.get("http://a.example/")
    assert len(net.looked_up) == 1
    assert len(net.connected) <= fetch.ADDRESSES_TRIED
