"""May this person do this: what hangs on the account alone."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from accounts.models import User


def has_confirmed_address(person: User | AnonymousUser) -> bool:
    """Has the member confirmed an e-mail address, or is there no mail to confirm one by (no `EMAIL_URL`)?

    Asked before votes and reviews. Costs no query for who is signed in: `accounts.sessions` brings the answer.
    """
    if not person.is_authenticated:
        return False
    if not settings.ASK_TO_CONFIRM:
        return True
    known: bool | None = getattr(person, "address_confirmed", None)
    return EmailAddress.objects.filter(user=person, verified=True).exists() if known is None else known


def may_hold_rights(person: User) -> bool:
    """Is it worth asking which permissions the member has? Hardly anybody has any, and that is known without a query
    for who is signed in: `accounts.sessions` brings it.
    """
    return person.is_superuser or getattr(person, "has_rights", True)


def needs_second_factor(person: User | AnonymousUser) -> bool:
    """Must the member set up an app or a passkey before the back office opens? Recovery codes alone are no factor.

    Who has one was asked for it on signing in, or proved it on setting it up.
    """
    if not person.is_authenticated or (settings.DEMO and person.is_demo):
        return False
    factors = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return not Authenticator.objects.filter(user=person, type__in=factors).exists()
