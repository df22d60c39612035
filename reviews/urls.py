"""The addresses of titles, reviews and members."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.views.generic import TemplateView

from reviews.views import reviews, titles, votes


class Address(StringConverter):
    """Letters of any script, digits, `-` and `_`: what `reviewsite.texts.address` makes."""

    regex = r"[-\w]+"


class Username(StringConverter):
    regex = r"[\w.@+-]+"


register_converter(Address, "address")
register_converter(Username, "username")

urlpatterns = [
    path("", titles.home, name="home"),
    path("titles/", titles.title_list, name="titles"),
    path("title/<address:slug>/", titles.title_overview, name="title"),
    path("title/<address:slug>/reviews/", titles.title_reviews, name="title_reviews"),
    path("title/<address:slug>/ratings/", titles.title_ratings, name="title_ratings"),
    path("title/<address:slug>/critic-reviews/", titles.title_critic_reviews, name="title_critic_reviews"),
    path("title/<address:slug>/external-reviews/", titles.title_external_reviews, name="title_external_reviews"),
    path("title/<address:slug>/awards/", titles.title_awards, name="title_awards"),
    path("title/<address:slug>/faq/", titles.title_faq, name="title_faq"),
    path("poster/<slug:digest>/<slug:size>.webp", titles.poster, name="poster"),
    path("review/<int:pk>/", reviews.review, name="review"),
    path("review/<int:pk>/vote/", votes.vote, name="vote"),
    path("reviews/", reviews.newest_reviews, name="newest_reviews"),
    path("user/<username:username>/", reviews.member, name="member"),
    path("about/ordering/", reviews.ordering, name="ordering"),
    path("about/", TemplateView.as_view(template_name="about.html"), name="about"),
    path("about/privacy/", TemplateView.as_view(template_name="privacy.html"), name="privacy"),
]
