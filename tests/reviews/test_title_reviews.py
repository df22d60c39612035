"""User Reviews of a title, as it comes without a script: each row of design.md's table, every state a plain address."""

import base64
import gzip
import itertools
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from django.conf import settings as site_settings
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from reviews.models import FormerPlace, Review, Title
from tests.factories import a_member, a_review, a_title, members
from tests.html import Node, tree
from tests.statements import statements
from tests.surfaces import LONG_BODY, a_poster, see_also_of

pytestmark = pytest.mark.django_db

SORTS = ["featured", "helpful", "date", "votes", "prolific", "rating"]


@pytest.fixture
def title() -> Title:
    return a_title("The Lamplighter", year=2004)


def address(title: Title, query: str = "") -> str:
    return f"/title/{title.slug}/reviews/" + (f"?{query}" if query else "")


def page(client: Client, title: Title, query: str = "", **extra: Any) -> Node:
    response = client.get(address(title, query), **extra)
    assert response.status_code == 200
    return tree(response)


def headlines(seen: Node) -> list[str]:
    return [node.text for node in seen.all(cls="headline")]


def more(seen: Node) -> str | None:
    """Where Load More leads, None at the end."""
    links = seen.all("a", cls="more-link")
    return links[0].attrs["href"] if links else None


def all_headlines(client: Client, path: str) -> list[str]:
    """Those of this page and all that Load More leads to."""
    found: list[str] = []
    following: str | None = path
    while following:
        seen = tree(client.get(following))
        found += headlines(seen)
        following = more(seen)
        assert len(found) < 1000, "Load More never ends"
    return found


def count(seen: Node) -> int:
    return int(seen.one("h2", id="count").text.split()[0].replace(",", ""))


def query_of(link: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link).query))


# What stands at the head


def test_the_head_names_title_and_year_and_leads_to_the_overview(client: Client, title: Title) -> None:
    title.poster = a_poster()
    title.save()
    band = page(client, title).one("header", cls="title-band")
    assert band.one("h1").text == "The Lamplighter (2004)"
    assert band.one("h1").one("a").attrs["href"] == f"/title/{title.slug}/"
    assert band.one("img").attrs["src"] == f"/poster/{title.poster.digest}/large.webp"


def test_a_title_without_a_year_shows_no_brackets(client: Client) -> None:
    assert page(client, a_title("Undated", year=None)).one("h1").text == "Undated"


def test_a_title_without_a_poster_shows_its_name_in_place_of_one(client: Client, title: Title) -> None:
    assert page(client, title).all(cls="poster-blank")[0].text == "The Lamplighter"


def test_review_this_title_leads_through_sign_in_and_back_to_this_title(client: Client, title: Title) -> None:
    link = next(a for a in page(client, title).all("a") if a.text == "Review this title")
    sent = client.get(link.attrs["href"])
    assert sent.status_code == 302
    assert sent["Location"].startswith("/accounts/login/")
    assert query_of(sent["Location"])["next"] == link.attrs["href"] == f"/title/{title.slug}/reviews/write/"


def test_see_also_leads_to_five_pages_of_the_title_that_are_there(client: Client, title: Title) -> None:
    see_also_of(title)
    a_review(title, rating=7)
    rows = page(client, title).one("nav", cls="see-also").all("li")
    assert [row.text for row in rows] == [
        "Awards 2",
        "FAQ 2",
        "User Ratings 1",
        "External Reviews 1",
        "Critic Reviews 2",
    ]
    for row in rows:
        assert client.get(row.one("a").attrs["href"]).status_code == 200


# How many


def test_the_count_is_of_all_that_match_and_not_of_those_loaded(client: Client, title: Title) -> None:
    for _ in range(44):
        a_review(title)
    seen = page(client, title)
    assert seen.one("h2", id="count").text == "44 Reviews"
    assert len(headlines(seen)) == 25
    assert seen.one(cls="shown").text == "25 of 44 shown"
    last = tree(client.get(more(seen) or ""))
    assert last.one("h2", id="count").text == "44 Reviews"
    assert len(headlines(last)) == 19
    assert "44 of 44" in last.one(cls="all-shown").text


def test_one_review_is_counted_in_the_singular(client: Client, title: Title) -> None:
    a_review(title, rating=7)
    seen = page(client, title)
    assert seen.one("h2", id="count").text == "1 Review"
    assert "average of 1 rating" in seen.one("p", cls="average").text
    assert seen.one("a", cls="column").attrs["aria-label"] == "Rated 7: 1 review"


