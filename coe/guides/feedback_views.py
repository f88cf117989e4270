"""The pages of feedback: saying something, the lists, one thread with its answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coe.accounts.http import PersonRequest
from coe.accounts.models import Person
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.errors import Refused
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.core.listing import listing
from coe.core.models import Event
from coe.guides import feedback_lists, feedback_panel, feedback_services
from coe.guides import feedback_subjects as subjects
from coe.guides.feedback_forms import AnswerForm, FeedbackFilter, GiveForm, ReopenForm, VoteForm
from coe.guides.models import Document, Feedback

TITLES = {
    "comment": "Tell the owner something",
    "wrong_output": "Report a wrong output",
    "helpful": "What helped you",
    "not_helpful": "What did you miss?",
}


def _number(raw: str) -> int:
    """An id out of an address. Raises `Document.DoesNotExist` for what cannot be one."""
    if not (raw.isascii() and raw.isdigit() and len(raw) < 19):
        raise Document.DoesNotExist
    return int(raw)


def _asked(request: PersonRequest, name: str) -> str:
    return request.POST.get(name) or request.GET.get(name, "")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: PersonRequest) -> HttpResponseBase:
    """A form that says something of a thing to its owner; a vote is given by one click, without the form."""
    pair = (_number(_asked(request, "type")), _number(_asked(request, "id")))
    shown = subjects.find(request.user, *pair)
    kind = _asked(request, "kind")
    if request.method == "POST" and kind in feedback_services.VOTES and "next" in request.POST:
        return _vote(request, shown, pair, kind)
    kind = kind if kind in TITLES else "comment"
    sections = subjects.sections_of(subjects.text_of(shown, request.user))
    start = {name: request.GET.get(name) for name in ("section", "version", "revision")}
    form = GiveForm(request.POST if request.method == "POST" else None, kind=kind, sections=sections, initial=start)
    if request.method == "POST" and carried_out(
        form,
        lambda: feedback_services.give_feedback(actor=request.user, subject=pair, kind=kind, **form.cleaned_data),
    ):
        messages.success(request, "Thank you. The owner sees it now, and you see the answer on your home page.")
        return redirect(f"{shown.get_absolute_url()}#feedback")
    context = {
        "form": form,
        "kind": kind,
        "title": TITLES[kind],
        "about": subjects.title_of(shown),
        "about_url": shown.get_absolute_url(),
        "owner": subjects.owner_of(shown),
        "version": form["version"].value(),
        "query": request.GET.urlencode(),
    }
    return render(request, "guides/feedback_give.html", context, status=422 if form.errors else 200)


def _vote(request: PersonRequest, shown: Any, pair: tuple[int, int], kind: str) -> HttpResponseBase:
    """Carry a vote out; the panel for htmx, else back to the page where it was given."""
    form = VoteForm(request.POST)
    done = carried_out(
        form,
        lambda: feedback_services.give_feedback(actor=request.user, subject=pair, kind=kind, **form.cleaned_data),
    )
    back = _back(request, shown)
    if request.headers.get("HX-Request") and done:
        bound = {name: form.cleaned_data[name] for name in ("version", "revision")}
        panel = feedback_panel.of(shown, request.user, **bound)
        return render(request, "guides/_feedback.html", {**panel, "back": back})
    if done:
        messages.success(request, "Thank you.")
    else:
        messages.error(request, "; ".join(f"{name}: {rule}" for name, rules in form.errors.items() for rule in rules))
    return redirect(f"{back}#feedback")


def _back(request: PersonRequest, shown: Any) -> str:
    """The page to return to: one of this site's own, else that of the thing."""
    wanted = request.POST.get("next", "").partition("#")[0]
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return str(shown.get_absolute_url())


