"""A canary in every secret field; then all that the site says is searched for them.

A site runs with a secret in each setting that takes one and in each field that
people fill: they sign up by invitation, sign in, choose a second factor, give
apps passwords, forget theirs; feeds have keys in their addresses; the model,
the organisation's sign-in and the mail server fail and say back what they were
sent; tables are missing while secrets are sent, so that there are tracebacks.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from tests.hostile.figures import Figure, Run
from tests.hostile.secret_site import Person, SecretSite, closed_port, echoing_server, one_time_code, value_of
from tests.hostile.secrets_known import Heard, Secrets
from tests.site import loopback, mail_server

PAGES = 400  # of each person, at full size
PAGES_LEAST = 20
WRONG_SETTINGS_FROM = 0.05  # the share from which on commands are started with settings that they refuse
BOSS, ADA = "boss@meren.example", "ada@meren.example"
APP_PROOF, APP_TOKEN = "app's proof", "app's token"
# That nothing points to: another would take its rows' ties along when it is away.
TABLES = ("readers_counted", "django_session", "readers_invitation", "mfa_authenticator", "publishers_addition")
FEED_PAGES = ("/admin/publishers/feed/", "/admin/publishers/addition/", "/admin/publishers/publisher/")
# An operator's own list of addresses, in the forms in which they are edited, for editors alone.
TO_ADMINS = tuple(f"{kind} {path}" for path in FEED_PAGES for kind in ("page", "answer to a post at"))
BY_NATURE = ("feed",)  # what must be used again as it is: an address is asked with its key
BEGIN = ("/", "/health", "/health.json", "/publishers", "/metrics", "/healthz", "/readyz", "/about", "/search?q=lamp",
         "/feed.xml", "/feed.json", "/sitemap.xml", "/robots.txt", "/api/v1/stories", "/api/v1/openapi.json",
         "/hashtags", "/moderation/counts")  # fmt: skip
SIGNED_IN = ("/account", "/account/app-passwords", "/accounts/2fa/", "/accounts/sessions/", "/accounts/email/",
             "/following", "/following.opml", "/alerts", "/saved", "/comments/mine", "/for-you/profile")  # fmt: skip
ADMIN = ("/admin/", "/setup/publishers", "/setup/publishers/added", "/moderation", "/corrections",
         "/account/invitations", "/admin/readers/token/", "/admin/sessions/session/")  # fmt: skip


def measure(run: Run) -> list[Figure]:
    secrets, heard = listen(run)
    return figures(secrets, heard)


def figures(secrets: Secrets, heard: list[Heard]) -> list[Figure]:
    """What the table says of what was heard."""
    kept = [one for one in heard if one.place.startswith(("rows:", "backup:"))]
    said = [one for one in heard if one not in kept]
    told = secrets.found_in(said)
    places = len({one.place for one in said})
    stored = sorted(set(secrets.found_in(one for one in kept if one.place.startswith("backup:"))))
    readable = [(name, place) for name, place in stored if not name.startswith(BY_NATURE)]
    in_rows = {name for name, place in secrets.found_in(one for one in kept if one.place.startswith("rows:"))}
    by_nature = sorted({name for name, _ in stored} - {name for name, _ in readable})
    counts = f"{len(secrets.known)} secrets"
    return [
        Figure("canary secrets in logs, pages, errors, exports, API, mails to others", "0", _found(told), not told,
               f"{counts} x {len(said)} answers, logs and terminals of {places} kinds"),
        Figure("canary secrets in the clear in a backup", "0, but for feed addresses", _found(readable), not readable,
               f"{counts}; by nature in the clear: {', '.join(by_nature) or 'none'}; "
               f"in the data folder's own rows too: {', '.join(sorted(in_rows - set(by_nature))) or 'none'}"),
    ]  # fmt: skip


def _found(found: Iterable[tuple[str, str]]) -> str:
    lines = sorted(set(found))
    shown = "; ".join(f"{name} in {place}" for name, place in lines[:12])
    return f"{len(lines)}" + (f": {shown}" if lines else "")


def listen(run: Run, *, settings_module: str = "newsroom.settings") -> tuple[Secrets, list[Heard]]:
    """Everything that a site said over a life with secrets, and the secrets.

    settings_module: another one shows that the harness hears what the site's own keeps quiet.
    """
    secrets = Secrets(run.choice("canaries"))
    with loopback.serve() as origin, mail_server.serve() as mails, echoing_server() as echo:
        mails.answers |= {"EHLO": "250-mail.example\r\n250 AUTH PLAIN", "AUTH": "235 OK"}
        settings = _settings(secrets, echo, mails.port) | {"DJANGO_SETTINGS_MODULE": settings_module}
        site = SecretSite(run.scratch / "data", secrets, settings, allow=f"{origin.host},{urlsplit(echo).netloc}")
        _before_serving(site, secrets, origin, run.share)
        with site.served():
            boss, ada, nobody = (Person(site, name) for name in ("administrator", "reader", "nobody"))
            _people(site, boss, ada, nobody, mails)
            site.wait_for("select count(*) from publishers_check where outcome = 'http-404'", "a failing feed")
            most = max(PAGES_LEAST, round(PAGES * run.share))
            nobody.crawl(list(BEGIN), most)
            ada.crawl([*SIGNED_IN, *BEGIN], most)
            boss.crawl([*ADMIN, *SIGNED_IN, *BEGIN], most)
            site.hear_backup(run.scratch / "site.backup")
            _break_things(site, boss, ada, nobody, mails)
        site.hear_files()
    return secrets, site.heard


def _settings(secrets: Secrets, echo: str, mail_port: int) -> dict[str, str]:
    """Every setting that takes a secret."""
    return {
        "BACKSTORY_SECRET_KEY": secrets.make("secret key", long=44),
        "MODEL_URL": f"{echo}/v1", "MODEL_NAME": "small", "MODEL_KEY": secrets.make("model key"),
        "EMAIL_URL": f"smtp://news:{secrets.make('mail password')}@127.0.0.1:{mail_port}",
        "SITE_URL": "http://127.0.0.1:1",  # only what mails link; replaced by the site's own below
        "OIDC_URL": echo, "OIDC_CLIENT": "news", "OIDC_SECRET": secrets.make("sign-in secret"),
        "FEVER": "yes", "COMMENTS_PER_HOUR": "1000",
    }  # fmt: skip


def _before_serving(site: SecretSite, secrets: Secrets, origin: loopback.Site, share: float) -> None:
    site.settings["SITE_URL"] = site.url
    item = {"path": "/lamp", "title": "The lamp of Kelm is lit again", "at": "Mon, 23 Nov 2026 09:00:00 GMT"}
    origin.page("/lamp", item["title"], ["The lamp of Kelm was lit again on Monday, the town of Kelm said."] * 3)
    good = f"/good?key={secrets.make('feed key that works', shown_at=TO_ADMINS)}"
    origin.feed(good, [item])
    gone = f"/gone?token={secrets.make('feed key that is refused', shown_at=TO_ADMINS)}"
    bare = f"/page?k={secrets.make('feed key of what is no feed', shown_at=TO_ADMINS)}"
    origin.answers[bare] = loopback.Answer(b"<p>no feed</p>")
    # Whoever types a command reads it on their own terminal.
    of_typist = ("terminal of add", *TO_ADMINS)
    user = secrets.make("feed password", shown_at=of_typist)
    shut = secrets.make("feed key of a shut port", shown_at=of_typist)
    outlines = "".join(
        f'<outline type="rss" text="The {name} lamp" xmlUrl="{url}"/>'
        for name, url in (
            ("good", origin.url(good)), ("gone", origin.url(gone)), ("bare", origin.url(bare)),
            ("shut", f"http://127.0.0.1:{closed_port()}/feed?key={shut}"),
            ("named", f"http://news:{user}@{origin.host}/named"),
        )
    )  # fmt: skip
    site.data.mkdir(exist_ok=True)
    path = site.data / "feeds.opml"
    path.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
    site.run("add", str(path), "--data", str(site.data))
    site.run("add", f"http://news:{user}@{origin.host}/named", "--data", str(site.data))
    site.run("admin", BOSS, "--data", str(site.data), typed=secrets.make("administrator's password") + "\n")
    if share < WRONG_SETTINGS_FROM:
        return
    password = secrets.make("database password")
    for scheme in ("postgres", "mysql"):  # nobody listens; nobody knows
        site.run("ingest", "--once", "--data", str(site.data / "other"),
                 DATABASE_URL=f"{scheme}://news:{password}@127.0.0.1:{closed_port()}/news")  # fmt: skip
    site.run("ingest", "--once", "--data", str(site.data / "other"), OIDC_URL=f"https://news:{password}@login.example")


def _people(site: SecretSite, boss: Person, ada: Person, nobody: Person, mails: mail_server.MailServer) -> None:
    secrets = site.secrets
    nobody.send("/accounts/login/", login=BOSS, password=secrets.make("password that was mistyped"))
    boss.send("/accounts/login/", login=BOSS, password=secrets.known["administrator's password"].value)
    secrets.keep("administrator's session", boss.web.cookies["sessionid"])
    page = boss.send("/account/invitations", note="For Ada").text
    link = value_of(page, "link")
    own = "answer to a post at /account/invitations as administrator"
    secrets.keep(
        "invitation", link.partition("invitation=")[2], shown_at=[own, "answer to a post at /accounts/confirm-email/"]
    )
    password = secrets.make("reader's password")
    ada.send("/accounts/signup/?" + link.partition("?")[2], email=ADA, password1=password)
    proof = _mailed(mails, r"/accounts/confirm-email/([^/\s]+)/")
    secrets.keep("proof of a mail address", proof, shown_at=["page /accounts/confirm-email/"])
    ada.send(f"/accounts/confirm-email/{proof}/")
    ada.send("/accounts/reauthenticate/?next=/account", password=password)
    _second_factor(ada)
    _apps(ada)
    _forgotten(site, mails)
    secrets.keep("reader's session", ada.web.cookies["sessionid"])
    boss.post("/setup/publishers", do="add", list=f"http://127.0.0.1:{closed_port()}/f?key="
              + secrets.make("feed key that an administrator typed", shown_at=TO_ADMINS))  # fmt: skip
    boss.follow(boss.post("/accounts/oidc/organisation/login/"))
    state = boss.post("/accounts/oidc/organisation/login/").headers.get("Location", "")
    if found := re.search(r"state=([^&]+)", state):
        nobody.get(f"/accounts/oidc/organisation/login/callback/?code=c&state={found[1]}")
        boss.get(f"/accounts/oidc/organisation/login/callback/?code=c&state={found[1]}")


def _second_factor(ada: Person) -> None:
    secrets = ada.site.secrets
    page = ada.get("/accounts/2fa/totp/activate/")
    own = ["page /accounts/2fa/", "answer to a post at /accounts/2fa/"]
    key = secrets.keep("second factor's key", value_of(page.text, "authenticator_secret"), shown_at=own)
    ada.fill(page, "/accounts/2fa/totp/activate/", code=one_time_code(key, time.time()))
    codes = ada.get("/accounts/2fa/recovery-codes/download/")
    assert codes.headers["Content-Type"].startswith("text/plain"), "the second factor was not turned on"
    for place, code in enumerate(codes.text.split()[:3]):
        secrets.keep(f"recovery code {place + 1}", code, shown_at=own)


def _apps(ada: Person) -> None:
    secrets = ada.site.secrets
    own = "answer to a post at /account/app-passwords as reader"
    for purpose in ("greader", "fever"):
        page = ada.send("/account/app-passwords", name=f"Phone, {purpose}", purpose=purpose).text
        [made] = re.findall(r'<code class="secret"[^>]*>([^<]+)<', page)
        secrets.keep(f"app password, {purpose}", made, shown_at=[own])
        if purpose == "fever":
            key = hashlib.md5(f"{ADA}:{made}".encode()).hexdigest()
            secrets.keep("app's key, fever", key)
            ada.post("/fever/?api&items", api_key=key)
            continue
        said = ada.post("/accounts/ClientLogin", Email=ADA, Passwd=made).text
        proof = dict(line.split("=", 1) for line in said.split())["Auth"]
        secrets.keep(APP_PROOF, proof, shown_at=["answer to a post at /accounts/ClientLogin as"])
        headers = {"Authorization": f"GoogleLogin auth={proof}"}
        token = ada.get("/reader/api/0/token", headers=headers).text.strip()
        secrets.keep(APP_TOKEN, token, shown_at=["page /reader/api/0/token as reader"])
        for path in ("user-info", "subscription/list", "subscription/export", "stream/contents"):
            ada.get(f"/reader/api/0/{path}", headers=headers)


def _forgotten(site: SecretSite, mails: mail_server.MailServer) -> None:
    """A password is forgotten: the link that comes by mail is used by its owner, and another one stays unused."""
    cem = Person(site, "who forgot")
    before = len(mails.taken)
    cem.send("/accounts/password/reset/", email=BOSS)
    link = _mailed(mails, r"/accounts/password/reset/key/([^/\s]+)/", after=before)
    site.secrets.keep("link to a new password", link, shown_at=["page /accounts/password/reset/key/"])
    cem.follow(cem.get(f"/accounts/password/reset/key/{link}/"))


def _mailed(mails: mail_server.MailServer, pattern: str, *, after: int = 0) -> str:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        for mail in mails.mails[after:]:
            body = mail.get_body(("plain",))
            if body and (found := re.search(pattern, body.get_content())):
                return found[1]
        time.sleep(0.1)
    raise AssertionError(f"no mail with {pattern} came; {len(mails.taken)} mails did")


def _break_things(site: SecretSite, boss: Person, ada: Person, nobody: Person, mails: mail_server.MailServer) -> None:
    """Send the secrets while a table is missing or a server refuses, so that there is something to tell."""
    known = {name: secret.value for name, secret in site.secrets.known.items()}
    paths = [
        f"/accounts/password/reset/key/{known['link to a new password']}/",
        f"/accounts/confirm-email/{known['proof of a mail address']}/",
        f"/accounts/signup/?invitation={known['invitation']}",
        f"/setup/{known['invitation']}",
        f"/mails/stop/{known['proof of a mail address']}",
        f"/not-here?key={known[APP_TOKEN]}",
    ]  # fmt: skip
    for table in TABLES:
        with site.without_table(table):
            for path in paths:
                nobody.get(path)
            nobody.post("/accounts/login/", login=BOSS, password=known["administrator's password"])
            nobody.post("/accounts/signup/", email="eve@meren.example", password1=known["reader's password"])
            nobody.post("/accounts/ClientLogin", Email=ADA, Passwd=known["app password, greader"])
            nobody.get("/reader/api/0/user-info", headers={"Authorization": f"GoogleLogin auth={known[APP_PROOF]}"})
            nobody.post("/fever/?api", api_key=known["app's key, fever"])
            for person in (boss, ada):
                for path in ("/", "/account", "/accounts/2fa/", "/accounts/2fa/recovery-codes/", "/admin/"):
                    person.get(path)
    for path in paths:
        nobody.get(path)
        nobody.post(path, password1=known["reader's password"], headers={"Origin": "https://elsewhere.example"})
    mails.answers["AUTH"] = f"535 no {known['mail password']}"
    nobody.send("/accounts/password/reset/", email=ADA)
    nobody.post("/accounts/login/", login="x" * 2_000_000, password=known["reader's password"])
