"""What is looked at by a moderator before readers see it: a newcomer's first links, and copies."""

import re
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from reviews.models import Act, Review
from reviews.moderation.holding import hold
from reviews.moderation.likeness import like, remember

# As long as a member counts as new.
NEW = timedelta(days=30)
# With or without the scheme; a bare name only where a path follows or where it ends in what shops like to end in.
LINK = re.compile(
    r"https?://|\bwww\.\w|(?<![\w-])[\w-]+\.(?:com|net|org|info|biz|shop|store|online|site|xyz|top|ru|cn|io|co)\b|(?<![\w-])[\w-]+\.[a-z]{2,}/",
    re.IGNORECASE,
)


def has_link(text: str) -> bool:
    return bool(LINK.search(text))


def screen(review: Review, headline: str = "", body: str = "") -> None:
    """Hold a public review whose new text a moderator should see first; `headline` and `body` are those it had.

    What a moderator let through is not held again for the same: only for a link or a likeness that the text before did
    not have. The author is locked by the caller.
    """
    if review.state == Review.State.PUBLISHED:
        text = f"{review.headline}\n\n{review.body}"
        if (
            has_link(text)
            and not has_link(f"{headline}\n\n{body}")
            and _is_new(review.author)
            and not _has_shown_links(review)
        ):
            hold(review, Act.By.LINKS)
        elif (other := like(review.body, review.author)) and other != (body and like(body, review.author)):
            hold(review, Act.By.ALIKE, reason=f"Very like the review at {other.get_absolute_url()}.")
    remember(review)


def _is_new(member: User) -> bool:
    return timezone.now() - member.date_joined < NEW


def _has_shown_links(review: Review) -> bool:
    """Do readers see links in another of the author's reviews?"""
    others = Review.objects.public().filter(author=review.author).exclude(pk=review.pk)
    return any(has_link(f"{headline}\n\n{body}") for headline, body in others.values_list("headline", "body"))
