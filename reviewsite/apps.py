from django.apps import AppConfig


class ReviewsiteConfig(AppConfig):
    name = "reviewsite"
