"""One project's team at work: finds what is logged already, and makes the runs that are missing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from mlflow import MlflowClient
from mlflow.entities import Experiment, Run, ViewType

from . import registry
from .fitting import evaluate, holdout_rows, train
from .learners import Learner
from .logbook import STEP_TAG, Logbook
from .plan import Step, first_month, steps
from .portfolio import baseline_value
from .shape import Case

PIPELINE_TAG, FIRST_TAG = "pipeline", "pipeline.first_month"
_SCRATCH_RUNS = 3


class Team:
    """The runs of one project up to a date. `tick` is called once for each run that is made."""

    def __init__(self, client: MlflowClient, case: Case, seed: int, tick: Callable[[int], object]) -> None:
        self.client, self.case, self.seed, self.tick = client, case, seed, tick
        self.book = Logbook(client)
        self.baseline = baseline_value(case, seed).value
        self.missing: list[Step] = []
        self.experiment_id = ""

    def prepare(self, existing: dict[str, Experiment], until: date, months: int) -> int:
        """Find or make the experiment and count the runs to make; runs cut short are deleted and made again."""
        found = existing.get(self.case.slug)
        first = found.tags[FIRST_TAG] if found else first_month(self.case, until)
        self.experiment_id = found.experiment_id if found else self._create_experiment(first)
        done = self._done(bool(found))
        self.missing = [step for step in steps(self.case, first, until, months) if step.name not in done]
        return len(self.missing)

    def work(self) -> None:
        """Make the missing runs, oldest first, then move the aliases and give the experiment its present name."""
        if not self.missing:
            return
        if self.case.model:
            registry.ensure_model(self.client, self.case)
        makers = {
            "baseline": self._baseline,
            "failed": self._failed,
            "retrain": self._retrain,
            "leak": self._leak,
            "sweep": self._sweep,
        }
        for step in self.missing:
            makers[step.kind](step)
            self.tick(1)
        if self.case.model:
            registry.move_aliases(self.client, self.case)
        if self.case.story.first_name:
            self.client.rename_experiment(self.experiment_id, self.case.experiment)
        if self.case.story.scratch:
            self._scratch(self.missing[-1])

    def _create_experiment(self, first: str) -> str:
        tags = {PIPELINE_TAG: self.case.slug, FIRST_TAG: first, "team": self.case.vertical.lower()}
        if self.case.tagged in ("experiment", "both"):
            tags["coe.project"] = self.case.slug
        return self.client.create_experiment(self.case.story.first_name or self.case.experiment, tags=tags)

    def _done(self, found: bool) -> set[str]:
        """The names of the steps that are logged. A run left open that is no sweep was cut short."""
        if not found:
            return set()
        runs = self.client.search_runs([self.experiment_id], run_view_type=ViewType.ALL, max_results=1000)
        done = set()
        for run in runs:
            name = run.data.tags.get(STEP_TAG, "")
            cut_short = run.info.status == "RUNNING" and not name.endswith("/sweep")
            if cut_short and run.info.lifecycle_stage == "active":
                registry.drop_versions(self.client, self.case, run.info.run_id)
                self.client.delete_run(run.info.run_id)
            elif not cut_short:
                done.add(name)
        return done

    def _params(self) -> dict[str, object]:
        return {"model": self.case.learner.kind, "seed": self.seed, **self.case.learner.settings}

    def _baseline(self, step: Step) -> None:
        """The rule in use before, measured on the hold-out."""
        frame = holdout_rows(self.case, self.seed, 0)
        result = evaluate(self.case, frame, self.case.rule.predict(frame), self.case.dataset)
        run = self.book.start(self.experiment_id, self.case, step, "baseline (current rule)")
        if result.dataset:
            self.book.inputs(run, None, [result.dataset])
        self.book.figures(run, step, (result,), {}, {"rule": self.case.rule.note})
        self.book.finish(run, step)

    def _retrain(self, step: Step) -> None:
        """The month's model: trained, evaluated, logged, registered."""
        trained = train(self.case, self.seed, step.month)
        run = self.book.start(self.experiment_id, self.case, step, f"retrain {step.label}")
        self.book.inputs(run, trained.training, [each.dataset for each in trained.evaluations if each.dataset])
        params, model_id = self._params(), None
        if self.case.logs_model:
            model_id = self.book.model(run, self.case, trained, params)
        self.book.figures(run, step, trained.evaluations, trained.costs, params, model_id)
        if self.case.model and model_id:
            version = (self.client, self.case, step, run.info.run_id, model_id, trained, self.baseline)
            registry.register(*version)
            if step.month < self.case.story.first_model_until:
                registry.ensure_model(self.client, self.case, self.case.story.first_model)
                registry.register(*version, name=self.case.story.first_model)
        self.book.finish(run, step)

    def _failed(self, step: Step) -> None:
        """An extract with missing labels: scikit-learn refuses it, and the run fails before it has any metric."""
        run = self.book.start(self.experiment_id, self.case, step, f"retrain {step.label}")
        try:
            train(self.case, self.seed, step.month, spoil=True)
        except ValueError as error:
            self.book.note(run, error=str(error).splitlines()[0][:200])
            self.book.finish(run, step, "FAILED")
        else:
            raise RuntimeError(f"{self.case.slug}: training on missing labels should have failed")

    def _leak(self, step: Step) -> None:
        """A run trained on the hold-out by mistake: too good to be true, and deleted when somebody noticed."""
        trained = train(self.case, self.seed, step.month, leak=True)
        run = self.book.start(self.experiment_id, self.case, step, f"retrain {step.label} more data")
        self.book.inputs(run, trained.training, [each.dataset for each in trained.evaluations if each.dataset])
        self.book.figures(run, step, trained.evaluations, trained.costs, self._params())
        self.book.finish(run, step)
        self.client.delete_run(run.info.run_id)

    def _sweep(self, step: Step) -> None:
        """A search over settings that nobody has stopped: it has a first figure and no end."""
        trained = train(self.case, self.seed, max(0, step.month - 2))
        run = self.book.start(self.experiment_id, self.case, step, f"sweep {step.label}")
        self.book.inputs(run, trained.training, [each.dataset for each in trained.evaluations if each.dataset])
        self.book.figures(run, step, trained.evaluations, trained.costs, self._params())

    def _scratch(self, step: Step) -> None:
        """A notebook of somebody's own in an experiment that no one linked to the project."""
        name = self.case.story.scratch
        found = self.client.get_experiment_by_name(name)
        experiment_id = found.experiment_id if found else self.client.create_experiment(name)
        logged: list[Run] = list(self.client.search_runs([experiment_id], run_view_type=ViewType.ALL))
        for index in range(len(logged), _SCRATCH_RUNS):
            tried = replace(self.case, learner=Learner("logistic", {"C": 10.0 ** (index - 1)}))
            trained = train(tried, self.seed, max(0, step.month - 1))
            run = self.book.start(experiment_id, tried, step, f"try {index + 1}")
            self.book.figures(run, step, trained.evaluations, {}, {"C": tried.learner.settings["C"]})
            self.book.finish(run, step)
