"""Writing: reviews published and edited, ratings, deletion and its undoing.

Every act locks its member first (`lock_author`): the acts of one member happen one after the other, however many tabs
are open, and an act meets a moderator's either before it or after it, never half-way.
"""

from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from reviews import versions
from reviews.drafting import Seen, Text, own_draft, own_review, refuse_unseen
from reviews.limits import a_day_ago, refuse_too_many
from reviews.locks import lock_author
from reviews.models import Act, Rating, Review, Title
from reviews.moderation.cases import HELD_REVIEW, open_case_of
from reviews.moderation.holding import hold
from reviews.moderation.screening import screen


def own_rating(member: User, title: Title) -> int | None:
    return Rating.objects.filter(title=title, member=member).values_list("value", flat=True).first()


@transaction.atomic
def publish(member: User, title: Title, text: Text, seen: Seen) -> Review:
    """Make the text the member's review of the title and the rating theirs; the draft has served.

    A review that is there already is edited: the version before is kept, its state stays what it is, and where nothing
    differs nothing is written. Locks the review, so that the votes counted as cast before the edit are exactly those.
    A moderator may have to see the text first (`reviews.moderation.screening`); it is held then.
    Raises `Conflict` where what is stored is something that the form has not been shown, and `LimitReached` for one new
    review too many in a day.
    """
    lock_author(member.pk)
    review, draft = own_review(member, title), own_draft(member, title)
    if review and review.folded:
        text = replace(text, spoiler=True)
    refuse_unseen(text, seen, review, draft)
    if review is None:
        review = _create(member, title, text)
    elif text.words != Text.of(review).words:
        review = _edit(review.pk, text)
    # After the review: its author's other reviews are locked before the title.
    _set_rating(member, title, text.rating)
    if draft:
        draft.delete()
    return review


@transaction.atomic
def rate(member: User, title: Title, value: int | None) -> None:
    """Make this the member's rating of the title, 1 to 10, with or without a review of it; None takes it back."""
    lock_author(member.pk)
    _set_rating(member, title, value)


@transaction.atomic
def delete(review: Review) -> None:
    """Take the author's review out of sight. Votes and versions stay with it, as it may come back (`restore`)."""
    lock_author(review.author_id)
    found = Review.objects.select_for_update(no_key=True).get(pk=review.pk)
    if found.state != Review.State.DELETED:
        found.state_before, found.state, found.deleted = found.state, Review.State.DELETED, timezone.now()
        found.save(update_fields=["state_before", "state", "deleted"])


@transaction.atomic
def restore(review: Review) -> bool:
    """Bring a deleted review back to where it stood; False where time is over or a newer one has taken its place."""
    lock_author(review.author_id)
    found = Review.objects.restorable().filter(pk=review.pk).first()
    if found is None:
        return False
    found.state, found.state_before, found.deleted = found.state_before or Review.State.HELD, "", None
    found.save(update_fields=["state", "state_before", "deleted"])
    if found.state == Review.State.HELD and not found.cases.filter(closed=None).exists():
        open_case_of(found, more=HELD_REVIEW)  # the one before may have been closed while there was nothing to see
    return True


def _create(member: User, title: Title, text: Text) -> Review:
    _refuse_too_many(member)
    # Whoever deletes a review that a moderator hid may write anew; readers see it when a moderator has looked at it.
    hidden = Review.objects.filter(title=title, author=member, state_before__in=["held", "hidden"]).exists()
    review = Review.objects.create(
        title=title,
        author=member,
        headline=text.headline,
        body=text.body,
        spoiler=text.spoiler,
        created=timezone.now(),
    )
    if hidden:
        hold(review, Act.By.REWRITTEN)
    screen(review)
    return review


def _edit(pk: int, text: Text) -> Review:
    now = timezone.now()
    review = Review.objects.select_for_update(no_key=True, of=("self",)).select_related("author").get(pk=pk)
    # What was written until a moderator stepped in stays out of the public history, should the review come back.
    withheld = review.state != Review.State.PUBLISHED
    version = versions.current(review)
    version.replaced = now
    version.save(force_insert=True)
    if withheld:
        review.versions.update(withheld=True)
    before = review.headline, review.body
    review.headline, review.body, review.spoiler = text.headline, text.body, text.spoiler
    review.edited, review.version, review.votes_before_edit = now, review.version + 1, review.votes
    review.save(update_fields=["headline", "body", "spoiler", "edited", "version", "votes_before_edit"])
    screen(review, *before)
    return review


def _refuse_too_many(member: User) -> None:
    """Deleted reviews count: whoever deletes and writes again writes as much."""
    most = settings.REVIEWS_ON_FIRST_DAY if member.date_joined > a_day_ago() else settings.REVIEWS_A_DAY
    refuse_too_many(Review.objects.filter(author=member, created__gt=a_day_ago()), most)


def _set_rating(member: User, title: Title, value: int | None) -> None:
    rating = Rating.objects.filter(member=member, title=title).first()
    if value is None:
        if rating:
            rating.delete()
    elif rating is None:
        Rating.objects.create(member=member, title=title, value=value)
    elif rating.value != value:
        rating.value = value
        rating.save(update_fields=["value", "rated"])
