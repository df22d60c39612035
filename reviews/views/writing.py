"""Writing a review: the form, its preview and its draft; and rating a title without writing."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.members import member_of
from accounts.models import User
from reviews import figures, permissions, unsent, writing
from reviews.drafting import Conflict, Seen, Text, own_draft, own_review, save_draft
from reviews.forms import RATING_VALUES, ReviewForm, seen_text, typed_text
from reviews.limits import LimitReached
from reviews.models import Draft, Review, Title
from reviewsite.partials import is_partial, redirect_whole


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """The form for the member's review of a title; sent, it is published or comes back with what is wrong."""
    title = _title(slug)
    if not request.user.is_authenticated:
        return _sign_in_first(request, title)
    if request.method != "POST":
        return _opened(request, title)
    member = _who_wrote(request)
    form = ReviewForm(request.POST, review=own_review(member, title))
    if why_not := permissions.why_not_write(member):
        form.add_error(None, f"{why_not} {_('What you wrote is kept as a draft.')}")
    if not form.is_valid():
        return _kept(request, title, form=form, status=422)
    try:
        review = writing.publish(member, title, form.text, seen_text(request.POST))
    except Conflict as conflict:
        return _page(request, title, form.text, other=conflict.other, status=409)
    except LimitReached as limit:
        form.add_error(None, _too_many(limit))
        return _kept(request, title, form=form, status=422)
    unsent.forget(request)
    _say_what_became_of(request, review)
    return redirect(review)


@require_POST
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """What the form holds as readers would see it, under the form. Without a script this keeps it as a draft too."""
    title = _title(slug)
    if not request.user.is_authenticated:
        return _sign_in_first(request, title)
    member = _who_wrote(request)
    if not is_partial(request):
        return _kept(request, title, preview=True)
    review = own_review(member, title)
    context = {"text": typed_text(request.POST), "review": review, "preview": True, "now": timezone.now()}
    return render(request, "reviews/write_preview.html", context)


@require_POST
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep what the form holds as the member's draft; `keep=other` keeps what another tab or device has stored."""
    title = _title(slug)
    if not request.user.is_authenticated:
        return _sign_in_first(request, title)
    member, text = _who_wrote(request), typed_text(request.POST)
    if request.POST.get("keep") != "other":
        try:
            save_draft(member, title, text, seen_text(request.POST))
        except Conflict as conflict:
            return _page(request, title, text, other=conflict.other, status=409)
    unsent.forget(request)
    return _page(request, title, text) if is_partial(request) else redirect("write", slug=slug)


@require_POST
def rate(request: HttpRequest, slug: str) -> HttpResponse:
    """`rating=1` to `10`, or `none` to take it back; then the title's overview again."""
    title = _title(slug)
    if not request.user.is_authenticated:
        return redirect_whole(request, reverse("account_login", query={"next": title.get_absolute_url()}))
    member, rating = member_of(request), request.POST.get("rating")
    if rating not in RATING_VALUES:
        raise BadRequest("rating is 1 to 10 or none")
    if member.is_suspended:
        return redirect_whole(request, reverse("suspension"))
    if not permissions.may_write(member):
        messages.info(request, _("Confirm your e-mail address before you rate."))
        return redirect_whole(request, reverse("account_email"))
    writing.rate(member, title, RATING_VALUES[rating])
    if not is_partial(request):
        return redirect(f"{title.get_absolute_url()}#own-rating")
    title = Title.objects.with_own(member).get(pk=title.pk)
    context = {"title": title, "bars": figures.bars(title.rating_counts), "announce": True}
    return render(request, "reviews/own_rating.html", context)


def _title(slug: str) -> Title:
    return get_object_or_404(Title.objects.defer("synopsis", "search_text"), slug=slug)


def _sign_in_first(request: HttpRequest, title: Title) -> HttpResponse:
    """Through sign-in to the form. What was sent waits: most often a session has ended while somebody wrote."""
    if request.method == "POST":
        unsent.keep(request, title)
    form = reverse("write", args=[title.slug])
    if is_partial(request):
        return render(request, "reviews/write_signed_out.html", {"form_url": form}, status=401)
    return redirect(reverse("account_login", query={"next": form}))


def _who_wrote(request: HttpRequest) -> User:
    """The member, if the form is theirs: the next to sign in with the same browser does not send what one wrote."""
    member = member_of(request)
    if request.POST.get("member", str(member.pk)) != str(member.pk):
        raise PermissionDenied
    return member


def _opened(request: HttpRequest, title: Title) -> HttpResponse:
    """The form with what waits to be taken over, else the draft, else the review, else the rating alone."""
    member = member_of(request)
    stored = own_draft(member, title) or own_review(member, title)
    waiting = unsent.waiting(request, title)
    if waiting is not None:
        return _page(request, title, waiting, other=stored)
    return _page(request, title, Text.of(stored) if stored else Text(writing.own_rating(member, title)))


def _kept(request: HttpRequest, title: Title, **shown: Any) -> HttpResponse:
    """The form as it was sent, which is kept as a draft before it is shown again."""
    text = typed_text(request.POST)
    try:
        save_draft(member_of(request), title, text, seen_text(request.POST))
    except Conflict as conflict:
        shown |= {"other": conflict.other, "status": 409}
    return _page(request, title, text, **shown)


def _page(
    request: HttpRequest,
    title: Title,
    text: Text,
    *,
    form: ReviewForm | None = None,
    other: Draft | Review | None = None,
    preview: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The page with the text in its form, and `other` beside it, which conflicts with it; for the script its parts."""
    member = member_of(request)
    review, draft = own_review(member, title), own_draft(member, title)
    context = {
        "title": title,
        "text": text,
        "form": form or ReviewForm(review=review),
        "review": review,
        "draft": draft,
        "seen": Seen.now(review, draft),
        "other": other,
        "preview": preview,
        "now": timezone.now(),
        "deleted": Review.objects.restorable().filter(title=title, author=member).first(),
    }
    template = "reviews/write_saved.html" if is_partial(request) else "reviews/write.html"
    return render(request, template, context, status=status)


def _too_many(limit: LimitReached) -> str:
    words = ngettext(
        "You have published %(most)s review within a day, which is as many as you may now. What you wrote is kept "
        "as a draft; publish it tomorrow.",
        "You have published %(most)s reviews within a day, which is as many as you may now. What you wrote is kept "
        "as a draft; publish it tomorrow.",
        limit.most,
    )
    return words % {"most": limit.most}


def _say_what_became_of(request: HttpRequest, review: Review) -> None:
    if review.state != Review.State.PUBLISHED and review.edited:
        messages.success(request, _("Your changes are saved. At the decision you can ask for another look at them."))
    elif review.state != Review.State.PUBLISHED:
        messages.success(request, _("Your review is saved. Readers see it when a moderator has let it through."))
    elif review.edited:
        messages.success(request, _("Your changes are published."), extra_tags="in-place")
    else:
        messages.success(request, _("Your review is published."), extra_tags="in-place")
