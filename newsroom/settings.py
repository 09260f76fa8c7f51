"""Settings of the site. Every value a person may change comes from the environment.

docs/reference/settings.md lists them; a test keeps the two equal.
"""

from __future__ import annotations

import math
import os
import secrets
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent


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


def _public_text() -> str:
    """PUBLIC_TEXT: what readers who have not signed in see of an article."""
    value = env("PUBLIC_TEXT", "excerpt")
    if value not in ("whole", "excerpt", "headline"):
        raise ImproperlyConfigured(f"PUBLIC_TEXT={value!r}: not known. Write whole, excerpt or headline.")
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


def _postgres(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(f"DATABASE_URL={url!r}: only postgresql:// is known. Unset it to use SQLite.")
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    host = unquote(options.pop("host", "") or parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {
    "default": _postgres(env("DATABASE_URL"))
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

# --- the site ---------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
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
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "newsroom.readers.choices.ChoicesMiddleware",
    "newsroom.readers.origin.WholeAddressMiddleware",
    "newsroom.readers.origin.SameOriginMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "newsroom.access.DeclaredMethodsMiddleware",
]
ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
AUTH_USER_MODEL = "readers.Reader"
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
BACKFILL_DAYS = int(env_number("BACKFILL_DAYS", 14))
BACKFILL_A_DAY = int(env_number("BACKFILL_A_DAY", 20))
BACKFILL_AN_HOUR = int(env_number("BACKFILL_AN_HOUR", 600))
PICTURES = env("PICTURES", "yes") != "no"
PICTURES_MAX_MB = env_number("PICTURES_MAX_MB", 1024, least=1)

# --- whose text it is -------------------------------------------------------
PUBLIC_TEXT = _public_text()

# --- comments ---------------------------------------------------------------
COMMENTS_PER_HOUR = int(env_number("COMMENTS_PER_HOUR", 6))
COMMENTS_READ_FIRST = int(env_number("COMMENTS_READ_FIRST", 1, least=0))
SUSPECT_WORDS = env("SUSPECT_WORDS", str(DATA_DIR / "suspect-words.txt"))

# The log is a file of the data folder; only what needs a person now goes to the terminal.
LOG_FILE = DATA_DIR / "site.log"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "level": "ERROR"},
        "file": {
            "class": "logging.FileHandler",
            "filename": LOG_FILE,
            "formatter": "line",
            "delay": True,
            "encoding": "utf-8",
        },
    },
    "root": {"handlers": ["stderr", "file"], "level": "WARNING"},
    "loggers": {"newsroom": {"level": env("LOG_LEVEL", "INFO")}},
}
