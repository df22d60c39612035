"""What the pages of the back office share."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import User
from reviews.models import Title
from reviews.permissions import is_moderator
from reviewsite.texts import control_problem, number


class TextForm(forms.ModelForm):  # type: ignore[type-arg]
    """Refuses control characters in whatever is typed."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and (problem := control_problem(value)):
                self.add_error(name, ValidationError(problem, code="control"))
        return cleaned


class ForModerators(admin.ModelAdmin):  # type: ignore[type-arg]
    """Has actions that moderators alone may take (`permissions=["decide"]`)."""

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return is_moderator(request.user)


class LookedUp(ForModerators):
    """To look things up and change nothing. The newest first, and searched by numbers, usernames and titles.

    Each of `numbered`, `of_members` and `of_titles` names the columns that are compared with what is typed.
    """

    list_per_page = 50
    show_full_result_count = False
    ordering = ("-id",)
    search_fields = ("pk",)
    numbered: tuple[str, ...] = ()
    of_members: tuple[str, ...] = ()
    of_titles: tuple[str, ...] = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = search_term.strip()
        return (queryset.filter(self.found(words)) if words else queryset), False

    def found(self, words: str) -> Q:
        """Where the words are met with."""
        met = Q(pk__in=[])
        if (asked := number(words)) is not None:
            met |= Q.create([(column, asked) for column in self.numbered], connector=Q.OR)
        by = User.objects.filter(username__iexact=words)
        for column in self.of_members:
            met |= Q(**{f"{column}__in": by})
        for column in self.of_titles:
            met |= Q(**{f"{column}__in": Title.objects.named(words)})
        return met
