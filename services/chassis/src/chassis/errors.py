"""Errors, in two kinds that decide everything that follows.

Exception
├── TransientError          a retry may help                   503  "transient"
└── PermanentError          the same call fails again          422  "permanent"
    ├── UnauthorizedError   no valid token                     401  "unauthorized"
    ├── NotFoundError       not there, or not the caller's     404  "not-found"
    └── PreconditionFailedError  If-Match names another version  412  "version-mismatch"

Services subclass them per cause; `chassis.problems` turns them into HTTP answers, `chassis.delivery`
into redelivery or a dead letter.
"""

from typing import ClassVar


class _Error(Exception):
    def __init__(self, detail: str, **extra: object) -> None:
        """Keep the text for people, and `extra` as members of a problem document."""
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class TransientError(_Error):
    """A retry may help: a dependency is away, a lock is held."""

    slug: ClassVar[str] = "transient"
    status: ClassVar[int] = 503


class PermanentError(_Error):
    """The same call will fail again."""

    slug: ClassVar[str] = "permanent"
    status: ClassVar[int] = 422


class UnauthorizedError(PermanentError):
    """The request carries no token that we accept."""

    slug = "unauthorized"
    status = 401


class NotFoundError(PermanentError):
    """There is no such thing, or it is another user's: the answer is the same, so that nothing can be guessed."""

    slug = "not-found"
    status = 404


class PreconditionFailedError(PermanentError):
    """If-Match names another version than the present one."""

    slug = "version-mismatch"
    status = 412
