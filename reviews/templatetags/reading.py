"""What templates need to show reviews."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import QueryDict
from django.utils.translation import ngettext

from reviews import prose
from reviews.models import RATINGS

register = template.Library()


@register.filter
def clamped(body: str) -> prose.Prose:
    return prose.clamped(body)


@register.filter
def whole(body: str) -> prose.Prose:
    return prose.whole(body)


@register.filter
def duration(time: timedelta | None) -> str:
    """How long something took, in the largest unit of which there are two: "50 minutes", "5 hours", "3 days"."""
    if time is None:
        return ""
    minutes = round(time / timedelta(minutes=1))
    if minutes < 120:
        return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    if minutes < 48 * 60:
        return ngettext("%(number)d hour", "%(number)d hours", minutes // 60) % {"number": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(number)d day", "%(number)d days", days) % {"number": days}


@register.simple_tag
def ratings() -> range:
    """What a title can be rated, the lowest first."""
    return RATINGS


@register.simple_tag
def address(path: str, chosen: QueryDict | dict[str, Any], **changes: Any) -> str:
    """The path with what is chosen and these changes to it; without empty values, `after` is never carried over."""
    values = {**{name: chosen[name] for name in chosen if name != "after"}, **changes}
    query = urlencode([(name, value) for name, value in values.items() if value not in (None, "")])
    return f"{path}?{query}" if query else path
