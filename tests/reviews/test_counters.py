"""The numbers that the database keeps, against a recount of the rows; and what the database refuses to hold."""

import random
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import CheckConstraint, Model, Q

from accounts.models import User
from reviews.models import Draft, Notice, Rating, Review, SiteFigures, Title, Version, Vote
from tests.factories import (
    BEGINNING,
    a_member,
    a_rating,
    a_review,
    a_title,
    a_vote,
    an_unsaved_review,
    in_state,
    members,
)

Act = Callable[[], object]
STATES = ["published", "held", "hidden", "deleted"]


def stored() -> dict[str, Any]:
    """Every number that the database keeps."""
    kept = ("open_counts", "spoiler_counts", "review_count", "last_reviewed")
    of_ratings = ("rating_counts", "rating_count", "rating_sum")
    site = SiteFigures.objects.first()
    return {
        "titles": {title["id"]: title for title in Title.objects.values("id", *kept, *of_ratings)},
        "members": dict(User.objects.values_list("id", "review_count")),
        "reviews": {r["id"]: r for r in Review.objects.values("id", "helpful", "votes", "author_reviews")},
        "mirrored": dict(Review.objects.exclude(state="deleted").values_list("id", "rating")),
        "counted": dict(Rating.objects.values_list("id", "counted")),
        "site": (site.titles, site.reviews) if site else (0, 0),
    }


def recounted() -> dict[str, Any]:
    """The same numbers from the rows that they count, one row after the other."""
    titles: dict[int, dict[str, Any]] = {
        pk: {
            "id": pk,
            "open_counts": [0] * 11,
            "spoiler_counts": [0] * 11,
            "review_count": 0,
            "last_reviewed": None,
            "rating_counts": [0] * 10,
            "rating_count": 0,
            "rating_sum": 0,
        }
        for pk in Title.objects.values_list("id", flat=True)
    }
    written = dict.fromkeys(User.objects.values_list("id", flat=True), 0)
    rated = {(rating.title_id, rating.member_id): rating for rating in Rating.objects.all()}
    votes = defaultdict(list)
    for vote in Vote.objects.filter(standing__in=["counted", "cleared"]):
        votes[vote.review_id].append(vote.helpful)
    reviews = list(Review.objects.all())

    out_of_sight = {(r.title_id, r.author_id) for r in reviews if r.state in ("held", "hidden")}
    counted = {rating.pk: pair not in out_of_sight for pair, rating in rated.items()}
    for rating in rated.values():
        if counted[rating.pk]:
            figures = titles[rating.title_id]
            figures["rating_counts"][rating.value - 1] += 1
            figures["rating_count"] += 1
            figures["rating_sum"] += rating.value
    mirrored: dict[int, int | None] = {}
    for review in reviews:
        own = rated.get((review.title_id, review.author_id))
        if review.state != "deleted":
            mirrored[review.pk] = own.value if own else None
        if review.state == "published":
            written[review.author_id] += 1
            figures = titles[review.title_id]
            figures["spoiler_counts" if review.spoiler else "open_counts"][own.value if own else 0] += 1
            figures["review_count"] += 1
            figures["last_reviewed"] = max(figures["last_reviewed"] or review.created, review.created)
    return {
        "titles": titles,
        "members": written,
        "reviews": {
            review.pk: {
                "id": review.pk,
                "helpful": review.imported_helpful + sum(votes[review.pk]),
                "votes": review.imported_votes + len(votes[review.pk]),
                "author_reviews": written[review.author_id],
            }
            for review in reviews
        },
        "mirrored": mirrored,
        "counted": counted,
        "site": (len(titles), sum(figures["review_count"] for figures in titles.values())),
    }


