"""What becomes of a request whose member is no more."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from reviewsite.partials import is_partial
from reviewsite.postgresql.lost import is_lost
from reviewsite.replicas.choice import reading_strictly


class LeftMeanwhileMiddleware:
    """Who deletes the account in one tab and acts in another at that moment is signed out there; nothing is written.

    The database refuses whatever would belong to a member who is gone. That is no fault of the site's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if (
            not isinstance(problem, (DatabaseError, ObjectDoesNotExist))
            or is_lost(problem)
            or request.user.is_anonymous
        ):
            return None
        if User.objects.using(reading_strictly()).filter(pk=request.user.pk).exists():
            return None
        logout(request)
        return HttpResponse(status=403) if is_partial(request) else redirect(settings.LOGIN_URL)
