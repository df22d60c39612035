"""A title's other pages, home, browsing, members, newest reviews, permalinks, the explanation, and posters."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from django.conf import settings as site_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from reviews.models import Award, CriticReview, ExternalReview, FaqEntry, Genre, Review, Title
from reviews.views.titles import TITLES_A_PAGE
from tests.factories import a_member, a_rating, a_review, a_title, an_unsaved_review
from tests.html import Node, tree
from tests.statements import statements
from tests.surfaces import LONG_BODY, a_poster, see_also_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def title() -> Title:
    return a_title("The Lamplighter", year=1974)


def page(client: Client, path: str, **params: Any) -> Node:
    response = client.get(path, params)
    assert response.status_code == 200, path
    return tree(response)


def of(title: Title, tab: str = "") -> str:
    return f"/title/{title.slug}/{tab}"


def facts(seen: Node) -> dict[str, str]:
    """What a description list says."""
    return {dt.text: dd.text for dt, dd in zip(seen.all("dt"), seen.all("dd"), strict=True)}


def headlines(seen: Node) -> list[str]:
    return [node.text for node in seen.all(cls="headline")]


# Overview


def test_the_overview_tells_the_facts_the_average_and_the_best_reviews(client: Client) -> None:
    title = a_title(
        "The Lamplighter",
        year=1974,
        original_title="Lygtetænderen",
        creators="Ida Holm",
        countries="Denmark",
        minutes=1234,
        synopsis="A man lights lamps.\n\nThen he stops.",
    )
    title.genres.add(Genre.objects.create(name="Crime"))
    for n in range(5):
        a_review(title, headline=f"review {n}", rating=8, helpful=n * 10, votes=n * 10)
    a_rating(title, value=3)
    seen = page(client, of(title))
    assert facts(seen.one("dl", cls="facts-list")) == {
        "Original title": "Lygtetænderen",
        "By": "Ida Holm",
        "Year": "1974",
        "From": "Denmark",
        "Running time": "1,234 minutes",
        "Genres": "Crime",
    }
    assert seen.one(cls="synopsis").all("p")[1].text == "Then he stops."
    assert "7.2/10" in seen.one("p", cls="average").text
    assert "average of 6 ratings" in seen.one("p", cls="average").text
    assert headlines(seen) == ["review 4", "review 3", "review 2"]
    everything = next(a for a in seen.all("a") if a.text == "All 5 user reviews")
    assert everything.attrs["href"] == of(title, "reviews/")


def test_an_overview_without_anything_says_so(client: Client, title: Title) -> None:
    seen = page(client, of(title))
    assert "No ratings yet" in seen.one("p", cls="average").text
    assert "Nobody has reviewed this title yet." in seen.one(cls="empty").text
    assert facts(seen.one("dl", cls="facts-list")) == {"Year": "1974"}


def test_the_current_tab_is_marked_on_each_page(client: Client, title: Title) -> None:
    links = page(client, of(title)).one("nav", cls="tabs").all("a")
    assert len(links) == 7
    for link in links:
        current = page(client, link.attrs["href"]).one("nav", cls="tabs").one("a", aria_current="page")
        assert current.text == link.text


# Awards


def test_awards_come_with_what_was_won_first(client: Client, title: Title) -> None:
    see_also_of(title)
    entries = [entry.text for entry in page(client, of(title, "awards/")).one("ul", cls="entries").all("li")]
    assert entries == [
        "1975 Best Light Won The Lantern Prize Ida Holm",
        "1975 Best Dark Nominated The Lantern Prize",
    ]


# FAQ


def test_an_answer_that_gives_something_away_is_folded(client: Client, title: Title) -> None:
    see_also_of(title)
    plain, telling = page(client, of(title, "faq/")).all("article")
    assert plain.text == "Is there a scene after the credits? No."
    assert not plain.all("details")
    fold = telling.one("details")
    assert "open" not in fold.attrs
    assert telling.one("h3").text == "Who put out the lamps?"
    assert "the wind" in fold.text
    assert "the wind" not in fold.one("summary").text


# User ratings


@pytest.mark.parametrize(
    "counts",
    [
        (1, 1, 1),
        (1,),
        (3, 3, 1),
        (1, 1, 1, 1, 1, 1),
        (7, 5, 3, 2, 1, 1, 1),
        (33, 33, 33, 1),
        (1, 0, 0, 0, 0, 0, 0, 0, 0, 200),
    ],
)
def test_the_shares_of_all_ratings_add_up_to_a_hundred(client: Client, title: Title, counts: tuple[int, ...]) -> None:
    from reviews.models import Rating
    from tests.factories import members

    given = [value for value, number in enumerate(counts, 1) for _ in range(number)]
    for member, value in zip(members(len(given)), given, strict=True):
        Rating.objects.create(title=title, member=member, value=value)
    rows = page(client, of(title, "ratings/")).one("table", cls="shares").one("tbody").all("tr")
    cells = [[cell.text for cell in row.children if isinstance(cell, Node)] for row in rows]
    assert [int(row[0]) for row in cells] == list(range(10, 0, -1))
    assert sum(int(row[2].removesuffix(" %")) for row in cells) == 100
    assert [int(row[3]) for row in cells][::-1] == [*counts, *[0] * (10 - len(counts))]


def test_ratings_show_mean_median_and_weighted_mean(client: Client, title: Title) -> None:
    for value in [10, 10, 4, 5]:
        a_rating(title, value=value)
    seen = page(client, of(title, "ratings/"))
    # (29 + 25 * 7) / 29
    assert facts(seen.one("dl", cls="numbers")) == {"Mean": "7.25", "Median": "7.5", "Weighted": "7.03"}
    assert seen.one("h2", id="ratings").text == "4 Ratings"


def test_a_rating_without_a_review_counts_and_one_of_a_hidden_review_does_not(client: Client, title: Title) -> None:
    a_rating(title, value=4)
    a_review(title, rating=8)
    for state in ("held", "hidden"):
        a_review(title, rating=1, state=state)
    seen = page(client, of(title, "ratings/"))
    assert seen.one("h2", id="ratings").text == "2 Ratings"
    assert facts(seen.one("dl", cls="numbers"))["Mean"] == "6.00"


# External and critic reviews


def test_external_reviews_lead_out_and_say_where(client: Client, title: Title) -> None:
    see_also_of(title)
    entry = page(client, of(title, "external-reviews/")).one("ul", cls="entries").one("li")
    link = entry.one("a")
    assert (link.text, link.attrs["href"]) == ("The Wick", "https://wick.example/lamps")
    assert {"external", "nofollow", "noopener"} <= set(link.attrs["rel"].split())
    assert "https://wick.example/lamps" in entry.text


def test_critics_come_with_their_average(client: Client, title: Title) -> None:
    see_also_of(title)
    CriticReview.objects.create(title=title, publication="Unscored")
    seen = page(client, of(title, "critic-reviews/"))
    assert "Average score 71 of 100, from 2 critics." in seen.text
    entries = [entry.text for entry in seen.one("ul", cls="entries").all("li")]
    assert entries == [
        "Score 81/100 The Snuffer Per Lund 1974 It glows.",
        "Score 60/100 Ember Weekly",
        "Unscored",
    ]


def test_critics_without_scores_have_no_average(client: Client, title: Title) -> None:
    CriticReview.objects.create(title=title, publication="Unscored")
    assert "Average score" not in page(client, of(title, "critic-reviews/")).text


def test_a_score_of_nothing_is_a_score(client: Client, title: Title) -> None:
    CriticReview.objects.create(title=title, publication="Harsh", score=0)
    seen = page(client, of(title, "critic-reviews/"))
    assert "Average score 0 of 100, from one critic." in seen.text
    assert "0/100" in seen.one("ul", cls="entries").text


@pytest.mark.parametrize(
    ("tab", "sentence"),
    [
        ("awards/", "No awards are listed for this title."),
        ("faq/", "Nobody has asked about this title yet."),
        ("ratings/", "Nobody has rated this title yet."),
        ("external-reviews/", "No reviews elsewhere are listed for this title."),
        ("critic-reviews/", "No critics are listed for this title."),
    ],
)
def test_each_empty_page_says_what_is_not_there(client: Client, title: Title, tab: str, sentence: str) -> None:
    assert sentence in page(client, of(title, tab)).one(cls="empty").text


# Home


def test_home_shows_what_is_new_what_is_good_and_a_way_to_find(client: Client) -> None:
    good, better, unrated = a_title("Good"), a_title("Better"), a_title("Unrated")
    a_review(good, rating=7, headline="older")
    for _ in range(30):
        a_rating(better, value=9)
    a_review(unrated, headline="newer")
    seen = page(client, "/")
    assert "3 titles, 2 reviews." in seen.text
    recent = seen.one("section", aria_labelledby="recently-reviewed")
    assert [item.text for item in recent.all("li")] == ["Unrated Unrated (1974)", "Good Good (1974)"]
    top = [item.text for item in seen.one("section", cls="top-rated").all("li")]
    assert top == ["1 Better (1974) 8.1", "2 Good (1974) 7.0"]
    newest = seen.one("section", cls="newest")
    assert headlines(newest) == ["newer", "older"]
    assert [of_title.text for of_title in newest.all(cls="of-title")] == ["Unrated (1974)", "Good (1974)"]
    form = seen.one("form", role="search")
    assert (form.attrs["action"], form.one("input").attrs["name"]) == ("/titles/", "q")


def test_home_of_an_empty_site_says_so(client: Client) -> None:
    seen = page(client, "/")
    assert "No titles yet." in seen.text
    assert "No ratings yet." in seen.one("section", cls="top-rated").text
    assert "Nobody has reviewed anything yet." in seen.one("section", cls="newest").text


# Browsing


def names(seen: Node) -> list[str]:
    return [
        node.text.split(" (")[0] for node in seen.all("a", cls="poster-link") for node in node.all(cls="poster-name")
    ]


@pytest.fixture
def catalogue() -> dict[str, Title]:
    drama, crime = Genre.objects.create(name="Drama"), Genre.objects.create(name="Science Fiction")
    made = {
        "Cléo from 5 to 7": a_title("Cléo from 5 to 7", year=1962, original_title="Cléo de 5 à 7"),
        "Ångström": a_title("Ångström", year=2001, kind="music"),
        "Straße": a_title("Straße", year=None, kind="book"),
        "The Long Harbour": a_title("The Long Harbour", year=1990, kind="series"),
        "東京物語": a_title("東京物語", year=1953, original_title="Tōkyō monogatari"),
        "M": a_title("M", year=1931),
    }
    made["Cléo from 5 to 7"].genres.add(drama)
    made["M"].genres.add(drama, crime)
    return made


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cleo", ["Cléo from 5 to 7"]),
        ("CLÉO 7", ["Cléo from 5 to 7"]),
        ("cl fr", ["Cléo from 5 to 7"]),
        ("7 cleo", ["Cléo from 5 to 7"]),
        ("angstrom", ["Ångström"]),
        ("Ån", ["Ångström"]),
        ("strasse", ["Straße"]),
        ("STRASSE", ["Straße"]),
        ("harb", ["The Long Harbour"]),
        ("arbour", []),
        ("tokyo", ["東京物語"]),
        ("東京", ["東京物語"]),
        ("m", ["M", "東京物語"]),
        ("the long, harbour!", ["The Long Harbour"]),
        ("cleo harbour", []),
        ("   ", ["Cléo from 5 to 7", "M", "Straße", "The Long Harbour", "Ångström", "東京物語"]),
        ("!!!", []),
    ],
)
def test_a_title_is_found_by_the_beginnings_of_its_words(
    client: Client, catalogue: dict[str, Title], words: str, found: list[str]
) -> None:
    assert sorted(names(page(client, "/titles/", q=words))) == sorted(found)


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"kind": "music"}, ["Ångström"]),
        ({"genre": "science-fiction"}, ["M"]),
        ({"genre": "drama"}, ["Cléo from 5 to 7", "M"]),
        ({"year_from": "1990"}, ["The Long Harbour", "Ångström"]),
        ({"year_to": "1953"}, ["M", "東京物語"]),
        ({"year_from": "1953", "year_to": "1962"}, ["Cléo from 5 to 7", "東京物語"]),
        ({"year_from": "1953", "year_to": "1962", "genre": "drama", "q": "c"}, ["Cléo from 5 to 7"]),
        ({"kind": "game"}, []),
    ],
)
def test_titles_are_filtered_by_kind_genre_and_years(
    client: Client, catalogue: dict[str, Title], params: dict[str, str], found: list[str]
) -> None:
    assert sorted(names(page(client, "/titles/", **params))) == sorted(found)


def test_titles_are_sorted_as_chosen(client: Client, catalogue: dict[str, Title]) -> None:
    for _ in range(2):
        a_review(catalogue["M"], rating=2)
    a_review(catalogue["Straße"], rating=10)
    order = {
        sort: names(page(client, "/titles/", sort=sort)) for sort in ["reviews", "rating", "newest", "oldest", "name"]
    }
    assert order["reviews"][:2] == ["M", "Straße"]
    assert (order["rating"][0], order["rating"][-1]) == ("Straße", "M")
    assert order["newest"] == ["Ångström", "The Long Harbour", "Cléo from 5 to 7", "東京物語", "M", "Straße"]
    assert order["oldest"] == ["M", "東京物語", "Cléo from 5 to 7", "The Long Harbour", "Ångström", "Straße"]
    assert order["name"] == ["Ångström", "Cléo from 5 to 7", "M", "Straße", "The Long Harbour", "東京物語"]


def test_titles_show_the_figure_that_they_are_sorted_by(client: Client, catalogue: dict[str, Title]) -> None:
    a_rating(catalogue["M"], value=10)
    title = Title.objects.get(pk=catalogue["M"].pk)
    assert f"{title.weighted:.1f}" != f"{title.mean:.1f}"
    for sort, figure in (("rating", title.weighted), ("reviews", title.mean), ("name", title.mean)):
        seen = page(client, "/titles/", sort=sort)
        assert [shown.text for facts in seen.all(cls="poster-facts") for shown in facts.all("b")] == [f"{figure:.1f}"]
        said = [note.one("a").attrs["href"] for note in seen.all("p", cls="note")]
        assert said == (["/about/ordering/#top-rated"] if sort == "rating" else [])


@pytest.mark.parametrize("sort", ["", "reviews", "rating", "newest", "oldest", "name"])
def test_pages_of_titles_are_complete_and_without_repeats(client: Client, sort: str) -> None:
    number = 2 * TITLES_A_PAGE + 7
    drama = Genre.objects.create(name="Drama")
    made = [a_title(f"Work {n:03}", year=1900 + n % 5 or None) for n in range(number)]
    drama.titles.set(made)
    a_title("Not a drama")
    following: str | None = "/titles/?" + urlencode({"genre": "drama", "sort": sort})
    found: list[str] = []
    pages = 0
    while following:
        seen = page(client, following)
        found += names(seen)
        nexts = seen.all("a", rel="next")
        following = nexts[0].attrs["href"] if nexts else None
        pages += 1
        if following:
            query = dict(parse_qsl(urlsplit(following).query))
            assert query["genre"] == "drama"
            assert query.get("sort", "") == sort
    assert pages == 3
    assert sorted(found) == [f"Work {n:03}" for n in range(number)]


def test_nothing_found_says_so_with_the_way_back(client: Client) -> None:
    empty = page(client, "/titles/", q="zzz <b>").one(cls="empty")
    assert empty.text.startswith("Nothing is found for “zzz <b>”.")
    assert empty.one("a").attrs["href"] == "/titles/"


ODD = [
    "\0",
    "x" * 3000,
    "x" * 200_000,
    "a " * 30_000,
    "NaN",
    "-1",
    "1e999999",
    "1e3",
    "5.5",
    "99999999999999999999",
    "' | & ! ( ) : * <-> \\",
    "a:*b",
    "\U0001f3ac",
    "\u0600",
    "²",
    "8½",
    "1_0",
    "%",
    "é" * 5000,
    "١٩٦٢",
]


@pytest.mark.parametrize("value", ODD, ids=lambda value: value[:12].encode("unicode_escape").decode())
@pytest.mark.parametrize("name", ["q", "kind", "genre", "year_from", "year_to", "sort", "after"])
def test_an_odd_choice_is_answered_with_a_readable_page(client: Client, title: Title, name: str, value: str) -> None:
    seen = page(client, "/titles/", **{name: value})
    assert seen.one("h1").text == "Titles"
    if name not in {"q", "year_from", "year_to"}:
        assert names(seen) == ["The Lamplighter"], "an unknown value is left out of account"


def test_a_forged_place_among_names_is_answered_with_a_readable_page(client: Client, title: Title) -> None:
    import base64
    import json

    for place in ["\ud800", "x" * 50_000, "\0"]:
        packed = base64.urlsafe_b64encode(json.dumps(["name", 1, "", place, -1]).encode()).decode()
        page(client, "/titles/", sort="name", after=packed)


# Members, newest, permalink


def next_of(seen: Node) -> str | None:
    links = seen.all("a", cls="more-link")
    return links[0].attrs["href"] if links else None


def test_a_members_page_shows_all_their_reviews_newest_first(client: Client, author: User, settings: Settings) -> None:
    settings.REVIEWS_PER_PAGE = 3
    author.name = "Åse Ærlig"
    author.save()
    for n in range(8):
        a_review(a_title(f"Work {n}"), author, headline=f"review {n}")
    a_review(headline="by somebody else")
    seen = page(client, "/user/author/")
    assert seen.one("h1").text == "Åse Ærlig"
    assert seen.one("h2", id="count").text == "8 Reviews"
    found = headlines(seen)
    while following := next_of(seen):
        seen = page(client, following)
        found += headlines(seen)
    assert found == [f"review {n}" for n in range(7, -1, -1)]


def test_a_members_page_answers_to_any_case_and_not_for_the_inactive(client: Client, author: User) -> None:
    assert client.get("/user/AUTHOR/").status_code == 200
    author.is_active = False
    author.save()
    assert client.get("/user/author/").status_code == 404


def test_an_imported_members_page_says_where_the_reviews_come_from(client: Client) -> None:
    member = a_member("imported-one", name="Ole", source_key="file:ole", email="")
    a_review(author=member)
    assert "Reviews brought in from elsewhere." in page(client, "/user/imported-one/").text


def test_a_member_without_reviews_has_a_page_that_says_so(client: Client, author: User) -> None:
    assert "No reviews yet." in page(client, "/user/author/").text


def test_newest_reviews_are_all_of_them_newest_first(client: Client, settings: Settings) -> None:
    settings.REVIEWS_PER_PAGE = 3
    for n in range(7):
        a_review(headline=f"review {n}")
    seen = page(client, "/reviews/")
    found = headlines(seen)
    while following := next_of(seen):
        seen = page(client, following)
        found += headlines(seen)
    assert found == [f"review {n}" for n in range(6, -1, -1)]


def test_newest_reviews_of_an_empty_site_say_so(client: Client) -> None:
    assert "Nobody has reviewed anything yet." in page(client, "/reviews/").text


@pytest.mark.parametrize("path", ["/reviews/", "/user/author/"])
@pytest.mark.parametrize("after", ["%00", "x" * 5000, "%ff", "W10", "bnVsbA"])
def test_an_unknown_place_begins_at_the_beginning(client: Client, author: User, path: str, after: str) -> None:
    a_review(author=author, headline="the one")
    assert headlines(page(client, f"{path}?after={after}")) == ["the one"]


def test_a_permalink_shows_that_review_in_full(client: Client, title: Title) -> None:
    review = a_review(title, headline="On lamps", body=LONG_BODY, rating=8, helpful=54, votes=62)
    a_review(title, headline="another")
    seen = page(client, review.get_absolute_url())
    assert headlines(seen) == ["On lamps"]
    assert seen.one("h1").text == "On lamps"
    assert not seen.all("details", cls="rest"), "the permalink cuts the text"
    assert "Part 6." in seen.one("article").text
    assert "54 out of 62 found this helpful." in seen.text
    numbers = next(a for a in seen.all("a") if "ordering" in a.attrs["href"] and "review=" in a.attrs["href"])
    assert headlines(page(client, numbers.attrs["href"])) == ["On lamps"]


def test_the_explanation_shows_a_reviews_own_numbers(client: Client, title: Title) -> None:
    review = a_review(title, rating=8, helpful=54, votes=62, length=3314, created=datetime(2005, 1, 6, tzinfo=UTC))
    table = page(client, "/about/ordering/", review=review.pk).one("table", cls="figures-table")
    rows = [[cell.text for cell in row.children if isinstance(cell, Node)] for row in table.all("tr")]
    assert dict(rows) == {
        "Helpful votes out of all votes": "54 out of 62",
        "Length in characters": "3,314",
        "Helpful share usual for that length": "0.822",
        "Estimate once the votes are in": "0.868",
        "Less the margin for doubt": "− 0.041",
        "Featured": "0.827",
        "Most helpful: the share sure at 95 %": "0.766",
        "Published reviews of its author": "1",
        "Rating": "8/10",
        "Written": "6 January 2005",
    }


@pytest.mark.parametrize("asked", ["", "x", "-1", "\0", "1.5", "²", "١"])
def test_the_explanation_stands_alone_where_no_review_is_asked_about(client: Client, asked: str) -> None:
    seen = page(client, "/about/ordering/", review=asked)
    assert not seen.all(id="numbers")
    assert {"featured", "helpful", "date", "votes", "prolific", "rating", "top-rated"} <= {
        heading.attrs.get("id") for heading in seen.all("h2")
    }


@pytest.mark.parametrize("asked", ["0", "987654321", "9" * 5000])
def test_numbers_of_a_review_that_is_not_there_are_not_found(client: Client, asked: str) -> None:
    assert client.get("/about/ordering/", {"review": asked}).status_code == 404


# Recently viewed


def viewed(client: Client, title: Title) -> list[str]:
    return [
        node.text.split(" (")[0]
        for node in page(client, of(title)).all(cls="recent")
        for node in node.all(cls="poster-name")
    ]


def test_recently_viewed_are_the_last_four_titles_the_latest_first(client: Client) -> None:
    made = [a_title(f"Work {n}") for n in range(8)]
    assert viewed(client, made[0]) == []
    for title in made[1:]:
        viewed(client, title)
    assert viewed(client, made[7]) == ["Work 6", "Work 5", "Work 4", "Work 3"]
    assert viewed(client, made[5]) == ["Work 7", "Work 6", "Work 4", "Work 3"]
    assert client.cookies["viewed"].value.count(".") == 5, "six are remembered"


def test_every_page_of_a_title_remembers_it_and_only_the_first_look_sets_the_cookie(
    client: Client, title: Title
) -> None:
    see_also_of(title)
    first = client.get(of(title, "awards/"))
    assert first.cookies["viewed"]["httponly"]
    assert first.cookies["viewed"]["samesite"] == "Lax"
    assert "viewed" not in client.get(of(title, "faq/")).cookies


@pytest.mark.parametrize(
    "forged",
    [
        "0",
        "-5",
        "999999999999999999999999999",
        "9223372036854775807",
        "x.y.z",
        "1" * 5000,
        "..........",
        "1.1.1.1.1",
        "²",
        "%00",
        "<b>",
        "; DROP",
    ],
)
def test_a_forged_cookie_is_no_trouble(client: Client, title: Title, forged: str) -> None:
    client.cookies["viewed"] = forged
    assert viewed(client, title) == []
    assert client.cookies["viewed"].value.split(".")[0] == str(title.pk)


def test_a_title_that_is_gone_is_left_out(client: Client, title: Title) -> None:
    gone, kept = a_title("Gone"), a_title("Kept")
    viewed(client, kept)
    viewed(client, gone)
    gone.delete()
    assert viewed(client, title) == ["Kept"]


# Posters


def test_a_poster_may_be_kept_for_ever(client: Client) -> None:
    poster = a_title(poster=a_poster()).poster
    assert poster
    for size in ("large", "small"):
        response = client.get(f"/poster/{poster.digest}/{size}.webp")
        assert response["Content-Type"] == "image/webp"
        assert response.content == bytes(getattr(poster, size))
        assert {"public", "immutable", "max-age=31536000"} == {
            part.strip() for part in response["Cache-Control"].split(",")
        }
        assert "Cookie" not in response.get("Vary", "")
        assert not response.cookies


@pytest.mark.parametrize("path", ["{}/huge.webp", "nothing/large.webp", "{}/pk.webp", "{}/large.png", "%00/large.webp"])
def test_a_poster_that_is_not_there_is_not_found(client: Client, path: str) -> None:
    response = client.get("/poster/" + path.format(a_poster().digest))
    assert response.status_code == 404
    assert "immutable" not in response.get("Cache-Control", "")


# Cost


def fill(title: Title, author: User, number: int) -> None:
    for n in range(number):
        Award.objects.create(title=title, year=1975, organisation="Lantern", award=f"Award {n}")
        FaqEntry.objects.create(title=title, question=f"Question {n}?", answer="Yes.")
        ExternalReview.objects.create(title=title, source=f"Wick {n}", url="https://wick.example/")
        CriticReview.objects.create(title=title, publication=f"Ember {n}", score=n)
        title.genres.add(Genre.objects.create(name=f"Genre {Genre.objects.count()}"))
        a_review(title, rating=5)
        a_review(a_title(poster=title.poster), author)


PAGES: dict[str, Callable[[Title], str]] = {
    "home": lambda title: "/",
    "titles": lambda title: "/titles/",
    "overview": of,
    **{
        tab: lambda title, tab=tab: of(title, f"{tab}/")  # type: ignore[misc]
        for tab in ("reviews", "ratings", "critic-reviews", "external-reviews", "awards", "faq")
    },
    "newest": lambda title: "/reviews/",
    "member": lambda title: "/user/author/",
    "review": lambda title: f"/review/{Review.objects.filter(title=title)[0].pk}/",
    "ordering": lambda title: f"/about/ordering/?review={Review.objects.filter(title=title)[0].pk}",
}


# What moved in the test's own transaction would have moved before or since, as others end theirs meanwhile.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_takes_as_many_queries_for_two_rows_as_for_twelve(client: Client, author: User, name: str) -> None:
    few, many = a_title("Few", poster=a_poster()), a_title("Many", poster=a_poster("#208030"))

    def cost(title: Title) -> int:
        path = PAGES[name](title)
        client.cookies.clear()
        client.get(path)
        with statements() as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    fill(few, author, 2)
    with_two = cost(few)
    fill(many, author, 12)
    assert cost(many) == with_two
    assert with_two <= 7


def test_the_last_page_is_reached_without_counting_or_skipping(client: Client, author: User) -> None:
    """Reading the last page costs what reading the first costs: no OFFSET, no COUNT over rows."""
    Review.objects.bulk_create(
        an_unsaved_review(a_title(), author, created=datetime(2012, 1, 1, tzinfo=UTC) + timedelta(days=n))
        for n in range(60)
    )
    last = next_of(page(client, next_of(page(client, "/user/author/")) or "")) or ""
    assert last
    with CaptureQueriesContext(connection) as seen:
        client.get(last)
    said = " ".join(query["sql"].upper() for query in seen.captured_queries)
    assert "OFFSET" not in said
    assert "COUNT(*)" not in said
    assert site_settings.REVIEWS_PER_PAGE == 25


def test_paths_with_letters_of_any_script_work(client: Client) -> None:
    title = a_title("東京物語", year=1953)
    assert title.slug == "東京物語-1953"
    assert client.get(f"/title/{quote(title.slug)}/").status_code == 200
