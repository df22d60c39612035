"""Voting on a review."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from reviews import voting
from reviews.models import Review
from reviews.permissions import may_vote
from reviews.views.cards import vote_line
from reviews.views.stand_ins import Reader
from reviews.voting import Outcome, Tally
from reviewsite.partials import is_partial, redirect_whole
from reviewsite.texts import LARGEST


@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """`vote=yes`, `no` or `none` by a member; back to the review in the list it was shown in."""
    if not request.user.is_authenticated:
        return redirect_whole(request, reverse("account_login", query={"next": _where_it_was_shown(request, pk)}))
    choice = request.POST.get("vote")
    if choice not in {"yes", "no", "none"}:
        raise BadRequest("vote is yes, no or none")
    tally, problem = _vote(request.user, pk, choice)
    if is_partial(request) and tally:
        reader = Reader.like(request.user).of_votes()
        return HttpResponse(vote_line(pk, tally, reader, choice == "yes", get_language(), announce=True))
    if is_partial(request):
        shown = get_object_or_404(Review.objects.visible_to(request.user).with_vote_of(request.user), pk=pk)
        return render(request, "components/vote_line.html", {"review": shown, "announce": True, "problem": problem})
    if problem:
        messages.info(request, problem)
    return redirect(reverse("review", args=[pk]) if problem else _where_it_was_shown(request, pk))


def _vote(member: User, pk: int, choice: str) -> tuple[Tally | None, str]:
    """Vote as chosen: the votes with it where it counts, or why it does not, where the page does not say so already.

    Most votes are one statement. Only where it may have met nothing is asked whether there is such a review: 404 if the
    member may not read one.
    """
    if pk > LARGEST:
        raise Http404
    outcome, tally = Outcome.REFUSED, None
    if choice == "none" and not member.is_suspended:
        voting.withdraw(member, pk)
    elif choice != "none" and may_vote(member):
        outcome, tally = voting.cast_and_tally(member, pk, helpful=choice == "yes")
    if outcome == Outcome.REFUSED and not Review.objects.visible_to(member).filter(pk=pk).exists():
        raise Http404
    if outcome == Outcome.LIMIT:
        words = ngettext(
            "You have voted once within a day, as often as one may. Vote again tomorrow.",
            "You have voted %(most)s times within a day, as often as one may. Vote again tomorrow.",
            settings.VOTES_A_DAY,
        )
        return None, words % {"most": settings.VOTES_A_DAY}
    if outcome == Outcome.HELD:
        return None, _("Many have voted like this within a day. A moderator looks at these votes before they count.")
    return tally, ""


def _where_it_was_shown(request: HttpRequest, pk: int) -> str:
    """The list that `next` names if it is ours, at the review; else the review's own page."""
    page = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return f"{page}#review-{pk}" if ours and page.startswith("/") else reverse("review", args=[pk])
