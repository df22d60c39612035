"""Whether a process can answer, for what shares requests out among several."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reviewsite.postgresql.prepared import rows_of


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """200 while pages can be read, from whichever server. Else the error is answered as anywhere: 503, to be tried
    again, where no database can be reached.
    """
    rows_of("SELECT 1", ())
    return HttpResponse("ok\n", content_type="text/plain")
