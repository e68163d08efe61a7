from django.urls import path

from locations.users import account_views, auth_views, language_views
from locations.views import locations

urlpatterns = [
    path("sign-in/", auth_views.SignIn.as_view(), name="sign-in"),
    path("sign-in/code/", auth_views.sign_in_code, name="sign-in-code"),
    path("sign-out/", auth_views.SignOut.as_view(), name="sign-out"),
    path("lost-password/", auth_views.LostPassword.as_view(), name="lost-password"),
    path("lost-password/sent/", auth_views.LostPasswordSent.as_view(), name="lost-password-sent"),
    path("new-password/set/", auth_views.NewPasswordSet.as_view(), name="new-password-set"),
    path("new-password/<uidb64>/<token>/", auth_views.NewPassword.as_view(), name="new-password"),
    path("language/", language_views.choose_language, name="choose-language"),
    path("account/", account_views.account, name="account"),
    path("account/password/", account_views.ChangePassword.as_view(), name="change-password"),
    path("account/second-step/", account_views.set_up_two_factor, name="two-factor-setup"),
    path("account/second-step/change/", account_views.change_two_factor, name="two-factor-change"),
    path("account/sessions/end/", account_views.end_sessions, name="end-sessions"),
    path("locations/<int:pk>/", locations.location_details, name="location-details"),
]
