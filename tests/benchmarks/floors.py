"""What the site's pages are measured against: a view that does nothing, and pages written as one would at first."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from reviews.models import Review, Title, Vote


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def naive(request: HttpRequest, slug: str) -> HttpResponse:
    """Twenty-five reviews by page number: COUNT and OFFSET, and nothing kept."""
    title = get_object_or_404(Title, slug=slug)
    reviews = Review.objects.filter(title=title, state="published").select_related("author")
    if request.user.is_authenticated:
        own = Vote.objects.filter(review=OuterRef("pk"), member=request.user)
        reviews = reviews.annotate(own_vote=Subquery(own.values("helpful")))
    page = Paginator(reviews.order_by("-featured", "-votes", "-created"), 25).get_page(request.GET.get("page"))
    return render(request, "naive.html", {"title": title, "page": page})


@require_POST
@transaction.atomic
def vote_with_row_lock(request: HttpRequest, pk: int) -> HttpResponse:
    """A vote as one would count it by hand: the review locked, both rows saved."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    helpful = request.POST["vote"] == "yes"
    review = Review.objects.select_for_update().select_related(None).get(pk=pk)
    vote, created = Vote.objects.get_or_create(review=review, member=request.user, defaults={"helpful": helpful})
    if not created and vote.helpful != helpful:
        vote.helpful = helpful
        vote.save(update_fields=["helpful"])
    return redirect("review", pk=pk)
