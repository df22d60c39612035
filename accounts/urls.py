"""A member's own pages that allauth does not have, under `/accounts/`."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("sessions/<int:pk>/end/", views.end_session, name="end_session"),
]
