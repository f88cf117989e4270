"""Kept figures. They can be thrown away at any time: `boards` computes them again from readings."""

from __future__ import annotations

from django.db import models

from coe.accounts.models import BusinessUnit
from kpis.measures.models import Category, Kpi
from kpis.measures.readings import Reason


class Board(models.Model):
    """All rolled-up figures as of one day, for everybody who may see the same projects and figures.

    It is true while no change that `snapshot` had not seen reaches back before `ends_at`, and until `valid_until`.
    """

    # SHA-256 over what its readers may not see; see `audiences`.
    audience = models.CharField(max_length=64)
    as_of = models.DateField()
    # The instant at which the day ends in the company's time zone.
    ends_at = models.DateTimeField()
    # The database snapshot (pg_snapshot as text) taken before the figures were read.
    snapshot = models.TextField()
    # When the next source will be found failing; null where time alone changes nothing.
    valid_until = models.DateTimeField(null=True)
    checked_at = models.DateTimeField()
    computed_at = models.DateTimeField()
    # The readings in small, side by side: binding ids, values, indexes and reasons; see `packing`.
    readings = models.BinaryField(default=b"")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audience", "as_of"], name="board_once")]
        indexes = [models.Index(fields=["checked_at"], name="board_by_age")]

    def __str__(self) -> str:
        return f"{self.as_of} for {self.audience[:8]}"


class Cell(models.Model):
    """One figure of a unit: of a KPI, of a category, or (neither) of everything in the unit.

    Of a category, `value` and `shown_kpi` are those of the KPI that most of its projects use, and `reporting` and
    `expected` count projects; so they do of everything.
    """

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="cells")
    unit = models.ForeignKey(BusinessUnit, on_delete=models.CASCADE, related_name="+")
    kpi = models.ForeignKey(Kpi, null=True, on_delete=models.CASCADE, related_name="+")
    category = models.CharField(max_length=20, blank=True, choices=Category.choices)
    shown_kpi = models.ForeignKey(Kpi, null=True, on_delete=models.CASCADE, related_name="+")
    value = models.FloatField(null=True)
    index = models.FloatField(null=True)
    reason = models.CharField(max_length=16, blank=True, choices=[(reason.value, reason.value) for reason in Reason])
    # What the reason says in days: last reported, evaluated on other data since, no answer since.
    since = models.DateTimeField(null=True)
    reporting = models.PositiveIntegerField()
    index_reporting = models.PositiveIntegerField()
    expected = models.PositiveIntegerField()
    unweighted = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["board", "unit", "kpi", "category"], name="cell_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="cell_of_kpi_or_category", condition=models.Q(kpi=None) | models.Q(category="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kpi_id or self.category}"
