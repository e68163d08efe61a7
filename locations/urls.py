"""Addresses of signing in and out, of one's own account, and of Location Details."""

from django.urls import path

from locations.views import account, language, places, signing_in

urlpatterns = [
    path("sign-in/", signing_in.SignIn.as_view(), name="sign-in"),
    path("sign-in/code/", signing_in.second_step, name="second-step"),
    path("sign-out/", signing_in.SignOut.as_view(), name="sign-out"),
    path("lost-password/", signing_in.LostPassword.as_view(), name="lost-password"),
    path("lost-password/sent/", signing_in.LostPasswordSent.as_view(), name="lost-password-sent"),
    path("new-password/set/", signing_in.NewPasswordSet.as_view(), name="new-password-set"),
    path("new-password/<uidb64>/<token>/", signing_in.NewPassword.as_view(), name="new-password"),
    path("language/", language.choose_language, name="choose-language"),
    path("account/", account.account, name="account"),
    path("account/password/", account.ChangePassword.as_view(), name="change-password"),
    path("account/second-step/", account.second_step_setup, name="second-factor"),
    path("account/second-step/change/", account.change_second_step, name="change-second-factor"),
    path("account/sessions/end/", account.end_sessions, name="end-sessions"),
    path("locations/<int:pk>/", places.location_details, name="location-details"),
]
