"""What reaches a person, how and when; and the way out of mails, which needs no sign-in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from coe.accounts.http import PersonRequest
from coe.accounts.models import Person
from coe.core.errors import Refused
from coe.core.forms import carried_out
from coe.core.http import signed_in
from coe.notices import links, services
from coe.notices.forms import ChatForm, ChoicesForm
from coe.notices.models import Letter
from coe.notices.wishes import readers

NO_SUCH_LINK = "This link is not complete, or not one of Cairn's. Copy it whole from the mail."
_FAILURES = 5


def _page(request: PersonRequest, *, status: int = 200, **more: Any) -> HttpResponseBase:
    reader = readers([request.user.pk])[request.user.pk]
    failed = Letter.objects.filter(person=request.user, state=Letter.State.FAILED)
    context = {
        "form": ChoicesForm(reader=reader),
        "chat_form": ChatForm(),
        "reach": reader.reach,
        "zone": reader.zone.key,
        "failures": failed.order_by("-ended_at")[:_FAILURES],
        **more,
    }
    return render(request, "notices/settings.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: PersonRequest) -> HttpResponseBase:
    if request.method != "POST":
        return _page(request)
    form = ChoicesForm(request.POST, reader=readers([request.user.pk])[request.user.pk])
    if carried_out(form, lambda: _choose(request.user, form)):
        messages.success(request, "Saved. It holds for what happens from now on.")
        return redirect("notices:settings")
    return _page(request, status=422, form=form)


@transaction.atomic
def _choose(person: Person, form: ChoicesForm) -> None:
    services.choose_all(actor=person, choices=form.choices())
    services.set_digest_hour(actor=person, hour=form.cleaned_data["digest_hour"])


@signed_in
@require_POST
def set_chat(request: PersonRequest) -> HttpResponseBase:
    form = ChatForm(request.POST)
    if carried_out(form, lambda: services.set_chat_hook(actor=request.user, **form.cleaned_data)):
        messages.success(request, "Saved. Send a test message to see that it arrives.")
        return redirect("notices:settings")
    return _page(request, status=422, chat_form=form)


@signed_in
@require_POST
def remove_chat(request: PersonRequest) -> HttpResponseBase:
    services.remove_chat_hook(actor=request.user)
    messages.success(request, "The address is forgotten. Nothing more is posted to that chat.")
    return redirect("notices:settings")


@signed_in
@require_POST
def try_chat(request: PersonRequest) -> HttpResponseBase:
    try:
        services.try_chat_hook(actor=request.user)
    except Refused as error:
        messages.error(request, f"The test message did not arrive. {error.message}")
    else:
        messages.success(request, "The test message arrived.")
    return redirect("notices:settings")


# A mail program that unsubscribes by one click (RFC 8058) has neither cookies nor a token against forged requests; the
# address itself, which only the person's mails hold, says who it is.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponseBase:
    try:
        if request.method == "POST":
            _, about = services.unsubscribe(token=token)
            return render(request, "notices/unsubscribe.html", {"about": about, "is_done": True})
        person_id, topic = links.read_token(token)
        email = Person.objects.values_list("email", flat=True).get(pk=person_id)
    except (ValueError, Person.DoesNotExist):
        raise Http404(NO_SUCH_LINK) from None
    context = {"about": services.about(topic), "is_digest": not topic, "email": email}
    return render(request, "notices/unsubscribe.html", context)
