"""What the room makes of the stream of facts: whom to look at again, what became of questions, new editions."""

from __future__ import annotations

from collections.abc import Sequence

from coe.core import helpdesk
from coe.core.models import Event
from coe.onboarding import helping, verifying
from coe.onboarding.models import Enrolment
from coe.paths import checks
from coe.paths.models import Edition, Path

PUBLISHED = "path.edition_published"
AT_ONCE = 500


def wants(verb: str) -> bool:
    """Whether events with this verb can change where somebody stands."""
    return verb == PUBLISHED or verb in helpdesk.verbs() or checks.wanted(verb)


def handle(events: Sequence[Event]) -> None:
    """Handle a batch of the stream, inside of its transaction."""
    paths = {event.subject_id for event in events if event.verb == PUBLISHED}
    for path in Path.objects.filter(pk__in=paths):
        move_to_newest(path)
    helping.hear(events)
    verifying.look_again(events)


def move_to_newest(path: Path) -> int:
    """Bring everybody who is on the path to its newest edition: what was done counts by the keys of its steps.

    Returns how many moved.
    """
    newest = path.editions.filter(state=Edition.State.PUBLISHED).first()
    if newest is None:
        return 0
    older = Enrolment.objects.active().filter(path=path, edition__number__lt=newest.number)
    ids = list(older.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        some = Enrolment.objects.filter(pk__in=ids[start : start + AT_ONCE])
        some.update(edition=newest)
        verifying.verify(some.only("pk"))
    return len(ids)
