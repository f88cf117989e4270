"""The phases of a sync that read lists: experiments, runs, logged models, registered models and their versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from projects.tracking import facts, links, store
from projects.tracking.mlflow import Fault, Gateway, GatewayError, Json, now_ms
from projects.tracking.models import Experiment, LoggedModel, Seen
from projects.tracking.pages import PAGE, At, Job, Page, Work, ask, items, next_token
from projects.tracking.store import Rows

# Experiments asked for in one call; where a server refuses (Databricks takes ten), this many.
MANY, FEW = 1000, 10
OVERLAP_MS = 5 * 60 * 1000
OPEN_STATES = ("RUNNING", "SCHEDULED")
# More deleted runs than this are left to the full reading.
MOST_DELETED = 2000


class ListPhase:
    """A list that is read entire at each sync, page by page by the server's tokens.

    Rows may shift under the reader; what it knew and did not meet is asked for one by one afterwards (`gone.py`).
    """

    def __init__(
        self,
        name: str,
        *,
        table: store.Table,
        kind: Seen.Kind,
        request: Callable[[Gateway, int, str], Json],
        inside: str,
        parse: Callable[[Json, facts.Note], Any],
        is_optional: bool,
    ) -> None:
        self.name, self.table, self.kind, self.request = name, table, kind, request
        self.inside, self.parse, self.is_optional = inside, parse, is_optional

    def plan(self, work: Work, at: At) -> Job | None:
        return None if self.is_optional and work.state.get("no_registry") else Job(at)

    def fetch(self, gateway: Gateway, job: Job) -> Page:
        at = job.at
        try:
            answer, size = ask(lambda size: self.request(gateway, size, at.get("token", "")), at.get("size", PAGE))
        except GatewayError as error:
            if not (self.is_optional and error.fault is Fault.UNKNOWN_CALL):
                raise
            return Page([], None, [(self.name, "", "this server has no model registry")], is_unsupported=True)
        page = Page([], None)
        raw = items(answer, self.inside)
        page.rows = [one for item in raw if (one := self.parse(item, page.note))]
        token, fingerprint = next_token(answer, at, store.refs(self.table, page.rows))
        if token and not raw:
            raise GatewayError(Fault.BROKEN, "The server sent an empty page in the middle of a list.")
        if token:
            page.next_at = {"token": token, "print": fingerprint, "size": size}
        return page

    def store(self, work: Work, page: Page) -> None:
        if page.is_unsupported:
            work.state["no_registry"] = True
            return
        refs = store.refs(self.table, page.rows)
        if self.kind == Seen.Kind.EXPERIMENT and self._come_back(work, refs):
            # The runs of an experiment that was missing carry no new times: only a full reading finds them again.
            work.state.update(full=True, marks=True)
        changed = store.put(self.table, work.source.pk, page.rows)
        store.see(work.sync_id, self.kind, refs)
        work.count(self.name, len(page.rows))
        work.count("changed", len(changed))
        if self.kind in links.BY_KIND:
            links.follow_tags(work, self.kind, page.rows)

    def _come_back(self, work: Work, refs: list[str]) -> bool:
        missing = Experiment.objects.filter(source=work.source, missing_since__isnull=False)
        return missing.filter(experiment_id__in=refs).exists()


def _experiments(gateway: Gateway, size: int, token: str) -> Json:
    body = {"max_results": size, "view_type": "ALL", "order_by": ["creation_time ASC"]}
    return gateway.post("experiments/search", {**body, **({"page_token": token} if token else {})})


def _models(gateway: Gateway, size: int, token: str) -> Json:
    query = {"max_results": str(size), "order_by": "name ASC", **({"page_token": token} if token else {})}
    asked = now_ms()
    answer = gateway.get("registered-models/search", **query)
    for one in items(answer, "registered_models"):
        facts.asked(one, asked)
    return answer


def _versions(gateway: Gateway, size: int, token: str) -> Json:
    query = {"max_results": str(size), "order_by": "creation_timestamp ASC", **({"page_token": token} if token else {})}
    return gateway.get("model-versions/search", **query)


EXPERIMENTS = ListPhase(
    "experiments",
    table=store.EXPERIMENTS,
    kind=Seen.Kind.EXPERIMENT,
    request=_experiments,
    inside="experiments",
    parse=facts.experiment,
    is_optional=False,
)
MODELS = ListPhase(
    "models",
    table=store.MODELS,
    kind=Seen.Kind.MODEL,
    request=_models,
    inside="registered_models",
    parse=facts.registered_model,
    is_optional=True,
)
VERSIONS = ListPhase(
    "versions",
    table=store.VERSIONS,
    kind=Seen.Kind.VERSION,
    request=_versions,
    inside="model_versions",
    parse=facts.model_version,
    is_optional=True,
)


@dataclass(frozen=True)
class Query:
    """One reading of what lies under experiments, in the order of a time; the next page begins at the time where this
    one ended.

    So a page is never found by its offset, and rows that come or go meanwhile shift nothing. Only among rows of the
    very same time are the server's tokens followed.
    """

    field: str
    since: int | None = None
    where: str = ""
    view: str = "ALL"
    # Only experiments that this sync was the first to see.
    is_fresh: bool = False


class TimedPhase:
    """What lies under experiments (runs, logged models), read by `Query`s over groups of experiments."""

    name: str
    kind: Seen.Kind
    table: store.Table
    inside: str
    parse: Callable[[Json, facts.Note], Any]
    # What an answer calls the times, where that is not what a query calls them.
    times: dict[str, str] = {}

    def queries(self, work: Work) -> list[Query]:
        raise NotImplementedError

    def request(self, gateway: Gateway, job: Job, size: int) -> Json:
        raise NotImplementedError

    def plan(self, work: Work, at: At) -> Job | None:
        at = {"q": 0, "after": 0, "upto": 0, "group": work.state.get("group", MANY), "size": PAGE, **at}
        group_of = (self.name, at["q"], at["after"], at["upto"], at["group"])
        if work.asked and work.asked[0] == group_of:
            # The next page of a group that is being read: which experiments it has is known.
            return replace(work.asked[1], at=at)
        job = self._next_group(work, at)
        if job:
            work.asked = (self.name, *(job.at[key] for key in ("q", "after", "upto", "group"))), job
        return job

    def _next_group(self, work: Work, at: At) -> Job | None:
        queries = self.queries(work)
        total = Experiment.objects.filter(source=work.source, missing_since=None).count()
        while at["q"] < len(queries):
            query = queries[at["q"]]
            known = Experiment.objects.filter(source=work.source, missing_since=None, pk__gt=at["after"]).order_by("pk")
            if query.is_fresh:
                known = known.filter(pk__gt=work.state["fresh_after"])
            if at["upto"]:
                known = known.filter(pk__lte=at["upto"])
            group = list(known.values_list("pk", "experiment_id")[: at["group"]])
            if group:
                share = self._share(work, at, len(queries), total, len(group))
                return Job({**at, "upto": group[-1][0]}, (query, [ref for _, ref in group]), share)
            at = {**at, "q": at["q"] + 1, "after": 0, "upto": 0}
        return None

    def _share(self, work: Work, at: At, queries: int, total: int, group: int) -> tuple[float, float]:
        """Which part of the phase this group of this query is: from, to."""
        before = Experiment.objects.filter(source=work.source, missing_since=None, pk__lte=at["after"]).count()
        one = 1 / queries
        begin = (at["q"] + before / max(total, 1)) * one
        return begin, begin + group / max(total, 1) * one

    def fetch(self, gateway: Gateway, job: Job) -> Page:
        at, (query, ids) = job.at, job.ask
        page = Page([], None)
        try:
            answer, size = ask(lambda size: self.request(gateway, job, size), at["size"])
        except GatewayError as error:
            if error.fault is Fault.REFUSED and len(ids) > FEW:
                page.next_at = {"q": at["q"], "after": at["after"], "upto": 0, "group": FEW, "size": at["size"]}
                return page
            return self.cannot(error)
        page.raw, page.parse = items(answer, self.inside), self.parse
        places = [facts.place(one, self.times.get(query.field, query.field)) for one in page.raw]
        times = [time for _, time in places]
        token, fingerprint = next_token(answer, at, (ref for ref, _ in places))
        page.next_at = self._go_on({**at, "size": size}, token, fingerprint, times)
        page.done = self._done(job, times, ended=page.next_at.get("after") != at["after"])
        return page

    def cannot(self, error: GatewayError) -> Page:
        raise error

    def _go_on(self, at: At, token: str, fingerprint: str, times: list[int | None]) -> At:
        group_over = {"q": at["q"], "after": at["upto"], "upto": 0, "group": at["group"], "size": at["size"]}
        if not token:
            return group_over
        if not times:
            raise GatewayError(Fault.BROKEN, "The server sent an empty page in the middle of a list.")
        begin, known = at.get("from"), [time for time in times if time is not None]
        if known != sorted(known) or (begin is not None and known and known[0] < begin):
            raise GatewayError(Fault.BROKEN, "The server does not keep to the order that was asked for.")
        first = at.get("first", known[0] if known else None)
        if times[-1] is not None and times[-1] != begin:
            return {**group_over, "after": at["after"], "upto": at["upto"], "from": times[-1], "first": first}
        return {**at, "token": token, "print": fingerprint, "first": first}

    def _done(self, job: Job, times: list[int | None], *, ended: bool) -> float:
        """How far the phase is, by how far the page's last time lies between the group's first and now."""
        begin, end = job.share
        first, last = job.at.get("first", times[0] if times else None), times[-1] if times else None
        now = job.at.get("now") or 0
        if ended or first is None or last is None or now <= first:
            return end if ended else begin
        part: float = min((last - first) / (now - first), 1.0)
        return begin + (end - begin) * part

    def store(self, work: Work, page: Page) -> None:
        if page.next_at:
            work.state["group"] = page.next_at["group"]
        if not page.rows:
            return
        changed = store.put(self.table, work.source.pk, page.rows)
        if work.state["marks"] or not work.state["full"]:
            store.see(work.sync_id, self.kind, store.refs(self.table, page.rows))
        work.count(self.name, len(page.rows))
        work.count("changed", len(changed))
        self.stored(work, page, changed)

    def stored(self, work: Work, page: Page, changed: Rows) -> None:
        """What else is to be remembered of a page."""


class RunsPhase(TimedPhase):
    name = "runs"
    kind = Seen.Kind.RUN
    table = store.RUNS
    inside = "runs"
    parse = staticmethod(facts.run)

    def queries(self, work: Work) -> list[Query]:
        if work.state["full"]:
            return [Query("start_time")]
        since = max(work.state["since"] - OVERLAP_MS, 0)
        found = [Query("start_time", is_fresh=True), Query("start_time", since), Query("end_time", since)]
        found += [Query("start_time", where=f"attributes.status = '{state}'") for state in OPEN_STATES]
        if work.state["watch_deleted"]:
            found.append(Query("start_time", view="DELETED_ONLY"))
        return found

    def request(self, gateway: Gateway, job: Job, size: int) -> Json:
        query, ids = job.ask
        body: Json = {
            "experiment_ids": ids,
            "run_view_type": query.view,
            "max_results": size,
            "order_by": [f"attributes.{query.field} ASC"],
        }
        begin = job.at.get("from", query.since)
        conditions = [query.where] if query.where else []
        if begin is not None:
            conditions.append(f"attributes.{query.field} >= {begin}")
        if conditions:
            body["filter"] = " AND ".join(conditions)
        if job.at.get("token"):
            body["page_token"] = job.at["token"]
        return gateway.post("runs/search", body)

    def stored(self, work: Work, page: Page, changed: Rows) -> None:
        times = [
            time
            for one in page.rows
            if one.status not in OPEN_STATES
            for time in (one.sort_start, one.sort_end)
            if time
        ]
        # A client whose clock runs ahead must not push the cursor into the future.
        work.state["newest"] = max([work.state["newest"], *(time for time in times if time <= work.started_ms)])
        if not work.state["full"]:
            store.run_changes(work.sync_id, page.rows, changed)


class LoggedModelsPhase(TimedPhase):
    name = "logged_models"
    kind = Seen.Kind.LOGGED_MODEL
    table = store.LOGGED_MODELS
    inside = "models"
    parse = staticmethod(facts.logged_model)
    times = {"creation_timestamp": "creation_timestamp_ms"}

    def queries(self, work: Work) -> list[Query]:
        if work.state.get("no_logged_models"):
            return []
        if work.state["full"]:
            return [Query("creation_timestamp")]
        since = max(work.state["since"] - OVERLAP_MS, 0)
        return [Query("creation_timestamp", is_fresh=True), Query("creation_timestamp", since)]

    def request(self, gateway: Gateway, job: Job, size: int) -> Json:
        query, ids = job.ask
        order = [{"field_name": query.field, "ascending": True}, {"field_name": "model_id", "ascending": True}]
        body: Json = {"experiment_ids": ids, "max_results": size, "order_by": order}
        begin = job.at.get("from", query.since)
        if begin is not None:
            body["filter"] = f"{query.field} >= {begin}"
        if job.at.get("token"):
            body["page_token"] = job.at["token"]
        return gateway.post("logged-models/search", body)

    def cannot(self, error: GatewayError) -> Page:
        if error.fault is not Fault.UNKNOWN_CALL:
            raise error
        return Page(
            [], None, [(self.name, "", "this server has no logged models (older than MLflow 3)")], is_unsupported=True
        )

    def store(self, work: Work, page: Page) -> None:
        if page.is_unsupported:
            work.state["no_logged_models"] = True
        super().store(work, page)


class ChangedModelsPhase:
    """Logged models of runs that changed, whenever they were made: late metrics on them come with the run's change."""

    name = "changed_models"
    MOST = 100

    def plan(self, work: Work, at: At) -> Job | None:
        if work.state["full"] or work.state.get("no_logged_models"):
            return None
        for kind in (Seen.Kind.CHANGED_RUN, Seen.Kind.NAMED_MODEL):
            if at.get("kind", "") > kind:
                continue
            after = at.get("after", "") if at.get("kind") == kind else ""
            seen = Seen.objects.filter(sync_id=work.sync_id, kind=kind, ref__gt=after).order_by("ref")
            if refs := list(seen.values_list("ref", flat=True)[: self.MOST]):
                ids = self._experiments(work, kind, refs)
                return Job({"kind": str(kind), "after": refs[-1]}, (kind, refs, ids))
        return None

    def _experiments(self, work: Work, kind: Seen.Kind, refs: list[str]) -> list[str]:
        known = Experiment.objects.filter(source=work.source)
        if kind == Seen.Kind.CHANGED_RUN:
            known = known.filter(runs__run_id__in=refs)
        else:
            known = known.filter(logged_models__in=LoggedModel.objects.filter(source=work.source, model_id__in=refs))
        return sorted(set(known.values_list("experiment_id", flat=True)))

    def fetch(self, gateway: Gateway, job: Job) -> Page:
        kind, refs, ids = job.ask
        page = Page([], job.at)
        name = "source_run_id" if kind == Seen.Kind.CHANGED_RUN else "model_id"
        listed = ", ".join(f"'{ref}'" for ref in refs if "'" not in ref and "\\" not in ref)
        for start in range(0, len(ids), FEW):
            body: Json = {
                "experiment_ids": ids[start : start + FEW],
                "filter": f"{name} IN ({listed},)",
                "max_results": PAGE,
            }
            for _ in range(self.MOST):
                answer = gateway.post("logged-models/search", body)
                page.rows += [one for item in items(answer, "models") if (one := facts.logged_model(item, page.note))]
                if not answer.get("next_page_token"):
                    break
                body = {**body, "page_token": answer["next_page_token"]}
        return page

    def store(self, work: Work, page: Page) -> None:
        changed = store.put(store.LOGGED_MODELS, work.source.pk, page.rows)
        work.count("changed", len(changed))
