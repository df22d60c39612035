"""Posters of films from 1954 to 1959. Each function draws one; what it shows is said in its first line."""

from collections.abc import Callable
from math import cos, radians, sin

from .canvas import HEIGHT, WIDTH, Canvas, box, curve, ellipse, moved, scaled, turned


def seven_samurai() -> Canvas:
    """The banner of the film: six circles for six samurai and a triangle for the seventh."""
    ground, mark, seventh = "#c03a2b", "#f3e9d6", "#1d1614"
    canvas = Canvas(ground)
    for row in range(2):
        for column in range(3):
            canvas.disc(96 + column * 144, 240 + row * 144, 60, mark)
    canvas.fill([(240, 468), (308, 588), (172, 588)], seventh)
    canvas.title("Seven Samurai", mark)
    return canvas


def ordet() -> Canvas:
    """A ring rises behind bare hills."""
    ground, ring, far, near = "#e7e2d4", "#262b2b", "#81977f", "#33493f"
    canvas = Canvas(ground)
    canvas.ring(276, 370, 146, 38, ring)
    canvas.fill([*curve((0, 490), (120, 420), (300, 500), (480, 430)), (480, 720), (0, 720)], far)
    canvas.fill([*curve((0, 570), (160, 600), (330, 520), (480, 590)), (480, 720), (0, 720)], near)
    canvas.title("Ordet", ring)
    return canvas


def pather_panchali() -> Canvas:
    """White plumes of kash grass lean in the wind."""
    ground, plume, stem = "#7f9a52", "#f5f0df", "#2b3a22"
    canvas = Canvas(ground)
    for x, y, size in ((58, 540, 0.85), (140, 390, 1.0), (222, 490, 0.9), (304, 310, 1.2), (386, 440, 1.0)):
        canvas.stroke(curve((x - 20, HEIGHT), (x - 20, y + 160), (x - 12, y + 60), (x, y)), 6, stem)
        feather = curve((0, 10), (-24, -40), (-20, -120), (50, -186), (48, -120), (34, -40), (0, 10))
        canvas.fill(moved(scaled(feather, size), x, y), plume)
    canvas.title("Pather Panchali", plume)
    return canvas


def twelve_angry_men() -> Canvas:
    """A table from above with twelve chairs; one has been pushed back."""
    ground, table, chair, other = "#dd6a35", "#f4e6cd", "#2c1d19", "#f4e6cd"
    canvas = Canvas(ground)
    canvas.rect(170, 220, 310, 580, table)
    for place in range(5):
        y = 236 + place * 68
        canvas.rect(104, y, 154, y + 56, chair)
        if place == 2:
            canvas.fill(turned(box(360, y, 410, y + 56), 20, (385, y + 28)), other)
        else:
            canvas.rect(326, y, 376, y + 56, chair)
    canvas.rect(212, 154, 268, 204, chair)
    canvas.rect(212, 596, 268, 646, chair)
    canvas.title("12 Angry Men", chair)
    return canvas


def the_seventh_seal() -> Canvas:
    """Death and a knight face each other over a chess board."""
    ground, ink, pale = "#bfc8c7", "#16181a", "#f1f1ea"
    canvas = Canvas(ground)
    for row in range(3):
        for column in range(6):
            canvas.rect(column * 80, 480 + row * 80, column * 80 + 80, 560 + row * 80, (ink, pale)[(row + column) % 2])
    canvas.fill(curve((36, 480), (80, 400), (40, 170), (140, 170), (240, 170), (200, 400), (244, 480)), ink)
    canvas.fill(ellipse(140, 248, 34, 44), pale)
    canvas.fill([(326, 480), (348, 388), (372, 388), (394, 480)], pale)
    canvas.rect(326, 380, 394, 394, pale)
    canvas.disc(360, 350, 38, pale)
    canvas.title("The Seventh Seal", ink)
    return canvas


def vertigo() -> Canvas:
    """A stairwell from above: squares that turn as they sink."""
    ground, light, fall = "#1d6b52", "#e9c7cb", "#d23c2a"
    canvas = Canvas(ground)
    middle = (240.0, 430.0)
    side, step = 204.0, 16.0
    for level in range(7):
        x, y = middle
        square = box(x - side, y - side, x + side, y + side)
        canvas.fill(turned(square, level * step, middle), (light, ground)[level % 2])
        side /= cos(radians(step)) + sin(radians(step))
    canvas.disc(*middle, 15, fall)
    canvas.title("Vertigo", light)
    return canvas


def the_400_blows() -> Canvas:
    """Footprints across the sand; the sea is where they end."""
    sand, sea, trace = "#ead9b4", "#34749a", "#2a3940"
    canvas = Canvas(sand)
    shore = curve((0, 250), (80, 300), (150, 210), (240, 250), (330, 290), (400, 200), (480, 240))
    canvas.fill([(0, 0), *shore, (WIDTH, 0)], sea)
    sole = curve((12, 10), (22, -14), (26, -48), (0, -48), (-26, -48), (-22, -14), (-12, 10))
    heel = curve((13, 18), (16, 54), (-16, 54), (-13, 18))
    for step in range(6):
        x, y = 104 + step * 46, 656 - step * 70
        aside = 22 if step % 2 else -22
        for part in (sole, heel):
            canvas.fill(turned(moved(part, x + aside, y), 32, (x, y)), trace)
    canvas.title("The 400 Blows", sand)
    return canvas


POSTERS: dict[str, Callable[[], Canvas]] = {
    "seven-samurai-1954": seven_samurai,
    "ordet-1955": ordet,
    "pather-panchali-1955": pather_panchali,
    "12-angry-men-1957": twelve_angry_men,
    "the-seventh-seal-1957": the_seventh_seal,
    "vertigo-1958": vertigo,
    "the-400-blows-1959": the_400_blows,
}
