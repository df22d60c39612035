"""The admin: titles are filled in, members looked after, reviews looked up; quick on large tables."""

import io
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from reviews.erasing import erase_outdated
from reviews.models import Genre, Poster, Review, Title
from tests.accounts.test_factors import code_of
from tests.factories import PASSWORD, a_keeper, a_member, a_rating, a_review, a_title, a_vote
from tests.html import tree

pytestmark = pytest.mark.django_db

INLINES = ("awards", "faq_entries", "external_reviews", "critic_reviews")


@pytest.fixture
def keeper() -> User:
    return a_keeper("keeper")


@pytest.fixture
def admin(client: Client, keeper: User) -> Client:
    client.force_login(keeper)
    return client


def a_picture(width: int = 480, height: int = 720) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#346").save(file, "PNG")
    file.seek(0)
    file.name = "poster.png"
    return file


def title_fields(**more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": "The Lamplighter", "year": "1974", "kind": "film", "genres": []}
    for inline in INLINES:
        fields |= {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}
    return fields | more


def change(title: Title) -> str:
    return reverse("admin:reviews_title_change", args=[title.pk])


def errors(page: str) -> list[str]:
    return re.findall(r'<ul class="errorlist[^>]*><li>(.*?)</li>', page)


def test_the_admin_is_entered_through_the_sites_own_sign_in(client: Client, keeper: User) -> None:
    asked = client.get("/admin/reviews/title/?q=x", follow=True)
    assert asked.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2Freviews%2Ftitle%2F%3Fq%3Dx"
    signed_in = client.post(
        "/accounts/login/", {"login": "keeper", "password": PASSWORD, "next": "/admin/reviews/title/?q=x"}
    )
    assert signed_in.headers["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/admin/reviews/title/?q=x").status_code == 302
    proven = client.post("/accounts/2fa/authenticate/", {"code": code_of(keeper)})
    assert proven.headers["Location"] == "/admin/reviews/title/?q=x"
    assert client.get("/admin/reviews/title/?q=x").status_code == 200


def test_the_admins_own_sign_in_is_shut(client: Client, keeper: User) -> None:
    answer = client.post("/admin/login/?next=/admin/", {"username": "keeper", "password": PASSWORD})
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_members_do_not_get_in(client: Client) -> None:
    client.force_login(a_member())
    assert client.get("/admin/", follow=True).status_code == 403


def test_a_title_is_filled_in_with_all_that_stands_beside_it(admin: Client) -> None:
    genre = Genre.objects.create(name="Drama")
    beside = {
        "awards": {"year": "1975", "organisation": "The Guild", "award": "Best Lamp", "won": "on"},
        "faq_entries": {"question": "Who lit it?", "answer": "He did.", "spoiler": "on", "position": "0"},
        "external_reviews": {"source": "A paper", "url": "https://paper.example/1", "language": "en"},
        "critic_reviews": {"publication": "Another", "critic": "C", "year": "1974", "score": "71", "url": ""},
    }
    fields = title_fields(
        genres=[genre.pk], creators="A. Wick", minutes="96", synopsis="A man.", original_title="Lykten"
    )
    for inline, values in beside.items():
        fields |= {f"{inline}-TOTAL_FORMS": "1"} | {f"{inline}-0-{name}": value for name, value in values.items()}
    answer = admin.post("/admin/reviews/title/add/", fields)
    assert answer.status_code == 302, errors(answer.content.decode())
    title = Title.objects.get()
    assert (title.slug, title.original_title, title.minutes) == ("the-lamplighter-1974", "Lykten", 96)
    assert list(title.genres.all()) == [genre]
    assert [getattr(title, inline).count() for inline in INLINES] == [1, 1, 1, 1]
    assert list(Title.objects.named("lykten")) == [title]


@pytest.mark.parametrize("year", ["0", "2201", "-1", "99999", "soon"])
@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("year", {}),
        (
            "awards-0-year",
            {"awards-TOTAL_FORMS": "1", "awards-0-organisation": "The Guild", "awards-0-award": "Best Lamp"},
        ),
        ("critic_reviews-0-year", {"critic_reviews-TOTAL_FORMS": "1", "critic_reviews-0-publication": "Ember Weekly"}),
    ],
)
def test_a_year_that_cannot_be_is_said_at_its_field(
    admin: Client, name: str, beside: dict[str, str], year: str
) -> None:
    page = tree(admin.post("/admin/reviews/title/add/", title_fields(**beside) | {name: year}))
    assert [field.attrs.get("value") for field in page.all("input", name=name)] == [year]
    told = page.one("ul", cls="errorlist", id=f"id_{name}_error")
    assert told.text
    assert [said.text for said in page.all("ul", cls="errorlist")] == [told.text], "said once, at the field"
    assert not Title.objects.exists()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("sci fi", "There is the genre Sci-Fi already, and both would have the address sci-fi."),
        ("Sci-Fi", "There is the genre Sci-Fi already, and both would have the address sci-fi."),
        ("!?", "A genre has a letter or a digit in its name."),
    ],
)
def test_a_genre_that_is_another_or_none_is_refused(admin: Client, name: str, why: str) -> None:
    genre, drama = Genre.objects.create(name="Sci-Fi"), Genre.objects.create(name="Drama")
    for path in ("add", f"{drama.pk}/change"):
        answer = admin.post(f"/admin/reviews/genre/{path}/", {"name": name})
        assert answer.status_code == 200
        assert why in errors(answer.content.decode())
    assert set(Genre.objects.values_list("name", flat=True)) == {"Sci-Fi", "Drama"}
    assert admin.post(f"/admin/reviews/genre/{genre.pk}/change/", {"name": "Sci Fi"}).status_code == 302
    assert admin.post("/admin/reviews/genre/add/", {"name": "Film noir"}).status_code == 302
    assert set(Genre.objects.values_list("name", "slug")) == {
        *(("Sci Fi", "sci-fi"), ("Drama", "drama"), ("Film noir", "film-noir"))
    }


