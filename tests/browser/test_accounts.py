"""A reader's account in a real browser: from the invitation to its end, with an app, a passkey and two places."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import struct
import time

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page import SMALL_TARGETS, open_folds
from tests.site import running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "a long and quiet password"
EDITOR = "ada@gazette.example"
NOTHING_INSIDE = "[style], style, script:not([src], [type='application/json'])"


def code_of(secret: str, at: float) -> str:
    """The six digits that an app shows (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


@pytest.fixture(scope="module")
def site(live_site, live_data) -> str:
    """The site by a name that passkeys can belong to, with an administrator."""
    running.run("admin", EDITOR, "--data", str(live_data), typed=f"{PASSWORD}\n")
    return live_site.replace("127.0.0.1", "localhost")


@pytest.fixture
def window(browser, site):
    opened = []

    def open_one(**how):
        context = browser.new_context(base_url=site, viewport={"width": 390, "height": 844}, **how)
        opened.append(context)
        return context.new_page()

    yield open_one
    for context in opened:
        context.close()


def sign_in(page, mail: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Mail address").fill(mail)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm(page) -> None:
    """Give the password once more where it is asked for."""
    if "/reauthenticate/" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()


def invitation(page, name: str) -> str:
    page.goto("/account/invitations")
    page.get_by_label("For whom").fill(name)
    page.get_by_role("button", name="Make a link").click()
    return page.get_by_label("Link").input_value()


def sign_up(page, link: str, mail: str) -> None:
    page.goto(link)
    page.get_by_label("Mail address").fill(mail)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url(re.compile(r"//[^/]+/$"))


@pytest.fixture
def linked(window):
    """A new invitation's link."""
    page = window()
    sign_in(page, EDITOR)
    return lambda name: invitation(page, name)


def test_from_the_invitation_to_the_end_of_the_account(window, linked, tmp_path):
    page = window()
    sign_up(page, linked("Ben"), "ben@meren.example")
    page.goto("/account")
    page.get_by_label("Public name").fill("Ben of Meren")
    page.get_by_role("button", name="Save").click()
    assert page.locator(".notice[role=status]").text_content() == "Saved."

    secret = turn_app_on(page)
    add_passkey(page)
    page.goto("/account")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/?next=/stories")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: url.endswith("/stories") and "login" not in url)
    page.goto("/account")
    assert page.get_by_label("Public name").input_value() == "Ben of Meren"

    other = window(user_agent="A Telephone")
    sign_in(other, "ben@meren.example")
    other.locator("input[name=code]").fill(code_of(secret, time.time() + 30))
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.wait_for_url(re.compile(r"//[^/]+/$"))
    page.goto("/accounts/sessions/")
    page.get_by_role("listitem").filter(has_text="A Telephone").get_by_role("button", name="Sign out there").click()
    other.goto("/account")
    assert "/accounts/login/" in other.url

    page.goto("/account")
    with page.expect_download() as given:
        page.get_by_role("button", name="Everything as one file").click()
        if "/reauthenticate/" in page.url:
            confirm(page)
    held = json.loads(given.value.path().read_text())
    assert held["account"]["name"] == "Ben of Meren"
    assert {one["type"] for one in held["mfa.Authenticator"]} == {"totp", "webauthn", "recovery_codes"}

    page.goto("/account/delete")
    page.get_by_label("Leave my comments").check()
    page.get_by_role("button", name="Delete my account").click()
    confirm(page)
    assert page.url.endswith("/deleted")
    sign_in(page, "ben@meren.example")
    assert "not correct" in page.get_by_role("alert").first.text_content()


def turn_app_on(page) -> str:
    page.goto("/accounts/2fa/totp/activate/")
    confirm(page)
    secret = page.get_by_label("The key", exact=True).input_value()
    assert page.locator(".qr svg path").bounding_box()["width"] > 100
    page.get_by_label("Authenticator code").fill(code_of(secret, time.time()))
    page.get_by_role("button", name="Turn it on").click()
    assert len(page.get_by_label("Unused codes").input_value().split()) == 10
    return secret


def add_passkey(page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**device, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    page.goto("/accounts/2fa/webauthn/add/")
    confirm(page)
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(lambda url: not url.endswith("/add/"))
    page.goto("/accounts/2fa/webauthn/")
    assert page.locator(".rows li").count() == 1


def test_a_passkey_that_is_not_there_is_said(window):
    page = window()
    page.goto("/accounts/login/")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('none', 'NotAllowedError')); }"
    )
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("The passkey was not taken").wait_for()


