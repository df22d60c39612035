"""Loading more while votes move the reviews: each that was there all along comes once, and no cursor is an error."""

import base64
import html
import json
import random
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import User
from reviews import ranking
from reviews.models import FormerPlace, Rating, Review, Title, Vote
from reviews.snapshots import valid_snapshot
from tests.factories import BEGINNING, a_member, a_review, a_title, a_vote, an_unsaved_review, members
from tests.statements import statements, through

ORDERS = [(name, way) for name in ranking.review_orders() for way in ("desc", "asc")]
FILTERS: dict[str, dict[str, Any]] = {
    "": {},
    "&rating=7": {"rating": 7},
    "&spoilers=hide": {"spoiler": False},
    "&rating=7&spoilers=hide": {"rating": 7, "spoiler": False},
}
NEXT = re.compile(r'href="([^"]*[?&;]after=[^"]*)"')
REVIEW = re.compile(r'<article class="review" id="review-(\d+)"')
SHOWN = re.compile(r'class="shown">(?:That is all of them: )?([\d,]+) ')


def reviews_on(answer: Any) -> list[int]:
    return [int(pk) for pk in REVIEW.findall(answer.content.decode())]


def is_first(answer: Any) -> bool:
    """Does the page begin with the first review, and so offer no way back to it?"""
    return answer.status_code == 200 and b"Back to the first reviews" not in answer.content


def a_crowd(number: int, seed: int = 1) -> tuple[Title, list[User]]:
    """A title with that many reviews, among them many that agree in votes, rating or date; and their authors."""
    rng = random.Random(seed)  # noqa: S311
    title, elsewhere, writers = a_title(), a_title(), members(number)
    Review.objects.bulk_create(
        an_unsaved_review(
            title,
            writer,
            helpful=rng.randrange(3),
            votes=rng.randrange(2, 5),
            length=rng.choice([90, 700, 2400]),
            spoiler=rng.random() < 0.2,
            created=BEGINNING + timedelta(days=rng.randrange(20)),
        )
        for writer in writers
    )
    Review.objects.bulk_create(an_unsaved_review(elsewhere, writer) for writer in rng.sample(writers, number // 3))
    Rating.objects.bulk_create(
        Rating(title=title, member=writer, value=rng.choice([2, 7, 7])) for writer in rng.sample(writers, number - 5)
    )
    return title, writers


def pages(address: str, client: Client | None = None) -> Iterator[list[int]]:
    """The reviews on each page, following the link on it until there is none. What the caller does comes in between."""
    client, shown, following = client or Client(), 0, address
    while following:
        answer = client.get(following)
        assert answer.status_code == 200
        links = set(NEXT.findall(answer.content.decode()))
        assert len(links) <= 1
        following = html.unescape(links.pop()) if links else ""
        here = reviews_on(answer)
        shown += len(here)
        assert SHOWN.findall(answer.content.decode()) in ([f"{shown:,}"], [])
        assert shown < 1000, "the pages do not end"
        yield here


def standing(title: Title, name: str, way: str, **wanted: Any) -> list[int]:
    """The public reviews as they stand now."""
    order = ranking.review_order(name, descending=way == "desc", of_one_rating="rating" in wanted)
    return [review.pk for review in order.arrange(title.reviews.filter(state="published", **wanted))]


class Commotion:
    """What others do while somebody reads.

    `staying` are the reviews that were listed before and after each act, `hidden` those hidden meanwhile.
    """

    def __init__(self, title: Title, writers: list[User], seed: int, **wanted: Any) -> None:
        self.title, self.wanted = title, wanted
        self.rng = random.Random(seed)  # noqa: S311
        self.voters, self.elsewhere, self.authors = members(4), [a_title() for _ in range(4)], list(writers)
        self.hidden: set[int] = set()
        self.staying = self.listed()

    def listed(self) -> set[int]:
        return set(self.title.reviews.filter(state="published", **self.wanted).values_list("pk", flat=True))

    def review(self) -> Review:
        everyone = self.title.reviews.order_by("pk").values_list("pk", flat=True)
        return Review.objects.only("author_id").get(pk=self.rng.choice(list(everyone)))

    def vote(self) -> None:
        review, member = self.review(), self.rng.choice(self.voters)
        Vote.objects.update_or_create(review=review, member=member, defaults={"helpful": self.rng.random() < 0.5})

    def all_vote(self) -> None:
        """One review leaps from one end towards the other."""
        review, helpful = self.review(), self.rng.random() < 0.5
        Vote.objects.filter(review=review).delete()
        Vote.objects.bulk_create(Vote(review=review, member=voter, helpful=helpful) for voter in self.voters)

    def withdraw(self) -> None:
        Vote.objects.filter(review=self.review()).delete()

    def rate(self) -> None:
        review = self.review()
        value = self.rng.choice([2, 7, 9])
        Rating.objects.update_or_create(title=self.title, member_id=review.author_id, defaults={"value": value})

    def edit(self) -> None:
        changes = {"body": "Seen again. " * self.rng.choice([2, 80, 200]), "spoiler": self.rng.random() < 0.2}
        Review.objects.filter(pk=self.review().pk).update(**changes)

    def change_date(self) -> None:
        created = BEGINNING + timedelta(days=self.rng.randrange(20))
        Review.objects.filter(pk=self.review().pk).update(created=created)

    def write_elsewhere(self) -> None:
        title, author = self.rng.choice(self.elsewhere), self.rng.choice(self.authors)
        if not title.reviews.filter(author=author).exists():
            a_review(title, author)

    def write_here(self) -> None:
        a_review(self.title, rating=self.rng.choice([None, 7]))

    def hide(self) -> None:
        review = self.review()
        Review.objects.filter(pk=review.pk).update(state="hidden")
        self.hidden.add(review.pk)

    def act(self) -> None:
        often = [self.vote, self.all_vote, self.write_elsewhere] * 3
        seldom = [self.withdraw, self.rate, self.edit, self.change_date, self.write_here, self.hide]
        for _ in range(6):
            self.rng.choice([*often, *seldom])()
            self.staying &= self.listed()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "way"), ORDERS)
