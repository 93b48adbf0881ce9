"""Pages: the query's `page` and `limit`, and the X-Pagination headers."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from trakt_simulator.http.request import Request
from trakt_simulator.http.response import Headers
from trakt_simulator.identifiers import number_in
from trakt_simulator.options import Options

T = TypeVar("T")
DEFAULT_LIMIT = 100
# Trakt clamps larger limits silently since June 2026.
MAX_LIMIT = 250


class Page(NamedTuple):
    """A page: `rows[start:stop]` of the whole."""

    page: int
    limit: int
    total: int

    @property
    def start(self) -> int:
        return (self.page - 1) * self.limit

    @property
    def stop(self) -> int:
        return min(self.start + self.limit, self.total)

    def cut(self, rows: Sequence[T]) -> Sequence[T]:
        return rows[self.start : self.stop]

    def headers(self) -> Headers:
        pages = -(-self.total // self.limit)
        return [
            (b"x-pagination-page", b"%d" % self.page),
            (b"x-pagination-limit", b"%d" % self.limit),
            (b"x-pagination-page-count", b"%d" % pages),
            (b"x-pagination-item-count", b"%d" % self.total),
        ]


def page_of(
    request: Request, total: int, options: Options, default: int = DEFAULT_LIMIT, maximum: int = MAX_LIMIT
) -> Page:
    """Return the page that the query asks for. What is no positive number counts as not given."""
    wanted = request.query.get("limit", "")
    if wanted == "all":
        limit = max(total, 1) if options.limit_all else maximum
    else:
        limit = min(number_in(wanted) or default, maximum, options.max_page_size)
    return Page(number_in(request.query.get("page", "")) or 1, limit, total)
