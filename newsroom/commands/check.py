"""./run check: format, lint, types, import contracts, docs; each says what to do."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
FILE_LINES = 600
FUNCTION_LINES = 40
# Put together here, so that this file does not name them itself.
REGISTRY_HOSTS = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry.npmjs" + ".org",
    "deb.debian" + ".org",
    "yarnpkg" + ".com",
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:root|work|home/\w+|Users/\w+)/")
LOCKS = re.compile(r"^requirements/.*\.txt$")


def main(argv: list[str]) -> int:
    if argv:
        print("./run check takes no options.", file=sys.stderr)
        return 2
    failed = []
    for name, check in CHECKS:
        began = time.monotonic()
        problems = check()
        print(f"{'FAIL' if problems else 'ok':<5}{name} ({time.monotonic() - began:.1f} s)", flush=True)
        if problems:
            failed.append(name)
            print("\n".join(f"     {line}" for line in problems))
    print(f"{len(CHECKS) - len(failed)} checks passed, {len(failed)} failed")
    return 1 if failed else 0


def _run(*command: str) -> list[str]:
    """The command's output lines if it fails."""
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip().splitlines()[-60:] if done.returncode else []


def _formatted() -> list[str]:
    found = _run("ruff", "format", "--check", ".")
    return [*found, "Mend it with: .venv/bin/ruff format ."] if found else []


def _linted() -> list[str]:
    return _run("ruff", "check", "--output-format", "concise", ".")


def _typed() -> list[str]:
    return _run("mypy")


def _contracts() -> list[str]:
    return _run("lint-imports", "--no-cache")


def _tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    return [name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def _texts() -> Iterator[tuple[str, str]]:
    for name in _tracked():
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def _no_registry() -> list[str]:
    return [
        f"{name}: names the package registry {host}; a registry is set on a machine, never in the project."
        for name, text in _texts()
        for host in REGISTRY_HOSTS
        if host in text
    ]


def _no_machine_path() -> list[str]:
    return [
        f"{name}: holds {found.group()}, a path of somebody's machine."
        for name, text in _texts()
        if name != "newsroom/commands/check.py" and not LOCKS.match(name) and (found := MACHINE_PATHS.search(text))
    ]


def _small() -> list[str]:
    """Files under FILE_LINES, functions under FUNCTION_LINES; migrations are made, not written."""
    problems = []
    for name in _tracked():
        if not name.endswith(".py") or "/migrations/" in name:
            continue
        text = (ROOT / name).read_text(encoding="utf-8")
        if text.count("\n") > FILE_LINES:
            problems.append(f"{name}: {text.count(chr(10))} lines, limit {FILE_LINES}. Split it by topic.")
        if not name.startswith("tests/"):
            problems += [
                f"{name}:{line}: {function} has {length} lines, limit {FUNCTION_LINES}."
                for function, line, length in _long(text)
            ]
    return problems


def _long(text: str) -> Iterator[tuple[str, int, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and (length := node.end_lineno - node.lineno) > FUNCTION_LINES:  # type: ignore[operator]
            yield node.name, node.lineno, length


def _documented() -> list[str]:
    """Commands and settings stand in docs/reference, and nothing else does."""
    from newsroom.__main__ import COMMANDS
    from newstext.__main__ import parser

    def listed(page: str, pattern: str) -> set[str]:
        return set(re.findall(pattern, (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8"), re.M))

    settings = (ROOT / "newsroom" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env(?:_list|_number)?\("([A-Z_]+)"', settings)) | {"WEB_WORKERS"}
    engine_commands = set(parser()._subparsers._group_actions[0].choices)  # type: ignore[union-attr,arg-type]
    pairs = (
        ("commands.md", {name for name, _ in COMMANDS}, listed("commands.md", r"^## `\./run (\w+)")),
        ("settings.md", read, listed("settings.md", r"^\| `([A-Z_]+)`")),
        ("newstext.md", engine_commands, listed("newstext.md", r"^\| `newstext ([a-z ]+)`")),
    )
    problems = []
    for page, wanted, found in pairs:
        problems += [f"docs/reference/{page}: says nothing of {name}." for name in sorted(wanted - found)]
        problems += [
            f"docs/reference/{page}: {name or 'a heading'} is not in the code." for name in sorted(found - wanted)
        ]
    return problems


def _migrated() -> list[str]:
    return _run("python", "-m", "django", "makemigrations", "--check", "--dry-run", "--settings", "newsroom.settings")


def _gentle() -> list[str]:
    return _run("python", "-m", "newsroom.migration_rules")


def _translated() -> list[str]:
    from newsroom.commands import translate

    return translate.problems()


CHECKS: tuple[tuple[str, Callable[[], list[str]]], ...] = (
    ("format", _formatted),
    ("lint", _linted),
    ("types of newstext", _typed),
    ("import contracts", _contracts),
    ("migrations are made", _migrated),
    ("migrations hold no big table", _gentle),
    ("docs say what the code does", _documented),
    ("translations are whole", _translated),
    ("no registry is named", _no_registry),
    ("no machine's path", _no_machine_path),
    ("files and functions are small", _small),
)
