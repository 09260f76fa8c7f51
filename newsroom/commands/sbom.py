"""./run sbom: what the site is made of as CycloneDX JSON, from the hashed lock and the list of licences.

By ourselves: cyclonedx-bom brings some thirty packages, and from a lock alone
it tells no licence. What is written is held against its schema where its
library is installed (tests/site/test_supply.py).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any

from newsroom.parts_list import ROOT, Listed, Locked, listed, locked

VERSION = re.compile(r"(?m)^## (?P<version>\d+\.\d+\.\d+)")  # as pyproject.toml reads it
SIMPLE = re.compile(r"[A-Za-z0-9.+-]+")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run sbom", description=__doc__)
    parser.add_argument("--out", metavar="FILE", type=Path, help="where to write (standard output)")
    options = parser.parse_args(argv)
    said = json.dumps(bill(locked(), listed()), indent=1, ensure_ascii=False) + "\n"
    if options.out is None:
        sys.stdout.write(said)
        return 0
    try:
        options.out.write_text(said, encoding="utf-8")
    except OSError as error:
        print(f"{options.out}: {error.strerror}. Give another place.", file=sys.stderr)
        return 1
    return 0


def bill(packages: list[Locked], licences: dict[str, Listed]) -> dict[str, Any]:
    """The bill of materials. The same lock gives the same bill, to its serial number."""
    found = VERSION.search((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    version = found["version"] if found else "0"
    components = [_component(one, licences.get(one.name)) for one in packages]
    of_all = json.dumps([version, components], sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, of_all)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "backstory",
                "name": "backstory",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": components,
        "compositions": [
            {"aggregate": "unknown", "dependencies": ["backstory"]}
        ],  # a lock does not say who asks for whom
    }


def _component(package: Locked, licence: Listed | None) -> dict[str, Any]:
    purl = f"pkg:pypi/{package.name}@{package.version}"
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": package.name,
        "version": package.version,
        "purl": purl,
        "properties": [
            # One of these files is what is installed, whichever fits the machine.
            *({"name": "backstory:file:sha256", "value": sha256} for sha256 in package.hashes),
            *([{"name": "backstory:where", "value": package.marker}] if package.marker else []),
        ],
    }
    if licence and licence.licence != "?":
        is_one = SIMPLE.fullmatch(licence.licence)
        made["licenses"] = [{"license": {"id": licence.licence}} if is_one else {"expression": licence.licence}]
    if licence and licence.home:
        made["externalReferences"] = [{"type": "website", "url": licence.home}]
    return made
