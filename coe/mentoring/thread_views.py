"""The page of one request: the thread with its files and meetings, and why which mentor was asked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coe.accounts.http import PersonRequest
from coe.core import access, files
from coe.core.forms import carried_out
from coe.core.http import View, signed_in
from coe.mentoring import calendar_file, services, thread_page, why
from coe.mentoring.forms import MeetingForm, MessageForm, ReasonForm, ReopenForm, ResolveForm
from coe.mentoring.models import Attempt, Message, MessageFile, Request
from coe.mentoring.part import part_of

reads_and_writes = require_http_methods(["GET", "HEAD", "POST"])
GONE = "That request has gone on to somebody else meanwhile. You need not do anything."


def gone(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Whoever was asked, and is not any more, is told so; to others there is nothing here.

    Raises `Request.DoesNotExist`.
    """
    if not Attempt.objects.filter(request=pk, mentor__person=request.user).exists():
        raise Request.DoesNotExist
    messages.info(request, GONE)
    return redirect("mentoring:home")


@signed_in
@require_safe
def page(request: PersonRequest, pk: int) -> HttpResponseBase:
    try:
        row = thread_page.get(request.user, pk)
    except Request.DoesNotExist:
        return gone(request, pk)
    return shown(request, row)


def shown(request: PersonRequest, row: Request, *, status: int = 200, **more: Any) -> HttpResponseBase:
    """The page; verbs that were refused show it again with what was typed."""
    context = {
        **thread_page.whole(row, request.user),
        "message_form": MessageForm(auto_id="message_%s"),
        "meeting_form": MeetingForm(auto_id="meeting_%s"),
        "resolve_form": ResolveForm(auto_id="resolve_%s"),
        "reopen_form": ReopenForm(auto_id="reopen_%s"),
        "decline_form": ReasonForm(auto_id="decline_%s"),
        "withdraw_form": ReasonForm(auto_id="withdraw_%s"),
        "stars": STARS,
        **more,
    }
    for name, act in _SHOWN_WITH.items():
        form = more.get(name)
        if form is not None and form.errors and not context["may"][act]:
            # It went on while they typed: the form is not on the page any more, but what they typed is.
            context["refused"] = " ".join(map(str, form.non_field_errors()))
            context["typed"] = next((form.data[field] for field in _TYPED if form.data.get(field)), "")
    return render(request, "mentoring/request.html", context, status=status)


# Each form of the page, with the act that it belongs to; and what is typed into them.
_SHOWN_WITH = {
    **{"message_form": "write", "meeting_form": "meet", "resolve_form": "resolve", "reopen_form": "reopen"},
    **{"decline_form": "answer", "withdraw_form": "withdraw"},
}
_TYPED = ("text", "resolution", "reason")
STARS = ((5, "Very helpful"), (4, "Helpful"), (3, "Partly"), (2, "Hardly"), (1, "Not at all"))


def without_sign_in_page(view: View) -> View:
    """A part that is fetched by itself gets 401 where the session has ended, and not the page for signing in."""

    def guarded(request: PersonRequest, pk: int) -> HttpResponseBase:
        if request.headers.get("HX-Request") and not request.user.is_authenticated:
            return HttpResponse(status=401)
        return view(request, pk)

    return guarded


@without_sign_in_page
@signed_in
@reads_and_writes
def thread(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The messages as a part of the page, nothing where none is new; and a new one is sent here."""
    if request.method == "POST":
        return _write(request, pk)
    row = thread_page.get(request.user, pk)
    if not request.headers.get("HX-Request"):
        return redirect(row)
    was = request.GET.get("mark", "")
    if was == thread_page.mark_of(row):
        return HttpResponse(status=204)
    context = thread_page.thread(row, request.user, part_of(row, request.user), timezone.now())
    return render(
        request, "mentoring/_thread.html", {**context, "is_part": True, "stood": request.GET.get("stood", "")}
    )


def _write(request: PersonRequest, pk: int) -> HttpResponseBase:
    row = thread_page.get(request.user, pk)
    access.require(request.user, "mentoring.write", row)
    form = MessageForm(request.POST, request.FILES, auto_id="message_%s")
    verb = services.write_message
    if carried_out(form, lambda: verb(request_id=pk, actor=request.user, **form.cleaned_data)):
        return redirect(f"{row.get_absolute_url()}#reply")
    return shown(request, thread_page.get(request.user, pk), status=422, message_form=form)


@signed_in
@require_safe
def file(request: PersonRequest, pk: int, file_id: int) -> HttpResponseBase:
    """A file of the thread, for whoever may read the thread."""
    row = Request.objects.visible_to(request.user).get(pk=pk)
    found = MessageFile.objects.select_related("file").get(pk=file_id, message__request=row)
    return files.respond(found.file, found.name)


@signed_in
@require_safe
def ics(request: PersonRequest, pk: int, message_id: int) -> HttpResponseBase:
    """A meeting as a file that calendars take, for whoever is in the conversation."""
    row = thread_page.get(request.user, pk)
    access.require(request.user, "mentoring.write", row)
    found = _meeting(row, message_id)
    answer = HttpResponse(calendar_file.ics(found), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="mentoring-{found.pk}.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _meeting(row: Request, message_id: int) -> Message:
    """Raises `Message.DoesNotExist` for what is no meeting of this thread."""
    return row.messages.select_related("author").get(pk=message_id, starts_at__isnull=False)


@signed_in
@require_POST
def propose(request: PersonRequest, pk: int) -> HttpResponseBase:
    row = thread_page.get(request.user, pk)
    access.require(request.user, "mentoring.write", row)
    form = MeetingForm(request.POST, auto_id="meeting_%s")
    verb = services.propose_meeting
    if carried_out(form, lambda: verb(request_id=pk, actor=request.user, **form.cleaned_data)):
        messages.success(request, "Proposed. The others are told, and can take it into their calendars.")
        return redirect(f"{row.get_absolute_url()}#reply")
    return shown(request, thread_page.get(request.user, pk), status=422, meeting_form=form)


@signed_in
@reads_and_writes
def meeting(request: PersonRequest, pk: int, message_id: int) -> HttpResponseBase:
    """Move a meeting, or say something else of it."""
    row = thread_page.get(request.user, pk)
    access.require(request.user, "mentoring.write", row)
    found = _meeting(row, message_id)
    start = {name: getattr(found, name) for name in ("starts_at", "minutes", "place", "text")}
    form = MeetingForm(request.POST if request.method == "POST" else None, initial=start)
    verb = services.change_meeting
    if request.method == "POST" and carried_out(
        form, lambda: verb(message_id=found.pk, actor=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Moved. Calendars take it for the same meeting.")
        return redirect(row)
    context = {"row": row, "form": form, "found": found, "crumbs": crumbs(row)}
    return render(request, "mentoring/meeting.html", context, status=422 if form.errors else 200)


@signed_in
@require_safe
def why_page(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Who was asked and why that one: for each candidate what counted, as it was kept then."""
    row = thread_page.get(request.user, pk)
    access.require(request.user, "mentoring.write", row)
    context = thread_page.whole(row, request.user)
    steps = [{"asked": one, "breakdown": why.breakdown(one.attempt.why)} for one in context["attempts"]]
    return render(request, "mentoring/why.html", {**context, "steps": steps, "crumbs": crumbs(row)})


def crumbs(row: Request) -> list[dict[str, str]]:
    return [{"label": "Mentoring", "url": "/mentoring/"}, {"label": row.goal, "url": row.get_absolute_url()}]
