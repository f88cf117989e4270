from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from coe.accounts.models import Grant, Person

log = structlog.get_logger("cairn.access")


@dataclass(frozen=True)
class DemoPerson:
    """Somebody whom the demo's sign-in page offers."""

    email: str
    name: str
    title: str
    what: str


def demo_people() -> list[DemoPerson]:
    """The people of `settings.DEMO_PEOPLE` that there are, in that order; nobody outside of the demo.

    After an address may stand "|" and what they can try; without it, their role is told.
    """
    if not settings.DEMO:
        return []
    told = {email.lower(): what for email, _, what in (word.partition("|") for word in settings.DEMO_PEOPLE)}
    found = {p.email: p for p in Person.objects.filter(email__in=told, is_active=True).select_related("unit")}
    roles: dict[int, str] = {}
    for grant in Grant.objects.filter(person__in=found.values()).select_related("unit").order_by("-pk"):
        roles[grant.person_id] = f"{grant.get_role_display()}, {grant.unit or 'the whole company'}"
    people = [found[email] for email in told if email in found]
    return [DemoPerson(p.email, p.name, p.title, told[p.email] or roles.get(p.pk, str(p.unit or ""))) for p in people]


class SignIn(LoginView):  # type: ignore[misc]  # allauth has no types
    """allauth's sign-in with its rate limits; in the demo it also offers people to be."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "demo_people": demo_people()}


def closed(_request: HttpRequest) -> HttpResponse:
    """Nobody signs up by themselves."""
    raise Http404("People are added by the centre.")


def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people, without a password. Does not exist outside of the demo."""
    if not settings.DEMO:
        raise Http404
    return _demo_sign_in(request)


@require_POST
def _demo_sign_in(request: HttpRequest) -> HttpResponse:
    email = request.POST.get("email", "").lower()
    if email not in {person.email for person in demo_people()}:
        raise Http404("The demo has nobody of that address to offer.")
    person = Person.objects.get(email=email)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    log.info("sign_in.demo", person=person.pk)
    onward = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        onward = settings.LOGIN_REDIRECT_URL
    return redirect(onward)
