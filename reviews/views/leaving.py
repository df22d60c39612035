"""Deleting one's account: what becomes of the reviews, then whether to do it, then it is done."""

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.members import member_of
from reviews import leaving
from reviews.models import Review


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def leave(request: HttpRequest) -> HttpResponse:
    """`reviews=stay` or `go`: GET asks whether to delete the account so, POST does it."""
    member = member_of(request)
    counts = {
        "reviews": member.reviews.exclude(state=Review.State.DELETED).count(),
        "votes": member.votes.count(),
        "ratings": member.ratings.count(),
        "drafts": member.drafts.count(),
    }
    chosen = request.POST.get("reviews") if request.method == "POST" else request.GET.get("reviews")
    if not counts["reviews"]:
        chosen = chosen or "go"
    if chosen not in {"stay", "go"}:
        return render(request, "reviews/leave.html", {"counts": counts})
    if request.method != "POST":
        return render(request, "reviews/leave_confirm.html", {"counts": counts, "chosen": chosen})
    leaving.leave(member, keep_reviews=chosen == "stay")
    logout(request)
    return redirect("left")
