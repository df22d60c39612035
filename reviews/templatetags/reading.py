"""What templates need to show reviews."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import QueryDict

from reviews import prose
from reviews.models import RATINGS

register = template.Library()


@register.filter
def clamped(body: str) -> prose.Prose:
    return prose.clamped(body)


@register.filter
def whole(body: str) -> prose.Prose:
    return prose.whole(body)


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
