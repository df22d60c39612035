"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from reviewsite.health import health

handler400 = "reviewsite.errors.bad_request"
handler403 = "reviewsite.errors.permission_denied"
handler404 = "reviewsite.errors.page_not_found"
handler429 = "reviewsite.errors.too_many_requests"  # asked for by allauth
handler500 = "reviewsite.errors.server_error"

urlpatterns = [
    path("", include("reviews.urls")),
    path("health/", health, name="health"),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
