"""Projects on the pages of other rooms; only those that the reader may know of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from coe.accounts.models import BusinessUnit, Person
from coe.core import figures
from coe.search.alike import alike
from projects.catalog.models import Project, Stage, Status

register = template.Library()
MOST = 50
MOST_ALIKE = 4


@register.filter
def moment(value: datetime) -> SafeString:
    """A time as its day in the reader's time zone, and in full as its title: what three date filters would write, in a
    tenth of the time that they take.
    """
    at = localtime(value)
    title = f"{at.day} {at:%B} {at.year}, {at:%H:%M}"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), title, figures.day(at))


_STATUS_TAGS = {
    status.value: format_html('<span class="tag {}">{}</span>', look, status.label)
    for status, look in ((Status.ON_TRACK, "good"), (Status.AT_RISK, "warn"), (Status.OFF_TRACK, "bad"))
}


@register.filter
def status_tag(status: str | None) -> SafeString | str:
    """How a project goes, as a tag; nothing where nobody said. A filter: long lists have one in each row."""
    return _STATUS_TAGS.get(status or "", "")


@register.inclusion_tag("catalog/_projects_of.html", takes_context=True)
def projects_of(context: dict[str, Any], person: Person) -> dict[str, Any]:
    """The projects that `person` owns, sponsors or is a member of, with in which role."""
    visible = Project.objects.visible_to(context["request"].user)
    theirs = Q(owner=person) | Q(sponsor=person) | Q(members__person=person)
    found = visible.filter(theirs).distinct().select_related("unit").prefetch_related("members")[:MOST]
    return {"person": person, "projects": [(project, _parts_in(project, person)) for project in found]}


def _parts_in(project: Project, person: Person) -> str:
    parts = ["owner"] if project.owner_id == person.pk else []
    parts += ["sponsor"] if project.sponsor_id == person.pk else []
    parts += [m.get_responsibility_display().lower() for m in project.members.all() if m.person_id == person.pk]
    return ", ".join(parts)


@register.inclusion_tag("catalog/_projects_within.html", takes_context=True)
def projects_within(context: dict[str, Any], unit: BusinessUnit) -> dict[str, Any]:
    """How many projects the unit and its sub-units have at each stage, with links to the lists."""
    visible = Project.objects.visible_to(context["request"].user).filter(unit__lineage__contains=[unit.pk])
    counts = dict(visible.order_by().values_list("stage").annotate(n=Count("pk")))
    by_stage = [(stage, counts[stage]) for stage in Stage if counts.get(stage)]
    return {"unit": unit, "by_stage": by_stage, "count": sum(counts.values())}


@register.inclusion_tag("catalog/_projects_like.html", takes_context=True)
def projects_like(context: dict[str, Any], project: Project) -> dict[str, Any]:
    """What there is already near a project, of what the reader may know of: what says the same words, then what else
    its unit has.
    """
    visible = Project.objects.visible_to(context["request"].user).select_related("unit", "owner")
    ids = alike(f"{project.name} {' '.join(project.domains)} {project.summary}", source="project", but=project.pk)
    found = visible.in_bulk(ids)
    near = [found[pk] for pk in ids if pk in found][:MOST_ALIKE]
    if len(near) < MOST_ALIKE:
        beside = visible.filter(unit=project.unit_id).exclude(pk__in=[project.pk, *ids]).exclude(stage=Stage.RETIRED)
        near += beside.order_by("-updated_at")[: MOST_ALIKE - len(near)]
    return {"projects": near}


@register.inclusion_tag("catalog/_projects_like.html", takes_context=True)
def projects_like_that_of(context: dict[str, Any], team: Any) -> dict[str, Any]:
    """The same for the project that somebody works on (`subject_type_id`, `subject_id`); nothing without one."""
    if team is None or team.subject_type_id != ContentType.objects.get_for_model(Project).pk:
        return {"projects": []}
    visible = Project.objects.visible_to(context["request"].user)
    project = visible.filter(pk=team.subject_id).first()
    return projects_like(context, project) if project else {"projects": []}
