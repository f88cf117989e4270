"""The platform team's handbook: kept in a folder of its own, and brought in as any team brings in its Markdown."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from coe.guides import services
from coe.guides.importing_files import Folder
from coe.guides.importing_run import Options, run
from coe.guides.models import Document
from demo.world import charts, clock
from demo.world.clock import moment
from demo.world.people import Cast

ORIGIN = "platform handbook"
FOLDER = Path(__file__).with_name("handbook")
LIVES_AT = "https://git.larkfield.example/platform/handbook/blob/main/"
_OWNER, _BROUGHT_IN, _VERIFIED = "farid.nazari", 140, 41
_VERIFIED_PATHS = ("README.md", "data.md", "operations/on-call.md")


def bring_in(cast: Cast) -> int:
    """Import the folder with its picture, which is drawn beside it, and verify some of it; returns how many texts came.

    Raises `RuntimeError` where one of the files could not be taken.
    """
    if Document.objects.filter(origin=ORIGIN).exists():
        return 0
    owner = cast.people[_OWNER]
    with TemporaryDirectory() as place, clock.at(moment(_BROUGHT_IN, "handbook")):
        folder = Path(place) / "handbook"
        shutil.copytree(FOLDER, folder)
        (folder / "images").mkdir()
        (folder / "images" / "channel.png").write_bytes(charts.draw("channel", ""))
        options = Options(origin=ORIGIN, owner=owner, url_base=LIVES_AT, kind="how_to", audience="data_science")
        report = run(Folder(folder), options)
    if report.failed:
        raise RuntimeError(f"the handbook could not be brought in: {report.failed}")
    for document in Document.objects.filter(origin=ORIGIN, origin_path__in=_VERIFIED_PATHS).select_related("published"):
        assert document.published is not None
        with clock.at(moment(_VERIFIED, f"handbook {document.slug}")):
            services.verify_document(slug=document.slug, actor=owner, revision=document.published.number)
    return report.taken
