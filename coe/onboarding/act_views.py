"""What people do with the steps of a path: each page or button calls one verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.onboarding import services, shown
from coe.onboarding.forms import DoneForm, MeetForm, MentorForm, ShiftForm, StuckForm, WhyForm
from coe.onboarding.models import Enrolment, QuizTry
from coe.onboarding.views import crumbs, found, page_context, step_of

reads_and_writes = require_http_methods(["GET", "HEAD", "POST"])


def _act(
    request: PersonRequest,
    one: Enrolment,
    form: forms.Form,
    verb: Callable[[], object],
    *,
    said: str,
    **context: Any,
) -> HttpResponseBase:
    """A page with one form and one verb."""
    if request.method == "POST" and carried_out(form, verb):
        messages.success(request, said)
        return redirect(one)
    context |= {**page_context(request, one), "form": form, "crumbs": crumbs(one, inside=True)}
    return render(request, "onboarding/act.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def finish(request: PersonRequest, pk: int, key: str) -> HttpResponseBase:
    """Say that it is done; what is missing is asked for on the step's own page, with all that was typed."""
    one = found(request, pk)
    access.require(request.user, "onboarding.go", one)
    journey = shown.journey_of(one, request.user)
    each = step_of(journey, key)
    form = DoneForm(request.POST, step=each.line.step)
    done = carried_out(
        form,
        lambda: services.finish_step(
            enrolment_id=pk,
            key=key,
            actor=request.user,
            note=form.cleaned_data.get("note", ""),
            link=form.cleaned_data.get("link", ""),
        ),
    )
    if done:
        messages.success(request, f"“{each.line.step.title}” is done.")
        return redirect(one)
    context = {**page_context(request, one), "journey": journey, "one": each, "form": form}
    return render(request, "onboarding/step.html", {**context, "crumbs": crumbs(one, inside=True)}, status=422)


@signed_in
@require_POST
def undo(request: PersonRequest, pk: int, key: str) -> HttpResponseBase:
    one = found(request, pk)
    services.undo_step(enrolment_id=pk, key=key, actor=request.user)
    messages.success(request, "It is open again.")
    return redirect("onboarding:step", one.pk, key)


@signed_in
@require_POST
def quiz(request: PersonRequest, pk: int, key: str) -> HttpResponseBase:
    """Try the quiz: passed, back to the path; else the step's page with what was right and what was not."""
    one = found(request, pk)
    access.require(request.user, "onboarding.go", one)
    journey = shown.journey_of(one, request.user)
    each = step_of(journey, key)
    answers = [_chosen(request, n, len(question["options"])) for n, question in enumerate(each.line.step.questions)]
    made: list[QuizTry] = []
    form = forms.Form(request.POST)
    tried = carried_out(
        form,
        lambda: made.append(services.answer_quiz(enrolment_id=pk, key=key, actor=request.user, answers=answers)),
    )
    if tried and made[0].passed:
        messages.success(request, f"Passed: {made[0].right} of {made[0].asked} right.")
        return redirect("onboarding:step", one.pk, key)
    context = {
        **page_context(request, one),
        "journey": journey,
        "one": each,
        "form": form,
        "tried": made[0] if made else None,
        "crumbs": crumbs(one, inside=True),
    }
    return render(request, "onboarding/step.html", context, status=200 if tried else 422)


def _chosen(request: PersonRequest, question: int, options: int) -> list[int]:
    """The places of the chosen options; what is none is left out."""
    raw = request.POST.getlist(f"q{question}")
    return sorted({int(one) for one in raw if one.isascii() and one.isdigit() and int(one[:6]) < options})


@signed_in
@reads_and_writes
def stuck(request: PersonRequest, pk: int, key: str) -> HttpResponseBase:
    """One button when stuck: a mentor request with the path, the step, the error and the project filled in."""
    one = found(request, pk)
    access.require(request.user, "onboarding.go", one)
    each = step_of(shown.journey_of(one, request.user), key)
    form = StuckForm(request.POST or None, initial={"goal": f"Stuck at “{each.line.step.title}”"[:200]})
    return _act(
        request,
        one,
        form,
        lambda: services.ask_when_stuck(enrolment_id=pk, key=key, actor=request.user, **form.cleaned_data),
        said="A mentor is being asked. You hear as soon as somebody takes it on.",
        title="I am stuck",
        lede=f"“{each.line.step.title}”. The path, the step and what your team works on go with it.",
        submit="Ask a mentor",
    )


@signed_in
@reads_and_writes
def meet(request: PersonRequest, pk: int, key: str) -> HttpResponseBase:
    one = found(request, pk)
    access.require(request.user, "onboarding.go", one)
    each = step_of(shown.journey_of(one, request.user), key)
    form = MeetForm(request.POST or None)
    return _act(
        request,
        one,
        form,
        lambda: services.meet_mentor(enrolment_id=pk, key=key, actor=request.user, **form.cleaned_data),
        said="A mentor is being asked. The step is done once you have met.",
        title=each.line.step.title,
        lede="Cairn asks the mentor who fits best. You agree on a time in the conversation.",
        submit="Ask for a meeting",
    )


@signed_in
@reads_and_writes
def waive(request: PersonRequest, pk: int, key: str) -> HttpResponseBase:
    one = found(request, pk)
    access.require(request.user, "onboarding.guide", one)
    each = step_of(shown.journey_of(one, request.user), key)
    form = WhyForm(request.POST or None)
    return _act(
        request,
        one,
        form,
        lambda: services.waive_step(enrolment_id=pk, key=key, actor=request.user, **form.cleaned_data),
        said="The step counts as done.",
        title="Not needed",
        lede=f"“{each.line.step.title}” then counts as done for {one.person.name}. The reason stays visible.",
        submit="Not needed",
    )


@signed_in
@reads_and_writes
def leave(request: PersonRequest, pk: int) -> HttpResponseBase:
    one = found(request, pk)
    if one.person_id != request.user.pk:
        access.require(request.user, "onboarding.guide", one)
    form = WhyForm(request.POST or None)
    return _act(
        request,
        one,
        form,
        lambda: services.leave_path(enrolment_id=pk, actor=request.user, **form.cleaned_data),
        said="The path has ended. What was done is kept.",
        title="Leave the path",
        lede="What was done is kept. The path can be begun anew at any time.",
        submit="Leave the path",
        danger=True,
    )


@signed_in
@reads_and_writes
def shift(request: PersonRequest, pk: int) -> HttpResponseBase:
    one = found(request, pk)
    if one.person_id != request.user.pk:
        access.require(request.user, "onboarding.guide", one)
    form = ShiftForm(request.POST or None)
    return _act(
        request,
        one,
        form,
        lambda: services.shift_dates(enrolment_id=pk, actor=request.user, **form.cleaned_data),
        said="The dates have moved.",
        title="Days away",
        lede="All dates move by the working days in between.",
        submit="Move the dates",
    )


@signed_in
@reads_and_writes
def mentor(request: PersonRequest, pk: int) -> HttpResponseBase:
    one = found(request, pk)
    access.require(request.user, "onboarding.guide", one)
    form = MentorForm(request.POST or None, initial={"mentor": one.mentor_id})
    return _act(
        request,
        one,
        form,
        lambda: services.set_mentor(
            enrolment_id=pk,
            actor=request.user,
            mentor_id=form.cleaned_data["mentor"].pk if form.cleaned_data["mentor"] else None,
        ),
        said="The mentor is named.",
        title=f"Who mentors {one.person.name}?",
        lede="",
        submit="Save",
    )
