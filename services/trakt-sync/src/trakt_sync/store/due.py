"""Pieces of statements: when an account is due, which stands in its own row (`account.lists_at`, `imports_at`).

Whoever makes a list or an import due lowers that time to the row's or below, in the same transaction and before all
other rows: the locks are taken in the order account, desired_list, mirror, work_queue. A claim empties it. The holder
gives the account back with what is due then; a time that came in meanwhile stays, so nothing is overlooked. A time may
be too early: that costs a claim that finds nothing.
"""

from typing import Final

LEASE_TAKEN: Final = """
    lease_token = NULL, lease_until = '-infinity', next_write_at = greatest(
        account.next_write_at, CASE WHEN account.lease_token IS NOT NULL THEN account.lease_until END
    )"""
"""What is set where the lease is taken from its holder: they begin no write and record nothing any more. The next write
waits until the step that they are in must be over.
"""


def lowered(source: str) -> str:
    """Return a statement that makes accounts due for their lists. There may be lists before there is an account.

    The row is locked though it is early enough: a holder who gives it back meanwhile must see what was made due.

    Args:
        source: a query, or VALUES, of user id, 'disconnected' and time.
    """
    return f"""
    INSERT INTO account (user_id, state, lists_at) {source}
    ON CONFLICT (user_id) DO UPDATE SET lists_at = excluded.lists_at
    WHERE account.lists_at IS NULL OR account.lists_at > excluded.lists_at
    RETURNING user_id"""


def given_back(
    user: str, *, besides: str = "0", then: str = "NULL", import_: str = "NULL", import_then: str = "NULL"
) -> str:
    """Return what is set when an account is given back. The statement does not see the rows that it changes itself.

    One that its user leaves is due at once when no list is left: it ends then.

    Args:
        user: the parameter of the user id.
        besides: that of a list whose row of the queue the same statement changes.
        then: that of the time that this list is due at.
        import_: that of an import that the same statement changes.
        import_then: that of the time that this import is due at.
    """
    return f"""lease_token = NULL, lease_until = '-infinity',
        lists_at = coalesce(
            least(account.lists_at, {then}, CASE WHEN checked_list_id IS NOT NULL THEN last_served_at END, (
                SELECT min(due_at) FROM work_queue WHERE work_queue.user_id = {user} AND work_queue.list_id <> {besides}
            )),
            CASE WHEN leaving_at IS NOT NULL THEN last_served_at END
        ),
        imports_at = least(account.imports_at, {import_then}, (
            SELECT min(due_at) FROM list_import
            WHERE list_import.user_id = {user} AND done_at IS NULL AND import_id IS DISTINCT FROM {import_}
        ))"""  # noqa: S608 - our own text
