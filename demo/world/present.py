"""What happens on the day itself, in this order: the rule that opens drafts, a version that somebody registers, the
draft that it opens, and an alias that somebody moves on the server without asking anybody here.
"""

from __future__ import annotations

from demo.world.connecting import GROUP_SOURCE
from demo.world.content import evidence as words
from demo.world.content.handovers import DRIFTED, NEW_VERSION_OF
from demo.world.content.projects import PROJECTS
from demo.world.people import Cast
from projects.handoffs import services as handoffs
from projects.handoffs.models import Answer, Handoff
from projects.registry import services as registry
from projects.registry.models import Hook, ManagedAlias
from projects.tracking import followups
from projects.tracking.models import RegisteredModel, Source
from projects.tracking.reread import reread_model

_ANSWERED = ("data-privacy-controls", "data-features-allowed", "model-hyperparameters-tuned", "monitoring-age-watched")


def happen(cast: Cast) -> int:
    """Whatever of it has not happened yet; returns how many things did."""
    source = Source.objects.filter(name=GROUP_SOURCE).first()
    if source is None:
        return 0
    done = 0
    if not Hook.objects.filter(source=source).exclude(opens_on=Hook.OpensOn.NOTHING).exists():
        registry.set_opening(source=source, actor=cast.people["ingrid.solberg"], opens_on=Hook.OpensOn.VERSION)
        # Figures follow the aliases that the year has moved.
        followups.run_all(source.pk)
        done += 1
    if not Handoff.objects.exclude(origin=Handoff.Origin.HAND).exists():
        done += _new_version(cast, source)
    return done + _move_behind_our_back(source)


def _new_version(cast: Cast, source: Source) -> int:
    """One more version by plain MLflow code; the portal reads it as after a webhook, and the team begins to answer."""
    from demo import new_version

    if not RegisteredModel.objects.filter(source=source, name=NEW_VERSION_OF).exists():
        return 0
    new_version.register(source.url, NEW_VERSION_OF)
    reread_model(source_id=source.pk, name=NEW_VERSION_OF)
    followups.run_all(source.pk)
    draft = Handoff.objects.exclude(origin=Handoff.Origin.HAND).select_related("project").order_by("-id").first()
    if draft is None:
        raise RuntimeError(f"the new version of {NEW_VERSION_OF} has opened no draft")
    _begin(cast, draft)
    return 1


def _begin(cast: Cast, draft: Handoff) -> None:
    """The owner answers some of it: by carrying over what still holds from the handoff before."""
    owner = next(cast.people[plan.owner] for plan in PROJECTS if plan.slug == draft.project.slug)
    before = Handoff.objects.filter(
        state="accepted", model_version__model=draft.model_version.model_id, checklist=draft.checklist_id
    )
    last = before.order_by("-decided_at").first()
    if last is not None:
        held = Answer.objects.filter(handoff=last, item__key__in=_ANSWERED).exclude(state=Answer.State.OPEN)
        keys = list(held.values_list("item__key", flat=True))
        handoffs.carry_over(handoff_id=draft.pk, actor=owner, from_id=last.pk, item_keys=keys)
    handoffs.edit_handoff(handoff_id=draft.pk, actor=owner, summary=words.DRAFT_SUMMARY)


def _move_behind_our_back(source: Source) -> int:
    """An alias set by hand on the server, to a version that was in production before; the next sync finds it."""
    from mlflow import MlflowClient

    managed = ManagedAlias.objects.filter(
        model__source=source, model__name=DRIFTED, alias="production", drifts=None, applied_version__gt=1
    ).first()
    if managed is None or managed.applied_version is None:
        return 0
    MlflowClient(source.url, registry_uri=source.url).set_registered_model_alias(
        DRIFTED, managed.alias, str(managed.applied_version - 1)
    )
    return 1
