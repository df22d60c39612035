"""The stylesheets that all pages share come as one file, and none is forgotten."""

import re
from pathlib import Path

from django.conf import settings

CSS = settings.BASE_DIR / "static" / "css"


def imported() -> list[str]:
    return re.findall(r'@import "([\w.-]+)";', (CSS / "site.css").read_text())


def test_the_shared_stylesheet_holds_the_text_of_what_it_imports(collected: Path) -> None:
    (served,) = (collected / "css").glob("site.????????????.css")
    text = served.read_text()
    assert "@import" not in text
    places = [text.index((CSS / name).read_text()) for name in imported()]
    assert len(places) > 10
    assert places == sorted(places), "what comes later in the list wins"


def test_it_is_fetched_compressed(collected: Path) -> None:
    (served,) = (collected / "css").glob("site.????????????.css.br")
    assert served.stat().st_size < 9_000


def test_every_stylesheet_is_shared_or_asked_for_by_a_page() -> None:
    pages = "".join(path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html"))
    asked = set(re.findall(r"'css/([\w.-]+)'", pages))
    assert "site.css" in asked
    assert asked.isdisjoint(imported()), "fetched twice"
    assert asked | set(imported()) == {path.name for path in CSS.glob("*.css")}
