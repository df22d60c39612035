"""A member's settings, as templates ask for them; a title says what is the viewer's (`own_rating`, `own_review`).

The title comes first and may be missing, as in lists, where it is taken for one that the viewer has not been at.
"""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser

from accounts import preferences
from accounts.models import User

register = template.Library()


@register.filter
def spoilers_open_to(title: Any, viewer: User | AnonymousUser) -> bool:
    return preferences.opens_spoilers(viewer, reviewed=bool(getattr(title, "own_review", None)))


@register.filter
def figures_shown_to(title: Any, viewer: User | AnonymousUser) -> bool:
    return preferences.sees_figures(viewer, rated=bool(getattr(title, "own_rating", None)))