def test_a_poster_is_stored_shown_replaced_and_taken_away(admin: Client) -> None:
    admin.post("/admin/reviews/title/add/", title_fields(new_poster=a_picture()))
    title = Title.objects.get()
    assert title.poster_id
    assert reverse("poster", args=[title.poster_id, "small"]) in admin.get(change(title)).content.decode()
    admin.post(change(title), title_fields(minutes="90"))
    title.refresh_from_db()
    assert (title.minutes, bool(title.poster_id)) == (90, True)
    address = reverse("poster", args=[title.poster_id, "small"])
    assert admin.get(address).status_code == 200
    admin.post(change(title), title_fields(without_poster="on"))
    title.refresh_from_db()
    assert title.poster_id is None
    assert admin.get(address).status_code == 404
    erase_outdated()
    assert not Poster.objects.exists()


def test_no_poster_is_kept_of_a_form_that_is_refused(admin: Client) -> None:
    refused = title_fields(new_poster=a_picture()) | {"awards-TOTAL_FORMS": "1", "awards-0-year": "soon"}
    assert errors(admin.post("/admin/reviews/title/add/", refused).content.decode())
    assert not Title.objects.exists()
    assert not Poster.objects.exists()


def test_a_poster_that_another_title_has_stays(admin: Client) -> None:
    for name in ("A Lamp", "B Book"):
        admin.post("/admin/reviews/title/add/", title_fields(name=name, new_poster=a_picture()))
    first, second = Title.objects.order_by("name")
    assert first.poster_id == second.poster_id
    admin.post(change(first), title_fields(name="A Lamp", without_poster="on"))
    erase_outdated()
    assert admin.get(reverse("poster", args=[second.poster_id, "large"])).status_code == 200


@pytest.mark.parametrize("upload", [b"<svg/>", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b""])
def test_what_is_no_picture_is_refused_with_the_reason(admin: Client, upload: bytes) -> None:
    file = io.BytesIO(upload)
    file.name = "poster.png"
    answer = admin.post("/admin/reviews/title/add/", title_fields(new_poster=file))
    assert answer.status_code == 200
    assert len(errors(answer.content.decode())) == 1
    assert not Title.objects.exists()
    assert not Poster.objects.exists()


