"""The servers that the portal reads: the group's, and the assembly plant's, which has been switched off since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from demo.world.clock import at, moment
from demo.world.people import Cast
from projects.tracking import services
from projects.tracking.models import Source

GROUP_SOURCE, PLANT_SOURCE = "group-mlflow", "assembly-plant"
# The plant's server was read for the last time so many days ago.
SILENT_FOR = 9
# The group's server was connected so many days ago: before the first version of the year was handed over.
CONNECTED = 380


def connect_group(cast: Cast, url: str, *, public_url: str = "") -> bool:
    """Connect the group's server, or follow it to another address. Returns whether anything changed.

    Raises `ValidationError` when it does not answer.
    """
    wanted: dict[str, Any] = {"url": url.rstrip("/"), "public_url": public_url.rstrip("/")}
    found = Source.objects.filter(name=GROUP_SOURCE).first()
    if found is None:
        with at(moment(CONNECTED, GROUP_SOURCE)):
            services.create_source(
                actor=cast.centre, name=GROUP_SOURCE, label="Group MLflow", interval_minutes=15, **wanted
            )
        return True
    if {field: getattr(found, field) for field in wanted} == wanted:
        return False
    services.change_source(actor=cast.centre, name=GROUP_SOURCE, **wanted)
    return True


def connect_plant(cast: Cast) -> bool:
    """Connect the plant's server and read it once, some days ago by the portal's clock; then it is gone.

    It all happens in one transaction, so that no worker reads the source meanwhile. Returns whether it was new.
    """
    if Source.objects.filter(name=PLANT_SOURCE).exists():
        return False
    # Not above: MLflow's server takes seconds to load, and only the first start needs it.
    from demo.world import plant

    then = datetime.now(UTC) - timedelta(days=SILENT_FOR)
    with plant.running() as url:
        plant.train(url, then.date())
        with transaction.atomic(), at(then):
            services.create_source(
                actor=cast.centre, name=PLANT_SOURCE, label="Assembly plant MLflow", url=url, interval_minutes=30
            )
            sync = services.request_sync(actor=cast.centre, name=PLANT_SOURCE)
            done = services.run_sync(sync_id=sync.pk)
            if done.error:
                raise RuntimeError(f"the plant's server could not be read: {done.error}")
    return True
