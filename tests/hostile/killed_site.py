"""A site that is ready at once: `python -m tests.hostile.killed_site` forks its processes, some of them to be killed.

Everything is imported once; each command, a line of JSON, forks a process of
the site on the environment's data folder and database. Four hundred killed
sites would else spend most of their time on importing. What is started is the
site's own code: the command `ingest`, and the web server.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from tests.hostile.killing import Points, arm

ROOT = Path(__file__).resolve().parents[2]
PR_SET_PDEATHSIG = 1
BATCH = (4, 5, 2)  # pages, articles to group, stories whose notes are made


# --- asked by the harness -------------------------------------------------------
class Site:
    """The processes of one site, as the harness asks for them."""

    def __init__(self, environment: dict[str, str], scratch: Path) -> None:
        self.points = Points(scratch / "points")
        self.log = open(scratch / "processes.log", "ab")  # noqa: SIM115  as long as the process
        environment = {**environment, "KILL_POINTS": str(scratch / "points")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.killed_site"],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
        )  # fmt: skip

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)
        self.log.close()

    def ingest(self, *, at: int = 0, is_counted: bool = True, spoilt: str = "") -> int:
        """Run `./run ingest --once`, killed at a point if one is given; how it ended, as a Popen says it."""
        if is_counted:
            self.points.clear()
        return int(self._ask(do="ingest", at=at, is_counted=is_counted, spoilt=spoilt))

    def start_web(self, port: int, *, at: int = 0, is_counted: bool = False, spoilt: str = "") -> int:
        """Start the web server, its worker to be killed at a point if one is given; the process."""
        if is_counted:
            self.points.clear()
        return int(self._ask(do="web", port=port, at=at, is_counted=is_counted, spoilt=spoilt))

    def stop_web(self, process: int) -> None:
        self._ask(do="stop", process=process)

    def told(self, *, into: Path) -> dict[str, Any]:
        """What tests.hostile.canonical tells of the site's rows, by way of a file."""
        if code := self._ask(do="told", into=str(into)):
            raise RuntimeError(f"the rows could not be read: code {code}, see {self.log.name}")
        return json.loads(into.read_text(encoding="utf-8"))

    def _ask(self, **asked: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the site's processes ended, see {self.log.name}")
        return json.loads(line)


# --- in the process that forks --------------------------------------------------
class Inline:
    """The engine that does the work where it is asked: a worker of its own would be started for each killed site."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __call__(self, function: Callable[[Any], Any], items: Any) -> Iterator[Any]:
        return map(function, items)

    def close(self) -> None:
        pass


def main() -> None:
    from newsroom.commands import site

    data = Path(os.environ["BACKSTORY_DATA"])
    site.set_up(data)
    from newsroom.commands import ingest  # noqa: F401
    from newsroom.desk import looking, progress, reading, web, work
    from newsroom.wsgi import application  # noqa: F401  the server's own import, done before it is asked for

    work.Processes = Inline  # type: ignore[assignment,misc]
    looking.wait = reading.wait = _in_order  # type: ignore[assignment]
    progress.watch = _watch_nothing  # asks at times of its own, so that no two runs have the same points
    web.leave_with_parent = _leave_with_parent
    points = Path(os.environ["KILL_POINTS"])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        print(json.dumps(_do(json.loads(line), data, points)), file=answers, flush=True)


def _do(asked: dict[str, Any], data: Path, points: Path) -> int:
    do = asked["do"]
    if do == "stop":
        os.killpg(asked["process"], signal.SIGKILL)
        os.waitpid(asked["process"], 0)
        return 0
    if do == "web":
        return _fork(lambda: _serve(asked, points))
    if do == "told":
        return _ended(_fork(lambda: _write_told(Path(asked["into"]))))
    return _ended(_fork(lambda: _ingest(asked, data, points)))


def _fork(task: Callable[[], object]) -> int:
    process = os.fork()
    if process:
        with contextlib.suppress(PermissionError):  # it was quicker
            os.setpgid(process, process)
        return process
    code = 1
    try:
        os.setpgid(0, 0)
        _leave_with_parent()
        task()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _ended(process: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _leave_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _watch_nothing(*_: Any) -> None:
    pass


def _in_order(waiting: dict[Future[Any], Any], **_: Any) -> tuple[list[Future[Any]], None]:
    """The next answer in the order of asking: what comes first by chance is placed first, and two runs would differ."""
    first = next(iter(waiting), None)
    if first is not None and not first.cancelled():
        first.exception()
    return [first] if first is not None else [], None


def _ingest(asked: dict[str, Any], data: Path, points: Path) -> None:
    from newsroom.commands import ingest

    _spoil(asked["spoilt"])
    if asked["is_counted"]:
        arm(Points(points, at=asked["at"]))
    with contextlib.redirect_stdout(io.StringIO()):
        assert ingest.main(["--once", "--data", str(data)]) == 0


def _serve(asked: dict[str, Any], points: Path) -> None:
    from newsroom.desk import web

    class Server(web.Server):
        def load_config(self) -> None:
            super().load_config()
            if asked["is_counted"]:
                self.cfg.set("post_worker_init", lambda _: arm(Points(points, at=asked["at"])))

    _spoil(asked["spoilt"])
    Server(f"127.0.0.1:{asked['port']}", 1).run()


def _write_told(into: Path) -> None:
    from tests.hostile import canonical

    told = {
        "rows": canonical.rows(), "said": canonical.said(), "broken": canonical.broken(), "place": canonical.place(),
    }  # fmt: skip
    into.write_text(json.dumps(told, default=str), encoding="utf-8")


# --- the harness can fail -------------------------------------------------------
def _spoil(what: str) -> None:
    """Take a guard of the site away in this process; nothing for ""."""
    if what == "transactions":
        _split_transactions()
    elif what == "leases":
        _keep_claims_for_ever()
    elif what:
        raise ValueError(f"no guard {what!r}")


def _split_transactions() -> None:
    """Every statement stands for itself, as if nobody had written transaction.atomic."""
    from django.db import transaction

    transaction.Atomic.__enter__ = lambda _: None  # type: ignore[method-assign]
    transaction.Atomic.__exit__ = lambda *_: None  # type: ignore[method-assign]


def _keep_claims_for_ever() -> None:
    """A claim neither runs out nor is taken from the dead."""
    from newsroom.claims import ClaimQuerySet

    ClaimQuerySet.release_dead = lambda _: 0  # type: ignore[method-assign]
    ClaimQuerySet.free = lambda self, _: self.filter(claimed_until=None)  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
