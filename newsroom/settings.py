"""Settings of the site. Every value a person may change comes from the environment.

docs/reference/settings.md lists them; a test keeps the two equal.
"""

from __future__ import annotations

import math
import os
import secrets
from importlib.metadata import PackageNotFoundError, version
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
METRICS_TOKEN_LEAST = 20


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def env_list(name: str) -> list[str]:
    return [part.strip() for part in env(name).split(",") if part.strip()]


def env_number(name: str, default: float, *, least: float = -math.inf) -> float:
    """A number that is not below `least`; "inf" and "nan" are none."""
    value = env(name)
    try:
        number = float(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r}: not a number. Unset it or write one, as {default}.") from None
    if not math.isfinite(number) or number < least:
        from_up = "" if math.isinf(least) else f" from {least:g} up"
        raise ImproperlyConfigured(f"{name}={value!r}: not a number{from_up}. Unset it or write one, as {default:g}.")
    return number


def _model_url() -> str:
    """MODEL_URL, "" if none is given: http or https, a host, nothing secret in it, since it stands on /health."""
    url = env("MODEL_URL").strip()
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ImproperlyConfigured("MODEL_URL: no address. Write one, as http://127.0.0.1:11434/v1.") from None
    if url and "@" in parts.netloc:
        raise ImproperlyConfigured(
            f"MODEL_URL: a name or password stands before {parts.hostname!r}. Leave it out; a key goes into MODEL_KEY."
        )
    if url and (not is_address or parts.query or parts.fragment):
        raise ImproperlyConfigured(
            f"MODEL_URL={url!r}: no address of http or https without ? and #. Write one, as http://127.0.0.1:11434/v1."
        )
    return url


def _site_url() -> str:
    """SITE_URL without its last slash, "" if none is given: http or https, a host, and nothing behind it."""
    url = env("SITE_URL").strip().rstrip("/")
    try:
        parts = urlsplit(url)
        is_site = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_site = False
    if "@" in url:
        raise ImproperlyConfigured("SITE_URL: has a name or password in it. Write the site's address alone.")
    if url and (not is_site or url != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc):
        raise ImproperlyConfigured(
            f"SITE_URL={url!r}: not the address of a site alone. Unset it or write one, as https://news.example."
        )
    return url


def _model_key() -> str:
    """MODEL_KEY, as a header can carry it. It is not told in the message: messages are logged."""
    key = env("MODEL_KEY").strip()
    if not (key.isascii() and key.isprintable()):
        raise ImproperlyConfigured("MODEL_KEY: has line breaks or letters beyond ASCII. Give the key alone, as issued.")
    return key


def _one_of(name: str, value: str, *offered: str) -> str:
    """The value of a setting that is one of a few words."""
    if value not in offered:
        raise ImproperlyConfigured(f"{name}={value!r}: not known. Write {', '.join(offered[:-1])} or {offered[-1]}.")
    return value


