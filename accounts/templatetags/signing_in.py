"""What the pages of sign-in show of browsers and of passkeys."""

import json
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
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


@dataclass(frozen=True)
class ByNumber:
    """A page that was asked for by an IP address; `named` is it at `localhost`, where that is the same machine."""

    named: str


@register.simple_tag
def asked_by_number(request: HttpRequest) -> ByNumber | None:
    """Passkeys belong to a name: browsers make and use none on a site whose address is a number."""
    host, port = split_domain_port(request.get_host())
    try:
        number = ip_address(host.strip("[]"))
    except ValueError:
        return None
    here = number.is_loopback and validate_host("localhost", settings.ALLOWED_HOSTS)
    at = f"localhost:{port}" if port else "localhost"
    return ByNumber(f"{request.scheme}://{at}{request.get_full_path()}" if here else "")


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
