"""Keeping one's profile: what one says of oneself, what one knows, when one works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from coe.accounts.http import PersonRequest
from coe.core.forms import carried_out, saved, status_of
from coe.core.http import signed_in
from coe.mentors import evidence, profile, services, tags
from coe.mentors.calendars import zone_of
from coe.mentors.forms import ProfileForm
from coe.mentors.models import Mentor
from coe.mentors.row_forms import SkillsForm, WeekForm
from coe.mentors.views import editable

_BLANK = 3
_MORE = 5


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PersonRequest, person_id: int) -> HttpResponseBase:
    mentor = editable(request, person_id)
    form = ProfileForm(request.POST if request.method == "POST" else None, viewer=request.user, mentor=mentor)
    conflict: Mentor | None = None
    if request.method == "POST":
        done, conflict = saved(
            form, lambda: services.change_profile(mentor_id=mentor.pk, actor=request.user, **form.parts())
        )
        if done:
            messages.success(request, "Saved.")
            return redirect(mentor)
    differences = list(_differing(form, conflict)) if conflict else []
    context = {"mentor": mentor, "form": form, "differences": differences}
    return render(request, "mentors/edit.html", context, status=status_of(form, conflict))


def _differing(form: ProfileForm, current: Mentor) -> Iterator[dict[str, Any]]:
    """Where the form and the profile as it stands now differ, in words."""
    theirs = {**profile.words_of(current), "another": ""}
    for name, field in form.fields.items():
        if name in ("version", "another"):
            continue
        value = form[name].value()
        choices = dict(getattr(field, "choices", []))
        chosen = value if isinstance(value, list) else [value] if value else []
        mine = ", ".join(str(choices.get(one, one)).strip() for one in chosen) if choices else str(value or "").strip()
        if mine.replace("\r\n", "\n") != theirs[name]:
            yield {"label": field.label, "theirs": theirs[name], "yours": mine}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def skills(request: PersonRequest, person_id: int) -> HttpResponseBase:
    mentor = editable(request, person_id)
    kept = [(skill.tag, skill.level) for skill in mentor.skills.all()]
    more = request.method == "POST" and "more" in request.POST
    data = request.POST if request.method == "POST" else None
    form = SkillsForm(data, initial=kept, blank=_BLANK, more=_MORE if more else 0)
    if data is not None and not more and carried_out(form, lambda: _set_skills(request, mentor, form)):
        messages.success(request, "Saved.")
        return redirect(mentor)
    shown = evidence.of(request.user, mentor)
    context = {
        "mentor": mentor,
        "form": form,
        "lines": list(form.lines()),
        "unclaimed": profile.unclaimed(mentor, shown),
        "tags": tags.known(),
    }
    # More rows are no answer to anything yet.
    wrong = bool(data is not None and not more and form.errors)
    return render(request, "mentors/skills.html", context, status=422 if wrong else 200)


def _set_skills(request: PersonRequest, mentor: Mentor, form: SkillsForm) -> None:
    services.set_skills(mentor_id=mentor.pk, actor=request.user, skills=form.skills())


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: PersonRequest, person_id: int) -> HttpResponseBase:
    mentor = editable(request, person_id)
    form = WeekForm(request.POST if request.method == "POST" else None, week=mentor.week)
    if request.method == "POST" and carried_out(
        form, lambda: services.set_week(mentor_id=mentor.pk, actor=request.user, week=form.week())
    ):
        messages.success(request, "Saved.")
        return redirect(mentor)
    context = {"mentor": mentor, "form": form, "days": list(form.days()), "zone": zone_of(mentor)}
    return render(request, "mentors/hours.html", context, status=422 if form.errors else 200)
