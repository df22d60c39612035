"""What templates show to moderators."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from reviews import permissions
from reviews.moderation import queue

register = template.Library()

register.filter("is_moderator", permissions.is_moderator)


@register.filter
def matters(case: Any) -> list[str]:
    """What waits in the case, in words."""
    return queue.matters_of(case)


@register.filter
def heading(case: Any) -> str:
    """What matters most in the case."""
    found = queue.matters_of(case)
    return found[0] if found else _("A decided case")