def test_each_review_comes_once_however_much_moves_meanwhile(settings: Settings, name: str, way: str) -> None:
    settings.REVIEWS_PER_PAGE = 5
    title, writers = a_crowd(28)
    number = ORDERS.index((name, way))
    for seed, query in enumerate(["", sorted(FILTERS)[1 + number % 3]]):
        wanted = FILTERS[query]
        commotion = Commotion(title, writers, seed + number, **wanted)
        seen: list[int] = []
        beginning = standing(title, name, way, **wanted)
        for page in pages(f"/title/{title.slug}/reviews/?sort={name}&dir={way}{query}"):
            assert not commotion.hidden.intersection(page), "a hidden review is shown"
            assert seen or page == beginning[:5]
            seen += page
            commotion.act()
        assert len(seen) == len(set(seen)), "a review is shown twice"
        assert commotion.staying <= set(seen), "a review is left out"
        assert len(commotion.staying) >= 3
        # What did not leave and did not come stands as it stood when the reader began.
        stayed = [pk for pk in seen if pk in commotion.staying]
        assert stayed == [pk for pk in beginning if pk in commotion.staying]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "way"), [("featured", "desc"), ("votes", "asc"), ("prolific", "desc")])
def test_each_review_comes_once_while_voters_never_rest(settings: Settings, name: str, way: str) -> None:
    settings.REVIEWS_PER_PAGE = 3
    title, writers = a_crowd(30)
    beginning, done = standing(title, name, way), threading.Event()
    acts: list[int] = []

    def never_rest(seed: int) -> None:
        commotion = Commotion(title, writers, seed)
        try:
            while not done.is_set():
                commotion.rng.choice([commotion.vote, commotion.all_vote, commotion.write_elsewhere])()
                acts.append(seed)
        finally:
            connection.close()

    voters = [threading.Thread(target=never_rest, args=[5])]
    for voter in voters:
        voter.start()
    try:
        times = 0
        while times < 3 or len(acts) <= 10:
            seen = [pk for page in pages(f"/title/{title.slug}/reviews/?sort={name}&dir={way}") for pk in page]
            assert sorted(seen) == sorted(beginning)
            assert voters[0].is_alive()
            times += 1
    finally:
        done.set()
        for voter in voters:
            voter.join(60)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moves", ["up, over the reader's place", "down, over the reader's place"])
