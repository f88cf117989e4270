"""Model versions to be checked, straight in the mirror."""

from __future__ import annotations

from itertools import count

from projects.checklists import checks
from projects.checklists.checks import Candidate
from projects.tracking.models import LoggedModel, ModelVersion

MS = 1767225600000
_next = count(1)


class Candidates:
    """A project with a registered model; each version has a run of its own in one experiment."""

    def __init__(self, make):
        self.make = make
        self.project = make.project()
        self.source = make.source()
        self.experiment = make.experiment(self.source, project=self.project)
        self.model = make.model(self.source, project=self.project, aliases={})

    def version(self, number, *, metrics=None, run=None, own=None, **fields):
        """`metrics`: (key, value, dataset, digest, ms after the first moment) of the logged model; `own`: the run's."""
        run = self.make.run(self.experiment, metrics=own or {}, **(run or {}))
        logged = ""
        if metrics is not None:
            logged = f"m-{next(_next)}"
            LoggedModel.objects.create(
                experiment=self.experiment,
                source=self.source,
                model_id=logged,
                run_id=run.run_id,
                metrics=[
                    {
                        "key": key,
                        "value": value,
                        "timestamp": MS + ms,
                        "step": 0,
                        "run_id": run.run_id,
                        "dataset_name": dataset,
                        "dataset_digest": digest,
                    }
                    for key, value, dataset, digest, ms in metrics
                ],
            )
        plain = {"run_id": run.run_id, "logged_model_id": logged, "created_at": run.ended_at}
        return ModelVersion.objects.create(model=self.model, version=number, **{**plain, **fields})

    def behind(self, alias, number):
        self.model.aliases = {**self.model.aliases, alias: number}
        self.model.save(update_fields=["aliases"])


def told(key, version, project, *, alias="production", results=None, **params):
    """The outcome and the sentence, as a handoff would get them: with the parameters as an editor would save them."""
    version = ModelVersion.objects.select_related("model").get(pk=version.pk)
    candidate = Candidate(version, project, alias, "an-item", results or {})
    return checks.run(key, checks.checked_params(key, params), candidate)
