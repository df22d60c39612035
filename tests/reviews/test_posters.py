"""What may become a poster, what is made of it, and that nothing of the original is kept."""

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pytest_django import Settings

from reviews.models import Poster
from reviews.posters import PosterRefused, render, store

RED, WHITE = (200, 30, 30), (255, 255, 255)


def a_file(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def a_picture(width: int = 600, height: int = 900, mode: str = "RGB", colour: Any = RED) -> Image.Image:
    return Image.new(mode, (width, height), colour)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def colour_at(image: Image.Image, x: float, y: float) -> tuple[int, int, int]:
    """The colour at that part of the width and height."""
    found = image.convert("RGB").getpixel((int(x * (image.width - 1)), int(y * (image.height - 1))))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def is_near(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 25 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("size", [(600, 900), (240, 360), (3000, 1000), (400, 4000)])
def test_any_shape_becomes_a_poster_of_two_sizes(form: str, size: tuple[int, int]) -> None:
    made = render(a_file(a_picture(*size), form))
    assert (opened(made.large).size, opened(made.small).size) == ((480, 720), (216, 324))
    assert {opened(data).format for data in (made.large, made.small)} == {"WEBP"}
    assert is_near(colour_at(opened(made.large), 0.5, 0.5), RED)
    assert len(made.digest) == 32


def test_the_middle_of_a_wide_picture_is_kept() -> None:
    picture = a_picture(1800, 900, colour="blue")
    picture.paste(RED, (600, 0, 1200, 900))
    large = opened(render(a_file(picture)).large)
    assert all(is_near(colour_at(large, x, y), RED) for x in (0.02, 0.5, 0.98) for y in (0.02, 0.98))


@pytest.mark.parametrize(
    ("mode", "colour", "seen"),
    [
        ("RGBA", (0, 0, 0, 0), WHITE),
        ("RGBA", (*RED, 255), RED),
        ("LA", (0, 0), WHITE),
        ("P", 0, (0, 0, 0)),
        ("L", 128, (128, 128, 128)),
        ("1", 1, WHITE),
        ("I;16", 32768, (128, 128, 128)),
    ],
)
def test_every_kind_of_pixel_becomes_rgb_on_white(mode: str, colour: Any, seen: tuple[int, int, int]) -> None:
    assert is_near(colour_at(opened(render(a_file(a_picture(mode=mode, colour=colour))).large), 0.5, 0.5), seen)


def test_ink_becomes_light() -> None:
    cmyk = a_picture(mode="CMYK", colour=(0, 255, 255, 0))
    assert is_near(colour_at(opened(render(a_file(cmyk, "JPEG")).large), 0.5, 0.5), (255, 0, 0))


def test_a_picture_that_lies_on_its_side_is_turned_up() -> None:
    picture = a_picture(900, 600, colour="blue")
    picture.paste(RED, (0, 0, 450, 600))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn it clockwise
    large = opened(render(a_file(picture, "JPEG", exif=exif)).large)
    assert is_near(colour_at(large, 0.5, 0.1), RED)
    assert is_near(colour_at(large, 0.5, 0.9), (0, 0, 255))


def test_no_metadata_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "a camera and where it was"
    data = a_file(a_picture(), "JPEG", exif=exif, icc_profile=b"a profile", comment=b"a comment")
    made = render(data)
    for file in (made.large, made.small):
        assert not {"exif", "icc_profile", "xmp", "comment"} & opened(file).info.keys()
        assert b"camera" not in file


def test_of_an_animation_the_first_picture_is_taken() -> None:
    data = a_file(a_picture(), "WEBP", save_all=True, append_images=[a_picture(colour="blue")], duration=100)
    made = opened(render(data).large)
    assert is_near(colour_at(made, 0.5, 0.5), RED)
    assert getattr(made, "n_frames", 1) == 1


def a_png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


GOOD_PNG, GOOD_JPEG = a_file(Image.effect_noise((600, 900), 60)), a_file(a_picture(), "JPEG")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is no JPEG, PNG, WebP or AVIF picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no JPEG, PNG, WebP or AVIF picture"),
        (a_file(a_picture(), "GIF"), "is no JPEG, PNG, WebP or AVIF picture"),
        (a_file(a_picture(), "TIFF"), "is no JPEG, PNG, WebP or AVIF picture"),
        (GOOD_PNG[: len(GOOD_PNG) // 2], "that can be read to its end"),
        (GOOD_JPEG[: len(GOOD_JPEG) // 2], "that can be read to its end"),
        (a_png_that_claims(600, 900), "that can be read to its end"),
        (a_png_that_claims(5000, 5000), "has 5000 x 5000 pixels; 20,000,000 in all are the most"),
        (a_png_that_claims(100_000, 100_000), "that can be read to its end"),
        (a_file(a_picture(239, 400)), "has 239 x 400 pixels; 240 x 360 are the least"),
        (a_file(a_picture(5000, 300)), "has 5000 x 300 pixels; 240 x 360 are the least"),
    ],
)
def test_what_is_no_picture_or_no_poster_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(PosterRefused, match=reason):
        render(data)


def test_a_file_that_is_too_big_is_refused_unread(settings: Settings) -> None:
    settings.POSTER_MAX_BYTES = 1000
    with pytest.raises(PosterRefused, match="has 1,001 bytes; 1,000 are the most"):
        render(b"x" * 1001)


@given(place=st.integers(0, len(GOOD_JPEG) - 1), junk=st.binary(min_size=1, max_size=8), form=st.sampled_from("jp"))
def test_damaged_files_are_refused_or_read_but_never_crash(place: int, junk: bytes, form: str) -> None:
    good = GOOD_JPEG if form == "j" else GOOD_PNG
    try:
        made = render(good[:place] + junk + good[place + len(junk) :])
    except PosterRefused:
        return
    assert opened(made.large).size == (480, 720)


@pytest.mark.django_db
def test_the_same_picture_is_stored_once() -> None:
    first, again = (store(render(a_file(a_picture()))) for _ in range(2))
    other = store(render(a_file(a_picture(colour="blue"))))
    assert first == again != other
    assert Poster.objects.count() == 2
