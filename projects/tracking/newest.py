"""The newest version of each linked model and whether it has a signature: in one query, however many models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from projects.tracking import store

# One row a model that MLflow still has: its newest version (`v`), and the newest one whose files were read (`k`).
ROWS = """
SELECT m.project_id, m.id AS model_id, m.name, s.name AS source, v.version, v.created_at, v.files_error,
    k.version AS known_version, k.created_at AS known_at,
    CASE WHEN k.version IS DISTINCT FROM v.version THEN 'unread' WHEN k.is_signed THEN 'yes' ELSE 'no' END AS signature,
    coalesce(k.is_signed, false) AS is_signed
FROM tracking_registeredmodel m
JOIN tracking_source s ON s.id = m.source_id
JOIN LATERAL (
    SELECT version, created_at, files_error FROM tracking_modelversion
    WHERE model_id = m.id AND missing_since IS NULL ORDER BY version DESC LIMIT 1
) v ON true
LEFT JOIN LATERAL (
    SELECT version, created_at, coalesce(jsonb_typeof(files -> 'signature') = 'object', false) AS is_signed
    FROM tracking_modelversion
    WHERE model_id = m.id AND missing_since IS NULL AND files IS NOT NULL ORDER BY version DESC LIMIT 1
) k ON true
WHERE m.missing_since IS NULL AND m.project_id = ANY(%(projects)s)
"""


@dataclass(frozen=True)
class NewestVersion:
    """A model's newest version; and of the newest one whose files could be read, whether it has a signature."""

    project_id: int
    model_id: int
    name: str
    source: str
    version: int
    created_at: datetime | None
    # Why the files of the newest version could not be read; empty where nothing went wrong.
    files_error: str
    known_version: int | None
    known_at: datetime | None
    # "yes" or "no", of the newest version itself; "unread" while its files were not read.
    signature: str
    # Of the newest version whose files were read.
    is_signed: bool

    @property
    def url(self) -> str:
        """Where its registry facts are."""
        return reverse("tracking:versions", args=[self.source, self.name])


def newest_versions(project_ids: Iterable[int]) -> list[NewestVersion]:
    """Of each model linked to one of these projects that has a version, in the order of the models' ids. One query."""
    rows = store.fetch(f"{ROWS} ORDER BY m.id", {"projects": list(project_ids)})
    return [NewestVersion(*row) for row in rows]