def _networks(name: str, told: list[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """A setting of addresses and networks, as 10.0.0.7 or 10.0.0.0/24."""
    found = []
    for part in told:
        try:
            found.append(ip_network(part))
        except ValueError:
            raise ImproperlyConfigured(
                f"{name}: {part!r} is no address and no network. Write them as 10.0.0.7 or 10.0.0.0/24."
            ) from None
    return tuple(found)


def _metrics_token() -> str:
    """METRICS_TOKEN, "" if none is given: long enough not to be guessed. It is not told in the message."""
    token = env("METRICS_TOKEN").strip()
    if token and (len(token) < METRICS_TOKEN_LEAST or not (token.isascii() and token.isprintable())):
        raise ImproperlyConfigured(
            f"METRICS_TOKEN: {len(token)} signs, or some beyond ASCII. Give {METRICS_TOKEN_LEAST} or more, "
            "as openssl rand -hex 20 makes them."
        )
    return token


def _mail_server() -> dict[str, str | int | bool]:
    """EMAIL_URL in Django's own settings, {} if none is given. The password is not told in a message."""
    url = env("EMAIL_URL").strip()
    if not url:
        return {}
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.scheme not in ("smtp", "smtps"):
        raise ImproperlyConfigured(
            "EMAIL_URL: no address of a mail server. Write one, as smtp://name:password@mail.example:587 (STARTTLS) "
            "or smtps://name:password@mail.example:465; : / @ in a name or password as %3A %2F %40."
        )
    is_tls = parts.scheme == "smtps"
    is_here = host in ("localhost", "127.0.0.1", "::1")
    return {
        "EMAIL_HOST": host,
        "EMAIL_PORT": port or (465 if is_tls else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_tls,
        "EMAIL_USE_TLS": not is_tls and not is_here,
    }


def _oidc_url() -> str:
    """OIDC_URL, "" if none is given: https, or http on this machine."""
    url = env("OIDC_URL").strip().rstrip("/")
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in ("localhost", "127.0.0.1", "::1"))
    if "@" in parts.netloc:
        raise ImproperlyConfigured(f"OIDC_URL: a name or password stands before {host!r}. Leave it out.")
    if not host or not is_safe:
        raise ImproperlyConfigured(
            f"OIDC_URL={url!r}: what is signed in there must be asked by https, or be on this machine. "
            "Write the issuer's address, as https://login.example.org/realms/news."
        )
    if not env("OIDC_CLIENT"):
        raise ImproperlyConfigured("OIDC_URL is set, OIDC_CLIENT is not. Set it to the name that the provider gave.")
    return url


def _public_text() -> str:
    """PUBLIC_TEXT: what readers who have not signed in see of an article."""
    return _one_of("PUBLIC_TEXT", env("PUBLIC_TEXT", "excerpt"), "whole", "excerpt", "headline")


def _comments_from() -> str:
    """COMMENTS_FROM: who may comment."""
    value = env("COMMENTS_FROM", "anybody")
    if value not in ("anybody", "accounts", "nobody"):
        raise ImproperlyConfigured(f"COMMENTS_FROM={value!r}: not known. Write anybody, accounts or nobody.")
    return value


# --- where the state is -----------------------------------------------------
DATA_DIR = Path(env("BACKSTORY_DATA", str(ROOT / "var"))).absolute()


def _secret_key() -> str:
    """BACKSTORY_SECRET_KEY, else a key made once and kept in the data folder."""
    if given := env("BACKSTORY_SECRET_KEY"):
        return given
    path = DATA_DIR / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        key = secrets.token_urlsafe(48)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process of the same first start was quicker
            return path.read_text().strip()
        with os.fdopen(descriptor, "w") as file:
            file.write(key)
        return key


SECRET_KEY = _secret_key()
DEBUG = False
SITE_HOSTS = env_list("SITE_HOSTS")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *SITE_HOSTS]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in SITE_HOSTS]


# Who does not answer for 25 s, as a machine without power, is gone, for us and for the database: else what it
# held in the midst of a transaction would be held for hours.
SEEN_GONE = {"keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3"}


def _postgres(name: str, *, without: str, connect_timeout_s: int = 5) -> dict[str, object]:
    """The database that the setting of that name gives. without: what is done where it is not set."""
    parts = urlsplit(env(name))
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(
            f"{name}: begins with {parts.scheme!r}, only postgresql:// is known. Unset it to {without}."
        )  # not told whole: it holds a password
    options = {
        name: unquote(value) for name, _, value in (pair.partition("=") for pair in parts.query.split("&") if pair)
    }
    host = options.pop("host", "") or unquote(parts.hostname or "")
    of_server = [f"-c tcp_{setting}={value}" for setting, value in SEEN_GONE.items()]
    options["options"] = " ".join([*of_server, options.get("options", "")]).strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # Of the address too, as sslmode=verify-full. By its name an upgrade knows that a site is still running.
        "OPTIONS": {"application_name": "backstory", "connect_timeout": connect_timeout_s, **SEEN_GONE, **options},
    }


