"""A member's page: who they are, how they rate, their reviews in every order and under every filter."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from reviews.members import Record, with_record
from reviews.models import FormerPlace, Rating, Review
from tests.factories import a_member, a_rating, a_review, a_title, a_vote, an_unsaved_review, members
from tests.html import Node, tree

pytestmark = pytest.mark.django_db

SORTS = ["featured", "helpful", "date", "votes", "prolific", "rating"]


def page(client: Client, member: User, query: str = "", **extra: Any) -> Node:
    response = client.get(f"/user/{member.username}/?{query}", **extra)
    assert response.status_code == 200
    return tree(response)


def headlines(seen: Node) -> list[str]:
    return [node.text for node in seen.all(cls="headline")]


def all_headlines(client: Client, path: str) -> list[str]:
    """Those of this page and all that Load More leads to."""
    found: list[str] = []
    while path:
        seen = tree(client.get(path))
        found += headlines(seen)
        links = seen.all("a", cls="more-link")
        path = links[0].attrs["href"] if links else ""
        assert len(found) < 1000, "Load More never ends"
    return found


@pytest.fixture
def mixed(author: User) -> User:
    """A member with reviews of several ratings and of none, with and without spoilers, and some that nobody may see."""
    for rating, spoiler in itertools.product([None, 1, 7, 8, 8], [False, False, True]):
        a_review(author=author, rating=rating, spoiler=spoiler)
    for state in ["held", "hidden", "deleted"]:
        a_review(author=author, rating=8, state=state)
    return author


# Who they are


def test_it_says_who_since_when_how_much_and_how_helpful(client: Client) -> None:
    member = a_member("ada", name="Ada W.", bio="I like lamps.\n\nAnd <b>dark</b>.")
    User.objects.filter(pk=member.pk).update(date_joined=datetime(2011, 3, 9, tzinfo=UTC))
    a_review(author=member, helpful=1200, votes=1300)
    a_vote(a_review(author=member))
    band = page(client, member).one("header", cls="page-band")
    assert band.one("h1").text == "Ada W."
    assert "Member since March 2011." in band.text
    assert "1,201 helpful votes received." in band.text
    assert "I like lamps. And <b>dark</b>." in band.text
    assert page(client, member).one("h2", id="count").text == "2 Reviews"


def test_votes_on_what_nobody_sees_are_not_told(client: Client, author: User) -> None:
    a_review(author=author, helpful=3, votes=4)
    a_review(author=author, helpful=500, votes=500, state="hidden")
    assert "3 helpful votes received." in page(client, author).text


def test_whoever_was_imported_is_said_to_have_been(client: Client) -> None:
    seen = page(client, a_member("ole", source_key="id:7"))
    assert "Reviews brought in from elsewhere." in seen.text
    assert "Member since" not in seen.text


@pytest.mark.parametrize("username", ["nobody", "closed", "former-1"])
def test_who_is_not_there_has_no_page(client: Client, username: str) -> None:
    a_member("closed", is_active=False)
    a_member("former-1", former=True, is_active=False)
    assert client.get(f"/user/{username}/").status_code == 404
    assert client.get(f"/user/{username.upper()}/").status_code == 404


def test_the_case_of_a_name_does_not_matter(client: Client) -> None:
    a_member("Ada")
    assert client.get("/user/ADA/").status_code == 200


def test_the_text_about_oneself_is_text(client: Client) -> None:
    member = a_member("ada", name="<script>x</script>", bio="<img src=x onerror=alert(1)> \u202egnp")
    html = client.get("/user/ada/").content.decode()
    assert "<script>x" not in html
    assert "<img src=x" not in html
    assert page(client, member).one("h1").text == "<script>x</script>"


# How they rate


def test_how_they_rate_stands_beside_how_everybody_does(client: Client, author: User) -> None:
    cache.clear()
    title = a_title()
    a_review(title, author, rating=8)
    for value in (8, 8, 2):
        a_rating(a_title(), author, value)
    for value in (2, 2, 2, 2):
        a_rating(title, value=value)
    own, site = page(client, author).all("ol", cls="histogram")
    assert shares(own) == {2: "25 %", 8: "75 %"}
    assert shares(site) == {2: "63 %", 8: "37 %"} or shares(site) == {2: "62 %", 8: "38 %"}
    assert page(client, author).one("p", cls="average").text == "6.5/10 average of 4 ratings"


def shares(histogram: Node) -> dict[int, str]:
    return {
        place: column.one(cls="count").text
        for place, column in enumerate(histogram.all("li"), 1)
        if column.one(cls="count").text
    }


@pytest.mark.parametrize("state", ["held", "hidden"])
def test_the_rating_of_a_review_out_of_sight_is_not_told(client: Client, author: User, state: str) -> None:
    a_review(author=author, rating=3, state=state)
    assert not page(client, author).all("ol", cls="histogram")


# Which reviews


@pytest.mark.parametrize("spoilers", ["", "hide"])
@pytest.mark.parametrize("rating", ["", *map(str, range(1, 11))])
def test_the_counts_are_right_under_every_filter(client: Client, mixed: User, rating: str, spoilers: str) -> None:
    shown = Review.objects.public().filter(author=mixed)
    if spoilers:
        shown = shown.filter(spoiler=False)
    seen = page(client, mixed, f"rating={rating}&spoilers={spoilers}")
    options = [option.text for option in seen.one("select", id="rating").all("option")][1:]
    assert options == [f"{n} ({shown.filter(rating=n).count()})" for n in range(10, 0, -1)]
    wanted = shown.filter(rating=rating) if rating else shown
    assert seen.one("h2", id="count").text.split()[0] == str(wanted.count())
    assert len(headlines(seen)) == wanted.count()


@pytest.mark.parametrize("direction", ["desc", "asc"])
@pytest.mark.parametrize("sort", SORTS)
def test_every_order_shows_each_review_once(
    client: Client, mixed: User, settings: Settings, sort: str, direction: str
) -> None:
    settings.REVIEWS_PER_PAGE = 4
    path = f"/user/{mixed.username}/?sort={sort}&dir={direction}&spoilers=hide"
    FormerPlace.objects.all().delete()  # all happened in the transaction that reads, which is still running
    found = all_headlines(client, path)
    public = Review.objects.public().filter(author=mixed, spoiler=False)
    assert sorted(found) == sorted(public.values_list("headline", flat=True))


# Reader and voters each in a transaction of their own, as on the site: a snapshot tells transactions apart.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sort", ["featured", "helpful", "votes"])
def test_reading_on_is_exact_while_others_vote(client: Client, author: User, settings: Settings, sort: str) -> None:
    settings.REVIEWS_PER_PAGE = 3
    reviews = [a_review(author=author, helpful=n % 3, votes=3) for n in range(10)]
    voters = members(6)
    following, found = f"/user/author/?sort={sort}", list[str]()
    while following:
        seen = tree(client.get(following))
        found += headlines(seen)
        for voter in voters[: len(found)]:
            review = reviews[(len(found) + voter.pk) % len(reviews)]
            review.cast_votes.filter(member=voter).delete()
            a_vote(review, voter, helpful=bool(len(found) % 2))
        links = seen.all("a", cls="more-link")
        following = links[0].attrs["href"] if links else ""
    assert sorted(found) == sorted(review.headline for review in reviews)


def test_a_script_gets_the_results_or_only_what_is_more(client: Client, author: User, settings: Settings) -> None:
    settings.REVIEWS_PER_PAGE = 1
    a_review(author=author)
    a_review(author=author)
    part = page(client, author, headers={"HX-Request": "true"})
    assert part.one("div", id="results")
    assert not part.all("h1")
    more = tree(client.get(part.one("a", cls="more-link").attrs["href"], headers={"HX-Request": "true"}))
    assert len(headlines(more)) == 1
    assert not more.all("h2")


HOSTILE = [
    "after=%00", "after=" + "A" * 5000, "sort=%00", "rating=11", "rating=８", "rating=1&rating=8", "dir=\u202e",
    "x=" + "9" * 9000,
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_what_nobody_offered_is_left_out_of_account(client: Client, mixed: User, query: str) -> None:
    assert headlines(page(client, mixed, query))


# Votes


@pytest.mark.parametrize("path", ["/user/author/", "/reviews/"])
def test_readers_vote_where_they_read(client: Client, author: User, reader: User, path: str) -> None:
    review = a_review(author=author)
    a_vote(review, reader, helpful=True)
    invited = tree(client.get(path)).one(cls="vote-line").one("a", cls="act")
    assert invited.attrs["href"] == f"/accounts/login/?next={path}%23review-{review.pk}"
    client.force_login(reader)
    pressed = [button.attrs["aria-pressed"] for button in tree(client.get(path)).all("button", cls="vote")]
    assert pressed == ["true", "false"]


def test_on_their_own_page_nobody_is_told_again_and_again_that_they_cannot_vote(client: Client, author: User) -> None:
    a_review(author=author, helpful=3, votes=4)
    client.force_login(author)
    line = page(client, author).one(cls="vote-line")
    assert line.one(cls="tally").text == "3 out of 4 found this helpful."
    assert not line.all(cls="question")


# Nothing there


def test_without_reviews_it_says_so_and_where_to_go(client: Client, author: User) -> None:
    seen = page(client, author)
    assert seen.one(cls="empty").one(cls="sentence").text == "No reviews yet."
    assert not seen.all("form", id="choices")
    client.force_login(author)
    assert "You have not reviewed anything yet." in page(client, author).text


def test_a_rating_that_none_gives_leads_back_to_all(client: Client, author: User) -> None:
    a_review(author=author, rating=8)
    empty = page(client, author, "rating=3&sort=date").one(cls="empty")
    assert "None of these reviews gives a 3." in empty.text
    assert empty.one("a").attrs["href"] == "/user/author/?sort=date"


# What it costs


@pytest.mark.parametrize("query", ["", "sort=votes&rating=8&spoilers=hide", "after"])
@pytest.mark.parametrize("who", ["visitor", "member"])
def test_at_most_five_queries_however_many_reviews(
    client: Client, author: User, reader: User, settings: Settings, who: str, query: str
) -> None:
    settings.REVIEWS_PER_PAGE = 40
    if who == "member":
        client.force_login(reader)
    numbers = []
    for wanted in (2, 12):
        while author.reviews.count() < wanted:
            a_review(author=author, rating=8)
        path = f"/user/author/?{query}"
        if query == "after":
            settings.REVIEWS_PER_PAGE = 1
            path = page(client, author).one("a", cls="more-link").attrs["href"]
            settings.REVIEWS_PER_PAGE = 40
        client.get(path)  # fills the cache
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] <= (3 if who == "visitor" else 5)


def test_the_page_of_who_wrote_thousands_is_read_along_indexes(author: User) -> None:
    title_of = [a_title() for _ in range(3)]
    Review.objects.bulk_create(an_unsaved_review(title, author) for title in title_of)
    Rating.objects.bulk_create(Rating(title=title, member=author, value=7) for title in title_of)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM reviews_review WHERE author_id = 1 ORDER BY created, id DESC")
        plan = " ".join(line for (line,) in cursor.fetchall())
    assert "review_by_author" in plan
    record = Record.of(with_record(User.objects.filter(pk=author.pk)).get())
    assert (record.rating_count, record.mean, record.open_counts[7]) == (3, 7.0, 3)
