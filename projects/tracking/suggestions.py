"""Which project an unlinked experiment or model may belong to: by its name, by who trained it, by where it was
trained.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from coe.accounts.models import Person, Role
from coe.accounts.rules import in_scope, is_administrator, standing
from projects.catalog.models import Member, Project
from projects.tracking import store
from projects.tracking.models import Experiment, RegisteredModel

MOST = 3
# Similarity from which a name is worth showing (pg_trgm's word similarity, 0 to 1).
ALIKE = 0.35


@dataclass(frozen=True)
class Suggestion:
    slug: str
    name: str
    why: str


def editable_projects(person: Person) -> QuerySet[Project]:
    """The projects that `person` may edit: the rule `project.edit`, as a condition."""
    known = Project.objects.visible_to(person)
    if is_administrator(person):
        return known
    team = Q(owner=person) | Q(pk__in=Member.objects.filter(person=person).values("project"))
    return known.filter(team | in_scope(standing(person).scope(Role.UNIT_LEAD)))


def suggest(person: Person, things: Sequence[Experiment] | Sequence[RegisteredModel]) -> dict[int, list[Suggestion]]:
    """Up to three projects for each thing, the best first, among those that `person` may edit."""
    if not things:
        return {}
    allowed = editable_projects(person)
    ids = [thing.pk for thing in things]
    near = (_by_author if isinstance(things[0], Experiment) else _by_experiment)(ids, allowed)
    named = _by_name([(thing.pk, thing.name) for thing in things], allowed)
    found: dict[int, list[Suggestion]] = {}
    for pk in ids:
        ordered = {one.slug: one for one in [*near.get(pk, []), *named.get(pk, [])]}
        found[pk] = list(ordered.values())[:MOST]
    return found


def _allowed(projects: QuerySet[Project]) -> tuple[str, tuple[Any, ...]]:
    return projects.order_by().values("pk").query.sql_with_params()


def _by_name(named: list[tuple[int, str]], projects: QuerySet[Project]) -> dict[int, list[Suggestion]]:
    inner, values = _allowed(projects)
    sql = (
        "SELECT n.id, p.slug, p.name FROM unnest(%s::bigint[], %s::text[]) AS n(id, words) CROSS JOIN LATERAL ("  # noqa: S608  the inner query is the ORM's own
        " SELECT c.slug, c.name, word_similarity(n.words, c.search_text) AS likeness FROM catalog_project c"
        f" WHERE c.id IN ({inner}) AND n.words <%% c.search_text ORDER BY likeness DESC, c.slug LIMIT {MOST}) p"
        " ORDER BY n.id, p.likeness DESC, p.slug"
    )
    words = [re.sub(r"[\W_]+", " ", name.lower()).strip()[:200] for _, name in named]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
        cursor.execute(sql, [[pk for pk, _ in named], words, *values])
        rows = cursor.fetchall()
    return _group(rows, "a similar name")


def _by_author(ids: list[int], projects: QuerySet[Project]) -> dict[int, list[Suggestion]]:
    """Projects with an experiment whose newest run is by whoever made the newest run here."""
    inner, values = _allowed(projects)
    newest = (
        'SELECT r."user" FROM tracking_run r WHERE r.experiment_id = {of}.id AND r."user" <> \'\''
        " ORDER BY r.started_at DESC NULLS LAST LIMIT 1"
    )
    sql = (
        'WITH here AS (SELECT e.id, u."user" FROM tracking_experiment e CROSS JOIN LATERAL ('  # noqa: S608  the inner query is the ORM's own
        + newest.format(of="e")
        + ') u WHERE e.id = ANY(%s)), theirs AS (SELECT DISTINCT o.project_id, u."user" FROM tracking_experiment o'
        " CROSS JOIN LATERAL (" + newest.format(of="o") + f") u WHERE o.project_id IN ({inner}))"  # noqa: S608
        ' SELECT here.id, p.slug, p.name FROM here JOIN theirs ON theirs."user" = here."user"'
        " JOIN catalog_project p ON p.id = theirs.project_id ORDER BY here.id, p.slug"
    )
    return _group(_rows(sql, [ids, *values]), "by the same person")


def _by_experiment(ids: list[int], projects: QuerySet[Project]) -> dict[int, list[Suggestion]]:
    """Projects in whose experiments a version of the model was trained."""
    inner, values = _allowed(projects)
    sql = (
        "SELECT DISTINCT m.id, p.slug, p.name FROM tracking_registeredmodel m"  # noqa: S608  the inner query is the ORM's own
        " JOIN tracking_modelversion v ON v.model_id = m.id"
        " JOIN tracking_run r ON r.source_id = m.source_id AND r.run_id = v.run_id"
        " JOIN tracking_experiment e ON e.id = r.experiment_id JOIN catalog_project p ON p.id = e.project_id"
        f" WHERE m.id = ANY(%s) AND p.id IN ({inner}) ORDER BY m.id, p.slug"
    )
    return _group(_rows(sql, [ids, *values]), "trained in its experiment")


def _rows(sql: str, values: list[Any]) -> store.Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: store.Rows = cursor.fetchall()
        return rows


def _group(rows: store.Rows, why: str) -> dict[int, list[Suggestion]]:
    found: dict[int, list[Suggestion]] = {}
    for pk, slug, name in rows:
        found.setdefault(pk, []).append(Suggestion(slug, name, why))
    return found
