"""allauth's forms for authenticator app, recovery codes and passkeys, with messages that say what to do.

A passkey's answer comes from a script as JSON. Whatever else comes in its place is refused like a wrong code.
"""

import struct
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import InvalidSignature
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import SaysWhatToDo
from reviewsite.texts import control_character

# What reading an answer runs into that no device gave, or that was signed with another key.
MALFORMED = (LookupError, AttributeError, TypeError, ValueError, struct.error, InvalidSignature)
LONGEST_CODE, LONGEST_NAME, LARGEST_CREDENTIAL = 40, 60, 20_000


class CodeField(forms.CharField):
    """A code as it is typed: with or without gaps."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_CODE, **options)
        self.widget.attrs |= {"autocomplete": "one-time-code", "inputmode": "numeric"}


class CredentialField(forms.JSONField):
    """What a passkey answered: an object, with an object for its `response`, all of it storable text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.HiddenInput, **options)

    def to_python(self, value: Any) -> Any:
        refused: ValidationError = get_adapter().validation_error("incorrect_code")
        if isinstance(value, str) and (len(value) > LARGEST_CREDENTIAL or "\\u0000" in value):
            raise refused
        try:
            found = super().to_python(value)
        except (ValidationError, RecursionError) as problem:
            raise refused from problem
        if found is not None and not (isinstance(found, dict) and isinstance(found.get("response"), dict)):
            raise refused
        return found


class NameField(forms.CharField):
    """What a member calls a passkey of theirs."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_NAME, **options)

    def clean(self, value: Any) -> str:
        name: str = super().clean(value)
        if control_character(name):
            raise ValidationError(_("Take the control characters out of the name."))
        return name


class AuthenticateForm(SaysWhatToDo, base.AuthenticateForm):  # type: ignore[misc]
    code = CodeField()


class ReauthenticateForm(SaysWhatToDo, base.ReauthenticateForm):  # type: ignore[misc]
    code = CodeField()


class ActivateTOTPForm(SaysWhatToDo, totp.ActivateTOTPForm):  # type: ignore[misc]
    code = CodeField()

    def clean_code(self) -> str:
        """The code that sets the app up is used with that, as each is that signs in."""
        code: str = super().clean_code()
        if not TOTP(Authenticator(user=self.user))._mark_code_used(code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AnswersBriefly:
    """One message, whatever was wrong with a passkey's answer."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except MALFORMED as problem:
            raise get_adapter().validation_error("incorrect_code") from problem


class AuthenticateWebAuthnForm(AnswersBriefly, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField()


class ReauthenticateWebAuthnForm(AnswersBriefly, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField()


class LoginWebAuthnForm(AnswersBriefly, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField()
    remember = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """The session stays as long as one asked, as after signing in by password."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "credential" in cleaned:
            context.request.session.set_expiry(settings.SESSION_COOKIE_AGE if cleaned.get("remember") else 0)
        return cleaned


class AddWebAuthnForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    name = NameField(required=False)
    credential = CredentialField()
    passwordless = forms.BooleanField(required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except MALFORMED as problem:
            raise get_adapter().validation_error("incorrect_code") from problem
        return cleaned


class EditWebAuthnForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    name = NameField()
