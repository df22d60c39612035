"""Accounts for imported authors: who they are, what they are called, and that nobody signs in with them."""

from pathlib import Path

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.usernames import RESERVED
from reviews.importing.naming import choose, usernames
from tests.factories import a_member
from tests.reviews.import_rows import a_row, figures, imported, the_review

pytestmark = pytest.mark.django_db


def test_an_imported_member_cannot_sign_in_and_has_no_address(tmp_path: Path) -> None:
    imported(tmp_path, a_row(), a_row(author="Berta"))
    passwords = {user.password for user in User.objects.all()}
    assert not any(user.has_usable_password() or user.email or user.is_staff for user in User.objects.all())
    assert len(passwords) == 2


def test_authors_who_share_a_name_are_told_apart_by_their_id(tmp_path: Path) -> None:
    rows = [a_row(author="Ada", author_id=key, title=f"Film {key}") for key in ("7", "8", 9)] + [a_row(author="Ada")]
    assert imported(tmp_path, *rows).figures == figures(added=4)
    assert set(User.objects.values_list("source_key", flat=True)) == {"id:7", "id:8", "id:9", "name:Ada"}
    names = sorted(User.objects.values_list("username", flat=True))
    assert names[0] == "ada"
    assert all(len(name) == len("ada-123abc") for name in names[1:])


def test_a_member_who_signed_up_is_never_taken_for_an_author(tmp_path: Path) -> None:
    member = a_member("ada", name="Ada")
    imported(tmp_path, a_row(author="Ada"), a_row(author="ADA", title="Another"))
    assert not member.reviews.exists()
    assert all(user.username.startswith("ada-") for user in User.objects.exclude(pk=member.pk))


def test_composed_and_decomposed_letters_are_the_same_author(tmp_path: Path) -> None:
    imported(tmp_path, a_row(author="Zoe\u0308"), a_row(author="Zoë", title="Another"))
    assert User.objects.get().name == "Zoë"


def test_the_name_shown_follows_the_last_row_of_an_author_id(tmp_path: Path) -> None:
    rows = [a_row(author="Ada", author_id="7", title="One"), a_row(author="Ada W.", author_id="7", title="Two")]
    imported(tmp_path, *rows)
    assert User.objects.get().name == "Ada W."
    assert imported(tmp_path, *rows).figures == figures(unchanged=2)
    assert imported(tmp_path, a_row(author="Ada Winter", author_id="7", title="One")).figures == figures(changed=1)
    assert (User.objects.get().name, User.objects.get().username) == ("Ada Winter", "ada-w")


@pytest.mark.parametrize(
    ("name", "username"),
    [
        ("Zsófia Kerekes", "zsofia-kerekes"),
        ("宮本 灯", "宮本-灯"),
        ("مريم", "مريم"),
        ("half/past\\reel?two", "halfpastreeltwo"),
        ("x" * 150, "x" * 100),
    ],
)
def test_a_username_is_made_of_the_name(name: str, username: str, tmp_path: Path) -> None:
    imported(tmp_path, a_row(author=name))
    user = User.objects.get()
    assert user.username == username
    assert reverse("member", args=[user.username])


@pytest.mark.parametrize("name", ["🎬", "...", *sorted(RESERVED), "Admin", "ROOT", "аdmin", "4dmin"])
def test_names_of_the_site_and_names_without_letters_get_something_added(name: str, tmp_path: Path) -> None:
    imported(tmp_path, a_row(author=name))
    user = User.objects.get()
    assert user.username[-7] == "-"
    assert the_review().author.name == name


def test_usernames_stay_unique_when_digests_are_taken() -> None:
    candidates = list(usernames("Ada", "id:7"))
    assert [len(name) for name in candidates] == [3, 10, 16, 36]
    taken = set(candidates[:3])
    assert choose([usernames("Ada", "id:7")], lambda names: taken & set(names)) == [candidates[3]]


def test_usernames_that_differ_in_case_alone_are_the_same(tmp_path: Path) -> None:
    a_member("Ian")
    imported(tmp_path, *[a_row(author=name, author_id=name) for name in ("ian", "ıan", "IAN", "İan", "ſam", "Sam")])
    assert User.objects.count() == 7


def test_the_first_of_equal_wishes_is_granted() -> None:
    wishes = [iter(["a", "a2"]), iter(["a", "a3"]), iter(["b"]), iter(["a", "b", "c"])]
    assert choose(wishes, lambda names: set()) == ["a", "a3", "b", "c"]
