"""What a title is called, where it is, how it is found, and which titles are one and the same."""

import base64
import json
import threading
from itertools import islice

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from reviews.models import Genre, Title
from reviews.models.titles import search_text, slugs
from tests.factories import a_title

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "year", "slug"),
    [
        ("Pusher II", 2004, "pusher-ii-2004"),
        ("Cléo de 5 à 7", 1962, "cleo-de-5-a-7-1962"),
        ("  WALL·E!  ", 2008, "walle-2008"),
        ("Солярис", 1972, "солярис-1972"),
        ("東京物語", 1953, "東京物語-1953"),
        ("Nameless", None, "nameless"),
        ("???", 1999, "1999"),
        ("???", None, "title"),
        ("-- __ --", None, "title"),
    ],
)
def test_an_address_is_made_of_name_and_year(name: str, year: int | None, slug: str) -> None:
    assert a_title(name, year=year).slug == slug


def test_a_taken_address_is_numbered() -> None:
    kinds = ["film", "series", "book"]
    made = [a_title("Solaris", year=1972, kind=kind).slug for kind in kinds]
    assert made == ["solaris-1972", "solaris-1972-2", "solaris-1972-3"]
    assert list(islice(slugs("Solaris", 1972), 3)) == made


def test_an_address_stays_when_the_name_changes() -> None:
    title = a_title("Solaris", year=1972)
    title.name, title.year = "Solyaris", 1973
    title.save()
    title.refresh_from_db()
    assert (title.slug, title.search_text) == ("solaris-1972", "solyaris")


def test_a_long_name_has_an_address_that_fits() -> None:
    first, second = (a_title("endless " * 37, year=year) for year in (1990, 1991))
    assert len(first.slug) <= 120
    assert first.slug != second.slug
    assert not first.slug.endswith("-")


@pytest.mark.parametrize("year", [1972, None])
def test_two_titles_of_one_name_year_and_kind_are_one_too_many(year: int | None) -> None:
    a_title("Solaris", year=year)
    with pytest.raises(IntegrityError, match="title_identity"), transaction.atomic():
        a_title("Solaris", year=year)
    a_title("Solaris", year=2002)
    a_title("Solaris", year=year, kind="book")
    assert Title.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_who_want_one_address_at_once_both_get_one() -> None:
    start, problems = threading.Barrier(6), []

    def make(kind: str, original: str) -> None:
        start.wait(30)
        try:
            a_title("Solaris", kind=kind, original_title=original)
        except IntegrityError as problem:
            problems.append(problem)
        finally:
            connection.close()

    kinds = ["film", "series", "music", "book", "game", "film"]
    threads = [threading.Thread(target=make, args=[kind, "x"]) for kind in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(problems) == 1  # the second film
    assert "title_identity" in str(problems[0])
    assert sorted(Title.objects.values_list("slug", flat=True)) == [
        "solaris-1974",
        "solaris-1974-2",
        "solaris-1974-3",
        "solaris-1974-4",
        "solaris-1974-5",
    ]


def test_a_genre_has_an_address_too() -> None:
    assert Genre.objects.create(name="Film noir").slug == "film-noir"
    assert Genre.objects.create(name="???").slug == "genre"


@pytest.fixture
def library() -> None:
    a_title("Cléo de 5 à 7", year=1962)
    a_title("The Man Who Fell to Earth", year=1976)
    a_title("Mirror", year=1975, original_title="Зеркало")
    a_title("Tokyo Story", year=1953, original_title="東京物語")
    a_title("Rock'n'Roll High-School", year=1979)
    a_title("8½", year=1963)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cleo", ["Cléo de 5 à 7"]),
        ("CLÉO", ["Cléo de 5 à 7"]),
        ("cle 7", ["Cléo de 5 à 7"]),
        ("7 cle", ["Cléo de 5 à 7"]),
        ("fell to earth", ["The Man Who Fell to Earth"]),
        ("зерк", ["Mirror"]),
        ("ЗЕРКАЛО", ["Mirror"]),
        ("東京", ["Tokyo Story"]),
        ("high school", ["Rock'n'Roll High-School"]),
        ("high-school", ["Rock'n'Roll High-School"]),
        ("rock'n", ["Rock'n'Roll High-School"]),
        ("ory", []),
        ("cleo mirror", []),
        ("", []),
        ("  ?! ", []),
        ("8", ["8½"]),
    ],
)
def test_titles_are_found_by_the_beginnings_of_their_words(library: None, words: str, found: list[str]) -> None:
    assert [title.name for title in Title.objects.named(words)] == found


