"""For tests of the mirror state: what trakt-sync tells of ada's list."""

from datetime import UTC, datetime

from watchbuddy_contracts import Item, TraktListCreated, TraktListDeleted, TraktListSynced, TraktSyncFailed

RETRY_AT = datetime(2026, 1, 3, tzinfo=UTC)


def made_on_trakt(list_id: int, version: int = 1, trakt_list_id: int = 501, user_id: str = "ada") -> TraktListCreated:
    return TraktListCreated(
        list_id=list_id,
        user_id=user_id,
        version=version,
        title="Heists",
        trakt_list_id=trakt_list_id,
        slug="heists",
        adopted=False,
    )


def synced(
    list_id: int,
    version: int = 1,
    trakt_list_id: int = 501,
    *,
    not_found: tuple[Item, ...] = (),
    left_out: tuple[Item, ...] = (),
) -> TraktListSynced:
    return TraktListSynced(
        list_id=list_id,
        user_id="ada",
        version=version,
        title="Heists",
        trakt_list_id=trakt_list_id,
        added=0,
        removed=0,
        unchanged=2,
        not_found=not_found,
        left_out=left_out,
    )


def failed(list_id: int, version: int = 1) -> TraktSyncFailed:
    return TraktSyncFailed(
        list_id=list_id,
        user_id="ada",
        version=version,
        title="Heists",
        operation="sync",
        reason="rejected",
        retry_at=RETRY_AT,
    )


def gone(list_id: int, version: int) -> TraktListDeleted:
    return TraktListDeleted(list_id=list_id, user_id="ada", version=version, title="Heists", trakt_list_id=501)
