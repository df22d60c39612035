"""Reviews in the back office: looked up, and brought before the moderators."""

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from reviews.admin.parts import LookedUp
from reviews.models import Review
from reviews.moderation.cases import open_by_hand

MOST_CASES = 50


@admin.register(Review)
class ReviewAdmin(LookedUp):
    """To look reviews up. Their words are their authors'; what becomes of them is decided in the moderators' queue."""

    list_display = ("headline", "title", "author", "rating", "state", "spoiler", "helpful", "votes", "created")
    list_filter = ("state", "spoiler", "created")
    search_help_text = _("Words of the headline, of the title, a username, or the number of the review.")
    numbered, of_members, of_titles = ("pk",), ("author",), ("title",)
    actions = ("open_case",)
    fields = (
        "title",
        "author",
        "headline",
        "body",
        "rating",
        "spoiler",
        "language",
        "state",
        "created",
        "edited",
        "helpful",
        "votes",
        "source_id",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        return Review.objects.with_title()

    def found(self, words: str) -> Q:
        return super().found(words) | Q(headline__icontains=words)

    @admin.action(
        description=_("Open a case: hold, hide, fold or restore"),
        permissions=["decide"],
        location=[ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM],
    )
    def open_case(self, request: HttpRequest, queryset: QuerySet[Review]) -> HttpResponse | None:
        """Bring them before the moderators, where each is decided on with its record."""
        chosen = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_CASES + 1])
        if len(chosen) > MOST_CASES:
            fewer = _("Choose fewer: at most %(most)d at a time.")
            self.message_user(request, fewer % {"most": MOST_CASES}, messages.ERROR)
            return None
        cases = [case for pk in chosen if (case := open_by_hand(pk))]
        if len(cases) == 1:
            return redirect(cases[0])
        opened = ngettext("%(number)d case waits in the queue.", "%(number)d cases wait in the queue.", len(cases))
        self.message_user(request, opened % {"number": len(cases)})
        return None
