"""The record of moderation: one row an act, never changed and never deleted."""

from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.rules import Rule


class ActQuerySet(models.QuerySet["Act"]):
    def with_answer(self) -> Self:
        """Each with what came of an appeal against it (`overturned`): True, False, or None for no decision on one."""
        answers = Act.objects.filter(answers=OuterRef("pk")).order_by("-pk")
        return self.annotate(overturned=Subquery(answers.values("overturns")[:1]))

    def with_subjects(self) -> Self:
        """With rule and title, as the public log shows them."""
        return self.select_related("rule__house_rules", "title").defer("title__synopsis", "title__search_text")

    def with_public_review(self) -> Self:
        """Each with whether its review can be read by everybody now (`public`)."""
        public = Q(review__isnull=False, review__state="published")
        return self.annotate(public=ExpressionWrapper(public, models.BooleanField()))


class Act(models.Model):
    """One act of moderation, written in the transaction that carries it out.

    The database refuses to change or delete a row (migration `moderation`). What a row points to may go, a member who
    leaves or a review that is erased; so those are numbers with no constraint behind them, and may lead nowhere.
    """

    class Kind(models.TextChoices):
        NO_ACTION = "no_action", _("No action")
        FOLD = "fold", _("Folded as spoiler")
        HIDE = "hide", _("Hidden")
        HOLD = "hold", _("Held")
        RESTORE = "restore", _("Restored")
        SUSPEND = "suspend", _("Author suspended")
        LIFT = "lift", _("Suspension lifted")
        HOLD_VOTES = "hold_votes", _("Votes held")
        COUNT_VOTES = "count_votes", _("Votes counted")
        VOID_VOTES = "void_votes", _("Votes voided")
        UPHOLD = "uphold", _("Decision upheld")

    class By(models.TextChoices):
        """Who acted: a moderator, or which rule of the site."""

        MODERATOR = "moderator", _("a moderator")
        REPORTS = "reports", _("a rule: weight of reports")
        LINKS = "links", _("a rule: links in a first review")
        ALIKE = "alike", _("a rule: very like another member's review")
        REWRITTEN = "rewritten", _("a rule: written anew after a hidden one")
        VOTES = "votes", _("a rule: burst of votes")

    at = models.DateTimeField(_("when"), default=timezone.now)
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    by = models.CharField(_("by"), max_length=12, choices=By, default=By.MODERATOR)
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    review = models.ForeignKey("reviews.Review", models.DO_NOTHING, null=True, db_constraint=False, related_name="acts")
    title = models.ForeignKey(
        "reviews.Title", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    # Whose review or account it is about.
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="acts_about"
    )
    case_number = models.BigIntegerField(null=True)
    rule = models.ForeignKey(Rule, models.PROTECT, null=True, related_name="+", verbose_name=_("rule"))
    reason = models.TextField(_("reason"), blank=True, db_default="")
    until = models.DateTimeField(_("until"), null=True)
    version = models.IntegerField(_("version of the review"), null=True)
    reports = models.IntegerField(_("reports decided"), default=0, db_default=0)
    votes = models.IntegerField(_("votes"), default=0, db_default=0)
    # Since the case was opened.
    waited = models.DurationField(_("waited"), null=True)
    # The act that was appealed against, and whether this one takes it back.
    answers = models.ForeignKey("self", models.PROTECT, null=True, related_name="answered_by")
    overturns = models.BooleanField(null=True)

    objects: ClassVar[models.Manager["Act"]] = ActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act of moderation")
        verbose_name_plural = _("acts of moderation")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        *("no_action", "fold", "hide", "hold", "restore", "suspend", "lift"),
                        *("hold_votes", "count_votes", "void_votes", "uphold"),
                    ]
                ),
                name="act_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(by__in=["moderator", "reports", "links", "alike", "rewritten", "votes"]),
                name="act_by_known",
            ),
            models.CheckConstraint(condition=Q(by="moderator") | Q(moderator=None), name="act_by_one_of_the_two"),
            models.CheckConstraint(
                condition=Q(answers=None) | Q(overturns__isnull=False), name="act_answers_something"
            ),
        ]
        indexes = [
            models.Index("at", F("id") * -1, name="act_newest"),
            models.Index("kind", "at", F("id") * -1, name="act_of_kind"),
            models.Index("title", "at", name="act_of_title"),
            models.Index("case_number", "id", name="act_of_case"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("decision", args=[self.pk])

    @property
    def days(self) -> int | None:
        """How long a suspension lasts; None for one without an end, and for other acts."""
        return round((self.until - self.at) / timedelta(days=1)) if self.until else None

    @property
    def for_good(self) -> bool:
        return self.kind == self.Kind.SUSPEND and self.until is None
