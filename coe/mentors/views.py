"""The pages that everybody sees: the list of mentors, and one of them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from coe.accounts.http import PersonRequest
from coe.accounts.models import Person
from coe.accounts.rules import is_administrator
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.core.listing import listing
from coe.core.models import Event
from coe.mentors import lists, profile, services, tags
from coe.mentors.availability import Availability
from coe.mentors.forms import BeginForm, MentorFilter
from coe.mentors.models import Mentor


@signed_in
@require_safe
def mentors(request: PersonRequest) -> HttpResponseBase:
    person = request.user
    centre = is_administrator(person)
    everyone = Mentor.objects.visible_to(person)
    spoken = everyone.serving().order_by().values_list("languages", flat=True).distinct()
    languages = sorted({code for codes in spoken for code in codes})
    form = MentorFilter(request.GET, viewer=person, spoken=languages, is_centre=centre)
    form.is_valid()
    wanted = form.cleaned_data
    found = lists.narrowed(everyone if wanted.get("stopped") else everyone.serving(), wanted)
    now = timezone.now()
    # Who is free is worked out from each one's calendar: only where the list asks for it.
    by_places = bool(wanted.get("free")) or request.GET.get("sort", "").removeprefix("-") == "free"
    if by_places:
        found = lists.with_places(found, now, only_free=bool(wanted.get("free")))
    sorts = {key: fields for key, fields in lists.SORTS.items() if by_places or key != "free"}
    shown = listing(lists.with_all(found), request.GET, sorts=sorts, default="name")
    if request.GET.get("format") == "csv":
        access.require(person, "mentor.export")
        return csv_response("mentors.csv", lists.CSV, lists.csv_rows(shown.rows))
    context = {
        **shown.context(),
        "filter_form": form,
        "orders": [("name", "name"), ("-free", "free places"), ("-since", "newest")],
        "rows": lists.shown(shown.page, now),
        "is_narrowed": any(wanted.values()),
        "may_export": centre,
        "may_begin": centre or _may_begin(person),
        "mine": everyone.filter(person=person).first(),
        "tags": tags.skilled(),
    }
    return render(request, "mentors/mentors.html", context)


def _may_begin(person: Person) -> bool:
    return access.may(person, "mentor.begin", person) and not Mentor.objects.filter(person=person).exists()


def find(request: PersonRequest, person_id: int) -> Mentor:
    """The mentor with all that a page shows. Raises `Mentor.DoesNotExist`."""
    return lists.with_all(Mentor.objects.visible_to(request.user)).get(person=person_id)


def editable(request: PersonRequest, person_id: int) -> Mentor:
    """The mentor whose profile the person keeps. Raises `Mentor.DoesNotExist` and `PermissionDenied`."""
    found = find(request, person_id)
    access.require(request.user, "mentor.edit", found)
    return found


@signed_in
@require_safe
def mentor(request: PersonRequest, person_id: int) -> HttpResponseBase:
    shown = find(request, person_id)
    edits = access.may(request.user, "mentor.edit", shown)
    page = profile.of(shown, request.user, timezone.now())
    serves = page.row.standing.state != Availability.STOPPED
    context = {
        "mentor": shown,
        "page": page,
        "row": page.row,
        "may_edit": edits,
        "is_own": shown.person_id == request.user.pk,
        "serves": serves,
        "may_ask": serves and shown.person_id != request.user.pk,
        "first_name": shown.person.name.split()[0] if shown.person.name.split() else shown.person.name,
        "events": Event.objects.about(shown).select_related("actor")[:8] if edits else [],
    }
    return render(request, "mentors/mentor.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: PersonRequest) -> HttpResponseBase:
    """Begin to mentor: oneself, or for the centre somebody who has the role."""
    person = request.user
    access.require(person, "mentor.begin", person)
    own = Mentor.objects.filter(person=person).first()
    centre = is_administrator(person)
    if own and not centre:
        return redirect(own)
    form = BeginForm(request.POST if request.method == "POST" else None, is_centre=centre)
    made: list[Mentor] = []

    def act() -> None:
        chosen = form.cleaned_data.get("person") or person
        made.append(services.begin_mentoring(actor=person, person_id=chosen.pk))

    if request.method == "POST" and carried_out(form, act):
        messages.success(request, "The profile is there. Say next what to be asked about.")
        return redirect("mentors:skills", made[0].person_id)
    return render(request, "mentors/begin.html", {"form": form}, status=422 if form.errors else 200)
