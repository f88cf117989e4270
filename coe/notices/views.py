"""The inbox, and the count that every page's top bar asks for."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from coe.accounts.http import PersonRequest
from coe.core.errors import invalid
from coe.core.http import signed_in
from coe.core.listing import listing
from coe.notices import inbox as lists
from coe.notices import services
from coe.notices.forms import InboxFilter
from coe.notices.models import Notice

# htmx asks no more after this one.
STOP_ASKING = 286


@signed_in
@require_safe
def inbox(request: PersonRequest) -> HttpResponseBase:
    form = InboxFilter(request.GET)
    form.is_valid()
    rows = lists.narrowed(form.cleaned_data).visible_to(request.user)
    shown = listing(rows, request.GET, sorts=lists.SORTS, default="-when")
    found = list(shown.page.object_list)
    context = {
        **shown.context(),
        "days": lists.by_day(found),
        "filter_form": form,
        "is_narrowed": any(form.cleaned_data.values()),
        # What came while the page was looked at stays unread.
        "until": found[0].last_at if found else None,
        "has_unread": any(row.read_at is None for row in found),
    }
    return render(request, "notices/inbox.html", context)


@signed_in
@require_safe
@never_cache
def notice(request: PersonRequest, pk: int) -> HttpResponseBase:
    """On to what the notice tells of; it counts as read."""
    if request.method == "HEAD":
        shown: Notice = Notice.objects.filter(pk=pk).visible_to(request.user).get()
    else:
        shown = services.mark_read(notice_id=pk, actor=request.user)
    ours = shown.url.startswith("/") and url_has_allowed_host_and_scheme(shown.url, allowed_hosts=None)
    return redirect(shown.url if ours else "notices:inbox")


@require_safe
@never_cache
def unread(request: HttpRequest) -> HttpResponseBase:
    """How many notices are unread, for the link in the top bar; nothing (204) where it `had` that number already.

    A page that stands open while its session ends is told to ask no more, instead of being sent to sign in.
    """
    if not request.user.is_authenticated and request.headers.get("HX-Request"):
        return render(request, "notices/_unread.html", {"count": 0}, status=STOP_ASKING)
    return _unread(request)


@signed_in
def _unread(request: PersonRequest) -> HttpResponseBase:
    count = lists.unread_count(request.user)
    had = request.GET.get("had", "")
    if had == str(count):
        return HttpResponse(status=204)
    # Told aloud only where it grew while the page was open.
    grew = had.isascii() and had.isdigit() and len(had) < 5 and count > int(had)
    return render(request, "notices/_unread.html", {"count": count, "most": lists.MOST_COUNTED, "grew": grew})


@signed_in
@require_POST
def read(request: PersonRequest) -> HttpResponseBase:
    """Mark the `notice` as read, or all of them, as they were when the page was made (`until`)."""
    until, raw = _until(request.POST.get("until", "")), request.POST.get("notice", "")
    if raw:
        if not (raw.isascii() and raw.isdigit() and len(raw) < 19):
            raise Notice.DoesNotExist
        services.mark_read(notice_id=int(raw), actor=request.user, until=until)
    else:
        count = services.mark_all_read(actor=request.user, until=until)
        messages.success(request, f"{count:,} {'notice is' if count == 1 else 'notices are'} marked as read.")
    back = request.POST.get("next", "")
    ours = back.startswith("/notices/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if ours else "notices:inbox")


def _until(raw: str) -> datetime | None:
    """The time; None for an empty text. Raises `ValidationError` for what is no time with its zone."""
    if not raw:
        return None
    try:
        until = parse_datetime(raw)
    except ValueError:
        until = None
    if until is None or until.tzinfo is None:
        raise invalid("until", "must be a time with its zone, like 2026-03-01T12:30:00Z")
    return until
