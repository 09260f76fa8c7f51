"""What the site is made of: pinned by hash, each licence listed, a bill of materials, and a look at known holes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from newsroom.commands import audit, licences, sbom
from newsroom.parts_list import Listed, listed, locked, told_by

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# What may be installed beside Apache-2.0 code by anybody; another one needs a person's decision.
OPEN = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "LGPL-2.1-or-later", "MIT",
    "MIT-0", "MIT-CMU", "MPL-1.1", "MPL-2.0", "PSF-2.0", "Unlicense", "Zlib",
}  # fmt: skip
LOCK = """\
lamp==1.2 \\
    --hash=sha256:{0} \\
    --hash=sha256:{1}
wick==3 ; sys_platform == 'win32' \\
    --hash=sha256:{1}
""".format("a" * 64, "b" * 64)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_package_of_every_lock_is_pinned_with_a_hash(lock):
    packages = locked(lock.read_text())
    assert packages
    assert not [one.name for one in packages if not one.hashes]
    lines = [line for line in lock.read_text().splitlines() if line and not line.startswith(("#", " "))]
    assert len(lines) == len(packages), "a line of the lock is no pinned package"


def test_the_list_of_licences_is_whole_and_says_what_the_packages_say():
    wanted, held = {one.name for one in locked()}, listed()
    assert held.keys() == wanted, "run ./run licences after ./run lock"
    told = {name: told_by(name) for name in wanted}
    other = [name for name, one in told.items() if one and one.licence != "?" and one.licence != held[name].licence]
    assert not other, "run ./run licences"


def test_every_licence_lets_anybody_run_the_site():
    for one in listed().values():
        ways = [set(re.split(r" AND | WITH ", way.strip("() "))) for way in one.licence.split(" OR ")]
        assert any(way <= OPEN for way in ways), f"{one.name}: {one.licence}"


def test_a_package_that_states_no_licence_is_named(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(licences, "LISTED", tmp_path / "licences.md")
    monkeypatch.setattr(licences, "locked", lambda: locked(LOCK))
    monkeypatch.setattr(licences, "listed", lambda: {"wick": Listed("wick", "MIT", "")})
    assert licences.main([]) == 1
    said = capsys.readouterr()
    assert "lamp" in said.err
    assert "wick" not in said.err
    assert "| `wick` | MIT |" in (tmp_path / "licences.md").read_text()


def test_the_bill_has_every_package_of_the_lock_with_version_hashes_and_licence(capsys):
    assert sbom.main([]) == 0
    bill = json.loads(capsys.readouterr().out)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    parts = {(one["name"], one["version"]): one for one in bill["components"]}
    assert parts.keys() == {(one.name, one.version) for one in locked()}
    assert all(one["licenses"] for one in parts.values())
    assert len({one["bom-ref"] for one in parts.values()}) == len(parts)
    for one in locked():
        kept = {said["value"] for said in parts[one.name, one.version]["properties"] if said["name"].endswith("sha256")}
        assert kept == set(one.hashes)


def test_the_same_lock_gives_the_same_bill_and_another_another():
    once, again = (sbom.bill(locked(LOCK), {}) for _ in range(2))
    assert once == again
    assert sbom.bill(locked(LOCK.replace("1.2", "1.3")), {})["serialNumber"] != once["serialNumber"]
    [_, wick] = once["components"]
    assert {"name": "backstory:where", "value": "sys_platform == 'win32'"} in wick["properties"]


def test_the_bill_holds_to_the_schema():
    bill = sbom.bill(locked(), listed())
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(json.dumps(bill)) is None
    assert validator.validate_str(json.dumps({**bill, "components": [{"name": "wick"}]})) is not None


def test_a_known_hole_is_told_with_its_mend_and_what_was_not_looked_up_is_no_all_clear(capsys):
    clean = {"name": "lamp", "version": "1.2", "vulns": []}
    holed = {**clean, "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.3"]}]}
    unknown = {"name": "wick", "skip_reason": "not found"}
    assert audit.tell([clean]) == 0
    assert "no known hole" in capsys.readouterr().out
    assert audit.tell([holed, unknown]) == 1
    assert "lamp 1.2: PYSEC-2026-1; mended in: 1.3" in capsys.readouterr().out
    assert audit.tell([clean, unknown]) == audit.NOT_LOOKED_UP
    assert "skipped for 1 of 2 packages" in capsys.readouterr().out


def test_where_the_tool_cannot_be_had_audit_says_that_it_was_skipped(monkeypatch, capsys):
    monkeypatch.setattr(audit, "_tool", lambda: None)
    assert audit.main([]) == audit.NOT_LOOKED_UP
    assert "skipped" in capsys.readouterr().out