def test_a_poster_too_large_in_bytes_or_pixels_is_refused_and_no_svg_gets_in(admin: Client, settings: Settings) -> None:
    drawing = io.BytesIO(b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="480" height="720"/>')
    drawing.name = "poster.svg"
    settings.POSTER_MAX_PIXELS = 480 * 719
    for upload in (a_picture(), drawing):
        page = admin.post("/admin/reviews/title/add/", title_fields(new_poster=upload)).content.decode()
        assert len(errors(page)) == 1
    settings.POSTER_MAX_PIXELS, settings.POSTER_MAX_BYTES = 480 * 720, 100
    page = admin.post("/admin/reviews/title/add/", title_fields(new_poster=a_picture())).content.decode()
    assert "has 101 bytes; 100 are the most" in errors(page)[0]
    assert not Poster.objects.exists()


def test_the_name_of_an_upload_is_forgotten(admin: Client) -> None:
    picture = a_picture()
    picture.name = "../../UPLOADNAME.php.png"
    admin.post("/admin/reviews/title/add/", title_fields(new_poster=picture))
    poster = Poster.objects.get()
    assert re.fullmatch(r"[0-9a-f]{32}", poster.digest)
    answer = admin.get(reverse("poster", args=[poster.digest, "large"]))
    assert answer["Content-Type"] == "image/webp"
    assert b"UPLOADNAME" not in answer.content
    assert "UPLOADNAME" not in admin.get(change(Title.objects.get())).content.decode()


def test_a_title_that_exists_is_refused_in_words(admin: Client) -> None:
    a_title("The Lamplighter", year=1974)
    page = admin.post("/admin/reviews/title/add/", title_fields()).content.decode()
    assert errors(page) == ["There is a title of this name, year and kind already."]


@pytest.mark.parametrize("field", ["name", "synopsis", "creators"])
def test_control_characters_are_refused(admin: Client, field: str) -> None:
    page = admin.post("/admin/reviews/title/add/", title_fields(**{field: "a\x07b"})).content.decode()
    assert errors(page) == ["Take out the control character U+0007."]


def test_the_address_stays_and_the_name_is_found_anew(admin: Client) -> None:
    title = a_title("The Lamplighter")
    admin.post(change(title), title_fields(name="A Wick"))
    title.refresh_from_db()
    assert (title.name, title.slug) == ("A Wick", "the-lamplighter-1974")
    assert list(Title.objects.named("wick")) == [title]


def test_saving_a_title_or_a_member_leaves_the_counters_alone(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A review comes between the moment a form's row is read and the moment it is written."""
    title, author = a_title("The Lamplighter"), a_member("author")
    saved: list[tuple[type, Any]] = []
    for model in (Title, User):
        write = model.save

        def save_late(row: Any, *args: Any, write: Any = write, **kwargs: Any) -> None:
            if not saved and row.pk in (title.pk, author.pk) and type(row) in (Title, User):
                saved.append((type(row), row.pk))
                a_review(title, author, rating=9) if type(row) is Title else a_review(a_title(), author)
            write(row, *args, **kwargs)

        monkeypatch.setattr(model, "save", save_late)
    admin.post(change(title), title_fields(minutes="90"))
    title.refresh_from_db()
    assert saved == [(Title, title.pk)]
    assert (title.minutes, title.review_count, title.rating_count, title.rating_counts[8]) == (90, 1, 1, 1)
    saved.clear()
    admin.post(
        f"/admin/accounts/user/{author.pk}/change/", {"username": "author", "name": "An Author", "is_active": "on"}
    )
    author.refresh_from_db()
    assert saved == [(User, author.pk)]
    assert (author.name, author.review_count) == ("An Author", 2)


def test_a_title_with_reviews_is_not_deleted(admin: Client) -> None:
    title = a_review().title
    delete = reverse("admin:reviews_title_delete", args=[title.pk])
    assert "Cannot delete" in admin.get(delete).content.decode()
    assert admin.post(delete, {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [title.pk], "post": "yes"}
    admin.post("/admin/reviews/title/", action)
    assert Title.objects.filter(pk=title.pk).exists()
    bare = a_title()
    admin.post(reverse("admin:reviews_title_delete", args=[bare.pk]), {"post": "yes"})
    assert not Title.objects.filter(pk=bare.pk).exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=lamp", ["A Lamp"]),
        ("?q=%26+%21+%28", []),
        ("?kind__exact=book", ["B Book"]),
        ("?decade=1970", ["A Lamp"]),
        ("?decade=none", ["B Book"]),
        ("?decade=nonsense", ["A Lamp", "B Book"]),
        ("?poster=no", ["A Lamp", "B Book"]),
        ("?poster=yes", []),
    ],
)
def test_titles_are_searched_and_filtered(admin: Client, query: str, found: list[str]) -> None:
    a_title("A Lamp", year=1974)
    a_title("B Book", year=None, kind="book")
    page = admin.get(f"/admin/reviews/title/{query}").content.decode()
    assert [name for name in ("A Lamp", "B Book") if name in page] == found


@pytest.mark.parametrize("path", ["/admin/reviews/title/", "/admin/reviews/review/", "/admin/accounts/user/"])
def test_lists_ask_as_little_for_many_rows_as_for_few(
    admin: Client, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    counted = []
    for more in (2, 12):
        for _ in range(more):
            a_rating(a_review().title)
        with django_assert_max_num_queries(8) as queries:
            assert admin.get(path).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_reviews_are_looked_up_and_not_changed(admin: Client) -> None:
    review = a_review(a_title("The Lamplighter"), a_member("wick"), headline="Somebody came home")
    a_review(a_title("The Tide"), headline="Nobody left")
    for words in ("somebody CAME", "lamplighter", "WICK"):
        page = admin.get("/admin/reviews/review/", {"q": words}).content.decode()
        assert "Somebody came home" in page
        assert "Nobody left" not in page
    own = f"/admin/reviews/review/{review.pk}/"
    assert review.body in admin.get(f"{own}change/").content.decode()
    assert admin.post(f"{own}change/", {"headline": "X", "state": "hidden"}).status_code == 403
    assert admin.post(f"{own}delete/", {"post": "yes"}).status_code == 403
    assert admin.get("/admin/reviews/review/add/").status_code == 403
    assert Review.objects.get(pk=review.pk).headline == "Somebody came home"


def test_members_are_searched_and_told_apart(admin: Client) -> None:
    a_member("joined-one")
    a_member("imported-one", email="", source_key="id:x:1")
    a_member("demo-one", email="", source_key="id:demo:1", is_demo=True)
    for origin in ("joined", "imported", "demo"):
        page = admin.get("/admin/accounts/user/", {"origin": origin}).content.decode()
        assert [name for name in ("joined", "imported", "demo") if f"{name}-one" in page] == [origin]
    assert "imported-one" in admin.get("/admin/accounts/user/?q=IMPORTED").content.decode()


def test_no_hash_is_shown(admin: Client) -> None:
    member = a_member()
    page = admin.get(f"/admin/accounts/user/{member.pk}/change/").content.decode()
    assert member.password not in page
    assert member.password.split("$")[-1] not in page


def test_a_members_name_is_unique_whatever_its_case(admin: Client) -> None:
    a_member("Ines")
    other = a_member("other")
    page = admin.post(f"/admin/accounts/user/{other.pk}/change/", {"username": "iNES", "is_active": "on"})
    assert page.status_code == 200
    assert errors(page.content.decode())


def test_a_member_who_is_made_inactive_is_signed_out(admin: Client) -> None:
    member, theirs = a_member("ines"), Client()
    theirs.force_login(member)
    admin.post(f"/admin/accounts/user/{member.pk}/change/", {"username": "ines"})
    member.refresh_from_db()
    assert not member.is_active
    assert theirs.get("/accounts/email/").status_code == 302


def test_members_with_reviews_or_votes_are_not_deleted_by_accident(admin: Client) -> None:
    review = a_review()
    assert admin.post(f"/admin/accounts/user/{review.author_id}/delete/", {"post": "yes"}).status_code == 403
    vote = a_vote(review)
    review.refresh_from_db()
    assert (review.helpful, review.votes, vote.helpful) == (1, 1, True)


def test_staff_cannot_give_themselves_rights(client: Client, keeper: User) -> None:
    clerk = a_keeper("clerk", is_superuser=False)
    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    group = Group.objects.create(name="everything")
    client.force_login(clerk)
    own = {"username": "clerk", "is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": [group.pk]}
    assert client.post(f"/admin/accounts/user/{clerk.pk}/change/", own).status_code == 302
    clerk.refresh_from_db()
    assert (clerk.is_superuser, clerk.groups.count()) == (False, 0)
    assert client.post(f"/admin/accounts/user/{keeper.pk}/change/", {"username": "x"}).status_code == 403
    taken_over = {"password1": "a stolen lantern", "password2": "a stolen lantern"}
    assert client.post(f"/admin/accounts/user/{keeper.pk}/password/", taken_over).status_code == 403
    assert client.post(f"/admin/accounts/user/{keeper.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_policy_holds_in_the_admin(admin: Client) -> None:
    a_review()
    for path in ("", "reviews/title/", "reviews/title/add/", "reviews/review/", "accounts/user/", "accounts/user/add/"):
        answer = admin.get(f"/admin/{path}")
        page = answer.content.decode()
        assert answer.headers["Content-Security-Policy"].startswith(
            "default-src 'none'; script-src 'self'; style-src 'self'"
        )
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page), path
        assert all("src=" in tag or "json" in tag for tag in re.findall(r"<script[^>]*>", page)), path