@signed_in
@require_safe
def feedback_list(request: PersonRequest) -> HttpResponseBase:
    form = FeedbackFilter(request.GET)
    form.is_valid()
    tabs = feedback_lists.tabs(request.user)
    tab = request.GET.get("tab", "")
    if tab not in {one.key for one in tabs}:
        # Whoever has something to answer sees that first.
        tab = "all" if request.GET else next((one.key for one in tabs if one.count), "all")
    rows = feedback_lists.of_tab(request.user, tab)
    wanted = form.cleaned_data
    if tab == "all" and not wanted.get("state"):
        rows = rows.exclude(state="noted")
    found = feedback_lists.narrowed(rows, wanted, request.user)
    if request.GET.get("format") == "csv":
        ordered = listing(found, request.GET, sorts=feedback_lists.SORTS, default="-given").rows
        return csv_response("feedback.csv", feedback_lists.CSV, feedback_lists.csv_rows(ordered, request.user))
    whole = feedback_lists.with_may_answer(found.select_related("author", "answered_by"), request.user)
    shown = listing(whole, request.GET, sorts=feedback_lists.SORTS, default="-given")
    context = {
        **shown.context(),
        "rows": feedback_lists.show(list(shown.page.object_list), request.user),
        "filter_form": form,
        "tabs": tabs,
        "tab": tab,
        "is_narrowed": any(wanted.get(name) for name in wanted if name != "tab"),
    }
    return render(request, "guides/feedback_list.html", context)


def _get(request: PersonRequest, pk: int) -> Feedback:
    """The feedback with what its page shows. Raises `Feedback.DoesNotExist`."""
    visible = feedback_lists.with_may_answer(Feedback.objects.visible_to(request.user), request.user)
    return visible.select_related("author", "answered_by").get(pk=pk)


@signed_in
@require_safe
def feedback(request: PersonRequest, pk: int) -> HttpResponseBase:
    return _page(request, _get(request, pk))


def _page(request: PersonRequest, row: Feedback, *, status: int = 200, **more: Any) -> HttpResponseBase:
    """The thread; verbs that were refused show it again with what was typed."""
    person: Person = request.user
    feedback_lists.show([row], person)
    may_answer = bool(row.__dict__["may_answer"])
    is_answered = row.state == Feedback.State.ANSWERED
    steps = Event.objects.about(row).filter(verb__in=["feedback.answered", "feedback.reopened"])
    told = list(steps.select_related("actor").order_by("id"))
    context = {
        "row": row,
        "section": _section_title(row, person),
        "steps": [
            {
                "event": step,
                "is_answer": step.verb == "feedback.answered",
                "is_last": is_answered and step is told[-1],
                "by": "" if step.actor_id == row.author_id and not row.__dict__["by"] else step.actor,
            }
            for step in told
        ],
        "may_answer": may_answer and row.state == Feedback.State.OPEN,
        "may_reopen": is_answered and access.may(person, "feedback.reopen", row),
        "may_withdraw": row.author_id == person.pk and not is_answered,
        "answer_form": AnswerForm(),
        "reopen_form": ReopenForm(),
        **more,
    }
    return render(request, "guides/feedback.html", context, status=status)


def _section_title(row: Feedback, person: Person) -> str:
    """What the section is called in the text that readers see, or its key as words."""
    if not row.section:
        return ""
    if row.__dict__["about"] is not None and row.subject_type_id and row.subject_id:
        shown = subjects.find(person, row.subject_type_id, row.subject_id)
        titles = dict(subjects.sections_of(subjects.text_of(shown, person)))
        if row.section in titles:
            return titles[row.section]
    return subjects.section_words(row.section)


@signed_in
@require_POST
def answer(request: PersonRequest, pk: int) -> HttpResponseBase:
    access.require(request.user, "feedback.answer", _get(request, pk))
    form = AnswerForm(request.POST)
    verb = feedback_services.answer_feedback
    if carried_out(form, lambda: verb(feedback_id=pk, actor=request.user, **form.cleaned_data)):
        messages.success(request, "Answered. Whoever said it sees the answer on their home page.")
        return redirect("guides:feedback", pk=pk)
    return _page(request, _get(request, pk), status=422, answer_form=form)


@signed_in
@require_POST
def reopen(request: PersonRequest, pk: int) -> HttpResponseBase:
    access.require(request.user, "feedback.reopen", _get(request, pk))
    form = ReopenForm(request.POST)
    verb = feedback_services.reopen_feedback
    if carried_out(form, lambda: verb(feedback_id=pk, actor=request.user, **form.cleaned_data)):
        messages.success(request, "It waits for an answer again.")
        return redirect("guides:feedback", pk=pk)
    return _page(request, _get(request, pk), status=422, reopen_form=form)


@signed_in
@require_POST
def withdraw(request: PersonRequest, pk: int) -> HttpResponseBase:
    try:
        feedback_services.withdraw_feedback(feedback_id=pk, actor=request.user)
    except Refused as refused:
        return _page(request, _get(request, pk), status=409, refused=refused.message)
    messages.success(request, "Taken back.")
    return redirect("guides:feedback_list")
