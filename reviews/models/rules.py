"""The house rules, in versions: what a decision named stays readable as it was."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Why a review is reported: a closed list, so that reports can be weighed and counted."""

    SPOILER = "spoiler", _("Unmarked spoiler")
    INSULT = "insult", _("Insult or hate")
    ADVERTISING = "advertising", _("Advertising or spam")
    OFF_TOPIC = "off_topic", _("Not about this title")
    COPIED = "copied", _("Copied")
    PERSONAL = "personal", _("Personal data")
    LAW = "law", _("Against the law")
    OTHER = "other", _("Something else")


class HouseRulesQuerySet(models.QuerySet["HouseRules"]):
    def current(self) -> "HouseRules | None":
        return self.order_by("-number").first()

    def with_rules(self) -> Self:
        return self.prefetch_related("rules")


class HouseRules(models.Model):
    """One version of the rules. A published version is not changed: the next one takes its place."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    introduction = models.TextField(_("introduction"), blank=True, default="")
    published = models.DateTimeField(_("published"), default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["HouseRules"]] = HouseRulesQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("house rules")
        verbose_name_plural = _("house rules")

    def __str__(self) -> str:
        return f"house rules, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("rules_version", args=[self.number])


class Rule(models.Model):
    """One of the rules. `reason`: the report for which it is proposed to moderators."""

    house_rules = models.ForeignKey(HouseRules, models.PROTECT, related_name="rules", verbose_name=_("house rules"))
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=100)
    text = models.TextField(_("text"))
    reason = models.CharField(_("proposed for"), max_length=20, choices=Reason, blank=True, db_default="")

    class Meta:
        ordering = ["number"]
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            models.UniqueConstraint("house_rules", "number", name="rule_numbered_once"),
            models.CheckConstraint(condition=Q(reason__in=["", *Reason.values]), name="rule_reason_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"

    def get_absolute_url(self) -> str:
        return f"{self.house_rules.get_absolute_url()}#rule-{self.number}"
