"""The way into Django's admin: through the site's own sign-in, and with a second factor."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from accounts.permissions import needs_second_factor


class BackOffice(AdminSite):
    """Staff alone, and none of them by a password alone: the demo's own accounts aside, while it lets them in."""

    site_header = site_title = "Reviewsite"

    def has_permission(self, request: HttpRequest) -> bool:
        if not super().has_permission(request) or needs_second_factor(request.user):
            return False
        return not getattr(request.user, "is_suspended", False)

    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Where whoever may not enter is sent. Staff without a second factor are led to set one up."""
        if needs_second_factor(request.user):
            messages.error(request, _("The back office asks for a second factor. Set up an app or a passkey first."))
            return redirect("mfa_index")
        return super().login(request, extra_context)
