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

# What Pillow's decoders raise for data that lies or ends too soon; they have no error of their own in common.
BROKEN = (
    OSError,
    RuntimeError,
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


def store(rendered: Rendered) -> Poster:
    """The poster as it is kept; the same picture is stored once."""
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
    """The upright picture, in RGB on white. How many pixels there are is looked at before the pixels are."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_most(image.width, image.height)
            image.verify()
        # A verified image is used up.
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            image.load()
            upright = ImageOps.exif_transpose(image)
            _check_least(upright.width, upright.height)
            return _on_white(upright)
    except PosterRefused:
        raise
    except BROKEN as problem:
        raise PosterRefused("is no JPEG, PNG, WebP or AVIF picture that can be read to its end") from problem


def _check_most(width: int, height: int) -> None:
    if width * height > settings.POSTER_MAX_PIXELS:
        raise PosterRefused(f"has {width} x {height} pixels; {settings.POSTER_MAX_PIXELS:,} in all are the most")


def _check_least(width: int, height: int) -> None:
    if width < LEAST[0] or height < LEAST[1]:
        raise PosterRefused(f"has {width} x {height} pixels; {LEAST[0]} x {LEAST[1]} are the least")


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
