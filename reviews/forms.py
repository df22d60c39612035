"""What members send: a review to publish, one to keep as a draft, a rating."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from reviews.drafting import Seen, Text
from reviews.models import RATINGS, Review
from reviewsite.texts import control_character, has_letters, one_line, plain, without_controls

NO_RATING = "none"
RATING_VALUES = {str(value): value for value in RATINGS} | {NO_RATING: None}


class TextField(forms.CharField):
    """Text of any length and content; what is wrong with it the form says itself, all at once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, strip=False, **options)
        self.validators = []  # Django's own for NUL stops before the form's rules are looked at


class ReviewForm(forms.Form):
    """A review to publish. Lengths are counted as one types: characters, a line break as one, nothing blank around.

    `review` is the one that is edited; where it is shorter or longer than new ones may be, it may stay so.
    """

    rating = forms.ChoiceField(
        label=_("Your rating"),
        choices=[(value, value) for value in RATING_VALUES],
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose 1 to 10, or “No rating”.")),
    )
    headline = TextField(label=_("Headline"))
    body = TextField(label=_("Your review"))
    spoiler = forms.BooleanField(label=_("This review gives away the story"), required=False)

    def __init__(self, data: QueryDict | None = None, *, review: Review | None = None) -> None:
        super().__init__(data)
        least, most = settings.REVIEW_LENGTH
        self.least = min(least, review.length) if review else least
        self.most = max(most, review.length) if review else most
        self.headline_most = max(settings.HEADLINE_LENGTH, len(review.headline) if review else 0)

    @property
    def text(self) -> Text:
        """What to publish; of a form that was found valid."""
        cleaned = self.cleaned_data
        return Text(RATING_VALUES[cleaned["rating"]], cleaned["headline"], cleaned["body"], cleaned["spoiler"])

    def clean_headline(self) -> str:
        headline = one_line(self.cleaned_data["headline"])
        problems = _controls(headline)
        if not has_letters(headline):
            problems.append(str(_("Give your review a headline.")))
        problems += _too_long(len(headline), self.headline_most)
        if problems:
            raise ValidationError(problems)
        return headline

    def clean_body(self) -> str:
        body = plain(self.cleaned_data["body"])
        problems = [*_controls(body), *_too_short(len(body), self.least), *_too_long(len(body), self.most)]
        if not problems and not has_letters(body):
            problems.append(str(_("Write something that readers can see.")))
        if problems:
            raise ValidationError(problems)
        return body


def typed_text(data: Mapping[str, str]) -> Text:
    """What was sent, however unfinished: for a draft and to show it again. Control characters, untyped, fall away."""
    return Text(
        RATING_VALUES.get(data.get("rating", NO_RATING)),
        one_line(without_controls(data.get("headline", ""))),
        plain(without_controls(data.get("body", ""))),
        bool(data.get("spoiler")),
    )


def seen_text(data: Mapping[str, str]) -> Seen:
    """What the form that was sent had been shown; what cannot be read counts as not seen."""
    return Seen(data.get("seen_review", ""), _uuid(data.get("seen_draft", "")), _uuid(data.get("saving", "")))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _controls(text: str) -> list[str]:
    found = control_character(text)
    return [_("Take out the control character %(code)s.") % {"code": found}] if found else []


def _too_short(length: int, least: int) -> list[str]:
    if length >= least:
        return []
    words = ngettext(
        "Write %(missing)s more character: %(length)s so far, %(least)s is the least.",
        "Write %(missing)s more characters: %(length)s so far, %(least)s is the least.",
        least - length,
    )
    return [words % {"missing": intcomma(least - length), "length": intcomma(length), "least": intcomma(least)}]


def _too_long(length: int, most: int) -> list[str]:
    if length <= most:
        return []
    words = ngettext(
        "Take out %(over)s character: %(length)s so far, %(most)s is the most.",
        "Take out %(over)s characters: %(length)s so far, %(most)s is the most.",
        length - most,
    )
    return [words % {"over": intcomma(length - most), "length": intcomma(length), "most": intcomma(most)}]
