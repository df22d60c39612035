"""What every poster is drawn with: one flat canvas, outlines made of points, and type.

Measures are poster pixels (480 x 720, origin upper left) and may be fractions; angles are degrees, clockwise, and 0
points to twelve o'clock. Everything is drawn three times as large and reduced at the end, so that edges are clean.
"""

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from math import cos, hypot, radians, sin

from PIL import Image, ImageChops, ImageDraw, ImageFont

type Point = tuple[float, float]
type Outline = list[Point]

WIDTH = 480
HEIGHT = 720
MARGIN = 36
SCALE = 3

TITLE_SIZE = 30
CAP_HEIGHT = 0.7
"""Height of a capital in Pillow's built-in font (Aileron Regular), in parts of the type size."""

BOLD = 0.035
"""How much wider each upright is made on either side, in parts of the type size; the font has one weight only."""

FLAT = 0.42
"""How much of that the level strokes get; with all of it the dot of an i would grow together with its stem."""

ACCENTED = {"é": "e", "É": "E"}
"""Letters the built-in font lacks, drawn as the plain letter and the font's own acute accent above it."""

KERNING = {"To": -0.08, "Ve": -0.05, "Pa": -0.04, "Wa": -0.05, "Fe": -0.02, "Ro": -0.01, "y ": -0.02, "r ": -0.01}
"""Pairs that stand too far apart, in parts of the type size; Pillow reads no kerning from the built-in font."""


def circle(x: float, y: float, radius: float) -> Outline:
    """Return a circle about (x, y)."""
    return arc(x, y, radius, 0, 360)


def ellipse(x: float, y: float, across: float, down: float) -> Outline:
    """Return an ellipse about (x, y) with the half axes ``across`` and ``down``."""
    return [(x + px * across, y + py * down) for px, py in arc(0, 0, 1, 0, 360)]


def arc(x: float, y: float, radius: float, start: float, end: float) -> Outline:
    """Return points on a circle about (x, y) from the angle ``start`` to ``end``, against the clock if it is less."""
    steps = max(2, round(abs(end - start) / 2))
    angles = [radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + radius * sin(angle), y - radius * cos(angle)) for angle in angles]


