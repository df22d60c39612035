"""Which names nobody may take."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.usernames import RESERVED, chosen, skeleton
from tests.factories import PASSWORD, a_member

pytestmark = pytest.mark.django_db

ALIKE = [
    *(
        "ADMIN",
        "Adm1n",
        "adm\u0131n",
        "\u0430dmin",
        "\u0430\u0501min",
        "αdmin",
        "\uff41\uff44\uff4d\uff49\uff4e",
        "ádmin",
    ),
    *("a.d.m.i.n", "_admin_", "ad-min", "@dmin", "4dmin", "adrnin", "𝐚𝐝𝐦𝐢𝐧", "𝔸dmin", "ⓐdmin"),
    *("m0derator", "m0d3rat0r", "mоdеrаtоr", "Moderatör", "supp0rt", "5upport", "st4ff", "s-t-a-f-f", "r00t", "rооt"),
    *("rοοt", "sys+em", "5ystem", "SECUR1TY", "log1n", "lοgin", "HELP", "he1p", "vvww", "we8master"),
]
NO_NAMES = [
    *("\x00", "a\x00b", "a\x1fb", "a\x7f", "a\nb", "", " ", "x" * 151, "x" * 100_000),
    *("a\u202eb", "a\u2066b", "a\u200fb", "a\u200db", "a\ufeffb"),
]


def join(client: Client, username: str) -> bool:
    """Did it make a member?"""
    before = User.objects.count()
    client.post("/accounts/signup/", {"username": username, "email": "new@example.org", "password1": PASSWORD})
    return User.objects.count() > before


def refused(username: str) -> bool:
    try:
        chosen(username)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_words_of_the_site_are_reserved(word: str) -> None:
    assert refused(word)
    assert refused(word.upper())


@pytest.mark.parametrize("name", ALIKE)
def test_what_looks_like_a_word_of_the_site_is_refused(name: str) -> None:
    assert refused(name)


@pytest.mark.parametrize(
    "name", ["Rhoda.Finch", "rhodafinch", "rh0da-finch", "Rhоda_Finch", "RHODA+FINCH", "rhodaf1nch"]
)
def test_what_looks_like_a_name_of_staff_is_refused(client: Client, name: str) -> None:
    a_member("rhoda.finch", is_staff=True)
    assert not join(client, name)


def test_the_shown_name_of_staff_is_theirs_too(client: Client) -> None:
    a_member("rf", name="Rhoda Finch", is_superuser=True)
    assert not join(client, "rhoda-finch")


def test_names_of_other_members_may_be_alike(client: Client) -> None:
    a_member("rhoda.finch")
    assert join(client, "rhoda-finch")


@pytest.mark.parametrize(
    "name", ["ines", "administrix", "modest", "roots", "Bjørk", "Юлия", "李雷", "two.words", "a+b", "1984"]
)
def test_ordinary_names_are_free(name: str) -> None:
    assert chosen(name) == name


@pytest.mark.parametrize("name", ["ines@example.org", "\u3164\u3164", "ine\u115fs"])
def test_addresses_and_letters_that_cannot_be_seen_are_refused(client: Client, name: str) -> None:
    assert not join(client, name)


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_is_refused_politely(client: Client, name: str) -> None:
    assert not join(client, name)


def test_a_wide_name_is_kept_narrow_and_signs_in_either_way(client: Client) -> None:
    assert join(client, "ｉｎｅｓ")
    client.logout()
    assert User.objects.get().username == "ines"
    assert client.post("/accounts/login/", {"login": "ｉｎｅｓ", "password": PASSWORD}).status_code == 302


@given(st.text(max_size=40))
def test_any_text_has_a_skeleton_that_is_its_own(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)
