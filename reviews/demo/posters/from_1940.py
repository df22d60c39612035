"""Posters of films from 1941 to 1953. Each function draws one; what it shows is said in its first line."""

from collections.abc import Callable
from math import cos, radians, sin

from .canvas import HEIGHT, WIDTH, Canvas, Outline, Point, arc, box, circle, curve, ellipse, mirrored, scaled, turned


def citizen_kane() -> Canvas:
    """A glass ball with a hut and snow in it."""
    ground, glass, ink = "#b9475a", "#f3ece0", "#241a1f"
    canvas = Canvas(ground)
    canvas.disc(240, 350, 168, glass)
    canvas.rect(190, 380, 290, 460, ink)
    canvas.fill([(170, 384), (240, 316), (310, 384)], ink)
    canvas.rect(226, 410, 254, 460, glass)
    for x, y in ((150, 280), (196, 236), (250, 266), (306, 240), (340, 306), (126, 350), (356, 382), (296, 300)):
        canvas.disc(x, y, 8, ground)
    canvas.fill(box(0, 460, WIDTH, HEIGHT), ink, within=circle(240, 350, 168))
    canvas.fill([(104, 500), (376, 500), (404, 608), (76, 608)], ink)
    canvas.title("Citizen Kane", glass)
    return canvas


def casablanca() -> Canvas:
    """A Moorish doorway full of night, and the aeroplane to Lisbon in it."""
    ground, brick, night, plane = "#e8bf9f", "#c2603f", "#1f2950", "#f8efdd"
    canvas = Canvas(ground)
    middle = (240.0, 370.0)
    canvas.fill([middle, *arc(*middle, 204, -126, 126)], plane)
    for start in range(-126, 126, 24):
        canvas.fill([middle, *arc(*middle, 204, start, start + 12)], brick)
    canvas.disc(*middle, 142, night)
    canvas.rect(128, 450, 352, HEIGHT, night)
    half = curve((240, 296), (247, 296), (250, 310), (250, 330))
    half += [(250, 346), (324, 360), (324, 372), (250, 378), (246, 424), (272, 431), (272, 442), (240, 440)]
    engine = box(268, 332, 279, 366)
    for outline in ([*half, *reversed(mirrored(half, 240))], engine, mirrored(engine, 240)):
        canvas.fill(turned(outline, 52, (240, 368)), plane)
    canvas.title("Casablanca", night)
    return canvas


def bicycle_thieves() -> Canvas:
    """A bicycle; where its front wheel was there are dots."""
    ground, ink, gone = "#d6be8c", "#2b241c", "#b5442c"
    canvas = Canvas(ground)
    rear, front, seat, crank, head = (128, 500), (352, 500), (188, 380), (226, 500), (316, 384)
    for dot in range(20):
        angle = radians(dot * 18)
        canvas.disc(front[0] + 85 * sin(angle), front[1] - 85 * cos(angle), 7, gone)
    canvas.ring(*rear, 92, 16, ink)
    frame: list[list[Point]] = [
        [rear, seat, head, crank, rear],
        [crank, seat, (178, 354)],
        [front, head, (306, 340)],
        [(276, 336), (306, 340), (330, 322)],
        [(154, 352), (202, 352)],
    ]
    for tube in frame:
        canvas.stroke(tube, 14, ink)
    canvas.disc(*crank, 18, ink)
    canvas.title("Bicycle Thieves", ink)
    return canvas


def the_third_man() -> Canvas:
    """The shadow of a man in a hat, thrown long across a pale wall."""
    ground, ink = "#dcdfdc", "#15181b"
    canvas = Canvas(ground)

    def thrown(outline: Outline) -> Outline:
        """Lay a figure (x from -1 to 1, y up from 0 to 1) along the way its shadow falls."""
        return [(30 + 310 * y + x * (38 + 118 * y), 720 - 590 * y) for x, y in outline]

    legs = [(-0.75, 0.0), (-0.35, 0.0), (0.0, 0.3), (0.35, 0.0), (0.75, 0.0), (0.5, 0.4), (-0.5, 0.4)]
    coat = [(-0.8, 0.26), (-0.62, 0.56), (-0.86, 0.7), (-0.6, 0.75), (-0.16, 0.79), (0.16, 0.79), (0.6, 0.75),
            (0.86, 0.7), (0.62, 0.56), (0.8, 0.26)]  # fmt: skip
    head = [(-0.16, 0.76), (-0.26, 0.86), (0.26, 0.86), (0.16, 0.76)]
    brim = curve((-0.62, 0.878), (-0.3, 0.83), (0.3, 0.83), (0.62, 0.878), (0.3, 0.872), (-0.3, 0.872), (-0.62, 0.878))
    crown = curve((-0.34, 0.86), (-0.36, 0.99), (-0.1, 0.99), (0.0, 0.965), (0.1, 0.99), (0.36, 0.99), (0.34, 0.86))
    for outline in (legs, coat, head, brim, crown):
        canvas.fill(thrown(outline), ink)
    canvas.title("The Third Man", ink)
    return canvas


