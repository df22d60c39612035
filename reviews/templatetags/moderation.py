"""What templates show to moderators."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from reviews import permissions
from reviews.models import Reason
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


@register.filter
def matter_in_short(case: Any) -> str:
    """The same without numbers: the reason of its reports where they matter most."""
    reported = case.report_count and not case.appealed
    return str(Reason(case.reason).label) if reported else heading(case)
