"""Who and what stands in for reader and request in shapes: of the same kind, and nobody in particular."""

from datetime import datetime
from typing import NamedTuple, Self

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.permissions import has_confirmed_address
from reviews.permissions import is_moderator
from reviewsite.shapes import gap

# Who it is before words of their own: only that it is they.
SELF = 1


class Reader(NamedTuple):
    """Somebody of the same settings and rights. `pk` is SELF before words of their own."""

    is_authenticated: bool = False
    address_confirmed: bool = False
    theme: str = User.Theme.SYSTEM
    spoilers: str = User.Spoilers.FOLDED
    hides_figures: bool = False
    is_suspended: bool = False
    suspended_until: datetime | None = None
    pk: int | None = None

    @property
    def is_anonymous(self) -> bool:
        return not self.is_authenticated

    @classmethod
    def like(cls, person: User | AnonymousUser) -> Self:
        if not person.is_authenticated:
            return cls()
        suspended = (True, person.suspended_until) if person.is_suspended else (False, None)
        settings = (person.theme, person.spoilers, person.hides_figures)
        return cls(True, has_confirmed_address(person), *settings, *suspended)

    def of_votes(self) -> Self:
        """Without the settings that change nothing about a line of votes."""
        return self._replace(theme="", spoilers="", hides_figures=False)


class Owner(NamedTuple):
    """Of a menu: somebody who may do the same and has as many notices to read."""

    moderates: bool
    is_staff: bool
    unread_notices: int
    is_authenticated: bool = True
    is_suspended: bool = False
    is_superuser: bool = False
    shown_name: str = gap("name")
    monogram: str = gap("monogram")
    get_absolute_url: str = gap("profile")

    @classmethod
    def like(cls, member: User) -> Self:
        return cls(is_moderator(member), member.is_staff, member.unread_notices)

    def has_perm(self, right: str) -> bool:
        return self.moderates


class Address(NamedTuple):
    """Of a request; `part` is what the script asks for of the page."""

    path: str
    query: str = ""
    part: str = ""

    def get_full_path(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


class Here(NamedTuple):
    """Of any request for a page at a path."""

    path: str = gap("path")

    def get_full_path(self) -> str:
        return gap("here")
