"""What is wrong with a request, as problems over HTTP.

PermanentError (chassis)
├── NotFoundError (chassis)            404  "not-found"
│   ├── ListNotFoundError
│   └── RunNotFoundError
├── PreconditionFailedError (chassis)  412  "version-mismatch"
│   └── VersionMismatchError
├── TooManyItemsError                  422  "too-many-items"
├── ListTypeUnavailableError           422  "list-type-unavailable"
├── ImportNotRecognisedError           422  "import-not-recognised"
└── IdempotencyKeyReusedError          422  "idempotency-key-reused"
"""

from uuid import UUID

from chassis.errors import NotFoundError, PermanentError, PreconditionFailedError


class ListNotFoundError(NotFoundError):
    """The caller has no such list: there never was one, it is deleted, or it is another user's."""

    def __init__(self, list_id: int) -> None:
        super().__init__(f"You have no list {list_id}.")


class RunNotFoundError(NotFoundError):
    """The list has no such run, or the run is older than runs are kept."""

    def __init__(self, list_id: int, run_id: UUID) -> None:
        super().__init__(f"List {list_id} has no run {run_id}.")


class VersionMismatchError(PreconditionFailedError):
    """The list has changed since the caller read it."""

    def __init__(self, version: int) -> None:
        super().__init__(f"The list is at version {version} by now; read it again.", version=version)


class TooManyItemsError(PermanentError):
    """A list, or one request, would hold more items than a list may have."""

    slug = "too-many-items"

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(f"A list holds at most {limit} items; this would make {count}.", count=count, limit=limit)


class ListTypeUnavailableError(PermanentError):
    """Lists of this type cannot be made yet."""

    slug = "list-type-unavailable"

    def __init__(self, list_type: str) -> None:
        super().__init__(f'Lists of type "{list_type}" come with a later version; this one makes "manual" lists.')


class IdempotencyKeyReusedError(PermanentError):
    """The key has been used for a request with another body."""

    slug = "idempotency-key-reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used with another body; take a new key for a new request.")


class ImportNotRecognisedError(PermanentError):
    """The file is in none of the formats that can be imported."""

    slug = "import-not-recognised"
