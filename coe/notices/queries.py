"""What a person's inbox holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from coe.notices import knowing

if TYPE_CHECKING:
    from coe.notices.models import Notice  # noqa: F401  in quotes below


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, person: Any) -> Self:
        """The person's own, of those of this set whose subject the person may know of now. Two queries come first:
        what they are about, and what of it is closed.
        """
        if not (person.is_authenticated and person.is_active):
            return self.none()
        own = self.filter(person=person)
        about = set(own.order_by().values_list("subject_type_id", "subject_id").distinct())
        closed: dict[int, list[int]] = {}
        for type_id, pk in about - knowing.known(about, person):
            closed.setdefault(type_id, []).append(pk)
        for type_id, ids in closed.items():
            own = own.exclude(Q(subject_type=type_id, subject_id__in=ids))
        return own

    def unread(self) -> Self:
        return self.filter(read_at=None)
