"""The site's addresses, and some where things go wrong."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from reviewsite import urls
from reviewsite.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def damaged(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("the secret detail")


def refused(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("the secret detail")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the secret detail")


def out_of_reach(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the secret detail")


urlpatterns = [
    *urls.urlpatterns,
    path("broken/400/", damaged),
    path("broken/403/", refused),
    path("broken/500/", broken),
    path("broken/503/", out_of_reach),
    path("accounts/broken/503/", out_of_reach),
]
