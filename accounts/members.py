"""Who is signed in."""

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User
from accounts.permissions import has_confirmed_address


def member_of(request: HttpRequest) -> User:
    """The member who asks. Visitors get 403: a view that has something to say to them looks first."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def address_of(member: User) -> str:
    """Where mail to the member goes; nothing where no address is confirmed and mail is sent: it may be anybody's."""
    if not has_confirmed_address(member):
        return ""
    confirmed = EmailAddress.objects.filter(user=member, verified=True).order_by("-primary", "pk").first()
    return confirmed.email if confirmed else member.email
