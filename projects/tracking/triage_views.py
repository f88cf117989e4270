"""What belongs to no project yet: looked through, linked, set aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from coe.accounts.http import PersonRequest
from coe.core import access
from coe.core.csv_out import csv_response
from coe.core.errors import Refused, invalid
from coe.core.http import signed_in
from coe.core.listing import listing
from projects.tracking import services, suggestions
from projects.tracking.forms import LinkForm, MirrorFilter
from projects.tracking.models import Experiment, RegisteredModel

STATES = [("", "Waiting"), ("dismissed", "Set aside")]
SORTS = {"name": ["name"], "source": ["source__name", "name"], "created": ["created_at"]}
KINDS: dict[str, Any] = {"experiments": Experiment, "models": RegisteredModel}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def triage(request: PersonRequest) -> HttpResponseBase:
    access.require(request.user, "tracking.triage")
    kind = request.GET.get("kind", "experiments")
    kind = kind if kind in KINDS else "experiments"
    if request.method == "POST":
        return _act(request, kind)
    form = MirrorFilter(request.GET, person=request.user, states=STATES)
    del form.fields["project"]
    chosen = form.chosen()
    shown = listing(_waiting(request, kind, chosen), request.GET, sorts=SORTS, default="-created")
    if request.GET.get("format") == "csv":
        rows = ([one.source.name, one.name, one.created_at] for one in shown.rows.iterator(chunk_size=500))
        return csv_response(f"unlinked-{kind}.csv", ["source", "name", "created"], rows)
    things = list(shown.page)
    proposed = suggestions.suggest(request.user, things)
    context = {
        **shown.context(),
        "rows": [{"thing": one, "suggestions": proposed.get(one.pk, [])} for one in things],
        "filter_form": form,
        "kind": kind,
        "is_dismissed": chosen["state"] == "dismissed",
        "kinds": [
            (name, name.title(), model.objects.visible_to(request.user).unlinked().count())
            for name, model in KINDS.items()
        ],
        "projects": suggestions.editable_projects(request.user).order_by("name").values("slug", "name")[:200],
    }
    return render(request, "tracking/triage.html", context)


def _waiting(request: PersonRequest, kind: str, chosen: dict[str, str]) -> Any:
    known = KINDS[kind].objects.visible_to(request.user).select_related("source")
    if chosen["state"] == "dismissed":
        found = known.filter(project=None, is_dismissed=True, missing_since=None)
    else:
        found = known.unlinked()
    if chosen["q"]:
        found = found.matching(chosen["q"])
    if chosen["source"]:
        found = found.filter(source__name=chosen["source"])
    return found


def _act(request: PersonRequest, kind: str) -> HttpResponseBase:
    """What the buttons do: `one=link:<id>:<slug>` or `one=dismiss:<id>` for a row, `do` for all that are ticked."""
    try:
        messages.success(request, _carry_out(request, kind, request.POST))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect(request.get_full_path())


def _carry_out(request: PersonRequest, kind: str, data: QueryDict) -> str:
    verb, _, rest = data.get("one", "").partition(":")
    ids, slug = data.getlist("thing"), data.get("project", "")
    if verb:
        pk, _, chosen = rest.partition(":")
        ids, slug = [pk], chosen
    verb = verb or data.get("do", "")
    things = list(KINDS[kind].objects.visible_to(request.user).filter(pk__in=[pk for pk in ids if pk.isdigit()]))
    if not things:
        raise invalid("thing", "Tick at least one row first.")
    if verb == "link":
        form = LinkForm({"project": slug}, person=request.user)
        if not form.is_valid():
            raise invalid("project", _rules(form))
        project = form.cleaned_data["project"]
        count = services.link_many(actor=request.user, things=things, project=project)
        return f"{_counted(count, kind)} linked to {project}."
    if verb == "recall":
        services.dismiss_many(actor=request.user, things=things, dismissed=False)
        return f"{_counted(len(things), kind)} waiting again."
    if verb == "dismiss":
        return f"{_counted(services.dismiss_many(actor=request.user, things=things), kind)} set aside."
    raise invalid("do", "Choose what to do.")


def _rules(form: LinkForm) -> str:
    return " ".join(str(rule) for rule in form.errors.get("project", []))


def _counted(count: int, kind: str) -> str:
    return f"1 {kind.removesuffix('s')}" if count == 1 else f"{count} {kind}"


@signed_in
@require_POST
def link_experiment(request: PersonRequest, source: str, experiment_id: str) -> HttpResponseBase:
    """Link by hand, or with `unlink=1` take the link away."""
    thing = Experiment.objects.visible_to(request.user).get(source__name=source, experiment_id=experiment_id)
    return _link(
        request,
        thing,
        lambda project: services.link_experiment(actor=request.user, experiment=thing, project=project),
        lambda: services.unlink_experiment(actor=request.user, experiment=thing),
    )


@signed_in
@require_POST
def link_model(request: PersonRequest, source: str, name: str) -> HttpResponseBase:
    thing = RegisteredModel.objects.visible_to(request.user).get(source__name=source, name=name)
    return _link(
        request,
        thing,
        lambda project: services.link_model(actor=request.user, model=thing, project=project),
        lambda: services.unlink_model(actor=request.user, model=thing),
    )


def _link(
    request: PersonRequest, thing: Any, link: Callable[[Any], Any], unlink: Callable[[], Any]
) -> HttpResponseBase:
    access.require(request.user, "tracking.link", thing)
    back = thing.get_absolute_url()
    if request.POST.get("unlink") == "1":
        unlink()
        messages.success(request, f"{thing} belongs to no project now.")
        # Whoever may not look through unlinked things no longer sees it.
        return redirect(back if access.may(request.user, "tracking.triage", thing) else "/")
    form = LinkForm(request.POST, person=request.user)
    if form.is_valid():
        link(form.cleaned_data["project"])
        messages.success(request, f"{thing} belongs to {form.cleaned_data['project']} now.")
    else:
        messages.error(request, _rules(form))
    return redirect(back)
