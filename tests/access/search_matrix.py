"""The matrix's rows of search: everybody may ask; what is found is another matter (see tests/search)."""

from __future__ import annotations

from tests.access.rule import ALL

PAGES = {
    "search:results": [("GET", "/search/", ALL)],
    "search:suggest": [("GET", "/search/suggest/", ALL)],
}
API = {"api-search-list": [("GET", "/api/v1/search/", ALL)]}
