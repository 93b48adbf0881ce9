"""Errors are of two kinds: a retry may help, or it cannot. The kind decides what happens next.

Exception
├── TransientError          a retry may help                   503  "transient"
└── PermanentError          the same call fails again          422  "permanent"
    ├── UnauthorizedError   no valid token                     401  "unauthorized"
    ├── NotFoundError       not there, or not the caller's     404  "not-found"
    ├── PreconditionFailedError  If-Match names another version  412  "version-mismatch"
    └── TooManyRequestsError     later it is taken          429  "too-many-requests"

Services subclass them per cause. `chassis.http.problems` makes HTTP responses of them, `chassis.kafka.delivery` a
redelivery or a dead letter.
"""

from datetime import timedelta
from typing import ClassVar


class _Error(Exception):
    def __init__(self, detail: str, **extra: object) -> None:
        """Keep the text for people. `extra` becomes members of the problem document."""
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class TransientError(_Error):
    """A retry may help: a dependency is away, or somebody holds a lock."""

    slug: ClassVar[str] = "transient"
    status: ClassVar[int] = 503


class PermanentError(_Error):
    """The same call will fail again."""

    slug: ClassVar[str] = "permanent"
    status: ClassVar[int] = 422


class UnauthorizedError(PermanentError):
    """The request has no token that we accept."""

    slug = "unauthorized"
    status = 401


class NotFoundError(PermanentError):
    """It does not exist, or belongs to another user. The answer is the same, so that nobody can guess which."""

    slug = "not-found"
    status = 404


class PreconditionFailedError(PermanentError):
    """If-Match names another version than the current one."""

    slug = "version-mismatch"
    status = 412


class TooManyRequestsError(PermanentError):
    """The user has asked too often. The same call succeeds after `retry_after`."""

    slug = "too-many-requests"
    status = 429

    def __init__(self, detail: str, retry_after: timedelta, **extra: object) -> None:
        super().__init__(detail, **extra)
        self.retry_after = retry_after
