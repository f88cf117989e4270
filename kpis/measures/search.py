"""KPIs, as they are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coe.accounts.models import Person
from coe.core.http import today
from coe.search.sources import Source, Text, of_subject
from kpis.measures.models import Kpi, KpiQuerySet
from kpis.measures.queries import versions_on


def _rows() -> KpiQuerySet:
    return Kpi.objects.filter(is_archived=False)


def _visible(person: Person) -> KpiQuerySet:
    return _rows().visible_to(person)


def _texts(ids: Sequence[int]) -> Iterator[Text]:
    in_force = versions_on(ids, [today()])
    for kpi in _rows().filter(pk__in=ids).prefetch_related("versions"):
        # Found by the names it had or will have, too.
        names = {version.name for version in kpi.versions.all()}
        now = in_force[kpi.pk][0]
        yield Text(
            ref=kpi.pk,
            title=now.name,
            url=kpi.get_absolute_url(),
            keywords=[kpi.key, now.get_category_display(), *sorted(names - {now.name})],
            summary=now.sentence,
        )


KPIS = Source(
    name="kpi",
    label="KPIs",
    noun="KPI",
    order=40,
    rows=_rows,
    visible=_visible,
    texts=_texts,
    verbs=dict.fromkeys(("kpi.defined", "kpi.redefined", "kpi.archived", "kpi.restored"), of_subject),
)
