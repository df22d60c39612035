"""Reviews and ratings, and where a review stood before its place in the orders changed."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, GeneratedField, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reviews import ranking
from reviews.models.blocks import Block
from reviews.models.moderation import Case
from reviews.models.votes import Vote

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_HEADLINE = 300
LONGEST_BODY = 100_000
LONGEST_KEY = 200  # what a review is called where it was imported from
# The columns that a review's card shows; votes apart, which it shows as they stand at that moment. A change to one of
# them is a new `look`, by triggers that list them (migration `looks`): one more column here needs a migration that
# makes those triggers anew.
SEEN_ON_THE_CARD = (
    "title_id",
    "author_id",
    "headline",
    "body",
    "spoiler",
    "language",
    "state",
    "created",
    "edited",
    "version",
    "rating",
)
# How long a deletion can be undone.
UNDO = timedelta(days=30)


class ReviewQuerySet(models.QuerySet["Review"]):
    def public(self) -> Self:
        """Reviews that everybody may read."""
        return self.filter(state=Review.State.PUBLISHED)

    def visible_to(self, viewer: "User | AnonymousUser") -> Self:
        """Reviews that the viewer may read: the public ones, and the viewer's own until they delete them."""
        if not viewer.is_authenticated:
            return self.public()
        own = Q(author=viewer) & ~Q(state=Review.State.DELETED)
        return self.filter(Q(state=Review.State.PUBLISHED) | own)

    def visible_to_moderators(self) -> Self:
        """Reviews that moderators may read: all that are not deleted, and those whose case waits."""
        waiting = Case.objects.filter(review=OuterRef("pk"), closed=None)
        return self.filter(~Q(state=Review.State.DELETED) | Q(Exists(waiting)))

    def restorable(self) -> Self:
        """Reviews that their authors deleted and may still bring back: in time, and no newer one in their place."""
        return self.filter(_restorable())

    def past_undoing(self) -> Self:
        """Reviews that their authors deleted too long ago to bring them back."""
        return self.filter(state=Review.State.DELETED, deleted__lte=Now() - UNDO)

    def in_reach_of(self, viewer: "User") -> Self:
        """Reviews that a member may read, and their own that they may still bring back."""
        own = Q(author=viewer) & (~Q(state=Review.State.DELETED) | _restorable())
        return self.filter(Q(state=Review.State.PUBLISHED) | own)

    def with_author(self) -> Self:
        return self.select_related("author")

    def with_vote_of(self, viewer: "User | AnonymousUser") -> Self:
        """Each with what the viewer voted on it (`own_vote`: True, False, or None for no vote), in the same query."""
        if not viewer.is_authenticated:
            return self
        votes = Vote.objects.filter(review=OuterRef("pk"), member=viewer)
        return self.annotate(own_vote=Subquery(votes.values("helpful")))

    def with_block_of(self, viewer: "User | AnonymousUser") -> Self:
        """Each with whether the viewer blocked its author (`author_blocked`), in the same query."""
        if not viewer.is_authenticated:
            return self
        return self.annotate(author_blocked=Exists(Block.objects.filter(member=viewer, blocked=OuterRef("author"))))

    def with_title(self) -> Self:
        """With title and author, but without the long columns of the title that no list of reviews shows."""
        return self.select_related("title", "author").defer("title__synopsis", "title__search_text")


def _restorable() -> Q:
    of_the_same = Review.objects.filter(title=OuterRef("title"), author=OuterRef("author"))
    newer = of_the_same.exclude(state=Review.State.DELETED)
    return Q(~Exists(newer), state=Review.State.DELETED, deleted__gt=Now() - UNDO)


