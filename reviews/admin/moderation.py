"""The record and what waits, to be looked up. Nothing of it is changed here: decisions are taken in the queue."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from reviews.admin.parts import LookedUp
from reviews.filters import rule_names
from reviews.models import Act, Appeal, Case, Notice, Report, Rule


class EmptyOrNot(admin.SimpleListFilter):
    """Rows by whether a column holds anything yet."""

    column: str
    words: tuple[Any, Any]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", self.words[0]), ("yes", self.words[1])]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(**{f"{self.column}__isnull": self.value() == "no"})


class ClosedFilter(EmptyOrNot):
    title, parameter_name, column, words = _("state"), "closed", "closed", (_("waiting"), _("decided"))


class DecidedReportFilter(EmptyOrNot):
    title, parameter_name, column, words = _("state"), "decided", "act", (_("waiting"), _("decided"))


class DecidedAppealFilter(EmptyOrNot):
    title, parameter_name, column, words = _("state"), "decided", "decision", (_("waiting"), _("decided"))


class MailedFilter(EmptyOrNot):
    title, parameter_name, column, words = _("mail"), "mailed", "mailed", (_("not sent"), _("sent"))


class RuleFilter(admin.SimpleListFilter):
    title, parameter_name = _("rule"), "rule"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(rule_names())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Act]) -> QuerySet[Act]:
        return queryset.filter(rule__in=Rule.objects.filter(name=self.value())) if self.value() else queryset


@admin.register(Act)
class ActAdmin(LookedUp):
    list_display = ("at", "kind", "by", "moderator", "member", "title", "rule", "reports", "votes", "case_number")
    list_filter = ("kind", "by", RuleFilter, "at")
    search_help_text = _("The number of an act, a case or a review, a username, or words of the title.")
    numbered, of_members, of_titles = ("pk", "case_number", "review_id"), ("member", "moderator"), ("title",)
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Act]:
        return Act.objects.with_subjects().select_related("member", "moderator")


@admin.register(Case)
class CaseAdmin(LookedUp):
    """Cases; "View on site" leads to the queue."""

    list_display = ("__str__", "review", "of_whom", "weight", "number_of_reports", "opened", "closed")
    list_filter = (ClosedFilter, "opened")
    search_help_text = _("The number of a case or a review, a username, or words of the title.")
    numbered, of_members, of_titles = ("pk", "review_id"), ("member", "review__author"), ("review__title",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        # For the rows of the page alone; counted over a join, all cases would be grouped first.
        reports = Report.objects.filter(case=OuterRef("pk")).order_by().values("case").annotate(number=Count("pk"))
        return Case.objects.with_subjects().annotate(number=Subquery(reports.values("number")))

    @admin.display(description=_("author"))
    def of_whom(self, case: Case) -> str:
        return case.author.shown_name

    @admin.display(description=_("reports"))
    def number_of_reports(self, case: Any) -> Any:
        return case.number or 0


@admin.register(Report)
class ReportAdmin(LookedUp):
    list_display = ("made", "review", "reason", "reporter", "name", "weight", "upheld", "case")
    list_filter = (DecidedReportFilter, "upheld", "reason", "made")
    search_help_text = _("The number of a report, a case or a review, a username, or words of the title.")
    numbered, of_members, of_titles = ("pk", "case_id", "review_id"), ("reporter",), ("review__title",)
    list_select_related = ("review", "reporter", "case")


@admin.register(Appeal)
class AppealAdmin(LookedUp):
    list_display = ("made", "kind", "member", "act", "decision", "case")
    list_filter = (DecidedAppealFilter, "kind", "made")
    search_help_text = _("The number of an appeal, an act or a case, or a username.")
    numbered, of_members = ("pk", "act_id", "case_id"), ("member",)
    list_select_related = ("member", "act", "decision", "case")


@admin.register(Notice)
class NoticeAdmin(LookedUp):
    list_display = ("at", "member", "act", "report", "read", "mailed")
    list_filter = ("read", MailedFilter, "at")
    search_help_text = _("The number of a notice, an act or a report, or a username.")
    numbered, of_members = ("pk", "act_id", "report_id"), ("member",)
    list_select_related = ("member", "act", "report")
