"""What changes whether requests come: days away, a pause, the end of mentoring, the return."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from coe.accounts.http import PersonRequest
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.mentors import services
from coe.mentors.calendars import today_of
from coe.mentors.forms import AwayForm, PauseForm, StopForm
from coe.mentors.models import Away
from coe.mentors.views import editable


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def away(request: PersonRequest, person_id: int) -> HttpResponseBase:
    """The days away that are to come, and a form for more."""
    mentor = editable(request, person_id)
    form = AwayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and carried_out(
        form, lambda: services.add_away(mentor_id=mentor.pk, actor=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Noted. No request comes on those days.")
        return redirect("mentors:away", person_id)
    today = today_of(mentor)
    coming = [one for one in mentor.away.all() if one.last >= today]
    context = {"mentor": mentor, "form": form, "coming": coming, "today": today}
    return render(request, "mentors/away.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def remove_away(request: PersonRequest, person_id: int, away_id: int) -> HttpResponseBase:
    mentor = editable(request, person_id)
    # Of this mentor: an address names both.
    if not mentor.away.filter(pk=away_id).exists():
        raise Away.DoesNotExist
    services.remove_away(away_id=away_id, actor=request.user)
    messages.success(request, "Removed.")
    return redirect("mentors:away", person_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: PersonRequest, person_id: int) -> HttpResponseBase:
    mentor = editable(request, person_id)
    is_paused = mentor.is_paused(today_of(mentor))
    start = {"until": mentor.paused_until} if is_paused else {}
    form = PauseForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and carried_out(
        form, lambda: services.pause(mentor_id=mentor.pk, actor=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Paused. What is under way goes on.")
        return redirect(mentor)
    context = {"mentor": mentor, "form": form, "is_paused": is_paused}
    return render(request, "mentors/pause.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def resume(request: PersonRequest, person_id: int) -> HttpResponseBase:
    mentor = editable(request, person_id)
    services.resume(mentor_id=mentor.pk, actor=request.user)
    messages.success(request, "Requests come again.")
    return redirect(mentor)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: PersonRequest, person_id: int) -> HttpResponseBase:
    mentor = editable(request, person_id)
    form = StopForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and carried_out(
        form, lambda: services.stop(mentor_id=mentor.pk, actor=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Stopped. The profile stays, and can be taken up again at any time.")
        return redirect(mentor)
    return render(request, "mentors/stop.html", {"mentor": mentor, "form": form}, status=422 if form.errors else 200)


@signed_in
@require_POST
def return_(request: PersonRequest, person_id: int) -> HttpResponseBase:
    mentor = editable(request, person_id)
    services.return_to_mentoring(mentor_id=mentor.pk, actor=request.user)
    messages.success(request, "Welcome back. Requests come again.")
    return redirect(mentor)
