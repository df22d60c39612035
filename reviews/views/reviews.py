"""A review's own page and history, the newest of all, and how they are ordered."""

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from reviews import ranking, versions
from reviews.models import Review
from reviews.moderation.record import out_of_sight_since
from reviews.permissions import is_moderator
from reviews.reading import read_cursor, read_on
from reviewsite.partials import render_partial
from reviewsite.texts import number


@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The permalink: that review alone, for whoever may read it. Who deleted it is led to where it can come back."""
    if (found := _readable(request, pk)) is None:
        get_object_or_404(Review.objects.restorable(), pk=pk, author=request.user.pk)
        return redirect("delete", pk=pk)
    act = None if found.state == Review.State.PUBLISHED else out_of_sight_since(found)
    return render(request, "reviews/review.html", {"review": found, "title": found.title, "act": act})


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """The versions of a review, for whoever may read it; `?before=` a number goes on with older ones."""
    if (found := _readable(request, pk)) is None:
        raise Http404
    steps = versions.history_of(found, request.user, before=number(request.GET.get("before", "")))
    return render(request, "reviews/history.html", {"review": found, "title": found.title, "history": steps})


def _readable(request: HttpRequest, pk: int) -> Review | None:
    """The review, if whoever asks may read it. Whether that is a moderator matters, and is asked, only if not."""
    viewer = request.user
    reviews = Review.objects.with_title().with_vote_of(viewer).with_block_of(viewer)
    found = reviews.visible_to(viewer).filter(pk=pk).first()
    if found is None and is_moderator(viewer):
        found = reviews.visible_to_moderators().filter(pk=pk).first()
    return found


@require_safe
def newest_reviews(request: HttpRequest) -> HttpResponse:
    order = ranking.review_order("date")
    reviews = Review.objects.public().with_title().with_vote_of(request.user).with_block_of(request.user)
    page = read_on(reviews, order, read_cursor(request.GET.get("after", ""), order))
    return render_partial(request, "reviews/newest_reviews.html", {"page": page}, partial="more")


@require_safe
def ordering(request: HttpRequest) -> HttpResponse:
    """How reviews and titles are ordered, with the numbers of the review that is asked about (`?review=<id>`)."""
    numbers = None
    if (asked := number(request.GET.get("review", ""))) is not None:
        shares = {
            "expected": ranking.expected_share(F("length")),
            "estimate": ranking.estimated_share(F("helpful"), F("votes"), F("length")),
            "doubt": ranking.doubt(F("helpful"), F("votes"), F("length")),
        }
        visible = Review.objects.visible_to(request.user).with_title().annotate(**shares)
        numbers = get_object_or_404(visible, pk=asked)
    return render(request, "reviews/ordering.html", {"numbers": numbers, "ranking": ranking})
