"""Recently viewed titles, remembered in the visitor's own browser (the cookie `viewed`) and nowhere else."""

from django.http import HttpRequest, HttpResponse

from reviews.models import Title
from reviewsite.texts import number

COOKIE = "viewed"
KEPT = 6
SHOWN = 4


def ids_viewed(request: HttpRequest) -> list[int]:
    """The ids of the titles that the visitor looked at last, the latest first."""
    parts = request.COOKIES.get(COOKIE, "")[:200].split(".")
    return [pk for part in parts if (pk := number(part)) is not None][:KEPT]


def recently_viewed(request: HttpRequest, *, besides: int) -> list[Title]:
    """Those titles, without the one that is being looked at."""
    ids = [pk for pk in ids_viewed(request) if pk != besides][:SHOWN]
    if not ids:
        return []
    found = Title.objects.only("name", "year", "slug", "poster_id").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def remember(request: HttpRequest, response: HttpResponse, title: int) -> None:
    """Put the title (its id) first among the recently viewed; a cookie is sent only where that changes something."""
    before = ids_viewed(request)
    after = [title, *(pk for pk in before if pk != title)][:KEPT]
    if after != before:
        response.set_cookie(
            COOKIE,
            ".".join(map(str, after)),
            max_age=60 * 60 * 24 * 180,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure(),
        )