def box(left: float, top: float, right: float, bottom: float) -> Outline:
    """Return a rectangle given by its four edges."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def curve(*points: Point) -> Outline:
    """Return points on joined cubic Bézier curves: a start, then two handles and an end for each curve."""
    result = [points[0]]
    for first in range(0, len(points) - 3, 3):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[first : first + 4]
        for step in range(1, 33):
            t = step / 32
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            result.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return result


def moved(outline: Iterable[Point], right: float, down: float) -> Outline:
    """Return the outline moved to the right and down."""
    return [(x + right, y + down) for x, y in outline]


def scaled(outline: Iterable[Point], factor: float, about: Point = (0, 0)) -> Outline:
    """Return the outline enlarged by ``factor`` about a fixed point."""
    cx, cy = about
    return [(cx + (x - cx) * factor, cy + (y - cy) * factor) for x, y in outline]


def turned(outline: Iterable[Point], angle: float, about: Point) -> Outline:
    """Return the outline turned clockwise about a fixed point."""
    cx, cy = about
    c, s = cos(radians(angle)), sin(radians(angle))
    return [(cx + (x - cx) * c - (y - cy) * s, cy + (x - cx) * s + (y - cy) * c) for x, y in outline]


def mirrored(outline: Iterable[Point], axis: float) -> Outline:
    """Return the outline mirrored at the upright line x = ``axis``."""
    return [(2 * axis - x, y) for x, y in outline]


class Canvas:
    """A poster in the making. Later shapes cover earlier ones; ``image`` returns the finished picture."""

    def __init__(self, ground: str) -> None:
        self._image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), ground)
        self._draw = ImageDraw.Draw(self._image)

    def fill(self, outline: Outline, colour: str, within: Outline | None = None) -> None:
        """Fill the outline with a flat colour; with ``within`` only where that outline covers it too."""
        if within is None:
            self._draw.polygon(_enlarged(outline), fill=colour)
        else:
            self._image.paste(colour, mask=ImageChops.darker(_mask(outline), _mask(within)))

    def rect(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """Fill a rectangle given by its four edges; rectangles that share an edge neither overlap nor gape."""
        x0, y0, x1, y1 = (round(edge * SCALE) for edge in (left, top, right, bottom))
        if x1 > x0 and y1 > y0:
            self._draw.rectangle((x0, y0, x1 - 1, y1 - 1), fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        """Fill a circle about (x, y)."""
        edges = (x - radius, y - radius, x + radius, y + radius)
        self._draw.ellipse([edge * SCALE for edge in edges], fill=colour)

    def ring(self, x: float, y: float, radius: float, width: float, colour: str) -> None:
        """Fill a ring about (x, y) whose outer edge has the given radius; what it encloses stays as it was."""
        inner = radius - width
        self.fill([*arc(x, y, radius, 0, 360), *arc(x, y, inner, 360, 0)], colour)

    def stroke(self, points: Outline, width: float, colour: str, *, blunt: bool = False) -> None:
        """Draw a line of even width through distinct points: round joints, and round ends unless it is ``blunt``."""
        for (x0, y0), (x1, y1) in pairwise(points):
            length = hypot(x1 - x0, y1 - y0)
            across, down = (y1 - y0) / length * width / 2, (x1 - x0) / length * width / 2
            side = [(x0 + across, y0 - down), (x1 + across, y1 - down), (x1 - across, y1 + down)]
            self.fill([*side, (x0 - across, y0 + down)], colour)
        for x, y in points[1:-1] if blunt else points:
            self.disc(x, y, width / 2, colour)

    def title(self, text: str, colour: str) -> None:
        """Set the title of the film: bold, in the upper left corner, its capitals touching both margins."""
        self.text(text, MARGIN, MARGIN + TITLE_SIZE * CAP_HEIGHT, TITLE_SIZE, colour)

    def text(self, text: str, left: float, baseline: float, size: float, colour: str, *, bold: float = BOLD) -> None:
        """Set one line of text, not empty, whose ink begins at ``left``.

        ``bold`` is the weight that is added, in parts of the size. Raises ValueError for a character the built-in
        font cannot show.
        """
        _Line(text, size, bold).draw(self._draw, left, baseline, colour, spread=0)

    def text_across(
        self, text: str, left: float, right: float, baseline: float, size: float, colour: str, *, bold: float = BOLD
    ) -> None:
        """Set one line of text, not empty, with its letters spaced out to reach from ``left`` to ``right``."""
        line = _Line(text, size, bold)
        line.draw(self._draw, left, baseline, colour, spread=(right - left - line.width) / max(1, len(text) - 1))

    def image(self) -> Image.Image:
        """Return the poster, 480 x 720, RGB."""
        return self._image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


class _Line:
    """One line of text, measured. ``width`` is the width of its ink in poster pixels."""

    def __init__(self, text: str, size: float, bold: float) -> None:
        self.font = _font(size * SCALE)
        self.size = size
        self.weight = bold * size
        self.glyphs = [(_plain(char), char in ACCENTED) for char in text]
        self.places: list[float] = []
        place = 0.0
        for index, (glyph, _) in enumerate(self.glyphs):
            place += KERNING.get(text[index - 1 : index + 1], 0.0) * size if index else 0.0
            self.places.append(place)
            place += self.font.getlength(glyph) / SCALE + 1.5 * self.weight
        self.left = self._ink(self.glyphs[0][0])[0] - self.weight
        last = self._ink(self.glyphs[-1][0])[1] + self.weight
        self.width = self.places[-1] + last - self.left

    def draw(self, draw: ImageDraw.ImageDraw, left: float, baseline: float, colour: str, spread: float) -> None:
        """Draw the line with its ink beginning at ``left`` and ``spread`` more between letters."""
        for index, ((glyph, accented), place) in enumerate(zip(self.glyphs, self.places, strict=True)):
            x = left - self.left + place + index * spread
            self._glyph(draw, glyph, x, baseline, colour)
            if accented:
                middle = sum(self._ink(glyph)) / 2 - sum(self._ink("´")) / 2
                lift = 0.19 * self.size if glyph.isupper() else 0.04 * self.size
                self._glyph(draw, "´", x + middle + 0.03 * self.size, baseline - lift, colour)

    def _glyph(self, draw: ImageDraw.ImageDraw, glyph: str, x: float, baseline: float, colour: str) -> None:
        stroke = self.weight * FLAT * SCALE
        aside = self.weight * SCALE - stroke
        for offset in (-aside, -aside / 2, 0, aside / 2, aside):
            place = (x * SCALE + offset, baseline * SCALE)
            draw.text(place, glyph, fill=colour, font=self.font, anchor="ls", stroke_width=stroke)

    def _ink(self, glyph: str) -> tuple[float, float]:
        """Return where the ink of a glyph begins and ends, counted from its origin."""
        mask = Image.new("L", (round(self.font.size * 2), round(self.font.size * 2)))
        pen = self.font.size / 2
        ImageDraw.Draw(mask).text((pen, pen * 2), glyph, fill=255, font=self.font, anchor="ls")
        ink = mask.getbbox() or (pen, 0, pen, 0)
        return (ink[0] - pen) / SCALE, (ink[2] - pen) / SCALE


def _plain(char: str) -> str:
    """Return the glyph that carries a character, or raise ValueError if the font has none."""
    glyph = ACCENTED.get(char, char)
    font = _font(TITLE_SIZE)
    if bytes(font.getmask(glyph)) == bytes(font.getmask("\ue000")):
        raise ValueError(f"the built-in font has no glyph for {char!r}")
    return glyph


@cache
def _font(size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType; the posters cannot be lettered")
    return font


def _enlarged(outline: Outline) -> list[tuple[float, float]]:
    """Return the outline in whole pixels of the large picture; Pillow would cut the fractions off."""
    return [(round(x * SCALE), round(y * SCALE)) for x, y in outline]


def _mask(outline: Outline) -> Image.Image:
    mask = Image.new("L", (WIDTH * SCALE, HEIGHT * SCALE))
    ImageDraw.Draw(mask).polygon(_enlarged(outline), fill=255)
    return mask
