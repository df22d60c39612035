"""The house rules: a new version is written from the one in force, and published on saving."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from reviews.admin.parts import TextForm
from reviews.house_rules import current_rules
from reviews.models import HouseRules, Rule

FIELDS = ("number", "name", "text", "reason")


class HouseRulesForm(TextForm):
    """`based_on`: the version from which this one was written; another one published meanwhile is not passed over."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = HouseRules
        fields = ("introduction",)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # Whoever publishes holds the last version until theirs is there; the second waits here and then sees it.
        list(HouseRules.objects.select_for_update().order_by("-number").values_list("pk")[:1])
        current = HouseRules.objects.current()
        number = current.number if current else 0
        if cleaned.get("based_on") != number:
            message = _("Version %(number)d was published meanwhile. Begin anew from it.")
            raise ValidationError(message, code="meanwhile", params={"number": number})
        self.instance.number = number + 1
        return cleaned


class RuleFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data]
        numbers = [rule["number"] for rule in kept if not rule.get("DELETE")]
        if not any(self.errors) and not numbers:
            raise ValidationError(_("There is no rule left."))
        if len(numbers) != len(set(numbers)):
            raise ValidationError(_("Two rules have the same number."))


class RuleInline(admin.StackedInline):  # type: ignore[type-arg]
    model = Rule
    form = TextForm
    formset = RuleFormSet
    fields = FIELDS

    def get_extra(self, request: HttpRequest, obj: HouseRules | None = None, **kwargs: Any) -> int:
        return 0 if obj else current_rules().count() + 1

    def has_change_permission(self, request: HttpRequest, obj: HouseRules | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: HouseRules | None = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest, obj: HouseRules | None = None) -> bool:
        return obj is None and super().has_add_permission(request, obj)


@admin.register(HouseRules)
class HouseRulesAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = HouseRulesForm
    inlines = (RuleInline,)
    list_display = ("__str__", "published", "number_of_rules")
    ordering = ("-number",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[HouseRules]:
        return HouseRules.objects.annotate(rules_held=Count("rules"))

    @admin.display(description=_("rules"))
    def number_of_rules(self, version: Any) -> int:
        return int(version.rules_held)

    def get_fieldsets(self, request: HttpRequest, obj: HouseRules | None = None) -> Any:
        if obj:
            return [(None, {"fields": ("number", "published", "introduction")})]
        words = _(
            "Saving publishes this as the next version, for all to read. A version stays as published: decisions "
            "name its rules. A rule without number, name and text is left out."
        )
        return [(None, {"fields": ("introduction", "based_on"), "description": words})]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        current = HouseRules.objects.current()
        return {"introduction": current.introduction, "based_on": current.number} if current else {"based_on": 0}

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """The rules in force, to begin with. What was typed is compared with nothing, or unchanged rules would go."""
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "GET" and obj.pk is None:
            kwargs["initial"] = [{name: getattr(rule, name) for name in FIELDS} for rule in current_rules()]
        return kwargs

    def has_change_permission(self, request: HttpRequest, obj: HouseRules | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: HouseRules | None = None) -> bool:
        return False
