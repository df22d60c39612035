"""What came of an act is said once, on whatever page the reader is led to, and to nobody else."""

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import Client, RequestFactory

from tests.factories import a_member, a_review, a_title
from tests.html import tree
from tests.surfaces import OWN, FilledSite, a_filled_site, pages

WORDS = "The lamp of <b>Ida</b> is lit."


def told(client: Client, level: int = constants.SUCCESS) -> None:
    """Give the browser what an answer that leads on gives it with a message."""
    storage = CookieStorage(RequestFactory().get("/"))
    storage.add(level, WORDS)
    storage.update(answer := HttpResponse())
    client.cookies[CookieStorage.cookie_name] = answer.cookies[CookieStorage.cookie_name].value


def said(client: Client, path: str, **headers: str) -> list[tuple[str, str]]:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return [(box.attrs["role"], WORDS) for box in tree(answer).all(cls="message") if WORDS in box.text]


@pytest.fixture
def site(db: None) -> FilledSite:
    return a_filled_site()


def test_every_page_says_it_once(client: Client, site: FilledSite) -> None:
    for name, path in pages(site).items():
        told(client)
        assert said(client, path) == [("status", WORDS)], name
        assert said(client, path) == [], name
    client.force_login(site.author)
    for name in ("title_reviews", "home"):
        told(client)
        assert said(client, pages(site)[name]) == [("status", WORDS)], name
    for name in ("drafts", "notices"):
        told(client)
        assert said(client, OWN[name](site)) == [("status", WORDS)], name


def test_what_failed_interrupts(client: Client, site: FilledSite) -> None:
    told(client, level=constants.ERROR)
    assert said(client, pages(site)["title"]) == [("alert", WORDS)]


def test_the_page_that_is_kept_for_visitors_holds_nobodys_message(db: None) -> None:
    path = a_review(a_title()).title.get_absolute_url() + "reviews/"
    reader, another = Client(), Client()
    before = another.get(path)
    told(reader)
    assert said(reader, path) == [("status", WORDS)]
    assert said(another, path) == []
    assert another.get(path).content == before.content
    # Also where the reader's browser has the page already, and asks whether it still holds.
    for _ in range(2):
        assert another.get(path, headers={"If-None-Match": before["ETag"]}).status_code == 304
    told(another)
    assert said(another, path, If_None_Match=before["ETag"]) == [("status", WORDS)]
    assert another.get(path, headers={"If-None-Match": before["ETag"]}).status_code == 304


def test_a_part_of_the_page_leaves_it_for_the_next_whole_one(client: Client, db: None) -> None:
    path = a_review(a_title()).title.get_absolute_url() + "reviews/"
    for member in (None, a_member()):
        if member:
            client.force_login(member)
        told(client)
        assert WORDS not in client.get(path, headers={"HX-Request": "true"}).content.decode()
        assert said(client, path) == [("status", WORDS)]


def test_what_is_no_message_of_ours_is_let_alone(client: Client, db: None) -> None:
    path = a_review(a_title()).title.get_absolute_url() + "reviews/"
    client.cookies[CookieStorage.cookie_name] = "eyJmb3JnZWQiOjF9:x:y"
    assert said(client, path) == []