HOSTILE = [
    "'",
    "a' OR 1=1 --",
    "a:*",
    "a & | !b",
    "!(a",
    "<->",
    "\\",
    "a\\'b",
    "%",
    "\0",
    "é" * 5000,
    "a " * 5000,
    "\ud800",
]


@hypothesis_settings(max_examples=60)
@given(st.text(max_size=50) | st.sampled_from(HOSTILE))
@example("x" * 5000)
def test_no_words_are_an_error(db: None, words: str) -> None:
    assert Title.objects.named(words).count() == 0


@pytest.mark.parametrize("words", HOSTILE[:-1])
def test_no_words_in_the_address_are_an_error(words: str) -> None:
    assert Client().get("/titles/", {"q": words}).status_code == 200


# Letters of the scripts that the site's own examples are written in, and some that fold in odd ways.
SCRIPTS = [(0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x17F), (0x391, 0x3C9), (0x400, 0x45F), (0x5D0, 0x5EA), (0x621, 0x64A)]
SCRIPTS += [
    (0x3041, 0x3096),
    (0x30A1, 0x30FA),
    (0x4E00, 0x4FFF),
    (0xAC00, 0xAD00),
    (0x1D400, 0x1D433),
    (0x2100, 0x214F),
]
letters = st.one_of(*[st.characters(min_codepoint=first, max_codepoint=last) for first, last in SCRIPTS])
names = st.lists(
    st.text(letters | st.sampled_from(" -'."), min_size=1, max_size=12), min_size=1, max_size=12, unique=True
)


@hypothesis_settings(max_examples=25)
@given(names)
@example(["İstanbul", "STRASSE", "Straße", "ﬃx", "𝐀b", "℡", "가나다"])
def test_every_title_is_found_by_its_own_name(db: None, names: list[str]) -> None:
    with transaction.atomic():
        made = [a_title(name) for name in dict.fromkeys(names)]
        for title in made:
            for words in (title.name, title.name.upper(), title.name.lower()):
                expected = search_text(title.name) == search_text(words) != ""
                assert not expected or title in Title.objects.named(words)
        transaction.set_rollback(True)


def test_case_and_accents_make_no_difference() -> None:
    for one, other in [
        ("STRASSE", "Straße"),
        ("Ærø", "ÆRØ"),
        ("Ångström", "angstrom"),
        ("𝐀b", "AB"),
        ("ＡＢＣ", "abc"),
    ]:
        assert search_text(one) == search_text(other), one


@pytest.mark.parametrize("sort", ["", "reviews", "rating", "newest", "oldest", "name"])
def test_a_title_of_just_that_name_comes_first(sort: str) -> None:
    a_title("Mirror, Mirror", year=1975, review_count=9, rating_count=9, rating_sum=90)
    exact = {a_title("Mirrór", year=1960), a_title("Зеркало", original_title="mirror", year=1990)}
    a_title("A Mirror Cracked", year=1965, review_count=2)
    rows = list(Client().get("/titles/", {"q": " Mirror", "sort": sort}).context["page"].rows)
    assert len(rows) == 4
    assert set(rows[:2]) == exact


def test_titles_are_found_by_who_made_them() -> None:
    title = a_title("The Mirror", creators="Ándrea Ho, Bo Li")
    assert [*Title.objects.named("andrea"), *Title.objects.named("mirr li")] == [title, title]


@pytest.mark.parametrize("name", ["", "same 1"])
@pytest.mark.parametrize("sort", ["reviews", "rating", "newest", "oldest", "name"])
def test_browsing_reaches_every_title_once(monkeypatch: pytest.MonkeyPatch, sort: str, name: str) -> None:
    monkeypatch.setattr("reviews.views.titles.TITLES_A_PAGE", 4)
    made = [a_title(f"Same {number // 3}", year=[None, 1950, 1960][number % 3]).pk for number in range(11)]
    if name:
        made = [*made[3:6], *(a_title(f"Same 1 {number}").pk for number in range(8))]
    client, seen, after = Client(), list[int](), ""
    for _ in range(3):
        page = client.get("/titles/", {"q": name, "sort": sort, "after": after}).context["page"]
        seen += [title.pk for title in page.rows]
        after = page.after
    assert not after
    assert sorted(seen) == made


@pytest.mark.parametrize("name", ["\ud800", "\0", "x" * 9000, 7, None, ["a"], "'"])
def test_no_forged_place_among_the_titles_is_an_error(name: object) -> None:
    a_title()
    after = base64.urlsafe_b64encode(json.dumps(["name", 1, "", name, -1]).encode()).decode()
    assert Client().get("/titles/", {"sort": "name", "after": after}).status_code == 200
