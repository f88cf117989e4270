"""What to do when a source was read: gather for the bindings on what changed, and count the metric names."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Q

from coe.core import changes
from kpis.measures.models import Binding
from kpis.measures.observations import GatherResult, gather
from projects.tracking.models import Experiment, LoggedModel, ModelVersion, RegisteredModel, Run, Source, Sync

log = structlog.get_logger(__name__)


def gather_source(source_id: int) -> GatherResult:
    """Gather for every binding on what a sync touched in this source; then take the marks off that were read.

    A mark set meanwhile stays, as does every mark when one binding fails: the sweep comes back to it. One binding
    that fails does not hold up the others; the first error is raised at the end.
    """
    experiments = _touched(Experiment, source_id)
    models = _touched(RegisteredModel, source_id)
    note_recovery(source_id)
    if not experiments and not models:
        return GatherResult()
    added = superseded = 0
    failed: Exception | None = None
    for binding_id in bindings_on(source_id, list(experiments), list(models)):
        try:
            result = gather(binding_id)
        except Binding.DoesNotExist:
            continue  # taken off meanwhile
        except Exception as error:
            log.exception("gather.failed", binding=binding_id)
            failed = failed or error
            continue
        added, superseded = added + result.added, superseded + result.superseded
    count_metric_names(source_id)
    if failed is not None:
        raise failed
    for kind, marks in ((Experiment, experiments), (RegisteredModel, models)):
        for pk, touched_at in marks.items():
            kind.objects.filter(pk=pk, touched_at=touched_at).update(touched_at=None)
    log.info("gather.done", source=source_id, added=added, superseded=superseded)
    return GatherResult(added, superseded)


def gather_touched() -> int:
    """Gather for all sources in which something is still marked; returns how many there were. One failing stops no
    other.
    """
    marked = Q(pk__in=Experiment.objects.exclude(touched_at=None).values("source")) | Q(
        pk__in=RegisteredModel.objects.exclude(touched_at=None).values("source")
    )
    ids = list(Source.objects.filter(marked).values_list("pk", flat=True))
    for source_id in ids:
        try:
            gather_source(source_id)
        except Exception:
            log.exception("gather.source_failed", source=source_id)
    return len(ids)


def _touched(kind: type[Experiment] | type[RegisteredModel], source_id: int) -> dict[int, datetime | None]:
    marked = kind.objects.filter(source_id=source_id).exclude(touched_at=None)
    return dict(marked.order_by("pk").values_list("pk", "touched_at"))


def bindings_on(source_id: int, experiment_ids: list[int], model_ids: list[int]) -> list[int]:
    """The bindings whose observations may have changed with these experiments and models.

    Besides those bound to them: models with a version whose run or logged model lies in one of the experiments, and
    experiments whose runs have a logged model there.
    """
    runs = Run.objects.filter(source_id=source_id, experiment__in=experiment_ids).values("run_id")
    logged = LoggedModel.objects.filter(source_id=source_id, experiment__in=experiment_ids)
    versions = ModelVersion.objects.filter(model__source=source_id, model__bindings__isnull=False).filter(
        Q(run_id__in=runs) | Q(logged_model_id__in=logged.values("model_id")) | Q(run_id__in=logged.values("run_id"))
    )
    elsewhere = Run.objects.filter(source_id=source_id, run_id__in=logged.exclude(run_id="").values("run_id"))
    bindings = Binding.objects.filter(origin=Binding.Origin.MLFLOW).filter(
        Q(experiment__in=experiment_ids)
        | Q(model__in=model_ids)
        | Q(model__in=versions.values("model"))
        | Q(experiment__in=elsewhere.exclude(experiment__in=experiment_ids).values("experiment"))
    )
    return list(bindings.order_by("pk").values_list("pk", flat=True))


def note_recovery(source_id: int) -> None:
    """Note that readings which said `source_failing` may say something else, when the last good sync ended a long
    silence.
    """
    source = Source.objects.get(pk=source_id)
    done = Sync.objects.filter(source=source, state=Sync.State.DONE).order_by("-id")
    ends = list(done.values_list("finished_at", flat=True)[:2])
    if not ends or ends[0] is None:
        return
    patience = timedelta(minutes=3 * source.interval_minutes)
    before = ends[1] if len(ends) > 1 else None
    if before is None:
        reach = changes.EVER
    elif ends[0] - before > patience:
        reach = before + patience
    else:
        return
    with transaction.atomic():
        changes.note(affects_from=reach, what="source read again")


_COUNT = """
WITH seen AS (
    SELECT found.key AS key, run.id AS run, run.experiment_id AS experiment
    FROM tracking_run run, jsonb_object_keys(run.metrics) found (key)
    WHERE run.source_id = %(source)s AND run.lifecycle_stage = 'active' AND run.missing_since IS NULL
    UNION
    SELECT metric ->> 'key', run.id, logged.experiment_id
    FROM tracking_loggedmodel logged
    JOIN tracking_run run ON run.source_id = logged.source_id AND run.run_id = logged.run_id
        AND run.lifecycle_stage = 'active' AND run.missing_since IS NULL,
        jsonb_array_elements(logged.metrics) metric
    WHERE logged.source_id = %(source)s AND logged.missing_since IS NULL
), counted AS (
    SELECT key, count(DISTINCT run) AS runs, count(DISTINCT experiment) AS experiments
    FROM seen WHERE length(key) BETWEEN 1 AND 250 GROUP BY key
), gone AS (
    UPDATE measures_metricname SET runs = 0, experiments = 0
    WHERE source_id = %(source)s AND runs > 0 AND key NOT IN (SELECT key FROM counted)
)
INSERT INTO measures_metricname (source_id, key, runs, experiments, is_ignored, first_seen_at)
SELECT %(source)s, key, runs, experiments, false, now() FROM counted ORDER BY key
ON CONFLICT (source_id, key) DO UPDATE SET runs = excluded.runs, experiments = excluded.experiments
WHERE (measures_metricname.runs, measures_metricname.experiments) <> (excluded.runs, excluded.experiments)
"""


def count_metric_names(source_id: int) -> None:
    """Count in how many active runs and experiments of a source each metric key stands; new keys wait in triage."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"source": source_id})
