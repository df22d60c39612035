"""A member's page, blocking its member, and whom one has blocked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.db.models import OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.members import member_of
from accounts.models import User
from reviews import blocking, figures
from reviews.filters import ReviewFilter
from reviews.members import Record, site_rating_counts, with_block_by, with_record
from reviews.models import Block, Review
from reviews.reading import moved_since, read_on
from reviewsite.partials import render_partial


@require_safe
def member(request: HttpRequest, username: str) -> HttpResponse:
    """A member: how they rate, and their reviews, chosen and ordered as the address says."""
    reviews = Review.objects.public().with_title().with_vote_of(request.user).with_block_of(request.user)
    found = ReviewFilter(request.GET, queryset=reviews)
    moved = moved_since(found.cursor, found.order, author_id=OuterRef("pk"))
    people = with_block_by(User.objects.filter(is_active=True), request.user)
    person = get_object_or_404(with_record(people).annotate(moved=moved), username__iexact=username)
    page = read_on(
        found.qs.filter(author=person), found.order, found.cursor, person.moved, of="author_id", indexed=False
    )
    record = Record.of(person)
    counts = figures.review_counts(record, without_spoilers=found.hides_spoilers)
    context = {
        "member": person,
        "own_page": person.pk == request.user.pk,
        "record": record,
        "filter": found,
        "page": page,
        "count": sum(counts) if found.rating_chosen is None else counts[found.rating_chosen],
        "all_reviews": person.review_count,
        "falling_bars": figures.bars(counts[1:])[::-1],
        "own_bars": figures.bars(record.rating_counts),
        "site_bars": figures.bars(site_rating_counts()),
    }
    return render_partial(request, "reviews/member.html", context, partial="results" if page.first else "more")


@require_POST
def block(request: HttpRequest, username: str) -> HttpResponse:
    """`block=yes` or `no` by a member; back to the page of whom it is about, who hears nothing of it."""
    person = get_object_or_404(User, username__iexact=username, is_active=True)
    if not request.user.is_authenticated:
        return redirect(reverse("account_login", query={"next": person.get_absolute_url()}))
    match request.POST.get("block"):
        case "yes":
            blocking.block(request.user, person)
        case "no":
            blocking.unblock(request.user, person)
        case _:
            raise BadRequest("block is yes or no")
    return redirect(person)


@require_safe
@never_cache
@login_required
def blocked(request: HttpRequest) -> HttpResponse:
    """Whom the member has blocked, the latest first; seen by nobody else."""
    blocks = Block.objects.filter(member=request.user.pk).select_related("blocked").order_by("-since", "-pk")
    return render(request, "reviews/blocked.html", {"blocks": blocks})


@require_POST
@login_required
def unblock(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own blocks; back to the others."""
    found = get_object_or_404(Block.objects.select_related("blocked"), pk=pk, member=request.user.pk)
    blocking.unblock(member_of(request), found.blocked)
    messages.success(request, _("%(name)s is not blocked any more.") % {"name": found.blocked.shown_name})
    return redirect("blocked")
