"""A member's settings, and ending one of their sessions."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.preferences import SettingsForm


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    # A copy: the form writes what was typed into it, and the header shows the member as they are.
    member = get_object_or_404(User, username=request.user.get_username())
    form = SettingsForm(request.POST or None, instance=member)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your settings are saved."))
        return redirect("settings")
    return render(request, "accounts/settings.html", {"form": form})


@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign one's own device out; this one, too, if it is named."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    session.end()
    messages.success(request, _("That device is signed out."))
    return redirect("usersessions_list")