def test_a_vote_between_the_two_queries_of_a_page_neither_hides_nor_doubles_a_review(
    settings: Settings, moves: str
) -> None:
    settings.REVIEWS_PER_PAGE = 2
    title, voters = a_title(), members(40)
    for votes in (9, 8, 7, 6, 5, 4):
        a_review(title, helpful=votes, votes=votes)
    beginning = standing(title, "votes", "desc")
    up = moves.startswith("up")
    moving = beginning[3] if up else beginning[0]

    def vote() -> None:
        review = Review.objects.get(pk=moving)
        if up:
            Vote.objects.bulk_create(Vote(review=review, member=voter, helpful=True) for voter in voters)
        else:
            Review.objects.filter(pk=moving).update(imported_votes=0, imported_helpful=0, votes=0, helpful=0)
        connection.close()

    voted: list[str] = []

    def vote_after_the_first_query(execute: Any, sql: str, *more: Any) -> Any:
        result = execute(sql, *more)
        if not voted and "reviews_formerplace" in sql:
            voted.append(sql)
            voter = threading.Thread(target=vote)
            voter.start()
            voter.join(30)
        return result

    reading = pages(f"/title/{title.slug}/reviews/?sort=votes")
    seen = next(reading)
    with through(vote_after_the_first_query):
        seen += next(reading)
    for page in reading:
        seen += page
    assert voted
    assert standing(title, "votes", "desc") != beginning
    assert seen == beginning


@pytest.mark.django_db(transaction=True)
def test_without_votes_the_pages_are_the_order_cut_in_pieces(settings: Settings) -> None:
    settings.REVIEWS_PER_PAGE = 10
    title, _ = a_crowd(30)
    for name, way in ORDERS:
        found = list(pages(f"/title/{title.slug}/reviews/?sort={name}&dir={way}"))
        assert [len(page) for page in found] == [10, 10, 10]
        assert [pk for page in found for pk in page] == standing(title, name, way)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["/reviews/", "/user/ada/"])
def test_the_newest_of_all_and_a_members_reviews_are_read_to_their_end(settings: Settings, address: str) -> None:
    settings.REVIEWS_PER_PAGE = 3
    ada = a_member("ada")
    written = [a_review(author=ada).pk for _ in range(8)]
    seen: list[int] = []
    for page in pages(address):
        seen += page
        a_vote(Review.objects.get(pk=written[0]))
        a_review(author=ada)
    assert seen == written[::-1]


# Cursors.


def cursor_of(*packed: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(packed).encode()).decode().rstrip("=")


@pytest.fixture
def address(transactional_db: None) -> str:
    """Of a page that is read as it is for readers: outside of any transaction, where statements go another way."""
    title = a_title()
    for number in range(3):
        a_review(title, rating=number + 3)
    return f"/title/{title.slug}/reviews/"


WELL_FORMED = ["featured", 2, "700:702:700", 0.5, 3, "2020-01-01T00:00:00+00:00", -7]


def changed(place: int, value: Any) -> str:
    return cursor_of(*[*WELL_FORMED[:place], value, *WELL_FORMED[place + 1 :]])


