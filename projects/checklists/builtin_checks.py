"""Checks over what the mirror of MLflow and the catalog say of a model version; those of metrics: `metric_checks`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from projects.catalog.models import Responsibility
from projects.checklists.checks import Candidate, Finding, Outcome, check
from projects.tracking.models import LoggedModel, ModelVersion, Run
from projects.tracking.values import TRAINING

# So many words are a description; one or two are a name.
WORDS = 3
ENVIRONMENT = ("conda.yaml", "python_env.yaml", "requirements.txt")
_SHOWN = 50
_Params = Mapping[str, Any]


def passed(sentence: str, **saw: Any) -> Finding:
    return Finding(Outcome.PASSED, sentence, saw)


def failed(sentence: str, **saw: Any) -> Finding:
    return Finding(Outcome.FAILED, sentence, saw)


def cannot_tell(sentence: str, **saw: Any) -> Finding:
    return Finding(Outcome.CANNOT_TELL, sentence, saw)


def run_behind(version: ModelVersion) -> tuple[str, Run | None]:
    """The id of the run that made the version ("" where MLflow names none), and the run where the mirror has it.

    The version's own run, else the one that made the logged model which it names.
    """
    source, run_id = version.model.source_id, version.run_id
    if not run_id and version.logged_model_id:
        named = LoggedModel.objects.filter(source=source, model_id=version.logged_model_id)
        run_id = named.values_list("run_id", flat=True).first() or ""
    if not run_id:
        return "", None
    return run_id, Run.objects.filter(source=source, run_id=run_id).select_related("experiment").first()


def _no_run(version: ModelVersion, run_id: str) -> Finding:
    if run_id:
        return cannot_tell(f"The run behind version {version.version} has not been read from MLflow.", run_id=run_id)
    return cannot_tell(f"MLflow names no run behind version {version.version}.")


@check(
    "has_signature",
    "Has a signature",
    help="Passes when the model was logged with a signature that names its inputs and its outputs.",
)
def has_signature(candidate: Candidate, _params: _Params) -> Finding:
    version = candidate.version
    if version.files is None:
        return _files_unread(version)
    signature = version.files.get("signature") or {}
    saw = {"inputs": _names(signature.get("inputs")), "outputs": _names(signature.get("outputs"))}
    saw["flavors"] = version.files.get("flavors") or []
    if not signature.get("inputs"):
        return failed(
            "The model was logged without a signature." if not signature else "The signature names no inputs.", **saw
        )
    if not signature.get("outputs"):
        return failed("The signature names the inputs, but not what comes out.", **saw)
    inputs = len(saw["inputs"]) or 1
    return passed(f"The signature names {inputs} input{'s' if inputs > 1 else ''} and what comes out.", **saw)


def _files_unread(version: ModelVersion) -> Finding:
    why = version.files_error or "they have not been read yet"
    return cannot_tell(f"The files of the model could not be looked at: {why.rstrip('.')}.")


def _names(columns: Any) -> list[str]:
    """What a signature calls its columns or tensors; their types where they have no names."""
    found = columns if isinstance(columns, list) else []
    named = [str(one.get("name") or one.get("type") or "?") if isinstance(one, dict) else str(one) for one in found]
    return named[:_SHOWN]


@check(
    "has_description",
    "Has a description",
    help=f"Passes when the version or the registered model is described in MLflow in at least {WORDS} words.",
)
def has_description(candidate: Candidate, _params: _Params) -> Finding:
    version = candidate.version
    for where, text in (("version", version.description), ("model", version.model.description)):
        if len(text.split()) >= WORDS:
            return passed(f"The {where} is described: “{_short(text)}”", described=where, text=text[:1000])
    text = version.description or version.model.description
    if text.strip():
        return failed(f"“{_short(text)}” is too short to be a description.", text=text[:1000])
    return failed("Neither the version nor the registered model is described in MLflow.")


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 200 else words[:199] + "…"


@check(
    "training_data_logged",
    "Training data logged",
    help="Passes when the run behind the version names a dataset with a digest, logged with the context “training”.",
)
def training_data_logged(candidate: Candidate, _params: _Params) -> Finding:
    run_id, run = run_behind(candidate.version)
    if run is None:
        return _no_run(candidate.version, run_id)
    saw = {"run_id": run.run_id, "datasets": run.datasets[:_SHOWN]}
    training = [one for one in run.datasets if (one.get("context") or "").lower() in TRAINING]
    complete = [one for one in training if one.get("name") and one.get("digest")]
    if complete:
        names = ", ".join(f"{one['name']} ({one['digest']})" for one in complete[:5])
        return passed(f"Trained on {names}.", **saw)
    if training:
        return failed("The training data was logged without a name or a digest.", **saw)
    if run.datasets:
        return failed("The run names datasets, but none with the context “training”.", **saw)
    return failed("The run names no dataset.", **saw)


@check(
    "source_run_finished_and_linked",
    "Source run finished and linked",
    help="Passes when the run behind the version is finished and there, and its experiment belongs to the project.",
)
def source_run_finished_and_linked(candidate: Candidate, _params: _Params) -> Finding:
    run_id, run = run_behind(candidate.version)
    if run is None:
        return _no_run(candidate.version, run_id)
    experiment = run.experiment
    saw = {"run_id": run.run_id, "status": run.status, "experiment": experiment.name}
    if run.missing_since or experiment.missing_since:
        return failed("MLflow no longer has the run.", **saw)
    if run.lifecycle_stage != "active" or experiment.lifecycle_stage != "active":
        return failed("The run or its experiment is deleted in MLflow.", **saw)
    if run.status != "FINISHED":
        return failed(f"The run is not finished: MLflow says {run.status.lower()}.", **saw)
    # Whose it is otherwise is not said: not everybody who reads this may know of that project.
    if experiment.project_id != candidate.project.pk:
        return failed(f"The experiment {_short(experiment.name)} is not linked to this project.", **saw)
    return passed(f"The run is finished, and its experiment {_short(experiment.name)} is linked.", **saw)


@check(
    "reproducible",
    "Training can be repeated",
    help="Passes when the run behind the version names its git commit and its parameters, and the model’s files name "
    f"its environment ({', '.join(ENVIRONMENT)}).",
)
def reproducible(candidate: Candidate, _params: _Params) -> Finding:
    version = candidate.version
    run_id, run = run_behind(version)
    if run is None:
        return _no_run(version, run_id)
    files = None if version.files is None else [str(one) for one in version.files.get("files") or []]
    environment = [one for one in files or [] if one.rpartition("/")[2] in ENVIRONMENT]
    saw = {"run_id": run.run_id, "git_commit": run.git_commit, "params": len(run.params), "environment": environment}
    lacking = [
        *([] if run.git_commit else ["the git commit"]),
        *([] if run.params else ["parameters"]),
        *([] if environment or files is None else ["an environment file"]),
    ]
    if lacking:
        return failed(f"What is missing to train it again: {', '.join(lacking)}.", **saw)
    if files is None:
        return _files_unread(version)
    parameters = "1 parameter" if len(run.params) == 1 else f"{len(run.params)} parameters"
    return passed(f"Commit {run.git_commit[:12]}, {parameters} and {environment[0]} are there.", **saw)


@check(
    "owner_and_support_named",
    "Owner and support named",
    help="Passes when the project’s owner has an open account, and somebody with one is a member for support or ML "
    "operations.",
)
def owner_and_support_named(candidate: Candidate, _params: _Params) -> Finding:
    project = candidate.project
    running = Q(responsibility=Responsibility.SUPPORT) | Q(responsibility=Responsibility.ML_OPERATIONS)
    members = project.members.filter(running, person__is_active=True).select_related("person").order_by("person__name")
    support = list(dict.fromkeys(member.person.name for member in members))
    saw = {"owner": project.owner.name, "owner_is_active": project.owner.is_active, "support": support[:_SHOWN]}
    if not project.owner.is_active:
        return failed(f"The account of the owner, {project.owner.name}, is closed.", **saw)
    if not support:
        return failed("No member of the project is named for support or ML operations.", **saw)
    return passed(f"Owner: {project.owner.name}. Support: {', '.join(support[:5])}.", **saw)


@check(
    "tests_passed",
    "The team’s own tests passed",
    help="Passes when the team’s test job sent results for this item and every test passed. A test belongs to the item "
    "whose key its name ends with.",
)
def tests_passed(candidate: Candidate, _params: _Params) -> Finding:
    by_outcome: dict[str, list[str]] = {}
    for name, outcome in sorted(candidate.results.items()):
        by_outcome.setdefault(outcome, []).append(name)
    saw = {outcome: names[:_SHOWN] for outcome, names in by_outcome.items()}
    counts = {outcome: len(names) for outcome, names in by_outcome.items()}
    if counts.get("failed"):
        return failed(f"{counts['failed']} of {len(candidate.results)} tests failed.", **saw)
    if not counts.get("passed"):
        return cannot_tell("Every test was skipped." if counts else "No test results were sent for this item.", **saw)
    skipped = f", {counts['skipped']} skipped" if counts.get("skipped") else ""
    return passed(f"{counts['passed']} tests passed{skipped}.", **saw)
