"""Who may sign in."""

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser


class SignInBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's sign-in by username or e-mail. The demo's members, whose passwords are printed, only where a demo runs."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        may: bool = super().user_can_authenticate(user)
        return may and (settings.DEMO or not getattr(user, "is_demo", False))
