"""Who is signed in."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User


def member_of(request: HttpRequest) -> User:
    """The member who asks. Visitors get 403: a view that has something to say to them looks first."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
