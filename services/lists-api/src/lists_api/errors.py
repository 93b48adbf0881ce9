"""What is wrong with a request, as problems over HTTP.

TransientError (chassis)               503  "transient"
└── ServiceAwayError
PermanentError (chassis)
├── NotFoundError (chassis)            404  "not-found"
│   ├── ListNotFoundError
│   ├── FeedNotFoundError
│   ├── RunNotFoundError
│   ├── ImportNotFoundError
│   ├── VersionNotFoundError
│   ├── LoginLinkNotFoundError
│   ├── ErasureNotFoundError
│   └── NoSessionsError
├── PreconditionFailedError (chassis)  412  "version-mismatch"
│   └── VersionMismatchError
├── TooManyItemsError                  422  "too-many-items"
├── ImportNotRecognisedError           422  "import-not-recognised"
├── PatchRefusedError                  422  "patch-refused"
├── ListFillsItselfError               409  "list-fills-itself"
├── DuplicateListError                 409  "duplicate-list"
├── WatchlistTakenError                409  "watchlist-taken"
├── TraktListIsMirrorError             409  "trakt-list-is-mirror"
├── RunEndedError                      409  "run-ended"
├── RunNotHeldError                    409  "run-not-held"
├── TooManyRequestsError (chassis)     429
│   ├── TooManyRunsError                    "too-many-runs"
│   └── TooManyUsesError
│       ├── TooManySearchesError            "too-many-searches"
│       ├── TooManyFeedReadsError           "too-many-feed-reads"
│       └── TooManyImportsError             "too-many-imports"
├── QuotaExceededError                 403  "quota-exceeded"
├── CrossSiteError                     403  "cross-site-request"
├── IdempotencyKeyReusedError          422  "idempotency-key-reused"
└── CatalogueFileError                      no request: a command says it and ends
"""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from chassis.errors import (
    NotFoundError,
    PermanentError,
    PreconditionFailedError,
    TooManyRequestsError,
    TransientError,
)


class ListNotFoundError(NotFoundError):
    """The caller has no such list: there never was one, it is deleted, or it is another user's."""

    def __init__(self, list_id: int) -> None:
        super().__init__(f"You have no list {list_id}.")


class RunNotFoundError(NotFoundError):
    """The list has no such run, or the run is older than runs are kept."""

    def __init__(self, list_id: int, run_id: UUID) -> None:
        super().__init__(f"List {list_id} has no run {run_id}.")


class ImportNotFoundError(NotFoundError):
    """The user has no such import, or it is older than imports are kept."""

    def __init__(self, import_id: UUID) -> None:
        super().__init__(f"You have no import {import_id}.")


class RunEndedError(PermanentError):
    """The run has ended, so it cannot be cancelled."""

    slug = "run-ended"
    status = 409

    def __init__(self, run_id: UUID, state: str) -> None:
        super().__init__(f"Run {run_id} has ended: {state}.", state=state)


class RunNotHeldError(PermanentError):
    """The run does not wait for its list's owner, so it is neither approved nor rejected."""

    slug = "run-not-held"
    status = 409

    def __init__(self, run_id: UUID, state: str) -> None:
        super().__init__(f"Run {run_id} does not wait for you: {state}.", state=state)


class TooManyRunsError(TooManyRequestsError):
    """The user has started as many runs within an hour as their kind of account may."""

    slug = "too-many-runs"

    def __init__(self, limit: int, retry_after: timedelta) -> None:
        super().__init__(f"You may start {limit} runs an hour; try again later.", retry_after, limit=limit)


class TooManyUsesError(TooManyRequestsError):
    """The user has done something as often within a minute as their kind of account may."""

    words: ClassVar[str]

    def __init__(self, limit: int, retry_after: timedelta) -> None:
        super().__init__(f"{self.words.format(limit=limit)} a minute; try again later.", retry_after, limit=limit)


class TooManySearchesError(TooManyUsesError):
    """Of the catalogue."""

    slug = "too-many-searches"
    words = "You may search {limit} times"


class TooManyFeedReadsError(TooManyUsesError):
    """Of the private feeds of one owner, all together."""

    slug = "too-many-feed-reads"
    words = "The feeds of one user may be read {limit} times"