@pytest.fixture
def mixed(title: Title) -> Title:
    """Reviews of several ratings and of none, some with spoilers, and some that nobody may see."""
    for rating, spoiler in itertools.product([None, 1, 7, 7, 8, 8, 8, 10], [False, False, True]):
        a_review(title, rating=rating, spoiler=spoiler)
    for state in ["held", "hidden", "deleted"]:
        a_review(title, rating=8, state=state)
    a_review(title, rating=5, spoiler=True)
    return title


@pytest.mark.parametrize("spoilers", ["", "hide"])
@pytest.mark.parametrize("rating", ["", *map(str, range(1, 11))])
def test_the_count_is_right_under_every_filter(
    client: Client, mixed: Title, settings: Settings, rating: str, spoilers: str
) -> None:
    settings.REVIEWS_PER_PAGE = 10
    query = f"rating={rating}&spoilers={spoilers}"
    seen = page(client, mixed, query)
    assert count(seen) == len(all_headlines(client, address(mixed, query)))


@pytest.mark.parametrize("spoilers", ["", "hide"])
def test_the_filter_and_the_histogram_say_how_many_reviews_each_rating_has(
    client: Client, mixed: Title, spoilers: str
) -> None:
    seen = page(client, mixed, f"spoilers={spoilers}")
    options = [option.text for option in seen.one("select", id="rating").all("option")]
    real = {n: count(page(client, mixed, f"rating={n}&spoilers={spoilers}")) for n in range(1, 11)}
    assert sum(real.values()) > 0
    assert options == ["All", *(f"{n} ({real[n]})" for n in range(10, 0, -1))]
    bars = {int(bar.one(cls="numeral").text): int(bar.one(cls="count").text or 0) for bar in seen.all(cls="column")}
    assert bars == real
    assert {int(link.one(cls="numeral").text) for link in seen.all("a", cls="column")} == {n for n in real if real[n]}


# Sort


@pytest.fixture
def five(title: Title) -> Title:
    """Five reviews that stand differently in each order."""
    beginning = datetime(2010, 5, 1, tzinfo=UTC)
    plan: list[tuple[str, int | None, int, int, int, int]] = [
        ("A", 9, 55, 60, 80, 3),
        ("B", 5, 1, 1, 80, 2),
        ("C", None, 0, 100, 80, 1),
        ("D", 9, 18, 20, 80, 5),
        ("E", 1, 0, 0, 2000, 6),
    ]
    for day, (name, rating, helpful, votes, length, written) in enumerate(plan):
        author = a_member(f"author-{name}")
        a_review(
            title,
            author,
            headline=name,
            rating=rating,
            helpful=helpful,
            votes=votes,
            length=length,
            created=beginning + timedelta(days=day),
        )
        for _ in range(written - 1):
            a_review(author=author)
    # The test is one transaction: what moved while it made these is no movement to its readers.
    FormerPlace.objects.all().delete()
    return title


ORDERS = {
    ("featured", "desc"): "ADEBC",
    ("featured", "asc"): "CBEDA",
    ("helpful", "desc"): "ADBCE",
    ("helpful", "asc"): "ECBDA",
    ("date", "desc"): "EDCBA",
    ("date", "asc"): "ABCDE",
    ("votes", "desc"): "CADBE",
    ("votes", "asc"): "EBDAC",
    ("prolific", "desc"): "EDABC",
    ("prolific", "asc"): "CBADE",
    # Without a rating a review comes last, whichever way one looks.
    ("rating", "desc"): "DABEC",
    ("rating", "asc"): "EBADC",
}


@pytest.mark.parametrize(("sort", "direction"), ORDERS)
def test_each_sort_goes_both_ways(client: Client, five: Title, sort: str, direction: str) -> None:
    seen = page(client, five, f"sort={sort}&dir={direction}")
    assert headlines(seen) == list(ORDERS[sort, direction])
    assert seen.one("select", id="sort").one("option", selected="").attrs["value"] == sort
    assert [radio.attrs["value"] for radio in seen.all("input", name="dir", checked="")] == [direction]


