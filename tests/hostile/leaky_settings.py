"""The site's settings with the guard of the log turned off, to see that the harness hears it."""

from newsroom.settings import *  # noqa: F403
from newsroom.settings import LOGGING

LOGGING["formatters"] = {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}}