class Life:
    """Members doing at random what members and moderators do. What the database refuses is not done."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311
        self.titles = [a_title() for _ in range(3)]
        self.members = members(6)

    def pick(self, model: type[Model]) -> Any:
        return self.rng.choice(list(model._default_manager.order_by("pk")) or [None])

    def write(self) -> None:
        title, author = self.rng.choice(self.titles), self.rng.choice(self.members)
        votes = self.rng.choice([0, 0, 7])
        review = an_unsaved_review(
            title,
            author,
            helpful=min(votes, 4),
            votes=votes,
            spoiler=self.rng.random() < 0.3,
            state=self.rng.choice(["published", "published", "held"]),
            created=BEGINNING + timedelta(days=self.rng.randrange(1000)),
        )
        review.save(force_insert=True)

    def rate(self) -> None:
        title, member = self.rng.choice(self.titles), self.rng.choice(self.members)
        Rating.objects.update_or_create(title=title, member=member, defaults={"value": self.rng.randint(1, 10)})

    def take_rating_back(self) -> None:
        self.pick(Rating).delete()

    def change_state(self) -> None:
        Review.objects.filter(pk=self.pick(Review).pk).update(**in_state(self.rng.choice(STATES)))

    def change_state_of_all_by_one(self) -> None:
        Review.objects.filter(author=self.rng.choice(self.members)).update(**in_state(self.rng.choice(STATES[:3])))

    def change_spoiler_mark(self) -> None:
        Review.objects.filter(pk=self.pick(Review).pk).update(spoiler=self.rng.random() < 0.5)

    def change_date(self) -> None:
        created = BEGINNING + timedelta(days=self.rng.randrange(2000))
        Review.objects.filter(pk=self.pick(Review).pk).update(created=created)

    def change_several_columns(self) -> None:
        changes = {**in_state(self.rng.choice(STATES)), "spoiler": self.rng.random() < 0.5, "created": BEGINNING}
        Review.objects.filter(pk=self.pick(Review).pk).update(**changes)

    def move_to_another_title(self) -> None:
        Review.objects.filter(pk=self.pick(Review).pk).update(title=self.rng.choice(self.titles))

    def vote(self) -> None:
        review, member = self.pick(Review), self.rng.choice(self.members)
        Vote.objects.update_or_create(review=review, member=member, defaults={"helpful": self.rng.random() < 0.6})

    def change_standing(self) -> None:
        standing = self.rng.choice(["counted", "held", "cleared", "voided"])
        Vote.objects.filter(pk=self.pick(Vote).pk).update(standing=standing)

    def withdraw_vote(self) -> None:
        self.pick(Vote).delete()

    def remove_review(self) -> None:
        self.pick(Review).delete()

    def remove_member(self) -> None:
        gone = self.rng.choice(self.members)
        self.members[self.members.index(gone)] = a_member()
        gone.delete()

    def remove_title(self) -> None:
        gone = self.rng.choice(self.titles)
        self.titles[self.titles.index(gone)] = a_title()
        gone.delete()

    def step(self) -> str:
        often = [self.write, self.rate, self.vote] * 4
        sometimes = [
            self.change_state,
            self.change_spoiler_mark,
            self.change_date,
            self.change_several_columns,
            self.withdraw_vote,
            self.change_standing,
        ] * 2
        seldom = [
            self.take_rating_back,
            self.change_state_of_all_by_one,
            self.move_to_another_title,
            self.remove_review,
            self.remove_member,
            self.remove_title,
        ]
        act = self.rng.choice([*often, *sometimes, *seldom])
        try:
            with transaction.atomic():
                act()
        except (IntegrityError, AttributeError):
            return f"{act.__name__} (refused)"  # one review too many, or nothing there to change yet
        return act.__name__


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(8))
def test_every_number_equals_a_recount_after_anything(seed: int) -> None:
    life = Life(seed)
    done: list[str] = []
    for _ in range(90):
        done.append(life.step())
        assert stored() == recounted(), f"after {' / '.join(done[-5:])}"
    assert sum("refused" not in act for act in done) > 45


def recount(name: str, model: type[Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name}(%s)", [list(model._default_manager.values_list("pk", flat=True))])


@pytest.mark.django_db
def test_the_recount_after_a_bulk_import_gives_what_row_by_row_counting_gives() -> None:
    titles, writers = [a_title(), a_title(), a_title()], members(5)
    a_review(titles[0], a_member(), rating=3)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL reviewsite.bulk = 'on'")
        Rating.objects.bulk_create(
            Rating(title=title, member=writer, value=1 + (number * 3) % 10)
            for title in titles[:2]
            for number, writer in enumerate(writers)
        )
        Review.objects.bulk_create(
            an_unsaved_review(
                title,
                writer,
                spoiler=number % 2 == 0,
                rating=1 + (number * 3) % 10,
                helpful=number,
                votes=2 * number,
            )
            for title in titles[:2]
            for number, writer in enumerate(writers)
        )
        assert stored() != recounted()
        recount("reviews_recount_authors", User)
        recount("reviews_recount_titles", Title)
        assert stored() == recounted()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [31, 32])
def test_the_recount_changes_nothing_where_all_is_right_and_repairs_what_is_not(seed: int) -> None:
    life = Life(seed)
    for _ in range(60):
        life.step()
    right = stored()
    recount("reviews_recount_authors", User)
    recount("reviews_recount_titles", Title)
    assert stored() == right
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL reviewsite.bulk = 'on'")
        Title.objects.update(rating_counts=[9] * 10, rating_count=90, rating_sum=400, open_counts=[1] * 11)
        User.objects.update(review_count=77)
        Review.objects.update(author_reviews=77)
    assert stored() != right
    recount("reviews_recount_authors", User)
    recount("reviews_recount_titles", Title)
    assert stored() == right


@pytest.mark.django_db
def test_a_new_review_takes_over_what_its_author_gave_before(author: User) -> None:
    title = a_title()
    a_review(author=author)
    a_rating(title, author, 9)
    review = a_review(title, author)
    assert (review.rating, review.author_reviews) == (9, 2)


@pytest.mark.django_db
def test_a_review_published_again_shows_the_rating_of_today(author: User) -> None:
    review = a_review(author=author, rating=3, state="deleted")
    Rating.objects.filter(member=author).update(value=8)
    Review.objects.filter(pk=review.pk).update(**in_state("published"))
    review.refresh_from_db()
    assert review.rating == 8
    assert stored() == recounted()


# Several connections at once, each committing what it does.


def together(*acts: Act) -> None:
    """Do these at the same time, each on a connection of its own; raises what went wrong in any of them."""
    problems: list[BaseException] = []
    start = threading.Barrier(len(acts))

    def do(act: Act) -> None:
        try:
            start.wait(30)
            act()
        except BaseException as problem:  # noqa: BLE001 - it is raised again below, in the test
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "still waiting for each other"
    if problems:
        raise problems[0]


BLOCKED_BY_US = "pg_backend_pid() = ANY (pg_blocking_pids(pid))"


def while_uncommitted(first: Act, second: Act) -> None:
    """Do the second on another connection while the first has happened but is not committed.

    The first is committed once the second is done or waits for a lock.
    """
    problems: list[DatabaseError] = []

    def do() -> None:
        try:
            second()
        except DatabaseError as problem:
            problems.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=do)
    with transaction.atomic(), connection.cursor() as cursor:
        first()
        thread.start()
        while thread.is_alive():
            cursor.execute(f"SELECT FROM pg_locks WHERE NOT granted AND {BLOCKED_BY_US}")
            if cursor.fetchone() is not None:
                break
            thread.join(0.01)
    thread.join(60)
    assert not thread.is_alive()
    if problems:
        raise problems[0]


def cast(review: Review, member: User, *, helpful: bool) -> None:
    Vote.objects.bulk_create(
        [Vote(review=review, member=member, helpful=helpful)],
        update_conflicts=True,
        unique_fields=["review", "member"],
        update_fields=["helpful"],
    )


def a_restless_voter(reviews: Sequence[Review], member: User, seed: int) -> Act:
    rng = random.Random(seed)  # noqa: S311

    def act() -> None:
        for _ in range(12):
            review = rng.choice(reviews)
            if rng.random() < 0.3:
                Vote.objects.filter(review=review, member=member).delete()
            else:
                cast(review, member, helpful=rng.random() < 0.5)

    return act


def lock(member: User) -> None:
    """As an act does that changes a review's state or a rating, before anything else."""
    User.objects.select_for_update(no_key=True).get(pk=member.pk)


