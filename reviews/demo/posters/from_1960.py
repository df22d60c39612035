"""Posters of films from 1962 to 2004. Each function draws one; what it shows is said in its first line."""

from collections.abc import Callable

from .canvas import HEIGHT, MARGIN, WIDTH, Canvas, Outline, arc, box, curve, ellipse, moved, turned


def cleo_from_5_to_7() -> Canvas:
    """A clock face; the slice from five to seven slips out of it."""
    ground, face, slice_ = "#2c4d9c", "#f3ead8", "#ee8462"
    canvas = Canvas(ground)
    x, y, radius = 240.0, 350.0, 172.0
    canvas.fill([(x, y), *arc(x, y, radius, 210, 510)], face)
    canvas.fill(moved([(x, y), *arc(x, y, radius, 150, 210)], 0, 70), slice_)
    canvas.title("Cléo from 5 to 7", face)
    return canvas


def persona() -> Canvas:
    """One head, two women: a dark profile and a light one share the same line."""
    ground, dark, light = "#cba79d", "#1b1a1c", "#f0ebe2"
    canvas = Canvas(ground)
    head = ellipse(240, 400, 164, 232)
    canvas.fill(head, dark)
    profile = curve(
        (252, 160),
        (250, 250), (262, 300), (252, 340),
        (240, 370), (206, 430), (212, 440),
        (222, 452), (240, 448), (238, 458),
        (236, 470), (222, 480), (224, 488),
        (226, 494), (236, 496), (234, 502),
        (232, 510), (226, 520), (230, 528),
        (236, 536), (246, 540), (244, 556),
        (240, 590), (250, 620), (252, 650),
    )  # fmt: skip
    canvas.fill([*profile, (WIDTH, 650), (WIDTH, 160)], light, within=head)
    canvas.fill(ellipse(164, 372, 34, 14), light)
    canvas.fill(ellipse(318, 372, 34, 14), dark)
    canvas.title("Persona", dark)
    return canvas


def playtime() -> Canvas:
    """A façade of equal windows, and one that leans."""
    ground, pane, other = "#8fa3ad", "#dfe6e6", "#e0503c"
    canvas = Canvas(ground)
    for row in range(6):
        for column in range(5):
            x, y = MARGIN + column * 84, 192 + row * 84
            if (row, column) == (3, 3):
                canvas.fill(turned(box(x, y, x + 72, y + 72), 14, (x + 36, y + 36)), other)
            else:
                canvas.rect(x, y, x + 72, y + 72, pane)
    canvas.title("Playtime", "#1d2a31")
    return canvas


def space_odyssey() -> Canvas:
    """The monolith, four by nine, at dawn."""
    ground, stone, sun = "#b7b2d3", "#131318", "#f59a5c"
    canvas = Canvas(ground)
    canvas.disc(240, 640, 204, sun)
    canvas.rect(0, 640, WIDTH, HEIGHT, stone)
    canvas.rect(160, 280, 320, 640, stone)
    canvas.title("2001: A Space Odyssey", stone)
    return canvas


def stalker() -> Canvas:
    """Rails run into the Zone, up to a pale disc."""
    ground, rail, disc = "#4b4a2b", "#bfb273", "#e6dcab"
    canvas = Canvas(ground)
    x, y = 300.0, 330.0
    canvas.disc(x, y - 72, 74, disc)
    canvas.fill([(x - 3, y), (x + 3, y), (110, HEIGHT), (60, HEIGHT)], rail)
    canvas.fill([(x - 3, y), (x + 3, y), (440, HEIGHT), (390, HEIGHT)], rail)
    for sleeper in range(1, 12):
        depth = 1 / (0.85 + sleeper * 0.42)
        top, bottom = y + 400 * depth, y + 400 * depth * (1 + 0.13 * depth)
        canvas.fill(
            [
                (x - 300 * (top - y) / 390, top),
                (x + 180 * (top - y) / 390, top),
                (x + 180 * (bottom - y) / 390, bottom),
                (x - 300 * (bottom - y) / 390, bottom),
            ],
            rail,
        )
    canvas.title("Stalker", disc)
    return canvas