def rashomon() -> Canvas:
    """One sun over a forest, cut into four accounts that do not agree."""
    ground, sun = "#24463a", "#efe3b4"
    canvas = Canvas(ground)
    for strip, (shift, colour) in enumerate(((40, sun), (-50, sun), (90, "#d98e3f"), (-10, sun))):
        left = 36 + strip * 104
        canvas.fill(circle(240, 400 + shift, 204), colour, within=box(left, 0, left + 96, HEIGHT))
    canvas.title("Rashomon", sun)
    return canvas


def ikiru() -> Canvas:
    """A man in a hat on a child's swing, and snow."""
    ground, ink, snow = "#4b6278", "#141c25", "#f1f1ec"
    canvas = Canvas(ground)
    for x, y in ((60, 150), (250, 120), (400, 170), (120, 270), (340, 260), (50, 400), (426, 380), (240, 250),
                 (110, 520), (400, 520), (60, 640), (200, 664), (340, 640), (440, 670)):  # fmt: skip
        canvas.disc(x, y, 10, snow)
    canvas.rect(166, 0, 174, 540, ink)
    canvas.rect(306, 0, 314, 540, ink)
    canvas.rect(150, 540, 330, 556, ink)
    body = curve((192, 541), (176, 480), (184, 420), (240, 416), (296, 420), (304, 480), (288, 541))
    canvas.fill(body, ink)
    canvas.disc(240, 390, 30, ink)
    canvas.fill(ellipse(240, 376, 54, 9), ink)
    canvas.fill(curve((208, 376), (206, 336), (226, 336), (240, 342), (254, 336), (274, 336), (272, 376)), ink)
    canvas.rect(206, 550, 230, 616, ink)
    canvas.rect(250, 550, 274, 616, ink)
    canvas.title("Ikiru", snow)
    return canvas


def the_wages_of_fear() -> Canvas:
    """A lorry on a slope that is too steep for what it carries."""
    ground, ink, load = "#efb431", "#221a14", "#c5371f"
    canvas = Canvas(ground)
    canvas.fill([(0, 640), (WIDTH, 330), (WIDTH, HEIGHT), (0, HEIGHT)], ink)
    pivot = (240.0, 485.0)
    lorry: list[tuple[Outline, str]] = [
        (box(130, 440, 340, 458), ink),
        (box(280, 384, 330, 450), ink),
        (box(330, 408, 366, 458), ink),
        (box(138, 384, 268, 440), load),
        (circle(172, 462, 24), ink),
        (circle(318, 462, 24), ink),
    ]
    for outline, colour in lorry:
        canvas.fill(turned(scaled(outline, 1.2, pivot), -32.9, pivot), colour)
    canvas.title("The Wages of Fear", ink)
    return canvas


def tokyo_story() -> Canvas:
    """A red sun over a low sea wall, on which two people sit."""
    ground, sun, ink = "#f2e8d8", "#c4402f", "#22333f"
    canvas = Canvas(ground)
    canvas.disc(300, 300, 126, sun)
    canvas.rect(0, 590, WIDTH, HEIGHT, ink)
    for x, height in ((96, 62), (142, 54)):
        top = 590 - height
        canvas.fill([(x - 20, 591), *arc(x, top + 20, 20, 270, 450), (x + 20, 591)], ink)
        canvas.disc(x, top - 10, 13, ink)
    canvas.title("Tokyo Story", ink)
    return canvas


POSTERS: dict[str, Callable[[], Canvas]] = {
    "citizen-kane-1941": citizen_kane,
    "casablanca-1942": casablanca,
    "bicycle-thieves-1948": bicycle_thieves,
    "the-third-man-1949": the_third_man,
    "rashomon-1950": rashomon,
    "ikiru-1952": ikiru,
    "the-wages-of-fear-1953": the_wages_of_fear,
    "tokyo-story-1953": tokyo_story,
}