@pytest.mark.django_db(transaction=True)
def test_twenty_voters_on_a_review_that_is_edited_and_hidden_meanwhile() -> None:
    review = a_review(rating=6, helpful=3, votes=5)
    voters = members(17)

    def edit() -> None:
        for number in range(25):
            changes = {"headline": f"Take {number}", "body": "Once more. " * (number + 1), "spoiler": number % 2 == 1}
            Review.objects.filter(pk=review.pk).update(**changes)

    def moderate() -> None:
        for number in range(25):
            Review.objects.filter(pk=review.pk).update(state=["hidden", "published"][number % 2])

    # The first voter has three tabs open.
    restless = [a_restless_voter([review], voter, number) for number, voter in enumerate([*voters, *voters[:1] * 3])]
    together(*restless, edit, moderate)
    assert stored() == recounted()
    review.refresh_from_db()
    assert (review.state, review.headline) == ("hidden", "Take 24")
    assert review.votes == 5 + review.cast_votes.count()


@pytest.mark.django_db(transaction=True)
def test_members_write_about_one_title_at_once() -> None:
    title, writers = a_title(), members(16)

    def writer(member: User, number: int) -> Act:
        def act() -> None:
            with transaction.atomic():
                a_rating(title, member, 1 + number % 10)
                an_unsaved_review(title, member, spoiler=number % 3 == 0).save()

        return act

    together(*(writer(member, number) for number, member in enumerate(writers)))
    title.refresh_from_db()
    assert (title.review_count, title.rating_count) == (16, 16)
    assert stored() == recounted()


