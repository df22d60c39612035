"""What a moderator sends to decide a case."""

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from reviews.forms import TextField, text_problems
from reviews.house_rules import current_rules
from reviews.models import Act, Review, Rule
from reviews.moderation.deciding import NEED_REASON, Decision
from reviews.moderation.file import CaseFile
from reviews.moderation.suspending import LENGTHS
from reviewsite.texts import number, plain, without_controls

Kind = Act.Kind

# What each decision is called before it is taken, and its key.
NAMES = {
    Kind.NO_ACTION: (_("No action"), "N"),
    Kind.FOLD: (_("Fold as spoiler"), "F"),
    Kind.HIDE: (_("Hide"), "H"),
    Kind.HOLD: (_("Hold"), "L"),
    Kind.RESTORE: (_("Restore"), "R"),
    Kind.SUSPEND: (_("Suspend the author"), "S"),
    Kind.LIFT: (_("Lift the suspension"), "L"),
    Kind.COUNT_VOTES: (_("Count the votes"), "C"),
    Kind.VOID_VOTES: (_("Void the votes"), "V"),
    Kind.UPHOLD: (_("Uphold the decision"), "U"),
}
HOLD_LONGER = _("Hold for longer")
UNFOLD = _("Take back the fold")


@dataclass(frozen=True)
class Choice:
    """One thing that can be decided, as it is offered."""

    kind: Act.Kind
    name: Any
    key: str
    chosen: bool


class DecisionForm(forms.Form):
    """A decision on the case of `file`. Without words of the moderator's own, the reason is the rule's text.

    A rule belongs to a decision that takes something from somebody; of others the choice, which is made beforehand, is
    left out of account.
    """

    kind = forms.ChoiceField(
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose what to do.")),
    )
    suspension = forms.ChoiceField(
        choices=LENGTHS, required=False, error_messages={"invalid_choice": _("Choose for how long.")}
    )
    hide = forms.BooleanField(required=False)
    rule = forms.ModelChoiceField(
        queryset=Rule.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("Choose one of the rules as they are now.")},
    )
    reason = TextField()
    together = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict | None = None, *, file: CaseFile) -> None:
        super().__init__(data)
        self.file = file
        self.most = settings.REASON_LENGTH
        cast("forms.ChoiceField", self.fields["kind"]).choices = [(kind, kind) for kind in file.choices]
        cast("forms.ModelChoiceField[Rule]", self.fields["rule"]).queryset = current_rules()

    @property
    def seen(self) -> int:
        """The version of the case that the form was made for."""
        return _number(self.data.get("version", ""))

    @property
    def cases(self) -> list[tuple[int, int]]:
        """The case, and where they are to go the same way the author's others that the form listed, as they were."""
        others = {case.pk for case in self.file.others} if self.cleaned_data["together"] else set()
        listed = [_case_seen(text) for text in cast("QueryDict", self.data).getlist("other")]
        return [(self.file.case.pk, self.seen), *(seen for seen in listed if seen[0] in others)]

    @property
    def decision(self) -> Decision:
        """What to carry out; of a form that was found valid."""
        cleaned = self.cleaned_data
        suspends = cleaned["kind"] == Kind.SUSPEND
        return Decision(
            Kind(cleaned["kind"]),
            cleaned["rule"] if cleaned["kind"] in NEED_REASON else None,
            cleaned["reason"],
            cleaned["suspension"] if suspends else "",
            suspends and cleaned["hide"],
        )

    @property
    def offered(self) -> list[Choice]:
        chosen = self.data.get("kind", "") if self.is_bound else ""
        return [Choice(kind, self._name(kind), NAMES[kind][1], kind == chosen) for kind in self.file.choices]

    @property
    def lengths(self) -> list[tuple[str, Any, bool]]:
        return [(value, name, value == self.data.get("suspension")) for value, name in LENGTHS]

    @property
    def rules(self) -> list[tuple[Rule, bool]]:
        proposed = self.file.proposed_rule
        chosen = self.data.get("rule", "") if self.is_bound else str(proposed.pk if proposed else "")
        return [(rule, str(rule.pk) == chosen) for rule in self.file.rules]

    @property
    def typed_reason(self) -> str:
        return without_controls(self.data.get("reason", ""))

    @property
    def ticked(self) -> dict[str, bool]:
        return {"hide": "hide" in self.data or not self.is_bound, "together": "together" in self.data}

    def clean_reason(self) -> str:
        reason = plain(self.cleaned_data["reason"])
        if problems := text_problems(reason, self.most):
            raise ValidationError(problems)
        return reason

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        kind = cleaned.get("kind")
        if kind in NEED_REASON and not cleaned.get("reason") and not self.errors.keys() & {"reason", "rule"}:
            if cleaned.get("rule"):
                cleaned["reason"] = cleaned["rule"].text
            else:
                self.add_error("reason", _("Write a reason, or choose a rule: without yours, its own words are told."))
        if kind == Kind.SUSPEND:
            if not cleaned.get("suspension") and "suspension" not in self.errors:
                self.add_error("suspension", _("Choose for how long."))
            if cleaned.get("together") and not cleaned.get("hide"):
                self.add_error(
                    "together", _("With a suspension the others are hidden. Hide this one too, or decide one by one.")
                )
        return cleaned

    def _name(self, kind: Act.Kind) -> Any:
        review = self.file.case.review
        if kind == Kind.HOLD and review.state == Review.State.HELD:
            return HOLD_LONGER
        if kind == Kind.RESTORE and review.state == Review.State.PUBLISHED and review.folded:
            return UNFOLD
        return NAMES[kind][0]


def _case_seen(text: str) -> tuple[int, int]:
    """A case that the form listed and its version then: "12-0"."""
    pk, _dash, version = text.partition("-")
    return _number(pk), _number(version)


def _number(text: str) -> int:
    """The number, or one that nothing has."""
    found = number(text)
    return -1 if found is None else found