def babettes_feast() -> Canvas:
    """A place laid for a guest."""
    ground, plate, gold = "#7b2c32", "#f4ece0", "#cb9a41"
    canvas = Canvas(ground)
    canvas.disc(240, 410, 132, plate)
    canvas.ring(240, 410, 94, 4, ground)
    canvas.fill(curve((240, 340), (290, 384), (290, 436), (240, 480), (190, 436), (190, 384), (240, 340)), gold)
    for x in (40, 54.7, 69.3, 84):
        canvas.stroke([(x, 278), (x, 340)], 8, gold)
    canvas.fill([(36, 336), (88, 336), *arc(62, 350, 26, 90, 270)], gold)
    canvas.stroke([(62, 370), (62, 536)], 14, gold)
    canvas.fill(curve((408, 274), (436, 290), (444, 330), (444, 410), (444, 424), (432, 424), (408, 424)), gold)
    canvas.stroke([(415, 410), (415, 536)], 14, gold)
    canvas.title("Babette’s Feast", plate)
    return canvas


def the_celebration() -> Canvas:
    """A glass raised for a toast; a piece breaks out of it."""
    ground, glass, shard = "#e8d084", "#1f3639", "#c5472f"
    canvas = Canvas(ground)
    bowl = curve((140, 180), (140, 330), (170, 430), (240, 440), (310, 430), (340, 330), (340, 180))
    crack = [(236.0, 180.0), (262.0, 250.0), (232.0, 290.0), (300.0, 360.0), (480.0, 400.0), (480.0, 0.0), (236, 0)]
    canvas.fill(bowl, glass)
    canvas.fill(crack, ground)
    pivot = (300.0, 260.0)
    canvas.fill(moved(turned(bowl, 16, pivot), 46, -14), shard, within=moved(turned(crack, 16, pivot), 46, -14))
    canvas.rect(232, 430, 248, 630, glass)
    canvas.rect(160, 624, 320, 640, glass)
    canvas.title("The Celebration", glass)
    return canvas


def _numeral(canvas: Canvas, left: float, bone: str, blood: str, level: Outline, drips: Outline) -> None:
    """Draw a Roman I, 192 wide, dipped in blood up to ``level``; each of ``drips`` is a place and a length."""
    canvas.rect(left, 160, left + 192, 204, bone)
    canvas.rect(left + 46, 160, left + 146, 590, bone)
    canvas.fill([*moved(level, left + 46, 0), (left + 146, 600), (left + 46, 600)], blood)
    canvas.rect(left, 570, left + 192, 614, blood)
    for place, length in drips:
        x = left + place
        canvas.fill(
            [
                *curve((x - 24, 613), (x - 14, 613), (x - 10, 618), (x - 10, 630)),
                *arc(x, 614 + length, 10, 270, 90),
                *curve((x + 10, 630), (x + 10, 618), (x + 14, 613), (x + 24, 613)),
            ],
            blood,
        )


def pusher() -> Canvas:
    """The Roman numeral I dipped in red; the place of the second is still empty."""
    bone, petrol, red = "#ece6d9", "#0f2a2c", "#d8432a"
    canvas = Canvas(bone)
    canvas.text_across("PUSHER", MARGIN, WIDTH - MARGIN, 82, 62, petrol, bold=0.045)
    level = curve((0, 500), (30, 516), (66, 470), (100, 480))
    _numeral(canvas, 36, petrol, red, level, [(120, 50)])
    return canvas


def pusher_ii() -> Canvas:
    """The Roman numeral II dipped in red."""
    petrol, bone, red = "#0f2a2c", "#ece6d9", "#d8432a"
    canvas = Canvas(petrol)
    canvas.text_across("PUSHER", MARGIN, WIDTH - MARGIN, 82, 62, bone, bold=0.045)
    canvas.text_across("With Blood on My Hands", MARGIN, WIDTH - MARGIN, 118, 19, bone, bold=0.015)
    _numeral(canvas, 36, bone, red, curve((0, 470), (30, 486), (66, 440), (100, 430)), [(72, 60)])
    _numeral(canvas, 252, bone, red, curve((0, 420), (20, 340), (60, 330), (100, 380)), [(66, 80), (128, 30)])
    return canvas


POSTERS: dict[str, Callable[[], Canvas]] = {
    "cleo-from-5-to-7-1962": cleo_from_5_to_7,
    "persona-1966": persona,
    "playtime-1967": playtime,
    "2001-a-space-odyssey-1968": space_odyssey,
    "stalker-1979": stalker,
    "babettes-feast-1987": babettes_feast,
    "pusher-1996": pusher,
    "the-celebration-1998": the_celebration,
    "pusher-ii-2004": pusher_ii,
}