DATABASES = {
    "default": _postgres("DATABASE_URL", without="use SQLite")
    if env("DATABASE_URL")
    else {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "site.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 30,
            # A read that turns into a write would fail at once with "locked", whatever the timeout.
            "transaction_mode": "IMMEDIATE",
            # FULL: a comment that was acknowledged survives a power cut.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if env("DATABASE_REPLICA_URL"):
    if not env("DATABASE_URL"):
        raise ImproperlyConfigured(
            "DATABASE_REPLICA_URL is set, DATABASE_URL is not: a replica is a copy of PostgreSQL. Set both, or neither."
        )
    _replica = _postgres("DATABASE_REPLICA_URL", without="read from DATABASE_URL alone", connect_timeout_s=2)
    DATABASES["replica"] = {**_replica, "TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["newsroom.replica.Router"]


def _broker_url() -> str:
    """BROKER_URL, "" if none is given: RabbitMQ's, beside PostgreSQL. Its password is not told in the message."""
    url = env("BROKER_URL").strip()
    try:
        parts = urlsplit(url)
        is_broker = parts.scheme in ("amqp", "amqps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_broker = False
    if url and not is_broker:
        raise ImproperlyConfigured(
            "BROKER_URL: no address of RabbitMQ. Write one, as amqp://name:password@10.0.0.5:5672/ (amqps:// by TLS); "
            ": / @ in a name or password as %3A %2F %40."
        )
    if url and not env("DATABASE_URL"):
        raise ImproperlyConfigured(
            "BROKER_URL is set, DATABASE_URL is not: SQLite is one machine's, many workers need PostgreSQL. "
            "Set DATABASE_URL=postgresql://…, or unset BROKER_URL."
        )
    return url


BROKER_URL = _broker_url()  # set: who reads are workers, told by messages (./run worker)

# --- the site ---------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "newsroom.publishers",
    "newsroom.readers",
    "newsroom.articles",
    "newsroom.stories",
    "newsroom.comments",
    "newsroom.alerts",
    "newsroom.desk",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "newsroom.readers.private_pages.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "newsroom.readers.choices.ChoicesMiddleware",
    "newsroom.readers.origin.WholeAddressMiddleware",
    "newsroom.readers.origin.SameOriginMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "newsroom.access.DeclaredMethodsMiddleware",
    *(["newsroom.replica.ReplicaMiddleware"] if "replica" in DATABASES else []),
]
# readers.templatetags.words stands in the place of Django's i18n on purpose: it looks fixed words up once.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]
ROOT_URLCONF = "newsroom.urls"
FORCE_SCRIPT_NAME = ""  # the site stands in no folder, whatever a server was made to say of a request
WSGI_APPLICATION = "newsroom.wsgi.application"
AUTH_USER_MODEL = "readers.Reader"
AUTHENTICATION_BACKENDS = ["newsroom.readers.signing_in.SignIn"]
# The first is what passwords are kept by; the other is what Django kept them by before.
PASSWORD_HASHERS = [
    "newsroom.readers.passwords.Argon2id",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "newsroom" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsroom.stories.context.site",
            ],
            "libraries": {"i18n": "newsroom.readers.templatetags.words"},  # Django's, quicker
        },
    }
]
LANGUAGE_CODE = "en"
# Of the pages' own words, each by its own name. How to add one: docs/how-to/translate.md.
LANGUAGES = [("en", "English"), ("ar", "العربية")]
LOCALE_PATHS = [ROOT / "newsroom" / "locale"]
FORMAT_MODULE_PATH = "newsroom.formats"
TIME_ZONE = env("SITE_TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "newsroom" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
SITE_NAME = env("SITE_NAME", "Backstory")
SITE_URL = _site_url()
ARTICLES_INDEXED = env("ARTICLES_INDEXED", "no") == "yes"
try:
    VERSION = version("backstory")
except PackageNotFoundError:  # run from a checkout that was never installed
    VERSION = "unknown"

# --- safety -----------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
# Other sites are told nothing. Under no-referrer browsers send our own forms with "Origin: null",
# which Django takes for another site's: nobody could sign in at /admin/.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "newsroom.stories.plain_pages.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- accounts ---------------------------------------------------------------
SIGN_UP = _one_of("SIGN_UP", env("SIGN_UP", "invitation"), "open", "invitation", "closed")
TRUSTED_PROXIES = _networks("TRUSTED_PROXIES", env_list("TRUSTED_PROXIES"))
SENDS_MAIL = bool(_mail_server())
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if SENDS_MAIL else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_SSL, EMAIL_USE_TLS = (
    _mail_server().get(name, unset)
    for name, unset in (
        ("EMAIL_HOST", ""), ("EMAIL_PORT", 25), ("EMAIL_HOST_USER", ""), ("EMAIL_HOST_PASSWORD", ""),
        ("EMAIL_USE_SSL", False), ("EMAIL_USE_TLS", False),
    )
)  # fmt: skip
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("EMAIL_FROM") or f"news@{urlsplit(SITE_URL).hostname or 'localhost'}"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
IS_SECURE = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
# By https they have a name that no other host, and no page by http, can set.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (f"{'__Host-' * IS_SECURE}{name}" for name in ("sessionid", "csrftoken"))
# What is counted for the limits is shared by all processes: docs/decisions/0013-limits-in-the-database.md.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "readers_counted",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    },
    "answers": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},  # of a process: a GET writes no row
}
ACCOUNT_ADAPTER = "newsroom.readers.signing_in.Accounts"
ACCOUNT_FORMS = {
    "login": "newsroom.readers.account_forms.LoginForm",
    "signup": "newsroom.readers.account_forms.SignupForm",
    "reset_password": "newsroom.readers.account_forms.ResetPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if SENDS_MAIL else "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = SENDS_MAIL
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_SECURE else "http"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # who has the mail comes in, however often others guessed meanwhile
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa", *(("code",) if SENDS_MAIL else ()))
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,10/h/key",  # key: the account, whatever it was called and wherever from
    "change_password": "10/h/user",
    "reset_password": "20/h/ip,5/h/key",
    "signup": "20/h/ip",
}
MFA_ADAPTER = "newsroom.readers.second_factor.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # where mail can be sent nobody signs in before it is proven
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "add_webauthn": "newsroom.readers.passkey_forms.AddPasskey",
    "authenticate_webauthn": "newsroom.readers.passkey_forms.AnswerAsSecondFactor",
    "login_webauthn": "newsroom.readers.passkey_forms.SignInByPasskey",
    "reauthenticate_webauthn": "newsroom.readers.passkey_forms.ConfirmByPasskey",
}
MFA_RATE_LIMITS = {"webauthn_begin": "30/m/ip"}
SOCIALACCOUNT_ADAPTER = "newsroom.readers.organisation.Organisation"
OIDC_URL = _oidc_url()
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "organisation",
                "name": env("OIDC_NAME") or urlsplit(OIDC_URL).hostname,
                "client_id": env("OIDC_CLIENT"),
                "secret": env("OIDC_SECRET"),
                "settings": {"server_url": OIDC_URL},
            }
        ]
        if OIDC_URL
        else [],
    }
}
if OIDC_URL:  # browsers hold where a form's answer leads to against this as well
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append("{0.scheme}://{0.netloc}".format(urlsplit(OIDC_URL)))

