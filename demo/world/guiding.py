"""Two years of guides: who wrote, published and verified which text when. Model guides follow their versions' dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile

from coe.accounts.models import Person
from coe.guides import services
from coe.guides.models import Document
from demo.training.registry import MONTH_TAG
from demo.world import charts
from demo.world.clock import Story, moment
from demo.world.connecting import GROUP_SOURCE
from demo.world.dossier import number
from demo.world.people import Cast
from demo.world.written import Done, Written, library
from projects.catalog.models import Project
from projects.modelpages import services as modelpages
from projects.modelpages.sections import guides_of, parts_of, versions_of
from projects.tracking.models import ModelVersion, RegisteredModel

NEWEST_MONTH = 11
# What was done today was done some hours ago.
_LATELY = timedelta(hours=3)


def models() -> dict[str, RegisteredModel]:
    """The group's registered models that the mirror has, by name."""
    found = RegisteredModel.objects.filter(source__name=GROUP_SOURCE).select_related("project")
    return {model.name: model for model in found}


def versions_by_month(model: RegisteredModel) -> dict[int, ModelVersion]:
    """By the month of the training's year, the model's versions."""
    found = [one for one in model.versions.filter(missing_since=None).order_by("version") if MONTH_TAG in one.tags]
    newest = max((number(one.tags[MONTH_TAG]) for one in found), default=0)
    return {NEWEST_MONTH - (newest - number(one.tags[MONTH_TAG])): one for one in found}


def of_month(versions: dict[int, ModelVersion], month: int) -> ModelVersion:
    """The version of that month, or of the next month that has one."""
    return versions[min((one for one in versions if one >= month), default=max(versions))]


def missing() -> list[Written]:
    """What nobody has begun yet; guides of models that the mirror does not have are not waited for."""
    there = set(Document.objects.values_list("slug", flat=True))
    known = models()
    guided = guides_of(known.values())
    without = {name for name, model in known.items() if model.pk not in guided and model.project_id}
    return [one for one in library() if (one.slug in without if one.kind == "model_guide" else one.slug not in there)]


def add_documents(story: Story, cast: Cast) -> None:
    """Add the texts that are missing to the story."""
    known = models()
    for written in missing():
        if written.kind == "model_guide":
            model = known[written.slug]
            years = versions_by_month(model)
            if years:
                GuideCourse(cast, written, story, model=model, years=years).add()
        else:
            Course(cast, written, story).add()


@dataclass
class Course:
    """The life of one text, told by the verbs; `state` is the state of the text that was saved last."""

    cast: Cast
    written: Written
    story: Story
    slug: str = ""
    state: int = 0
    _last: datetime = field(default_factory=lambda: datetime.min.replace(tzinfo=UTC))

    def add(self) -> None:
        for act in self.written.acts:
            # Acts of one day keep their order, whatever their hours.
            self._last = max(self.when(act), self._last + timedelta(minutes=1))
            self.story.add(self._last, partial(self.do, act))

    def when(self, act: Done) -> datetime:
        return moment(act.days, f"{self.written.slug} {act.what} {act.words}")

    def do(self, act: Done) -> None:
        actor = self.cast.people[act.who]
        if act.what in ("write", "draft"):
            self.state += 1
            self.save(act, actor)
            if act.what == "write":
                self.publish(actor)
        elif act.what == "verify":
            document = self.document()
            assert document.published is not None
            services.verify_document(slug=self.slug, actor=actor, revision=document.published.number)
        elif act.what == "file":
            name, drawn = act.words
            upload = SimpleUploadedFile(name, charts.draw(drawn, self.written.slug), "image/png")
            services.add_file(slug=self.slug, actor=actor, name=name, upload=upload)

    def document(self) -> Document:
        return Document.objects.select_related("latest", "published").get(slug=self.slug)

    def newest(self) -> int:
        latest = self.document().latest
        assert latest is not None
        return latest.number

    def publish(self, actor: Person) -> None:
        services.publish_document(slug=self.slug, actor=actor, revision=self.newest())

    def save(self, act: Done, actor: Person) -> None:
        """The text's state as a revision; the first one begins the document."""
        written, text = self.written, self.written.text(self.state)
        title, summary = written.head["title"], written.head.get("summary", "")
        note = act.words[0] if act.words else ""
        if self.slug:
            services.save_revision(
                slug=self.slug,
                actor=actor,
                based_on=self.newest(),
                title=title,
                summary=summary,
                text=text,
                note=note,
            )
            return
        made = services.create_document(
            actor=actor,
            kind=written.kind,
            title=title,
            summary=summary,
            text=text,
            owner=self.cast.people[written.owner],
            audience=written.head.get("audience", "everyone"),
            outcome=written.head.get("outcome", ""),
            unit=self.cast.units[written.head["unit"]] if "unit" in written.head else None,
            visibility=written.head.get("visibility", "company"),
            tags=written.tags,
            subject=self._subject(),
            verify_every_days=written.verify_every_days,
            slug=written.slug,
        )
        self.slug = made.slug

    def _subject(self) -> tuple[int, int] | None:
        slug = self.written.head.get("subject")
        if slug is None:
            return None
        project = Project.objects.get(slug=slug)
        return ContentType.objects.get_for_model(Project).pk, project.pk


@dataclass
class GuideCourse(Course):
    """The life of a model's guide: each text is true for the version of its month."""

    model: RegisteredModel = field(kw_only=True)
    years: dict[int, ModelVersion] = field(kw_only=True)

    def when(self, act: Done) -> datetime:
        if act.month is None:
            return super().when(act)
        made = self._version(act).created_at
        assert made is not None
        day = made.date() + timedelta(days=act.days)
        return min(moment(day, f"{self.model.name} {act.what} {act.words}"), datetime.now(UTC) - _LATELY)

    def _version(self, act: Done) -> ModelVersion:
        return of_month(self.years, NEWEST_MONTH if act.month is None else act.month)

    def do(self, act: Done) -> None:
        if act.what != "confirm":
            super().do(act)
            return
        latest, version = self.document().latest, self._version(act).version
        assert latest is not None
        parts, keys = parts_of(latest), act.words[0].split()
        # In a year of few months a text may have been written for that version.
        if not all(version in versions_of(parts[key]) for key in keys):
            modelpages.confirm_sections(
                model_id=self.model.pk,
                actor=self.cast.people[act.who],
                keys=keys,
                version=version,
                based_on=latest.number,
            )

    def save(self, act: Done, actor: Person) -> None:
        written = self.written
        made = modelpages.write_guide(
            model_id=self.model.pk,
            actor=actor,
            based_on=self.newest() if self.slug else None,
            title=written.head["title"],
            summary=written.head["summary"],
            sections=written.sections(self.state),
            version=self._version(act).version,
            note=act.words[0],
        )
        if not self.slug:
            self.slug = made.document.slug
            services.edit_document(
                slug=self.slug,
                actor=actor,
                audience="business",
                tags=written.tags,
                verify_every_days=written.verify_every_days,
            )
