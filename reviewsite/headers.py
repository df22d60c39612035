"""Security headers that Django itself does not send."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

REFUSED = ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
POLICY = ", ".join(f"{name}=()" for name in REFUSED)


class PermissionsPolicyMiddleware:
    """Tell browsers that no page of the site uses what it has no use for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = POLICY
        return response
