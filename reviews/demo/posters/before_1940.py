"""Posters of films from 1922 to 1937. Each function draws one; what it shows is said in its first line."""

from collections.abc import Callable

from .canvas import HEIGHT, WIDTH, Canvas, arc, circle, curve, ellipse, mirrored, moved, turned


def nosferatu() -> Canvas:
    """The shadow of a hand with long nails closes over something pale."""
    ground, ink, light = "#a9b18c", "#191b18", "#f2eedf"
    canvas = Canvas(ground)
    canvas.disc(178, 424, 104, light)
    canvas.fill(curve((480, 720), (450, 640), (440, 560), (360, 500), (340, 440), (350, 390), (392, 350),
                      (440, 340), (470, 420), (480, 520)), ink)  # fmt: skip
    for base, up, over, tip in (
        ((404, 370), (384, 240), (250, 190), (150, 300)),
        ((380, 384), (340, 290), (200, 240), (84, 372)),
        ((368, 410), (320, 340), (190, 320), (70, 452)),
        ((364, 440), (310, 400), (210, 400), (106, 524)),
        ((384, 486), (350, 540), (290, 570), (204, 560)),
    ):
        outer = curve((base[0], base[1] - 24), up, over, tip)
        inner = curve((base[0], base[1] + 24), (up[0], up[1] + 60), (over[0] + 20, over[1] + 40), tip)
        canvas.fill([*outer, *reversed(inner)], ink)
    canvas.title("Nosferatu", ink)
    return canvas


def the_general() -> Canvas:
    """A locomotive, and the white smoke that it leaves behind."""
    ground, ink, wheel, smoke = "#8db6b4", "#1c2a33", "#b93a2b", "#f2eee2"
    canvas = Canvas(ground)
    canvas.disc(94, 196, 58, smoke)
    canvas.disc(210, 250, 44, smoke)
    canvas.disc(298, 304, 30, smoke)
    canvas.fill([(312, 352), (404, 352), (376, 400), (376, 470), (340, 470), (340, 400)], ink)
    canvas.disc(250, 456, 26, ink)
    canvas.rect(150, 456, 424, 590, ink)
    canvas.rect(36, 396, 170, 590, ink)
    canvas.rect(18, 380, 188, 402, ink)
    canvas.rect(66, 426, 140, 480, ground)
    canvas.fill([(424, 566), (476, 660), (380, 660), (380, 566)], ink)
    for x in (104, 230):
        canvas.disc(x, 604, 56, wheel)
        canvas.disc(x, 604, 13, ink)
    for x in (322, 386):
        canvas.disc(x, 632, 28, wheel)
    canvas.rect(0, 660, WIDTH, 672, ink)
    canvas.title("The General", ink)
    return canvas


def metropolis() -> Canvas:
    """A tower of brass piers, stepped up to a point."""
    ground, brass, dim = "#151a22", "#d6a94d", "#8a6a33"
    canvas = Canvas(ground)
    tops = (600, 520, 420, 340, 230, 130)
    for step, top in enumerate(tops):
        left = 36 + step * 34
        colour = brass if step % 2 else dim
        canvas.rect(left, top, left + 34, HEIGHT, colour)
        canvas.rect(WIDTH - left - 34, top, WIDTH - left, HEIGHT, colour)
    canvas.title("Metropolis", "#efe7d3")
    return canvas


def sunrise() -> Canvas:
    """Two suns rise from a lake; where they are one it is brightest."""
    ground, coral, gold, both = "#27566b", "#e2694c", "#f0ab45", "#f8ebcb"
    canvas = Canvas(ground)
    left, right = circle(180, 440, 144), circle(300, 440, 144)
    canvas.fill(left, coral)
    canvas.fill(right, gold)
    canvas.fill(left, both, within=right)
    canvas.rect(0, 440, WIDTH, HEIGHT, ground)
    for step, (begin, end) in enumerate(((36, 444), (84, 396), (132, 348), (180, 300))):
        y = 466 + step * 46
        canvas.rect(begin, y, end, y + 18, (coral, gold, coral, gold)[step])
    canvas.title("Sunrise", both)
    return canvas


def city_lights() -> Canvas:
    """A street lamp whose light is a flower."""
    ground, post, petal, heart = "#332b5e", "#efe6d2", "#f3c34f", "#e4704d"
    canvas = Canvas(ground)
    neck = [(150.0, float(HEIGHT)), *arc(240, 280, 90, 270, 450)]
    canvas.stroke(neck, 16, post, blunt=True)
    leaf = curve((150, 600), (160, 530), (210, 510), (262, 520), (250, 580), (200, 610), (150, 600))
    canvas.fill(leaf, post)
    canvas.fill(moved(mirrored(leaf, 150), 0, -70), post)
    for petal_no in range(10):
        canvas.fill(turned(ellipse(330, 292, 22, 50), petal_no * 36, (330, 340)), petal)
    canvas.disc(330, 340, 34, heart)
    canvas.title("City Lights", post)
    return canvas


def m() -> Canvas:
    """A raised hand with the letter chalked on its palm."""
    ground, ink, chalk = "#e5bb35", "#1d1b1a", "#f6f1e3"
    canvas = Canvas(ground)
    for x, length, angle in ((152, 170, -13), (198, 226, -4), (246, 222, 4), (292, 178, 13)):
        finger = [*arc(x, 440 - length, 23, 270, 450), (x + 23, 470), (x - 23, 470)]
        canvas.fill(turned(finger, angle, (x, 470)), ink)
    palm = curve((129, 474), (142, 530), (150, 590), (162, 630), (172, 664), (172, 690), (172, 720))
    canvas.fill([*palm, (272, HEIGHT), (272, 660), (302, 560), (315, 474), (290, 440), (150, 440)], ink)
    canvas.fill(curve((272, 662), (310, 650), (330, 620), (352, 590), (390, 540), (410, 500), (426, 462),
                      (436, 434), (398, 414), (382, 446), (360, 490), (340, 510), (300, 530)), ink)  # fmt: skip
    canvas.stroke([(176, 584), (182, 490), (222, 556), (262, 490), (268, 584)], 15, chalk)
    canvas.title("M", ink)
    return canvas


def la_grande_illusion() -> Canvas:
    """Prison bars in the colours of the French flag; the white in the middle is a bar sawn out."""
    ground, blue, red = "#f1ebdd", "#274a8c", "#c63c33"
    canvas = Canvas(ground)
    for step in range(7):
        left = 36 + step * 63
        colour = blue if step < 3 else red
        if step == 3:
            canvas.fill([(left, 130), (left + 30, 130), (left + 30, 214), (left, 230)], "#23262b")
            canvas.fill([(left, 646), (left + 30, 630), (left + 30, HEIGHT), (left, HEIGHT)], "#23262b")
        else:
            canvas.rect(left, 130, left + 30, HEIGHT, colour)
    canvas.title("La Grande Illusion", "#23262b")
    return canvas


POSTERS: dict[str, Callable[[], Canvas]] = {
    "nosferatu-1922": nosferatu,
    "the-general-1926": the_general,
    "metropolis-1927": metropolis,
    "sunrise-1927": sunrise,
    "city-lights-1931": city_lights,
    "m-1931": m,
    "la-grande-illusion-1937": la_grande_illusion,
}
