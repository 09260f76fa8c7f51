"""Every address asked by everybody, by every method, beside the declared table; and no GET writes.

A new route is declared in newsroom/access.py. Where its arguments are not
among those of routes.py here, or it leads to what is a reader's own, a line there.
How many answers were compared is told to `./run measure safety access` by record_property.
"""

from __future__ import annotations

import hashlib

import pytest
from django.db import connection, transaction
from django.test import Client

from newsroom.access import ANONYMOUS, ROUTES, Route
from newsroom.readers import app_passwords
from newsroom.readers.models import Reader
from tests.site.routes import ROLES, STRANGER, Site, one_of_each_role, patterns, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
METHODS = ("GET", "POST", "PUT", "DELETE")
# These answer 404 to all here: there is no picture and no favicon (their own tests have some), and no root of the API.
WITHOUT_A_SAMPLE = {"picture", "favicon", "api:api-root"}
# Tables that a GET may write, and why: none of what anybody wrote or chose.
WRITTEN_BY_GET: dict[str, str] = {
    "django_session": "when it was last used, and when it ends",
    "stories_installation": "the site's own key, made once, when a feed or the API first needs it",
}
READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "PRAGMA", "EXPLAIN", "SET", "SHOW", "DECLARE", "FETCH")


@pytest.fixture
def readers() -> dict[str, Reader]:
    return one_of_each_role()


@pytest.fixture
def stranger() -> Reader:
    """Whose things the others' are."""
    return Reader.objects.create_user("somebody-else@meren.example")


def answer_class(status: int, location: str) -> str:
    if status in (301, 302, 303) and "/login/" in location:
        return "login"
    return {401: "no password", 403: "forbidden", 404: "missing", 405: "method"}.get(status, "open")


def wanted(route: Route, method: str, role: str, *, is_own: bool) -> set[str]:
    """The answers that the table allows."""
    if method not in route.methods():
        return {"method"}
    if route.by_app:
        return {"no password"}
    if role not in route.roles(method):
        return {"login" if role == ANONYMOUS and route.is_login else "forbidden"}
    return {"open"} if is_own or route.others is None or role in route.others else {"missing"}


def ask(client: Client, method: str, address: str, **headers: str) -> tuple[str, list[str]]:
    """(class of the answer, what was written); all of it is taken back."""
    written: list[str] = []
    cookies = dict(client.cookies)

    def listen(execute, sql, params, many, context):
        if not sql.lstrip(" (").upper().startswith(READS):
            written.append(sql[:120])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(listen):
        answer = getattr(client, method.lower())(address, REMOTE_ADDR=STRANGER, HTTP_HOST="localhost", **headers)
        if getattr(answer, "streaming", False):
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.update(cookies)  # who was signed out by it still has a session: its row is back
    return answer_class(answer.status_code, answer.headers.get("Location", "")), written


def bad_writes(written: list[str]) -> list[str]:
    """Those that no exception allows."""
    return [sql for sql in written if not any(one in sql for one in WRITTEN_BY_GET)]


def test_every_route_is_declared_and_nothing_else_is(record_property):
    names = {name for name, _ in patterns()}
    record_property("routes", len(names))
    assert names - ROUTES.keys() == set(), "declare them in newsroom/access.py"
    assert ROUTES.keys() - names == set(), "no such route any more"


def test_every_route_answers_each_role_and_method_as_the_table_says(
    readers, stranger, settings, client, record_property
):
    settings.SITE_HOSTS = ["localhost"]
    settings.SIGN_UP, settings.FEVER = "invitation", True
    site = Site()
    clients = {role: Client() for role in ROLES}
    for role, reader in readers.items():
        sign_in(clients[role], reader)
    compared, wrong, writing = 0, [], []
    for name, pattern in patterns():
        route = ROUTES[name]
        for role in ROLES:
            own = readers.get(role)
            for is_own in (True, False) if route.others is not None else (True,):
                address = site.address(name, pattern, own if is_own else stranger)
                for method in METHODS:
                    got, written = ask(clients[role], method, address)
                    compared += 1
                    allowed = wanted(route, method, role, is_own=is_own)
                    if name in WITHOUT_A_SAMPLE:
                        allowed |= {"missing"}
                    if got not in allowed:
                        whose = "own" if is_own else "other's"
                        wrong.append(f"{method} {address} ({name}, {whose}) as {role}: {got}, table: {allowed}")
                    if method == "GET" and bad_writes(written):
                        writing.append(f"{address} as {role}: {written}")
    record_property("answers", compared)
    assert not wrong, "\n".join(wrong)
    assert not writing, "\n".join(writing)


def test_an_app_password_opens_what_apps_ask_and_none_of_it_writes(readers, settings, client):
    settings.SITE_HOSTS = ["localhost"]
    site, reader = Site(), readers["reader"]
    made = app_passwords.make(reader, "A Telephone", "greader", site.now)
    shown = {"HTTP_AUTHORIZATION": f"GoogleLogin auth={app_passwords.auth_of(made.row)}"}
    asked = [(name, pattern) for name, pattern in patterns() if ROUTES[name].by_app and ROUTES[name].get]
    assert asked
    for name, pattern in asked:
        got, written = ask(client, "GET", site.address(name, pattern, reader), **shown)
        assert (got, bad_writes(written)) == ("open", []), name


def test_an_app_password_opens_no_page_of_the_account(readers, settings, client):
    settings.SITE_HOSTS = ["localhost"]
    site, reader = Site(), readers["admin"]
    made = app_passwords.make(reader, "A Telephone", "greader", site.now)
    shown = {"HTTP_AUTHORIZATION": f"GoogleLogin auth={app_passwords.auth_of(made.row)}"}
    for name, pattern in patterns():
        route = ROUTES[name]
        for method in ("GET", "POST"):
            if route.roles(method) and ANONYMOUS not in route.roles(method):
                got, _written = ask(client, method, site.address(name, pattern, reader), **shown)
                assert got in ("login", "forbidden"), f"{method} {name}: {got}"


def test_fever_is_not_there_while_it_is_off(readers, settings, client):
    settings.SITE_HOSTS, settings.FEVER = ["localhost"], False
    for address in ("/fever", "/api/fever.php"):  # "/fever/" leads to the first, as all with a slash too many
        for method in ("GET", "POST"):
            assert ask(client, method, address) == ("missing", []), (method, address)


def test_no_get_changes_a_row_of_any_table(readers, client):
    """The same by the rows themselves, whatever wrote them."""
    site = Site()
    sign_in(client, readers["admin"])
    addresses = [site.address(name, pattern, readers["admin"]) for name, pattern in patterns() if ROUTES[name].get]
    before = rows_of_all_tables()
    for address in addresses:
        answer = client.get(address, REMOTE_ADDR=STRANGER)
        if getattr(answer, "streaming", False):
            b"".join(answer.streaming_content)
    after = rows_of_all_tables()
    assert {table for table in before if before[table] != after[table]} == set()


def rows_of_all_tables() -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a hash of all that stands in them."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in WRITTEN_BY_GET:
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[table] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found
