"""The history of aliases: the mirror's aliases compared with where each one stood last."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from coe.core import events
from projects.tracking import store
from projects.tracking.models import AliasMove, RegisteredModel

_MOVED = """
WITH there AS (
    SELECT m.id AS model_id, a.key AS alias, a.value::integer AS version
    FROM tracking_registeredmodel m CROSS JOIN jsonb_each_text(m.aliases) a
    WHERE m.source_id = %(source)s AND (%(name)s = '' OR m.name = %(name)s)
), last AS (
    SELECT DISTINCT ON (h.model_id, h.alias) h.model_id, h.alias, h.version, h.at
    FROM tracking_aliasmove h JOIN tracking_registeredmodel m ON m.id = h.model_id
    WHERE m.source_id = %(source)s AND (%(name)s = '' OR m.name = %(name)s)
    ORDER BY h.model_id, h.alias, h.at DESC, h.id DESC
)
SELECT coalesce(there.model_id, last.model_id), coalesce(there.alias, last.alias), there.version,
    last.at, v.created_at
FROM there FULL JOIN last ON last.model_id = there.model_id AND last.alias = there.alias
LEFT JOIN tracking_modelversion v ON v.model_id = there.model_id AND v.version = there.version
WHERE there.version IS DISTINCT FROM last.version
ORDER BY 1, 2
"""


def note_moves(*, source_id: int, sync_id: int | None, at: datetime, is_first: bool, model: str = "") -> int:
    """Add a row for each alias (of one `model`, or of all) that stands elsewhere than when last seen; returns how many.

    In the caller's transaction, which holds the mirror (`store.hold`). `at` is the time of the sync, or when the model
    was asked for. At the first sync ever nobody can know when an alias was set: it counts from the creation of the
    version that it stands on.
    """
    moved = store.fetch(_MOVED, {"source": source_id, "name": model})
    models = RegisteredModel.objects.in_bulk({row[0] for row in moved})
    moves = [
        AliasMove(
            model_id=model_id,
            alias=alias,
            version=version,
            at=_time(at, last, created if is_first else None),
            sync_id=sync_id,
        )
        for model_id, alias, version, last, created in moved
    ]
    AliasMove.objects.bulk_create(moves, batch_size=1000)
    for model_id, alias, version, last, _created in moved:
        if last:
            facts: dict[str, Any] = {"alias": alias, "name": models[model_id].name, "version": version or "none"}
            events.record(actor=None, verb="model.alias_moved", subject=models[model_id], facts=facts)
    return len(moves)


def _time(at: datetime, last: datetime | None, created: datetime | None) -> datetime:
    """When a move counts. What was seen later came later: a sync that began before the last known move (an order that
    was carried out meanwhile, a model that was read again) found this one after it.
    """
    if last is None:
        return created or at
    return max(at, last + timedelta(microseconds=1))
