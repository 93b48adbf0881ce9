"""What is wrong with a request, as problems over HTTP.

TransientError (chassis)
└── TraktAwayError          503  "trakt-away"
PermanentError (chassis)
├── NotFoundError (chassis) 404  "not-found"
│   ├── ListNotFoundError
│   └── NoLoginError
├── NoRedirectError         409  "no-redirect"
└── TraktRefusesError       502  "trakt-refuses"
"""

from typing import Any, Final, Literal

from pydantic import Field

from chassis.errors import NotFoundError, PermanentError, TransientError
from chassis.http.problem_kinds import DatabaseUnavailable, Problem, Transient
from trakt_sync.errors import TraktError

Responses = dict[int | str, dict[str, Any]]


class TraktAway(Problem):
    """Trakt does not answer now, or asks to wait. A retry may help."""

    slug: Literal["trakt-away"]
    status: Literal[503]
    detail: str = Field(examples=["Trakt does not answer at the moment; try again."])
    headers = Transient.headers


class TraktRefuses(Problem):
    """Trakt refuses our application. Only the operator can help."""

    slug: Literal["trakt-refuses"]
    status: Literal[502]
    detail: str = Field(examples=["Trakt refuses our application (invalid_client)"])


class NoRedirect(Problem):
    """Logins by address are not set up in this installation. Log in by device code."""

    slug: Literal["no-redirect"]
    status: Literal[409]
    detail: str = Field(examples=["This installation takes no logins by address; POST /api/trakt/device begins one."])


ASKS_TRAKT: Final = (DatabaseUnavailable, Transient, TraktAway, TraktRefuses)
"""What a route that asks Trakt may answer beside: all kinds of its statuses."""


class TraktAwayError(TransientError):
    slug = "trakt-away"


class TraktRefusesError(PermanentError):
    slug = "trakt-refuses"
    status = 502


class NoRedirectError(PermanentError):
    """TRAKT_REDIRECT_URI is no address of ours."""

    slug = "no-redirect"
    status = 409

    def __init__(self) -> None:
        super().__init__("This installation takes no logins by address; POST /api/trakt/device begins one.")


class ListNotFoundError(NotFoundError):
    """The caller has no such list: there never was one, it is another user's, or it is gone for long."""

    def __init__(self, list_id: int) -> None:
        super().__init__(f"You have no list {list_id}.")


class NoLoginError(NotFoundError):
    """The user has begun no login within a day."""

    def __init__(self) -> None:
        super().__init__("You have begun no login; POST /api/trakt/device begins one.")


def as_problem(error: TraktError) -> TraktAwayError | TraktRefusesError:
    """Return a failed request to Trakt as the problem that the user gets."""
    if isinstance(error, TransientError):
        return TraktAwayError("Trakt does not answer at the moment; try again.")
    return TraktRefusesError(error.detail)