@pytest.mark.parametrize(("sort", "direction"), ORDERS)
def test_load_more_goes_on_in_the_same_order_to_the_end(
    client: Client, five: Title, settings: Settings, sort: str, direction: str
) -> None:
    settings.REVIEWS_PER_PAGE = 2
    path = address(five, f"sort={sort}&dir={direction}")
    assert all_headlines(client, path) == list(ORDERS[sort, direction])


def test_featured_descending_is_what_one_sees_first(client: Client, five: Title) -> None:
    assert headlines(page(client, five)) == list(ORDERS["featured", "desc"])


@pytest.mark.parametrize(("sort", "direction"), ORDERS)
def test_each_order_is_said_in_words_and_explained(client: Client, five: Title, sort: str, direction: str) -> None:
    line = page(client, five, f"sort={sort}&dir={direction}").one(id="in-words")
    other = page(client, five, f"sort={sort}&dir={'asc' if direction == 'desc' else 'desc'}").one(id="in-words")
    assert line.text.endswith("How is this ordered?")
    assert line.text != other.text
    target, anchor = line.one("a").attrs["href"].split("#")
    assert tree(client.get(target)).all(id=anchor), "the explanation has no such place"


def test_within_one_rating_the_order_by_rating_is_by_date(client: Client, five: Title) -> None:
    assert headlines(page(client, five, "sort=rating&rating=9")) == ["D", "A"]
    assert headlines(page(client, five, "sort=rating&rating=9&dir=asc")) == ["A", "D"]


# Filter, spoilers, and both with a sort


def test_the_rating_filter_leaves_that_rating_alone(client: Client, five: Title) -> None:
    seen = page(client, five, "rating=9")
    assert sorted(headlines(seen)) == ["A", "D"]
    assert seen.one("select", id="rating").one("option", selected="").attrs["value"] == "9"
    chosen = seen.one("li", cls="chosen")
    assert chosen.one("a").attrs["aria-current"] == "true"
    assert chosen.one(cls="numeral").text == "9"
    assert seen.one(id="in-words").text == "Rated 9, best first. Show all 5"


def test_hide_spoilers_leaves_them_out(client: Client, title: Title) -> None:
    a_review(title, headline="tells", spoiler=True)
    a_review(title, headline="keeps quiet")
    assert headlines(page(client, title)) == ["keeps quiet", "tells"]
    seen = page(client, title, "spoilers=hide")
    assert headlines(seen) == ["keeps quiet"]
    assert seen.one("input", id="spoilers").attrs.get("checked") == ""
    assert "Spoilers hidden" in seen.one(id="in-words").text


def test_sort_filter_and_spoilers_combine(client: Client, title: Title) -> None:
    for name, rating, votes, spoiler in [("a", 8, 3, False), ("b", 8, 9, False), ("c", 8, 5, True), ("d", 7, 4, False)]:
        a_review(title, headline=name, rating=rating, votes=votes, spoiler=spoiler)
    seen = page(client, title, "sort=votes&dir=desc&rating=8&spoilers=hide")
    assert headlines(seen) == ["b", "a"]
    assert seen.one(id="in-words").text.startswith("Rated 8, spoilers hidden, most votes first.")


CHOSEN = {"sort": "votes", "dir": "asc", "rating": "8", "spoilers": "hide"}


@pytest.fixture
def chosen_page(client: Client, title: Title, settings: Settings) -> Node:
    settings.REVIEWS_PER_PAGE = 2
    for rating in [8, 8, 8, 8, 8, 3, 3]:
        a_review(title, rating=rating)
    return page(client, title, "sort=votes&dir=asc&rating=8&spoilers=hide")


def test_what_is_chosen_stays_chosen_on_every_next_page(client: Client, chosen_page: Node) -> None:
    following, pages = more(chosen_page), 0
    while following:
        query = query_of(following)
        assert query.pop("after")
        assert query == CHOSEN
        seen = tree(client.get(following))
        link = seen.one("p", cls="first-page").one("a").attrs["href"]
        assert query_of(link) == CHOSEN, "the way back to the first reviews forgets what was chosen"
        following, pages = more(seen), pages + 1
    assert pages == 2


def test_load_more_is_one_address_with_and_without_script(chosen_page: Node) -> None:
    link = chosen_page.one("a", cls="more-link")
    assert link.attrs["hx-get"] == link.attrs["href"]


