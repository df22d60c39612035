"""What tests need to exist, each thing in a line: `a_review(title, author, rating=8, helpful=3, votes=4)`."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accounts.models import User
    from reviews.models import Act, Case, Rating, Review, Title, Vote

BEGINNING = datetime(2011, 3, 1, 20, 15, tzinfo=UTC)
PASSWORD = "a lantern in the attic"

_numbers = itertools.count(1)


def a_member(username: str = "", **fields: Any) -> "User":
    from accounts.models import User

    username = username or f"member{next(_numbers)}"
    email = fields.pop("email", f"{username}@example.org")
    return User.objects.create_user(username, email, fields.pop("password", PASSWORD), **fields)


def members(number: int) -> "list[User]":
    """Members who cannot sign in, made at once."""
    from accounts.models import User

    return User.objects.bulk_create([User(username=f"member{next(_numbers)}", password="!") for _ in range(number)])


def a_title(name: str = "", **fields: Any) -> "Title":
    from reviews.models import Title

    return Title.objects.create(name=name or f"The Lamplighter {next(_numbers)}", **{"year": 1974, **fields})


def a_rating(title: "Title", member: "User | None" = None, value: int = 7) -> "Rating":
    from reviews.models import Rating

    return Rating.objects.create(title=title, member=member or a_member(), value=value)


def a_review(
    title: "Title | None" = None,
    author: "User | None" = None,
    *,
    rating: int | None = None,
    helpful: int = 0,
    votes: int = 0,
    length: int = 0,
    **fields: Any,
) -> "Review":
    """A review as the database completed it.

    `rating` is the author's of the title; `helpful` of `votes` came with the review when it was imported; `length`
    makes a body of that many characters.
    """
    title, author = title or a_title(), author or a_member()
    if rating is not None:
        a_rating(title, author, rating)
    made = an_unsaved_review(title, author, helpful=helpful, votes=votes, length=length, **fields)
    made.save(force_insert=True)
    made.refresh_from_db()
    return made


def an_unsaved_review(
    title: "Title", author: "User", *, helpful: int = 0, votes: int = 0, length: int = 0, **fields: Any
) -> "Review":
    """One for `bulk_create`; as `a_review`, but without a rating."""
    from reviews.models import Review

    number = next(_numbers)
    body = "w" * length or f"The lamps go out one after the other, and number {number} is the last to notice."
    given = {
        "headline": f"A long walk home, part {number}",
        "body": body,
        "created": BEGINNING + timedelta(minutes=number),
        "imported_helpful": helpful,
        "imported_votes": votes,
        "helpful": helpful,
        "votes": votes,
        **in_state(fields.pop("state", "published")),
    }
    return Review(title=title, author=author, **{**given, **fields})


def in_state(state: str) -> dict[str, Any]:
    """The columns of a review in that state, to be made or changed with."""
    return {"state": state, "deleted": datetime.now(UTC) if state == "deleted" else None}


def a_vote(review: "Review", member: "User | None" = None, *, helpful: bool = True) -> "Vote":
    from reviews.models import Vote

    return Vote.objects.create(review=review, member=member or a_member(), helpful=helpful)


def a_record_of_votes(review: "Review", number: int = 2000) -> None:
    """Votes of both directions from ten days ago, so many that fifty more in a day are no burst."""
    from reviews.models import Vote

    voters = members(number)
    Vote.objects.bulk_create(
        Vote(review=review, member=voter, helpful=place % 2 == 0) for place, voter in enumerate(voters)
    )
    Vote.objects.filter(review=review).update(cast=datetime.now(UTC) - timedelta(days=10))


def a_moderator(username: str = "", **fields: Any) -> "User":
    """A member of the group that decides cases."""
    from django.contrib.auth.models import Group

    member = a_member(username, **fields)
    member.groups.add(Group.objects.get(name="Moderators"))
    return member


def with_app(member: "User") -> "User":
    """The member with an authenticator app set up."""
    from allauth.mfa.totp.internal import auth as totp

    totp.TOTP.activate(member, totp.generate_totp_secret())
    return member


def a_keeper(username: str = "", **fields: Any) -> "User":
    """One of the staff whom the back office lets in: with a second factor."""
    return with_app(a_member(username, **{"is_staff": True, "is_superuser": True, **fields}))


def a_trusted_member(username: str = "") -> "User":
    """One whose report weighs 3: joined three years ago, nothing written and nothing reported yet."""
    return a_member(username, date_joined=datetime.now(UTC) - timedelta(days=3 * 365))


def a_decision_on(review: "Review", moderator: "User | None" = None, *, kind: str = "hide", **more: Any) -> "Act":
    """What a moderator decided on a reported review, by the first of the house rules."""
    from reviews.models import Act, Rule
    from reviews.moderation.deciding import Decision, decide

    case = a_case(review)
    given = {"rule": Rule.objects.earliest("pk"), "reason": "It is about a shop.", **more}
    return decide(case.pk, moderator or a_moderator(), case.version, Decision(Act.Kind(kind), **given))


def a_case(review: "Review", reporter: "User | None" = None, *, reason: str = "insult", words: str = "") -> "Case":
    """The open case of a review, with one more report in it."""
    from reviews.models import Reason
    from reviews.moderation import reporting

    return reporting.report(review.pk, reporter or a_member(), Reason(reason), words).case
