"""Helpful votes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Vote(models.Model):
    """Whether a member found a review helpful. The database adds it to the review's counters (migration `moderation`).

    Votes of a burst are held until a moderator counts or voids them; held and voided ones count nowhere.
    """

    class Standing(models.TextChoices):
        COUNTED = "counted", _("counted")
        HELD = "held", _("held until a moderator decides")
        CLEARED = "cleared", _("counted by a moderator")
        VOIDED = "voided", _("voided by a moderator")

    review = models.ForeignKey("reviews.Review", models.CASCADE, related_name="cast_votes", db_index=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="votes", db_index=False)
    helpful = models.BooleanField(_("helpful"))
    cast = models.DateTimeField(_("cast"), auto_now=True)
    # Kept by the database (migration `moderation`): the version of the review that was voted on.
    version = models.IntegerField(db_default=1, editable=False)
    standing = models.CharField(
        _("standing"), max_length=7, choices=Standing, default=Standing.COUNTED, db_default=Standing.COUNTED
    )

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.UniqueConstraint("review", "member", name="one_vote_a_member_and_review"),
            # Read anew for each vote; a pattern in half the time that a list takes.
            models.CheckConstraint(
                condition=Q(standing__regex="^(counted|held|cleared|voided)$"), name="vote_standing_known"
            ),
        ]
        # For the limit a day and for bursts: both look at the newest few.
        indexes = [
            models.Index("member", "cast", name="vote_by_member"),
            models.Index("review", "helpful", "cast", name="vote_on_review"),
        ]

    def __str__(self) -> str:
        return "helpful" if self.helpful else "not helpful"
