"""Who a session belongs to."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from coe.accounts.models import Grant, Person
from coe.accounts.rules import keep_standing


class PersonBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Signs in by e-mail address, and brings the person of a session together with the roles: one query."""

    def get_user(self, user_id: int) -> Person | None:
        """The person with that id, if the account is open."""
        roles = (
            Grant.objects.filter(person=OuterRef("pk")).order_by().values(one=JSONObject(role="role", unit="unit_id"))
        )
        person: Person | None = Person.objects.annotate(held=ArraySubquery(roles)).filter(pk=user_id).first()
        if person is None or not self.user_can_authenticate(person):
            return None
        keep_standing(person, ((one["role"], one["unit"]) for one in person.__dict__.pop("held")))
        return person
