"""What is written to the log and the terminal: lines without secrets, whoever writes them.

Addresses lose what may be a key: name and password before the host, and all
behind the ?. Of our own addresses that are secrets themselves (a link to a new
password, an invitation) the secret part goes. What the settings hold as
secrets is taken out wherever it stands, as in what a server said back.
"""

from __future__ import annotations

import logging
import re
from urllib.parse import unquote, urlsplit

from django.conf import settings

HIDDEN = "…"
PATHS = ("setup", "text", "correction", "mails/stop", "accounts/confirm-email", "accounts/password/reset/key")
OF_AN_ADDRESS = re.compile(
    r"(?P<before>\w{2,12}://)(?P<who>[^\s/?#@\"'<>]*@)?(?P<rest>[^\s?\"'<>]*)(?P<query>\?[^\s\"'<>]*)?"
)
OF_A_PATH = re.compile(rf"(?P<begins>/(?:{'|'.join(PATHS)})/)[^\s/?\"'<>]+")
OF_A_QUERY = re.compile(r"(?P<begins>(?<![\w:])/[^\s?\"'<>]*)\?[^\s\"'<>]+")
LEAST = 6  # letters; a shorter secret would be found in every second line


class WithoutSecrets(logging.Formatter):
    """A line of the log, with its traceback, without what nobody should read there."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


def without_secrets(said: str) -> str:
    """The same words without secrets, as far as they can be told from others."""
    for secret in _of_settings():
        said = said.replace(secret, HIDDEN)
    said = OF_AN_ADDRESS.sub(_open_address, said)
    said = OF_A_QUERY.sub(rf"\g<begins>?{HIDDEN}", said)
    return OF_A_PATH.sub(rf"\g<begins>{HIDDEN}", said)


def open_address(url: str) -> str:
    """An address as anybody may see it: a query may hold a subscriber's key, and so may a name before the host."""
    return OF_AN_ADDRESS.sub(_open_address, url)


def _open_address(found: re.Match[str]) -> str:
    who, query = (HIDDEN + "@") * bool(found["who"]), f"?{HIDDEN}" * bool(found["query"])
    return f"{found['before']}{who}{found['rest']}{query}"


def _of_settings() -> list[str]:
    """What the operator gave as secrets."""
    databases = [database.get("PASSWORD") for database in settings.DATABASES.values()]
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    broker = unquote(urlsplit(settings.BROKER_URL).password or "")
    known = [settings.SECRET_KEY, settings.MODEL_KEY, settings.EMAIL_HOST_PASSWORD, *databases, broker]
    known += [app["secret"] for app in apps]
    return [str(secret) for secret in known if secret and len(str(secret)) >= LEAST]
