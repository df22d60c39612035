from django.urls import include, path

from tests.benchmarks import floors

urlpatterns = [
    path("floor/hello/", floors.hello),
    path("floor/naive/<slug>/", floors.naive),
    path("floor/vote/<int:pk>/", floors.vote_with_row_lock),
    path("", include("reviewsite.urls")),
]
