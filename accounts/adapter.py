"""What the site says where allauth has words of its own, and what it says nothing about."""

from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import usernames
from accounts.models import User

NO_SUCH_PAIR = _(
    "Name and password do not go together. Check both, and try again. "
    "An e-mail address signs in once it is confirmed, a username always."
)
TOO_OFTEN = _("Too many attempts. Wait five minutes, then try again.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    # Which of the two was wrong is nobody's business but the member's.
    error_messages: ClassVar[dict[str, str | Promise]] = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": NO_SUCH_PAIR,
        "email_password_mismatch": NO_SUCH_PAIR,
        "incorrect_password": _("That is not your password. Try again."),
        "enter_current_password": _("That is not your current password. Try again."),
        "too_many_login_attempts": TOO_OFTEN,
        "rate_limited": TOO_OFTEN,
        "username_taken": _("Another member has this name. Choose a different one."),
        "username_blacklisted": _("This name cannot be used here. Choose a different one."),
        "username_official": _("This name could be taken for the staff's. Choose a different one."),
        "username_address": _("This is an e-mail address. Choose a name that readers may see."),
        "username_unseen": _("A letter of this name cannot be seen. Choose a different one."),
        "duplicate_email": _("This address is yours already."),
    }

    def clean_username(self, username: str, shallow: bool = False) -> str:
        try:
            username = usernames.chosen(username)
        except ValidationError as refused:
            raise self.validation_error(f"username_{refused.code}") from refused
        found: str = super().clean_username(username, shallow)
        return found

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The member, or None.

        allauth takes a member whom the backend refused for one whose account is closed; a demo's member is nobody.
        """
        member: User | None = super().authenticate(request, **credentials)
        return None if member and member.is_demo and not settings.DEMO else member

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Attempts count by the name alone: with the site's name, as allauth has it, another `Host` begins anew.

        In capitals first, as the database compares names: to it a dotless i is an i too.
        """
        return User.normalize_username(credentials.get("email") or credentials.get("username") or "").upper().casefold()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Its links lead to the site's own address: what a request calls the site may be anybody's."""
        super().send_mail(template_prefix, email, {**context, "site": settings.SITE_URL})

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return urljoin(str(settings.SITE_URL), reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = urlsplit(str(super().get_reset_password_from_key_url(key))).path
        return urljoin(str(settings.SITE_URL), path)

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """One letter in either case; who has confirmed the address already is told so, and nobody else learns it."""
        address: EmailAddress = emailconfirmation.email_address
        if address.can_set_verified():
            super().send_confirmation_mail(request, emailconfirmation, signup)
        else:
            self.send_account_already_exists_mail(address.email)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, str | Promise]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That did not work: the code is wrong, was used already or is too old. Try the next one."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
    }

    def get_totp_label(self, user: User) -> str:
        return user.username

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        return gettext("Passkey")
