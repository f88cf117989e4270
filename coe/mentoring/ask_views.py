"""The pages on which somebody asks for a mentor: three fields first, and answers that are there already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coe.accounts.http import PersonRequest
from coe.accounts.models import Person
from coe.core import access, markdown
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.mentoring import answers, mentor_choice, services
from coe.mentoring.answers import Offer
from coe.mentoring.forms import AskForm
from coe.mentoring.models import Request, Served
from coe.mentoring.opened import Opened, opened_from
from coe.mentors import tags

reads_and_writes = require_http_methods(["GET", "HEAD", "POST"])
# Each text that is written here in Markdown, by the name of its field.
_TEXTS = ("text", "details", "resolution")


@signed_in
@reads_and_writes
def ask(request: PersonRequest) -> HttpResponseBase:
    """The form. Sent for the first time it shows answers that are there already, where nobody has seen them yet."""
    access.require(request.user, "mentoring.ask")
    if request.method != "POST" and request.GET.get("part") == "mentor":
        return _warning(request)
    mentors = mentor_choice.choices(without=[request.user.pk])
    if request.method != "POST":
        opened = opened_from(request.GET, request.user)
        initial = {name: value for name, value in opened.initial.items() if value}
        return _page(request, AskForm(viewer=request.user, mentors=mentors, initial=initial), opened)
    form = AskForm(request.POST, viewer=request.user, mentors=mentors)
    if form.is_valid() and request.POST.get("act") != "anyway":
        unseen = _unseen(request.user, form.cleaned_data, request.POST)
        if unseen:
            return _page(request, form, _sent_from(request), offers=unseen, is_step=True)
    made: list[Request] = []
    if carried_out(form, lambda: made.append(services.ask_for_help(actor=request.user, **_asked(form)))):
        by_name = form.chosen
        who = f"{by_name.mentor.person.name} is asked." if by_name else "Cairn looks for a mentor."
        messages.success(request, f"Sent. {who} You are told as soon as somebody takes it on.")
        return redirect(made[0])
    return _page(request, form, _sent_from(request), status=422)


def _asked(form: AskForm) -> dict[str, Any]:
    given = dict(form.cleaned_data)
    given["wanted_id"] = given.pop("mentor")
    return given


def _unseen(person: Person, given: dict[str, Any], sent: QueryDict) -> list[Offer]:
    """The answers that are there already, if one is among them that the page did not show yet."""
    found = answers.offers(person, goal=given["goal"], topic=given["topic"])
    shown = set(sent.getlist("offered"))
    return found if any(f"{one.kind}:{one.id}" not in shown for one in found) else []


def _sent_from(request: PersonRequest) -> Opened:
    """What the form was opened from, as it was sent along; nothing where that is not open to the person any more."""
    raw = request.POST.get("opened", "")
    try:
        return opened_from(QueryDict(raw.encode("utf-8", "replace").decode()), request.user)
    except Request.DoesNotExist:
        return Opened()


def _page(
    request: PersonRequest,
    form: AskForm,
    opened: Opened,
    *,
    offers: Sequence[Offer] = (),
    is_step: bool = False,
    status: int = 200,
) -> HttpResponseBase:
    chosen = form.chosen
    context = {
        "form": form,
        "opened": opened,
        "asked_from": request.GET.urlencode() if request.method != "POST" else request.POST.get("opened", ""),
        "offers": offers,
        "is_step": is_step,
        "known": tags.known(),
        "warning": chosen.warning if chosen else "",
        "is_open": any(form[name].errors for name in form.folded),
        "crumbs": [{"label": "Mentoring", "url": "/mentoring/"}],
    }
    return render(request, "mentoring/ask.html", context, status=status)


def _warning(request: PersonRequest) -> HttpResponseBase:
    """The part of the form that says how it is with the mentor who is chosen by name."""
    found = {str(one.mentor.pk): one for one in mentor_choice.choices(without=[request.user.pk])}
    chosen = found.get(request.GET.get("mentor", ""))
    return render(request, "mentoring/_mentor_warning.html", {"warning": chosen.warning if chosen else ""})


@signed_in
@require_safe
def offered(request: PersonRequest) -> HttpResponseBase:
    """Answers to a goal and a topic: a page, and the part of the form that htmx asks for while somebody types."""
    goal, topic = request.GET.get("goal", "")[:200], request.GET.get("topic", "")[:40]
    found = answers.offers(request.user, goal=goal, topic=topic) if goal.strip() else []
    context = {"offers": found, "goal": goal, "topic": topic}
    if request.headers.get("HX-Request"):
        return render(request, "mentoring/_answers.html", context)
    return render(
        request, "mentoring/answers.html", {**context, "crumbs": [{"label": "Mentoring", "url": "/mentoring/"}]}
    )


@signed_in
@require_POST
def serve(request: PersonRequest) -> HttpResponseBase:
    """One of the answers was it: nobody need be asked."""
    kind, _, raw = request.POST.get("served", "").partition(":")
    if kind not in ("guide", "thread") or not (raw.isascii() and raw.isdigit() and len(raw) < 19):
        raise Request.DoesNotExist
    pk, note = int(raw), services.note_served
    which: Any = {"document_id": pk} if kind == "guide" else {"thread_id": pk}
    try:
        made = note(actor=request.user, topic=request.POST.get("topic", ""), **which)
    except ValidationError:
        # A topic that is no tag is left out: what counts is which answer it was.
        made = note(actor=request.user, **which)
    return redirect("mentoring:served", made.pk)


@signed_in
@require_safe
def served(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Says that it was counted, with the way to the answer."""
    row = Served.objects.select_related("document__published", "thread").get(pk=pk, person=request.user)
    answer = row.document or row.thread
    label = row.document.published.title if row.document and row.document.published else str(answer)
    return render(request, "mentoring/served.html", {"row": row, "answer": answer, "label": label})


@signed_in
@require_POST
def preview(request: PersonRequest) -> HttpResponseBase:
    """A text as others will see it. Nothing is kept."""
    text = next((request.POST[name] for name in _TEXTS if name in request.POST), "")
    try:
        made = {"html": markdown.render(text.replace("\r\n", "\n"), field="text"), "error": ""}
    except ValidationError as error:
        made = {"html": "", "error": "; ".join(f"This text {message}." for message in error.messages)}
    return render(request, "guides/_preview.html", {"preview": made}, status=422 if made["error"] else 200)
