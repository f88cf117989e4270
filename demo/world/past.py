"""The mirror of MLflow as it stood at the time that is told.

What the portal read today holds the whole year, so a decision of last March would be made in the face of versions that
nobody had yet. While the story is told, in one transaction that nobody else sees into, a version is gone until the day
on which it was registered, and no alias stands where none had been set.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.utils import timezone

from demo.world.clock import Story
from projects.tracking import store
from projects.tracking.models import ModelVersion, RegisteredModel

# Those that acceptance moves.
MANAGED = ("production", "pilot")


def bring_back(story: Story, models: Iterable[RegisteredModel]) -> None:
    """Take away what came later than the story's beginning, and add to the story that it comes."""
    chosen = list(models)
    for source_id in sorted({model.source_id for model in chosen}):
        store.hold(source_id)
    for model in chosen:
        aliases = {alias: version for alias, version in model.aliases.items() if alias not in MANAGED}
        # The next sync asks the server anew; until then only what the orders find counts.
        RegisteredModel.objects.filter(pk=model.pk).update(aliases=aliases, aliases_at=None)
    versions = ModelVersion.objects.filter(model__in=chosen, missing_since=None)
    coming = list(versions.values_list("pk", "created_at"))
    versions.update(missing_since=timezone.now())
    for pk, created_at in coming:
        story.add(created_at or timezone.now(), partial(_come, pk))


def _come(pk: int) -> None:
    ModelVersion.objects.filter(pk=pk).update(missing_since=None)
