"""Members in the back office, and suspending them: recorded and told as a decision of the queue is."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.admin import MemberAdmin
from accounts.members import member_of
from accounts.models import User
from reviews.admin.parts import ForModerators
from reviews.house_rules import current_rules
from reviews.models import Rule
from reviews.moderation.suspending import LENGTHS, NotSuspendable, lift, suspend
from reviewsite.texts import control_problem, plain

admin.site.unregister(User)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=settings.REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        help_text=_("The member reads it, and it stands in the public log: no names in it."),
    )

    def clean_reason(self) -> str:
        reason = plain(self.cleaned_data["reason"])
        if problem := control_problem(reason):
            raise forms.ValidationError(problem)
        return reason


class SuspensionForm(ReasonForm):
    length = forms.ChoiceField(label=_("For how long"), choices=LENGTHS, widget=forms.RadioSelect)
    rule = forms.ModelChoiceField(label=_("House rule"), queryset=Rule.objects.none())
    field_order = ("length", "rule", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].queryset = current_rules()  # type: ignore[attr-defined]


@admin.register(User)
class SuspendableMemberAdmin(ForModerators, MemberAdmin):
    actions = ("suspend_or_lift",)

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/suspend/", self.admin_site.admin_view(self.suspension), name="accounts_user_suspend")
        return [own, *super().get_urls()]

    @admin.action(
        description=_("Suspend, or lift a suspension"),
        permissions=["decide"],
        location=[ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM],
    )
    def suspend_or_lift(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        chosen = list(queryset.values_list("pk", flat=True)[:2])
        if len(chosen) > 1:
            self.message_user(request, _("Choose one member: each is told a reason of their own."), messages.ERROR)
            return None
        return redirect("admin:accounts_user_suspend", chosen[0])

    def suspension(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks for how long, by which rule and why; for a suspended member, why it ends."""
        if not self.has_decide_permission(request) or not self.has_view_permission(request):
            raise PermissionDenied
        member = get_object_or_404(User, pk=pk)
        form = (ReasonForm if member.is_suspended else SuspensionForm)(request.POST or None)
        if request.method == "POST" and form.is_valid() and self._carry_out(request, member, form):
            return redirect(reverse("admin:accounts_user_change", args=[pk]))
        title = _("Lift the suspension") if member.is_suspended else _("Suspend")
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": member, "form": form}
        return TemplateResponse(request, "admin/accounts/user/suspend.html", context | {"title": title})

    def _carry_out(self, request: HttpRequest, member: User, form: forms.Form) -> bool:
        moderator = member_of(request)
        try:
            if member.is_suspended:
                lift(member.pk, moderator, **form.cleaned_data)
            else:
                suspend(member.pk, moderator, **form.cleaned_data)
        except NotSuspendable as refused:
            form.add_error(None, refused.why)
            return False
        self.message_user(request, _("It is recorded, and the member is told."))
        return True