# --- reading ----------------------------------------------------------------
FETCH_ALLOW_PRIVATE = frozenset(env_list("FETCH_ALLOW_PRIVATE"))
FETCH_SPACING_S = env_number("FETCH_SPACING_S", 1.0)
FETCH_SPACING_IS_SET = bool(env("FETCH_SPACING_S"))
FETCH_MAX_BYTES = int(env_number("FETCH_MAX_BYTES", 10 * 1024 * 1024))
FETCH_THREADS = int(env_number("FETCH_THREADS", 16))
READ_WORKERS = int(env_number("READ_WORKERS", 0)) or (os.cpu_count() or 1)
WRITER = env("WRITER", "newstext.writers:extractive")
AI_FEATURES = env("AI_FEATURES", "yes") != "no"
MODEL_URL = _model_url()
MODEL_NAME = env("MODEL_NAME")
MODEL_KEY = _model_key()
MODEL_TIMEOUT_S = env_number("MODEL_TIMEOUT_S", 60, least=0.1)
MODEL_CALLS_AN_HOUR = int(env_number("MODEL_CALLS_AN_HOUR", 60, least=0))
MODEL_CALLS_A_DAY = int(env_number("MODEL_CALLS_A_DAY", 600, least=0))
EMBEDDINGS = env("EMBEDDINGS")
EDITION_HOUR = int(env_number("EDITION_HOUR", 6))
STARTING_PUBLISHERS = env("STARTING_PUBLISHERS", "yes") != "no"
REREAD = env("REREAD", "yes") != "no"
STORY_DAYS = int(env_number("STORY_DAYS", 10))
KEEP_DAYS_LEAST = 30  # "Why now?" looks 28 days back


