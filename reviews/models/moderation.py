"""What waits for moderators and what is told: cases, reports, appeals, notices."""

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Self, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.acts import Act
from reviews.models.rules import Reason

if TYPE_CHECKING:
    from accounts.models import User

# How long after the decision those who reported without an account are known: as long as one may complain of it.
FORGOTTEN_AFTER = timedelta(days=183)
LONGEST_NAME, LONGEST_EMAIL = 150, 254


class CaseQuerySet(models.QuerySet["Case"]):
    def waiting(self) -> Self:
        """Those that nobody has decided, the heaviest first."""
        return self.filter(closed=None).order_by("-weight", "opened", "pk")

    def with_subjects(self) -> Self:
        """With what they are about, without the long columns of the title."""
        return self.select_related("review__title", "review__author", "member").defer(
            "review__title__synopsis", "review__title__search_text"
        )


class Case(models.Model):
    """What moderators decide: one review, whatever and however many the reports, or one member's account.

    `version` grows with every act, so that a moderator who has not seen the last one is told of it and overwrites
    nothing.
    """

    review = models.ForeignKey("reviews.Review", models.CASCADE, null=True, related_name="cases")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="cases")
    opened = models.DateTimeField(_("opened"), default=timezone.now)
    closed = models.DateTimeField(_("closed"), null=True)
    weight = models.FloatField(_("weight"), default=0, db_default=0)
    version = models.IntegerField(default=0, db_default=0)

    objects: ClassVar[models.Manager["Case"]] = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        permissions = [("decide_case", "Can decide cases of moderation")]
        constraints = [
            models.CheckConstraint(
                condition=Q(review__isnull=True, member__isnull=False) | Q(review__isnull=False, member__isnull=True),
                name="case_is_about_one_thing",
            ),
            models.UniqueConstraint("review", condition=Q(closed=None), name="one_open_case_a_review"),
            models.UniqueConstraint("member", condition=Q(closed=None), name="one_open_case_a_member"),
        ]
        indexes = [models.Index(F("weight") * -1, "opened", "id", condition=Q(closed=None), name="case_waiting")]

    def __str__(self) -> str:
        return f"case {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("case", args=[self.pk])

    @property
    def author(self) -> "User":
        """Whose review or account it is about."""
        return self.review.author if self.review else cast("User", self.member)


class ReportQuerySet(models.QuerySet["Report"]):
    def to_forget(self) -> Self:
        """Decided so long ago that whoever made them without an account need not be known any more."""
        return self.exclude(email="", name="").filter(act__at__lt=Now() - FORGOTTEN_AFTER)


class Report(models.Model):
    """What somebody says is wrong with a review. Once a member and review, or once an address without an account."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="reports")
    review = models.ForeignKey("reviews.Review", models.CASCADE, related_name="reports", db_index=False)
    # Stays without a name when its writer leaves: what it says is about somebody else.
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="reports")
    name = models.CharField(_("name"), max_length=LONGEST_NAME, blank=True, db_default="")
    email = models.EmailField(_("e-mail"), max_length=LONGEST_EMAIL, blank=True, db_default="")
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    words = models.TextField(_("in a few words"), blank=True, db_default="")
    weight = models.FloatField(_("weight"))
    made = models.DateTimeField(_("made"), default=timezone.now)
    # What came of it; both empty until then.
    upheld = models.BooleanField(_("upheld"), null=True)
    act = models.ForeignKey(Act, models.PROTECT, null=True, related_name="decided_reports")

    objects: ClassVar[models.Manager["Report"]] = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-weight", "made"]
        constraints = [
            models.UniqueConstraint("review", "reporter", name="one_report_a_member_and_review"),
            models.UniqueConstraint("review", "email", condition=~Q(email=""), name="one_report_an_address_and_review"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="report_reason_known"),
        ]
        indexes = [models.Index("reporter", "made", name="report_by_reporter")]

    def __str__(self) -> str:
        return f"report of review {self.review_id}: {self.reason}"


class Appeal(models.Model):
    """An author's wish that a decision be looked at again: because it was wrong, or because the text is another now."""

    class Kind(models.TextChoices):
        OBJECTION = "objection", _("objection")
        EDITED = "edited", _("edited, please look again")

    act = models.ForeignKey(Act, models.PROTECT, related_name="appeals")
    case = models.ForeignKey(Case, models.CASCADE, related_name="appeals")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="appeals")
    kind = models.CharField(max_length=10, choices=Kind)
    words = models.TextField(_("why"), blank=True, db_default="")
    made = models.DateTimeField(_("made"), default=timezone.now)
    decision = models.ForeignKey(Act, models.PROTECT, null=True, related_name="decided_appeals")

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["made"]
        constraints = [
            models.UniqueConstraint("act", condition=Q(kind="objection"), name="one_objection_a_decision"),
            models.UniqueConstraint("act", condition=Q(decision=None), name="one_open_appeal_a_decision"),
            models.CheckConstraint(condition=Q(kind__in=["objection", "edited"]), name="appeal_kind_known"),
        ]

    def __str__(self) -> str:
        return f"appeal against act {self.act_id}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, member: "User | AnonymousUser") -> Self:
        return self.filter(member=member) if member.is_authenticated else self.none()

    def to_mail(self) -> Self:
        """Those that wait to be sent by mail. After three days nobody has use for them by mail any more."""
        return self.filter(mailed=None, at__gt=timezone.now() - timedelta(days=3)).order_by("pk")

    def with_subjects(self) -> Self:
        """With what they tell of, without the long columns that no sentence names."""
        titles = ("act__title", "report__review__title")
        return self.select_related("act__rule", *titles).defer(
            "report__review__body",
            *(f"{title}__{column}" for title in titles for column in ("synopsis", "search_text")),
        )


class Notice(models.Model):
    """Something that a member, or whoever reported without an account, is told: on the site and by mail.

    About a decision on one's review or account (`act` alone), or about a report of one's own (`report`; with `act`
    its outcome, without it the receipt).
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notices")
    act = models.ForeignKey(Act, models.PROTECT, null=True, related_name="notices")
    report = models.ForeignKey(Report, models.CASCADE, null=True, related_name="notices")
    at = models.DateTimeField(_("when"), default=timezone.now)
    read = models.BooleanField(_("read"), default=False, db_default=False)
    # When its mail was sent, or found to have no address to go to.
    mailed = models.DateTimeField(_("mailed"), null=True)

    objects: ClassVar[models.Manager["Notice"]] = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.CheckConstraint(
                condition=Q(act__isnull=False) | Q(report__isnull=False), name="notice_is_about_something"
            ),
        ]
        indexes = [
            models.Index("member", F("id") * -1, name="notice_of_member"),
            models.Index("id", condition=Q(mailed=None), name="notice_to_mail"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk} to member {self.member_id}"
