"""Signing in and out, and passwords. The names are allauth's own: its flows redirect to them."""

from __future__ import annotations

from allauth.account import views as allauth
from django.urls import path, re_path

from coe.accounts import sign_in

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="account_login"),
    path("sign-out/", allauth.logout, name="account_logout"),
    path("sign-up/", sign_in.closed, name="account_signup"),
    path("sign-in/closed/", allauth.account_inactive, name="account_inactive"),
    path("demo/sign-in/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("password/forgot/", allauth.password_reset, name="account_reset_password"),
    path("password/forgot/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/done/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/set/", allauth.password_set, name="account_set_password"),
]