@pytest.mark.django_db(transaction=True)
def test_one_member_publishes_and_takes_back_reviews_while_others_vote_on_them(author: User) -> None:
    titles = [a_title() for _ in range(5)]
    reviews = [a_review(title, author, rating=5) for title in titles[:3]]
    later = [an_unsaved_review(title, author) for title in titles[3:]]

    def publish() -> None:
        for review in later:
            review.save(force_insert=True)

    def take_back() -> None:
        for number in range(12):
            with transaction.atomic():
                lock(author)
                review = reviews[number % 3]
                Review.objects.filter(pk=review.pk).update(state="published" if number >= 9 else "hidden")

    def rate() -> None:
        for number in range(12):
            with transaction.atomic():
                lock(author)
                Rating.objects.filter(title=titles[number % 3], member=author).update(value=1 + number % 10)

    voters = [a_restless_voter(reviews, voter, 50 + number) for number, voter in enumerate(members(10))]
    together(publish, take_back, rate, *voters)
    author.refresh_from_db()
    assert author.review_count == 5
    assert stored() == recounted()


@pytest.mark.django_db(transaction=True)
def test_a_second_review_from_another_tab_is_refused(author: User) -> None:
    title = a_title()
    one, other = an_unsaved_review(title, author), an_unsaved_review(title, author)
    with pytest.raises(IntegrityError, match="one_review_a_member_and_title"):
        while_uncommitted(one.save, other.save)
    assert title.reviews.count() == 1
    assert stored() == recounted()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rated_before", [True, False])
@pytest.mark.parametrize("review_first", [True, False])
def test_a_rating_from_another_tab_reaches_the_review_being_written(
    author: User, rated_before: bool, review_first: bool
) -> None:
    title = a_title()
    if rated_before:
        a_rating(title, author, 4)

    def write() -> None:
        an_unsaved_review(title, author).save()

    def rate() -> None:
        Rating.objects.update_or_create(title=title, member=author, defaults={"value": 9})

    while_uncommitted(*((write, rate) if review_first else (rate, write)))
    assert title.reviews.get().rating == 9
    assert stored() == recounted()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("before", ["published", "held"])
