"""What is being written: the text in an open form, what that form was shown, and the draft on the server.

Of two tabs or devices with different texts the later one is told (`Conflict`), and nothing is overwritten unseen.
"""

import uuid
from dataclasses import dataclass, replace
from typing import Self

from django.db import transaction

from accounts.models import User
from reviews.locks import lock_author
from reviews.models import Draft, Review, Title
from reviews.models.reviews import LONGEST_BODY


@dataclass(frozen=True)
class Text:
    """What a member writes about a title. Two are equal where no reader would see a difference."""

    rating: int | None = None
    headline: str = ""
    body: str = ""
    spoiler: bool = False

    @classmethod
    def of(cls, written: Draft | Review) -> Self:
        return cls(written.rating, written.headline, written.body, written.spoiler)

    @property
    def words(self) -> Self:
        """All of it but the rating, which is the title's matter and no edit of a review."""
        return replace(self, rating=None)


@dataclass(frozen=True)
class Seen:
    """What an open form has been shown of what is stored, so that it overwrites nothing else.

    `review` names the published text, `draft` the draft's revision. `saving` is the revision that the form's next save
    will get: a save whose answer was lost on the way is known again by it.
    """

    review: str = ""
    draft: uuid.UUID | None = None
    saving: uuid.UUID | None = None

    @classmethod
    def now(cls, review: Review | None, draft: Draft | None) -> Self:
        return cls(published_text(review), draft.revision if draft else None, uuid.uuid4())

    def includes(self, draft: Draft) -> bool:
        return draft.revision in (self.draft, self.saving)


class Conflict(Exception):  # noqa: N818 - a state of affairs, not an error
    """Another tab or device has stored a different text, `other`; nothing was written."""

    def __init__(self, other: Draft | Review) -> None:
        self.other = other


def published_text(review: Review | None) -> str:
    """A name for the text that a member's review of a title has now; another one after every edit."""
    return f"{review.pk}.{review.version}" if review else ""


def own_review(member: User, title: Title) -> Review | None:
    """The member's review of the title, whatever its state, until it is deleted."""
    return Review.objects.filter(title=title, author=member).exclude(state=Review.State.DELETED).first()


def own_draft(member: User, title: Title) -> Draft | None:
    return Draft.objects.filter(title=title, member=member).first()


def refuse_unseen(text: Text, seen: Seen, review: Review | None, draft: Draft | None) -> None:
    """Raises `Conflict` where the draft or the review is another text than `text` and was not seen."""
    if draft and not seen.includes(draft) and Text.of(draft) != text:
        raise Conflict(draft)
    if review and published_text(review) != seen.review and Text.of(review).words != text.words:
        raise Conflict(review)


@transaction.atomic
def save_draft(member: User, title: Title, text: Text, seen: Seen) -> Draft | None:
    """Keep the text as the member's draft; None, and no draft, where it says nothing that is not published.

    Past the length of any review it is cut. Raises `Conflict` where what is stored is something that the form has not
    been shown.
    """
    text = replace(text, headline=text.headline[:LONGEST_BODY], body=text.body[:LONGEST_BODY])
    lock_author(member.pk)
    review, draft = own_review(member, title), own_draft(member, title)
    refuse_unseen(text, seen, review, draft)
    if text == (Text.of(review) if review else Text()):
        if draft:
            draft.delete()
        return None
    if draft is None:
        draft = Draft(member=member, title=title)
    elif Text.of(draft) == text:
        return draft
    draft.revision = seen.saving if seen.saving and seen.saving != draft.revision else uuid.uuid4()
    draft.rating, draft.headline, draft.body, draft.spoiler = text.rating, text.headline, text.body, text.spoiler
    draft.save()
    return draft


@transaction.atomic
def discard_draft(member: User, title: Title) -> None:
    lock_author(member.pk)
    Draft.objects.filter(member=member, title=title).delete()
