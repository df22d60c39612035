"""What members have in hand: their drafts, and their reviews deleted and brought back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.members import member_of
from reviews import drafting, permissions, unsent, writing
from reviews.models import Draft, Review


@require_safe
@login_required
def drafts(request: HttpRequest) -> HttpResponse:
    """What the member has begun to write, the latest first, what is held or hidden, and what they may bring back."""
    member = member_of(request)
    begun = Draft.objects.filter(member=member).select_related("title").order_by("-saved", "-pk")
    deleted = Review.objects.restorable().filter(author=member).with_title().order_by("-deleted")
    unseen = Review.objects.filter(author=member, state__in=["held", "hidden"]).with_title().order_by("-created", "-pk")
    return render(request, "reviews/drafts.html", {"drafts": begun, "deleted": deleted, "out_of_sight": unseen})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def discard(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks whether to throw the draft away, and does."""
    member = member_of(request)
    draft = get_object_or_404(Draft.objects.select_related("title"), member=member, title__slug=slug)
    if request.method != "POST":
        return render(request, "reviews/discard.html", {"draft": draft, "title": draft.title})
    drafting.discard_draft(member, draft.title)
    unsent.forget(request)
    messages.success(request, _("The draft about %(title)s is discarded.") % {"title": draft.title})
    return redirect("drafts")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks whether to delete one's review, and does; then says until when it can be brought back."""
    review = _own_review(request, pk)
    if request.method == "POST":
        writing.delete(review)
        return redirect("delete", pk=pk)
    return render(request, "reviews/delete.html", {"review": review, "title": review.title})


@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Brings one's deleted review back."""
    if not request.user.is_authenticated:
        return redirect(reverse("account_login", query={"next": reverse("delete", args=[pk])}))
    review = _own_review(request, pk)
    if not permissions.may_restore(request.user, review):
        return redirect("suspension")
    if writing.restore(review):
        messages.success(request, _("Your review is back where it was."))
    return redirect(review)


def _own_review(request: HttpRequest, pk: int) -> Review:
    """One's own review, deleted or not. Others that one may read are 403, all else 404."""
    member = member_of(request)
    review = get_object_or_404(Review.objects.in_reach_of(member).with_title(), pk=pk)
    if not permissions.may_delete(member, review):
        raise PermissionDenied
    return review
