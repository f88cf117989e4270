"""A row's rule: who gets in, who is refused, and to whom the address does not exist."""

from __future__ import annotations

from dataclasses import dataclass

from tests.access.world import ROLES

SIGNED_IN = frozenset(ROLES) - {"anonymous"}
PUBLIC = frozenset(ROLES)
CENTRE = frozenset({"administrator"})
TEAM = frozenset({"owner", "member", "unit_lead", "administrator"})
GOVERN = frozenset({"owner", "unit_lead", "administrator"})
ENTER = TEAM | {"contributor"}
CREATE = frozenset({"contributor", "unit_lead", "administrator"})
TRIAGE = CREATE | {"approver"}
INSIDE = TEAM | {"executive"}


@dataclass(frozen=True)
class Rule:
    """`allowed` get in; `hidden` (when given) are the only ones who may know of it at all: others get 404."""

    allowed: frozenset[str]
    known_to: frozenset[str] = SIGNED_IN
    anonymous: int = 401

    def status(self, role: str) -> int:
        """What `role` gets: 200 stands for any answer that is not a refusal."""
        if role in self.allowed:
            return 200
        if role == "anonymous":
            return self.anonymous
        return 403 if role in self.known_to else 404


ALL, ANYONE = Rule(SIGNED_IN), Rule(PUBLIC)
NOBODY = Rule(frozenset(), frozenset())
# Not even a sign-in page: the address answers as if it were not there.
CLOSED = Rule(frozenset(), frozenset(), anonymous=404)
ADMIN = Rule(CENTRE)


def both(method: str, template: str, allowed: frozenset[str]) -> list[tuple[str, str, Rule]]:
    """The same address for the open project (others: 403) and for the closed one (who may not know of it: 404)."""
    return [
        (method, template.replace("[", "{open").replace("]", "}"), Rule(allowed)),
        (method, template.replace("[", "{closed").replace("]", "}"), Rule(allowed & INSIDE, INSIDE)),
    ]
