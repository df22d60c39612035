"""Reporting a review, as a member or without an account."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.humanize.templatetags.humanize import apnumber
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from reviews.forms import ReportForm
from reviews.limits import LimitReached
from reviews.models import Reason, Report, Review, Title
from reviews.moderation import reporting
from reviews.permissions import may_report


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The form for what is wrong with a review; sent, moderators have it, or it comes back with what is wrong."""
    review = get_object_or_404(Review.objects.public().with_title(), pk=pk)
    if request.method != "POST":
        return _page(request, review, ReportForm(outsider=request.user.is_anonymous))
    form = ReportForm(request.POST, outsider=request.user.is_anonymous)
    if not may_report(request.user, review):
        return _page(request, review, form, status=403)
    if not form.is_valid():
        return _page(request, review, form, status=422)
    if request.user.is_anonymous and not ratelimit.consume(request, action="report"):
        form.add_error(None, _too_many_an_hour(settings.REPORTS_AN_HOUR))
        return _page(request, review, form, status=429)
    try:
        _send(request.user, review, form)
    except LimitReached as limit:
        form.add_error(None, _too_many(limit.most))
        return _page(request, review, form, status=429)
    except reporting.NotThere as gone:
        raise Http404 from gone
    return redirect("reported", slug=review.title.slug)


@require_safe
def reported(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens next with a report of a review of the title. It stands whatever becomes of the review."""
    title = get_object_or_404(Title.objects.defer("synopsis", "search_text"), slug=slug)
    return render(request, "reviews/reported.html", {"title": title})


def _send(person: User | AnonymousUser, review: Review, form: ReportForm) -> None:
    """Report it, once. The second time is answered like the first, or it would tell whether an address has reported."""
    sent = form.cleaned_data
    who = person if isinstance(person, User) else reporting.Outsider(sent["name"], sent["email"])
    try:
        reporting.report(review.pk, who, Reason(sent["reason"]), sent["words"])
    except reporting.AlreadyReported:
        return


def _page(request: HttpRequest, review: Review, form: ReportForm, *, status: int = 200) -> HttpResponse:
    member = request.user
    made = Report.objects.filter(review=review, reporter=member.pk).first() if member.is_authenticated else None
    context = {"review": review, "title": review.title, "form": form, "made": made}
    return render(request, "reviews/report.html", context, status=status)


def _too_many(most: int) -> str:
    words = ngettext(
        "You have made %(most)s report today, which is the most. Tomorrow you can make more.",
        "You have made %(most)s reports today, which is the most. Tomorrow you can make more.",
        most,
    )
    return words % {"most": most}


def _too_many_an_hour(most: int) -> str:
    words = ngettext(
        "%(most)s report an hour is the most without an account. Try again later, or sign in.",
        "%(most)s reports an hour are the most without an account. Try again later, or sign in.",
        most,
    )
    return words % {"most": capfirst(str(apnumber(most)))}
