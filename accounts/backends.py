"""Who may sign in."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from accounts.models import User
from accounts.sessions import read_member


class SignInBackend(AuthenticationBackend):  # type: ignore[misc]
    """Sign-in by username or confirmed e-mail. The demo's members, whose passwords are printed, only in a demo.

    Each attempt works out one hash, whoever is named: allauth does so for nobody, and would for each account that was
    opened with an address. An address that nobody confirmed signs nobody in, or whoever opened an account with it could
    see from that whether it has another.
    """

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        username, email = credentials.get("username", ""), credentials.get("email", "")
        member = _named(username) or _who_confirmed(email or username)
        found: User | None = self._check_password(member, credentials["password"])
        return found

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        may: bool = super().user_can_authenticate(user)
        return may and (settings.DEMO or not getattr(user, "is_demo", False))

    def get_user(self, user_id: int) -> User | None:
        """The member of a session."""
        member = read_member(user_id)
        return member if self.user_can_authenticate(member) else None


def _named(username: str) -> User | None:
    return User.objects.filter(username__iexact=User.normalize_username(username)).first()


def _who_confirmed(address: str) -> User | None:
    found = EmailAddress.objects.filter(email=address.lower(), verified=True).select_related("user").first()
    return found.user if found else None
