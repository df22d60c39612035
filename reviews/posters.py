"""Posters: any picture in, two small WebP files of one shape out, with nothing of the original kept.

What is stored was encoded here from decoded pixels, so it is a picture whatever came in, and tells nothing of the
camera, place or program that made it.
"""

import hashlib
import io
import struct
import zlib
from typing import NamedTuple

from django.conf import settings
from PIL import Image, ImageOps

from reviews.models import Poster

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
LARGE, SMALL = (480, 720), (216, 324)
# The part of a picture that becomes the large poster is scaled up to twice its size and no more.
LEAST = (LARGE[0] // 2, LARGE[1] // 2)
QUALITY, METHOD = 82, 6

# What Pillow's decoders raise for data that lies, beside OSError for data that ends too soon.
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class PosterRefused(ValueError):  # noqa: N818
    """Data that cannot become a poster; the words are for whoever sent it."""


class Rendered(NamedTuple):
    """A poster before it is stored. `digest` is the first half of the SHA-256 of both files."""

    digest: str
    large: bytes
    small: bytes


def store(data: bytes) -> Poster:
    """The poster made of an image file; the same picture is stored once. Raises `PosterRefused`."""
    rendered = render(data)
    poster, _ = Poster.objects.get_or_create(
        digest=rendered.digest, defaults={"large": rendered.large, "small": rendered.small}
    )
    return poster


def render(data: bytes) -> Rendered:
    """The image file (JPEG, PNG, WebP or AVIF; of several frames the first) as a poster. Raises `PosterRefused`."""
    if len(data) > settings.POSTER_MAX_BYTES:
        raise PosterRefused(f"has {len(data):,} bytes; {settings.POSTER_MAX_BYTES:,} are the most")
    picture = _decode(data)
    large, small = _encode(picture, LARGE), _encode(picture, SMALL)
    return Rendered(hashlib.sha256(large + small).hexdigest()[:32], large, small)


def _decode(data: bytes) -> Image.Image:
    """The upright picture, in RGB on white. Size and shape are looked at before the pixels are."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_size(*image.size)
            image.verify()
        # A verified image is used up.
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            image.load()
            return _on_white(ImageOps.exif_transpose(image))
    except PosterRefused:
        raise
    except BROKEN as problem:
        raise PosterRefused("is no JPEG, PNG, WebP or AVIF picture that can be read to its end") from problem


def _check_size(width: int, height: int) -> None:
    if width * height > settings.POSTER_MAX_PIXELS:
        raise PosterRefused(f"has {width} x {height} pixels; {settings.POSTER_MAX_PIXELS:,} in all are the most")
    # Either way up: a photograph may be stored on its side.
    if any(_part(*sides) < LEAST for sides in ((width, height), (height, width))):
        raise PosterRefused(f"has {width} x {height} pixels; {LEAST[0]} x {LEAST[1]} are the least")


def _part(width: int, height: int) -> tuple[int, int]:
    """How much of a picture of that size is left when it is cut to the shape of a poster."""
    wide, high = LARGE
    return min(width, height * wide // high), min(height, width * high // wide)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # 16 bits of grey; `convert` would take everything above 255 for white.
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    page = Image.new("RGBA", image.size, "white")
    page.alpha_composite(image)
    return page.convert("RGB")


def _encode(picture: Image.Image, size: tuple[int, int]) -> bytes:
    """The middle of the picture in that size."""
    # Pasted into a new image, which has none of the metadata that the encoder would copy.
    poster = Image.new("RGB", size)
    poster.paste(ImageOps.fit(picture, size, Image.Resampling.LANCZOS))
    file = io.BytesIO()
    poster.save(file, "WEBP", quality=QUALITY, method=METHOD)
    return file.getvalue()
