"""The forms of the API's answers: strict JSON, a plain browsable page, pages of a list.

Apart from `coe.core.api`, because the REST framework's views read these from the settings while they are imported.
"""

from __future__ import annotations

from typing import Any

from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer


class StrictJSONRenderer(JSONRenderer):
    """JSON as the standard has it: a NaN or an infinity would be an error, never a token that other parsers refuse."""

    strict = True


class PlainBrowsableRenderer(BrowsableAPIRenderer):
    """The browsable page without its editing forms, which would list every choice of every related object."""

    def show_form_for_method(self, *args: Any, **kwargs: Any) -> bool:
        return False


class Pages(PageNumberPagination):
    page_size_query_param = "page_size"
    max_page_size = 1000
