"""The addresses of what apps ask, each where apps look for it: at the site itself, and where FreshRSS has it."""

from __future__ import annotations

from django.urls import URLPattern, path

from newsroom.greader import (
    app_passwords_page,
    fever,
    marking,
    opml_page,
    signing_in,
    stream_pages,
    subscriptions,
)

PREFIXES = ("", "api/greader.php/")  # an app appends to either, as it was told the site or FreshRSS's address
SIGN_IN = "accounts/ClientLogin"


def addresses() -> list[URLPattern]:
    """All of them. They stand before /accounts/ of the accounts, and before /api/v1/."""
    found = [
        path("account/app-passwords", app_passwords_page.app_passwords, name="app-passwords"),
        path("following.opml", opml_page.following, name="following-opml"),
        path("following/import", opml_page.bring, name="following-import"),
        path("fever/", fever.answer_app, name="fever"),
        path("fever", fever.answer_app),
        path("api/fever.php", fever.answer_app),
        path("api/greader.php", subscriptions.is_there),
    ]
    for prefix in PREFIXES:
        found += [path(f"{prefix}{SIGN_IN}", signing_in.client_login), *_of_reader(prefix)]
    return found


def _of_reader(prefix: str) -> list[URLPattern]:
    api = f"{prefix}reader/api/0/"
    return [
        path(f"{api}token", signing_in.token),
        path(f"{api}user-info", subscriptions.user_info),
        path(f"{api}tag/list", subscriptions.tag_list),
        path(f"{api}subscription/list", subscriptions.subscription_list),
        path(f"{api}subscription/edit", subscriptions.edit),
        path(f"{api}subscription/quickadd", subscriptions.quick_add),
        path(f"{api}subscription/export", opml_page.export_to_app),
        path(f"{api}subscription/import", opml_page.import_from_app),
        path(f"{api}rename-tag", subscriptions.rename_tag),
        path(f"{api}disable-tag", subscriptions.disable_tag),
        path(f"{api}edit-tag", marking.edit_tag),
        path(f"{api}mark-all-as-read", marking.mark_all_as_read),
        path(f"{api}unread-count", stream_pages.unread_count),
        path(f"{api}stream/items/ids", stream_pages.item_ids),
        path(f"{api}stream/items/contents", stream_pages.items_by_id),
        path(f"{api}stream/contents", stream_pages.contents),
        path(f"{api}stream/contents/<path:stream>", stream_pages.contents),
        path(f"{prefix}reader/atom/<path:stream>", stream_pages.atom),
        path(f"{api}preference/list", subscriptions.nothing, {"holds": "prefs"}),
        path(f"{api}preference/stream/list", subscriptions.nothing, {"holds": "streamprefs"}),
        path(f"{api}friend/list", subscriptions.nothing, {"holds": "friends"}),
    ]
