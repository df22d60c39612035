"""What people send: a review to publish, one to keep as a draft, a rating, a report."""

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

from accounts.usernames import is_mail_address
from reviews.drafting import Seen, Text
from reviews.models import RATINGS, Appeal, Reason, Review
from reviews.models.moderation import LONGEST_EMAIL, LONGEST_NAME
from reviews.prose import loose_mark
from reviewsite.texts import control_problem, has_letters, one_line, plain, without_controls

NO_RATING = "none"
RATING_VALUES = {str(value): value for value in RATINGS} | {NO_RATING: None}
# What is wrong says itself with the others.
NEED_WORDS = {
    Reason.LAW: _("Say in a few words what makes it unlawful."),
    Reason.OTHER: _("Say in a few words what is wrong with it."),
}


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

    # Whether to ask if a mark is meant as text.
    asks_about_mark = False

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
        if not problems and (at := loose_mark(body)) is not None:
            self.asks_about_mark = True
            if not self.data.get("as_typed"):
                problems.append(_loose(body, at))
        if problems:
            raise ValidationError(problems)
        return body


class ReportForm(forms.Form):
    """What is wrong with a review. Of visitors it asks what the law of the EU asks of a notice (DSA, Article 16)."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose what is wrong with it.")),
    )
    words = TextField(label=_("In a few words"))
    name = TextField(label=_("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = TextField(label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    good_faith = forms.BooleanField(
        label=_("To the best of my knowledge, what I report is accurate and complete."),
        error_messages={"required": _("Tick this: a report counts when its writer believes it to be true.")},
    )

    def __init__(self, data: QueryDict | None = None, *, outsider: bool) -> None:
        super().__init__(data)
        self.most = settings.REPORT_LENGTH
        if not outsider:
            for name in ("name", "email", "good_faith"):
                del self.fields[name]

    def clean_words(self) -> str:
        words = plain(self.cleaned_data["words"])
        problems = text_problems(words, self.most)
        reason = self.cleaned_data.get("reason", "")
        if reason in NEED_WORDS and not has_letters(words):
            problems.append(str(NEED_WORDS[reason]))
        if problems:
            raise ValidationError(problems)
        return words

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"])
        problems = text_problems(name, LONGEST_NAME)
        if not has_letters(name) and not self._may_stay_nameless():
            problems.append(str(_("Give your name.")))
        if problems:
            raise ValidationError(problems)
        return name

    def clean_email(self) -> str:
        email = plain(self.cleaned_data["email"])
        if not email and self._may_stay_nameless():
            return ""
        if not email:
            raise ValidationError(_("Give your e-mail address: you are told there what came of it."))
        if len(email) > LONGEST_EMAIL or not is_mail_address(email):
            raise ValidationError(_("This is no e-mail address. Check it."))
        return email

    def _may_stay_nameless(self) -> bool:
        """The law asks nobody for a name who reports the sexual abuse of children."""
        return self.cleaned_data.get("reason") == Reason.LAW


class AppealForm(forms.Form):
    """Why a decision should be looked at again; after an edit the new text may speak for itself."""

    kind = forms.ChoiceField(choices=Appeal.Kind.choices)
    words = TextField(label=_("Why should it be looked at again?"))

    def clean_words(self) -> str:
        words = plain(self.cleaned_data["words"])
        problems = text_problems(words, settings.APPEAL_LENGTH)
        if self.cleaned_data.get("kind") == Appeal.Kind.OBJECTION and not has_letters(words):
            problems.append(str(_("Say in a few words why the decision is wrong.")))
        if problems:
            raise ValidationError(problems)
        return words


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


def text_problems(text: str, most: int) -> list[str]:
    """What is wrong with a text of at most so many characters, in words."""
    return [*_controls(text), *_too_long(len(text), most)]


def _controls(text: str) -> list[str]:
    problem = control_problem(text)
    return [problem] if problem else []


def _loose(body: str, at: int) -> str:
    words = _(
        "A passage is folded between >! and !<. Here one of them stands alone, so nothing is folded: “%(passage)s”. "
        "Add the other one, or tick that it is meant as text."
    )
    before, after = body[max(at - 200, 0) : at].split(), body[at : at + 200].split()
    # A mark that ends a word stands with it.
    joint = "" if at and not body[at - 1].isspace() else " "
    return str(words) % {"passage": joint.join([" ".join(before[-3:]), " ".join(after[:4])]).strip()}


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