NOT_OURS = {
    "of another order": changed(0, "helpful"),
    "of no order": changed(0, None),
    "fewer than none shown": changed(1, -1),
    "true shown": changed(1, True),
    "too many shown": changed(1, 2**63),
    "no snapshot": changed(2, ""),
    "a snapshot that is a number": changed(2, 7),
    "a snapshot that ends before it begins": changed(2, "5:3:"),
    "a snapshot of transaction 0": changed(2, "0:0:"),
    "a snapshot past what there can be": changed(2, f"{10**18}:{10**18}:"),
    "a snapshot of other digits": changed(2, "٣:٤:"),
    "a snapshot with the running out of order": changed(2, "5:9:8,7"),
    "a snapshot with one running twice": changed(2, "5:9:7,7"),
    "a snapshot with one running that has not begun": changed(2, "5:9:9"),
    "a snapshot with one running that has ended": changed(2, "5:9:4"),
    "a snapshot with a line break": changed(2, "5:9:\n"),
    "a snapshot without end": changed(2, "5:9000000:" + ",".join(map(str, range(5, 4000)))),
    "a snapshot followed by SQL": changed(2, "5:9:'); DROP TABLE reviews_review; --"),
    "a score that is not a number": changed(3, float("nan")),
    "a score without end": changed(3, float("inf")),
    "a score in words": changed(3, "0.5"),
    "a true score": changed(3, True),
    "votes past 64 bits": changed(4, 2**63),
    "half a vote": changed(4, 0.5),
    "no date": changed(5, "yesterday"),
    "a date without a zone": changed(5, "2020-01-01T00:00:00"),
    "a date that is a number": changed(5, 20200101),
    "a review that is true": changed(6, True),
    "a list for a review": changed(6, [1]),
    "too few values": cursor_of(*WELL_FORMED[:-1]),
    "too many values": cursor_of(*WELL_FORMED, 1),
    "an object": base64.urlsafe_b64encode(b'{"featured": 1}').decode(),
    "a number": base64.urlsafe_b64encode(b"17").decode(),
    "nothing in it": base64.urlsafe_b64encode(b"[]").decode(),
    "brackets without end": base64.urlsafe_b64encode(b"[" * 30_000).decode(),
    "a number of 6,000 digits": base64.urlsafe_b64encode(b"[" + b"9" * 6000 + b"]").decode(),
    "bytes that are no text": base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    "cut off": cursor_of(*WELL_FORMED)[:-5],
    "no base64": "%%%",
    "letters of another script": "ключ",
    "NUL": "\0",
    "huge": "A" * 200_000,
}


def test_a_cursor_of_ours_is_taken(address: str) -> None:
    answer = Client().get(f"{address}?after={cursor_of(*WELL_FORMED)}")
    assert not is_first(answer)


@pytest.mark.parametrize("what", NOT_OURS)
def test_any_other_text_shows_the_first_page(address: str, what: str) -> None:
    answer = Client().get(f"{address}?after={quote(NOT_OURS[what])}")
    assert answer.status_code == 200
    assert is_first(answer)
    assert len(reviews_on(answer)) == 3


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.integers(2**62, 2**64),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
numbers = st.integers(0, 10**18 + 1)
snapshots = st.builds(
    lambda first, more, running: f"{first}:{first + more}:{','.join(map(str, running))}",
    numbers,
    st.integers(-2, 9),
    st.lists(st.integers(0, 12), max_size=3),
)
zones = st.sampled_from(["+00:00", "+15:59", "-15:59", "+16:00", "+23:59", "-23:59", "+00:00:30", "+01:00:00.000001"])
dates = st.builds(lambda date, zone: date.isoformat() + zone, st.datetimes(), zones)
fitting: dict[str, list[st.SearchStrategy[Any]]] = {
    "featured": [st.floats(), st.integers(-(2**63), 2**63), dates],
    "helpful": [st.floats(), st.integers(-(2**63), 2**63), dates],
    "date": [dates],
    "votes": [st.integers(-(2**63), 2**63), dates],
    "prolific": [st.integers(-(2**63), 2**63), dates],
    "rating": [st.integers(-(2**63), 2**63), dates],
}


@st.composite
def forged(draw: st.DrawFn) -> tuple[str, str]:
    """An order, and a cursor that is in most of its parts what it should be for it."""
    name = draw(st.sampled_from(sorted(fitting)))
    parts = [st.just(name), numbers, snapshots, *fitting[name], st.integers(-(2**63), 2**63)]
    packed = [draw(part) for part in parts]
    if draw(st.booleans()):
        packed[draw(st.integers(0, len(packed) - 1))] = draw(odd)
    return name, cursor_of(*packed)


@hypothesis_settings(max_examples=150)
@given(forged(), st.sampled_from(["asc", "desc"]))
@example(("date", cursor_of("date", 1, "5:9:", "0001-01-01T00:00:00+15:00", 1)), "desc")
@example(("date", cursor_of("date", 1, "5:9:", "9999-12-31T23:59:59.999999-15:00", 1)), "asc")
@example(("date", cursor_of("date", 1, "5:9:", "2020-01-01T00:00:00+23:59", 1)), "desc")
@example(("rating", cursor_of("rating", 2**63 - 1, "5:9:", -(2**63), "2020-01-01T00:00:00+00:00", -(2**63))), "asc")
def test_no_forged_cursor_is_an_error(address: str, cursor: tuple[str, str], way: str) -> None:
    name, after = cursor
    assert Client().get(f"{address}?sort={name}&dir={way}&after={after}").status_code == 200