class Review(models.Model):
    """A member's text about a title. Counters, rating and scores are kept by the database (migration `counters`)."""

    class State(models.TextChoices):
        PUBLISHED = "published", _("published")
        HELD = "held", _("held until a moderator decides")
        HIDDEN = "hidden", _("hidden by a moderator")
        DELETED = "deleted", _("deleted by its author")

    title = models.ForeignKey("reviews.Title", models.CASCADE, related_name="reviews", verbose_name=_("title"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reviews", verbose_name=_("author"), db_index=False
    )
    headline = models.CharField(_("headline"), max_length=LONGEST_HEADLINE)
    body = models.TextField(_("text"))
    spoiler = models.BooleanField(_("contains spoilers"), default=False, db_default=False)
    # A moderator's mark, which no edit and no import takes away.
    folded = models.BooleanField(_("folded by a moderator"), default=False, db_default=False, editable=False)
    language = models.CharField(_("language"), max_length=35, blank=True, db_default="")
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.PUBLISHED, db_default=State.PUBLISHED
    )
    created = models.DateTimeField(_("written"))
    edited = models.DateTimeField(_("edited"), null=True, blank=True)
    version = models.IntegerField(_("version"), default=1, db_default=1, editable=False)
    deleted = models.DateTimeField(_("deleted"), null=True, editable=False)
    state_before = models.CharField(
        _("state before it was deleted"), max_length=10, choices=State, blank=True, db_default="", editable=False
    )

    # Kept by the database: the author's rating of the title, the body's length in characters, the author's published
    # reviews, and the votes that count: those cast here plus those the review was imported with, in all and until the
    # last edit.
    rating = models.SmallIntegerField(_("rating"), null=True, editable=False)
    length = models.IntegerField(_("length"), db_default=0, editable=False)
    author_reviews = models.IntegerField(_("author's reviews"), db_default=0, editable=False)
    helpful = models.IntegerField(_("helpful votes"), db_default=0, editable=False)
    votes = models.IntegerField(_("votes"), db_default=0, editable=False)
    votes_before_edit = models.IntegerField(_("votes before the last edit"), db_default=0, editable=False)
    imported_helpful = models.IntegerField(_("helpful votes imported"), db_default=0, editable=False)
    imported_votes = models.IntegerField(_("votes imported"), db_default=0, editable=False)
    source_id = models.CharField(_("imported as"), max_length=LONGEST_KEY, null=True, editable=False)
    # Kept by the database: grows when anything on its card changes but its votes, its author's name included.
    look = models.IntegerField(default=1, db_default=1, editable=False)

    featured = GeneratedField(
        expression=ranking.featured(F("helpful"), F("votes"), F("length")),
        output_field=models.FloatField(),
        db_persist=True,
        verbose_name=_("Featured score"),
    )
    wilson = GeneratedField(
        expression=ranking.wilson(F("helpful"), F("votes")),
        output_field=models.FloatField(),
        db_persist=True,
        verbose_name=_("Most helpful score"),
    )

    objects: ClassVar[models.Manager["Review"]] = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(
                "title", "author", condition=~Q(state="deleted"), name="one_review_a_member_and_title"
            ),
            models.UniqueConstraint("source_id", name="review_imported_once"),
            # PostgreSQL reads the checks of a table anew for each statement that changes a row of it, and votes do. A
            # pattern is read in half the time that a list takes.
            models.CheckConstraint(
                condition=Q(deleted__isnull=True, state__regex="^(published|held|hidden)$")
                | Q(deleted__isnull=False, state="deleted"),
                name="review_state_possible",
            ),
            models.CheckConstraint(
                condition=Q(length__range=(1, LONGEST_BODY)) & ~Q(headline=""), name="review_has_text"
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 10)), name="review_rating_in_range"
            ),
            models.CheckConstraint(
                condition=Q(imported_helpful__gte=0)
                & Q(imported_votes__gte=F("imported_helpful"))
                & Q(helpful__gte=F("imported_helpful"))
                & Q(votes__gte=F("helpful") + F("imported_votes") - F("imported_helpful")),
                name="review_votes_possible",
            ),
            models.CheckConstraint(
                condition=Q(votes_before_edit__gte=0) & Q(votes_before_edit__lte=F("votes")),
                name="review_votes_before_edit_possible",
            ),
        ]
        # One index an order, within a title, and once more within a title and a rating: a page anywhere in either is
        # one short walk along an index, in both directions. The rest is for a member's page and the newest of all.
        indexes = [
            *ranking.indexes_within("title"),
            *ranking.indexes_within("title", "rating"),
            models.Index("author", F("created"), F("id") * -1, name="review_by_author"),
            models.Index(F("created"), F("id") * -1, name="review_newest", condition=Q(state="published")),
            models.Index("deleted", name="review_deleted", condition=Q(state="deleted")),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        return reverse("review", args=[self.pk])

    @property
    def state_but_for_deletion(self) -> str:
        """The state, or the one that a deleted review would come back in."""
        return self.state_before if self.state == self.State.DELETED else self.state

    @property
    def restorable_until(self) -> datetime | None:
        return self.deleted + UNDO if self.deleted else None


class Rating(models.Model):
    """How a member rates a title, 1 to 10, with or without a review of it."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="ratings")
    title = models.ForeignKey("reviews.Title", models.CASCADE, related_name="ratings")
    value = models.SmallIntegerField(_("rating"))
    # Kept by the database: false while the member's review of the title is held or hidden.
    counted = models.BooleanField(default=True, db_default=True, editable=False)
    rated = models.DateTimeField(_("rated"), auto_now=True)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint("title", "member", name="one_rating_a_member_and_title"),
            models.CheckConstraint(condition=Q(value__range=(1, 10)), name="rating_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.value}/10"


class FormerPlace(models.Model):
    """Where a review stood in the orders before a change.

    Readers who load more go on in the order they began with, so that no review is shown twice or left out while votes
    change it: `changed` is the transaction of the change, and a cursor's snapshot tells whether it came later. The
    database writes these rows, and clears them away after a day.
    """

    # Plain numbers: a place outlives its review by a day at most, and a vote should not pay for three foreign keys.
    review_id = models.BigIntegerField()
    title_id = models.BigIntegerField()
    author_id = models.BigIntegerField()
    changed = models.BigIntegerField()
    changed_at = models.DateTimeField()
    featured = models.FloatField()
    wilson = models.FloatField()
    votes = models.IntegerField()
    created = models.DateTimeField()
    rating = models.SmallIntegerField(null=True)
    author_reviews = models.IntegerField()

    class Meta:
        indexes = [
            models.Index("title_id", "changed", name="former_place_in_title"),
            models.Index("author_id", "changed", name="former_place_of_author"),
        ]

    def __str__(self) -> str:
        return f"review {self.review_id} until transaction {self.changed}"
