"""Who hides averages and histograms until they have rated meets none before: on no page, in no list, in no menu.

The figures of every title are such as nothing else on the site is, and looked for in all that is sent.
"""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from reviews.models import Title
from tests.access.test_hidden import STATES
from tests.factories import a_member, a_rating, a_review, a_title
from tests.surfaces import OWN, READING, FilledSite, a_filled_site

pytestmark = pytest.mark.django_db

RATED = [91_001 + 10 * step for step in range(10)]
REVIEWED = [81_001 + 10 * step for step in range(11)]
MEAN = 3.14
# The mean and the weighted mean, which so many ratings make the same; and how many gave each rating.
FIGURES = re.compile(r"\b3\.14?\b|\b(?:91|81),0\d\d\b")
TELLING = {"home", "titles", "title", "title_reviews", "title_ratings"}


@pytest.fixture
def site() -> FilledSite:
    site = a_filled_site()
    Title.objects.update(
        rating_counts=RATED, rating_count=sum(RATED), rating_sum=round(sum(RATED) * MEAN), open_counts=REVIEWED
    )
    return site


@pytest.fixture
def hider() -> User:
    return a_member("hider", hides_figures=True)


def states(name: str) -> list[str]:
    """The states of a page. Who asks for the reviews of one rating is told how many there are, as in any choice."""
    return [state for state in STATES.get(name, [""]) if "rating=" not in state or name == "member"]


def shows_figures(client: Client, site: FilledSite) -> set[str]:
    """The pages, by name, on which a figure is in what is sent, in any of their states, whole or in part."""
    found = set()
    for name, address in (READING | OWN).items():
        for state in states(name):
            for headers in ({}, {"HX-Request": "true"}):
                answer = client.get(f"{address(site)}?{state}" if state else address(site), headers=headers)
                if FIGURES.search(answer.content.decode()):
                    found.add(name)
    return found


def test_no_page_shows_a_figure_of_a_title_that_one_has_not_rated(
    client: Client, site: FilledSite, hider: User
) -> None:
    client.force_login(hider)
    assert shows_figures(client, site) == set()


def test_the_same_pages_show_them_to_who_has_rated_and_to_all_others(
    client: Client, site: FilledSite, hider: User
) -> None:
    assert shows_figures(client, site) == TELLING
    client.force_login(a_member())
    assert shows_figures(client, site) == TELLING
    client.force_login(hider)
    for title in Title.objects.all():
        a_rating(title, hider, 3)
    assert shows_figures(client, site) == TELLING


def test_taking_the_rating_back_takes_them_away_in_place(client: Client, site: FilledSite, hider: User) -> None:
    client.force_login(hider)
    address = f"/title/{site.title.slug}/rate/"
    answers = [client.post(address, {"rating": rating}, headers={"HX-Request": "true"}) for rating in ("3", "none")]
    assert [bool(FIGURES.search(answer.content.decode())) for answer in answers] == [True, False]


@pytest.mark.parametrize("address", ["/", "/titles/"])
def test_what_one_has_rated_costs_a_list_no_query_more(client: Client, hider: User, address: str) -> None:
    writer, costs = a_member(), []
    for rows in (2, 12):
        while Title.objects.count() < rows:
            a_review(a_title(), writer, rating=7)
        for reader in (writer, hider):
            client.force_login(reader)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            costs.append(len(queries))
    assert len(set(costs)) == 1, costs
