"""A pytest plugin that leaves every door of a role open: with it the figure of access must turn red."""

from __future__ import annotations

from unittest.mock import patch


def pytest_sessionstart() -> None:
    import newsroom.roles

    patch.object(newsroom.roles, "has_role", lambda request, roles: request.user.is_authenticated).start()
