"""What members are told by the moderators: notices, and the decisions that they are about."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.members import member_of
from reviews import unsent
from reviews.forms import AppealForm
from reviews.models import Act, Appeal, Notice
from reviews.moderation import appealing
from reviews.moderation.record import APPEALABLE, mark_read
from reviews.permissions import is_moderator
from reviewsite.keyset import Cursor, Keyset, page_of
from reviewsite.texts import number

ORDER = Keyset("notices", {}, descending=False)


@require_safe
@never_cache
@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """What the member was told, the newest first. Looking marks nothing as read: that is an act of its own."""
    told = Notice.objects.of(request.user).with_subjects()
    page = page_of(told, ORDER, Cursor.decode(request.GET.get("after", ""), ORDER), settings.NOTICES_PER_PAGE)
    return render(request, "reviews/notices.html", {"page": page})


@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    """Mark as read all notices up to the newest that the page showed (`up_to`)."""
    if not request.user.is_authenticated:
        return redirect(reverse("account_login", query={"next": reverse("notices")}))
    if (up_to := number(request.POST.get("up_to", ""))) is not None:
        mark_read(member_of(request), up_to=up_to)
    return redirect("notices")


@require_safe
@never_cache
@login_required
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """A decision with its reasons, for whom it is about and for moderators; with what can be done about it."""
    act = _act(request, pk)
    return _page(request, act, AppealForm(initial={"words": unsent.words_about(request, act)}))


@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """`kind=objection` or `edited`, and `words`: have another moderator look at the decision again."""
    if not request.user.is_authenticated:
        unsent.keep_words(request, pk)
        return redirect(reverse("account_login", query={"next": reverse("decision", args=[pk])}))
    act, form = _act(request, pk), AppealForm(request.POST)
    if not form.is_valid():
        return _page(request, act, form, status=422)
    try:
        appealing.appeal(act, member_of(request), Appeal.Kind(form.cleaned_data["kind"]), form.cleaned_data["words"])
    except appealing.NotAppealable:
        form.add_error(None, _("This cannot be appealed now: look below at how it stands."))
        return _page(request, act, form, status=409)
    unsent.forget_words(request)
    return redirect("decision", pk=pk)


@require_safe
@login_required
def suspension(request: HttpRequest) -> HttpResponse:
    """Leads a suspended member to the decision that says why and until when."""
    member = member_of(request)
    act = Act.objects.filter(member=member, kind=Act.Kind.SUSPEND).order_by("-pk").first()
    if act is None or not member.is_suspended:
        raise Http404
    return redirect(act)


def _act(request: HttpRequest, pk: int) -> Act:
    """The decision, for the member whom it is about and was told of it, and for moderators."""
    act = get_object_or_404(Act.objects.with_subjects().select_related("review", "member"), pk=pk)
    if not (_is_about(act, request.user.pk) or is_moderator(request.user)):
        raise Http404
    return act


def _is_about(act: Act, member: int | None) -> bool:
    return act.member_id == member and act.notices.filter(member=member, report=None).exists()


def _page(request: HttpRequest, act: Act, form: AppealForm, *, status: int = 200) -> HttpResponse:
    own = act.member_id == request.user.pk
    context = {
        "act": act,
        "title": act.title,
        "own": own,
        "form": form,
        "can_be_objected_to": act.kind in APPEALABLE or act.kind == Act.Kind.UPHOLD,
        "ways": appealing.ways_of(act) if own else [],
        "most": settings.APPEAL_LENGTH,
        "appeals": act.appeals.select_related("decision__rule").order_by("made"),
    }
    return render(request, "reviews/decision.html", context, status=status)
