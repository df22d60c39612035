"""What stands beside the reviews of a title: awards, questions, external and critic reviews."""

from typing import Any

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class Award(models.Model):
    title = models.ForeignKey("reviews.Title", models.CASCADE, related_name="awards")
    year = models.PositiveSmallIntegerField(_("year"), help_text=_("Of the ceremony."))
    organisation = models.CharField(_("given by"), max_length=150)
    award = models.CharField(_("award"), max_length=150)
    recipient = models.CharField(_("to"), max_length=200, blank=True, db_default="")
    won = models.BooleanField(_("won"), default=True, help_text=_("Otherwise nominated."))

    class Meta:
        ordering = ["-won", "year", "organisation", "award", "id"]
        verbose_name = _("award")
        verbose_name_plural = _("awards")

    def __str__(self) -> str:
        return f"{self.organisation} {self.year}: {self.award}"


class FaqEntry(models.Model):
    title = models.ForeignKey("reviews.Title", models.CASCADE, related_name="faq_entries")
    question = models.CharField(_("question"), max_length=300)
    answer = models.TextField(_("answer"))
    spoiler = models.BooleanField(_("the answer gives something away"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.question


class ExternalReview(models.Model):
    title = models.ForeignKey("reviews.Title", models.CASCADE, related_name="external_reviews")
    source = models.CharField(_("source"), max_length=150)
    url = models.URLField(_("address"), max_length=500)
    language = models.CharField(
        _("language"), max_length=35, blank=True, db_default="", help_text=_("As in en or pt-BR.")
    )

    class Meta:
        ordering = ["source", "id"]
        verbose_name = _("external review")
        verbose_name_plural = _("external reviews")
        constraints = [
            models.CheckConstraint(condition=Q(url__regex=r"^https?://"), name="external_review_address_is_web")
        ]

    def __str__(self) -> str:
        return self.source


class CriticReview(models.Model):
    title = models.ForeignKey("reviews.Title", models.CASCADE, related_name="critic_reviews")
    publication = models.CharField(_("publication"), max_length=150)
    critic = models.CharField(_("critic"), max_length=150, blank=True, db_default="")
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    score = models.PositiveSmallIntegerField(
        _("score"), null=True, blank=True, help_text=_("0 to 100; empty where none was given.")
    )
    summary = models.TextField(_("what it says, in a sentence"), blank=True, db_default="")
    url = models.URLField(_("address"), max_length=500, blank=True, db_default="")

    class Meta:
        ordering = [F("score").desc(nulls_last=True), "publication", "id"]
        verbose_name = _("critic review")
        verbose_name_plural = _("critic reviews")
        constraints = [
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 100)),
                name="critic_score_in_range",
                violation_error_message=_("A score lies between 0 and 100."),
            ),
            models.CheckConstraint(condition=Q(url="") | Q(url__regex=r"^https?://"), name="critic_address_is_web"),
        ]

    def __str__(self) -> str:
        return f"{self.publication}, {self.critic}" if self.critic else self.publication


def see_also_counts() -> dict[str, Any]:
    """Annotations of a title query: `award_count`, `faq_count`, `external_count`, `critic_count`."""
    return {
        "award_count": _count(Award),
        "faq_count": _count(FaqEntry),
        "external_count": _count(ExternalReview),
        "critic_count": _count(CriticReview),
    }


def _count(model: type[models.Model]) -> Coalesce:
    rows = model._default_manager.filter(title=OuterRef("pk")).order_by().values("title").annotate(number=Count("pk"))
    return Coalesce(Subquery(rows.values("number")), 0)
