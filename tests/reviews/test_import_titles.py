"""import_titles: a catalogue with facts, genres and posters."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from reviews.importing.titles import LONGEST_SYNOPSIS
from reviews.models import Genre, Poster, SiteFigures, Title
from tests.factories import a_review, a_title
from tests.reviews.import_rows import Said, a_file, as_csv, figures, jsonl, run
from tests.reviews.test_counters import recounted, stored

pytestmark = pytest.mark.django_db

FULL: dict[str, Any] = {
    "title": "The Lamplighter",
    "year": 1974,
    "kind": "film",
    "genres": "Drama|Science fiction",
    "synopsis": "A town.\n\nIts lamps.",
    "original_title": "Lygtetænderen",
    "minutes": 96,
    "by": "Ada Winterbourne",
    "country": "Denmark, Norway",
}


def titles(folder: Path, *rows: dict[str, Any], options: tuple[str, ...] = ()) -> Said:
    return run(*options, a_file(folder, jsonl(rows), "titles.jsonl"), command="import_titles")


def a_picture(folder: Path, name: str = "lamp.png", size: tuple[int, int] = (480, 720), colour: str = "teal") -> str:
    (folder / name).parent.mkdir(exist_ok=True)
    Image.new("RGB", size, colour).save(folder / name)
    return name


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_title_comes_in_with_its_facts(suffix: str, tmp_path: Path) -> None:
    row = FULL | {"poster": a_picture(tmp_path)}
    file = a_file(tmp_path, jsonl([row]) if suffix == "jsonl" else as_csv([row]), f"titles.{suffix}")
    assert run(file, command="import_titles").figures == figures(added=1)
    title = Title.objects.get()
    assert (title.slug, title.search_text) == ("the-lamplighter-1974", "the lamplighter lygtetænderen ada winterbourne")
    assert (title.minutes, title.creators, title.countries) == (96, "Ada Winterbourne", "Denmark, Norway")
    assert (title.synopsis, title.original_title) == ("A town.\n\nIts lamps.", "Lygtetænderen")
    assert {genre.slug for genre in title.genres.all()} == {"drama", "science-fiction"}
    assert title.poster is not None
    assert Image.open(io.BytesIO(bytes(title.poster.large))).size == (480, 720)
    assert SiteFigures.objects.get().titles == 1


def test_importing_again_changes_what_changed(tmp_path: Path) -> None:
    row = FULL | {"poster": a_picture(tmp_path)}
    titles(tmp_path, row)
    assert titles(tmp_path, row).figures == figures(unchanged=1)
    for change in (
        {"minutes": 97},
        {"genres": "drama|Crime"},
        {"synopsis": "Another town."},
        {"poster": a_picture(tmp_path, "other.png", colour="maroon")},
    ):
        assert titles(tmp_path, row | change).figures == figures(changed=1)
        row |= change
    assert {genre.name for genre in Title.objects.get().genres.all()} == {"Drama", "Crime"}
    assert Poster.objects.count() == 2


def test_a_field_that_is_missing_or_empty_leaves_what_the_title_has(tmp_path: Path) -> None:
    titles(tmp_path, FULL | {"poster": a_picture(tmp_path)})
    bare = {"title": "The Lamplighter", "year": 1974}
    empty = dict.fromkeys(FULL, "") | {"poster": ""} | bare
    assert titles(tmp_path, bare, empty).figures == figures(unchanged=2)
    title = Title.objects.get()
    assert title.minutes == 96
    assert title.poster is not None
    assert title.genres.count() == 2


def test_figures_of_a_title_stay_when_its_facts_change(tmp_path: Path) -> None:
    a_review(a_title("The Lamplighter", year=1974), rating=8)
    assert titles(tmp_path, FULL).figures == figures(changed=1)
    assert stored() == recounted()
    assert Title.objects.get().review_count == 1


def test_the_same_title_twice_in_a_run_is_one(tmp_path: Path) -> None:
    said = titles(tmp_path, FULL, FULL | {"minutes": 97}, FULL | {"minutes": 97}, FULL | {"year": 1975})
    assert said.figures == figures(added=2, changed=1, unchanged=1)
    assert Title.objects.get(year=1974).minutes == 97


def test_genres_are_the_same_when_their_addresses_are(tmp_path: Path) -> None:
    Genre.objects.create(name="Sci-Fi")
    titles(tmp_path, FULL | {"genres": "sci fi | SCI-FI||  Crime &amp; Law "})
    assert set(Genre.objects.values_list("name", flat=True)) == {"Sci-Fi", "Crime & Law"}
    assert Title.objects.get().genres.count() == 2


def test_many_titles_come_in_several_batches(tmp_path: Path) -> None:
    rows = [{"title": f"Film {n % 2100}", "genres": f"Genre {n % 30}"} for n in range(4500)]
    assert titles(tmp_path, *rows).figures["added"] == 2100
    assert (Title.objects.count(), Genre.objects.count(), SiteFigures.objects.get().titles) == (2100, 30, 2100)


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"title": ""}, "title", "is missing"),
        ({"genres": "🎬"}, "genres", "has '🎬', which has no letter and no digit"),
        ({"genres": "|".join(f"g{n}" for n in range(21))}, "genres", "has 21 genres; it must have at most 20"),
        ({"genres": "g" * 61}, "genres", "has 61 characters; it must have at most 60"),
        ({"synopsis": "s" * (LONGEST_SYNOPSIS + 1)}, "synopsis", "has 20,001 characters"),
        ({"minutes": "0"}, "minutes", "is 0; it must be a whole number from 1 to 100000 or empty"),
        ({"minutes": "two hours"}, "minutes", "is 'two hours'; it must be a whole number"),
        ({"by": "b" * 301}, "by", "has 301 characters"),
        ({"country": "c" * 201}, "country", "has 201 characters"),
        ({"original_title": "o\0"}, "original_title", "has the control character U+0000"),
        ({"poster": "nowhere.png"}, "poster", "is 'nowhere.png'; there is no such file"),
        ({"poster": "."}, "poster", "is '.'; there is no such file"),
        ({"poster": "p" * 300}, "poster", "which cannot be read: File name too long"),
        ({"poster": "../lamp.png"}, "poster", "which lies outside the folder of the file"),
        ({"poster": "/etc/hostname"}, "poster", "which lies outside the folder of the file"),
        ({"poster": "titles.jsonl"}, "poster", "is no JPEG, PNG, WebP or AVIF picture"),
        ({"poster": "link.png"}, "poster", "which lies outside the folder of the file"),
    ],
)
def test_a_bad_row_is_reported(change: dict[str, Any], field: str, reason: str, tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    folder.mkdir()
    a_picture(tmp_path)
    (folder / "link.png").symlink_to(tmp_path / "lamp.png")
    said = titles(folder, FULL | change, {"title": "Another"})
    assert f"titles.jsonl:1: {field}: " in said
    assert reason in said
    assert (said.status, said.figures) == (1, figures(added=1, rejected=1))


def test_a_poster_may_lie_in_a_folder_below(tmp_path: Path) -> None:
    assert titles(tmp_path, FULL | {"poster": a_picture(tmp_path, "posters/lamp.jpeg")}).status == 0
    assert Poster.objects.count() == 1


@pytest.mark.parametrize("options", [("--dry-run",), ("--strict",)])
def test_a_dry_run_and_a_strict_run_with_a_bad_row_write_nothing(options: tuple[str, ...], tmp_path: Path) -> None:
    row = FULL | {"poster": a_picture(tmp_path)}
    said = titles(tmp_path, row, {"title": ""}, options=options)
    assert "Nothing was written" in said
    assert said.status == 1
    assert not any(model.objects.exists() for model in (Title, Genre, Poster))
    if options == ("--dry-run",):
        assert said.figures == figures(added=1, rejected=1)
