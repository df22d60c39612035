"""A review that is held, hidden or deleted is seen nowhere; what gives something away is folded everywhere.

Each page must look as if the review had never been written, letter by letter: no text, no count, no average, no bar of
a histogram, no place in an order. A page that is not listed fails the test.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from reviews.models import Rating, Review, SiteFigures, Title
from tests.factories import a_member, a_rating, a_review, a_vote, in_state
from tests.html import Node, tree
from tests.surfaces import ACTS, FILES, FORMS, MODERATION, OWN, READING, FilledSite, a_filled_site, own_names

pytestmark = pytest.mark.django_db

UNSEEN = ["held", "hidden", "deleted"]
# What differs from look to look: a cursor names the transactions that were running, a form its token.
CHANGING = re.compile(r"(?<=after=)[\w-]+|(?<=csrfmiddlewaretoken\" value=\")\w+")
# Pages in more states than their address alone has.
STATES: dict[str, list[str]] = {
    "titles": [
        "",
        *(f"sort={sort}" for sort in ("rating", "newest", "oldest", "name")),
        "q=lamp",
        "kind=film",
        "genre=drama",
    ],
    "member": ["", "rating=9", "spoilers=hide", *(f"sort={sort}" for sort in ("helpful", "date", "votes", "rating"))],
    "title_reviews": [
        "",
        *(f"sort={sort}" for sort in ("helpful", "date", "votes", "prolific", "rating")),
        *(f"sort=votes&{narrowed}" for narrowed in ("dir=asc", "rating=9", "rating=3", "spoilers=hide")),
        "sort=rating&dir=asc&spoilers=hide",
    ],
    "moderation_log": ["", "what=hide", "by=person", "outcome=overturned", "title=harbour", "act=999999999"],
    "moderation_feed": ["", "what=hide"],
}
# Addresses with nothing of reviews on them.
WITHOUT_REVIEWS = {"about", "about_reviews", "privacy", "rules", "rules_version", "poster"}


@pytest.fixture
def site() -> FilledSite:
    return a_filled_site()


def addresses(site: FilledSite) -> list[str]:
    found = [
        {**READING, **FILES}[name](site) + (f"?{state}" if state else "")
        for name in (*READING, *FILES)
        if name not in WITHOUT_REVIEWS
        for state in STATES.get(name, [""])
    ]
    return [*found, "/user/culprit/"]


def look(client: Client, site: FilledSite) -> dict[str, str]:
    """Each page as it reads."""
    seen = {}
    for path in addresses(site):
        response = client.get(path)
        assert response.status_code == 200, path
        seen[path] = CHANGING.sub("", response.content.decode())
    return seen


def test_every_page_with_reviews_is_listed() -> None:
    assert own_names() == READING.keys() | FILES.keys() | ACTS.keys() | OWN.keys() | FORMS.keys() | MODERATION.keys()
    assert own_names() > WITHOUT_REVIEWS


def written(site: FilledSite, **fields: Any) -> Review:
    """A review that would stand first in most orders and shift every number."""
    author = User.objects.get(username="culprit")
    return a_review(
        site.title,
        author,
        headline="UNSEENHEADLINE",
        body="UNSEENWORDS",
        helpful=5000,
        votes=5000,
        created=site.review.created + timedelta(days=9000),
        **fields,
    )


def hold_back(review: Review, state: str) -> None:
    Review.objects.filter(pk=review.pk).update(**in_state(state))
    review.refresh_from_db()


@pytest.mark.parametrize(
    ("who", "history"),
    [
        ("visitor", "from the start"),
        ("visitor", "after it was read and voted on"),
        ("stranger", "after it was read and voted on"),
    ],
)
@pytest.mark.parametrize("state", UNSEEN)
def test_every_page_reads_as_if_the_review_had_never_been_written(
    client: Client, site: FilledSite, settings: Settings, state: str, who: str, history: str
) -> None:
    settings.REVIEWS_PER_PAGE = 2
    culprit = a_member("culprit", name="The Culprit")
    if state == "deleted":
        # The member's rating is a fact of its own and stays when the review goes.
        a_rating(site.title, culprit, 9)
    if who == "stranger":
        client.force_login(a_member("stranger"))
    client.get(READING["title"](site))
    before = look(client, site)
    if state != "deleted":
        a_rating(site.title, culprit, 9)
    if history == "from the start":
        written(site, state=state)
    else:
        review = written(site)
        a_vote(review)
        a_vote(review, helpful=False)
        assert look(client, site) != before, "the review shows nowhere even while it is published"
        hold_back(review, state)
    after = look(client, site)
    assert after.keys() == before.keys()
    assert len(after) > 25
    for path, html in after.items():
        assert "UNSEEN" not in html, path
        assert html == before[path], f"{path} tells of a {state} review"


@pytest.mark.parametrize("state", UNSEEN)
@pytest.mark.parametrize("sort", ["featured", "votes", "date", "rating"])
def test_who_reads_on_does_not_meet_a_review_that_went_meanwhile(
    client: Client, site: FilledSite, settings: Settings, sort: str, state: str
) -> None:
    settings.REVIEWS_PER_PAGE = 1
    a_member("culprit")
    review = written(site)
    following = f"/title/{site.title.slug}/reviews/?sort={sort}&dir=asc"
    first = tree(client.get(following))
    a_vote(review)
    hold_back(review, state)
    seen: list[str] = []
    page = first
    while links := page.all("a", cls="more-link"):
        page = tree(client.get(links[0].attrs["href"]))
        assert "UNSEENWORDS" not in page.text
        seen += [node.text for node in page.all(cls="headline")]
    assert len(seen) == 2
    assert len(set(seen)) == 2


@pytest.mark.parametrize("state", UNSEEN)
def test_the_permalink_and_its_numbers_are_not_found_by_strangers(client: Client, site: FilledSite, state: str) -> None:
    a_member("culprit")
    review = written(site, state=state)
    for signed_in in (False, True):
        if signed_in:
            client.force_login(a_member("stranger"))
        for path in (review.get_absolute_url(), f"/about/ordering/?review={review.pk}"):
            response = client.get(path)
            assert response.status_code == 404, path
            assert b"UNSEEN" not in response.content


@pytest.mark.parametrize("state", UNSEEN)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["form", "script"])
def test_a_vote_on_it_is_not_found(client: Client, site: FilledSite, state: str, headers: dict[str, str]) -> None:
    a_member("culprit")
    review = written(site, state=state)
    client.force_login(a_member("stranger"))
    for choice in ("yes", "no", "none"):
        response = client.post(f"/review/{review.pk}/vote/", {"vote": choice}, headers=headers)
        assert response.status_code == 404
    review.refresh_from_db()
    assert review.votes == 5000


@pytest.mark.parametrize(("state", "status"), [("held", 200), ("hidden", 200), ("deleted", 302)])
def test_the_author_may_still_read_what_is_held_back_but_only_by_its_permalink(
    client: Client, site: FilledSite, state: str, status: int
) -> None:
    culprit = a_member("culprit")
    review = written(site, state=state)
    client.force_login(culprit)
    assert client.get(review.get_absolute_url()).status_code == status
    for path, html in look(client, site).items():
        assert "UNSEENWORDS" not in html, path


@pytest.mark.parametrize("state", UNSEEN)
def test_a_review_that_is_shown_again_is_back_everywhere(client: Client, site: FilledSite, state: str) -> None:
    culprit = a_member("culprit")
    a_rating(site.title, culprit, 9)
    review = written(site)
    before = look(client, site)
    hold_back(review, state)
    hold_back(review, "published")
    assert look(client, site) == before


# Spoilers


SECRETS = ["SECRETBODY", "SECRETPASSAGE", "SECRETANSWER", "SECRETREASON"]


def folded(node: Node) -> bool:
    return any(above.tag == "details" and "open" not in above.attrs for above in (node, *node.up()))


def told_openly(page: Node, secret: str) -> list[Node]:
    """Where the words stand without a fold around them, also in attributes."""
    openly = [
        node
        for node in page.walk()
        if any(isinstance(child, str) and secret in child for child in node.children) and not folded(node)
    ]
    in_summary = [node for node in page.all("summary") if secret in node.text]
    return openly + in_summary + [node for node in page.walk() if any(secret in value for value in node.attrs.values())]


def test_what_gives_something_away_is_folded_or_absent_on_every_page(client: Client, site: FilledSite) -> None:
    a_review(author=site.author, spoiler=True, body=f"{' '.join(SECRETS)} are told here too.")
    a_member("culprit")
    met: set[str] = set()
    paths = {*addresses(site), site.spoiler.get_absolute_url(), f"/about/ordering/?review={site.spoiler.pk}"}
    paths |= {review.get_absolute_url() for review in Review.objects.public()}
    for path in paths:
        for headers in ({}, {"HX-Request": "true"}):
            page = tree(client.get(path, headers=headers))
            for secret in SECRETS:
                assert not told_openly(page, secret), f"{path} {headers} tells it"
            met |= {secret for secret in SECRETS if secret in page.text}
    assert met == set(SECRETS), "the words are on no page: nothing was tested"


def test_the_figures_of_the_site_are_what_the_public_rows_add_up_to(site: FilledSite) -> None:
    a_member("culprit")
    for state in UNSEEN:
        a_review(site.title, state=state, rating=1)
    figures = SiteFigures.objects.get()
    assert (figures.titles, figures.reviews) == (Title.objects.count(), Review.objects.public().count())
    title = Title.objects.get(pk=site.title.pk)
    assert title.review_count == sum(title.open_counts) + sum(title.spoiler_counts) == 3
    assert title.rating_count == Rating.objects.filter(title=title, counted=True).count() == 4
