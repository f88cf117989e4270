"""A model's page as a model card: Markdown with the metadata block that Hugging Face's tools read."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import yaml

from projects.modelpages.figures import ModelFigure
from projects.modelpages.page import Page, numbered
from projects.modelpages.signature import Row

# What flavors of MLflow are called among libraries. More than one flavor: the first of these.
LIBRARIES = {
    "transformers": "transformers",
    "sentence_transformers": "sentence-transformers",
    "sklearn": "scikit-learn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "catboost": "catboost",
    "pytorch": "pytorch",
    "tensorflow": "tf-keras",
    "keras": "keras",
    "spark": "spark",
    "spacy": "spacy",
    "statsmodels": "statsmodels",
    "prophet": "prophet",
    "onnx": "onnx",
    "h2o": "h2o",
    "paddle": "paddlenlp",
    "langchain": "langchain",
    "openai": "openai",
    "python_function": "mlflow",
}
# Tags under which teams say what MLflow cannot know.
_TOLD = {"license": "license", "language": "language", "task": "pipeline_tag", "pipeline_tag": "pipeline_tag"}
_TASKS = (
    (("accuracy", "auc", "f1", "precision", "recall", "log_loss"), "tabular-classification"),
    (("rmse", "mae", "mape", "r2", "mse", "smape"), "tabular-regression"),
)


def export(page: Page, now: datetime) -> str:
    """The card: the metadata block, then the guide with the facts beneath. Figures that are withheld from the reader,
    or are no finite number, are left out of the block and named in the text.
    """
    data = metadata(page)
    block = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{block}---\n\n{_body(page, now)}"


def metadata(page: Page) -> dict[str, Any]:
    """The block as `huggingface_hub.ModelCardData` knows it; what nobody told is left out."""
    model, version = page.model, page.version
    flavors = [str(one) for one in (version.files or {}).get("flavors") or []] if version else []
    task = _task(page)
    told = _told(model.tags)
    data: dict[str, Any] = {
        "language": told.get("language"),
        "license": told.get("license"),
        "library_name": next((name for flavor, name in LIBRARIES.items() if flavor in flavors), None),
        "model_name": page.title,
        "pipeline_tag": task,
        "tags": _tags(page),
        "datasets": _datasets(page) or None,
        "metrics": list(dict.fromkeys(one.metric_key for one in _told_figures(page))) or None,
        "model-index": _index(page, task),
    }
    return {name: value for name, value in data.items() if value is not None}


def _told(tags: dict[str, Any]) -> dict[str, str]:
    found = {_TOLD[key]: str(value) for key, value in tags.items() if key in _TOLD and str(value).strip()}
    # A language is a code there; anything else would be refused.
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,8})?", found.get("language", "en")):
        del found["language"]
    return found


def _task(page: Page) -> str | None:
    told = _told(page.model.tags).get("pipeline_tag")
    if told and re.fullmatch(r"[a-z0-9-]{1,60}", told):
        return told
    keys = {one.metric_key.lower() for one in page.figures if one.metric_key}
    for names, task in _TASKS:
        if any(name in re.split(r"[^a-z0-9]+", key) or key == name for key in keys for name in names):
            return task
    return None


def _tags(page: Page) -> list[str]:
    project = page.model.project
    found = ["mlflow", *(project.techniques if project else []), *(project.domains if project else [])]
    return list(dict.fromkeys(found))


def _datasets(page: Page) -> list[str]:
    run = page.version.run if page.version else None
    trained = [one.get("name", "") for one in run.datasets] if run else []
    return [one for one in dict.fromkeys([*trained, *(f.dataset_name for f in _told_figures(page))]) if one]


def _told_figures(page: Page) -> list[ModelFigure]:
    """Those of the model itself with a finite value."""
    return [
        one
        for one in page.figures
        if one.is_of_model and one.metric_key and one.value is not None and math.isfinite(one.value)
    ]


def _index(page: Page, task: str | None) -> list[dict[str, Any]] | None:
    """Results as `eval_results_to_model_index` gives them: one entry for each task and dataset."""
    results: dict[tuple[str, str], dict[str, Any]] = {}
    for one in _told_figures(page):
        key = (one.dataset_name, one.dataset_digest)
        if key not in results:
            dataset: dict[str, Any] = {"name": one.dataset_name or "not named", "type": one.dataset_name or "unknown"}
            if one.dataset_digest:
                dataset["revision"] = one.dataset_digest
            results[key] = {"task": {"type": task or "other"}, "dataset": dataset, "metrics": []}
        results[key]["metrics"].append({"type": one.metric_key, "value": one.value, "name": one.name})
    return [{"name": page.title, "results": list(results.values())}] if results else None


def _body(page: Page, now: datetime) -> str:
    model = page.model
    parts = [f"# {_line(page.title)}", _line(page.lead) if page.text and page.text.summary else page.lead]
    where = "in production" if page.facts.production else "the newest, not in production"
    if page.facts.version:
        parts.append(f"Version {page.facts.version} ({where}). {page.health.sentence}")
    else:
        parts.append(page.health.sentence)
    parts += _sections(page)
    parts += [_figures_text(page), _signature_text(page), _people(page)]
    parts.append(
        f"Exported from Cairn on {now:%-d %B %Y}. In MLflow: `{_line(model.name)}` on {_line(str(model.source))}."
    )
    return "\n\n".join(one for one in parts if one) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _sections(page: Page) -> list[str]:
    by_key = {part["key"]: part for part in (page.text.parts if page.text else [])}
    found = []
    for one in page.sections:
        note = f"> {one.warning}\n\n" if one.warning else ""
        true = f"\n\n*True for {numbered(one.versions)}.*" if one.versions else ""
        found.append(f"## {one.title}\n\n{note}{by_key[one.key]['text'].strip()}{true}")
    return found or ["Nobody has written the guide of this model yet."]


def _figures_text(page: Page) -> str:
    if not page.figures:
        return ""
    rows = [
        [one.name, one.value_text or one.reason_text, one.baseline_text, one.target_text, one.dataset_name]
        for one in page.figures
    ]
    table = _table(["KPI", "Now", "Baseline", "Target", "Data"], rows)
    odd = [one.name for one in page.figures if one.reason == "not_finite"]
    left = f"\n\nLeft out of the metadata, because the value is not a number: {', '.join(odd)}." if odd else ""
    return f"## Figures\n\n{table}{left}"


def _signature_text(page: Page) -> str:
    shown = page.signature
    if shown.why_none:
        return f"## What goes in, what comes out\n\n{shown.why_none}"
    parts = ["## What goes in, what comes out"]
    for title, rows in (("Inputs", shown.inputs), ("Outputs", shown.outputs), ("Settings", shown.params)):
        if rows:
            parts.append(f"### {title}\n\n{_table(['Name', 'What it is', ''], _signature_rows(rows))}")
    return "\n\n".join(parts)


def _signature_rows(rows: Sequence[Row]) -> list[list[str]]:
    return [[one.name, f"{one.kind} ({one.exact})" if one.exact else one.kind, one.need] for one in rows]


def _people(page: Page) -> str:
    project = page.model.project
    if project is None:
        return ""
    lines = [f"- It as a whole: {project.owner.name} ({_line(project.name)})"]
    lines += [f"- {one.what}: {one.name}" for one in page.facts.contacts]
    return "## People\n\n" + "\n".join(lines)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(_line(one).replace("\\", "\\\\").replace("|", "\\|") for one in cells) + " |"

    return "\n".join([line(head), "|" + " --- |" * len(head), *(line(row) for row in rows)])
