"""What no two lists of a user share: filters (decision 25), unless their owner wants that, and the watchlist."""

from chassis.postgres.database import Connection
from lists_api.errors import DuplicateListError, WatchlistTakenError
from lists_api.lists.domain.media_list import MediaList
from lists_api.store import lists as store
from lists_api.store.states import StoredList


def has_other_filters(before: MediaList, after: MediaList) -> bool:
    """Whether an edit gives the list other filters, which are to be compared with those of the user's other lists."""
    old, new = before.properties.filling, after.properties.filling
    return new is not None and (old is None or old.filters != new.filters)


def takes_watchlist(before: MediaList | None, after: MediaList) -> bool:
    """Whether the list is to be mirrored to the watchlist, and was not before."""
    return after.properties.is_watchlist and (before is None or not before.properties.is_watchlist)


async def check_watchlist(connection: Connection, before: MediaList | None, after: MediaList) -> None:
    """Refuse a second list for the watchlist, in the caller's transaction, which then has locked the user.

    Raises:
        WatchlistTakenError: another list is mirrored to it.
    """
    if not takes_watchlist(before, after):
        return
    await store.lock_user(connection, after.user_id)
    other = await store.read_watchlist(connection, user_id=after.user_id)
    if other is not None and other[0] != after.list_id:
        raise WatchlistTakenError(*other)


async def configuration_of(
    connection: Connection, before: StoredList | None, after: MediaList, *, may_repeat: bool
) -> bytes | None:
    """Return the hash of the list's filters, or None where the list may have them beside another.

    Filters are compared in the caller's transaction, which then has locked the user.

    Args:
        before: None: the list is new, and the user is locked.

    Raises:
        DuplicateListError: another list has them.
    """
    filling = after.properties.filling
    if filling is None or may_repeat:
        return None
    if before is not None:
        if not has_other_filters(before.state, after):
            return before.configuration
        await store.lock_user(connection, after.user_id)
    configuration = filling.filters.fingerprint
    other = await store.read_duplicate(
        connection, user_id=after.user_id, list_type=after.properties.list_type, configuration=configuration
    )
    if other is not None and other[0] != after.list_id:
        raise DuplicateListError(*other)
    return configuration