def test_the_histogram_keeps_sort_direction_and_spoilers(chosen_page: Node) -> None:
    links = {link.one(cls="numeral").text: query_of(link.attrs["href"]) for link in chosen_page.all("a", cls="column")}
    assert links == {"8": CHOSEN, "3": {**CHOSEN, "rating": "3"}}
    everything = query_of(chosen_page.one("p", cls="all-ratings").one("a").attrs["href"])
    assert everything == {name: value for name, value in CHOSEN.items() if name != "rating"}


def test_show_all_keeps_the_order(chosen_page: Node) -> None:
    assert query_of(chosen_page.one(id="in-words").one("a").attrs["href"]) == {"sort": "votes", "dir": "asc"}


def test_the_form_shows_and_sends_what_is_chosen(chosen_page: Node, title: Title) -> None:
    form = chosen_page.one("form", id="choices")
    sent = {
        select.attrs["name"]: next(o.attrs["value"] for o in select.all("option") if "selected" in o.attrs)
        for select in form.all("select")
    } | {box.attrs["name"]: box.attrs["value"] for box in form.all("input") if "checked" in box.attrs}
    assert sent == CHOSEN
    assert form.attrs.get("method", "get") == "get"
    assert form.attrs["action"] == form.attrs["hx-get"] == address(title)
    assert form.one("button").text == "Apply"


def test_signing_in_to_vote_comes_back_to_this_very_page_and_review(client: Client, chosen_page: Node) -> None:
    article = chosen_page.all("article")[0]
    link = article.one("p", cls="question").one("a").attrs["href"]
    back = urlsplit(query_of(link)["next"])
    assert query_of(back.geturl()) == CHOSEN
    assert back.fragment == article.attrs["id"]


def test_the_canonical_address_leaves_the_place_out(client: Client, chosen_page: Node) -> None:
    seen = tree(client.get(more(chosen_page) or ""))
    canonical = seen.one("link", rel="canonical").attrs["href"]
    assert query_of(canonical) == CHOSEN


# Addresses that nobody made on purpose

CURSORS_FORGED = {
    "not base64": "!!!",
    "not json": base64.urlsafe_b64encode(b"{{").decode(),
    "an object": base64.urlsafe_b64encode(b'{"a":1,"b":2,"c":3,"d":4,"e":5}').decode(),
    "deep": base64.urlsafe_b64encode(b"[" * 5000).decode(),
    "a long number": base64.urlsafe_b64encode(b"9" * 5000).decode(),
}
SNAPSHOT = "100:100:"
DAY = "2010-05-01T00:00:00+00:00"
PLACES_FORGED: dict[str, list[Any]] = {
    "numbers beyond bigint": ["votes", 2, SNAPSHOT, 2**70, DAY, -1],
    "numbers beyond integer": ["votes", 2, SNAPSHOT, 2**62, DAY, -(2**62)],
    "the least numbers": ["votes", 2, SNAPSHOT, -(2**63) + 1, DAY, -(2**63) + 1],
    "a truth for a number": ["votes", 2, SNAPSHOT, True, DAY, -1],
    "text for a number": ["votes", 2, SNAPSHOT, "1 OR 1=1", DAY, -1],
    "a date without a zone": ["votes", 2, SNAPSHOT, 5, "2010-05-01T00:00:00", -1],
    "the first date": ["votes", 2, SNAPSHOT, 5, "0001-01-01T00:00:00+00:00", -1],
    "before the first date": ["votes", 2, SNAPSHOT, 5, "0001-01-01T00:00:00+14:00", -1],
    "the last date": ["votes", 2, SNAPSHOT, 5, "9999-12-31T23:59:59.999999-14:00", -1],
    "a zone nobody has": ["votes", 2, SNAPSHOT, 5, "2010-05-01T00:00:00+23:59", -1],
    "a zone with parts of a second": ["votes", 2, SNAPSHOT, 5, "2010-05-01T00:00:00+01:00:00.5", -1],
    "a snapshot of text": ["votes", 2, "'; DROP TABLE", 5, DAY, -1],
    "an empty snapshot": ["votes", 2, "", 5, DAY, -1],
    "a snapshot of other digits": ["votes", 2, "١٠٠:١٠٠:", 5, DAY, -1],
    "a snapshot turned round": ["votes", 2, "200:100:", 5, DAY, -1],
    "a snapshot of nothing": ["votes", 2, "0:0:", 5, DAY, -1],
    "a snapshot with wrong members": ["votes", 2, "100:110:109,108", 5, DAY, -1],
    "the largest snapshot": ["votes", 2, "999999999999999999:999999999999999999:", 5, DAY, -1],
    "a snapshot with a break": ["votes", 2, "100:100:\n", 5, DAY, -1],
    "half a letter": ["votes", 2, "\ud800", 5, DAY, -1],
    "a count below nothing": ["votes", -5, SNAPSHOT, 5, DAY, -1],
    "a count beyond all": ["votes", 2**63 - 1, SNAPSHOT, 5, DAY, -1],
    "too few": ["votes", 2, SNAPSHOT, 5, DAY],
    "too many": ["votes", 2, SNAPSHOT, 5, DAY, -1, -1],
    "of another order": ["date", 2, SNAPSHOT, DAY, -1],
    "of no order": ["nothing", 2, SNAPSHOT, DAY, -1],
}


