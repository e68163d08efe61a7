"""Addresses of signing in and out, and of Location Details."""

from django.urls import path

from locations import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("locations/<int:pk>/", views.location_details, name="location-details"),
]
