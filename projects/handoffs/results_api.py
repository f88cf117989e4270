"""`POST /api/v1/handoffs/<id>/results/`: what a team's own test job found, by the handoff's token or by its team."""

from __future__ import annotations

from collections import Counter
from typing import IO, Any

from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED
from rest_framework.views import APIView

from coe.accounts.authentication import ApiTokenAuthentication, ApiTokenScheme
from coe.accounts.models import Person
from coe.core import access
from projects.handoffs import items, matching, reports, services
from projects.handoffs.models import Handoff
from projects.handoffs.results import PREFIX, token_fits
from projects.handoffs.serializers import ResultsSerializer, ResultsTakenSerializer


class _Raw(BaseParser):
    """Hands the body on as it came, as far as it may be read."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        return stream.read(reports.MOST_BYTES + 1)


class RawJson(_Raw):
    media_type = "application/json"


class RawXml(_Raw):
    media_type = "application/xml"


class RawTextXml(_Raw):
    media_type = "text/xml"


class ApiTokenUnlessOurs(ApiTokenAuthentication):
    """A person's token; a handoff's own is no person's and is left to the view."""

    def authenticate(self, request: Request) -> Any:
        return None if own_token(request) else super().authenticate(request)


class ApiTokenUnlessOursScheme(ApiTokenScheme):  # type: ignore[no-untyped-call]  # as its parent
    """In the OpenAPI schema it is the same header."""

    target_class = "projects.handoffs.results_api.ApiTokenUnlessOurs"
    name = "resultsToken"


def own_token(request: Request) -> str:
    """The handoff's token that the request carries, or nothing."""
    scheme, _, sent = get_authorization_header(request).partition(b" ")
    if scheme.lower() not in (b"token", b"bearer"):
        return ""
    raw = sent.strip().decode("ascii", "replace")
    return raw if raw.startswith(PREFIX) else ""


class ResultsView(APIView):
    authentication_classes = [ApiTokenUnlessOurs, SessionAuthentication]
    # Decided below: a handoff's token is nobody's.
    permission_classes = [AllowAny]
    parser_classes = [RawJson, RawXml, RawTextXml]

    @extend_schema(
        summary="Send test results",
        description="By the handoff's own token, or as a member of its team. A test speaks of the item whose key its"
        " name ends with. JUnit XML or JSON, at most 2 MB.",
        request={
            "application/json": ResultsSerializer,
            "application/xml": {"type": "string", "description": "JUnit XML."},
        },
        responses={201: ResultsTakenSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        token, actor = own_token(request), None
        if token:
            # Whoever holds no fitting token learns nothing: not even whether there is such a handoff.
            found = Handoff.objects.filter(pk=pk).first()
            if found is None or not token_fits(found, token):
                raise AuthenticationFailed("The token is not valid for this handoff.")
        elif isinstance(request.user, Person):
            actor = request.user
            known = Handoff.objects.visible_to(actor).select_related("project__unit").get(pk=pk)
            access.require(actor, "handoff.answer", known)
        else:
            raise NotAuthenticated
        is_xml = "xml" in (request.content_type or "")
        body: Any = request.data
        report = reports.read(body, is_xml=is_xml)
        kept = services.take_results(handoff_id=pk, actor=actor, report=report, token=token)
        count = Counter(test.outcome for test in report.tests)
        taken = {
            "id": kept.pk,
            "suite": kept.title,
            **{outcome: count[outcome] for outcome in reports.OUTCOMES},
            "items": self._items(kept.handoff),
        }
        return Response(ResultsTakenSerializer(taken).data, status=HTTP_201_CREATED)

    def _items(self, handoff: Handoff) -> dict[str, str]:
        spoken_of = matching.results_by_item(handoff)
        return {row.item.key: row.state for row in items.standings(handoff) if row.item.key in spoken_of}
