"""The public record of moderation: the log, its feed, and its figures."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviews.feeds import LogFeed
from reviews.filters import LogFilter
from reviews.models import Act
from reviews.moderation import figures
from reviewsite.keyset import stretch_of
from reviewsite.partials import render_partial

ACTS_A_PAGE, ACTS_IN_FEED = 25, 50


def _log(request: HttpRequest) -> LogFilter:
    return LogFilter(request.GET, queryset=Act.objects.with_subjects().with_answer().with_public_review())


@require_safe
def moderation_log(request: HttpRequest) -> HttpResponse:
    """What was decided, newest first, chosen as the address says."""
    found = _log(request)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = stretch_of(found.qs, found.order, after=after, before=before, size=ACTS_A_PAGE)
    return render_partial(request, "reviews/moderation/log.html", {"filter": found, "page": page}, partial="results")


@require_safe
def moderation_feed(request: HttpRequest) -> HttpResponse:
    """The newest of the log as an Atom feed, chosen as the log is."""
    found = _log(request)
    return LogFeed(found.order.arrange(found.qs)[:ACTS_IN_FEED])(request)


@require_safe
def moderation_figures(request: HttpRequest) -> HttpResponse:
    """The record in figures: in all and year by year."""
    return render(request, "reviews/moderation/figures.html", {"periods": figures.periods()})
