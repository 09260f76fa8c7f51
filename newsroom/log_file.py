"""The log in the data folder: a disk that takes no line is no reason for a page to fail."""

from __future__ import annotations

import logging
import sys


class LogFile(logging.FileHandler):
    """A file of log lines; one that cannot be opened or written is left out. Errors go to standard error as well."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            super().emit(record)
        except OSError:  # opening it, which logging does not catch itself
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        if isinstance(sys.exc_info()[1], OSError):
            return  # a traceback for each line would only fill what is full
        super().handleError(record)
