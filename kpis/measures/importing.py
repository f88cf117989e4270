"""Values entered by the file: a CSV is read whole, checked whole, and written whole or not at all."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from coe.accounts.models import Person
from coe.core import access, changes, events
from coe.core.errors import Refused, invalid
from kpis.measures.models import Binding, Observation
from kpis.measures.queries import definition_on
from kpis.measures.services import new_observation, observed_at_of, supersede

COLUMNS = ("project", "kpi", "date", "value", "note", "evidence")
NEEDED = COLUMNS[:4]
MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 20_000
MOST_ERRORS = 50
Key = tuple[int, datetime]


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or would do: values that are new, that replace another, and that were there already."""

    added: int
    corrected: int
    unchanged: int
    dry_run: bool

    @property
    def rows(self) -> int:
        return self.added + self.corrected + self.unchanged


class _Errors:
    """Collects what is wrong, line by line, and raises it all at once."""

    def __init__(self, field: str) -> None:
        self.field, self.lines, self.more = field, list[str](), 0

    def add(self, row: int, column: str, rule: str) -> None:
        if len(self.lines) < MOST_ERRORS:
            self.lines.append(f"row {row}, {column}: {rule}")
        else:
            self.more += 1

    def raise_any(self) -> None:
        if self.lines:
            more = [f"and {self.more} more"] if self.more else []
            raise ValidationError({self.field: [*self.lines, *more]})


def import_observations(*, actor: Person, content: bytes, dry_run: bool = False) -> ImportResult:
    """Enter the values of a CSV with the columns project, kpi, date, value and, if wanted, note and evidence (UTF-8).

    All or nothing. A value for a day that has another one corrects it (and then needs a note); the same value again
    changes nothing. A dry run checks everything and writes nothing. Raises `ValidationError` under `file`, each line
    naming the row of the file, the column and the rule.
    """
    return enter_rows(actor=actor, rows=read_rows(content), dry_run=dry_run, field="file")


