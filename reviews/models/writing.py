"""What is written and not shown as it is: drafts, and the earlier versions of a review."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Draft(models.Model):
    """What a member has begun to write about a title, or to change in their review of it: one a member and title.

    `revision` is another with every save. A tab that has not seen it has not seen this text.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts", db_index=False)
    title = models.ForeignKey("reviews.Title", models.CASCADE, related_name="drafts", verbose_name=_("title"))
    rating = models.SmallIntegerField(_("rating"), null=True)
    headline = models.TextField(_("headline"), blank=True, db_default="")
    body = models.TextField(_("text"), blank=True, db_default="")
    spoiler = models.BooleanField(_("contains spoilers"), default=False, db_default=False)
    saved = models.DateTimeField(_("saved"), auto_now=True)
    revision = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint("member", "title", name="one_draft_a_member_and_title"),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 10)), name="draft_rating_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.headline


class Version(models.Model):
    """A review as it stood before an edit, with the votes it had then. The text as it is now is the review itself."""

    review = models.ForeignKey("reviews.Review", models.CASCADE, related_name="versions", db_index=False)
    number = models.IntegerField(_("number"))
    headline = models.TextField(_("headline"))
    body = models.TextField(_("text"))
    spoiler = models.BooleanField(_("contains spoilers"))
    rating = models.SmallIntegerField(_("rating"), null=True)
    published = models.DateTimeField(_("published"))
    replaced = models.DateTimeField(_("replaced"))
    helpful = models.IntegerField(_("helpful votes"))
    votes = models.IntegerField(_("votes"))
    withheld = models.BooleanField(
        _("withheld"), default=False, db_default=False, help_text=_("Shown to its author alone: a moderator hid it.")
    )

    class Meta:
        ordering = ["-number"]
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint("review", "number", name="version_numbered_once"),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 10)), name="version_rating_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.headline}"