def forged(packed: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(packed).encode()).decode().rstrip("=")


@pytest.mark.parametrize("cursor", CURSORS_FORGED.values(), ids=CURSORS_FORGED)
def test_a_cursor_that_is_none_begins_at_the_beginning(client: Client, five: Title, cursor: str) -> None:
    assert headlines(page(client, five, f"after={cursor}")) == list(ORDERS["featured", "desc"])


@pytest.mark.parametrize("packed", PLACES_FORGED.values(), ids=PLACES_FORGED)
def test_a_forged_cursor_is_answered_with_a_readable_page(client: Client, five: Title, packed: list[Any]) -> None:
    seen = page(client, five, f"sort=votes&after={forged(packed)}")
    assert count(seen) == 5


@pytest.mark.parametrize("value", ["Infinity", "-Infinity", "NaN", "1e999", "1e308", "1"])
def test_a_forged_score_in_a_cursor_is_answered_with_a_readable_page(client: Client, five: Title, value: str) -> None:
    packed = f'["featured",2,"{SNAPSHOT}",{value},5,"{DAY}",-1]'
    page(client, five, f"after={base64.urlsafe_b64encode(packed.encode()).decode()}")


def test_a_cursor_of_one_order_is_no_place_in_another(client: Client, five: Title, settings: Settings) -> None:
    settings.REVIEWS_PER_PAGE = 2
    after = query_of(more(page(client, five, "sort=votes")) or "")["after"]
    assert headlines(page(client, five, f"sort=prolific&after={after}")) == ["E", "D"]
    assert headlines(page(client, five, f"sort=votes&after={after[:-3]}")) == ["C", "A"]


ODD_VALUES = [
    "%00",
    "8%00",
    "nonsense",
    "x" * 6000,
    "99999999999999999999999",
    "-1",
    "0",
    "11",
    "8.0",
    "08",
    "%20",
    "%ff%fe",
    "%EF%BC%98",
    "%C2%B2",
    "%D9%A8",
    "%F0%9F%8E%AC",
    "'",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "..%2F..",
    "true",
    "None",
    "%ED%A0%80",
    "desc%0d%0aX-Forged:%201",
]


@pytest.mark.parametrize("value", ODD_VALUES)
@pytest.mark.parametrize("name", ["sort", "rating", "after", "dir", "spoilers"])
def test_an_unknown_value_is_left_out_of_account(client: Client, five: Title, name: str, value: str) -> None:
    response = client.get(address(five, f"{name}={value}"))
    assert response.status_code == 200
    seen = tree(response)
    assert headlines(seen) == list(ORDERS["featured", "desc"])
    assert count(seen) == 5
    assert b"<script>alert" not in response.content
    assert not query_of(seen.one("link", rel="canonical").attrs["href"]), "the unknown value is handed on"


def test_parameters_said_twice_the_last_valid_one_counts(client: Client, five: Title) -> None:
    assert headlines(page(client, five, "sort=votes&sort=date")) == list(ORDERS["date", "desc"])
    assert headlines(page(client, five, "rating=9&rating=nonsense")) == list(ORDERS["featured", "desc"])
    assert headlines(page(client, five, "sort[]=votes&&&=&unknown=1")) == list(ORDERS["featured", "desc"])


def test_one_unknown_value_does_not_undo_the_others(client: Client, five: Title) -> None:
    assert headlines(page(client, five, "sort=votes&rating=eleven&dir=asc")) == list(ORDERS["votes", "asc"])


