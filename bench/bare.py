"""Settings of the floor of pages: Django over the same rows, with newsroom.bare_pages and no middleware."""

from newsroom.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "newsroom.bare_pages"
