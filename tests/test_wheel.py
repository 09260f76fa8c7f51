"""The wheel brings newstext without Django, and all the data that the code reads."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_the_wheel_is_whole_and_asks_for_django_only_by_its_extra(tmp_path):
    uv = Path(sys.executable).parent / "uv"
    if not uv.exists():
        pytest.skip("uv is not beside this Python; ./run test brings it")
    names = ("newstext", "newsroom", "feeds", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "NOTICE")
    for name in names:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    command = [
        str(uv),
        "build",
        "--wheel",
        "--no-build-isolation",
        "--python",
        sys.executable,
        "-o",
        str(tmp_path / "dist"),
        str(tmp_path),
    ]
    subprocess.run(command, check=True, capture_output=True)
    [wheel] = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = archive.namelist()
        [metadata] = [archive.read(name).decode() for name in held if name.endswith("METADATA")]
    needed = [line for line in metadata.splitlines() if line.startswith("Requires-Dist:")]
    assert any("trafilatura" in line and "extra ==" not in line for line in needed)
    assert all(
        "extra ==" in line for line in needed if any(name in line for name in ("django", "ray", "psycopg", "gunicorn"))
    )
    for wanted in (
        "newstext/wordlists/stopwords/ar.txt",
        "newstext/wordlists/dates/en.toml",
        "newsroom/feeds/arabic.toml",
        "newsroom/sample/articles/01-ostra-dam.txt",
        "newsroom/static/site.css",
        "newsroom/templates/base.html",
    ):
        assert wanted in held, wanted