def test_a_title_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/title/nobody-made-this-1900/reviews/").status_code == 404


# One review


def article(client: Client, title: Title, query: str = "") -> Node:
    return page(client, title, query).one("article")


def test_a_date_has_no_padding_and_no_time(client: Client, title: Title) -> None:
    a_review(title, created=datetime(2005, 1, 6, 23, 59, tzinfo=UTC))
    time = article(client, title).one("time")
    assert time.text == "6 January 2005"
    assert time.attrs["datetime"] == "2005-01-06"


@pytest.mark.parametrize(
    ("helpful", "votes", "sentence"),
    [
        (0, 0, "0 out of 0 found this helpful."),
        (1, 1, "1 out of 1 found this helpful."),
        (54, 62, "54 out of 62 found this helpful."),
        (1952, 2020, "1,952 out of 2,020 found this helpful."),
        (1234567, 2345678, "1,234,567 out of 2,345,678 found this helpful."),
    ],
)
def test_the_votes_stand_as_they_are_with_commas(
    client: Client, title: Title, helpful: int, votes: int, sentence: str
) -> None:
    a_review(title, helpful=helpful, votes=votes)
    assert article(client, title).one("p", cls="tally").text == sentence


def test_a_visitor_is_asked_to_sign_in_to_vote(client: Client, title: Title) -> None:
    a_review(title)
    assert article(client, title).one("p", cls="question").text == "Was this review helpful? Sign in to vote."


def test_the_rating_is_shown_where_there_is_one(client: Client, title: Title) -> None:
    a_review(title, rating=8)
    assert article(client, title).one("p", cls="rating").text == "Rated 8/10"


def test_a_review_without_a_rating_shows_none(client: Client, title: Title) -> None:
    a_review(title)
    seen = article(client, title)
    assert not seen.all(cls="rating")
    assert "/10" not in seen.text


def test_headline_and_permalink_lead_to_the_review_alone(client: Client, title: Title) -> None:
    review = a_review(title, headline="On lamps")
    seen = article(client, title)
    links = {a.text: a.attrs["href"] for a in seen.all("a")}
    assert links["On lamps"] == links["Permalink"] == f"/review/{review.pk}/"
    assert seen.attrs["id"] == f"review-{review.pk}"


def test_the_name_leads_to_the_members_page(client: Client, title: Title, author: User) -> None:
    author.name = "Åse Ærlig"
    author.save()
    a_review(title, author)
    link = article(client, title).one("a", cls="author")
    assert (link.text, link.attrs["href"]) == ("Åse Ærlig", "/user/author/")


def test_a_spoiler_is_folded_until_the_reader_opens_it(client: Client, title: Title) -> None:
    a_review(title, spoiler=True, body="The butler.")
    fold = article(client, title).one("details", cls="spoiler")
    assert "open" not in fold.attrs
    assert "Warning: Spoilers" in fold.one("summary").text
    assert "The butler." in fold.text
    assert "The butler." not in fold.one("summary").text


def test_a_passage_marked_as_giving_away_is_folded_in_its_line(client: Client, title: Title) -> None:
    a_review(title, body="Go. >!The dog lives.!< Really.")
    paragraph = article(client, title).one(cls="prose").one(cls="p")
    fold = paragraph.one("details", cls="passage")
    assert "open" not in fold.attrs
    assert fold.one("summary").text == "Spoiler"
    assert fold.one("span").text == "The dog lives."
    assert paragraph.tag != "p", "<details> may not stand in <p>"


def test_paragraphs_stand_as_they_were_written(client: Client, title: Title) -> None:
    a_review(title, body="One.\nStill one.\n\nTwo.\r\n\r\nThree.")
    assert [p.text for p in article(client, title).one(cls="prose").all(cls="p")] == [
        "One. Still one.",
        "Two.",
        "Three.",
    ]


def test_a_long_text_is_cut_and_goes_on_in_place(client: Client, title: Title) -> None:
    a_review(title, body=LONG_BODY)
    prose = article(client, title).one(cls="prose")
    rest = prose.one("details", cls="rest")
    assert "open" not in rest.attrs
    assert re.search(r"Read on \d+ more words", rest.one("summary").text)
    assert "Part 6." in rest.text
    shown = [part for part in prose.children if isinstance(part, Node) and part is not rest]
    whole = " ".join([*(part.text for part in shown), *(part.text for part in rest.all(cls="p"))])
    assert whole == " ".join(LONG_BODY.split()), "cut and rest do not make the text"


