"""The moderators' queue, a case of it, and deciding one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.members import member_of
from accounts.models import User
from reviews import permissions
from reviews.decision_form import DecisionForm
from reviews.filters import CaseFilter
from reviews.models import Act
from reviews.moderation import deciding
from reviews.moderation.file import CaseFile
from reviews.moderation.queue import ORDER, next_after, queue_for
from reviewsite.keyset import page_of


def for_moderators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Visitors are asked to sign in and then see the page, of an act the case; other members get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, **address: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            seen = reverse("case", kwargs=address) if request.method == "POST" else request.get_full_path()
            return redirect(reverse("account_login", query={"next": seen}))
        if not permissions.is_moderator(request.user):
            raise PermissionDenied
        return view(request, **address)

    return guarded


@require_safe
@for_moderators
def queue(request: HttpRequest) -> HttpResponse:
    """The cases that wait, the heaviest first."""
    found = CaseFilter(request.GET, queryset=queue_for(member_of(request)).filter(closed=None))
    page = page_of(found.qs, ORDER, found.cursor, settings.CASES_PER_PAGE)
    return render(request, "reviews/moderation/queue.html", {"filter": found, "kinds": found.kinds, "page": page})


@require_safe
@for_moderators
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """All that helps to decide the case, and the form that does; of one decided already, what was decided."""
    file = _file(pk, member_of(request))
    return _show(request, file, DecisionForm(file=file))


@require_POST
@for_moderators
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide the case, and go on to the next. Nothing happens where another moderator came first."""
    moderator = member_of(request)
    file = _file(pk, moderator)
    form = DecisionForm(request.POST, file=file)
    if file.why_not:
        return _show(request, file, form, status=403)
    if file.case.closed or form.seen != file.case.version:
        return _show(request, file, form, stale=True, status=409)
    if not form.is_valid():
        return _show(request, file, form, status=422)
    try:
        acts = deciding.decide_together(form.cases, moderator, form.decision)
    except deciding.DecidedMeanwhile:
        return _decided_meanwhile(request, file, form)
    except deciding.NotYours as refused:
        form.add_error("kind", refused.why)
        return _show(request, file, form, status=403)
    except deciding.NotPossible:
        form.add_error("together", _("Not all of them can be decided this way. Decide them one by one."))
        return _show(request, file, form, status=422)
    _say_done(request, file, acts)
    following = next_after(file.place, moderator)
    return redirect(following or "queue")


def _decided_meanwhile(request: HttpRequest, file: CaseFile, form: DecisionForm) -> HttpResponse:
    """Somebody decided this case, or another that was to go with it, while this was on its way."""
    now = CaseFile.of(file.case.pk, file.moderator)
    if now is None:
        messages.info(request, _("The case has gone, and its review with it."))
        return redirect("queue")
    form.file = now
    stale = now.case.version != form.seen
    if not stale:
        form.add_error("together", _("One of them was decided meanwhile, so nothing was done. Look at them again."))
    return _show(request, now, form, stale=stale, status=409)


def _file(pk: int, moderator: User) -> CaseFile:
    file = CaseFile.of(pk, moderator)
    if file is None:
        raise Http404
    return file


def _show(
    request: HttpRequest, file: CaseFile, form: DecisionForm, *, stale: bool = False, status: int = 200
) -> HttpResponse:
    """The page of the case. `stale`: the form was made for the case as it was before another act on it."""
    context = {
        "file": file,
        "case": file.case,
        "review": file.case.review,
        "title": file.case.review.title if file.case.review else None,
        "form": form,
        "stale": stale,
        "decided": deciding.latest_act(file.case) if stale or file.case.closed else None,
    }
    return render(request, "reviews/moderation/case.html", context, status=status)


def _say_done(request: HttpRequest, file: CaseFile, acts: list[Act]) -> None:
    what = acts[0].get_kind_display()
    if len(acts) > 1:
        words = ngettext("%(what)s: %(number)s case of %(name)s.", "%(what)s: %(number)s cases of %(name)s.", len(acts))
        messages.success(request, words % {"what": what, "number": len(acts), "name": file.case.author.shown_name})
        return
    about = _("“%(headline)s”") % {"headline": file.case.review} if file.case.review else file.case.author.shown_name
    messages.success(request, f"{what}: {about}")
