"""Pages: `page` and `limit` in, rows and the X-Pagination headers out."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from trakt_simulator.http.wire import Call, Headers
from trakt_simulator.identifiers import number_in
from trakt_simulator.options import Options

T = TypeVar("T")
DEFAULT_LIMIT = 100
# A larger limit is clamped without a word since June 2026.
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


def page_of(call: Call, total: int, options: Options, default: int = DEFAULT_LIMIT, most: int = MAX_LIMIT) -> Page:
    """Read the page that a call asks for, of `most` rows at most. What is no positive number counts as not given."""
    wanted = call.query.get("limit", "")
    if wanted == "all":
        limit = max(total, 1) if options.limit_all else most
    else:
        limit = min(number_in(wanted) or default, most)
    return Page(number_in(call.query.get("page", "")) or 1, limit, total)