@pytest.mark.parametrize("after", ["hidden", "deleted"])
@pytest.mark.parametrize("rating_first", [True, False])
def test_a_rating_given_while_the_review_is_moderated_counts_as_it_should(
    author: User, before: str, after: str, rating_first: bool
) -> None:
    review = a_review(author=author, state=before)

    def moderate() -> None:
        Review.objects.filter(pk=review.pk).update(**in_state(after))

    def rate() -> None:
        a_rating(review.title, author, 2)

    while_uncommitted(*((rate, moderate) if rating_first else (moderate, rate)))
    assert stored() == recounted()


@pytest.mark.django_db(transaction=True)
def test_a_held_review_knows_of_the_one_published_meanwhile(author: User) -> None:
    held, published = an_unsaved_review(a_title(), author, state="held"), an_unsaved_review(a_title(), author)
    while_uncommitted(held.save, published.save)
    assert stored() == recounted()


@pytest.mark.django_db(transaction=True)
def test_a_recount_waits_for_what_is_being_written(author: User) -> None:
    title = a_title()

    def count_again() -> None:
        with transaction.atomic():
            recount("reviews_recount_authors", User)
            recount("reviews_recount_titles", Title)

    while_uncommitted(lambda: a_review(title, author, rating=7), count_again)
    assert title.reviews.count() == 1
    assert stored() == recounted()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_was_never_counted() -> None:
    review = a_review(rating=8, helpful=1, votes=1)
    before = stored()
    with transaction.atomic():
        a_vote(review, a_member(review_count=0))
        a_review(review.title, rating=2)
        Review.objects.filter(pk=review.pk).update(state="hidden")
        assert stored() != before
        transaction.set_rollback(True)
    assert stored() == before == recounted()


# What the database itself refuses, whoever asks.


