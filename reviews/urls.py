"""The addresses of titles, reviews and members."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.views.generic import TemplateView

from reviews.views import (
    about,
    exporting,
    leaving,
    members,
    moderation,
    notices,
    own_reviews,
    record,
    reports,
    reviews,
    titles,
    votes,
    writing,
)


class Address(StringConverter):
    """Letters of any script, digits, `-` and `_`: what `reviewsite.texts.address` makes."""

    regex = r"[-\w]+"


class Username(StringConverter):
    regex = r"[\w.@+-]+"


register_converter(Address, "address")
register_converter(Username, "username")

urlpatterns = [
    # What is asked for most is looked for first.
    path("title/<address:slug>/reviews/", titles.title_reviews, name="title_reviews"),
    path("review/<int:pk>/vote/", votes.vote, name="vote"),
    path("", titles.home, name="home"),
    path("titles/", titles.title_list, name="titles"),
    path("title/<address:slug>/", titles.title_overview, name="title"),
    path("title/<address:slug>/reviews/write/", writing.write, name="write"),
    path("title/<address:slug>/reviews/write/preview/", writing.preview, name="preview"),
    path("title/<address:slug>/reviews/write/draft/", writing.draft, name="draft"),
    path("title/<address:slug>/reviews/write/discard/", own_reviews.discard, name="discard"),
    path("title/<address:slug>/reviews/reported/", reports.reported, name="reported"),
    path("title/<address:slug>/rate/", writing.rate, name="rate"),
    path("title/<address:slug>/ratings/", titles.title_ratings, name="title_ratings"),
    path("title/<address:slug>/critic-reviews/", titles.title_critic_reviews, name="title_critic_reviews"),
    path("title/<address:slug>/external-reviews/", titles.title_external_reviews, name="title_external_reviews"),
    path("title/<address:slug>/awards/", titles.title_awards, name="title_awards"),
    path("title/<address:slug>/faq/", titles.title_faq, name="title_faq"),
    path("poster/<slug:digest>/<slug:size>.webp", titles.poster, name="poster"),
    path("review/<int:pk>/", reviews.review, name="review"),
    path("review/<int:pk>/report/", reports.report, name="report"),
    path("review/<int:pk>/history/", reviews.history, name="history"),
    path("review/<int:pk>/delete/", own_reviews.delete, name="delete"),
    path("review/<int:pk>/restore/", own_reviews.restore, name="restore"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_notices, name="read_notices"),
    path("decision/<int:pk>/", notices.decision, name="decision"),
    path("decision/<int:pk>/appeal/", notices.appeal, name="appeal"),
    path("suspension/", notices.suspension, name="suspension"),
    path("drafts/", own_reviews.drafts, name="drafts"),
    path("reviews/", reviews.newest_reviews, name="newest_reviews"),
    path("user/<username:username>/", members.member, name="member"),
    path("user/<username:username>/block/", members.block, name="block"),
    path("accounts/settings/blocked/", members.blocked, name="blocked"),
    path("accounts/settings/blocked/<int:pk>/unblock/", members.unblock, name="unblock"),
    path("accounts/settings/delete/", leaving.leave, name="leave"),
    path("accounts/settings/delete/done/", TemplateView.as_view(template_name="reviews/left.html"), name="left"),
    path("accounts/settings/export/", exporting.export, name="export"),
    path("accounts/settings/export/download/", exporting.download, name="download_export"),
    path("moderation/", moderation.queue, name="queue"),
    path("moderation/case/<int:pk>/", moderation.case, name="case"),
    path("moderation/case/<int:pk>/decide/", moderation.decide, name="decide"),
    path("moderation/log/", record.moderation_log, name="moderation_log"),
    path("moderation/log/feed/", record.moderation_feed, name="moderation_feed"),
    path("moderation/figures/", record.moderation_figures, name="moderation_figures"),
    path("about/rules/", about.rules, name="rules"),
    path("about/rules/<int:number>/", about.rules, name="rules_version"),
    path("about/reviews/", about.about_reviews, name="about_reviews"),
    path("about/ordering/", reviews.ordering, name="ordering"),
    path("about/", TemplateView.as_view(template_name="about.html"), name="about"),
    path("about/privacy/", TemplateView.as_view(template_name="privacy.html"), name="privacy"),
]
