"""The site's addresses. /story/ID and /article/ID are fixed; a slug may follow."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from newsroom.alerts import stopping
from newsroom.alerts import views as alerts
from newsroom.api import api
from newsroom.articles import views as pictures
from newsroom.comments import addresses as comments
from newsroom.comments import corrections_page, queue_page
from newsroom.desk import health, metrics, readiness, setup_pages
from newsroom.desk import views as desk
from newsroom.greader import addresses as phones
from newsroom.publishers import views as publishers
from newsroom.readers import account_pages, offline
from newsroom.readers import views as readers
from newsroom.stories import article_page as articles
from newsroom.stories import (
    ask_page,
    between_page,
    carrying,
    changes_page,
    editions,
    feed_pages,
    for_you_page,
    front_page,
    hashtag_pages,
    keeping_forms,
    named_page,
    news_since,
    publisher_page,
    reading_state_pages,
    removal_page,
    search_page,
    section_pages,
    sitemaps,
    source_notes,
    storyline_page,
)
from newsroom.stories import views as stories

admin.site.site_header = "Backstory"
handler400 = "newsroom.readers.refused.bad_request"
handler403 = "newsroom.stories.plain_pages.forbidden"
handler404 = "newsroom.stories.plain_pages.not_found"
handler500 = "newsroom.readers.out_of_order.server_error"  # 503 where what we stand on is away
handler429 = "newsroom.stories.plain_pages.tried_too_often"  # of django-allauth's limits
admin.site.login = secure_admin_login(admin.site.login)  # with the limits and second factors of everybody

urlpatterns = [
    path("", stories.front, name="front"),
    *phones.addresses(),
    *feed_pages.addresses(),
    *comments.addresses(),
    path("stories", front_page.all_stories, name="stories"),
    path("storyline/<int:storyline_id>", storyline_page.storyline, name="storyline"),
    path("story/<int:story_id>", stories.story, name="story"),
    path("story/<int:story_id>/report", stories.report, name="report"),
    path("story/<int:story_id>/ask", ask_page.ask_story, name="ask-story"),
    path("story/<int:story_id>/new", news_since.story_news, name="story-news"),
    path("story/<int:story_id>/correct", corrections_page.of_story, name="correct-story"),
    path("story/<int:story_id>/<path:slug>", stories.story, name="story-slug"),
    path("article/<int:article_id>", articles.article, name="article"),
    path("article/<int:article_id>/changes/<int:version_id>", changes_page.changes, name="changes"),
    path("article/<int:article_id>/remove", removal_page.remove, name="remove"),
    path("removal/<int:removal_id>/undo", removal_page.undo, name="undo-removal"),
    path("article/<int:article_id>/sentence/<int:number>", source_notes.sentence, name="sentence"),
    path("article/<int:article_id>/correct", corrections_page.of_article, name="correct-article"),
    path("article/<int:article_id>/<path:slug>", articles.article, name="article-slug"),
    path("comments/<int:comment_id>/appeal", queue_page.appeal, name="appeal"),
    path("moderation", queue_page.queue, name="moderation"),
    path("moderation/counts", queue_page.counts, name="moderation-counts"),
    path("moderation/comment/<int:comment_id>", queue_page.decide, name="moderate"),
    path("moderation/undo/<int:act_id>", queue_page.undo, name="undo-act"),
    path("corrections", corrections_page.tasks, name="corrections"),
    path("corrections/mine", corrections_page.mine, name="my-corrections"),
    path("corrections/<int:correction_id>", corrections_page.decide, name="decide-correction"),
    path("correction/<str:key>", corrections_page.outcome, name="correction"),
    path("picture/<str:signature>/<int:width>/<int:article_id>", pictures.picture, name="picture"),
    path("favicon/<str:signature>/<int:publisher_id>", pictures.favicon, name="favicon"),
    path("for-you", for_you_page.for_you, name="for-you"),
    path("for-you/dial", for_you_page.dial, name="for-you-dial"),
    path("for-you/profile", for_you_page.profile_page, name="for-you-profile"),
    path("hashtag/<str:key>", hashtag_pages.hashtag, name="hashtag"),
    path("person/<str:name>", named_page.person, name="person"),
    path("place/<str:name>", named_page.place, name="place"),
    path("organisation/<str:name>", named_page.organisation, name="organisation"),
    path("hashtags", hashtag_pages.index, name="hashtags"),
    path("section/<str:name>", section_pages.section, name="section"),
    path("country/<str:code>", section_pages.country, name="country"),
    path("countries", section_pages.countries, name="countries"),
    path("edition", editions.edition, name="edition"),
    path("edition/<str:day>", editions.edition, name="edition-of"),
    path("search", search_page.search, name="search"),
    path("search/save", search_page.save, name="search-save"),
    path("search/forget", search_page.forget, name="search-forget"),
    path("search/as-you-type", search_page.as_you_type, name="search-as-you-type"),
    path("ask", ask_page.ask, name="ask"),
    path("between/<str:one>/<str:other>", between_page.between, name="between"),
    path("publishers", publishers.index, name="publishers"),
    path("publisher/<str:slug>", publisher_page.publisher, name="publisher"),
    path("publisher/<str:slug>/health", publishers.health, name="publisher-health"),
    path("about", TemplateView.as_view(template_name="about.html"), name="about"),
    path("choices", readers.choices_page, name="choices"),
    path("alerts", alerts.alerts, name="alerts"),
    path("alerts/new", alerts.set_one, name="alert-new"),
    path("alerts/read", alerts.mark_read, name="alerts-read"),
    path("alerts/mails", alerts.mails, name="alert-mails"),
    path("alerts/<int:alert_id>", alerts.change_one, name="alert"),
    path("mails/stop/<str:signed>", stopping.stop, name="mails-stop"),
    path("explain", desk.explain, name="explain"),
    path("text/<str:key>", desk.text, name="text"),
    path("text/<str:key>/ask", ask_page.ask_text, name="ask-text"),
    path("setup/publishers", setup_pages.publishers, name="setup-publishers"),
    path("setup/publishers/added", setup_pages.added, name="setup-added"),
    path("setup/<str:token>", desk.setup, name="setup"),
    *sitemaps.addresses(),
    path("new", news_since.front_news, name="front-news"),
    path("keys", offline.keys, name="keys"),
    path("saved", reading_state_pages.saved, name="saved"),
    path("saved/remove", reading_state_pages.remove_saved, name="saved-remove"),
    path("following", reading_state_pages.following, name="following"),
    path("history", reading_state_pages.history, name="history"),
    path("follow", keeping_forms.follow, name="follow"),
    path("keep", keeping_forms.keep, name="keep"),
    path("search/carry", carrying.carry, name="carry"),
    path("offline", TemplateView.as_view(template_name="offline.html"), name="offline"),
    path("sw.js", offline.worker, name="worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("api/v1/", api.urls),
    path("health", health.health, name="health"),
    path("health.json", health.health_json, name="health-json"),
    path("healthz", stories.healthz, name="healthz"),
    path("readyz", readiness.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    *account_pages.addresses(),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
