"""Who may ask which address, by what method: every route is declared here, and a test asks each as everybody.

A route is known by its name ("story"; of the API "api:get_story"), one without
a name by its pattern ("feed.xml"). Methods that are not declared are answered
with 405 by the middleware here; roles are looked at by the views (`for_roles`
in roles.py and their like), and tests/site/test_access.py compares what they
answer with this table. Paths under PREFIXES are their applications' own, save
those that are declared here all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import ResolverMatch

from newsroom.roles import ADMINS, EDITORS, MODERATORS, READERS, Roles

ANONYMOUS = "anonymous"
EVERYBODY = READERS | {ANONYMOUS}
NOBODY: Roles = frozenset()

# admin/: RoleAdmin in roles.py says who may open each of its pages; accounts/: allauth's, each for who it is about.
PREFIXES = ("admin/", "accounts/")


@dataclass(frozen=True, slots=True)
class Route:
    """Who may get and who may post.

    others: who may do the same with what is another reader's; None where the
    address leads to nobody's own things. Who may not is told 404 there.
    is_login: an anonymous asker is asked to sign in, else told 403.
    by_app: an app password alone opens it; whoever brings none is told 401, with a session or without.
    """

    get: Roles = NOBODY
    post: Roles = NOBODY
    others: Roles | None = None
    is_login: bool = True
    by_app: bool = False

    def methods(self) -> list[str]:
        return [*(["GET", "HEAD"] if self.get else []), *(["POST"] if self.post else [])]

    def roles(self, method: str) -> Roles:
        return {"GET": self.get, "POST": self.post}.get(method, NOBODY)


PAGE = Route(get=EVERYBODY)  # read by all, written by nobody
FORM = Route(get=EVERYBODY, post=EVERYBODY)
SENT = Route(post=EVERYBODY)
# Of who is signed in, and of nobody else's rows: the address names none, or what is another's is not found.
OWN_PAGE = Route(get=READERS)
OWN_FORM = Route(get=READERS, post=READERS)
OWN_SENT = Route(post=READERS)
OWN_ROW = Route(post=READERS, others=NOBODY)
APP_READS = Route(get=EVERYBODY, by_app=True)
APP_SENDS = Route(post=EVERYBODY, by_app=True)


def _of_apps() -> dict[str, Route]:
    """The Google Reader API, at the site itself and where FreshRSS has it; its addresses have no names."""
    found = {"api/greader.php": APP_READS}
    for before in ("", "api/greader.php/"):
        api = f"{before}reader/api/0"
        reads = ("token", "user-info", "tag/list", "subscription/list", "subscription/export", "unread-count",
                 "stream/items/ids", "stream/contents", "stream/contents/<path:stream>", "preference/list",
                 "preference/stream/list", "friend/list")  # fmt: skip
        sends = ("subscription/edit", "subscription/quickadd", "subscription/import", "rename-tag", "disable-tag",
                 "edit-tag", "mark-all-as-read")  # fmt: skip
        found |= {f"{api}/{name}": APP_READS for name in reads}
        found |= {f"{api}/{name}": APP_SENDS for name in sends}
        found[f"{api}/stream/items/contents"] = Route(get=EVERYBODY, post=EVERYBODY, by_app=True)
        found[f"{before}reader/atom/<path:stream>"] = APP_READS
        found[f"{before}accounts/ClientLogin"] = APP_SENDS  # with the password itself
    return found


ROUTES: dict[str, Route] = {
    # --- pages of news ---
    **dict.fromkeys(
        (
            "front",
            "stories",
            "storyline",
            "story",
            "story-slug",
            "ask-story",
            "story-news",
            "article",
            "article-slug",
            "changes",
            "sentence",
            "picture",
            "favicon",
            "hashtag",
            "person",
            "place",
            "organisation",
            "hashtags",
            "section",
            "country",
            "countries",
            "edition",
            "edition-of",
            "search",
            "search-as-you-type",
            "ask",
            "between",
            "publishers",
            "publisher",
            "publisher-health",
            "about",
            "text",
            "ask-text",
            "front-news",
            "keys",
            "saved",
            "offline",
            "worker",
            "manifest",
            "health",
            "health-json",
            "healthz",
            "readyz",
        ),
        PAGE,
    ),
    # --- feeds and sitemaps, which have no names ---
    **dict.fromkeys(
        (
            f"{of}{form}"
            for of in (
                "",
                "section/<str:name>/",
                "country/<str:code>/",
                "hashtag/<str:key>/",
                "edition/",
                "story/<int:story_id>/",
                "story/<int:number>/comments/",
                "article/<int:number>/comments/",
                "storyline/<int:storyline_id>/",
                "publisher/<str:slug>/",
                "search/",
            )
            for form in ("feed.xml", "atom.xml", "feed.json")
        ),
        PAGE,
    ),
    "robots.txt": PAGE,
    "sitemap.xml": PAGE,
    "news-sitemap.xml": PAGE,
    **{f"sitemap-{kind}-<int:part>.xml": PAGE for kind in ("stories", "hashtags", "publishers", "sections")},
    # --- the API ---
    **{
        f"api:{name}": PAGE
        for name in (
            "openapi-json",
            "list_stories",
            "get_story",
            "get_article",
            "get_text",
            "ask",
            "ask_story",
            "get_between",
            "list_editions",
            "get_edition",
            "comments_of_story",
            "comments_of_article",
            "api-root",
        )
    },
    # --- what readers without an account send ---
    "choices": FORM,
    "explain": FORM,
    "report": SENT,
    "search-save": SENT,
    "search-forget": SENT,
    # --- comments ---
    "story-comments": FORM,
    "article-comments": FORM,
    **dict.fromkeys(("comment", "comment-answers", "comment-answer", "comment-versions"), PAGE),
    **dict.fromkeys(("comment-edit", "comment-delete"), Route(get=READERS, post=READERS, others=NOBODY)),
    "comment-vote": OWN_SENT,
    "comment-report": OWN_FORM,
    "comments-mine": OWN_PAGE,
    "comments-seen": OWN_SENT,
    **dict.fromkeys(("story-comments-rule", "article-comments-rule"), Route(post=EDITORS, is_login=False)),
    # --- corrections ---
    "correct-story": FORM,
    "correct-article": FORM,
    # Whoever has its address, where who suggested it had no account; else its reader and editors.
    "correction": Route(get=EVERYBODY, others=EDITORS),
    "my-corrections": Route(get=READERS),
    "corrections": Route(get=EDITORS),
    "decide-correction": Route(post=EDITORS),
    # --- moderation ---
    "moderation": Route(get=MODERATORS),
    "moderation-counts": PAGE,
    "moderate": Route(post=MODERATORS),
    "undo-act": Route(post=MODERATORS),
    "appeal": Route(post=READERS, others=NOBODY),
    # --- what a reader follows, keeps and is told ---
    **dict.fromkeys(("follow", "keep", "carry", "saved-remove"), OWN_SENT),
    **dict.fromkeys(("following", "following-opml"), OWN_PAGE),
    "following-import": OWN_FORM,
    "history": OWN_FORM,
    "for-you": PAGE,  # who is not signed in is told what it is
    "for-you-dial": OWN_SENT,
    "for-you-profile": Route(get=EVERYBODY, post=READERS),
    "alerts": OWN_PAGE,
    "alert-new": OWN_SENT,
    "alerts-read": OWN_SENT,
    "alert-mails": OWN_FORM,
    "alert": OWN_ROW,
    # Mail programs post there with no session (RFC 8058): its signed address is the right to stop mails, and no other.
    "mails-stop": FORM,
    # --- accounts ---
    "account": OWN_FORM,
    "account-export": OWN_SENT,
    "account-delete": OWN_FORM,
    "account-deleted": PAGE,
    "app-passwords": OWN_FORM,
    "invitations": Route(get=EDITORS, post=EDITORS),  # while signing up needs one
    "invitation-withdraw": OWN_ROW,  # its maker may, whatever became of their role
    "usersessions_list": OWN_PAGE,
    "sessions-end": OWN_SENT,
    "session-end": OWN_ROW,
    # --- apps ---
    **_of_apps(),
    # Without their key they say auth: 0 to everybody; 404 unless FEVER is on.
    "fever": FORM,
    "api/fever.php": FORM,
    # --- programs that watch: the machine itself, METRICS_FROM and who has METRICS_TOKEN as well (desk/metrics.py) ---
    "metrics": Route(get=ADMINS, is_login=False),
    # --- editors ---
    "remove": Route(get=EDITORS, post=EDITORS),
    "undo-removal": Route(post=EDITORS),
    # --- setting up: the machine's own user as well, while there is no administrator (readers/operator.py) ---
    "setup-publishers": Route(get=ADMINS, post=ADMINS, is_login=False),
    "setup-added": Route(get=ADMINS, is_login=False),
    "setup": FORM,  # for who has the one-time link
}


def name_of(match: ResolverMatch) -> str:
    """By what the table knows the route that an address leads to."""
    return match.view_name if match.url_name else match.route


class DeclaredMethodsMiddleware:
    """Answers 405 where the table does not have the method; what writes is never reached by another one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], arguments: Any, named: Any
    ) -> HttpResponse | None:
        route = ROUTES.get(name_of(request.resolver_match)) if request.resolver_match else None
        if route is None or request.method in route.methods():
            return None
        takes = ", ".join(route.methods()) or "no method"
        why = f"This address takes {takes}, not {request.method[:20]}.\n"
        return HttpResponseNotAllowed(route.methods(), why, content_type="text/plain; charset=utf-8")
