"""What the pages of sign-in show of browsers and of passkeys."""

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from accounts import permissions

register = template.Library()

# The first that a browser names of itself decides; later ones are named by others for the sake of compatibility.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrom": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}

register.filter("has_confirmed_address", permissions.has_confirmed_address)


@register.filter
def as_json(value: Any) -> str:
    """For an attribute, where the template escapes it."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def device(user_agent: str) -> str:
    """What a browser says it is, in words: "Firefox on Windows"."""
    browser = next((name for sign, name in BROWSERS.items() if sign in user_agent), _("A browser"))
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser


@register.filter
def in_fours(code: str) -> str:
    """With a gap after every fourth letter, as one reads it off."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))