def read_rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV with their line numbers. Raises `ValidationError` under `file`."""
    if len(content) > MOST_BYTES:
        raise invalid("file", "must not be larger than 2 MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise invalid("file", "must be text in UTF-8") from None
    if "\0" in text:
        raise invalid("file", "must be text; this holds a zero byte")
    separator = ";" if ";" in text.split("\n", 1)[0] and "," not in text.split("\n", 1)[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows = []
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(header)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise invalid("file", f"row {reader.line_num}: has {len(cells)} cells, the header has {len(header)}")
            rows.append((reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
            if len(rows) > MOST_ROWS:
                raise invalid("file", f"must not hold more than {MOST_ROWS} rows")
    except csv.Error as error:
        raise invalid("file", f"row {reader.line_num}: is no CSV ({error})") from None
    if not rows:
        raise invalid("file", "holds no rows under its header")
    return rows


def _check_header(header: list[str]) -> None:
    for name in NEEDED:
        if name not in header:
            raise invalid("file", f"the column {name} is missing; the first row names the columns")
    for name, count in Counter(header).items():
        if name not in COLUMNS:
            raise invalid("file", f"there is no column {name[:40]!r}; the columns are {', '.join(COLUMNS)}")
        if count > 1:
            raise invalid("file", f"the column {name} is there twice")


@transaction.atomic
def enter_rows(
    *, actor: Person, rows: list[tuple[int, dict[str, Any]]], dry_run: bool = False, field: str = "rows"
) -> ImportResult:
    """Enter many values at once: (row number, {project, kpi, date, value, note, evidence}), all or nothing.

    Raises as `import_observations` does, under `field`.
    """
    errors = _Errors(field)
    bindings = _bindings(actor, rows)
    wanted: dict[Key, tuple[int, Observation]] = {}
    for number, row in rows:
        binding = _binding_of(actor, bindings, number, row, errors)
        observation = _observation(binding, actor, number, row, errors) if binding else None
        if observation is None:
            continue
        key = (observation.binding_id, observation.observed_at)
        if key in wanted:
            errors.add(number, "date", f"row {wanted[key][0]} holds a value for that day already")
        wanted[key] = (number, observation)
    errors.raise_any()
    if not dry_run:
        # One order of locks for everybody: two imports at once wait for each other and never stand in each other's way.
        locked = Binding.objects.select_for_update().filter(pk__in={key[0] for key in wanted}).order_by("pk")
        if any(origin != Binding.Origin.ENTERED for origin in locked.values_list("origin", flat=True)):
            raise Refused("Where one of these KPIs comes from was changed meanwhile. Import the file again.")
    new, wrong, unchanged = _compare(wanted, errors)
    errors.raise_any()
    if not dry_run:
        _write(actor, bindings, new, wrong)
    return ImportResult(len(new) - len(wrong), len(wrong), unchanged, dry_run)


def _bindings(actor: Person, rows: list[tuple[int, dict[str, Any]]]) -> dict[tuple[str, str], Binding]:
    found = (
        Binding.objects.visible_to(actor)
        .filter(project__slug__in={str(row.get("project", "")) for _, row in rows})
        .filter(kpi__key__in={str(row.get("kpi", "")) for _, row in rows})
        .select_related("project__unit", "kpi")
    )
    return {(binding.project.slug, binding.kpi.key): binding for binding in found}


def _binding_of(
    actor: Person, bindings: dict[tuple[str, str], Binding], number: int, row: dict[str, Any], errors: _Errors
) -> Binding | None:
    project, kpi = str(row.get("project", "")), str(row.get("kpi", ""))
    binding = bindings.get((project, kpi))
    if binding is None:
        errors.add(number, "kpi", f"no project {project[:80]!r} that you may see has the KPI {kpi[:60]!r}")
        return None
    may: bool | None = binding.project.__dict__.get("_may_enter")
    if may is None:
        may = binding.project.__dict__["_may_enter"] = access.may(actor, "observation.enter", binding.project)
    if not may:
        errors.add(number, "project", f"you may not enter values for {project}")
    elif binding.origin != Binding.Origin.ENTERED:
        errors.add(number, "kpi", f"the values of {kpi} come from MLflow")
    else:
        return binding
    return None


def _observation(
    binding: Binding, actor: Person, number: int, row: dict[str, Any], errors: _Errors
) -> Observation | None:
    try:
        on = datetime.strptime(str(row.get("date", "")), "%Y-%m-%d").date()
    except ValueError:
        errors.add(number, "date", "must be a date like 2026-09-30")
        return None
    raw = row.get("value", "")
    try:
        # Python's own reading of numbers takes 1_000 as well, which no other program does.
        value = math.nan if isinstance(raw, bool) or "_" in str(raw) else float(raw)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    note, evidence = str(row.get("note") or ""), str(row.get("evidence") or "")
    try:
        return new_observation(binding, actor, value, observed_at_of(on), note, evidence)
    except ValidationError as error:
        for column, rules in error.message_dict.items():
            errors.add(number, "date" if column == "on" else column, " ".join(rules))
        return None


def _compare(
    wanted: dict[Key, tuple[int, Observation]], errors: _Errors
) -> tuple[list[Observation], list[tuple[Observation, Observation]], int]:
    """What is to be written, what is superseded by which of it, and how many rows change nothing."""
    live: dict[Key, Observation] = {}
    if wanted:
        instants = [key[1] for key in wanted]
        within = Q(observed_at__gte=min(instants), observed_at__lte=max(instants))
        rows = Observation.objects.filter(within, binding__in={key[0] for key in wanted}, superseded_at=None)
        live = {(row.binding_id, row.observed_at): row for row in rows}
    new, wrong, unchanged = [], [], 0
    for key, (number, observation) in wanted.items():
        old = live.get(key)
        if old is not None and old.value == observation.value:
            unchanged += 1
            continue
        if old is not None:
            if not observation.note:
                errors.add(number, "note", f"say why the value of that day ({old.value:g}) is corrected")
            wrong.append((old, observation))
        new.append(observation)
    return new, wrong, unchanged


def _write(
    actor: Person,
    bindings: dict[tuple[str, str], Binding],
    new: list[Observation],
    wrong: list[tuple[Observation, Observation]],
) -> None:
    for old, observation in wrong:
        supersede(old, f"corrected: {observation.note}")
    Observation.objects.bulk_create(new, batch_size=2000)
    if not new:
        return
    changes.note(affects_from=min(row.observed_at for row in new), what="values imported")
    counts = Counter(row.binding_id for row in new)
    for binding in bindings.values():
        if counts[binding.pk]:
            name = definition_on(binding.kpi, max(row.observed_at for row in new).date()).name
            facts = {"kpi": name, "kpi_key": binding.kpi.key, "count": counts[binding.pk]}
            events.record(actor=actor, verb="observation.imported", subject=binding.project, facts=facts)
