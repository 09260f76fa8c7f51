"""./run audit: look the packages of the lock up in the list of known holes, by pip-audit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from newsroom.parts_list import LOCK, ROOT

BIN = Path(sys.executable).parent
NOT_LOOKED_UP = 75  # nothing is known: neither that there is a hole nor that there is none


def main(argv: list[str]) -> int:
    """0: every package was looked up and none has a known hole. 1: one has. 75: not looked up, with the reason."""
    if argv:
        print("./run audit takes no options.", file=sys.stderr)
        return 2
    tool = _tool()
    if tool is None:
        print("audit: skipped, pip-audit cannot be installed here. Run it where its registry can be reached.")
        return NOT_LOOKED_UP
    command = [str(tool), "--disable-pip", "--require-hashes", "-r", str(LOCK), "--format", "json"]
    done = subprocess.run([*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        why = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        print(f"audit: skipped, the list of known holes cannot be asked: {why}")
        return NOT_LOOKED_UP
    return tell(packages)


def tell(packages: list[dict[str, Any]]) -> int:
    """Print what was found, as pip-audit's JSON has it."""
    holes = [(one, hole) for one in packages for hole in one.get("vulns", ())]
    unknown = [one["name"] for one in packages if one.get("skip_reason")]
    for one, hole in holes:
        fixed = ", ".join(hole.get("fix_versions") or ()) or "none yet"
        print(f"{one['name']} {one.get('version', '')}: {hole['id']}; mended in: {fixed}. ./run lock --upgrade")
    if holes:
        return 1
    if unknown:
        print(
            f"audit: skipped for {len(unknown)} of {len(packages)} packages, which the list could not be asked about:"
        )
        print("  " + ", ".join(unknown))
        return NOT_LOOKED_UP
    print(f"audit: {len(packages)} packages, no known hole")
    return 0


def _tool() -> Path | None:
    """pip-audit, from its own lock, in a folder of its own: it must change nothing of what the site runs on."""
    place = ROOT / ".venv" / "audit"
    lock = ROOT / "requirements" / "audit.txt"
    stamp = place / "installed.txt"
    tool = place / "bin" / "pip-audit"
    if tool.exists() and stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return tool
    python = place / "bin" / "python"
    for command in (
        [sys.executable, "-m", "venv", "--without-pip", "--clear", str(place)],
        [str(BIN / "uv"), "pip", "install", "--quiet", "--python", str(python), "--require-hashes", "-r", str(lock)],
    ):
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            return None
    stamp.write_bytes(lock.read_bytes())
    return tool
