"""Where a member is signed in, and ending it."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD, a_member
from tests.html import tree

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
LIST = "/accounts/sessions/"


def device(agent: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post("/accounts/login/", {"login": "ines", "password": PASSWORD})
    return client


def signed_in(client: Client) -> bool:
    return client.get("/accounts/settings/").status_code == 200


@pytest.fixture(autouse=True)
def ines() -> User:
    return a_member("ines")


def test_all_devices_are_listed_in_words() -> None:
    here, _ = device(), device("curl/8 <script>\u202e")
    rows = tree(here.get(LIST)).one("ul", cls="listed").all("li")
    assert [row.one("b").text for row in rows] == ["Firefox on Windows", "A browser"]
    assert ["this device" in row.text for row in rows] == [True, False]
    assert ["End" in row.text for row in rows] == [False, True]


def test_one_device_is_signed_out_from_another() -> None:
    here, there, third = device(), device(), device()
    form = tree(here.get(LIST)).one("ul", cls="listed").all("form")[0]
    assert here.post(form.attrs["action"]).headers["Location"] == LIST
    assert [signed_in(client) for client in (here, there, third)] == [True, False, True]


def test_all_others_are_signed_out_at_once() -> None:
    here, there = device(), device()
    here.post(LIST)
    assert [signed_in(client) for client in (here, there)] == [True, False]


def test_nobody_ends_a_session_of_somebody_else() -> None:
    victim = device()
    stranger = Client()
    stranger.force_login(a_member("stranger"))
    session = UserSession.objects.get()
    for pk in (session.pk, 10**9, 2**63, 2**70):
        assert stranger.post(f"{LIST}{pk}/end/").status_code == 404
    assert Client().post(f"{LIST}{session.pk}/end/").headers["Location"].startswith("/accounts/login/")
    assert victim.get(f"{LIST}{session.pk}/end/").status_code == 405
    assert signed_in(victim)


def test_a_changed_password_signs_out_all_other_devices() -> None:
    here, there = device(), device()
    new = "another lantern, further up"
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert [signed_in(client) for client in (here, there)] == [True, False]
    assert len(tree(here.get(LIST)).one("ul", cls="listed").all("li")) == 1


def test_a_long_name_of_a_browser_is_no_trouble() -> None:
    assert device("x" * 5000).get(LIST).status_code == 200
