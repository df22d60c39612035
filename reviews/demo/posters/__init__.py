"""Posters of the demo's films, drawn on the spot: flat shapes, two to four colours, one idea each."""

from PIL import Image

from . import before_1940, from_1940, from_1954, from_1960

__all__ = ["SLUGS", "draw"]

_POSTERS = {**before_1940.POSTERS, **from_1940.POSTERS, **from_1954.POSTERS, **from_1960.POSTERS}

SLUGS: tuple[str, ...] = tuple(_POSTERS)
"""Every film that has a poster, oldest first."""


def draw(slug: str) -> Image.Image:
    """Return the poster of a film, 480 x 720, RGB, the same picture at every call.

    Raises KeyError if there is none; ``SLUGS`` names those there are.
    """
    return _POSTERS[slug]().image()
