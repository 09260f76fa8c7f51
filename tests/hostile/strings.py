"""Figure 8: strings that break things, into every field of every form, address, parameter and header of the site.

The fields are found (fields.py), the strings are the data set's and ours
(texts.py), each is sent as one who may and judged (sending.py). One process of
its own for each database, without network and with bounds.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import SkipTest

from tests.hostile.databases import postgres
from tests.hostile.figures import Figure, Run
from tests.hostile.texts import BODIES, KINDS, LONG, ODD, Texts, read_texts

if TYPE_CHECKING:
    from tests.hostile.fields import Form, Somebody
    from tests.hostile.sending import Tally

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 3 * 2**30
# How many strings of the data set are dealt to a field; elsewhere is Django's administration, and headers.
ODD_A_FIELD, ODD_ELSEWHERE = 40, 12
CORE_A_FIELD, CORE_ELSEWHERE = 40, 8
BULK_A_FIELD, BULK_ELSEWHERE = 10, 4
LONG_A_FIELD, LONG_ELSEWHERE = 2, 1
EACH_HEADER = 16  # of the addresses, one in so many is asked with odd headers
HEADERS = (
    "HTTP_HOST", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_PORT",
    "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_COOKIE", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING",
    "HTTP_REFERER", "HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_UNMODIFIED_SINCE", "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_SEC_FETCH_MODE", "HTTP_AUTHORIZATION",
    "HTTP_USER_AGENT", "HTTP_X_REQUESTED_WITH", "HTTP_X_HTTP_METHOD_OVERRIDE", "CONTENT_TYPE", "CONTENT_LENGTH",
    "QUERY_STRING", "REMOTE_ADDR", "SCRIPT_NAME", "REQUEST_METHOD",
)  # fmt: skip
TOLD = 4


def measure(run: Run) -> list[Figure]:
    """Both databases at once, each by a process of its own."""
    figures: list[Figure] = []
    with ExitStack() as stack:
        sites = {"SQLite": _start("sqlite", run)}
        missing = ""
        try:
            sites["PostgreSQL"] = _start("postgres", run, DATABASE_URL=stack.enter_context(postgres()))
        except SkipTest as reason:
            missing = str(reason)
        for database, (process, told) in sites.items():
            errors = process.communicate()[1]
            if process.returncode:
                raise RuntimeError(f"{database}: ended with {process.returncode}: {errors.decode()[-2000:]}")
            figures += figures_of(json.loads(told.read_text(encoding="utf-8")), database)
    if missing:
        figures.append(Figure("strings, PostgreSQL", "0 answers 5xx", f"not run: {missing}", False, "nothing"))
    return figures


def _start(name: str, run: Run, **environment: str) -> tuple[subprocess.Popen[bytes], Path]:
    told = run.scratch / f"{name}.json"
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    settings = {"BACKSTORY_DATA": str(run.scratch / name), "FEVER": "yes", "PUBLIC_TEXT": "whole", "SITE_HOSTS": ""}
    command = [
        sys.executable,
        "-m",
        "tests.hostile.strings",
        str(run.share),
        str(run.seed),
        str(run.hostile),
        str(told),
    ]
    env = {**kept, **settings, "STARTING_PUBLISHERS": "no", "READ_WORKERS": "1", **environment}
    return subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE), told


def main(share: str, seed: str, hostile: str, told: str) -> None:
    """The child: a site of its own with the sample edition, attacked; what was found is written to a file."""
    from newsroom.commands import site

    site.open_site(None)
    from newsroom.desk import sample
    from newsroom.desk.work import Desk

    desk = Desk()
    try:
        sample.load(desk, stays=True)
        while desk.write_notes():
            pass
    finally:
        desk.close()
    stay_inside()
    run = Run(float(share), int(seed), Path(hostile), Path(told).parent)
    tally, forms = attack(run, read_texts(run.hostile))
    Path(told).write_text(json.dumps(said_of(tally, forms)), encoding="utf-8")


def stay_inside() -> None:
    """From here on this process reaches nothing but this machine, and takes no more memory than its bound."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))

    def watch(event: str, args: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo" and str(args[0]) not in ("localhost", "127.0.0.1", "::1"):
            raise OSError("no network here")
        if event == "socket.connect" and isinstance(args[1], tuple) and not str(args[1][0]).startswith(("127.", "::1")):
            raise OSError("no network here")

    sys.addaudithook(watch)


def attack(run: Run, texts: Texts, *, patterns: int = 0) -> tuple[Tally, list[Form]]:
    """Everything into everything, as far as the run's share goes. patterns: so many addresses alone, 0 for all."""
    import logging

    from newsroom.readers.passwords import Argon2id
    from tests.hostile.asked_names import listening
    from tests.hostile.fields import Survey, all_patterns
    from tests.hostile.sending import Attack, Tally
    from tests.site.routes import Site

    tally = Tally()
    logging.disable(logging.CRITICAL)
    hard = Argon2id.time_cost, Argon2id.memory_cost
    Argon2id.time_cost, Argon2id.memory_cost = 1, 64  # the same way, without the work: no guess is tried here
    try:
        with listening() as names:
            site = Site()
            asking = somebody_of_each()
            survey = Survey(asking, site, names)
            chosen = all_patterns()
            if patterns:
                chosen = sorted(run.choice("patterns").sample(chosen, patterns))
            attacking = Attack(asking.clients, tally)
            forms = [*survey.look(chosen), *_of_headers(chosen, site, names)]
            chance = run.choice("tries")
            for form, role, tried in tries(forms, texts, run):
                if chance.random() < run.share:
                    attacking.send(form, role, tried)
            for form, role, body, kind in bodies(forms, run):
                if chance.random() < run.share:
                    attacking.post(form, role, body, kind)
            attacking.close()
    finally:
        logging.disable(logging.NOTSET)
        Argon2id.time_cost, Argon2id.memory_cost = hard
    return tally, forms


def somebody_of_each() -> Somebody:
    """Who has not signed in, one of each of three roles, and an app."""
    from django.test import Client
    from django.utils import timezone

    from newsroom.readers import app_passwords
    from newsroom.readers.models import AppPassword
    from tests.hostile.fields import Somebody
    from tests.site.routes import STRANGER, one_of_each_role, sign_in

    about: dict[str, Any] = {"REMOTE_ADDR": STRANGER, "HTTP_HOST": "localhost", "raise_request_exception": False}
    readers, now = one_of_each_role(), timezone.now()
    clients = {role: Client(**about) for role in ("anonymous", "reader", "editor", "admin")}
    for role in ("reader", "editor", "admin"):
        sign_in(clients[role], readers[role])
    app = app_passwords.make(readers["reader"], "A telephone", AppPassword.Purpose.GREADER, now)
    fever = app_passwords.make(readers["reader"], "An old telephone", AppPassword.Purpose.FEVER, now)
    shown = f"GoogleLogin auth={app_passwords.auth_of(app.row)}"
    clients["app"] = Client(HTTP_AUTHORIZATION=shown, **about)
    key = app_passwords.fever_key(app_passwords.user_name(readers["reader"]), fever.secret)
    owners = {role: readers.get(role, readers["reader"]) for role in clients if role != "anonymous"}
    return Somebody(clients, owners, {"T": app_passwords.write_token_of(app.row), "api_key": key})


def tries(forms: list[Form], texts: Texts, run: Run) -> Iterator[tuple[Form, str, dict[str, str]]]:
    """(form, as whom, what is put in which field).

    Each odd string goes into all fields of a form at once; they and those of the
    data set are dealt to the fields in turn, each alone, so that each goes
    through many. Django's own administration and headers get fewer.
    """
    turn = run.choice("turn")
    piles = [_dealt(cards, run) for cards in (ODD, texts.core, texts.bulk, LONG)]
    ours = (ODD_A_FIELD, CORE_A_FIELD, BULK_A_FIELD, LONG_A_FIELD)
    elsewhere = (ODD_ELSEWHERE, CORE_ELSEWHERE, BULK_ELSEWHERE, LONG_ELSEWHERE)
    for form in forms:
        is_ours = not form.route.startswith("admin") and form.encoding != "header"
        for field in form.fields:
            for pile, count in zip(piles, ours if is_ours else elsewhere, strict=True):
                for text in islice(pile, count):
                    yield form, turn.choice(form.roles), {field: text}
        if len(form.fields) > 1 and form.encoding not in ("header", "path"):
            for text in ODD if is_ours else islice(piles[0], ODD_ELSEWHERE):
                yield form, turn.choice(form.roles), dict.fromkeys(form.fields, text)


def _dealt(cards: Sequence[str], run: Run) -> Iterator[str]:
    """These in an order of the run's own, round and round."""
    shuffled = list(cards)
    run.choice("dealt").shuffle(shuffled)
    return cycle(shuffled)


def bodies(forms: list[Form], run: Run) -> Iterator[tuple[Form, str, bytes, str]]:
    """Each shape of a body, to each address that takes one, as each kind of it or, elsewhere, as one."""
    turn = run.choice("bodies turn")
    posted = {form.route: form for form in forms if form.method == "POST"}
    for form in posted.values():
        for body in BODIES:
            for kind in [turn.choice(KINDS)] if form.route.startswith("admin") else KINDS:
                yield form, turn.choice(form.roles), body, kind


def _of_headers(patterns: list[tuple[str, str]], site: Any, names: Any) -> list[Form]:
    """Some addresses with the headers and cookies that anything was seen to ask for, and those that are known to hurt."""
    from newsroom.access import ROUTES
    from tests.hostile.fields import Form

    asked = {"HTTP_" + one.upper().replace("-", "_") for one in names.headers} - {
        "HTTP_CONTENT_TYPE",
        "HTTP_CONTENT_LENGTH",
    }
    cookies = {f"cookie {one}" for one in names.cookies}
    fields = tuple(sorted({*HEADERS, *asked, *cookies}))
    read = [(name, pattern) for name, pattern in patterns if name in ROUTES and ROUTES[name].get]
    return [
        Form(name, "GET", site.address(name, pattern, None), (), fields, ("anonymous", "reader", "app"), "header")
        for name, pattern in read[::EACH_HEADER]
    ]


def said_of(tally: Tally, forms: list[Form]) -> dict[str, Any]:
    """The tally as JSON."""
    fields = {(form.route, form.method, form.encoding, name) for form in forms for name in form.fields}
    return {
        "sent": tally.sent, "taken": tally.taken, "refused": tally.refused, "kept_whole": tally.kept_whole,
        "kept_without_unseen": tally.kept_without_unseen, "slowest_s": tally.slowest_s, "slowest": tally.slowest,
        "fields": len(fields), "routes": len({form.route for form in forms}),
        "faults": [[*key, count, tally.first[key]] for key, count in tally.faults.most_common()],
    }  # fmt: skip


def figures_of(said: dict[str, Any], database: str) -> list[Figure]:
    """Two lines: what broke, and whether what was taken is what is kept."""
    broke = [one for one in said["faults"] if one[0].startswith(("answered", "raised", "took", "leads"))]
    unkept = [one for one in said["faults"] if one not in broke]
    tried = f"{said['sent']:,} requests to {said['fields']:,} fields of {said['routes']} routes, slowest {said['slowest_s']:.1f} s"
    kept = f"{said['taken']:,} taken, {said['refused']:,} refused, {said['kept_whole']:,} kept whole, {said['kept_without_unseen']:,} without unseen signs"
    return [
        Figure(f"strings, {database}", "0 answers 5xx, none over 10 s, none to another site", _count(broke), not broke and said["sent"] > 0, tried),
        Figure(f"strings kept or refused, {database}", "equal after NFC, or 4xx and why", _count(unkept), not unkept and said["kept_whole"] > 0, kept),
    ]  # fmt: skip


def _count(faults: list[list[Any]]) -> str:
    told = "; ".join(f"{one[0]}: {one[1]}" for one in faults[:TOLD])
    return f"{sum(one[3] for one in faults)} at {len(faults)} places{': ' + told if told else ''}"


if __name__ == "__main__":
    main(*sys.argv[1:])
