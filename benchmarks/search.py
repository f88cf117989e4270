"""Search over 100,000 entries of all kinds in 200 units, asked by an executive and by a colleague with roles in units.

    python -m benchmarks.search [--entries 100000] [--units 200]

The world is made in a scratch database beside the one that DATABASE_URL names, indexed as `rebuild_search` does it, and
dropped afterwards. Times are those of the server's own work: a request through Django's test client, without a network.
The executive may see every project; the colleague those of the company, of a few units, and of a few projects.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import django

from benchmarks import scratch
from benchmarks.pages import milliseconds, queries

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coe.settings")

SCRATCH = "cairn_bench_search"
REQUESTS = 9
VERTICALS = 8
# What people ask for: rare and common words, one and two letters, several words, misspelt ones, facets, a late page.
ASKED = (
    "?q=churn",
    "?q=c",
    "?q=fo",
    "?q=demand&page=9",
    "?q=turbine+vibration",
    "?q=pricing+store+season",
    "?q=how+to+read+the+churn+score",
    "?q=zanzibar",
    "?q=kamiten",
    "?q=chrun",
    "?q=forcast+demnd",
    "?q=churn&kind=model",
    "?q=forecast&unit=unit-3",
    "?q=routing&unit=unit-100&kind=experiment",
    "?q=Noor+Haddad+411",
    "?q=churn-xgb-4",
)
TYPED = (
    "c",
    "ch",
    "chu",
    "churn",
    "forec",
    "forecast sto",
    "noor",
    "xgb 47",
    "chrun",
    "demnd",
    "zanz",
    "routing model",
)
_WORDS: list[str] = re.findall(
    r"\w+",
    "churn basket pricing forecast fraud routing demand returns energy credit claims stock calls leads wear"
    " weather customer store region supplier invoice contract payment delivery warehouse loyalty discount campaign"
    " product margin shift staff machine sensor failure quality image text speech document question answer ticket"
    " risk score segment cluster graph season holiday trend anomaly drift feature label sample baseline target"
    " value cost saving revenue order shipment truck route driver fuel battery turbine pump valve pressure"
    " temperature vibration noise signal account card limit default loan mortgage premium policy damage repair"
    " part spare visit call agent queue wait time email click view session search banner offer coupon price"
    " elasticity promotion shelf category brand assortment",
)
_GLUE = ("of", "for", "in", "by", "and", "with", "from", "per")
_TECHNIQUES = ("xgb", "lgbm", "prophet", "arima", "bert", "cnn", "kmeans", "logit", "forest", "lstm")
_SYLLABLES = ("ka", "ro", "mi", "ten", "sol", "var", "lin", "do", "pe", "gra", "nu", "fi", "sta", "be", "lor", "qui")
_FIRST = ("Noor", "Ada", "Tomas", "Ines", "Jun", "Olga", "Pavel", "Rosa", "Samir", "Tea", "Uma", "Viktor", "Wen", "Zoé")
_LAST = (
    "Haddad",
    "Okafor",
    "Novák",
    "Silva",
    "Tanaka",
    "Petrova",
    "Müller",
    "Rossi",
    "Khan",
    "Lind",
    "Costa",
    "Moreau",
)


class World:
    """Makes the company out of one seed."""

    def __init__(self, entries: int, units: int) -> None:
        self.random = random.Random(20261124)
        self.units, self.entries = units, entries
        # Most words of a language are rare.
        self.field = ["".join(self.random.choices(_SYLLABLES, k=4)) for _ in range(2_000)]
        self.rare = ["".join(self.random.choices(_SYLLABLES, k=3)) + str(n % 7 or "") for n in range(20_000)]

    def theme(self) -> list[str]:
        """What a text is about: a few topics, which it comes back to."""
        return self.random.sample(_WORDS, 4)

    def themes(self, many: int) -> Iterator[tuple[int, list[str]]]:
        """Numbers, each with a theme of its own."""
        return ((n, self.theme()) for n in range(many))

    def text(self, least: int, most: int, theme: list[str]) -> str:
        """Words of the theme, words of all fields, a few that nearly nobody uses, and small words between them."""
        many = self.random.randint(least, most)
        of = (theme, self.field, self.rare)
        kinds = self.random.choices(of, (40, 50, 10), k=many)
        return " ".join(self.random.choice(_GLUE if n % 3 == 1 else kind) for n, kind in enumerate(kinds))

    def build(self) -> dict[str, Any]:
        """Everything, indexed; returns the readers by name."""
        from django.db import connection

        from coe.accounts.models import BusinessUnit, Grant, Person
        from coe.search import index

        above = [None if n <= VERTICALS else 1 + (n - 1) % VERTICALS for n in range(1, self.units + 1)]
        for n, parent in enumerate(above, 1):
            lineage = [n] if parent is None else [parent, n]
            BusinessUnit.objects.create(id=n, slug=f"unit-{n}", name=f"Unit {n}", parent_id=parent, lineage=lineage)
        share = self.entries / 100_000
        self.people(int(12_000 * share))
        self.projects(int(15_000 * share))
        self.mirror(int(20_000 * share), int(40_700 * share))
        self.documents(int(8_000 * share), int(4_000 * share))
        self.kpis(int(300 * share))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        index.rebuild()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        executive = Person.objects.create_user("executive@example.com", "Executive")
        colleague = Person.objects.create_user("colleague@example.com", "Colleague", unit_id=self.units // 2)
        Grant.objects.create(person=executive, role="executive")
        Grant.objects.create(person=colleague, role="contributor", unit_id=min(self.units, 3))
        Grant.objects.create(person=colleague, role="viewer", unit_id=min(self.units, 12))
        return {"executive": executive, "colleague": colleague}

    def people(self, many: int) -> None:
        from coe.accounts.models import Person

        self.put(
            Person,
            (
                Person(
                    email=f"person{n}@example.com",
                    name=f"{self.random.choice(_FIRST)} {self.random.choice(_LAST)} {n}",
                    title=f"Analyst of {self.random.choice(_WORDS)}",
                    unit_id=1 + n % self.units,
                    password="!",
                )
                for n in range(many)
            ),
        )
        self.person_ids = list(Person.objects.values_list("pk", flat=True))

    def projects(self, many: int) -> None:
        from projects.catalog.models import Member, Project

        choose = self.random.choice
        self.put(
            Project,
            (
                Project(
                    slug=f"project-{n}",
                    name=f"{self.text(2, 4, theme)} {n}".capitalize(),
                    summary=f"Tells the {self.text(8, 16, theme)}.",
                    problem=self.text(20, 80, theme),
                    unit_id=1 + self.random.randrange(self.units),
                    owner_id=choose(self.person_ids),
                    techniques=[choose(_TECHNIQUES)],
                    domains=[theme[0]],
                    visibility=self.random.choices(("company", "unit", "members"), (80, 15, 5))[0],
                )
                for n, theme in self.themes(many)
            ),
        )
        self.project_ids = list(Project.objects.values_list("pk", flat=True))
        members = (
            Member(project_id=pk, person_id=choose(self.person_ids), responsibility="business")
            for pk in self.project_ids
        )
        self.put(Member, members)

    def mirror(self, models: int, experiments: int) -> None:
        from projects.tracking.models import Experiment, RegisteredModel, Source

        source = Source.objects.create(name="main", label="Main", url="http://mlflow.example")
        choose = self.random.choice
        self.put(
            RegisteredModel,
            (
                RegisteredModel(
                    source=source,
                    name=f"{theme[0]}-{choose(_TECHNIQUES)}-{n}",
                    description=self.text(5, 25, theme),
                    tags={"team": theme[1]},
                    project_id=None if n % 10 == 0 else choose(self.project_ids),
                )
                for n, theme in self.themes(models)
            ),
        )
        self.model_ids = list(RegisteredModel.objects.values_list("pk", flat=True))
        self.put(
            Experiment,
            (
                Experiment(
                    source=source,
                    experiment_id=str(n),
                    name=f"{theme[0]}_{theme[1]}/{choose(_TECHNIQUES)}_{n}",
                    tags={"mlflow.note.content": self.text(3, 12, theme)},
                    project_id=None if n % 7 == 0 else choose(self.project_ids),
                )
                for n, theme in self.themes(experiments)
            ),
        )

    def documents(self, free: int, of_models: int) -> None:
        from django.contrib.contenttypes.models import ContentType
        from django.db.models import OuterRef

        from coe.guides.models import Document, Revision
        from projects.tracking.models import RegisteredModel

        of_model = ContentType.objects.get_for_model(RegisteredModel)
        choose, now = self.random.choice, datetime.now(UTC)
        models = self.random.sample(self.model_ids, of_models)
        kinds: list[dict[str, Any]] = [
            {"kind": choose(("how_to", "playbook", "lesson", "glossary"))} for _ in range(free)
        ]
        kinds += [{"kind": "model_guide", "subject_type": of_model, "subject_id": pk} for pk in models]
        documents = (
            Document(
                slug=f"guide-{n}",
                title=f"How to read the {self.text(2, 4, self.theme())}",
                owner_id=choose(self.person_ids),
                unit_id=1 + self.random.randrange(self.units),
                visibility=self.random.choices(("company", "unit"), (85, 15))[0],
                tags=[choose(_WORDS)],
                **kind,
            )
            for n, kind in enumerate(kinds)
        )
        self.put(Document, documents)
        titles = list(Document.objects.values_list("pk", "title", "owner_id"))
        self.put(
            Revision,
            (
                Revision(
                    document_id=pk,
                    number=1,
                    title=title,
                    author_id=owner,
                    summary=self.text(8, 16, theme),
                    plain=self.text(200, 700, theme),
                    text="-",
                )
                for (pk, title, owner), (_, theme) in zip(titles, self.themes(len(titles)), strict=True)
            ),
        )
        revision = Revision.objects.filter(document=OuterRef("pk")).values("pk")[:1]
        Document.objects.update(latest=revision, published=revision, published_at=now, first_published_at=now)

    def kpis(self, many: int) -> None:
        from kpis.measures.models import Kpi, KpiVersion

        for n in range(many):
            theme = self.theme()
            kpi = Kpi.objects.create(key=f"kpi-{n}")
            KpiVersion.objects.create(
                kpi=kpi,
                effective_from="2025-01-01",
                name=f"{self.text(2, 3, theme)} {n}".capitalize(),
                sentence=self.text(6, 12, theme),
                category="model_quality",
                unit="ratio",
                direction="higher",
                roll_up="mean",
                cadence_days=30,
            )

    @staticmethod
    def put(model: Any, rows: Iterator[Any]) -> None:
        model.objects.bulk_create(rows, batch_size=1000)


def measure(entries: int = 100_000, units: int = 200) -> dict[str, Any]:
    """Times in milliseconds: `median_ms` and `p95_ms` over all that both readers ask for, the same for each reader, and
    `suggest_ms`, the median of suggestions (`suggest_p95_ms`); `queries`, the most that one page made.
    """
    with scratch.database(SCRATCH):
        return _measured(entries, units)


def _measured(entries: int, units: int) -> dict[str, Any]:
    from coe.search.models import Entry

    started = time.perf_counter()
    readers = World(entries, units).build()
    found: dict[str, Any] = {"build_s": round(time.perf_counter() - started, 1), "entries": Entry.objects.count()}
    return found | timed(readers)


def timed(readers: dict[str, Any]) -> dict[str, Any]:
    """What the readers' requests took."""
    from urllib.parse import quote_plus

    from django.test import Client

    found: dict[str, Any] = {}
    pages: list[float] = []
    typed: list[float] = []
    slowest, most = [], 0
    for name, reader in readers.items():
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(reader)
        asked = {f"/search/{one}": pages for one in ASKED}
        asked |= {f"/search/suggest/?q={quote_plus(one)}": typed for one in TYPED}
        own = []
        for path, where in asked.items():
            times = [milliseconds(client, path) for _ in range(REQUESTS + 1)][1:]
            where += times
            own += times if where is pages else []
            slowest.append((statistics.median(times), name, path))
            most = max(most, queries(client, path))
        found[f"{name}_ms"] = round(statistics.median(own), 1)
    found |= {"median_ms": round(statistics.median(pages), 1), "p95_ms": _p95(pages)}
    found |= {"suggest_ms": round(statistics.median(typed), 1), "suggest_p95_ms": _p95(typed), "queries": most}
    if os.environ.get("CAIRN_BENCH_DETAIL"):
        for took, name, path in sorted(slowest, reverse=True):
            print(f"{took:8.1f} ms  {name:10} {path}", file=sys.stderr)
    return found


def _p95(times: list[float]) -> float:
    return round(statistics.quantiles(times, n=20)[-1], 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--units", type=int, default=200)
    options = parser.parse_args()
    django.setup()
    sys.stdout.write(json.dumps(measure(options.entries, options.units), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
