"""What the catalog can see of a newcomer's steps: that the project is described, and that its team says how it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coe.paths.checks import Check, Finding, Newcomer, register
from projects.catalog.models import Project, StatusUpdate
from projects.catalog.newcomers import WHOSE, find_by_project, touched_by

# What a project in the catalog says of itself, and how a newcomer reads that it is missing.
_ASKED = {"summary": "a summary", "problem": "a business problem", "decision": "a decision", "sponsor": "a sponsor"}


def find_in_catalog(newcomers: Sequence[Newcomer], params: Mapping[str, Any]) -> list[Finding]:
    """Whether the project is in the catalog with its parts filled in. At most two queries."""
    asked = [name for name in _ASKED if str(params.get(name, "yes")) != "no"]

    def of_projects(ids: set[int]) -> dict[int, Finding]:
        return {one.pk: _described(one, asked) for one in Project.objects.filter(pk__in=ids)}

    return find_by_project(newcomers, of_projects, not_yet="The project is not in the catalog any more.")


def _described(project: Project, asked: Sequence[str]) -> Finding:
    lacking = [_ASKED[name] for name in asked if not _says(project, name)]
    if lacking:
        return Finding(False, why=f"{project.name} has no {_listed([one.removeprefix('a ') for one in lacking])} yet.")
    return Finding(True, at=project.updated_at, evidence=((project.name, project.get_absolute_url()),))


def _says(project: Project, name: str) -> bool:
    value = project.sponsor_id if name == "sponsor" else str(getattr(project, name)).strip()
    return bool(value)


def _listed(words: Sequence[str]) -> str:
    return " and no ".join(filter(None, [", no ".join(words[:-1]), words[-1]]))


def find_status(newcomers: Sequence[Newcomer], _params: Mapping[str, Any]) -> list[Finding]:
    """Whether the team ever said how the project goes. At most two queries."""

    def of_projects(ids: set[int]) -> dict[int, Finding]:
        first = StatusUpdate.objects.filter(project__in=ids).order_by("project_id", "created_at", "pk")
        return {
            one.project_id: Finding(
                True, at=one.created_at, evidence=((f"Status of {one.project}", one.project.get_absolute_url()),)
            )
            for one in first.distinct("project_id").select_related("project")
        }

    return find_by_project(newcomers, of_projects, not_yet="Nobody has said how the project goes yet.")


register(
    Check(
        key="project_in_catalog",
        label="Project in the catalog with owner and sponsor",
        not_yet="Cairn waits for the project’s entry: summary, business problem, decision and sponsor.",
        verbs=WHOSE,
        find=find_in_catalog,
        touched=touched_by,
        params={name: f"“no” does without {words}." for name, words in _ASKED.items()},
    )
)
register(
    Check(
        key="status_given",
        label="First status update of the project",
        not_yet="Cairn waits for the first status update on the project’s page.",
        verbs=WHOSE | {"project.status_given"},
        find=find_status,
        touched=touched_by,
    )
)
