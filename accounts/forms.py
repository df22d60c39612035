"""allauth's forms, with messages that say what to do."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from accounts.models import User

# So many accounts are named in the letter to an address that nobody has confirmed.
MOST_ACCOUNTS = 5
MISSING = {
    "login": _("Give your username or e-mail."),
    "password": _("Give your password."),
    "username": _("Choose a username."),
    "email": _("Give your e-mail address."),
    "oldpassword": _("Give your current password."),
    "password1": _("Choose a password."),
    "password2": _("Give the new password once more."),
    "code": _("Give the code."),
}


class SaysWhatToDo:
    """A field left empty is asked for by its name."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, message in MISSING.items():
            if name in self.fields:
                self.fields[name].error_messages["required"] = message


class LoginForm(SaysWhatToDo, allauth_forms.LoginForm):  # type: ignore[misc]
    pass


class SignupForm(SaysWhatToDo, allauth_forms.SignupForm):  # type: ignore[misc]
    def try_save(self, request: HttpRequest) -> tuple[Any, HttpResponseBase | None]:
        """The new member. Where two asked for one name at the same moment, the second is told that it is taken."""
        from allauth.account.views import signup

        try:
            with transaction.atomic():
                saved: tuple[Any, HttpResponseBase | None] = super().try_save(request)
                return saved
        except IntegrityError:
            if not get_user_model().objects.filter(username__iexact=self.cleaned_data["username"]).exists():
                raise
            return None, signup(request)  # asked again, the form finds the name taken


class AddEmailForm(SaysWhatToDo, allauth_forms.AddEmailForm):  # type: ignore[misc]
    pass


class ChangePasswordForm(SaysWhatToDo, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordForm(SaysWhatToDo, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """One letter, whether nobody, one or several opened accounts with the address: sending takes the same time."""
        address: str = self.cleaned_data["email"]
        members = sorted((member for member in self.users if member.has_usable_password()), key=lambda one: one.pk)
        if not members:
            request_password_reset(request, address, [], None)
        else:
            links = [(member.username, _link(member)) for member in members[:MOST_ACCOUNTS]]
            get_adapter().send_mail("account/email/password_reset_key", address, {"links": links})
        return address


def _link(member: User) -> str:
    key = f"{user_pk_to_url_str(member)}-{allauth_forms.default_token_generator.make_token(member)}"
    link: str = get_adapter().get_reset_password_from_key_url(key)
    return link


class ResetPasswordKeyForm(SaysWhatToDo, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(SaysWhatToDo, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    pass