PAGES = (
    "/account", "/account/delete", "/account/invitations", "/accounts/sessions/", "/accounts/2fa/", "/accounts/email/",
    "/accounts/2fa/webauthn/", "/accounts/password/change/", "/accounts/logout/", "/accounts/reauthenticate/",
    "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/accounts/2fa/recovery-codes/generate/", "/",
)  # fmt: skip
OPEN_PAGES = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/inactive/", "/deleted")


def refuse(page, kind: str) -> None:
    """Show the page with its errors."""
    if kind == "/accounts/login/":
        page.get_by_role("main").get_by_role("textbox").first.fill("nobody@meren.example")
        page.locator("input[type=password]").fill("wrong")
        page.locator(".account-form button").click()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_and_nothing_is_too_wide_or_too_small(browser, site, scheme, language):
    from axe_playwright_python.sync_playwright import Axe

    how = {"color_scheme": scheme, "bypass_csp": True, "viewport": {"width": 320, "height": 844}}
    signing_in = browser.new_context(base_url=site)
    first = signing_in.new_page()
    sign_in(first, EDITOR)
    first.goto("/accounts/reauthenticate/")
    confirm(first)
    signed_in = browser.new_context(base_url=site, storage_state=signing_in.storage_state(), locale=language, **how)
    anybody = browser.new_context(base_url=site, locale=language, **how)
    wrong: dict[str, list[str]] = {}
    for context, pages in ((signed_in, PAGES), (anybody, OPEN_PAGES)):
        page = context.new_page()
        for kind in pages:
            page.goto(kind)
            refuse(page, kind)
            open_folds(page)
            found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
            faults = [found.generate_report()] if found.violations_count else []
            faults += page.evaluate(SMALL_TARGETS)
            faults += [one.evaluate("it => it.outerHTML") for one in page.locator(NOTHING_INSIDE).all()]
            widths = [page.evaluate("document.documentElement.scrollWidth")]
            page.add_style_tag(content="html { font-size: 200% !important }")
            widths.append(page.evaluate("document.documentElement.scrollWidth"))
            faults += [f"{width} px wide" for width in widths if width > 320]
            wrong |= {kind: faults} if faults else {}
    for context in (signing_in, signed_in, anybody):
        context.close()
    assert wrong == {}


def test_the_service_worker_keeps_no_page_of_who_is_signed_in(browser, site):
    named = site.replace("localhost", "news.localhost")
    context = browser.new_context(base_url=named)
    page = context.new_page()
    sign_in(page, EDITOR)
    page.goto("/offline")
    page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)")
    for address in ("/stories", "/account", "/"):
        page.goto(address)
    kept = page.evaluate(
        "caches.open('backstory-pages').then(c => c.keys()).then(all => all.map(one => new URL(one.url).pathname))"
    )
    assert kept == []
    context.close()


def test_signing_up_and_in_need_no_script(window, linked):
    page = window(java_script_enabled=False)
    sign_up(page, linked("Cem"), "cem@meren.example")
    page.goto("/account")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"//[^/]+/$"))
    sign_in(page, "cem@meren.example")
    page.wait_for_url(re.compile(r"//[^/]+/$"))
    page.goto("/account")
    expect(page.get_by_label("Public name")).to_be_visible()
