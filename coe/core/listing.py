"""Lists: sorted and paged from the URL, whatever the URL says.

    shown = listing(Project.objects.visible_to(person), request.GET, sorts={"name": ["name"], "unit": ["unit__name"]})
    return render(request, "catalog/projects.html", {**shown.context(), ...})

`_parts/pagination.html` and `_parts/sort_header.html` read `page_obj` and `sort` from that context.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import QueryDict

M = TypeVar("M", bound=Model)

PER_PAGE = 50
# Counting stops here: nobody reads that many pages, and counting a large table would cost more than the page does.
COUNT_AT_MOST = 2_000


if TYPE_CHECKING:
    _Paginator = Paginator[Any]
else:  # generic for the type checker alone
    _Paginator = Paginator


class BoundedPaginator(_Paginator):
    """Counts up to `COUNT_AT_MOST` and says when there is more; so neither count nor OFFSET grows with the table."""

    object_list: QuerySet[Any]

    @cached_property
    def count(self) -> int:
        return min(self._counted, COUNT_AT_MOST)

    @cached_property
    def _counted(self) -> int:
        return self.object_list.order_by()[: COUNT_AT_MOST + 1].count()

    @property
    def has_more(self) -> bool:
        """Whether the list goes on beyond what was counted."""
        return self._counted > COUNT_AT_MOST

    @property
    def count_text(self) -> str:
        """The count for people: "312", "2,000", "more than 2,000"."""
        return f"more than {self.count:,}" if self.has_more else f"{self.count:,}"


@dataclass(frozen=True)
class Listing(Generic[M]):
    """One page of a list and how it is ordered. `rows` is the whole list in that order (for exports)."""

    rows: QuerySet[M]
    page: Page[M]
    sort: str
    params: QueryDict

    @property
    def count(self) -> int:
        """How many there are; at most `COUNT_AT_MOST`."""
        return self.page.paginator.count

    @property
    def count_text(self) -> str:
        """The count for people."""
        paginator = self.page.paginator
        return paginator.count_text if isinstance(paginator, BoundedPaginator) else f"{self.count:,}"

    def url(self, **changes: str | int | None) -> str:
        """The query string of this list with `changes` (None takes one out), its filters kept."""
        params = self.params.copy()
        for name, value in changes.items():
            if value is None:
                params.pop(name, None)
            else:
                params[name] = str(value)
        return "?" + params.urlencode()

    def context(self) -> dict[str, Any]:
        """What the shared template parts expect: `page_obj`, `sort`, `count`, `count_text`."""
        return {"page_obj": self.page, "sort": self.sort, "count": self.count, "count_text": self.count_text}


def _chosen(asked: str, sorts: Mapping[str, Sequence[str]], default: str) -> str:
    return asked if asked.removeprefix("-") in sorts else default or next(iter(sorts))


def sorted_rows(
    queryset: QuerySet[M], asked: str, *, sorts: Mapping[str, Sequence[str]], default: str = ""
) -> QuerySet[M]:
    """`queryset` in the order that `asked` names, as `listing` explains it."""
    chosen = _chosen(asked, sorts, default)
    fields = [*sorts[chosen.removeprefix("-")], "pk"]
    if chosen.startswith("-"):
        fields = [field[1:] if field.startswith("-") else f"-{field}" for field in fields]
    return queryset.order_by(*fields)


def listing(
    queryset: QuerySet[M],
    params: QueryDict,
    *,
    sorts: Mapping[str, Sequence[str]],
    default: str = "",
    per_page: int = PER_PAGE,
) -> Listing[M]:
    """The page of `queryset` that `params` (request.GET) ask for by `page` and `sort`.

    `sorts` gives, for each name that `sort` may have, the fields to order by; "-name" turns the order of them all.
    The first name (or `default`, which may begin with "-") is taken when the URL names none or a wrong one. The id is
    always the last field, so that no row shows on two pages. A page that is no number is the first one; one past the
    end is the last.
    """
    chosen = _chosen(params.get("sort", ""), sorts, default)
    rows = sorted_rows(queryset, chosen, sorts=sorts)
    paginator: BoundedPaginator = BoundedPaginator(rows, per_page)
    number = params.get("page", "1")
    # Digits alone: int() would also take "٣", " 3 " and numbers of any length.
    page = paginator.get_page(max(int(number), 1) if number.isascii() and number.isdigit() and len(number) < 10 else 1)
    return Listing(rows=rows, page=page, sort=chosen, params=params)
