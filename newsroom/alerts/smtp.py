"""Django's way out to the mail server, which also says when the words of a mail begin to go and whether they are gone.

A mail may be sent again only as long as the server surely has not got it all.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from typing import Any

from django.core.mail.backends import smtp

CONTENT = 2  # of what is sent for DATA: the command, then the mail


class _Watched:
    """Calls before_content ahead of a mail's words, and knows whether the last of them left."""

    before_content: Callable[[], None] | None = None
    is_handed = False
    _sent = 0

    def data(self, message: Any) -> Any:
        self.is_handed, self._sent = False, 1
        try:
            return super().data(message)  # type: ignore[misc]
        finally:
            self._sent = 0

    def send(self, what: Any) -> None:
        is_content = self._sent == CONTENT
        self._sent += bool(self._sent)
        if is_content and self.before_content:
            self.before_content()
        super().send(what)  # type: ignore[misc]
        self.is_handed |= is_content


class WatchedSMTP(_Watched, smtplib.SMTP):
    pass


class WatchedSMTPS(_Watched, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """The same, by connections that are watched."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return WatchedSMTPS if self.use_ssl else WatchedSMTP
