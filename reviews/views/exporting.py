"""Taking along what one has here: asking for it, watching it being packed, fetching it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.members import member_of
from reviews.exporting import work
from reviews.models import Export
from reviewsite.partials import render_partial


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """How far one's export is; POST asks for one."""
    member = member_of(request)
    if request.method == "POST":
        work.ask(member)
        return redirect("export")
    return render_partial(request, "reviews/export.html", {"export": work.export_of(member)}, partial="progress")


@require_safe
@never_cache
@login_required
def download(request: HttpRequest) -> HttpResponseBase:
    """One's own archive, and nobody else's: the address names none."""
    found = get_object_or_404(Export.objects.current(), member=request.user.pk, state=Export.State.READY)
    response = StreamingHttpResponse(work.parts_of(found), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="reviewsite-export.zip"'
    response["Content-Length"] = str(found.size)
    return response
