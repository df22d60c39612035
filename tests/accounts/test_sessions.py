"""Where a member is signed in, and ending it."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from accounts import sessions
from accounts.models import User
from tests.factories import PASSWORD, a_member
from tests.html import tree
from tests.reviews.test_counters import together
from tests.statements import statements

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


@pytest.mark.parametrize("key", ['"\\000aaaaaaaaaaaaaaaa"', "a,b", "{}" * 20, "ä" * 32, "'" * 32, "x" * 4000])
def test_what_is_no_key_of_a_session_is_a_visitors(key: str) -> None:
    client = Client()
    client.cookies.load({"sessionid": key})
    client.cookies["sessionid"].set("sessionid", key, key)
    assert "Sign in" in client.get("/").content.decode()


def test_a_session_that_the_site_did_not_sign_is_nobodys_however_often_it_comes() -> None:
    client = device()
    stored = Session.objects.get(session_key=client.cookies["sessionid"].value)
    assert signed_in(client)
    signed, _, signature = stored.session_data.rpartition(":")
    stored.session_data = f"{signed}:{signature[::-1]}"
    stored.save()
    assert [signed_in(client) for _ in range(3)] == [False] * 3


def test_what_a_request_makes_of_its_session_is_no_part_of_anothers() -> None:
    store = sessions.SessionStore()
    signed = store.encode({"methods": ["password"]})
    store.decode(signed)["methods"].append("mine")
    assert sessions.SessionStore().decode(signed) == {"methods": ["password"]}


def test_what_reads_a_session_is_planned_once_for_any_number_of_them() -> None:
    for number in range(1, 13):
        sessions._read_together([f"nobodys{n}" for n in range(number % 3 + 1)], "default")
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE '%FROM django_session%'")
        assert cursor.fetchall() == [(7,)], "PostgreSQL plans five times with the values before it compares"


@pytest.mark.django_db(transaction=True)
def test_sessions_of_one_moment_are_read_at_once_and_each_is_its_own_members() -> None:
    people = [a_member(name) for name in ("agnes", "bruno", "clara")]
    clients = [Client() for _ in people]
    for client, person in zip(clients, people, strict=True):
        client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})
    keys = [client.cookies["sessionid"].value for client in clients]
    with statements() as asked:
        told = sessions._read_together([*keys, "nobodys", keys[0]], "default")
    assert len(asked) == 1
    at = 1 + sessions.COLUMNS.index("id")
    assert [row and row[at] for row in told] == [*(person.pk for person in people), None, people[0].pk]

    seen: dict[int, str] = {}

    def look(number: int) -> None:
        for _ in range(20):
            seen[number] = clients[number].get("/accounts/settings/").content.decode()
            assert people[number].shown_name in seen[number]
            assert not any(other.shown_name in seen[number] for other in people if other != people[number])

    together(*(lambda number=number: look(number) for number in range(3)))
    assert len(seen) == 3