class TooManyImportsError(TooManyUsesError):
    """Of files."""

    slug = "too-many-imports"
    words = "You may import {limit} files"


class VersionNotFoundError(NotFoundError):
    """The list never had this version, or it is one that is kept no longer."""

    def __init__(self, list_id: int, version: int) -> None:
        super().__init__(f"List {list_id} has no version {version} that is still known.")


class FeedNotFoundError(NotFoundError):
    """No list has a feed of this token. The answer is the same whatever the reason, so that nobody learns which."""

    def __init__(self) -> None:
        super().__init__("There is no such feed.")


class LoginLinkNotFoundError(NotFoundError):
    def __init__(self) -> None:
        super().__init__("This link was used already, or it is too old. Ask for another.")


class ServiceAwayError(TransientError):
    """Another service is away, or is not there in this installation."""

    def __init__(self, service: str, detail: str) -> None:
        super().__init__(f"{service} is away for the moment: {detail}")


class ErasureNotFoundError(NotFoundError):
    def __init__(self) -> None:
        super().__init__("There is no such erasure.")


class NoSessionsError(NotFoundError):
    def __init__(self) -> None:
        super().__init__("Browsers have no sessions here: SESSION_ENCRYPTION_KEYS is not set.")


class CrossSiteError(PermanentError):
    """A browser's request does not come from a page of this origin, or does not say so."""

    slug = "cross-site-request"
    status = 403

    def __init__(self) -> None:
        super().__init__("A page of another site may not do this.")


class VersionMismatchError(PreconditionFailedError):
    """The list has changed since the caller read it."""

    def __init__(self, version: int) -> None:
        super().__init__(f"The list is at version {version} by now; read it again.", version=version)


class TooManyItemsError(PermanentError):
    """A list, or one request, would hold more items than a list may have."""

    slug = "too-many-items"

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(f"A list holds at most {limit} items; this would make {count}.", count=count, limit=limit)


class ListFillsItselfError(PermanentError):
    """A smart list is not edited by hand, and a custom one is neither replaced nor put in order by hand."""

    slug = "list-fills-itself"
    status = 409

    def __init__(self, list_type: str) -> None:
        means = {
            "smart": "change its filters, or rate its titles",
            "custom": "pin titles by adding them, keep titles out by removing them, or choose another sort",
        }
        super().__init__(f"A {list_type} list fills itself; {means[list_type]}.", list_type=list_type)


class DuplicateListError(PermanentError):
    """The user has a list of this type with these filters already."""

    slug = "duplicate-list"
    status = 409

    def __init__(self, list_id: int, title: str) -> None:
        super().__init__(f"A list with this configuration already exists: '{title}'", list_id=list_id, list_title=title)


class WatchlistTakenError(PermanentError):
    """Another list of the user is mirrored to their watchlist."""

    slug = "watchlist-taken"
    status = 409

    def __init__(self, list_id: int, title: str) -> None:
        super().__init__(f"'{title}' is mirrored to your watchlist already.", list_id=list_id, list_title=title)


class TraktListIsMirrorError(PermanentError):
    """The list on Trakt is the mirror of one of the user's lists: there is nothing to import."""

    slug = "trakt-list-is-mirror"
    status = 409

    def __init__(self, list_id: int) -> None:
        super().__init__(f"This Trakt list is the mirror of your list {list_id}.", list_id=list_id)


class QuotaExceededError(PermanentError):
    """The user has as much of something as their kind of account may have."""

    slug = "quota-exceeded"
    status = 403

    def __init__(self, message: str, limit: int) -> None:
        super().__init__(message, limit=limit)


class PatchRefusedError(PermanentError):
    """The list cannot have these properties: its type has none of them, or they contradict what it has."""

    slug = "patch-refused"


class IdempotencyKeyReusedError(PermanentError):
    """The key has been used for a request with another body."""

    slug = "idempotency-key-reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used with another body; take a new key for a new request.")


class ImportNotRecognisedError(PermanentError):
    """The file is in none of the formats that can be imported."""

    slug = "import-not-recognised"


class CatalogueFileError(PermanentError):
    """A file cannot be imported into the catalogue."""

    slug = "catalogue-file"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} {reason}")