def raw(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


# There is no score of such votes, and the scores are computed before the constraints are looked at.
NO_SCORE = "square root of a negative number"


def a_version(review: Review, **fields: Any) -> Version:
    given = {"number": 1, "headline": "So it was", "body": "So.", "spoiler": False, "helpful": 0, "votes": 0}
    return Version.objects.create(review=review, published=BEGINNING, replaced=BEGINNING, **{**given, **fields})


REFUSED: dict[str, tuple[str, Callable[[Review], object]]] = {
    "a rating of 0": ("rating_in_range", lambda r: a_rating(r.title, value=0)),
    "a rating of 11": ("rating_in_range", lambda r: a_rating(r.title, value=11)),
    "a rating changed to 11": ("rating_in_range", lambda r: Rating.objects.update(value=11)),
    "a second rating": ("one_rating_a_member_and_title", lambda r: a_rating(r.title, r.author, 4)),
    "a second review": ("one_review_a_member_and_title", lambda r: a_review(r.title, r.author)),
    "a second review beside a hidden one": (
        "one_review_a_member_and_title",
        lambda r: (Review.objects.update(state="hidden"), a_review(r.title, r.author)),
    ),
    "a second vote": ("one_vote_a_member_and_review", lambda r: a_vote(r, Vote.objects.get().member)),
    "votes below zero": (NO_SCORE, lambda r: Review.objects.update(votes=-1)),
    "helpful votes below those imported": ("review_votes_possible", lambda r: Review.objects.update(helpful=1)),
    "more helpful votes than votes": (NO_SCORE, lambda r: Review.objects.update(helpful=9)),
    "more imported helpful votes than imported votes": (
        "review_votes_possible",
        lambda r: Review.objects.update(imported_votes=1),
    ),
    "imported votes below zero": (
        "review_votes_possible",
        lambda r: Review.objects.update(imported_votes=-1, imported_helpful=-1),
    ),
    "an empty headline": ("review_has_text", lambda r: Review.objects.update(headline="")),
    "a body of spaces": ("review_has_text", lambda r: Review.objects.update(body=" \n\t ")),
    "a body past 100,000 characters": ("review_has_text", lambda r: Review.objects.update(body="w" * 100_001)),
    "an unknown state": ("review_state_possible", lambda r: Review.objects.update(state="pending")),
    "a review deleted at no time": ("review_state_possible", lambda r: Review.objects.update(state="deleted")),
    "a public review that was deleted": ("review_state_possible", lambda r: Review.objects.update(deleted=BEGINNING)),
    "a vote that stands nowhere": ("vote_standing_known", lambda r: Vote.objects.update(standing="lost")),
    "a draft with a rating of 11": (
        "draft_rating_in_range",
        lambda r: Draft.objects.create(member=r.author, title=r.title, rating=11),
    ),
    "a version with a rating of 0": ("version_rating_in_range", lambda r: a_version(r, rating=0)),
    "a notice about nothing": ("notice_is_about_something", lambda r: Notice.objects.create(member=r.author)),
    "a suspension that is none and ends": (
        "user_suspended_until_possible",
        lambda r: User.objects.update(suspended_until=BEGINNING),
    ),
    "a member with fewer than no notices": (
        "user_unread_notices_not_negative",
        lambda r: User.objects.update(unread_notices=-1),
    ),
    "the same review imported twice": (
        "review_imported_once",
        lambda r: (Review.objects.update(source_id="x:1"), a_review(source_id="x:1")),
    ),
    "a member with fewer than no reviews": (
        "user_review_count_not_negative",
        lambda r: User.objects.update(review_count=-1),
    ),
    "a username in another case": ("user_username_whatever_case", lambda r: a_member(r.author.username.upper())),
    "impossible figures of a title": ("title_figures_possible", lambda r: Title.objects.update(rating_count=-1)),
    "a sum of ratings past ten each": ("title_figures_possible", lambda r: Title.objects.update(rating_sum=11)),
    "a title without a name": ("title_has_name_and_address", lambda r: Title.objects.update(name="")),
    "a title without an address": ("title_has_name_and_address", lambda r: Title.objects.update(slug="")),
    "a title of the year 0": ("title_year_in_range", lambda r: Title.objects.update(year=0)),
    "a second row of site figures": (
        "one_row_of_site_figures",
        lambda r: raw("INSERT INTO reviews_sitefigures (id) VALUES (2)"),
    ),
}


# Reviews apart, whose state is checked together with when they were deleted.
CHOICES = [
    (model, field)
    for app in ("accounts", "reviews")
    for model in apps.get_app_config(app).get_models()
    for field in model._meta.concrete_fields
    if field.choices and model is not Review
]


@pytest.mark.parametrize(("model", "field"), CHOICES, ids=str)
def test_the_database_knows_what_may_be_chosen(model: type[Model], field: Any) -> None:
    name = f"{model._meta.model_name}_{field.name}_known"
    (check,) = (check for check in model._meta.constraints if check.name == name)
    assert isinstance(check, CheckConstraint)
    choices = [*([""] if field.blank else []), *(value for value, _ in field.flatchoices)]
    listed, matched = (f"{field.name}__in", choices), (f"{field.name}__regex", f"^({'|'.join(choices)})$")
    assert check.condition in (Q(listed), Q(matched))


@pytest.mark.django_db
@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses(what: str) -> None:
    constraint, attempt = REFUSED[what]
    review = a_review(rating=5, helpful=2, votes=3)
    a_vote(review)
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        attempt(review)
    assert stored() == recounted()


@pytest.mark.django_db
def test_a_new_review_is_allowed_once_the_former_is_deleted(author: User) -> None:
    former = a_review(author=author, rating=4)
    Review.objects.filter(pk=former.pk).update(**in_state("deleted"))
    again = a_review(former.title, author)
    assert (again.rating, again.author_reviews) == (4, 1)
    assert stored() == recounted()
