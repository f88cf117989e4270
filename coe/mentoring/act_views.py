"""What is done to a request on its page: one click or a short form each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.errors import Refused
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.guides.models import Document
from coe.mentoring import mentor_choice, placing, services, thread_page, why
from coe.mentoring import request_parts as p
from coe.mentoring.forms import ChangeForm, HandOverForm, PlaceForm, RateForm, ReasonForm, ReopenForm, ResolveForm
from coe.mentoring.models import Attempt, Request
from coe.mentoring.thread_views import crumbs, gone, shown
from coe.mentors import tags

reads_and_writes = require_http_methods(["GET", "HEAD", "POST"])
Verb = Callable[[], object]


def _after(request: PersonRequest, pk: int, said: str) -> HttpResponseBase:
    """To the request, or for who may not know of it any more to the list; what was done is said there."""
    messages.success(request, said)
    if Request.objects.visible_to(request.user).filter(pk=pk).exists():
        return redirect("mentoring:request", pk)
    return redirect("mentoring:home")


def _click(request: PersonRequest, pk: int, verb: Verb, said: str) -> HttpResponseBase:
    """Carry out what needs no form. What is refused stands on the page as it is then."""
    try:
        verb()
    except Refused as refused:
        return shown(request, thread_page.get(request.user, pk), status=409, refused=refused.message)
    return _after(request, pk, said)


def _form(request: PersonRequest, pk: int, form: BaseForm, name: str, verb: Verb, said: str) -> HttpResponseBase:
    """Carry out what a form on the page asks for; the page again with what was typed where it is refused."""
    if carried_out(form, verb):
        return _after(request, pk, said)
    return shown(request, thread_page.get(request.user, pk), status=422, **{name: form})


@signed_in
@require_POST
def accept(request: PersonRequest, pk: int) -> HttpResponseBase:
    verb = services.accept_request
    try:
        return _click(request, pk, lambda: verb(request_id=pk, actor=request.user), "You have it. Say hello below.")
    except Request.DoesNotExist:
        return gone(request, pk)


@signed_in
@require_POST
def decline(request: PersonRequest, pk: int) -> HttpResponseBase:
    form, verb = ReasonForm(request.POST, auto_id="decline_%s"), services.decline_request
    said = "Declined. It goes on to somebody else."
    try:
        # Before the form: whoever may not decline is told so, whatever was typed.
        access.require(request.user, "mentoring.answer", p.known(pk, request.user))
        return _form(
            request, pk, form, "decline_form",
            lambda: verb(request_id=pk, actor=request.user, **form.cleaned_data), said,
        )  # fmt: skip
    except Request.DoesNotExist:
        return gone(request, pk)


@signed_in
@require_POST
def resolve(request: PersonRequest, pk: int) -> HttpResponseBase:
    access.require(request.user, "mentoring.resolve", p.known(pk, request.user))
    form, verb = ResolveForm(request.POST, auto_id="resolve_%s"), services.resolve_request
    return _form(
        request, pk, form, "resolve_form",
        lambda: verb(request_id=pk, actor=request.user, **form.cleaned_data), "Resolved.",
    )  # fmt: skip


@signed_in
@require_POST
def reopen(request: PersonRequest, pk: int) -> HttpResponseBase:
    access.require(request.user, "mentoring.own", p.known(pk, request.user))
    form, verb = ReopenForm(request.POST, auto_id="reopen_%s"), services.reopen_request
    said = "Open again. Whoever helped is asked again if free; else Cairn looks for somebody."
    return _form(
        request, pk, form, "reopen_form",
        lambda: verb(request_id=pk, actor=request.user, **form.cleaned_data), said,
    )  # fmt: skip


@signed_in
@require_POST
def withdraw(request: PersonRequest, pk: int) -> HttpResponseBase:
    access.require(request.user, "mentoring.own", p.known(pk, request.user))
    form, verb = ReasonForm(request.POST, auto_id="withdraw_%s"), services.withdraw_request
    return _form(
        request, pk, form, "withdraw_form",
        lambda: verb(request_id=pk, actor=request.user, **form.cleaned_data), "Withdrawn. Nobody is asked any more.",
    )  # fmt: skip


@signed_in
@require_POST
def rate(request: PersonRequest, pk: int) -> HttpResponseBase:
    access.require(request.user, "mentoring.own", p.known(pk, request.user))
    form, verb = RateForm(request.POST), services.rate_help
    if not form.is_valid():
        return shown(request, thread_page.get(request.user, pk), status=422, refused="Choose one of the five answers.")
    rating = form.cleaned_data["rating"]
    return _click(request, pk, lambda: verb(request_id=pk, actor=request.user, rating=rating), "Thank you.")


@signed_in
@require_POST
def guide(request: PersonRequest, pk: int) -> HttpResponseBase:
    """A draft of the thread with the names taken out; on to its editor."""
    made: list[Document] = []
    try:
        made.append(services.make_guide(request_id=pk, actor=request.user))
    except Refused as refused:
        return shown(request, thread_page.get(request.user, pk), status=409, refused=refused.message)
    messages.success(request, "A draft is made, with the names taken out. Read it through, then publish it.")
    return redirect("guides:edit", made[0].slug)


@signed_in
@require_POST
def cancel_meeting(request: PersonRequest, pk: int, message_id: int) -> HttpResponseBase:
    row = thread_page.get(request.user, pk)
    access.require(request.user, "mentoring.write", row)
    # Of this thread and of no other one.
    found = row.messages.get(pk=message_id, starts_at__isnull=False)
    verb = services.cancel_meeting
    return _click(request, pk, lambda: verb(message_id=found.pk, actor=request.user), "Called off.")


@signed_in
@reads_and_writes
def change(request: PersonRequest, pk: int) -> HttpResponseBase:
    """What the request says, and who it is also for."""
    row = thread_page.get(request.user, pk)
    access.require(request.user, "mentoring.own", row)
    form = ChangeForm(request.POST if request.method == "POST" else None, asked=row)
    verb = services.change_request
    if request.method == "POST" and carried_out(
        form, lambda: verb(request_id=pk, actor=request.user, **form.cleaned_data)
    ):
        return _after(request, pk, "Saved.")
    context = {"row": row, "form": form, "known": tags.known(), "crumbs": crumbs(row)}
    return render(request, "mentoring/change.html", context, status=422 if form.errors else 200)


@signed_in
@reads_and_writes
def hand_over(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Give it to another mentor, who is asked then."""
    row = thread_page.get(request.user, pk)
    access.require(request.user, "mentoring.hand_over", row)
    # Neither those who ask nor who has it now.
    without = [row.requester_id, *(one.pk for one in row.team.all()), row.mentor.person_id if row.mentor else 0]
    mentors = mentor_choice.choices(without=without)
    form = HandOverForm(request.POST if request.method == "POST" else None, mentors=mentors)

    def verb() -> Attempt:
        given = form.cleaned_data
        return services.hand_over(request_id=pk, actor=request.user, mentor_id=given["mentor"], reason=given["reason"])

    if request.method == "POST" and carried_out(form, verb):
        return _after(request, pk, "Handed over. Whoever you chose is asked now.")
    context = {"row": row, "form": form, "crumbs": crumbs(row)}
    return render(request, "mentoring/hand_over.html", context, status=422 if form.errors else 200)


@signed_in
@reads_and_writes
def place(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The coordinator gives it to somebody, with the same breakdown in view that Cairn goes by."""
    row = thread_page.get(request.user, pk)
    access.require(request.user, "mentoring.place", row)
    form = PlaceForm(request.POST if request.method == "POST" else None)
    verb = placing.place_by_hand

    def done() -> Any:
        return verb(request_id=pk, mentor_id=form.cleaned_data["mentor"], actor=request.user)

    if request.method == "POST" and carried_out(form, done):
        return _after(request, pk, "Given. The mentor is asked now.")
    rows = placing.breakdown(row)
    # Neither those who ask nor who is asked now can be given it.
    asks = {row.requester_id, *(one.pk for one in row.team.all())}
    without = [one["candidate"] for one in rows if one["person"] in asks or one["candidate"] == row.mentor_id]
    context = {"lines": why.lines(rows), "without": without, "row": row, "form": form, "crumbs": crumbs(row)}
    return render(request, "mentoring/place.html", context, status=422 if form.errors else 200)
