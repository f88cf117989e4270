"""What arrived for a project, told after a sync: its first runs, its first dataset, versions of its models.

Told once: what the mirror says now is compared with what the project's last event of that kind said. So a sync that
was killed, a model that was read again in between, or two sources at once tell nothing twice and leave nothing out.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from coe.core import events
from projects.catalog.models import Project
from projects.tracking import newest, store

FIRST_RUN, RUNS_GONE, FIRST_DATASET = "project.first_run_seen", "project.runs_gone", "project.first_dataset_seen"
MODELS_SEEN = "project.models_seen"
# A sentence names so many models at most.
_MOST_NAMED = 3
# So many projects are locked at a time, so that nobody who edits one waits for long.
_AT_ONCE = 50

# Of the projects of this source: whether a run counts, whether that was told, and whether a run that was just read is
# the first that names a dataset.
_RUNS = """
WITH linked AS (
    SELECT project_id, array_agg(id) FILTER (WHERE touched_at IS NOT NULL) AS fresh FROM tracking_experiment
    WHERE source_id = %(source)s AND project_id IS NOT NULL
        AND (%(some)s::bigint[] IS NULL OR project_id = ANY(%(some)s))
    GROUP BY project_id
), state AS (
    SELECT linked.project_id, there.is_so AS runs, coalesce(last.verb = %(first)s, false) AS told, used.is_so AS dataset
    FROM linked
    CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT 1 FROM tracking_experiment e JOIN tracking_run r ON r.experiment_id = e.id
        WHERE e.project_id = linked.project_id AND r.status = 'FINISHED' AND r.lifecycle_stage = 'active'
            AND r.missing_since IS NULL
    ) AS is_so) there
    LEFT JOIN LATERAL (
        SELECT verb FROM core_event
        WHERE subject_type_id = %(type)s AND subject_id = linked.project_id AND verb = ANY(%(of_runs)s)
        ORDER BY id DESC LIMIT 1
    ) last ON true
    CROSS JOIN LATERAL (SELECT NOT EXISTS (
        SELECT 1 FROM core_event
        WHERE subject_type_id = %(type)s AND subject_id = linked.project_id AND verb = %(dataset)s
    ) AND EXISTS (
        SELECT 1 FROM tracking_run r
        WHERE r.experiment_id = ANY(linked.fresh) AND r.status = 'FINISHED' AND r.lifecycle_stage = 'active'
            AND r.missing_since IS NULL AND r.datasets <> '[]'
    ) AS is_so) used
)
SELECT project_id, runs, told, dataset FROM state WHERE runs <> told OR dataset ORDER BY project_id
"""
# {model id: [name, newest version, signature]} of each project of this source where it is not what was last told, and
# what that was.
_MODELS = f"""
WITH linked AS (
    SELECT DISTINCT project_id FROM tracking_registeredmodel
    WHERE source_id = %(source)s AND project_id IS NOT NULL
        AND (%(some)s::bigint[] IS NULL OR project_id = ANY(%(some)s))
), newest AS ({newest.ROWS.replace("%(projects)s", "ARRAY(SELECT project_id FROM linked)")}
), state AS (
    SELECT project_id, jsonb_object_agg(model_id, jsonb_build_array(name, version, signature)) AS models
    FROM newest GROUP BY project_id
), compared AS (
    SELECT linked.project_id, coalesce(state.models, '{{}}') AS models, coalesce(last.models, '{{}}') AS told
    FROM linked LEFT JOIN state ON state.project_id = linked.project_id
    LEFT JOIN LATERAL (
        SELECT facts -> 'models' AS models FROM core_event
        WHERE subject_type_id = %(type)s AND subject_id = linked.project_id AND verb = %(seen)s
        ORDER BY id DESC LIMIT 1
    ) last ON true
)
SELECT project_id, models, told FROM compared WHERE models <> told ORDER BY project_id
"""  # noqa: S608  SQL of this room only


def after_sync(source_id: int) -> int:
    """The followup: record what arrived for the projects of this source; returns how many events."""
    return _tell(source_id, _RUNS, _tell_runs) + _tell(source_id, _MODELS, _tell_models)


def _tell(source_id: int, query: str, tell: Callable[..., int]) -> int:
    """Record what `query` finds. The projects are locked before it is asked again: what another sync told meanwhile
    counts as told.
    """
    ids = [row[0] for row in _ask(source_id, query, None)]
    told = 0
    for at in range(0, len(ids), _AT_ONCE):
        with transaction.atomic():
            concerned = Project.objects.filter(pk__in=ids[at : at + _AT_ONCE]).order_by("pk")
            projects = {one.pk: one for one in concerned.select_for_update(of=("self",), no_key=True)}
            told += sum(tell(projects[row[0]], *row[1:]) for row in _ask(source_id, query, list(projects)))
    return told


def _ask(source_id: int, query: str, some: list[int] | None) -> store.Rows:
    values = {
        "source": source_id,
        "some": some,
        "type": ContentType.objects.get_for_model(Project).pk,
        "first": FIRST_RUN,
        "of_runs": [FIRST_RUN, RUNS_GONE],
        "dataset": FIRST_DATASET,
        "seen": MODELS_SEEN,
    }
    return store.fetch(query, values)


def _tell_runs(project: Project, runs: bool, told: bool, dataset: bool) -> int:
    verbs = [FIRST_RUN if runs else RUNS_GONE] if runs != told else []
    verbs += [FIRST_DATASET] if dataset else []
    for verb in verbs:
        events.record(actor=None, verb=verb, subject=project)
    return len(verbs)


def _tell_models(project: Project, now_json: str, before_json: str) -> int:
    now, before = json.loads(now_json), json.loads(before_json)
    changed = [_said(*now[pk]) for pk in sorted(now, key=int) if now[pk] != before.get(pk)]
    gone = [f"no longer sees {before[pk][0]}" for pk in sorted(before, key=int) if pk not in now]
    said = changed + gone
    rest = [f"and {len(said) - _MOST_NAMED} more"] if len(said) > _MOST_NAMED else []
    facts = {"models": now, "said": "; ".join(said[:_MOST_NAMED] + rest)}
    events.record(actor=None, verb=MODELS_SEEN, subject=project, facts=facts)
    return 1


def _said(name: str, version: int, signature: str) -> str:
    words = {"yes": ", with a signature", "no": ", without a signature"}
    return f"saw version {version} of {name}{words.get(signature, '')}"


events.sentence(FIRST_RUN, "saw the first finished run")
events.sentence(RUNS_GONE, "no longer sees any finished run")
events.sentence(FIRST_DATASET, "saw the first run that names its dataset")
events.sentence(MODELS_SEEN, "{said}")