@hypothesis_settings(max_examples=60)
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_no_text_for_a_cursor_is_an_error(address: str, text: str) -> None:
    answer = Client().get(address, {"after": text.encode(errors="replace")})
    assert answer.status_code == 200
    assert is_first(answer)


@given(st.text(max_size=30) | snapshots)
@example("1:1:")
@example("7:9:8")
@example("0:9:")
@example("4294967296:4294967297:")
@example("7:8589934592:")
@example("4294967295:8589934593:4294967296")
def test_every_snapshot_that_is_let_through_is_one_for_postgresql(db: None, text: str) -> None:
    if valid_snapshot(text):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_visible_in_snapshot('7'::xid8, %s::pg_snapshot)", [text])
            assert cursor.fetchone() in [(True,), (False,)]


def test_the_snapshots_that_postgresql_writes_are_let_through(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        row = cursor.fetchone()
    assert row
    assert valid_snapshot(row[0])


# Former places.


def a_former_place(review: Review, *, days_ago: float) -> FormerPlace:
    kept = ("featured", "wilson", "votes", "created", "rating", "author_reviews", "title_id", "author_id")
    place = FormerPlace(review_id=review.pk, changed=1, **{name: getattr(review, name) for name in kept})
    place.changed_at = timezone.now() - timedelta(days=days_ago)
    place.save()
    return place


@pytest.mark.django_db
def test_a_vote_keeps_where_the_review_stood(author: User) -> None:
    review = a_review(author=author, helpful=2, votes=3, rating=6)
    FormerPlace.objects.all().delete()
    a_vote(review)
    place = FormerPlace.objects.get()
    assert (place.review_id, place.title_id, place.author_id) == (review.pk, review.title_id, author.pk)
    assert (place.votes, place.rating, place.author_reviews) == (3, 6, 1)
    assert (place.featured, place.wilson, place.created) == (review.featured, review.wilson, review.created)


@pytest.mark.django_db
def test_an_edit_that_moves_nothing_keeps_nothing() -> None:
    review = a_review(length=300)
    FormerPlace.objects.all().delete()
    Review.objects.filter(pk=review.pk).update(body="z" * 300, headline="Another one", spoiler=True, edited=BEGINNING)
    assert not FormerPlace.objects.exists()


@pytest.mark.django_db
def test_places_a_day_old_are_cleared_away_by_what_moves_later() -> None:
    review = a_review()
    FormerPlace.objects.all().delete()
    old = [a_former_place(review, days_ago=1.1).pk for _ in range(5)]
    young = a_former_place(review, days_ago=0.9).pk
    voters = members(4)
    for left, voter in zip((3, 1, 0, 0), voters, strict=True):
        a_vote(review, voter)
        assert FormerPlace.objects.filter(pk__in=old).count() == left
    assert FormerPlace.objects.filter(pk=young).exists()
    assert FormerPlace.objects.count() == 1 + len(voters)


# What a page costs.


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("signed_in", [False, True])
def test_a_page_costs_six_queries_or_so_however_many_reviews_and_wherever(
    settings: Settings, reader: User, signed_in: bool
) -> None:
    client = Client()
    if signed_in:
        client.force_login(reader)
    title = a_title()
    client.get(f"/title/{a_title().slug}/")
    counts = []
    for rows in (2, 12):
        while title.reviews.count() < 2 * rows:
            a_review(title, rating=5)
        settings.REVIEWS_PER_PAGE = rows
        address = f"/title/{title.slug}/reviews/"
        following = html.unescape(NEXT.findall(client.get(address).content.decode())[0])
        a_vote(title.reviews.order_by("featured")[0])
        for page in (address, following):
            # Two of them only where the vote has just brought a review onto the page; two for whoever is signed in.
            with statements() as asked:
                answer = client.get(page)
            assert len(reviews_on(answer)) == rows
            assert len(asked) <= 6 + 2 * signed_in
            counts.append(len(asked))
    assert all(of_many <= of_few for of_few, of_many in zip(counts[:2], counts[2:], strict=True))