def test_an_opened_spoiler_is_not_cut_as_well(client: Client, title: Title) -> None:
    a_review(title, spoiler=True, body=LONG_BODY)
    assert not article(client, title).all(cls="rest")


def test_a_review_says_its_language(client: Client, title: Title) -> None:
    a_review(title, language="pt-BR")
    assert article(client, title).attrs["lang"] == "pt-BR"


MARKUP = """<script>alert(1)</script><img src=x onerror=alert(2)>"'&amp;{{ 7 }}{% x %}"""


def test_markup_in_any_text_is_shown_as_the_text_it_is(client: Client) -> None:
    from reviews.models import Genre

    title = a_title(
        MARKUP, original_title=MARKUP, creators=MARKUP, countries=MARKUP, synopsis=MARKUP, year=1999, poster=a_poster()
    )
    title.genres.add(Genre.objects.create(name="<b>Drama"))
    see_also_of(title)
    for model, field in [("awards", "recipient"), ("awards", "award"), ("awards", "organisation")]:
        getattr(title, model).update(**{field: MARKUP})
    title.faq_entries.update(question=MARKUP, answer=MARKUP)
    title.critic_reviews.update(publication=MARKUP, critic=MARKUP, summary=MARKUP)
    title.external_reviews.update(source=MARKUP)
    author = a_member("author", name=MARKUP)
    review = a_review(title, author, headline=MARKUP, body=MARKUP, rating=8)
    here = f"/title/{title.slug}/"
    visited = [
        here,
        f"{here}reviews/",
        f"{here}awards/",
        f"{here}faq/",
        f"{here}ratings/",
        f"{here}critic-reviews/",
        f"{here}external-reviews/",
        f"/review/{review.pk}/",
        "/user/author/",
        "/",
        "/titles/",
        "/reviews/",
        f"/about/ordering/?review={review.pk}",
    ]
    for path in visited:
        response = client.get(path)
        html = response.content.decode()
        assert response.status_code == 200
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html, f"{path} does not show it"
        assert "<script>alert" not in html, path
        assert "<img src=x" not in html, path
        seen = tree(response)
        assert not [node for node in seen.walk() if any(name.startswith("on") for name in node.attrs)], path
        assert MARKUP in html_text(seen), f"{path} does not show the text as it was typed"


def html_text(seen: Node) -> str:
    return " ".join(node.text for node in seen.all("main"))


# Empty


def test_a_title_without_reviews_says_so_and_shows_the_way_to_the_first(client: Client, title: Title) -> None:
    seen = page(client, title)
    assert seen.one("h2", id="count").text == "0 Reviews"
    empty = seen.one(cls="empty")
    assert empty.text == "Nobody has reviewed this title yet. You could be the first. Review this title"
    assert "No ratings yet" in seen.text
    assert more(seen) is None


def test_a_rating_without_reviews_says_so_and_leads_back(client: Client, title: Title) -> None:
    for _ in range(3):
        a_review(title, rating=8)
    seen = page(client, title, "rating=2&sort=votes")
    assert seen.one("h2", id="count").text == "0 Reviews"
    assert seen.one(cls="empty").text == "No review gives it a 2. Show all 3 reviews, or choose another rating."
    assert query_of(seen.one(cls="empty").one("a").attrs["href"]) == {"sort": "votes"}


def test_a_title_with_spoilers_alone_says_so_when_they_are_hidden(client: Client, title: Title) -> None:
    a_review(title, spoiler=True)
    seen = page(client, title, "spoilers=hide")
    assert seen.one(cls="empty").text == "Every review gives something away. Show the one review."


def test_a_place_behind_the_last_review_is_a_readable_page(client: Client, title: Title) -> None:
    a_review(title, votes=3)
    seen = page(client, title, "sort=votes&after=" + forged(["votes", 5, SNAPSHOT, -1, DAY, -1]))
    assert seen.one("h2", id="count").text == "1 Review"
    assert "Nobody has reviewed" not in seen.text
    assert any(
        not query_of(a.attrs["href"]).get("after") for a in seen.one("main").all("a") if "reviews/" in a.attrs["href"]
    )


# Parts of the page, for the script


