"""What the site says where allauth has words of its own, and what it says nothing about."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User

NO_SUCH_PAIR = _("Name and password do not go together. Check both, and try again.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    # Which of the two was wrong is nobody's business but the member's.
    error_messages: ClassVar[dict[str, str | Promise]] = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": NO_SUCH_PAIR,
        "email_password_mismatch": NO_SUCH_PAIR,
        "incorrect_password": _("That is not your password. Try again."),
        "enter_current_password": _("That is not your current password. Try again."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "username_taken": _("Another member has this name. Choose a different one."),
        "username_blacklisted": _("This name cannot be used here. Choose a different one."),
        "duplicate_email": _("This address is yours already."),
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The member, or None.

        allauth takes a member whom the backend refused for one whose account is closed; a demo's member is nobody.
        """
        member: User | None = super().authenticate(request, **credentials)
        return None if member and member.is_demo and not settings.DEMO else member
