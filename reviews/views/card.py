"""The card of a review out of the shapes of its template: what differs between reviews goes into their gaps.

What people wrote is escaped here, once.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote

from django.utils.formats import date_format
from django.utils.timezone import get_default_timezone, localtime

from accounts.models import User
from reviews.contents import Written
from reviews.models import Review
from reviews.prose import Paragraph, Prose, Run, clamped, whole
from reviews.views.stand_ins import SELF, Reader
from reviewsite.kept import Parts
from reviewsite.shapes import NUMBER, alike, filled, filled_in, gap, printed, shape, wording

CARD, PROSE = "components/review.html", "components/prose.html"
PARAGRAPH, PASSAGE = "components/paragraph.html", "components/paragraph.html#passage"
# Days that nobody writes on, to be known by what they look like in any language.
CREATED, EDITED = datetime(9871, 12, 28, 12, tzinfo=UTC), datetime(9872, 11, 27, 12, tzinfo=UTC)


class Likeness(NamedTuple):
    """What changes the markup of a card."""

    own: bool
    opened: bool
    blocked: bool
    spoiler: bool
    rated: bool
    edited: bool
    former: bool
    in_a_language: bool


def card(review: Written, language: str | None, *, own: bool, opened: bool, blocked: bool) -> Parts:
    """The card in the language of the page, but for its line of votes, the gap `votes`.

    For who wrote the review (`own`), wants its spoilers `opened` or has `blocked` its author.
    """
    rated, edited, in_a_language = review.rating is not None, review.edited is not None, bool(review.language)
    likeness = (own, opened, blocked, review.spoiler, rated, edited, review.former, in_a_language)
    text = whole(review.body) if review.spoiler else clamped(review.body)
    gaps = {
        "number": str(review.pk),
        "headline": escape(review.headline),
        "language": escape(review.language),
        "rating": str(review.rating),
        "author": quote(review.username, safe="@+"),  # as `reverse` does
        "name": escape(review.name or review.username),
        "prose": _prose(text, language, opened=opened),
        "created": _in_words(day := _day(review.created), language),
        "created in figures": day.isoformat(),
    }
    if review.edited:
        gaps["edited"] = _in_words(day := _day(review.edited), language)
        gaps["edited in figures"] = day.isoformat()
    return filled_in(shape(CARD, (language, likeness), lambda: _stand_ins(Likeness(*likeness)), _days), gaps)


def _stand_ins(like: Likeness) -> dict[str, Any]:
    author = User(pk=SELF, username=gap("author"), name=gap("name"), former=like.former)
    spoilers = User.Spoilers.OPEN if like.opened else User.Spoilers.FOLDED
    reader = Reader(True, spoilers=spoilers, pk=SELF if like.own else None)
    review = Review(pk=NUMBER, author=author, headline=gap("headline"), spoiler=like.spoiler, created=CREATED)
    review.language = gap("language") if like.in_a_language else ""
    review.rating = gap("rating") if like.rated else None
    review.edited = EDITED if like.edited else None
    review.author_blocked = like.blocked  # type: ignore[attr-defined]
    return {"user": reader, "review": review}


def _days() -> Mapping[str, str]:
    days = {"created": localtime(CREATED), "edited": localtime(EDITED)}
    in_words = {date_format(day): name for name, day in days.items()}
    return {**in_words, **{date_format(day, "Y-m-d"): f"{name} in figures" for name, day in days.items()}}


def _day(moment: datetime) -> date:
    """As templates have it: nobody has a time zone of their own here."""
    return moment.astimezone(get_default_timezone()).date()


@lru_cache(maxsize=2000)
def _in_words(day: date, language: str | None) -> str:
    return escape(date_format(day))


def _prose(text: Prose, language: str | None, *, opened: bool) -> str:
    def stand_ins() -> dict[str, Any]:
        rest = [[Run("")]] if text.rest else []
        return {"text": Prose([], rest, alike(text.more_words, "more words"), text.runs_on)}

    shown = _paragraphs(text.shown, language, opened)
    if not text.rest:
        return filled(shape(PROSE, language, stand_ins), {"shown": shown})
    key = (language, text.runs_on, wording(text.more_words, language))
    rest = {"rest": _paragraphs(text.rest, language, opened), "more words": printed(text.more_words)}
    return filled(shape(PROSE, key, stand_ins), {"shown": shown, **rest})


def _paragraphs(paragraphs: Sequence[Paragraph], language: str | None, opened: bool) -> str:
    before, _, after = shape(PARAGRAPH, "plain", lambda: {"paragraph": [Run(gap("text"))]})
    texts = [
        before + escape(paragraph[0].text) + after
        if len(paragraph) == 1 and not paragraph[0].folded
        else _in_pieces(paragraph, language, opened)
        for paragraph in paragraphs
    ]
    return "".join(texts)


def _in_pieces(paragraph: Paragraph, language: str | None, opened: bool) -> str:
    pieces = shape(PARAGRAPH, "in pieces", lambda: {"paragraph": [Run(""), Run("")]})
    passage = shape(PASSAGE, (language, opened), lambda: {"run": Run(gap("text")), "passages_open": opened})
    runs = [filled(passage, {"text": escape(text)}) if folded else escape(text) for text, folded in paragraph]
    return filled(pieces, {"runs": "".join(runs)})