def _keep_days() -> int:
    """KEEP_DAYS: 0, or long enough that no story still needs what goes."""
    days = int(env_number("KEEP_DAYS", 0, least=0))
    least = max(KEEP_DAYS_LEAST, 2 * STORY_DAYS)
    if 0 < days < least:
        raise ImproperlyConfigured(
            f"KEEP_DAYS={days}: stories still need what is younger than {least} days. Write {least} or more, or 0."
        )
    return days


KEEP_DAYS = _keep_days()
BACKFILL_DAYS = int(env_number("BACKFILL_DAYS", 14))
BACKFILL_A_DAY = int(env_number("BACKFILL_A_DAY", 20))
BACKFILL_AN_HOUR = int(env_number("BACKFILL_AN_HOUR", 600))
PICTURES = env("PICTURES", "yes") != "no"
PICTURES_MAX_MB = env_number("PICTURES_MAX_MB", 1024, least=1)

# --- whose text it is -------------------------------------------------------
PUBLIC_TEXT = _public_text()

# --- apps ---------------------------------------------------------------------
FEVER = env("FEVER", "no") == "yes"

# --- comments ---------------------------------------------------------------
COMMENTS_PER_HOUR = int(env_number("COMMENTS_PER_HOUR", 6))
COMMENTS_FROM = _comments_from()
COMMENTS_CLOSE_DAYS = int(env_number("COMMENTS_CLOSE_DAYS", 0, least=0))
COMMENTS_GUIDELINES = env("COMMENTS_GUIDELINES").strip()
COMMENT_EDIT_MINUTES = int(env_number("COMMENT_EDIT_MINUTES", 15, least=0))
VOTE_MIN_DAYS = int(env_number("VOTE_MIN_DAYS", 2, least=0))
COMMENTS_READ_FIRST = int(env_number("COMMENTS_READ_FIRST", 1, least=0))
SUSPECT_WORDS = env("SUSPECT_WORDS", str(DATA_DIR / "suspect-words.txt"))

# --- who may read /metrics, beside this machine itself ------------------------
METRICS_FROM = _networks("METRICS_FROM", env_list("METRICS_FROM"))
METRICS_TOKEN = _metrics_token()

# The log is a file of the data folder; only what needs a person now goes to the terminal.
LOG_FILE = DATA_DIR / "site.log"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "newsroom.log_lines.WithoutSecrets",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "level": "ERROR"},
        "file": {
            "class": "newsroom.log_file.LogFile",
            "filename": LOG_FILE,
            "formatter": "line",
            "delay": True,
            "encoding": "utf-8",
        },
    },
    "root": {"handlers": ["stderr", "file"], "level": "WARNING"},
    "loggers": {"newsroom": {"level": env("LOG_LEVEL", "INFO")}},
}
