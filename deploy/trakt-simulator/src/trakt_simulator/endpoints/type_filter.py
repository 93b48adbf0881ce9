"""Type filters in paths and queries: `movie`, `shows`, `movie,show`, `all`."""

from http import HTTPStatus

from trakt_simulator.catalogue.media import BY_NAME, Kind
from trakt_simulator.http.errors import TraktError


def kinds_of(text: str) -> frozenset[Kind] | None:
    """Return the kinds of a comma list, singular or plural; None (no filter) for `all` and when no name is known."""
    kinds = frozenset(BY_NAME[name] for name in text.split(",") if name in BY_NAME)
    return kinds or None


def known_kinds_of(text: str) -> frozenset[Kind] | None:
    """As `kinds_of`, for history and ratings.

    Raises:
        TraktError: 404 for an unknown name. A client that removes what it reads must not get everything instead.
    """
    if text in ("", "all"):
        return None
    if not all(name in BY_NAME for name in text.split(",")):
        raise TraktError(HTTPStatus.NOT_FOUND)
    return kinds_of(text)
