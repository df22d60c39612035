"""The page of a title's reviews without the reviews, out of the shapes of its templates.

What is written about the title is escaped here, once, and goes into the gaps with its figures.
"""

from collections.abc import Mapping
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote

from django.template.defaultfilters import floatformat, truncatechars
from django.utils.translation import get_language

from reviews.contents import FIGURES, WORDS, about
from reviews.figures import Bar
from reviews.filters import ReviewFilter
from reviews.models import Title
from reviews.standing import Own, Standing
from reviews.views.cards import Moved
from reviews.views.listing import context_of
from reviews.views.stand_ins import Here, Reader
from reviewsite.kept import Parts, kept
from reviewsite.keyset import Page
from reviewsite.shapes import alike, filled, filled_in, gap, printed, shape, wording

PAGE, HEAD, BAR = "reviews/title_reviews.html", "components/title_head.html", "components/histogram.html#bar"


class Ways(NamedTuple):
    """What changes the markup besides the title: whoever reads, what is chosen, what stands there."""

    language: str | None
    part: str
    reader: Reader
    own_review: bool
    own_rating: bool
    has_draft: bool
    chosen: tuple[tuple[str, Any], ...]
    any_there: bool
    more: bool
    first: bool

    @property
    def owns(self) -> dict[str, bool]:
        return {name: getattr(self, name) for name in ("own_review", "own_rating", "has_draft")}


def frame(
    here: Standing, found: ReviewFilter, path: str, part: str, reader: Reader, own: Own, read: Title | None = None
) -> Parts:
    """What stands around the title's reviews on the page at that path, or on the part of it that a script asks for.

    Its gaps: `reviews`, `shown` and `after`, the whole address (`here`), and what is the reader's alone. `read` is the
    title, where it has been read already.
    """
    there = (bool(here.entries), bool(here.after), found.cursor is None)
    chosen = tuple(found.chosen.items())
    ways = Ways(get_language(), part, reader, own.review, own.rating, own.draft, chosen, *there)
    return kept((here.title, here.look, ways), lambda: _frame(_title(here, read), found, escape(path), ways))


def _title(here: Standing, read: Title | None) -> Title:
    title = read or about(here.title)
    if title is None or title.look != here.look:
        raise Moved
    return title


def _frame(title: Title, found: ReviewFilter, path: str, ways: Ways) -> Parts:
    page = Page([None] * ways.any_there, gap("shown"), gap("after") if ways.more else "", first=ways.first)  # type: ignore[arg-type]
    context = context_of(title, found, page)
    figures = {**{name: getattr(title, name) for name in FIGURES}, "count": context["count"]}
    wordings = (wording(figures[name], ways.language) for name in ("review_count", "rating_count", "count"))
    words = _words(title)

    def stand_ins() -> dict[str, Any]:
        bars = [Bar(bar.rating, gap(f"rated {bar.rating}"), 0, "", "") for bar in context["bars"]]  # type: ignore[arg-type]
        counts = {
            "count": alike(context["count"], "count"),
            "all_reviews": gap("review_count"),
            "falling_bars": bars[::-1],
        }
        around = {"tab": "reviews", "user": ways.reader, "request": Here(), "csrf_token": gap("token")}
        return {**context, **counts, **around, "title": _like(title, ways)}

    values = {
        **words,
        **{name: printed(figure) for name, figure in figures.items()},
        **{f"rated {bar.rating}": printed(bar.count) for bar in context["bars"]},
        "path": path,
        "mean": floatformat(title.mean, 1),
        "head": "" if ways.part else _head(title, words, ways),
        "bars": "".join([_bar(bar, found, path, ways) for bar in context["bars"]]),
    }
    return filled_in(shape(f"{PAGE}{ways.part}", (ways, bool(title.year), *wordings), stand_ins), values)


def _words(title: Title) -> dict[str, str]:
    return {"slug": quote(title.slug), **{name: escape(str(getattr(title, name))) for name in WORDS}}


def _like(title: Title, ways: Ways) -> Title:
    """A title whose pages have the same markup."""
    stand_in = Title(slug=gap("slug"), kind=title.kind, minutes=title.minutes and alike(title.minutes, "minutes"))
    stand_in.__dict__.update({name: gap(name) if getattr(title, name) else None for name in WORDS})
    stand_in.__dict__.update({name: alike(getattr(title, name), name) for name in FIGURES})
    stand_in.__dict__.update(ways.owns)
    return stand_in


def _head(title: Title, words: Mapping[str, str], ways: Ways) -> str:
    minutes = title.minutes or 0
    key = (ways.language, title.kind, *(bool(getattr(title, name)) for name in WORDS), wording(minutes, ways.language))
    head = shape(HEAD, key, lambda: {"title": _like(title, ways), "tab": "reviews"})
    # In the place of a poster.
    short_name = "" if title.poster_id else escape(truncatechars(title.name, 60))
    return filled(head, {**words, "minutes": printed(minutes), "short_name": short_name})


def _bar(bar: Bar, found: ReviewFilter, path: str, ways: Ways) -> str:
    chosen = bar.rating if bar.rating == found.rating_chosen else 0

    def stand_ins() -> dict[str, Any]:
        like = Bar(alike(chosen, "rating"), alike(bar.count, "count"), 0, "", gap("short") if bar.short else "")
        return {"filter": found, "request": Here(), "bar": like}

    key = (ways.language, ways.chosen, chosen, bool(bar.short), wording(bar.count, ways.language))
    figures = {"rating": str(bar.rating), "count": printed(bar.count), "height": f"{bar.height:.1f}"}
    return filled(shape(BAR, key, stand_ins), {"path": path, "short": bar.short, **figures})