def test_the_script_gets_the_results_alone_and_the_next_reviews_alone(
    client: Client, title: Title, settings: Settings
) -> None:
    settings.REVIEWS_PER_PAGE = 2
    for _ in range(5):
        a_review(title, rating=8)
    hx = {"HX-Request": "true"}
    results = tree(client.get(address(title, "sort=votes"), headers=hx))
    assert [node.attrs.get("id") for node in results.children if isinstance(node, Node)] == ["results"]
    rest = tree(client.get(more(results) or "", headers=hx))
    tags = [node.tag for node in rest.children if isinstance(node, Node)]
    assert tags == ["article", "article", "div"]
    assert not rest.all("h1")


def test_page_and_part_are_kept_apart_and_history_gets_the_page(client: Client, title: Title) -> None:
    a_review(title)
    part = client.get(address(title), headers={"HX-Request": "true"})
    whole = client.get(address(title))
    restored = client.get(address(title), headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    for response in (part, whole, restored):
        assert "HX-Request" in response["Vary"]
    assert b"<html" not in part.content
    assert whole.content.count(b"<html") == restored.content.count(b"<html") == 1


# Cost


def queries(client: Client, path: str, **extra: Any) -> int:
    client.get(path)
    with statements() as asked:
        response = client.get(path, **extra)
    assert response.status_code == 200
    return len(asked)


def some_reviews(title: Title, number: int) -> None:
    for n in range(number):
        a_review(title, rating=n % 10 + 1, spoiler=n % 3 == 0, votes=n)


STATES = ["", "sort=votes", "sort=rating&dir=asc", "rating=2", "spoilers=hide", "sort=prolific&rating=3&spoilers=hide"]


# What moved in the test's own transaction would have moved before or since, as others end theirs meanwhile.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ["visitor", "member"])
def test_the_page_takes_as_many_queries_for_two_reviews_as_for_twelve_and_five_at_most(
    client: Client, reader: User, who: str, state: str
) -> None:
    few, many = a_title("Few"), a_title("Many")
    some_reviews(few, 2)
    some_reviews(many, 12)
    for n in range(5):
        client.get(f"/title/{a_title(f'Looked at {n}').slug}/")
    if who == "member":
        client.force_login(reader)
    assert "viewed" in client.cookies
    cost = queries(client, address(few, state))
    assert cost == queries(client, address(many, state))
    assert cost <= 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["visitor", "member"])
def test_reading_on_takes_eight_queries_at_most_also_when_reviews_moved(
    client: Client, reader: User, settings: Settings, who: str
) -> None:
    settings.REVIEWS_PER_PAGE = 2
    title = a_title()
    some_reviews(title, 12)
    client.get(f"/title/{a_title('Looked at').slug}/")
    if who == "member":
        client.force_login(reader)
    for sort in SORTS:
        following = more(page(client, title, f"sort={sort}")) or ""
        Review.objects.filter(title=title).update(votes=100, helpful=50)
        # Session and member, what stands there, what stood there, own votes, the cards and what stands around them.
        assert 0 < queries(client, following) <= 8
        assert 0 < queries(client, following, headers={"HX-Request": "true"}) <= 8


def demo_reviews() -> list[dict[str, Any]]:
    path = site_settings.BASE_DIR / "reviews" / "demo" / "reviews" / "pusher-ii-2004.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_twenty_five_typical_reviews_are_a_small_page(client: Client) -> None:
    title = a_title("Typical", synopsis="s" * 400, poster=a_poster())
    writers = members(44)
    for row, writer in zip(demo_reviews(), writers, strict=True):
        a_review(
            title, writer, headline=row["headline"], body=row["body"], rating=row.get("rating"), helpful=10, votes=12
        )
    response = client.get(address(title))
    assert len(headlines(tree(response))) == 25
    words = sum(len(review.body.encode()) for review in Review.objects.order_by("-featured", "-created")[:25])
    assert len(response.content) < words + 50_000, "the markup weighs more than two kilobytes a review"
    assert len(gzip.compress(response.content)) < 20_000


def test_no_link_says_a_parameter_twice(client: Client, five: Title) -> None:
    for link in page(client, five, "sort=votes&rating=9").all("a"):
        values = parse_qs(urlsplit(link.attrs["href"]).query)
        assert all(len(found) == 1 for found in values.values()), link.attrs["href"]
