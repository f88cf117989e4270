"""A person's own page: roles, API tokens, time zone, sessions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from coe.accounts import services
from coe.accounts.forms import TimezoneForm, TokenForm
from coe.accounts.http import PersonRequest
from coe.core.forms import carried_out
from coe.core.http import signed_in


def _page(
    request: PersonRequest,
    *,
    token_form: TokenForm | None = None,
    timezone_form: TimezoneForm | None = None,
    new_token: str = "",
) -> HttpResponseBase:
    me = request.user
    wrong = any(form is not None and form.errors for form in (token_form, timezone_form))
    context = {
        "person": me,
        "grants": me.grants.select_related("unit"),
        "tokens": services.live_tokens(me),
        "token_form": token_form or TokenForm(),
        "timezone_form": timezone_form or TimezoneForm(initial={"timezone": me.timezone}),
        "new_token": new_token,
    }
    return render(request, "accounts/me.html", context, status=422 if wrong else 200)


@signed_in
@require_safe
def me(request: PersonRequest) -> HttpResponseBase:
    return _page(request)


@signed_in
@require_POST
@never_cache
def new_token(request: PersonRequest) -> HttpResponseBase:
    """Shown in the answer itself and kept nowhere: a redirect would have to carry it."""
    form = TokenForm(request.POST)
    made: list[str] = []
    if carried_out(
        form,
        lambda: made.append(
            services.issue_token(person_id=request.user.pk, actor=request.user, **form.cleaned_data)[1]
        ),
    ):
        return _page(request, new_token=made[0])
    return _page(request, token_form=form)


@signed_in
@require_POST
def revoke_token(request: PersonRequest, key: str) -> HttpResponseBase:
    services.revoke_token(person_id=request.user.pk, token_key=key, actor=request.user)
    messages.success(request, "The token is revoked. Scripts that use it are refused from now on.")
    return redirect("accounts:me")


@signed_in
@require_POST
def set_timezone(request: PersonRequest) -> HttpResponseBase:
    form = TimezoneForm(request.POST)
    me = request.user
    if carried_out(
        form,
        lambda: services.change_person(person_id=me.pk, actor=me, timezone_name=form.cleaned_data["timezone"]),
    ):
        messages.success(request, "Saved. Times are shown in this zone from now on.")
        return redirect("accounts:me")
    return _page(request, timezone_form=form)


@signed_in
@require_POST
def end_sessions(request: PersonRequest) -> HttpResponseBase:
    person = services.end_sessions(person_id=request.user.pk, actor=request.user)
    update_session_auth_hash(request, person)
    messages.success(request, "You are signed out everywhere else.")
    return redirect("accounts:me")
