from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = _("Titles and reviews")

    def ready(self) -> None:
        from reviews import house_rules, unsent
        from reviews.moderation import likeness

        post_migrate.connect(house_rules.establish, sender=self, dispatch_uid="house_rules")
        post_migrate.connect(likeness.establish, sender=self, dispatch_uid="likeness")
        user_logged_in.connect(unsent.take_over, dispatch_uid="unsent")
