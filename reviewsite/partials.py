"""Pages and their parts from one template."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect


def is_partial(request: HttpRequest) -> bool:
    """Does htmx ask for a part of the page? One restored from the browser's history is asked for whole."""
    # `request.htmx` would sort all headers of the request for these two.
    given = request.META.get
    return given("HTTP_HX_REQUEST") == "true" and given("HTTP_HX_HISTORY_RESTORE_REQUEST") != "true"


def render_partial(request: HttpRequest, template: str, context: dict[str, Any], *, partial: str) -> HttpResponse:
    """The page, or for a request by htmx the part of it that the view names (`{% partialdef %}` in the template)."""
    part = f"{template}#{partial}" if is_partial(request) else template
    response = render(request, part, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def redirect_whole(request: HttpRequest, url: str) -> HttpResponse:
    """Send the visitor to another page, also where a part of this one was asked for."""
    return HttpResponseClientRedirect(url) if is_partial(request) else redirect(url)
