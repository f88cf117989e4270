from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import URLValidator

from coe.core.errors import Refused, invalid
from coe.guides.importing_files import Folder
from coe.guides.importing_run import Options, Report, run, shown
from coe.guides.importing_settings import KINDS, Settings, said
from coe.guides.models import Audience, Kind

_STEP = 100


class Command(BaseCommand):
    help = (
        "Imports a folder of Markdown as documents, which are then edited where they live. Run again, it writes what "
        "changed alone. Ends with 1 when no file could be taken, or another import is under way."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", help="the folder")
        parser.add_argument("--origin", help="the name of the folder here; else what it is called")
        parser.add_argument("--owner", help="e-mail address of the owner of documents that name none")
        parser.add_argument("--url-base", default="", help="where the folder can be read: https://…")
        parser.add_argument("--kind", default=Kind.HOW_TO.value, choices=[one for one in KINDS if one != Kind.LESSON])
        parser.add_argument("--audience", default=Audience.EVERYONE.value, choices=Audience.values)
        parser.add_argument("--unit", help="slug of the unit of documents that name none")
        parser.add_argument("--prune", action="store_true", help="take documents out of use whose files are gone")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            folder = _folder(options["path"])
            chosen = _options(folder, options)
        except ValidationError as error:
            raise CommandError(said(error), returncode=2) from None
        try:
            report = run(folder, chosen, self._progress)
        except Refused as error:
            raise CommandError(error.message, returncode=1) from None
        self._tell(report, chosen, loud=options["verbosity"] > 1)
        if report.failed and not report.taken:
            raise CommandError("No file could be taken.", returncode=1)

    def _progress(self, done: int, total: int) -> None:
        if total > _STEP and done and done % _STEP == 0:
            self.stdout.write(f"{done * 100 // total} % of {total // 2} files")

    def _tell(self, report: Report, options: Options, *, loud: bool) -> None:
        for path, reason in report.failed:
            self.stdout.write(f"not taken: {path}: {reason}")
        for path, reason in report.notes:
            self.stdout.write(f"{shown(path)}: {reason}")
        for path in report.vanished:
            self.stdout.write(f"{path} is gone; --prune takes its document out of use")
        for path in report.archived:
            self.stdout.write(f"{path} is gone; its document is out of use")
        if loud:
            for path, address in report.loose:
                self.stdout.write(f"{path}: {shown(address)} leads nowhere, and stays as words")
        counts = [
            (len(report.new), "new"),
            (len(report.changed), "changed"),
            (len(report.same), "unchanged"),
            (len(report.failed), "not taken"),
            (len(report.drafts), "drafts left out"),
            (len(report.vanished), "gone"),
            (len(report.archived), "taken out of use"),
        ]
        said = ", ".join(
            f"{count} {what}" for count, what in counts if count or what in ("new", "changed", "unchanged")
        )
        loose = f"; {len(report.loose)} addresses lead nowhere" if report.loose else ""
        self.stdout.write(f"{options.origin}: {said}{loose}" + (" (nothing was written)" if options.dry_run else ""))


def _folder(path: str) -> Folder:
    """Raises `ValidationError` on `path`: no folder, or nothing to import in it."""
    try:
        folder = Folder(Path(path))
        if not folder.root.is_dir():
            raise invalid("path", "is not a folder")
    except (OSError, RuntimeError, ValueError):
        raise invalid("path", "there is no such folder") from None
    # With --prune, an empty folder (a disk that is not there) would take everything out of use.
    if not folder.markdown():
        raise invalid("path", "has no Markdown in it")
    return folder


def _options(folder: Folder, options: dict[str, Any]) -> Options:
    """Raises `ValidationError` by option."""
    origin = " ".join((options["origin"] or folder.root.name).split())
    if not origin or len(origin) > 80 or not origin.isprintable():
        raise invalid("origin", "must be a name of at most 80 characters")
    if base := options["url_base"]:
        try:
            URLValidator(schemes=["http", "https"])(base)
        except ValidationError:
            raise invalid("url-base", "must be an address that begins with https:// or http://") from None
    settings = Settings()
    return Options(
        origin=origin,
        owner=settings.person(options["owner"]) if options["owner"] else None,
        url_base=base,
        kind=options["kind"],
        audience=options["audience"],
        unit=settings.unit(options["unit"]) if options["unit"] else None,
        prune=options["prune"],
        dry_run=options["dry_run"],
    )
