"""Headers that are the same for every page: written once, not anew for each answer."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP, build_policy

REFUSED = ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
PERMISSIONS = ", ".join(f"{name}=()" for name in REFUSED)


class PoliciesMiddleware:
    """Tell browsers where a page's content may come from (`SECURE_CSP`), and that no page uses what it has no use for.

    Django's own middleware for the first can do more, a policy of each view's own and nonces, which nothing here has.
    And that what says nothing else of it is kept by who asked alone, who asks each time whether it still holds: left to
    guess, a browser or a proxy may show a page from before the last vote, or one member's to another.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = build_policy(settings.SECURE_CSP)  # type: ignore[arg-type]  # the stubs know of no lists in it

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers[str(CSP.HEADER_ENFORCE)] = self.policy
        response.headers["Permissions-Policy"] = PERMISSIONS
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
