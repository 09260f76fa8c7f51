"""The site's addresses. /story/ID and /article/ID are fixed; a slug may follow."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path, re_path
from django.views.generic import TemplateView

from newsroom.api import api
from newsroom.comments import views as comments
from newsroom.desk import health
from newsroom.desk import views as desk
from newsroom.publishers import views as publishers
from newsroom.stories import article_page as articles
from newsroom.stories import (
    ask_page,
    between_page,
    changes_page,
    editions,
    front_page,
    hashtag_pages,
    named_page,
    section_pages,
    storyline_page,
)
from newsroom.stories import views as stories

admin.site.site_header = "Backstory"

urlpatterns = [
    path("", stories.front, name="front"),
    path("stories", front_page.all_stories, name="stories"),
    path("storyline/<int:storyline_id>", storyline_page.storyline, name="storyline"),
    path("story/<int:story_id>", stories.story, name="story"),
    path("story/<int:story_id>/report", stories.report, name="report"),
    path("story/<int:story_id>/ask", ask_page.ask_story, name="ask-story"),
    path("story/<int:story_id>/<path:slug>", stories.story),
    path("article/<int:article_id>", articles.article, name="article"),
    path("article/<int:article_id>/changes/<int:version_id>", changes_page.changes, name="changes"),
    path("article/<int:article_id>/comments", comments.post, name="comment"),
    path("article/<int:article_id>/<path:slug>", articles.article),
    path("hashtag/<str:key>", hashtag_pages.hashtag, name="hashtag"),
    path("hashtag/<str:key>/feed.xml", hashtag_pages.feed, name="hashtag-feed"),
    path("person/<str:name>", named_page.person, name="person"),
    path("place/<str:name>", named_page.place, name="place"),
    path("organisation/<str:name>", named_page.organisation, name="organisation"),
    path("hashtags", hashtag_pages.index, name="hashtags"),
    path("section/<str:name>", section_pages.section, name="section"),
    path("section/<str:name>/feed.xml", section_pages.section_feed, name="section-feed"),
    path("country/<str:code>", section_pages.country, name="country"),
    path("country/<str:code>/feed.xml", section_pages.country_feed, name="country-feed"),
    path("countries", section_pages.countries, name="countries"),
    path("edition", editions.edition, name="edition"),
    path("edition/feed.xml", editions.feed, name="edition-feed"),
    path("edition/<str:day>", editions.edition, name="edition-of"),
    path("search", stories.search, name="search"),
    path("ask", ask_page.ask, name="ask"),
    path("between/<str:one>/<str:other>", between_page.between, name="between"),
    path("publishers", publishers.index, name="publishers"),
    path("publisher/<str:slug>", publishers.publisher, name="publisher"),
    path("publisher/<str:slug>/health", publishers.health, name="publisher-health"),
    path("about", TemplateView.as_view(template_name="about.html"), name="about"),
    path("explain", desk.explain, name="explain"),
    path("text/<str:key>", desk.text, name="text"),
    path("text/<str:key>/ask", ask_page.ask_text, name="ask-text"),
    path("setup/<str:token>", desk.setup, name="setup"),
    path("feed.xml", stories.feed, name="feed"),
    path("robots.txt", TemplateView.as_view(template_name="robots.txt", content_type="text/plain")),
    path("api/v1/", api.urls),
    path("health", health.health, name="health"),
    path("healthz", stories.healthz, name="healthz"),
    path("admin/", admin.site.urls),
    re_path(r"^(?P<path>.+)/$", stories.without_slash),
]
